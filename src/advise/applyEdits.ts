import type { TextEdit } from './advice';

/** A text with edits of it made; those that overlap with one before them are left out. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const offset = (line: number, column: number) => (starts[line] ?? text.length) + column;
  const placed = edits
    .map(({ range, text: insert }) => ({
      from: offset(range.line, range.column),
      to: offset(range.endLine, range.endColumn),
      insert,
    }))
    .sort((a, b) => a.from - b.from || a.to - b.to);
  let done = 0;
  let result = '';
  for (const { from, to, insert } of placed) {
    if (from < done) continue;
    result += text.slice(done, from) + insert;
    done = to;
  }
  return result + text.slice(done);
}
