import type { PricedQuantity, PriceReport } from '../../src/price/report';
import {
  amount,
  conclusions,
  conditions,
  factorOf,
  figure,
  mendedTitle,
  quantityAbout,
  quantityTitle,
  spreadOf,
} from '../../src/price/words';
import { element, uniqueId } from '../ui/dom';
import type { Texts } from '../ui/texts';

/** What was measured: what follows, the table, and what its numbers are. */
export function results(report: PriceReport, words: Texts['price']): HTMLElement[] {
  const told = conclusions(report);
  return [
    section(
      words.conclusion,
      element('ul', { className: 'conclusions' }, ...told.map((each) => element('li', {}, each))),
      element('p', { className: 'faint' }, conditions(report)),
    ),
    section(words.numbers, priceTable(report, words)),
    section(
      words.exactly,
      element(
        'dl',
        { className: 'exactly' },
        ...report.quantities.flatMap(({ quantity }) => [
          element('dt', {}, quantityTitle(quantity, report.subject)),
          element('dd', {}, quantityAbout(quantity)),
        ]),
      ),
    ),
    ...(report.notes.length > 0
      ? [
          section(
            words.notes,
            element('ul', { className: 'conclusions' }, ...report.notes.map((note) => element('li', {}, note))),
          ),
        ]
      : []),
  ];
}

function section(title: string, ...content: HTMLElement[]): HTMLElement {
  const id = uniqueId('section');
  return element('section', { attributes: { 'aria-labelledby': id } }, element('h2', { id }, title), ...content);
}

function priceTable(report: PriceReport, words: Texts['price']): HTMLElement {
  const { subject, quantities, least } = report;
  const mended = mendedTitle(subject);
  const head = (title: string, isNumber = true) =>
    element('th', { className: isNumber ? 'number' : '', attributes: { scope: 'col' } }, title);
  const rows = quantities.map((each) =>
    element(
      'tr',
      {},
      element('th', { attributes: { scope: 'row' } }, quantityTitle(each.quantity, subject)),
      cell(each, each.written, words),
      cell(each, each.mended, words),
      element('td', { className: 'number' }, changeOf(each)),
    ),
  );
  const bound =
    least &&
    element(
      'tr',
      {},
      element('th', { attributes: { scope: 'row' } }, words.least),
      element('td', { className: 'number' }, figure(least.written)),
      element('td', { className: 'number' }, figure(least.mended)),
      element('td', { className: 'number' }, ''),
    );
  return element(
    'div',
    { className: 'scroll', attributes: { tabindex: 0, role: 'group', 'aria-label': words.caption } },
    element(
      'table',
      { className: 'prices' },
      element('caption', {}, words.caption),
      element(
        'thead',
        {},
        element('tr', {}, head(words.quantity, false), head(words.written), head(mended), head(words.change)),
      ),
      element('tbody', {}, ...rows, bound),
    ),
  );
}

/** The middle of the seeds, and what they lie between. */
function cell({ quantity }: PricedQuantity, values: readonly number[], words: Texts['price']): HTMLElement {
  const spread = spreadOf(values);
  if (!spread) return element('td', { className: 'number' }, '–');
  const { middle, low, high } = spread;
  return element(
    'td',
    { className: 'number' },
    element('span', {}, amount(quantity, middle)),
    low < high &&
      element('span', { className: 'faint small spread' }, words.spread(amount(quantity, low), amount(quantity, high))),
  );
}

/** Shares and losses are compared as they are; sizes by their ratio. */
function changeOf(each: PricedQuantity): string {
  if (each.quantity === 'dead' || each.quantity === 'loss') return '';
  const factor = factorOf(each);
  return factor ? `×${figure(factor.middle)}` : '';
}
