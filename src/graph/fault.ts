/** An error that a model surely ends in, in place of a graph. */
import type { SourceRange } from './types';

/** A call that runs a model. */
export interface RunningCall {
  /** `model(…)` */
  readonly what: string;
  readonly source: SourceRange;
  /** What with: `4x3x32x32`. */
  readonly input?: string;
}

/** A tensor that met another one which it doesn't fit. */
export interface FaultOperand {
  readonly shape: readonly number[];
  readonly from: 'input' | 'parameter' | 'value';
  /** An input and a parameter by their names. */
  readonly name?: string;
  /** Where code computes it, or builds its layer. */
  readonly source?: SourceRange;
  /** A layer decides how wide it is. */
  readonly isOfLayer?: boolean;
}

/** The layer of PyTorch that refuses what it is given. */
export interface FaultLayer {
  readonly path: string;
  /** Its class. */
  readonly name: string;
  /** Where it is built, and how many layers are built there. */
  readonly site: SourceRange;
  readonly count: number;
}

/** Why it is sure: the model can't be built, the file calls it so, or it fails whatever it is fed with. */
export type FaultBasis = 'construction' | 'call' | 'every-input';

/** An error of PyTorch, Python or TensorFlow.js that a model surely ends in. */
export interface Fault {
  readonly message: string;
  /** The innermost place in the model's file. */
  readonly source: SourceRange;
  readonly basis: FaultBasis;
  /** The call that feeds it. */
  readonly call?: RunningCall;
  readonly operands: readonly FaultOperand[];
  /** Whose words these are; PyTorch's where absent. */
  readonly library?: 'tensorflow';
  readonly layer?: FaultLayer;
  /** A name that there isn't, and the one that was meant. */
  readonly meant?: { readonly written: string; readonly name: string };
  /** Flattened features: what their number is a multiple of, whatever the image's size. */
  readonly multiple?: number;
}
