/** What a measure is. How it is taken stands in its namesake in `run/measures/`. */
import type { CandidateReport } from '../report';
import type { Scale } from '../statistics';

/** One number of a candidate, of which every round or seed gives a sample. Its id is its key in `Measure.scores`. */
export interface ScoreDefinition {
  readonly unit: 'ratio' | 'share' | 'dB' | 'loss' | 'steps';
  /**
   * How a candidate's samples are compared with the baseline's, seed by seed. `nothing`: the score itself says how far
   * a candidate is from the baseline.
   */
  readonly against: Scale | 'nothing';
  /** Which way is better; candidates are ranked by it. `one`: the nearer to 1, as a factor either way. */
  readonly better: 'lower' | 'higher' | 'one';
}

/** `share`: 0 to 1; `factor`: it grows or falls by a factor a layer. */
export type LayerNumberKind = 'number' | 'share' | 'factor';

/**
 * Numbers of each layer, beside a `LayerPlace`, in the report's field of the measure's name. Over seeds their medians
 * are taken.
 */
export interface LayerNumbers {
  /** Those that the panel draws layer by layer. */
  readonly drawn: Readonly<Record<string, LayerNumberKind>>;
  /** Those that only the report keeps. */
  readonly kept?: readonly string[];
}

/** How a candidate stands by one number. */
export interface Standing {
  readonly value: number;
  /** Smaller is better; from `low` to `high`, which are equal where nothing is uncertain. */
  readonly penalty: number;
  readonly low: number;
  readonly high: number;
  /** False where too little was measured to tell it from others. */
  readonly enough: boolean;
}

/** A number without uncertainty, of which less is better. */
export const exactStanding = (value: number): Standing => ({
  value,
  penalty: value,
  low: value,
  high: value,
  enough: true,
});

/** @returns undefined for a candidate of which it is not known */
export type Order = (candidate: CandidateReport) => Standing | undefined;

export interface Measure {
  readonly name: string;
  /** False where it takes so long that it is measured only when it is asked for by name. */
  readonly quick: boolean;
  readonly scores: Readonly<Record<string, ScoreDefinition>>;
  readonly layers?: LayerNumbers;
  /** What candidates can be ranked by beside the scores. */
  readonly orders?: Readonly<Record<string, Order>>;
}
