import { say, sentence } from '../language/say';
/** Jupyter notebooks as text: code cells one after the other, so that a cell sees what earlier ones import. */

/** A code cell's lines in the joined text. */
export interface CellRange {
  /** From 1, counting code cells and others, as the notebook shows them. */
  readonly cell: number;
  readonly firstLine: number;
  readonly lines: number;
}

export interface NotebookText {
  readonly text: string;
  readonly cells: readonly CellRange[];
}

/**
 * Python cells joined into one text, a line break between them.
 * @param cells text of each cell by its number
 */
export function joinCells(cells: readonly { readonly cell: number; readonly text: string }[]): NotebookText {
  const ranges: CellRange[] = [];
  const texts: string[] = [];
  let line = 0;
  for (const { cell, text } of cells) {
    const python = hideMagics(text);
    const lines = python.split('\n').length;
    ranges.push({ cell, firstLine: line, lines });
    texts.push(python);
    line += lines;
  }
  return { text: texts.join('\n'), cells: ranges };
}

/**
 * `%matplotlib inline` and `!pip install` as comments, or as what does nothing where a block needs a statement; the code
 * behind `%time` stays where it is, and so does every column. A cell in another language is nothing.
 */
function hideMagics(text: string): string {
  if (/^\s*%%(?!time|timeit|capture|prun)/.test(text)) return text.replace(/[^\n]/g, ' ');
  let depth = 0;
  return text
    .split('\n')
    .map((line) => {
      // Between brackets a line that begins with `%` goes on with a remainder.
      const shown = depth > 0 ? line : hideMagic(line);
      const code = shown.replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|#.*$/g, '');
      for (const character of code) depth += '([{'.includes(character) ? 1 : ')]}'.includes(character) ? -1 : 0;
      depth = Math.max(0, depth);
      return shown;
    })
    .join('\n');
}

function hideMagic(line: string): string {
  const timed = /^([ \t]*)%time[ \t](?=[ \t]*[^\s-])(.*)$/.exec(line);
  if (timed) return `${timed[1]}0;    ${timed[2]}`;
  const [, indent = '', rest] = /^([ \t]*)([%!?].*)$/.exec(line) ?? [];
  if (rest !== undefined && indent === '') return `#${rest.slice(1)}`;
  if (rest !== undefined) return `${indent}${`pass#${rest.slice(5)}`.slice(0, Math.max(4, rest.length))}`;
  if (/^[ \t]*[\w.]+\?{1,2}[ \t]*$/.test(line)) return `#${line.slice(1)}`;
  const [, target, command] = /^([ \t]*[\w, ]+=[ \t]*)([!%].*)$/.exec(line) ?? [];
  return target === undefined || command === undefined ? line : `${target}None#${command.slice(5)}`;
}

/**
 * The code cells of an `.ipynb` file.
 * @throws Error where the text is no notebook, saying why.
 */
export function readNotebook(json: string): NotebookText {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new Error(
      say('this is not a notebook: {0}', sentence(error instanceof Error ? error.message : String(error))),
    );
  }
  const cells = isRecord(value) ? value.cells : undefined;
  if (!Array.isArray(cells)) throw new Error(say('this is not a notebook of format 4: it has no list of cells'));
  const language = languageOf(value);
  if (language !== undefined && language !== 'python') return { text: '', cells: [] };
  return joinCells(
    cells.flatMap((cell: unknown, index) => {
      if (!isRecord(cell) || cell.cell_type !== 'code') return [];
      const { source } = cell;
      const text = Array.isArray(source) ? source.filter((line) => typeof line === 'string').join('') : source;
      return typeof text === 'string' ? [{ cell: index + 1, text: text.replaceAll('\r\n', '\n') }] : [];
    }),
  );
}

/** The cell that a line of the joined text is in. */
export function cellAt({ cells }: NotebookText, line: number): CellRange | undefined {
  return cells.find(({ firstLine, lines }) => line >= firstLine && line < firstLine + lines);
}

function languageOf(notebook: unknown): string | undefined {
  const metadata = isRecord(notebook) ? notebook.metadata : undefined;
  const kernel = isRecord(metadata) ? metadata.kernelspec : undefined;
  const name = isRecord(kernel) ? kernel.language : undefined;
  return typeof name === 'string' ? name.toLowerCase() : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
