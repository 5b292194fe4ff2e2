import { countParameters } from '../graph/swap';
import type { Graph } from '../graph/types';
import type { Measurements, ScoreSamples } from './measurements';
import { type LayeredMeasure, measures, scores } from './measures/index';
import type { LayerNumbers } from './measures/measure';
import type { ResolvedPlan } from './plan';
import type {
  CandidateReport,
  ComparePlan,
  Environment,
  Latency,
  LayerPlace,
  ModelSummary,
  Report,
  Scores,
  SkippedMeasures,
} from './report';
import { measure, ratioTo } from './scores';
import { median, medianInterval } from './statistics';

export function modelSummary(graph: Graph, batched: Graph, file: string, weights: string | undefined): ModelSummary {
  const { all, trainable } = countParameters(graph);
  const shapes = (of: Graph) => of.inputs.map(({ value }) => of.values[value]?.type.shape ?? []);
  return {
    name: graph.name,
    file,
    inputs: graph.inputs.flatMap(({ name, value }) => {
      const type = graph.values[value]?.type;
      return type ? [{ name, ...type }] : [];
    }),
    parameters: all,
    ...(trainable < all && { trainable }),
    ...(weights !== undefined && { weights }),
    ...(batched !== graph && { batched: shapes(batched) }),
    notes: graph.notes.map(({ message }) => message),
  };
}

function latencyOf(
  samples: readonly number[] | undefined,
  baseline: readonly number[] | undefined,
  fallbacks: readonly string[],
  comparisons: number,
): Latency | undefined {
  if (!samples?.length) return undefined;
  const ratio = samples === baseline ? undefined : ratioTo(baseline, samples, comparisons);
  const { median: middle, low, high } = medianInterval(samples);
  return { unit: 'ms', samples: [...samples], median: middle, low, high, ...(ratio ? { ratio } : {}), fallbacks };
}

function scoresOf(own: ScoreSamples, baseline: ScoreSamples | undefined, comparisons: number): Scores {
  const found = scores.flatMap((score) => {
    const { [score]: samples = [] } = own;
    return samples.some(Number.isFinite) ? [[score, measure(score, samples, baseline?.[score], comparisons)]] : [];
  });
  return Object.fromEntries(found);
}

/** The same layers over several seeds as one: the median of every number, and the rest of the first. */
function medianLayers(seeds: readonly (readonly LayerPlace[])[], { drawn, kept = [] }: LayerNumbers): LayerPlace[] {
  const [first = []] = seeds;
  return first.map((layer, i) => {
    const numbers = [...Object.keys(drawn), ...kept].flatMap((name) => {
      const values = seeds.map((layers) => (layers[i] as Readonly<Record<string, unknown>> | undefined)?.[name]);
      const known = values.filter((value) => typeof value === 'number');
      return known.length > 0 ? [[name, median(known)] as const] : [];
    });
    return { ...layer, ...Object.fromEntries(numbers) };
  });
}

/** What each measure tells of layers. */
function layersOf({ layers }: Measurements): Pick<CandidateReport, LayeredMeasure> {
  const told: Readonly<Record<string, readonly (readonly LayerPlace[])[] | undefined>> = layers;
  const found = measures.flatMap(({ name, layers: numbers }) => {
    const seeds = told[name];
    return numbers && seeds ? [[name, medianLayers(seeds, numbers)]] : [];
  });
  return Object.fromEntries(found);
}

/** Puts together the report so far. */
export function assemble(parts: {
  readonly created: string;
  readonly model: ModelSummary;
  readonly environment: Environment;
  readonly plan: ComparePlan;
  readonly resolved: ResolvedPlan;
  readonly measurements: readonly Measurements[];
  readonly complete: boolean;
  readonly skipped?: readonly SkippedMeasures[];
  readonly roughStep?: number;
}): Report {
  const { measurements, plan, resolved } = parts;
  const [baseline] = measurements;
  const comparisons = Math.max(plan.comparisons ?? 0, measurements.length - 1);
  const candidates = measurements.map((one): CandidateReport => {
    const { summary, times, fallbacks, memory, learning, error } = one;
    const written = one === baseline ? undefined : baseline?.samples;
    const forward = fallbacks.forward ?? fallbacks.step ?? [];
    const latency = latencyOf(times.forward, baseline?.times.forward, forward, comparisons);
    const step = latencyOf(times.step, baseline?.times.step, fallbacks.step ?? [], comparisons);
    const found = scoresOf(one.samples, written, comparisons);
    return {
      ...summary,
      ...(latency && { latency }),
      ...(step && { step }),
      ...(memory && { memory }),
      ...(Object.keys(found).length > 0 && { scores: found }),
      ...layersOf(one),
      ...(learning && { learning }),
      ...(error === undefined ? {} : { error }),
    };
  });
  return {
    version: 1,
    created: parts.created,
    model: parts.model,
    environment: parts.environment,
    plan: {
      sites: resolved.sites,
      ...(resolved.left.length > 0 && { left: resolved.left }),
      seed: plan.seed,
      budget: plan.budget,
      ...(plan.half && { half: true }),
      ...(plan.reinitialise && { reinitialised: true }),
    },
    candidates,
    complete: parts.complete && measurements.every(({ error }) => error === undefined),
    ...(parts.skipped && parts.skipped.length > 0 && { skipped: parts.skipped }),
    ...(parts.roughStep !== undefined && { roughStep: parts.roughStep }),
  };
}
