import { type LayerNumber, layerNumbers } from '../../src/compare/measures/index';
import type { CandidateReport, LayerPlace } from '../../src/compare/report';
import { element } from '../ui/dom';
import type { NumberFormat } from '../ui/numbers';
import { table } from '../ui/table';
import type { Texts } from '../ui/texts';
import { hiddenLayers, type LayerPair, layerValues, logTicks, sharedText } from './calculations';
import { colours, dot, draw, lineY, ruleY } from './plot';

/**
 * One measure of the activations' outputs along the depth of the model: as written, and with the candidate; where all is
 * one number that is said instead.
 */
export function drawSignal(
  pairs: readonly LayerPair[],
  measure: LayerNumber,
  candidate: string,
  width: number,
  texts: Texts,
  numbers: NumberFormat,
): Element {
  const series = (of: 'baseline' | 'candidate') =>
    hiddenLayers(pairs).flatMap((pair) => {
      const value = pair[of];
      return value === undefined ? [] : [{ index: pair.index, value }];
    });
  const [written, swapped] = [series('baseline'), series('candidate')];
  const share = layerNumbers[measure] === 'share';
  const format = (value: number) => (share ? numbers.percent(value) : numbers.number(value));
  const values = [...written, ...swapped].map(({ value }) => value);
  const same = sharedText(values, format);
  if (same !== undefined) return element('p', {}, texts.compare.sameInAllLayers(same));
  const highest = Math.max(0, ...values);
  const log = layerNumbers[measure] === 'factor' && values.every((value) => value > 0);
  return draw({
    label: texts.compare.layersSummary(texts.compare.measure[measure], candidate),
    width,
    height: 170,
    marginLeft: 52,
    marginRight: 12,
    marginTop: 12,
    marginBottom: 34,
    x: {
      // A measure that some layers lack leaves gaps, and the layers keep their numbers.
      domain: [
        Math.min(...pairs.map(({ index }) => index), 1) - 0.4,
        Math.max(...pairs.map(({ index }) => index), 1) + 0.4,
      ],
      ticks: Math.min(pairs.length, Math.floor(width / 48)),
      tickFormat: (value: number) => (Number.isInteger(value) ? numbers.integer(value) : ''),
      label: texts.compare.layer,
      labelArrow: 'none',
    },
    y: {
      ...(share ? { domain: [0, 1] } : { nice: true, ...(highest === 0 ? { domain: [-1, 1] } : {}) }),
      ...(log && { type: 'log' as const }),
      ticks: log ? logTicks(Math.min(...values), Math.max(...values)) : 4,
      tickFormat: format,
      grid: true,
      label: null,
    },
    marks: [
      ...(log ? [] : [ruleY([0], { stroke: colours.faint, strokeOpacity: 0.6 })]),
      lineY(written, { x: 'index', y: 'value', stroke: colours.baseline, strokeWidth: 1.5, strokeDasharray: '4 3' }),
      dot(written, { x: 'index', y: 'value', r: 3, stroke: colours.baseline, fill: colours.background }),
      lineY(swapped, { x: 'index', y: 'value', stroke: colours.main, strokeWidth: 2 }),
      dot(swapped, { x: 'index', y: 'value', r: 3.5, symbol: 'square', fill: colours.main }),
    ],
  });
}

export function signalTable(
  pairs: readonly LayerPair[],
  measure: LayerNumber,
  candidate: string,
  texts: Texts,
  numbers: NumberFormat,
): HTMLTableElement {
  const format = (value: number | undefined) =>
    value === undefined ? '–' : layerNumbers[measure] === 'share' ? numbers.percent(value) : numbers.number(value);
  return table<LayerPair>(
    texts.compare.layersSummary(texts.compare.measure[measure], candidate),
    [
      { title: texts.compare.layer, cell: (pair) => layerName(pair, texts) },
      { title: texts.compare.baseline, numeric: true, cell: (pair) => format(pair.baseline) },
      { title: candidate, numeric: true, cell: (pair) => format(pair.candidate) },
    ],
    pairs,
  );
}

/** The same of every candidate: a row a layer. */
export function layersTable(
  candidates: readonly CandidateReport[],
  measure: LayerNumber,
  texts: Texts,
  numbers: NumberFormat,
): HTMLTableElement {
  const share = layerNumbers[measure] === 'share';
  const format = (value: number | undefined) =>
    value === undefined ? '–' : share ? numbers.percent(value) : numbers.number(value);
  const values = candidates.map(
    (candidate) => new Map(layerValues(candidate, measure).map((each) => [each.index, each])),
  );
  const places = [...new Map(values.flatMap((each) => [...each])).values()].sort((a, b) => a.index - b.index);
  return table(
    texts.compare.measure[measure],
    [
      { title: texts.compare.layer, cell: (place) => layerName({ ...place, index: place.index + 1 }, texts) },
      ...candidates.map(({ title }, i) => ({
        title: i === 0 ? texts.compare.baseline : title,
        numeric: true,
        cell: ({ index }: LayerPlace) => format(values[i]?.get(index)?.value),
      })),
    ],
    places,
  );
}

/** `3 layer1.0.relu, call 2`; the line where a model's own code calls it; and that it is no hidden activation. */
export function layerName(pair: Pick<LayerPair, 'index' | 'path' | 'call' | 'line' | 'apart'>, texts: Texts): string {
  const place = pair.line === undefined ? '·' : texts.compare.line(pair.line);
  const path = pair.path === '' ? place : pair.path;
  const call = pair.call > 0 ? `, ${texts.compare.call(pair.call + 1)}` : '';
  return `${pair.index} ${path}${call}${pair.apart ? ` (${texts.compare.apart})` : ''}`;
}
