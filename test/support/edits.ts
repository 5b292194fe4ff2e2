import type { TextEdit } from '../../src/advise/advice';

/** A text with edits applied, all at once as an editor does it; those at the same place in their order. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const lines = text.split('\n');
  const offset = (line: number, column: number) => lines.slice(0, line).join('\n').length + (line ? 1 : 0) + column;
  return edits
    .map(({ range, text: by }, order) => ({
      from: offset(range.line, range.column),
      to: offset(range.endLine, range.endColumn),
      by,
      order,
    }))
    .sort((a, b) => b.from - a.from || b.order - a.order)
    .reduce((now, { from, to, by }) => now.slice(0, from) + by + now.slice(to), text);
}
