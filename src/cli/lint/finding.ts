import type { Advice } from '../../advise/advice';
import { cellAt, type NotebookText } from '../../source/notebook';
import type { MeasuredCost } from './measuring';

/** Advice; in a notebook with its cell, in which the lines count. */
export interface Finding extends Advice {
  readonly cell?: number;
  /** The lines of the text that it stands in, from that of its range's first line on. */
  readonly lines: readonly string[];
  /** What it costs, where that was asked for and the rule claims something that can be measured. */
  readonly measured?: MeasuredCost;
}

/** Advice as it is told of a file or of a notebook's cell. */
export function findingOf(
  advice: Advice & Pick<Finding, 'measured'>,
  text: string,
  notebook: NotebookText | undefined,
): Finding {
  const { range } = advice;
  const lines = text.split('\n').slice(range.line, range.endLine + 1);
  const cell = notebook && cellAt(notebook, range.line);
  if (!cell) return { ...advice, lines };
  const { firstLine } = cell;
  return {
    ...advice,
    lines,
    cell: cell.cell,
    range: { ...range, line: range.line - firstLine, endLine: range.endLine - firstLine },
  };
}

/** A range as people count: lines and columns from 1. */
export const place = ({ range }: Pick<Advice, 'range'>) => ({
  line: range.line + 1,
  column: range.column + 1,
  endLine: range.endLine + 1,
  endColumn: range.endColumn + 1,
});

/** `model.py:3:7`, `notes.ipynb:cell 2:3:7` */
export function whereIs({ range, cell }: Pick<Finding, 'range' | 'cell'>): string {
  const { line, column } = place({ range });
  return `${range.file}:${cell === undefined ? '' : `cell ${cell}:`}${line}:${column}`;
}
