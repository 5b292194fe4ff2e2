import type { Histogram, Report } from '../../src/compare/report';
import { type InputBin, inputBinCount } from '../charts/inputBins';

/** Inputs from the standard normal distribution. */
export function normalInputs(from: number, to: number): InputBin[] {
  const width = (to - from) / inputBinCount;
  return Array.from({ length: inputBinCount }, (_, i) => {
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
