import { type LayerNumber, layerNumbers, type Score } from '../../src/compare/measures/index';
import type { CandidateReport, Latency, LayerPlace, Measured, Report } from '../../src/compare/report';
import { boundsOf } from '../../src/compare/statistics';

/** What is known of each layer. */
export const layerMeasures = Object.keys(layerNumbers) as readonly LayerNumber[];

export function isBaseline(report: Report, candidate: CandidateReport): boolean {
  return report.candidates[0] === candidate;
}

export interface RatioPoint {
  readonly title: string;
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly enough: boolean;
  readonly separable: boolean;
  readonly median: number;
}

/** The candidates whose ratio was measured, in the report's order. */
export function ratioPoints(report: Report): RatioPoint[] {
  return ratiosOf(report, ({ latency }) => latency);
}

function ratiosOf(report: Report, of: (candidate: CandidateReport) => Latency | undefined): RatioPoint[] {
  return report.candidates.flatMap((candidate) => {
    const latency = of(candidate);
    if (!latency?.ratio) return [];
    const { estimate, low, high, enough, separable } = latency.ratio;
    return [{ title: candidate.title, estimate, low, high, enough, separable, median: latency.median }];
  });
}

/** Ends of the ratio axis: everything that is drawn and 1, with a margin, and never narrower than ±5 %. */
export function ratioDomain(points: readonly RatioPoint[]): [number, number] {
  const ends = points.flatMap((point) => boundsOf(point) ?? [point.estimate]);
  const [low, high] = [Math.min(0.95, ...ends), Math.max(1.05, ...ends)];
  const margin = (high - low) * 0.06;
  return [Math.max(0, low - margin), high + margin];
}

/** Round values between two positive ends of a logarithmic axis, four or so; the steps between them grow no finer than 1. */
export function logTicks(least: number, most: number): number[] {
  const first = Math.floor(Math.log10(least));
  const powers = Array.from({ length: Math.ceil(Math.log10(most)) - first + 1 }, (_, i) => first + i);
  const within = (digits: readonly number[]) =>
    powers
      .flatMap((power) => digits.map((digit) => Number(`${digit}e${power}`)))
      .filter((value) => value >= least && value <= most);
  const whole = within([1]);
  const stride = Math.ceil(whole.length / 5);
  if (whole.length >= 3) return whole.filter((_, i) => i % stride === 0);
  for (const digits of [
    [1, 3],
    [1, 2, 5],
    [1, 2, 3, 5, 7],
    [1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9],
  ]) {
    const found = within(digits);
    if (found.length >= 3) return found;
  }
  return [least, Math.sqrt(least * most), most];
}

/** The layers that lines are drawn through: softmax and gates stand apart from hidden activations. */
export const hiddenLayers = <T extends Pick<LayerPlace, 'apart'>>(layers: readonly T[]): T[] =>
  layers.filter(({ apart }) => !apart);

/** One layer's measure in the model as written and with a candidate. */
export interface LayerPair {
  /** From 1, in the order in which the model runs. */
  readonly index: number;
  readonly path: string;
  readonly call: number;
  readonly line?: number;
  /** Of the numbers alone: it is not drawn. */
  readonly apart?: true;
  readonly baseline?: number;
  readonly candidate?: number;
}

/** The layers of a candidate that have a measure, with it. */
export function layerValues(
  candidate: CandidateReport,
  measure: LayerNumber,
): (LayerPlace & { readonly value: number })[] {
  const { signal = [], similarity = [], gradient = [], compression = [] } = candidate;
  return [...signal, ...similarity, ...gradient, ...compression].flatMap((layer) => {
    const { index, path, call, line, apart } = layer;
    const value = (layer as Partial<Record<LayerNumber, unknown>>)[measure];
    if (typeof value !== 'number' || !Number.isFinite(value)) return [];
    return [{ index, path, call, ...(line !== undefined && { line }), ...(apart && { apart }), value }];
  });
}

/** The layers of both, joined by their place in the model, in its order. */
export function pairLayers(baseline: CandidateReport, candidate: CandidateReport, measure: LayerNumber): LayerPair[] {
  const pairs = new Map<number, LayerPair>();
  const add = (of: 'baseline' | 'candidate', from: CandidateReport) => {
    for (const { index, value, ...place } of layerValues(from, measure))
      pairs.set(index, { ...place, ...pairs.get(index), index: index + 1, [of]: value });
  };
  add('baseline', baseline);
  add('candidate', candidate);
  return [...pairs.values()].sort((a, b) => a.index - b.index);
}

/** The hidden layer in which a factor is most different from the model as written; undefined where nowhere. */
export function mostDifferent(
  pairs: readonly LayerPair[],
): { readonly pair: LayerPair; readonly ratio: number } | undefined {
  const ratios = hiddenLayers(pairs).flatMap((pair) => {
    const ratio = (pair.candidate ?? Number.NaN) / (pair.baseline ?? Number.NaN);
    return ratio > 0 && Number.isFinite(ratio) ? [{ pair, ratio }] : [];
  });
  const [first] = ratios.sort((a, b) => Math.abs(Math.log(b.ratio)) - Math.abs(Math.log(a.ratio)));
  return first;
}

/** One candidate's score as a chart shows it. */
export interface ScorePoint {
  readonly title: string;
  readonly baseline: boolean;
  readonly found: Measured;
}

/** Whether a score differs from the baseline's, and which way it is better; undefined where that is not known. */
export type ScoreVerdict = 'baseline' | 'differs' | 'not-separable' | 'too-few' | 'unpaired';

export function scoreVerdict({ baseline, found: { against } }: ScorePoint): ScoreVerdict {
  if (baseline) return 'baseline';
  if (!against) return 'unpaired';
  if (!against.enough) return 'too-few';
  return against.separable ? 'differs' : 'not-separable';
}

/** The candidates that have a score, in the report's order. */
export function scorePoints(report: Report, score: Score): ScorePoint[] {
  return report.candidates.flatMap((candidate) => {
    const found = candidate.scores?.[score];
    return found ? [{ title: candidate.title, baseline: isBaseline(report, candidate), found }] : [];
  });
}

/** Samples that are shown one by one, beside the interval or in its place; a single one is the median. */
export const singleSamples = ({ samples }: Measured): readonly number[] =>
  samples.length > 1 && samples.length <= 5 ? samples : [];

/** What is drawn of a score: its median, and its interval or the samples. */
export const drawnValues = ({ found }: ScorePoint): readonly number[] => [
  found.median,
  ...singleSamples(found),
  ...(boundsOf(found) ?? []),
];

/** What all numbers read as; undefined where they read differently. */
export function sharedText(values: readonly number[], format: (value: number) => string): string | undefined {
  const [text, ...others] = new Set(values.map(format));
  return others.length === 0 ? text : undefined;
}

/** A forward and backward pass as a score: paired ratios to the model as written. */
export function stepPoints(report: Report): RatioPoint[] {
  return ratiosOf(report, ({ step }) => step);
}
