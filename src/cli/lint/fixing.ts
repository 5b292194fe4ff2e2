import { writeFile } from 'node:fs/promises';
import { createTwoFilesPatch } from 'diff';
import type { Advice, TextEdit } from '../../advise/advice';
import { applyEdits } from '../../advise/applyEdits';

/** Rounds of mending: a fix may show what another rule finds. */
const MAX_ROUNDS = 10;

/** A text before and after what was mended in it. */
export interface Mended {
  readonly file: string;
  readonly before: string;
  readonly after: string;
  /** How many findings were mended. */
  readonly count: number;
}

/**
 * Mends what the findings of a text know how to mend: the safe fixes, or all.
 * @param find the findings of a text of the file
 */
export async function mend(
  file: string,
  before: string,
  isUnsafe: boolean,
  find: (text: string) => Promise<readonly Advice[]>,
): Promise<Mended> {
  let after = before;
  let count = 0;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const edits: TextEdit[] = [];
    for (const { fixes } of await find(after)) {
      const [fix] = fixes;
      const isWanted = fix && (fix.preferred || isUnsafe) && fix.edits.every(({ range }) => range.file === file);
      if (!isWanted || fix.edits.some((each) => edits.some((known) => overlaps(each, known)))) continue;
      count++;
      // Two findings may want the same import.
      for (const edit of fix.edits) if (!edits.some((known) => isSame(known, edit))) edits.push(edit);
    }
    if (edits.length === 0) break;
    after = applyEdits(after, edits);
  }
  return { file, before, after, count };
}

export async function write({ file, after }: Mended): Promise<void> {
  await writeFile(file, after);
}

/** What would change, as `patch` reads it. */
export function patchOf({ file, before, after }: Mended): string[] {
  return createTwoFilesPatch(file, file, before, after, undefined, undefined, { context: 3 })
    .split('\n')
    .filter((line) => !/^(Index: |={10,}$)/.test(line))
    .slice(0, -1);
}

const isSame = (a: TextEdit, b: TextEdit) => a.text === b.text && JSON.stringify(a.range) === JSON.stringify(b.range);

function overlaps(a: TextEdit, b: TextEdit): boolean {
  if (isSame(a, b)) return false;
  const before = (x: TextEdit, y: TextEdit) =>
    x.range.endLine < y.range.line || (x.range.endLine === y.range.line && x.range.endColumn <= y.range.column);
  return !before(a, b) && !before(b, a);
}
