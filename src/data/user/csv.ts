/** Comma-separated values: one sample a row, the target in a column of its own. */
import Papa from 'papaparse';
import { DataError } from '../dataset';
import { mostSamples, mostValues, type Table } from './table';

const targets = /^(label|labels|class|target|y|species|category)$/i;

const isNumber = (cell: string) => cell.trim() !== '' && Number.isFinite(Number(cell));

/** @throws DataError naming the row and the column */
export function readCsv(text: string, name: string): Table {
  const { data, errors } = Papa.parse<string[]>(text, { skipEmptyLines: 'greedy', preview: mostSamples + 1 });
  const [error] = errors.filter(({ type }) => type === 'Quotes');
  if (error) throw new DataError(`${name}, row ${(error.row ?? 0) + 1}: ${error.message}`);
  const [first = []] = data;
  if (data.length < 2 || first.length < 2)
    throw new DataError(`${name} has ${data.length} rows of ${first.length} columns; a table of numbers is needed`);
  // A first row without a number is a header.
  const header = first.every((cell) => !isNumber(cell)) ? first : undefined;
  const rows = header ? data.slice(1) : data;
  const named = header?.findIndex((cell) => targets.test(cell.trim())) ?? -1;
  const target = named >= 0 ? named : first.length - 1;
  const width = first.length - 1;
  if (rows.length * width > mostValues)
    throw new DataError(`${name} holds more than ${mostValues} numbers; keep fewer rows`);
  const values = new Float32Array(rows.length * width);
  const answers: string[] = [];
  rows.forEach((row, n) => {
    const line = n + (header ? 2 : 1);
    if (row.length !== first.length)
      throw new DataError(`${name}, row ${line}: ${row.length} columns, the first row has ${first.length}`);
    let at = n * width;
    row.forEach((cell, column) => {
      if (column === target) answers.push(cell.trim());
      else if (isNumber(cell)) values[at++] = Number(cell);
      else
        throw new DataError(
          `${name}, row ${line}, column ${header?.[column] ?? column + 1}: "${cell.slice(0, 40)}" is no number; turn it into one, or leave the column out`,
        );
    });
  });
  const classes = new Set(answers);
  const numeric = answers.every(isNumber);
  // Whole numbers of a few kinds are classes, others are measurements.
  const labels = numeric && classes.size > Math.max(20, rows.length / 5) ? Float32Array.from(answers, Number) : answers;
  return { shape: [width], count: rows.length, values, labels };
}
