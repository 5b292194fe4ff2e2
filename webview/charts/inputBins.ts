import type { Histogram } from '../../src/compare/report';
import { colours, rectY } from './plot';

/** A bin of inputs, as high as its share among the bins says. */
export interface InputBin {
  readonly from: number;
  readonly to: number;
  readonly density: number;
}

export const inputBinCount = 64;
/** What part of the height the densest inputs take. */
const inputHeight = 0.22;
/** Half the width of a bin whose elements are all one number. */
const narrow = 1e-6;

/** Bins of all histograms, with the share of their own histogram that lies evenly in them. */
const binsOf = (histograms: readonly Histogram[]) =>
  histograms.flatMap(({ low, high, counts }) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total === 0) return [];
    if (low === high) return [{ start: low - narrow, end: low + narrow, share: 1 }];
    const step = (high - low) / counts.length;
    return counts.map((count, i) => ({ start: low + i * step, end: low + (i + 1) * step, share: count / total }));
  });

/** All of them together, one as much as the other; what lies beyond the ends is left out. */
export function inputBins(
  histograms: readonly Histogram[],
  from: number,
  to: number,
  count = inputBinCount,
): InputBin[] {
  const width = (to - from) / count;
  const known = binsOf(histograms);
  return Array.from({ length: count }, (_, i) => {
    const [start, end] = [from + i * width, from + (i + 1) * width];
    const density = known.reduce((sum, bin) => {
      const overlap = Math.min(end, bin.end) - Math.max(start, bin.start);
      return overlap > 0 ? sum + (bin.share * overlap) / (bin.end - bin.start) : sum;
    }, 0);
    return { from: start, to: end, density };
  });
}

/** Share (0–1) of the inputs below x, one histogram as much as the other; NaN of none. */
export function shareBelow(histograms: readonly Histogram[], x: number): number {
  const shares = histograms.flatMap(({ low, high, counts }) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total === 0) return [];
    if (low === high) return [Number(low < x)];
    const step = (high - low) / counts.length;
    const partOf = (bin: number) => Math.min(1, Math.max(0, (x - low) / step - bin));
    return [counts.reduce((sum, count, bin) => sum + (count / total) * partOf(bin), 0)];
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

/** What lies beyond each end of what is drawn, at most. */
const beyond = 0.005;
/** Where activations bend, drawn in any case. */
const bends = { from: -3, to: 3 };
/** Farther out functions are followed no more. */
const farthest = 100;

/** From where to where to draw: nearly all inputs, and where activations bend. */
export function inputRange(histograms: readonly Histogram[]): { readonly from: number; readonly to: number } {
  const known = histograms.filter(({ counts }) => counts.some((count) => count > 0));
  const ends = [...known.flatMap(({ low, high }) => [low, high]), bends.from, bends.to];
  const below = (share: number) => {
    let [low, high] = [Math.min(...ends), Math.max(...ends)];
    for (let i = 0; i < 50; i++) {
      const middle = (low + high) / 2;
      if (shareBelow(known, middle) < share) low = middle;
      else high = middle;
    }
    return high;
  };
  return {
    from: Math.max(-farthest, Math.min(bends.from, Math.floor(below(beyond)))),
    to: Math.min(farthest, Math.max(bends.to, Math.ceil(below(1 - beyond)))),
  };
}

/** The inputs along the bottom of a plot. */
export function inputMark(bins: readonly InputBin[], [low, high]: readonly [number, number]) {
  const densest = Math.max(...bins.map(({ density }) => density), 1e-12);
  const standing = bins.map(({ density, ...bin }) => ({
    ...bin,
    top: low + inputHeight * (high - low) * (density / densest),
  }));
  return rectY(standing, {
    x1: 'from',
    x2: 'to',
    y1: low,
    y2: 'top',
    fill: colours.faint,
    fillOpacity: 0.22,
    inset: 0,
    clip: true,
  });
}
