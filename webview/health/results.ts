import type { HealthFinding, HealthReport } from '../../src/health/report';
import { conditionsOf, listLooked, verdictOf } from '../../src/health/words';
import { element, uniqueId } from '../ui/dom';
import { layersTable } from './layers';
import { placeLink, type ResultsView } from './place';

/** Places of a finding that are named; the rest is counted. */
const MOST_PLACES = 12;

/** What was found, then what it was found in. */
export function results(report: HealthReport, view: ResultsView): HTMLElement[] {
  const { words } = view;
  const { findings, layers, model } = report;
  const { done, left } = listLooked(report);
  return [
    section(
      words.findings,
      element('p', { className: 'verdict' }, verdictOf(report)),
      element('p', { className: 'faint' }, conditionsOf(report)),
      ...(findings.length > 0
        ? [element('ol', { className: 'findings' }, ...findings.map((each) => findingItem(each, view)))]
        : []),
    ),
    ...(layers.length > 0 ? [section(words.layers, layersTable(report, view))] : []),
    section(words.looked, items(done), ...(left.length > 0 ? [element('p', {}, words.unseen), items(left)] : [])),
    ...(model.notes.length > 0 ? [section(words.notes, items(model.notes))] : []),
  ];
}

const items = (texts: readonly string[]) =>
  element('ul', { className: 'looked' }, ...texts.map((text) => element('li', {}, text)));

function section(title: string, ...content: HTMLElement[]): HTMLElement {
  const id = uniqueId('section');
  return element('section', { attributes: { 'aria-labelledby': id } }, element('h2', { id }, title), ...content);
}

function findingItem({ severity, message, advice, places, rule }: HealthFinding, view: ResultsView): HTMLElement {
  const { words } = view;
  const shown = places.slice(0, MOST_PLACES);
  const more = places.length - shown.length;
  return element(
    'li',
    { className: `finding ${severity}` },
    element('p', {}, element('span', { className: 'severity' }, words.severity[severity]), ` ${message}`),
    places.length > 0 &&
      element(
        'div',
        { className: 'places' },
        ...shown.map((place, i) => placeLink(place, `${rule}-${i}`, view)),
        more > 0 && element('span', { className: 'faint' }, words.more(more)),
      ),
    element('p', { className: 'faint' }, words.advice(advice)),
  );
}
