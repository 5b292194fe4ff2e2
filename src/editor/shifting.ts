import type { Advice } from '../advise/advice';
import { itemOr } from '../graph/access';
import type { SourceRange } from '../graph/types';

/** A change of a text: what stood in a range became a text. */
export interface TextChange {
  readonly range: { readonly start: { readonly line: number }; readonly end: { readonly line: number } };
  readonly text: string;
}

/**
 * Findings that still stand after a change of their file's text, where they stand then. A change inside of the class,
 * function or statement of the file's own level that a finding is about takes it away, for it may be mended.
 * @param text as it is after the change
 */
export function shiftAdvice(
  advice: readonly Advice[],
  file: string,
  { range: { start, end }, text: written }: TextChange,
  text: string,
): readonly Advice[] {
  const grown = written.split('\n').length - 1 - (end.line - start.line);
  const block = blockAround(text.split('\n'), start.line, end.line + grown);
  const shifted = (range: SourceRange): SourceRange =>
    range.file !== file || range.line <= start.line
      ? range
      : { ...range, line: range.line + grown, endLine: range.endLine + grown };
  const isTouched = ({ file: own, line, endLine }: SourceRange) =>
    own === file && endLine >= block.from && line < block.to;
  return advice.flatMap((each) => {
    const isWithin = [each, ...each.related].some(
      ({ range }) => range.file === file && range.line <= end.line && range.endLine >= start.line,
    );
    if (isWithin) return [];
    const moved = {
      ...each,
      range: shifted(each.range),
      related: each.related.map((other) => ({ ...other, range: shifted(other.range) })),
    };
    return [moved, ...moved.related].some(({ range }) => isTouched(range)) ? [] : [moved];
  });
}

/** The lines around some lines, up to those before and behind that begin something of the file's own level. */
function blockAround(
  lines: readonly string[],
  first: number,
  last: number,
): { readonly from: number; readonly to: number } {
  const begins = (line: number) => /^[^\s#)\]}]/.test(itemOr(lines, line, ''));
  let from = first;
  while (from > 0 && !begins(from)) from--;
  let to = last + 1;
  while (to < lines.length && !begins(to)) to++;
  return { from, to };
}
