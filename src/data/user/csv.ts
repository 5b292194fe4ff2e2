/** Tables: numbers in columns, the answer in one of them. */

import Papa from 'papaparse';
import { itemAt } from '../../graph/access';
import { elements } from '../../graph/ops/rule';
import { say } from '../../language/say';
import { DataError } from '../dataset';
import type { Task } from '../task';
import { labelsOf } from './labels';
import { textOf, type UserFile } from './limits';
import { answerOf, type Read, type UserSamples } from './samples';

const targetNames = new Set(['label', 'labels', 'class', 'target', 'y', 'species', 'category']);
/** Numbers of all rows, each held in eight bytes. */
const mostCells = 2 ** 25;

interface Table {
  readonly header: readonly string[] | undefined;
  readonly rows: readonly { readonly row: number; readonly cells: readonly string[] }[];
}

const isNumber = (cell: string) => cell.trim() !== '' && Number.isFinite(Number(cell));

/** @throws DataError naming the row that has another number of cells than the first */
function parse(file: UserFile): Table {
  const { path } = file;
  const rows: { row: number; cells: string[] }[] = [];
  let [row, cells] = [0, 0];
  Papa.parse<string[]>(textOf(file), {
    delimitersToGuess: [',', '\t', ';', '|'],
    step: ({ data, errors }) => {
      row++;
      if (data.length === 1 && data[0]?.trim() === '') return;
      const quotes = errors.find(({ type }) => type === 'Quotes');
      if (quotes) throw new DataError(say('{0}, row {1}: a quotation mark is never closed', path, row));
      const width = rows[0]?.cells.length ?? data.length;
      if (data.length !== width)
        throw new DataError(
          say('{0}, row {1} has {2} cells and the first {3}; give every row as many', path, row, data.length, width),
        );
      cells += data.length;
      if (cells > mostCells)
        throw new DataError(
          say('{0} has more than {1} cells; leave rows out, or save arrays as .npz', path, mostCells),
        );
      rows.push({ row, cells: data });
    },
  });
  const [first, ...rest] = rows;
  if (!first) throw new DataError(say('{0} is empty', path));
  return first.cells.some(isNumber) ? { header: undefined, rows } : { header: first.cells, rows: rest };
}

/** Numbers of some columns of all rows, row by row. */
function numbersOf({ header, rows }: Table, columns: readonly number[], path: string): Float64Array {
  const numbers = new Float64Array(rows.length * columns.length);
  rows.forEach(({ row, cells }, n) => {
    columns.forEach((column, i) => {
      const cell = itemAt(cells, column);
      if (!isNumber(cell)) {
        const name = header?.[column] ?? say('column {0}', column + 1);
        const found =
          cell.trim() === '' ? say('is empty') : say('is {0}, which is no number', JSON.stringify(cell.slice(0, 40)));
        throw new DataError(
          say('{0}, row {1}: {2} {3}; fill in a number or leave the row out', path, row, name, found),
        );
      }
      numbers[n * columns.length + i] = Number(cell);
    });
  });
  return numbers;
}

const readFrom =
  (numbers: Float64Array, width: number): Read =>
  (n, into, at) =>
    into.set(numbers.subarray(n * width, (n + 1) * width), at);

/** What a model takes and gives: elements of a sample. */
export interface Widths {
  readonly input: readonly number[];
  readonly target: readonly number[];
}

/** @throws DataError naming the row and the column */
export function csvSamples(file: UserFile, { input, target }: Widths, task: Task): UserSamples {
  const { path } = file;
  const table = parse(file);
  const { header, rows } = table;
  if (rows.length === 0) throw new DataError(say('{0} has a header and no rows', path));
  const width = itemAt(rows, 0).cells.length;
  const features = elements(input);
  const columns = Array.from({ length: width }, (_, i) => i);
  const named = header?.findLastIndex((name) => targetNames.has(name.trim().toLowerCase())) ?? -1;

  const outputs = task.kind === 'numbers' ? elements(target) : 1;
  // One number may stand for all outputs.
  const several = width === features + 1 ? 1 : outputs;
  const none = task.kind === 'reconstruction' && width === features;
  const answers = none ? [] : named >= 0 && several === 1 ? [named] : columns.slice(Math.max(0, width - several));
  const used = columns.filter((column) => !answers.includes(column));
  if (used.length !== features)
    throw new DataError(
      say(
        "{0} has {1} columns beside its target and the model takes {2} numbers; leave columns out, or change the model's input",
        path,
        used.length,
        features,
      ),
    );
  const source = {
    count: rows.length,
    inputs: [readFrom(numbersOf(table, used, path), features)],
    notes: [],
  };
  switch (task.kind) {
    case 'reconstruction':
      return source;
    case 'numbers':
      return { ...source, ...answerOf(readFrom(numbersOf(table, answers, path), several), several, outputs) };
    case 'classes':
    case 'binary': {
      const cells = rows.map((row) => itemAt(row.cells, itemAt(answers, 0)).trim());
      const outputs = task.kind === 'classes' ? task.classes : 2;
      return { ...source, ...labelsOf(cells, outputs, path, (n) => say('row {0}', rows[n]?.row)) };
    }
    default:
      throw new DataError(
        say('{0} is a table, and this model has an answer for each place; give an .npz with the arrays x and y', path),
      );
  }
}
