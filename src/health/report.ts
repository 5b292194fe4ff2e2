import type { Environment, LayerPlace, ModelSummary } from '../compare/report';
import type { SourceRange } from '../graph/types';

/** The health of a model as it stands: what was measured of it, and what follows. Plain data. */
export interface HealthReport extends HealthMeasures {
  readonly version: 1;
  /** ISO 8601. */
  readonly created: string;
  readonly model: ModelSummary;
  readonly environment: Environment;
  readonly findings: readonly HealthFinding[];
}

/** From the worst: what can't learn, what learns badly, what is good to know. */
export const severities = ['error', 'warning', 'information'] as const;
export type FindingSeverity = (typeof severities)[number];

export type HealthRule =
  | 'not-finite'
  | 'dead'
  | 'saturated'
  | 'vanishing-signal'
  | 'exploding-signal'
  | 'alike'
  | 'vanishing-gradient'
  | 'exploding-gradient'
  | 'no-gradient'
  | 'zero-output'
  | 'zero-branch'
  | 'zero-inside'
  | 'initial-scale'
  | 'first-loss'
  | 'eight-bits';

export interface HealthFinding {
  readonly rule: HealthRule;
  readonly severity: FindingSeverity;
  /** What was found at the first place, in a sentence or two with its number. */
  readonly message: string;
  /** What to do about it. */
  readonly advice: string;
  /** Where; the first is what the message is about. */
  readonly places: readonly FindingPlace[];
}

export interface FindingPlace {
  /** Its number among all activations, from 1, where it is one: in a loop many have one line. */
  readonly layer?: number;
  /** What stands there: `ReLU`, `head.weight`. */
  readonly title: string;
  /** Module path; '' where the model's own code calls it. */
  readonly path: string;
  /** Absent where the code isn't known. */
  readonly source?: SourceRange;
}

/** What was measured of the model as written; numbers are medians over the seeds, null where they are not finite. */
export interface HealthMeasures {
  /** All activations, in the order in which they run. */
  readonly layers: readonly HealthLayer[];
  /** Samples of the input. */
  readonly batch: number;
  /** Draws of weights and inputs. */
  readonly seeds: number;
  /** The file of its weights; absent: random ones, as at the start of training. */
  readonly weights?: string;
  /** Absent where no loss suits the model. */
  readonly loss?: number | null;
  /** What the loss is where every answer is taken for equally likely; absent where that means nothing. */
  readonly chance?: number;
  /** Signal to noise at the output in 8 bits, in dB: one scale a weight tensor, one a channel. */
  readonly eightBits?: { readonly snrTensor: number | null; readonly snrChannel: number | null };
  /** The output layer begins at zero: for the measures small random weights stood in its place. */
  readonly drawnOutput?: true;
}

/** An activation. What was not measured is absent. */
export interface HealthLayer extends LayerPlace {
  /** `ReLU`. */
  readonly title: string;
  /** The call. */
  readonly source?: SourceRange;
  /** Of its output. */
  readonly deviation?: number | null;
  /** Shares, 0–1, as in `LayerSignal`. */
  readonly zeros?: number | null;
  readonly saturated?: number | null;
  readonly dead?: number | null;
  /** Between which its inputs lie, with the first seed. */
  readonly inputs?: { readonly low: number; readonly high: number };
  /** Mean cosine of two samples' outputs. */
  readonly similarity?: number | null;
  /** The loss's gradient at its input: size, and share of units without any. */
  readonly norm?: number | null;
  readonly silent?: number | null;
  /** dB. */
  readonly snrTensor?: number | null;
  readonly snrChannel?: number | null;
  /** Share of values more than six deviations from the mean. */
  readonly outliers?: number | null;
}
