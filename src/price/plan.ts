/** What is to be measured of a finding: the model as written and as it would be mended, and where both are read. */
import { findActivation } from '../activations/catalogue';
import type { Task } from '../data/task';
import type { Graph, ValueId } from '../graph/types';
import { say } from '../language/say';
import { weightBefore } from './places';
import type { LeastLoss, PriceSubject, Quantity } from './report';
import { type PricedLoss, PriceError } from './rules';

/** The loss that both versions are trained with. */
export type PlannedLoss =
  /** That of the model's task, between its first output and what suits it. */
  | { readonly at: 'output'; readonly task: Task }
  /** The one that the rule speaks of, on what stands before it; classes lie along a dimension. */
  | {
      readonly at: 'scores';
      readonly loss: PricedLoss;
      readonly classes: number;
      readonly isExclusive: boolean;
    };

/** A model to be measured. Both versions have the same storages under the same numbers. */
export interface PricedVersion {
  readonly graph: Graph;
  /** What the loss takes. */
  readonly scores: ValueId;
  /** Outputs of the activations that it is about, in order. */
  readonly activations: readonly ValueId[];
}

export interface PricePlan {
  readonly subject: PriceSubject;
  readonly written: PricedVersion;
  readonly mended: PricedVersion;
  readonly loss: PlannedLoss;
  /** Weights whose gradients are read: of the layer that it is about, and of the one that it is held against. */
  readonly weight: ValueId;
  readonly against?: ValueId;
  readonly quantities: readonly Quantity[];
  readonly least?: LeastLoss;
  readonly notes: readonly string[];
}

/** The name of an activation for people. */
export const titleOf = (id: string) => findActivation(id)?.title ?? id;

/** The weight of the layer before a value. */
export function layerBefore(graph: Graph, value: ValueId): ValueId {
  const found = weightBefore(graph, value);
  if (found !== undefined) return found;
  throw new PriceError(say('No layer that is trained stands before it, so that there is no gradient to measure.'));
}

/** The model that was read has nothing at the place. */
export function missing(graph: Graph): PriceError {
  return new PriceError(
    say('{0} does not run this place: compare the model that does, or measure where it is built.', graph.name),
  );
}
