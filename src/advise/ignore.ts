import { itemOr } from '../graph/access';
import type { Advice, TextEdit } from './advice';
import type { CodeTexts } from './texts';

/** In Python's spelling, and in JavaScript's. */
const comment = /(?:#|\/\/|\/\*)\s*activation-lens:\s*ignore(?:\[([\w\s,-]*)\])?/;

/** What a comment silences: codes of rules, or all. */
type Silenced = readonly string[] | 'all';

/** Reads the comments that silence rules, each line once. */
export class Ignores {
  private readonly known = new Map<string, Silenced>();

  constructor(private readonly texts: CodeTexts) {}

  /** Whether a comment on the first or last line of a finding silences its rule. Without codes it silences all. */
  has({ code, range }: Pick<Advice, 'code' | 'range'>): boolean {
    return [range.line, range.endLine].some((line) => {
      const key = `${line} ${range.file}`;
      const silenced = this.known.get(key) ?? this.read(range.file, line);
      this.known.set(key, silenced);
      return silenced === 'all' || silenced.includes(code);
    });
  }

  private read(file: string, line: number): Silenced {
    const match = comment.exec(itemOr(this.texts.linesOf(file), line, ''));
    if (!match) return [];
    return match[1] === undefined ? 'all' : match[1].split(',').map((each) => each.trim());
  }
}

/** The edit that silences a finding where it stands: a comment at the end of its last line, behind the language's sign. */
export function ignoreEdit(text: string, { code, range }: Advice, sign: '#' | '//' = '#'): TextEdit {
  // The text may have been changed since the advice was given.
  const line = itemOr(text.split('\n'), range.endLine, '').replace(/\r$/, '');
  const match = comment.exec(line);
  const at = (column: number, insert: string): TextEdit => ({
    range: { file: range.file, line: range.endLine, column, endLine: range.endLine, endColumn: column },
    text: insert,
  });
  // A list of codes that is already there grows.
  if (match?.[1] !== undefined) return at(match.index + match[0].length - 1, match[1].trim() ? `, ${code}` : code);
  return at(line.trimEnd().length, `  ${sign} activation-lens: ignore[${code}]`);
}
