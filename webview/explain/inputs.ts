import type { Histogram, Report } from '../../src/compare/report';
import type { InputBin } from '../charts/curve';

const bins = 64;

/** Inputs from the standard normal distribution. */
export function normalInputs(from: number, to: number): InputBin[] {
  const width = (to - from) / bins;
  return Array.from({ length: bins }, (_, i) => {
    const middle = from + (i + 0.5) * width;
    return { from: from + i * width, to: from + (i + 1) * width, density: Math.exp((-middle * middle) / 2) };
  });
}

/** Of the layers of a report that an activation stands in: as a candidate, else as the model is written. */
export function measuredInputs(report: Report, activation: string): readonly Histogram[] {
  const [baseline, ...others] = report.candidates;
  const candidate = others.find(({ id }) => id === activation);
  const sites = report.plan.sites.filter((site) => site.activation === activation);
  const layers = sites.length > 0 ? baseline?.signal : candidate?.signal;
  const stands = (path: string, line: number | undefined) =>
    sites.length === 0 ||
    sites.some(({ paths, source }) => (path ? paths.includes(path) : source !== undefined && source.line + 1 === line));
  return (layers ?? []).flatMap(({ path, line, inputs }) => (inputs && stands(path, line) ? [inputs] : []));
}

/** All of them together, each as much as it has elements; what lies beyond the ends is left out. */
export function inputBins(histograms: readonly Histogram[], from: number, to: number): InputBin[] {
  const width = (to - from) / bins;
  const known = histograms.flatMap(({ low, high, counts }) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    const step = (high - low) / counts.length;
    return total > 0 && step > 0
      ? counts.map((count, i) => ({ start: low + i * step, end: low + (i + 1) * step, share: count / total }))
      : [];
  });
  return Array.from({ length: bins }, (_, i) => {
    const [start, end] = [from + i * width, from + (i + 1) * width];
    // A bin's elements lie evenly in it.
    const density = known.reduce((sum, bin) => {
      const overlap = Math.min(end, bin.end) - Math.max(start, bin.start);
      return overlap > 0 ? sum + (bin.share * overlap) / (bin.end - bin.start) : sum;
    }, 0);
    return { from: start, to: end, density };
  });
}
