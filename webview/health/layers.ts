import type { HealthLayer, HealthReport } from '../../src/health/report';
import { element, shape } from '../ui/dom';
import { placeLink, type ResultsView } from './place';

/** The strip of layers: signal and gradient as places on a scale of factors, and the shares beside them. */
export function layersTable({ layers }: HealthReport, view: ResultsView): HTMLElement {
  const { words, numbers } = view;
  const number = (value: number | null | undefined, format: (value: number) => string) =>
    value === undefined ? '–' : value === null ? words.notFinite : format(value);
  const scaled = (of: 'deviation' | 'norm') => {
    const scale = scaleOf(layers.map((layer) => layer[of]));
    return (layer: HealthLayer) =>
      cell(mark(scale(layer[of])), element('span', { className: 'figure-of' }, number(layer[of], numbers.number)));
  };
  const columns: readonly (readonly [title: string, cell: (layer: HealthLayer) => HTMLElement])[] = [
    [words.deviation, scaled('deviation')],
    [words.gradient, scaled('norm')],
    [words.dead, ({ dead }) => cell(number(dead, numbers.percent))],
    [words.saturated, ({ saturated }) => cell(number(saturated, numbers.percent))],
    [words.eightBits, ({ snrChannel }) => cell(number(snrChannel, numbers.number))],
  ];
  const head = (title: string, className = 'number') =>
    element('th', { className, attributes: { scope: 'col' } }, title);
  return element(
    'div',
    { className: 'scroll', attributes: { tabindex: 0, role: 'group', 'aria-label': words.layers } },
    element(
      'table',
      { className: 'layers' },
      element('caption', {}, words.caption),
      element('thead', {}, element('tr', {}, head(words.layer, ''), ...columns.map(([title]) => head(title)))),
      element(
        'tbody',
        {},
        ...layers.map((layer) =>
          element(
            'tr',
            {},
            element(
              'th',
              { attributes: { scope: 'row' } },
              placeLink({ ...layer, layer: layer.index + 1 }, `layer-${layer.index}`, view),
              layer.call > 0 && ` ${words.call(layer.call + 1)}`,
              layer.apart && ` (${words.apart})`,
            ),
            ...columns.map(([, make]) => make(layer)),
          ),
        ),
      ),
    ),
  );
}

const cell = (...children: (Element | string)[]) => element('td', { className: 'number' }, ...children);

/** Where numbers lie on the way from the least to the largest, by factors; a range of ten at least. */
function scaleOf(
  values: readonly (number | null | undefined)[],
): (value: number | null | undefined) => number | undefined {
  const known = values.flatMap((value) => (typeof value === 'number' && value > 0 ? [Math.log10(value)] : []));
  const high = known.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const low = known.reduce((least, value) => Math.min(least, value), high - 1);
  return (value) => (typeof value === 'number' && value > 0 ? (Math.log10(value) - low) / (high - low) : undefined);
}

/** A place on a scale; the number beside it says it in words. */
function mark(place: number | undefined): SVGElement {
  const width = 64;
  const line = shape('line', { x1: 4, x2: width - 4, y1: 5, y2: 5 });
  const dot = place === undefined ? [] : [shape('circle', { cx: 4 + place * (width - 8), cy: 5, r: 3.5 })];
  return shape('svg', { class: 'strip', viewBox: `0 0 ${width} 10`, 'aria-hidden': 'true' }, line, ...dot);
}
