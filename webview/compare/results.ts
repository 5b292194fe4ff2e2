import { orders, type Score, scoreDefinitions } from '../../src/compare/measures/index';
import type { RankMeasure } from '../../src/compare/rank';
import type { CandidateReport, ConfidenceInterval, Report } from '../../src/compare/report';
import { skippedWords } from '../../src/compare/skippedWords';
import { activationOf, type ReportStanding } from '../../src/compare/standing';
import { colourOf } from '../charts/colours';
import { intervalBar } from '../charts/interval';
import { spark } from '../charts/spark';
import { action, button } from '../ui/controls';
import { arrange, element, replaceChildren, setText } from '../ui/dom';
import { optionsOf } from './candidates';
import { barDomain, type DecisionCell, type DecisionColumn, decisionColumns, positionOf } from './decisions';
import { type FrontPlace, type Row, rowsOf, type SortKey, standings } from './rows';
import { longestBudget, originalOf, standing } from './state';
import { drawOnChange, type Section, type ShownState, type View } from './view';

/** The report as a table of what decides; it fills while the run goes on. */
export function results(view: View): Section & { readonly notes: HTMLElement } {
  const words = view.texts.compare;
  const { numbers } = view;
  const mark = element('span', { className: 'mark', attributes: { title: words.incompleteHint } }, words.incomplete);
  const empty = element('p', { className: 'faint' }, words.noResults);
  // Roles are written out because narrow panels lay the rows out as cards, which would drop the table's own.
  const headRow = element('tr', { attributes: { role: 'row' } });
  const body = element('tbody', { attributes: { role: 'rowgroup' } });
  const table = element(
    'table',
    { attributes: { role: 'table', 'aria-label': words.results } },
    element('thead', { attributes: { role: 'rowgroup' } }, headRow),
    body,
  );
  const holder = element('div', { className: 'results-table' }, table);
  const rows = new Map<string, HTMLTableRowElement>();
  const cells = new Map<string, { readonly print: string; readonly node: HTMLTableCellElement }>();
  const about = element('p', { className: 'faint small' });
  let report: Report | undefined;
  /** Values of the candidates' functions. */
  let curves: ReadonlyMap<string, readonly number[]> = new Map();
  let places: ShownState['places'] = new Map();
  const exporter = action(words.export, () => report && view.ask('export', { report }), { key: 'export' });
  const left = element('p', {});
  const notes = element('details', { className: 'notes' });
  const copied = element('span', { className: 'faint', attributes: { role: 'status' } });
  const copy = async (form: 'markdown' | 'csv', label: string) => {
    if (!report || (await view.ask('copy', { report, form })) === undefined) return;
    setText(copied, words.copied(label));
    setTimeout(() => setText(copied, ''), 4000);
  };
  const copyAs = (form: 'markdown' | 'csv', label: string) =>
    action(words.copyAs(label), () => void copy(form, label), { key: `copy-${form}` });
  const tools = element(
    'div',
    { className: 'tools' },
    copied,
    copyAs('markdown', 'Markdown'),
    copyAs('csv', 'CSV'),
    exporter,
  );
  const node = element(
    'section',
    { className: 'results', attributes: { 'aria-labelledby': 'results-heading' } },
    element('div', { className: 'section-head' }, element('h2', { id: 'results-heading' }, words.results), mark, tools),
    empty,
    holder,
    left,
    about,
  );

  const show = drawOnChange(
    (
      next: Report | undefined,
      running: boolean,
      stale: boolean,
      usable: boolean,
      sort: SortKey,
      descending: boolean,
      writes: boolean,
      now: ReportStanding | undefined,
      applied: string | undefined,
    ) => {
      report = next;
      empty.hidden = next !== undefined || running;
      mark.hidden = !next || next.complete || running;
      tools.hidden = !next;
      holder.hidden = !next;
      about.hidden = !next;
      notes.hidden = !next || next.model.notes.length === 0;
      if (!next) return;
      fill(next, sort, descending, { usable: usable && !running, stale, writes, now, applied });
      replaceChildren(left, ...(running ? [] : leftOut(next)));
      replaceChildren(about, aboutText(next));
      replaceChildren(
        notes,
        element('summary', {}, words.notes),
        element('ul', {}, ...next.model.notes.map((note) => element('li', {}, note))),
      );
    },
  );

  /** What the time left no room for, and a way to give it more. */
  function leftOut(of: Report): (Node | string)[] {
    const told = skippedWords(of);
    if (told.length === 0) return [];
    const budget = 1000 * Math.max(...(of.skipped ?? []).map(({ seconds }) => seconds));
    const more = () => {
      view.change({ budget: Math.min(budget, longestBudget) });
      view.run();
    };
    return [
      told.join(words.betweenSentences),
      ' ',
      action(words.measureFor(numbers.duration(budget)), more, { key: 'measure-longer' }),
    ];
  }

  const aboutText = ({ plan, model, candidates }: Report): string => {
    const confidence = candidates.find(({ latency }) => latency?.ratio)?.latency?.ratio?.confidence;
    return words.tableCaption(
      plan.sites.length,
      plan.seed,
      confidence === undefined ? undefined : numbers.percent(confidence),
      model.weights,
      plan.reinitialised ?? false,
    );
  };

  interface Use {
    readonly usable: boolean;
    readonly stale: boolean;
    readonly writes: boolean;
    /** What stands in the code; absent: another model than the report's. */
    readonly now: ReportStanding | undefined;
    /** The candidate that was written there last, from here. */
    readonly applied: string | undefined;
  }

  function fill(shown: Report, sort: SortKey, descending: boolean, use: Use): void {
    const columns = decisionColumns(shown, view.texts, numbers).map((column) => {
      const intervals = shown.candidates.flatMap((candidate) => column.cell(candidate)?.against ?? []);
      return { ...column, domain: barDomain(intervals), standings: standings(shown, column.key) };
    });
    const head = (label: string, key?: RankMeasure, title?: string) => {
      const sorted = key !== undefined && key === sort;
      const direction = sorted ? (descending ? 'descending' : 'ascending') : undefined;
      return element(
        'th',
        { attributes: { scope: 'col', role: 'columnheader', title, 'aria-sort': direction } },
        key === undefined
          ? label
          : action(
              sorted ? `${label} ${descending ? '↑' : '↓'}` : label,
              () => view.change({ sort: key, descending: sorted && !descending }),
              { key: `sort-${key}` },
            ),
      );
    };
    const heads = [
      head(words.column.candidate),
      ...columns.map(({ key, label, about: title }) => head(label, key, title)),
      element('th', { attributes: { scope: 'col', role: 'columnheader' } }, hiddenText(words.column.action)),
    ];
    replaceChildren(headRow, ...heads);
    arrange(
      body,
      rowsOf(shown, sort, descending).map((row) => bodyRow(shown, row, columns, use)),
    );
  }

  type DrawnColumn = DecisionColumn & {
    readonly domain: readonly [number, number];
    readonly standings: ReturnType<typeof standings>;
  };

  /** A candidate's row: while a run goes on only those of its cells are made anew that have changed. */
  function bodyRow(shown: Report, row: Row, columns: readonly DrawnColumn[], use: Use): HTMLTableRowElement {
    const { candidate, baseline } = row;
    const { id, error, latency } = candidate;
    const tr = rows.get(id) ?? element('tr', { attributes: { role: 'row', 'data-candidate': id } });
    rows.set(id, tr);
    tr.classList.toggle('baseline', baseline && error === undefined);
    const cell = (name: string, parts: readonly unknown[], make: () => HTMLTableCellElement): HTMLTableCellElement => {
      const key = `${id} ${name}`;
      const print = JSON.stringify(parts);
      const known = cells.get(key);
      if (known?.print === print) return known.node;
      const node = make();
      cells.set(key, { print, node });
      return node;
    };
    const about = aboutCandidate(candidate);
    const isInCode = isWritten(use, row);
    const curve = baseline ? [] : (curves.get(id) ?? []);
    const colour = colourOf(places.get(id) ?? shown.candidates.indexOf(candidate));
    const name = cell('name', [candidate.title, about, baseline, isInCode, curve, colour], () =>
      nameCell(row, about, isInCode, spark(curve, colour)),
    );
    if (error !== undefined) {
      const why = `${words.verdict.failed}: ${error}`;
      const attributes = { role: 'cell', colspan: columns.length + 1 };
      arrange(tr, [
        name,
        cell('failed', [why, columns.length], () => element('td', { className: 'message failed', attributes }, why)),
      ]);
      return tr;
    }
    const fallbacks = numbers.list(latency?.fallbacks ?? []);
    const decides = columns.map((column) => {
      const { key, label, domain } = column;
      const found = column.cell(candidate);
      const standing = column.standings.get(id);
      const caution = key === 'latency' ? fallbacks : '';
      return cell(key, [found, standing, domain, caution], () =>
        labelled(
          label,
          'decides',
          ...(found ? cellOf(column, found, standing) : ['–']),
          caution ? warning(words.onCpu(caution)) : undefined,
        ),
      );
    });
    const uses = cell(
      'use',
      [{ ...use, now: use.now !== undefined }, use.now?.inCode, isInCode, baseline && !originalOf(shown)],
      () => labelled(words.column.action, 'use', ...actionsOf(shown, row, use)),
    );
    arrange(tr, [name, ...decides, uses]);
    return tr;
  }

  const labelled = (label: string, className: string, ...children: (Node | string | undefined)[]) =>
    element('td', { className, attributes: { role: 'cell', 'data-label': label } }, ...children);

  function nameCell(
    { candidate, baseline }: Row,
    about: string,
    isInCode: boolean,
    swatch: Node,
  ): HTMLTableCellElement {
    const { id, title } = candidate;
    const explain = () => view.post({ type: 'explain', activation: activationOf(candidate) });
    return element(
      'th',
      { attributes: { scope: 'row', role: 'rowheader' } },
      element(
        'div',
        { className: 'candidate' },
        swatch,
        element(
          'span',
          { className: 'candidate-name' },
          baseline
            ? element('span', {}, isInCode ? words.baseline : words.asItWas)
            : action(title, explain, { title: words.explain(title), key: `explain-${id}` }),
          element('span', { className: 'faint small' }, baseline ? title : about),
        ),
      ),
    );
  }

  /** The first row is what the code says, unless something else was written there since. */
  const isWritten = ({ now }: Use, { candidate, baseline }: Row) => baseline && (!now || now.inCode === candidate.id);

  /** A button that writes the candidate into the code, or that it stands there, with Undo where it came from here. */
  function actionsOf(shown: Report, row: Row, use: Use): Node[] {
    const { id, title } = row.candidate;
    const { usable, stale, writes, now, applied } = use;
    if (isWritten(use, row) || (row.baseline && !originalOf(shown))) return [];
    if (now?.inCode === id) {
      const mark = element('span', { className: 'mark' }, words.inCode);
      if (applied !== id) return [mark];
      const undo = button({
        label: words.undo,
        appearance: 'secondary',
        description: words.undoDescription(title),
        disabled: !usable,
        key: `undo-${id}`,
        onClick: view.undo,
      });
      return [mark, undo.node];
    }
    const isOf = now !== undefined && !stale;
    return [
      button({
        label: writes ? words.write : words.use,
        appearance: 'secondary',
        description: writes ? words.writeDescription(title) : words.useDescription(title),
        ...((!isOf || writes) && { title: isOf ? words.writeHint : stale ? words.useStale : words.useEarlier }),
        disabled: !usable || !isOf,
        key: `use-${id}`,
        onClick: () => view.use(id),
      }).node,
      ...(isOf && usable && !writes
        ? [action('±', () => view.preview(id), { title: words.previewDescription(title), key: `preview-${id}` })]
        : []),
    ];
  }

  /** Its settings, and the parameters that it adds. */
  function aboutCandidate({ activation, parameters, addedParameters, added: later }: CandidateReport): string {
    // A title with settings has them already.
    const settings = activation === undefined ? Object.entries(parameters).filter(([name]) => name !== 'inplace') : [];
    const added = addedParameters > 0 ? [words.adds(numbers.integer(addedParameters))] : [];
    const since = later ? [words.addedAt(numbers.time(later.created))] : [];
    return numbers.list([...settings.map(([name, value]) => `${name}=${value}`), ...added, ...since]);
  }

  /** The number, and how it stands beside the model as written. */
  function cellOf(
    column: DrawnColumn,
    { text, against }: DecisionCell,
    standing: FrontPlace | undefined,
  ): (Node | string)[] {
    const mark = standing ? [standingMark(standing)] : [];
    if (!against) return [text, ...mark];
    const said = !against.enough
      ? words.scoreVerdict['too-few']
      : against.separable
        ? words.scoreVerdict.differs
        : words.scoreVerdict['not-separable'];
    const value = element('span', { className: against.separable ? 'differs' : '' }, text);
    const interval = against.enough
      ? words.interval(endText(against, against.low), endText(against, against.high))
      : '';
    return [
      element(
        'span',
        { className: 'value', attributes: { title: [said, interval].filter(Boolean).join(', ') } },
        value,
        hiddenText(`, ${said}`),
        ...mark,
      ),
      intervalBar(against, (at) => positionOf(against, at), column.domain, isBetter(column.key, against)),
    ];
  }

  const endText = ({ scale }: ConfidenceInterval, value: number) =>
    scale === 'ratio' ? numbers.ratio(value) : numbers.signedNumber(value);

  function warning(text: string): HTMLElement {
    return element('span', { className: 'caution', attributes: { title: text } }, hiddenText(text));
  }

  function standingMark(standing: FrontPlace): HTMLElement {
    const label = standing === 'best' ? words.best : words.sharesBest;
    return element(
      'span',
      { className: `standing ${standing}`, attributes: { title: label } },
      element('span', { attributes: { 'aria-hidden': 'true' } }, standing === 'best' ? '◆' : '◇'),
      hiddenText(label),
    );
  }

  return {
    node,
    /** What reading the model left to be said: below the first screen. */
    notes,
    update: (state) => {
      node.hidden = state.model === undefined && state.report === undefined;
      curves = new Map(optionsOf(state).map(({ id, curve = [] }) => [id, curve]));
      places = state.places;
      show(
        state.report,
        state.progress !== undefined,
        state.stale,
        state.model !== undefined,
        state.sort,
        state.descending,
        state.model?.writes ?? false,
        standing(state),
        state.applied,
      );
    },
  };
}

const hiddenText = (text: string) => element('span', { className: 'visually-hidden' }, text);

/** Whether what differs is better than the model as written; undefined where that depends on where it was. */
function isBetter(key: RankMeasure, { estimate, scale }: ConfidenceInterval): boolean | undefined {
  const more = scale === 'ratio' ? estimate > 1 : estimate > 0;
  if (key in orders) return !more;
  const { better } = scoreDefinitions[key as Score];
  return better === 'one' ? undefined : better === 'higher' ? more : !more;
}
