import type { Report } from '../../src/compare/report';
import { ratioPoints } from '../charts/calculations';
import { figure } from '../charts/figure';
import { drawRatios, ratioTable } from '../charts/latency';
import { action, button, dropdown } from '../ui/controls';
import { element, replaceChildren, setText } from '../ui/dom';
import { countDiffering, type Row, rowsOf, type SortKey, sortKeys, sortKeysOf } from './rows';
import { drawOnChange, type Section, type View } from './view';

/** Most activations add no parameters: a column of zeros tells nothing. */
const adds = (rows: readonly Row[]) => rows.some(({ candidate }) => candidate.addedParameters > 0);

/** The report as a table and a chart; it fills while the run goes on. */
export function results(view: View): Section {
  const words = view.texts.compare;
  const { numbers } = view;
  const mark = element('span', { className: 'mark', attributes: { title: words.incompleteHint } }, words.incomplete);
  const summary = element('p', { className: 'summary' });
  const empty = element('p', { className: 'faint' }, words.noResults);
  const holder = element('div', { className: 'results-table' });
  const sorter = element('span');
  let report: Report | undefined;
  /** A choice is written to a file of its own. */
  let writes = false;
  const exporter = action(words.export, () => report && view.ask('export', { report }), { key: 'export' });
  const chart = figure(view.texts, words.ratioTitle);
  const notes = element('details', { className: 'notes' });
  const tools = element('div', { className: 'tools' }, sorter, exporter);
  const node = element(
    'section',
    { className: 'results', attributes: { 'aria-labelledby': 'results-heading' } },
    element('div', { className: 'section-head' }, element('h2', { id: 'results-heading' }, words.results), mark, tools),
    empty,
    summary,
    holder,
    chart.node,
    notes,
  );

  const hasOwnName = (key: SortKey): key is keyof typeof words.sortNames => key in words.sortNames;
  const nameOf = (key: SortKey): string => (hasOwnName(key) ? words.sortNames[key] : words.score[key]);

  /** The measures that have numbers by now. */
  const pickSort = drawOnChange((keys: string, sort: SortKey) => {
    const control = dropdown({
      label: words.sort,
      value: sort,
      key: 'sort',
      choices: (JSON.parse(keys) as SortKey[]).map((key) => ({ value: key, label: nameOf(key) })),
      onChange: (value) => {
        const chosen = sortKeys.find((key) => key === value);
        if (chosen) view.change({ sort: chosen, descending: false });
      },
    });
    replaceChildren(sorter, control.node);
  });

  const show = drawOnChange(
    (
      next: Report | undefined,
      running: boolean,
      stale: boolean,
      usable: boolean,
      sort: SortKey,
      descending: boolean,
      hasNoSource: boolean,
    ) => {
      report = next;
      writes = hasNoSource;
      pickSort(JSON.stringify(next ? sortKeysOf(next) : []), sort);
      const rows = next ? rowsOf(next, sort, descending) : [];
      empty.hidden = next !== undefined || running;
      mark.hidden = !next || next.complete || running;
      tools.hidden = rows.length === 0;
      holder.hidden = rows.length === 0;
      notes.hidden = !next || next.model.notes.length === 0;
      const { measured, differing } = countDiffering(rows);
      summary.hidden = measured === 0;
      setText(summary, words.differ(differing, measured));
      if (!next) {
        chart.node.hidden = true;
        return;
      }
      replaceChildren(holder, resultsTable(next, rows, sort, descending, usable && !running, stale));
      const points = ratioPoints(next);
      chart.node.hidden = points.length === 0;
      if (points.length > 0)
        chart.show(
          (width) => drawRatios(points, width, view.texts, numbers),
          () => ratioTable(points, view.texts, numbers),
        );
      replaceChildren(
        notes,
        element('summary', {}, words.notes),
        element('ul', {}, ...next.model.notes.map((note) => element('li', {}, note))),
      );
    },
  );

  function resultsTable(
    shown: Report,
    rows: readonly Row[],
    sort: SortKey,
    descending: boolean,
    usable: boolean,
    stale: boolean,
  ): HTMLTableElement {
    const heads: readonly { readonly key?: SortKey; readonly label: string; readonly number: boolean }[] = [
      { label: words.column.candidate, number: false },
      { label: words.column.latency, number: true },
      { key: 'latency', label: words.column.verdict, number: false },
      { key: 'mean', label: words.column.mean, number: true },
      { key: 'deviation', label: words.column.deviation, number: true },
      { key: 'zeros', label: words.column.zeros, number: true },
      ...(adds(rows) ? [{ key: 'added' as const, label: words.column.added, number: true }] : []),
      { label: words.column.action, number: false },
    ];
    const head = heads.map(({ key, label, number }) => {
      const sorted = key !== undefined && key === sort;
      return element(
        'th',
        {
          className: number ? 'number' : '',
          attributes: {
            scope: 'col',
            role: 'columnheader',
            'aria-sort': sorted ? (descending ? 'descending' : 'ascending') : undefined,
          },
        },
        key === undefined
          ? label
          : action(
              sorted ? `${label} ${descending ? '↓' : '↑'}` : label,
              () => view.change({ sort: key, descending: sorted && !descending }),
              { key: `sort-${key}` },
            ),
      );
    });
    const confidence = confidenceOf(shown);
    // Roles are written out because narrow panels lay the rows out as cards, which would drop the table's own.
    return element(
      'table',
      { attributes: { role: 'table' } },
      element(
        'caption',
        {},
        words.tableCaption(
          shown.plan.sites.length,
          shown.plan.seed,
          confidence === undefined ? undefined : numbers.percent(confidence),
          shown.model.weights,
          shown.plan.reinitialised ?? false,
        ),
      ),
      element('thead', { attributes: { role: 'rowgroup' } }, element('tr', { attributes: { role: 'row' } }, ...head)),
      element(
        'tbody',
        { attributes: { role: 'rowgroup' } },
        ...rows.map((row) => bodyRow(shown, row, adds(rows), usable, stale)),
      ),
    );
  }

  function bodyRow(shown: Report, row: Row, added: boolean, usable: boolean, stale: boolean): HTMLTableRowElement {
    const { candidate, signal } = row;
    const cell = (label: string, className: string, ...children: (Node | string | undefined)[]) =>
      element('td', { className, attributes: { role: 'cell', 'data-label': label } }, ...children);
    const dash = '–';
    const title = row.baseline ? words.baseline : candidate.title;
    const parameters = row.baseline ? [] : Object.entries(candidate.parameters).filter(([name]) => name !== 'inplace');
    const { id: activation, parameters: chosen } = candidate;
    const change = { activation, parameters: chosen, sites: shown.plan.sites.map(({ id }) => id) };
    const write = async () => {
      const written = await view.ask('write', change);
      if (written && written.message !== null)
        view.change({ notice: { kind: 'information', message: written.message } });
    };
    const use = async () => {
      const applied = await view.ask('apply', change);
      if (applied) view.change({ notice: { kind: 'information', message: words.applied(applied.edits) } });
    };
    return element(
      'tr',
      { className: row.baseline ? 'baseline' : '', attributes: { role: 'row', 'data-candidate': candidate.id } },
      element(
        'th',
        { attributes: { scope: 'row', role: 'rowheader' } },
        row.baseline
          ? title
          : action(title, () => view.post({ type: 'explain', activation: candidate.id }), {
              title: words.explain(title),
              key: `explain-${candidate.id}`,
            }),
        row.baseline && element('div', { className: 'faint small' }, candidate.title),
        row.place && element('div', { className: 'small' }, words.place(row.place.place, row.place.shared)),
        parameters.length > 0 &&
          element(
            'div',
            { className: 'faint small' },
            parameters.map(([name, value]) => `${name}=${value}`).join(', '),
          ),
      ),
      cell(words.column.latency, 'number', candidate.latency ? numbers.milliseconds(candidate.latency.median) : dash),
      cell(words.column.verdict, `verdict ${row.verdict}`, ...verdictCell(row)),
      cell(words.column.mean, 'number', signal ? numbers.number(signal.mean) : dash),
      cell(words.column.deviation, 'number', signal ? numbers.number(signal.deviation) : dash),
      cell(words.column.zeros, 'number', signal ? numbers.percent(signal.zeros) : dash),
      added &&
        cell(
          words.column.added,
          candidate.addedParameters > 0 ? 'number added' : 'number nothing',
          candidate.addedParameters > 0 ? `+${numbers.integer(candidate.addedParameters)}` : '0',
        ),
      cell(
        words.column.action,
        'use',
        row.baseline || candidate.error !== undefined
          ? undefined
          : button({
              label: writes ? words.write : words.use,
              appearance: 'secondary',
              description: writes ? words.writeDescription(candidate.title) : words.useDescription(candidate.title),
              ...((stale || writes) && { title: stale ? words.useStale : words.writeHint }),
              disabled: !usable || stale,
              key: `use-${candidate.id}`,
              onClick: writes ? write : use,
            }).node,
      ),
    );
  }

  function verdictCell(row: Row): (Node | string)[] {
    const { latency, error } = row.candidate;
    const parts: (Node | string)[] = [];
    const ratio = latency?.ratio;
    if (ratio) {
      parts.push(
        element('span', { className: 'ratio' }, numbers.ratio(ratio.estimate)),
        ' ',
        element('span', { className: 'word' }, words.verdict[row.verdict]),
        element(
          'div',
          { className: 'faint small' },
          ratio.enough
            ? words.interval(numbers.ratio(ratio.low), numbers.ratio(ratio.high))
            : words.rounds(numbers.integer(latency.samples.length)),
        ),
      );
    } else
      parts.push(
        element('span', { className: row.verdict === 'failed' ? 'word' : 'faint' }, words.verdict[row.verdict]),
      );
    if (error !== undefined) parts.push(element('div', { className: 'message small' }, error));
    if (latency && latency.fallbacks.length > 0)
      parts.push(element('div', { className: 'caution small' }, words.onCpu(numbers.list(latency.fallbacks))));
    return parts;
  }

  return {
    node,
    update: (state) => {
      node.hidden = state.model === undefined && state.report === undefined;
      show(
        state.report,
        state.progress !== undefined,
        state.stale,
        state.model !== undefined,
        state.sort,
        state.descending,
        state.model?.writes ?? false,
      );
    },
  };
}

/** All intervals of a report share their confidence. */
function confidenceOf(report: Report): number | undefined {
  return report.candidates.find((candidate) => candidate.latency?.ratio)?.latency?.ratio?.confidence;
}
