import type { CandidateReport, LayerSignal } from '../../src/compare/report';
import type { NumberFormat } from '../ui/numbers';
import { table } from '../ui/table';
import type { Texts } from '../ui/texts';
import { hiddenLayers } from './calculations';
import { colours, draw, rectY, ruleY } from './plot';
import { layerName } from './signal';

/** Layers that are drawn, at most; of more, some from the first to the last. */
const most = 8;

interface Bin {
  readonly layer: string;
  readonly from: number;
  readonly to: number;
  /** Of the layer's tallest bin. */
  readonly height: number;
}

interface Pair {
  readonly name: string;
  readonly baseline?: LayerSignal;
  readonly candidate?: LayerSignal;
}

function pairs(
  baseline: CandidateReport,
  candidate: CandidateReport,
  texts: Texts,
  of: readonly LayerSignal[] = baseline.signal ?? [],
): Pair[] {
  const others = new Map((candidate.signal ?? []).map((layer) => [layer.index, layer]));
  const all = of.flatMap((layer): Pair[] => {
    const other = others.get(layer.index);
    const name = layerName({ ...layer, index: layer.index + 1 }, texts);
    return layer.histogram || other?.histogram ? [{ name, baseline: layer, ...(other && { candidate: other }) }] : [];
  });
  const step = Math.max(1, (all.length - 1) / (most - 1));
  const chosen = new Set(Array.from({ length: Math.min(most, all.length) }, (_, i) => Math.round(i * step)));
  return all.filter((_, i) => chosen.has(i));
}

function bins(name: string, layer: LayerSignal | undefined): Bin[] {
  const { low = 0, high = 0, counts = [] } = layer?.histogram ?? {};
  const tallest = Math.max(...counts, 1);
  // A layer that gives one number has a bin of no width.
  const width = (high - low || 1e-6) / Math.max(counts.length, 1);
  return counts.map((count, i) => ({
    layer: name,
    from: low + i * width,
    to: low + (i + 1) * width,
    height: count / tallest,
  }));
}

export const hasHistograms = (baseline: CandidateReport, candidate: CandidateReport, texts: Texts): boolean =>
  pairs(baseline, candidate, texts, hiddenLayers(baseline.signal ?? [])).length > 0;

/** Values of the activations' outputs, a row a layer: as written as an outline, the candidate filled. */
export function drawHistograms(
  baseline: CandidateReport,
  candidate: CandidateReport,
  width: number,
  texts: Texts,
  numbers: NumberFormat,
): SVGSVGElement {
  const shown = pairs(baseline, candidate, texts, hiddenLayers(baseline.signal ?? []));
  const of = (which: 'baseline' | 'candidate') => shown.flatMap((pair) => bins(pair.name, pair[which]));
  const longest = Math.max(...shown.map(({ name }) => [...name].length), 4);
  return draw({
    label: texts.compare.histogramSummary(candidate.title),
    width,
    height: shown.length * 40 + 40,
    marginLeft: Math.min(longest * 6.5 + 14, width * 0.4),
    marginRight: 10,
    marginTop: 6,
    marginBottom: 28,
    x: {
      label: null,
      nice: true,
      ticks: Math.max(3, Math.round(width / 90)),
      tickFormat: (value: number) => numbers.number(value),
    },
    y: { axis: null, domain: [0, 1.1] },
    fy: { domain: shown.map(({ name }) => name), label: null, axis: 'left', padding: 0.08 },
    marks: [
      ruleY([0], { stroke: colours.faint, strokeOpacity: 0.5 }),
      rectY(of('candidate'), { x1: 'from', x2: 'to', y: 'height', fy: 'layer', fill: colours.main, fillOpacity: 0.55 }),
      rectY(of('baseline'), {
        x1: 'from',
        x2: 'to',
        y: 'height',
        fy: 'layer',
        fill: 'none',
        stroke: colours.baseline,
        strokeOpacity: 0.8,
        insetLeft: 0,
        insetRight: 0,
      }),
    ],
  });
}

/** The ranges, and the counts as a row of numbers. */
export function histogramTable(
  baseline: CandidateReport,
  candidate: CandidateReport,
  texts: Texts,
  numbers: NumberFormat,
): HTMLTableElement {
  const words = texts.compare;
  const range = (layer: LayerSignal | undefined) =>
    layer?.histogram ? words.interval(numbers.number(layer.histogram.low), numbers.number(layer.histogram.high)) : '–';
  const counts = (layer: LayerSignal | undefined) => layer?.histogram?.counts.join(' ') ?? '–';
  return table<Pair>(
    words.histogramSummary(candidate.title),
    [
      { title: words.layer, cell: ({ name }) => name },
      { title: words.baseline, numeric: true, cell: (pair) => range(pair.baseline) },
      { title: candidate.title, numeric: true, cell: (pair) => range(pair.candidate) },
      { title: words.counts(words.baseline), cell: (pair) => counts(pair.baseline) },
      { title: words.counts(candidate.title), cell: (pair) => counts(pair.candidate) },
    ],
    pairs(baseline, candidate, texts),
  );
}
