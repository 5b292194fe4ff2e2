/** How measures are taken. What they are stands in their namesakes in `compare/measures/`. */
import type { SeedReading } from '../../compare/measurements';
import type { GraphBuilder } from '../../graph/builder';
import type { ValueId } from '../../graph/types';
import type { Experiment } from '../experiment';
import type { ActivationLayer } from '../layers';
import type { Numbers, Readout } from '../readout';

/** A variant of the model whose graph is run for several seeds, while measures add to it what they read. */
export interface ModelView {
  readonly title: string;
  readonly builder: GraphBuilder;
  readonly readout: Readout;
  /** Samples of the input: the first dimension of it, and of all that is told of single samples. */
  readonly batch: number;
  /** All activations. */
  readonly layers: readonly ActivationLayer[];
  /** Which of them count: not a softmax at the end. */
  readonly hidden: ReadonlySet<number>;
  /** Absent where no gradient is taken. */
  readonly loss?: ValueId;
  /** The loss's gradient at a layer's input, for measures that need it; undefined where the loss depends on none. */
  gradientAt(layer: ActivationLayer): ValueId | undefined;
}

/** A measure that reads the first step of training. One pass serves all of these that are asked for. */
export interface StepMeasure {
  readonly needsGradient: boolean;
  /** Adds what is read to the graph; what it gives reads the numbers of one seed. */
  readonly prepare: (model: ModelView) => (numbers: Numbers) => SeedReading;
}

/** A measure with passes of its own. */
export interface PassMeasure {
  /** Its part of the user's time; 0 for one that is bounded otherwise. Those of all measures add up to 1. */
  readonly share: number;
  /** @param share its own */
  readonly run: (experiment: Experiment, share: number) => Promise<void>;
}
