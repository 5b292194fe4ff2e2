import { countParameters } from '../graph/swap';
import type { Graph } from '../graph/types';
import type { ResolvedPlan } from './plan';
import type {
  CandidateReport,
  ComparePlan,
  Environment,
  Interval,
  Latency,
  LayerSignal,
  ModelSummary,
  Report,
} from './report';
import { median, pairedRatio } from './statistics';

/** What is known of a candidate while the run goes on; the first is the baseline. */
export interface Progress {
  readonly summary: Pick<CandidateReport, 'id' | 'title' | 'parameters' | 'addedParameters'>;
  signal?: readonly LayerSignal[];
  /** Milliseconds, one a round. */
  samples?: readonly number[];
  fallbacks?: readonly string[];
  error?: string;
}

export function modelSummary(
  graph: Graph,
  file: string,
  notes: readonly string[],
  weights: string | undefined,
): ModelSummary {
  return {
    name: graph.name,
    file,
    inputs: graph.inputs.flatMap(({ name, value }) => {
      const type = graph.values[value]?.type;
      return type ? [{ name, ...type }] : [];
    }),
    parameters: countParameters(graph),
    ...(weights !== undefined && { weights }),
    notes: [...graph.notes.map(({ message }) => message), ...notes],
  };
}

/** The ratio over the rounds that both have; none yet, none given. */
function ratioTo(
  baseline: Progress | undefined,
  samples: readonly number[],
  comparisons: number,
): Interval | undefined {
  const rounds = Math.min(samples.length, baseline?.samples?.length ?? 0);
  if (!baseline?.samples || rounds === 0) return undefined;
  return pairedRatio(samples.slice(0, rounds), baseline.samples.slice(0, rounds), comparisons);
}

function latencyOf(progress: Progress, baseline: Progress | undefined, comparisons: number): Latency | undefined {
  const { samples, fallbacks = [] } = progress;
  if (!samples?.length) return undefined;
  const ratio = progress === baseline ? undefined : ratioTo(baseline, samples, comparisons);
  return { unit: 'ms', samples: [...samples], median: median(samples), ...(ratio ? { ratio } : {}), fallbacks };
}

/** Puts together the report so far. */
export function assemble(parts: {
  readonly created: string;
  readonly model: ModelSummary;
  readonly environment: Environment;
  readonly plan: ComparePlan;
  readonly resolved: ResolvedPlan;
  readonly progress: readonly Progress[];
  readonly complete: boolean;
}): Report {
  const { progress, plan, resolved } = parts;
  const [baseline] = progress;
  const candidates = progress.map((one): CandidateReport => {
    const latency = latencyOf(one, baseline, progress.length - 1);
    return {
      ...one.summary,
      ...(latency ? { latency } : {}),
      ...(one.signal ? { signal: one.signal } : {}),
      ...(one.error === undefined ? {} : { error: one.error }),
    };
  });
  return {
    version: 1,
    created: parts.created,
    model: parts.model,
    environment: parts.environment,
    plan: { sites: resolved.sites, seed: plan.seed, budget: plan.budget },
    candidates,
    complete: parts.complete && progress.every(({ error }) => error === undefined),
  };
}
