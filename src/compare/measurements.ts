/** What is known of a candidate while the run goes on. */
import type { LayeredMeasure, Score } from './measures/index';
import type { CandidateReport, LayerPlace, Learning, PeakMemory } from './report';

/**
 * The samples of each score, one a round or seed: at the same place in each candidate, so that they can be paired. NaN
 * where there is none.
 */
export type ScoreSamples = { [S in Score]?: readonly number[] };

export interface Measurements {
  readonly summary: Pick<CandidateReport, 'id' | 'activation' | 'title' | 'parameters' | 'addedParameters'>;
  readonly samples: ScoreSamples;
  /** By the measure that tells of them, one entry a seed. */
  readonly layers: { [M in LayeredMeasure]?: (readonly LayerPlace[])[] };
  /** Milliseconds, one a round: forward, and forward and backward. They grow while a race goes on. */
  readonly times: { forward?: readonly number[]; step?: readonly number[] };
  /** Operators that ran on the CPU beside the GPU, in the same passes. */
  readonly fallbacks: { forward?: readonly string[]; step?: readonly string[] };
  memory?: PeakMemory;
  learning?: Learning;
  error?: string;
}

/** What one seed tells of a candidate. */
export interface SeedReading {
  /** What is undefined or not finite counts for nothing. */
  readonly samples: { readonly [S in Score]?: number | undefined };
  readonly layers?: Pick<CandidateReport, LayeredMeasure>;
  /** Messages for the user. */
  readonly notes?: readonly string[];
}

export function newMeasurements(summary: Measurements['summary']): Measurements {
  return { summary, samples: {}, layers: {}, times: {}, fallbacks: {} };
}

/** Keeps what one seed tells beside what the seeds before it did. */
export function addReading({ samples, layers }: Measurements, reading: SeedReading): void {
  for (const [name, value] of Object.entries(reading.samples)) {
    const score = name as Score;
    samples[score] = [...(samples[score] ?? []), value ?? Number.NaN];
  }
  for (const [name, told] of Object.entries(reading.layers ?? {})) {
    const measure = name as LayeredMeasure;
    layers[measure] = [...(layers[measure] ?? []), told];
  }
}
