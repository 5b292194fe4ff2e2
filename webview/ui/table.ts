import { element } from './dom';

export interface TableColumn<Row> {
  readonly title: string;
  readonly numeric?: boolean;
  readonly cell: (row: Row) => string;
}

/** A table of text: the numbers behind a chart. The first column names the row. */
export function table<Row>(
  caption: string,
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
): HTMLTableElement {
  return element(
    'table',
    {},
    element('caption', {}, caption),
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        ...columns.map((column) =>
          element('th', { className: column.numeric ? 'number' : '', attributes: { scope: 'col' } }, column.title),
        ),
      ),
    ),
    element(
      'tbody',
      {},
      ...rows.map((row) =>
        element(
          'tr',
          {},
          ...columns.map((column, index) =>
            index === 0
              ? element('th', { attributes: { scope: 'row' } }, column.cell(row))
              : element('td', { className: column.numeric ? 'number' : '' }, column.cell(row)),
          ),
        ),
      ),
    ),
  );
}
