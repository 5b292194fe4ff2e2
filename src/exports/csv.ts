import type { Report } from '../compare/report';
import { type NumberRow, rowsOfReport, settingsText } from './rows';

type CsvValue = string | number | boolean | undefined;

const columns: readonly (readonly [head: string, cell: (row: NumberRow) => CsvValue])[] = [
  ['candidate', ({ candidate }) => candidate.id],
  ['title', ({ candidate }) => candidate.title],
  ['settings', ({ candidate }) => settingsText(candidate.parameters)],
  ['measure', ({ measure }) => measure],
  ['unit', ({ unit }) => unit],
  ['value', ({ value }) => value],
  ['low', ({ low }) => low],
  ['high', ({ high }) => high],
  ['scale', ({ against }) => against?.scale],
  ['against_baseline', ({ against }) => against?.estimate],
  ['against_low', ({ against }) => against?.low],
  ['against_high', ({ against }) => against?.high],
  ['confidence', ({ against }) => against?.confidence],
  ['enough_samples', ({ against, enough }) => against?.enough ?? enough],
  ['differs', ({ against }) => against?.separable],
  ['samples', ({ samples }) => samples.join(' ')],
  ['note', ({ note }) => note],
];

/**
 * A text in a cell. What a spreadsheet would take for a formula has an apostrophe before it, which makes it text there;
 * numbers are written apart from this and keep their sign.
 */
function quoteText(text: string): string {
  const inert = /^[\s]*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]|^\s|\s$/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

function cellText(cell: CsvValue): string {
  if (typeof cell === 'string') return quoteText(cell);
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  return cell === undefined ? '' : String(cell);
}

/** A report as CSV (RFC 4180): a row for each candidate and measure; `samples` are numbers with spaces between. */
export function csvOf(report: Report): string {
  const lines = rowsOfReport(report).map((row) => columns.map(([, cell]) => cellText(cell(row))).join(','));
  return [columns.map(([head]) => head).join(','), ...lines].map((line) => `${line}\r\n`).join('');
}
