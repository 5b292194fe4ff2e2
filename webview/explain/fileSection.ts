import type { CandidateReport, Report } from '../../src/compare/report';
import type { FromExplainPanel, InFile } from '../../src/protocol/explain';
import { type DecisionCell, decisionColumns } from '../compare/decisions';
import { action } from '../ui/controls';
import { element, replaceChildren } from '../ui/dom';
import { markdown } from '../ui/markdown';
import type { NumberFormat } from '../ui/numbers';
import { table } from '../ui/table';
import type { Texts } from '../ui/texts';

/** Places that are listed; a model has few. */
const most = 8;

/** Where the activation stands in the file at hand, and what the last comparison measured of it. */
export function fileSection(
  texts: Texts,
  numbers: NumberFormat,
  post: (message: FromExplainPanel) => void,
): { readonly node: HTMLElement; show(title: string, found: InFile | undefined): void } {
  const words = texts.explain;
  const body = element('div', { className: 'in-file' });
  const node = element(
    'section',
    { attributes: { 'aria-labelledby': 'in-file-heading' } },
    element('h2', { id: 'in-file-heading' }, words.inFile),
    body,
  );

  const siteRow = (title: string, { source, text, role }: InFile['sites'][number], site: number): HTMLElement => {
    const line = source.line + 1;
    const show = action(words.line(line), () => post({ type: 'goTo', site }), { key: `go-${site}` });
    show.setAttribute('aria-label', words.goTo(title, line));
    const replace = action(words.replace, () => post({ type: 'replace', site }), { key: `replace-${site}` });
    replace.setAttribute('aria-label', words.replaceAt(title, line));
    return element(
      'li',
      {},
      show,
      element('code', {}, text),
      replace,
      role !== undefined && element('div', { className: 'role' }, ...markdown(role, 3)),
    );
  };

  return {
    node,
    show: (title, found) => {
      node.hidden = found === undefined;
      if (!found) return;
      const { label, sites, measured } = found;
      const more = sites.length - most;
      replaceChildren(
        body,
        label === undefined && element('p', { className: 'faint' }, words.noFile),
        label !== undefined &&
          sites.length === 0 &&
          element('p', { className: 'faint' }, words.notInFile(title, label)),
        sites.length > 0 && element('p', { className: 'faint' }, label ?? ''),
        sites.length > 0 &&
          element('ul', { className: 'file-sites' }, ...sites.slice(0, most).map((each, i) => siteRow(title, each, i))),
        more > 0 && element('p', { className: 'faint' }, words.moreSites(more)),
        measured
          ? measurements(title, found.activation, measured)
          : label !== undefined && element('p', { className: 'faint' }, words.neverMeasured),
      );
    },
  };

  function measurements(title: string, activation: string, report: Report): HTMLElement {
    const when = whenOf(report);
    const { name } = report.model;
    const rows = rowsOf(activation, report);
    if (rows.length === 0) return element('p', { className: 'faint' }, words.notMeasured(title, name, when));
    const columns = decisionColumns(report, texts, numbers).filter(({ cell }) => rows.some((row) => cell(row)));
    return element(
      'div',
      { className: 'scroll', attributes: { tabindex: 0, role: 'group', 'aria-label': words.measuredIn(name, when) } },
      table<CandidateReport>(
        `${words.measuredIn(name, when)}. ${words.notSeparable}`,
        [
          {
            title: texts.compare.column.candidate,
            cell: (row) => (row === report.candidates[0] ? words.asWritten : row.title),
          },
          ...columns.map(({ label, cell }) => ({
            title: label,
            numeric: true,
            cell: (row: CandidateReport) => cellText(cell(row)),
          })),
        ],
        rows,
      ),
    );
  }

  function cellText(cell: DecisionCell | undefined): string {
    if (!cell) return '–';
    const tied = cell.against?.enough && !cell.against.separable;
    return tied ? `≈ ${cell.text}` : cell.text;
  }
}

/** The model as written where the activation stands in it, and its candidates. */
function rowsOf(activation: string, { plan, candidates }: Report): CandidateReport[] {
  const [baseline, ...others] = candidates;
  const stands = plan.sites.some((site) => site.activation === activation);
  return [...(baseline && stands ? [baseline] : []), ...others.filter(({ id }) => id === activation)];
}

/** When a report was made, as the reader writes it. */
export function whenOf({ created }: Report): string {
  return new Date(created).toLocaleString(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' });
}
