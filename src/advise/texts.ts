import { itemOr } from '../graph/access';
import type { SourceRange } from '../graph/types';
import type { SourceText } from '../source/source';

/** The texts of the files that values were followed through. */
export class CodeTexts {
  private readonly lines = new Map<string, readonly string[]>();
  private readonly texts: ReadonlyMap<string, string>;

  constructor(texts: readonly SourceText[]) {
    this.texts = new Map(texts.map(({ file, text }) => [file, text]));
  }

  /** What stands in a range. */
  at({ file, line, column, endLine, endColumn }: SourceRange): string {
    const lines = this.linesOf(file).slice(line, endLine + 1);
    const last = lines.length - 1;
    return lines
      .map((each, index) => each.slice(index === 0 ? column : 0, index === last ? endColumn : undefined))
      .join('\n');
  }

  /** What stands before a range on its first line, and behind it on its last. */
  around({ file, line, column, endLine, endColumn }: SourceRange): {
    readonly before: string;
    readonly behind: string;
  } {
    const lines = this.linesOf(file);
    return { before: itemOr(lines, line, '').slice(0, column), behind: itemOr(lines, endLine, '').slice(endColumn) };
  }

  linesOf(file: string): readonly string[] {
    const known = this.lines.get(file) ?? (this.texts.get(file) ?? '').split('\n');
    this.lines.set(file, known);
    return known;
  }
}
