import { countParameters } from '../graph/swap';
import type { Graph } from '../graph/types';
import type { ResolvedPlan } from './plan';
import type {
  CandidateReport,
  ComparePlan,
  Environment,
  Interval,
  Latency,
  LayerCompression,
  LayerGradient,
  LayerPlace,
  LayerSignal,
  Learning,
  Memory,
  ModelSummary,
  Report,
  Score,
  Scores,
} from './report';
import { measured } from './scores';
import { median, medianInterval, pairedRatio } from './statistics';

/** What is known of a candidate while the run goes on; the first is the baseline. Lists have one entry a seed. */
export interface Progress {
  readonly summary: Pick<CandidateReport, 'id' | 'title' | 'parameters' | 'addedParameters'>;
  readonly signals: (readonly LayerSignal[])[];
  readonly gradients: (readonly LayerGradient[])[];
  readonly compressions: {
    readonly snrTensor: number;
    readonly snrChannel: number;
    readonly layers: readonly LayerCompression[];
  }[];
  readonly drifts: { readonly drift: number; readonly flipped?: number }[];
  /** Milliseconds, one a round: forward, and forward and backward. */
  samples?: readonly number[];
  stepSamples?: readonly number[];
  /** Of the model without the activations that are swapped, in the same rounds as `samples`. */
  bare?: readonly number[];
  memory?: Memory;
  halfError?: number;
  /** Operators on the CPU: of the forward pass, and of forward and backward. */
  fallbacks?: readonly string[];
  stepFallbacks?: readonly string[];
  learning?: Learning;
  /** Samples of what learning tells, by seed. */
  learned?: Samples;
  error?: string;
}

type Samples = { readonly [S in Score]?: readonly number[] };

export function newProgress(summary: Progress['summary']): Progress {
  return { summary, signals: [], gradients: [], compressions: [], drifts: [] };
}

export function modelSummary(graph: Graph, batched: Graph, file: string, weights: string | undefined): ModelSummary {
  const shapes = (of: Graph) => of.inputs.map(({ value }) => of.values[value]?.type.shape ?? []);
  return {
    name: graph.name,
    file,
    inputs: graph.inputs.flatMap(({ name, value }) => {
      const type = graph.values[value]?.type;
      return type ? [{ name, ...type }] : [];
    }),
    parameters: countParameters(graph),
    ...(weights !== undefined && { weights }),
    ...(batched !== graph && { batched: shapes(batched) }),
    notes: graph.notes.map(({ message }) => message),
  };
}

