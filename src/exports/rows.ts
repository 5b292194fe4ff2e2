/** A report's numbers as rows, one for each candidate and measure: what tables in files are made of. */
import { scoreDefinitions, scores } from '../compare/measures/index';
import type { CandidateReport, ConfidenceInterval, Latency, Report } from '../compare/report';
import { medianInterval } from '../compare/statistics';
import type { ActivationParameters } from '../graph/types';

/** What a row is about: a score, a time, a number that the model's code alone decides, or why there are none. */
export interface NumberRow {
  readonly candidate: CandidateReport;
  /** The id of a score, `latency`, `step`, `memory`, `step_memory`, `parameters`, `learning_rate`, `chance_loss` or `error`. */
  readonly measure: string;
  /** `ms`, `bytes`, `elements`, `loss`, or that of the score; empty where it has none. */
  readonly unit: string;
  readonly value?: number;
  /** Of the value, at 95 %; only what was seen where `enough` is false. */
  readonly low?: number;
  readonly high?: number;
  readonly enough?: boolean;
  /** Against the model as written, paired; absent for that itself, and where nothing is uncertain. */
  readonly against?: ConfidenceInterval;
  /** One a round or seed. */
  readonly samples: readonly number[];
  /** What spoils the number, or why there is none. */
  readonly note?: string;
}

function timeRow(candidate: CandidateReport, measure: string, time: Latency | undefined): NumberRow[] {
  if (!time) return [];
  const { unit, median, low, high, ratio, samples, fallbacks } = time;
  const { enough } = medianInterval(samples);
  return [
    {
      ...{ candidate, measure, unit, value: median, low, high, enough, samples },
      ...(ratio && { against: ratio }),
      ...(fallbacks.length > 0 && { note: `on the CPU: ${fallbacks.join(' ')}` }),
    },
  ];
}

const exactRow = (candidate: CandidateReport, measure: string, unit: string, value: number | undefined): NumberRow[] =>
  value === undefined ? [] : [{ candidate, measure, unit, value, samples: [] }];

function scoreRows(candidate: CandidateReport): NumberRow[] {
  return scores.flatMap((score) => {
    const found = candidate.scores?.[score];
    if (!found) return [];
    const { median: value, low, high, enough, against, samples } = found;
    const { unit } = scoreDefinitions[score];
    return [{ candidate, measure: score, unit, value, low, high, enough, samples, ...(against && { against }) }];
  });
}

/** All numbers of a report that are not of single layers or steps, candidates in the report's order. */
export function rowsOfReport({ candidates }: Report): NumberRow[] {
  return candidates.flatMap((candidate): NumberRow[] => {
    const { latency, step, memory, addedParameters, learning, error } = candidate;
    return [
      ...timeRow(candidate, 'latency', latency),
      ...timeRow(candidate, 'step', step),
      ...exactRow(candidate, 'memory', 'bytes', memory?.forward),
      ...exactRow(candidate, 'step_memory', 'bytes', memory?.step),
      ...exactRow(candidate, 'parameters', 'elements', addedParameters),
      ...scoreRows(candidate),
      ...exactRow(candidate, 'learning_rate', '', learning?.search?.rate),
      ...exactRow(candidate, 'chance_loss', 'loss', learning?.setup.chance?.loss),
      ...(error === undefined ? [] : [{ candidate, measure: 'error', unit: '', samples: [], note: error }]),
    ];
  });
}

/** Values of parameters as a call has them: `negative_slope=0.01`. */
export const settingsText = (parameters: ActivationParameters): string =>
  Object.entries(parameters)
    .filter(([name]) => name !== 'inplace')
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
