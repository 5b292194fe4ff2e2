import type { CandidateReport, LayerPlace, LayerSignal, Report } from '../../src/compare/report';

/** What a candidate's latency says against the baseline. */
export type Verdict = 'baseline' | 'faster' | 'slower' | 'not-separable' | 'too-few' | 'unmeasured' | 'failed';

export type SignalMeasure = 'mean' | 'deviation' | 'zeros';
export const signalMeasures: readonly SignalMeasure[] = ['mean', 'deviation', 'zeros'];

export function isBaseline(report: Report, candidate: CandidateReport): boolean {
  return report.candidates[0] === candidate;
}

/** Only an interval that excludes 1 says that a candidate differs. */
export function verdict(report: Report, candidate: CandidateReport): Verdict {
  if (candidate.error !== undefined) return 'failed';
  if (isBaseline(report, candidate)) return 'baseline';
  const ratio = candidate.latency?.ratio;
  if (!ratio) return 'unmeasured';
  if (!ratio.enough) return 'too-few';
  if (!ratio.separable) return 'not-separable';
  return ratio.estimate < 1 ? 'faster' : 'slower';
}

export function median(values: readonly number[]): number | undefined {
  const sorted = values.filter((value) => Number.isFinite(value)).sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? undefined : (upper + lower) / 2;
}

/** The typical layer: the median of each measure over the layers. */
export function signalSummary(candidate: CandidateReport): Readonly<Record<SignalMeasure, number>> | undefined {
  const of = (measure: SignalMeasure) => median((candidate.signal ?? []).map((layer) => layer[measure]));
  const [mean, deviation, zeros] = [of('mean'), of('deviation'), of('zeros')];
  return mean === undefined || deviation === undefined || zeros === undefined ? undefined : { mean, deviation, zeros };
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
  return report.candidates.flatMap((candidate) => {
    const { latency, title } = candidate;
    if (!latency?.ratio) return [];
    const { estimate, low, high, enough, separable } = latency.ratio;
    return [{ title, estimate, low, high, enough, separable, median: latency.median }];
  });
}

/** Ends of the ratio axis: everything that is drawn and 1, with a margin, and never narrower than ±5 %. */
export function ratioDomain(points: readonly RatioPoint[]): [number, number] {
  const low = Math.min(0.95, ...points.map((point) => (point.enough ? point.low : point.estimate)));
  const high = Math.max(1.05, ...points.map((point) => (point.enough ? point.high : point.estimate)));
  const margin = (high - low) * 0.06;
  return [Math.max(0, low - margin), high + margin];
}

export interface LayerPair<T extends LayerPlace = LayerSignal> {
  /** From 1, in the order in which the model runs. */
  readonly index: number;
  readonly path: string;
  readonly call: number;
  readonly line?: number;
  readonly baseline?: T;
  readonly candidate?: T;
}

/** The layers of both, joined by their place in the model, in its order. */
export function pairLayers<T extends LayerPlace>(
  baseline: readonly T[] | undefined,
  candidate: readonly T[] | undefined,
): LayerPair<T>[] {
  const pairs = new Map<number, LayerPair<T>>();
  const place = ({ index, path, call, line }: T) => ({
    index: index + 1,
    path,
    call,
    ...(line !== undefined && { line }),
  });
  for (const layer of baseline ?? []) pairs.set(layer.index, { ...place(layer), baseline: layer });
  for (const layer of candidate ?? [])
    pairs.set(layer.index, { ...place(layer), ...pairs.get(layer.index), candidate: layer });
  return [...pairs.values()].sort((a, b) => a.index - b.index);
}

export interface CurvePoint {
  readonly x: number;
  readonly y: number;
}

/**
 * `count` evenly spaced points of `f` over `[from, to]`. Where `f` is not finite, `y` is NaN, so that a pole
 * or an overflow leaves a gap instead of a line to nowhere.
 */
export function sampleCurve(f: (x: number) => number, from: number, to: number, count = 241): CurvePoint[] {
  const points: CurvePoint[] = [];
  for (let index = 0; index < count; index += 1) {
    const x = from + ((to - from) * index) / (count - 1);
    const y = f(x);
    points.push({ x, y: Number.isFinite(y) ? y : Number.NaN });
  }
  return points;
}

/** Ends of the vertical axis for what is drawn: all of it up to ±`limit`, at least −1 to 1. */
export function curveRange(curves: readonly (readonly CurvePoint[])[], limit: number): [number, number] {
  let low = -1;
  let high = 1;
  for (const curve of curves) {
    for (const { y } of curve) {
      if (Number.isNaN(y)) continue;
      low = Math.min(low, y);
      high = Math.max(high, y);
    }
  }
  const margin = 0.1;
  return [Math.max(-limit, low) - margin, Math.min(limit, high) + margin];
}