/** The ratio over the rounds that both have; none yet, none given. */
function ratioTo(
  baseline: readonly number[] | undefined,
  samples: readonly number[],
  comparisons: number,
): Interval | undefined {
  const rounds = Math.min(samples.length, baseline?.length ?? 0);
  if (!baseline || rounds === 0) return undefined;
  return pairedRatio(samples.slice(0, rounds), baseline.slice(0, rounds), comparisons);
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

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const known = (values: readonly (number | undefined)[]) =>
  values.filter((value) => value !== undefined && Number.isFinite(value)) as number[];

/** The samples of each score. Layers that aren't `hidden` (a softmax at the end) count for nothing. */
function samplesOf(progress: Progress, hidden: ReadonlySet<number>): Samples {
  const { signals, gradients, compressions, drifts, samples = [], bare = [] } = progress;
  const inside = <T extends LayerPlace>(layers: readonly T[]) => layers.filter(({ index }) => hidden.has(index));
  const eachSeed = <T extends LayerPlace>(
    seeds: readonly (readonly T[])[],
    of: (layers: readonly T[]) => number | undefined,
  ) => known(seeds.map((layers) => of(inside(layers))));
  const average = <T>(layers: readonly T[], of: (layer: T) => number | undefined) => {
    const values = known(layers.map(of));
    return values.length > 0 ? mean(values) : undefined;
  };
  const along = <T>(layers: readonly T[], of: (layer: T) => number): number | undefined => {
    const [first, last] = [layers[0], layers.at(-1)];
    return layers.length > 1 && first && last ? of(last) / of(first) : undefined;
  };
  const shareOf = samples.map((time, i) => 1 - (bare[i] ?? Number.NaN) / time).filter((share) => !Number.isNaN(share));
  return {
    share: shareOf,
    halfError: known([progress.halfError]),
    zeros: eachSeed(signals, (layers) => average(layers, ({ zeros }) => zeros)),
    saturated: eachSeed(signals, (layers) => average(layers, ({ saturated }) => saturated)),
    dead: eachSeed(signals, (layers) => average(layers, ({ dead }) => dead)),
    spread: eachSeed(signals, (layers) => along(layers, ({ deviation }) => deviation)),
    // From the last layer to the first: that is the way a gradient goes.
    flow: eachSeed(gradients, (layers) => along(layers.toReversed(), ({ norm }) => norm)),
    silent: eachSeed(gradients, (layers) => average(layers, ({ silent }) => silent)),
    snrTensor: known(compressions.map(({ snrTensor }) => snrTensor)),
    snrChannel: known(compressions.map(({ snrChannel }) => snrChannel)),
    drift: known(drifts.map(({ drift }) => drift)),
    flipped: known(drifts.map(({ flipped }) => flipped)),
    ...progress.learned,
  };
}

/** How far a candidate is from the baseline is compared with nothing: the baseline's own drift is none. */
const absolute = new Set<Score>(['drift', 'flipped']);

function scoresOf(own: Samples, baseline: Samples | undefined, comparisons: number): Scores {
  const found = Object.entries(own) as [Score, readonly number[]][];
  return Object.fromEntries(
    found
      .filter(([, samples]) => samples.length > 0)
      .map(([score, samples]) => {
        const other = absolute.has(score) ? undefined : baseline?.[score];
        return [score, measured(score, samples, other, comparisons)];
      }),
  );
}

/** The same layers over several seeds as one: the median of every number, and the rest of the first. */
function middle<T extends LayerPlace>(seeds: readonly (readonly T[])[], names: readonly (keyof T)[]): T[] | undefined {
  const [first] = seeds;
  return first?.map((layer, i) => {
    const numbers = names.flatMap((name) => {
      const values = seeds.map((layers) => layers[i]?.[name]).filter((value) => typeof value === 'number');
      return values.length > 0 ? [[name, median(values)] as const] : [];
    });
    return { ...layer, ...Object.fromEntries(numbers) };
  });
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
  const comparisons = progress.length - 1;
  const written = baseline && samplesOf(baseline, resolved.hidden);
  const candidates = progress.map((one): CandidateReport => {
    const { signals, gradients, compressions, stepFallbacks = [], fallbacks = stepFallbacks } = one;
    const { memory, learning, error } = one;
    const latency = latencyOf(one.samples, baseline?.samples, fallbacks, comparisons);
    const step = latencyOf(one.stepSamples, baseline?.stepSamples, stepFallbacks, comparisons);
    const scores = scoresOf(samplesOf(one, resolved.hidden), one === baseline ? undefined : written, comparisons);
    const signal = middle(signals, ['mean', 'deviation', 'zeros', 'saturated', 'dead']);
    const gradient = middle(gradients, ['norm', 'silent']);
    const compression = middle(
      compressions.map(({ layers }) => layers),
      ['snrTensor', 'snrChannel', 'low', 'high', 'outliers'],
    );
    return {
      ...one.summary,
      ...(latency && { latency }),
      ...(step && { step }),
      ...(memory && { memory }),
      ...(Object.keys(scores).length > 0 && { scores }),
      ...(signal && { signal }),
      ...(gradient && { gradient }),
      ...(compression && { compression }),
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
      seed: plan.seed,
      budget: plan.budget,
      ...(plan.half && { half: true }),
      ...(plan.reinitialise && { reinitialised: true }),
    },
    candidates,
    complete: parts.complete && progress.every(({ error }) => error === undefined),
  };
}
