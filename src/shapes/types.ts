/** What is known of a model's shapes, as plain data: it travels from the reader's thread to its host. */
import type { PlaceKind, TracedModule } from '../graph/trace';
import type { DType, SourceRange } from '../graph/types';

/** A size; where it rests on a size that nobody gave, a formula of its symbol, `H/2`; `?` where that can't be told. */
export type Dimension = number | string;

export const UNKNOWN = '?';

/** A number that the model is built with. */
export interface NamedSize {
  /** As it is told: of `config.n_embd` its last name, where no other has that. */
  readonly name: string;
  readonly value: number;
}

export interface KnownShape {
  readonly dtype: DType;
  readonly dimensions: readonly Dimension[];
  /** What the dimensions are with the input that the model was read with. */
  readonly sizes: readonly number[];
}

/** Tensors at a place of the code, each time that it runs. */
export interface PlaceShapes {
  readonly kind: PlaceKind;
  readonly source: SourceRange;
  /** Of a call: what is called, `self.conv1`. */
  readonly callee?: SourceRange;
  /** Of a statement: whether a module is called in it. */
  readonly callsModule: boolean;
  /** In order; what comes several times in a row stands once. */
  readonly runs: readonly (readonly KnownShape[])[];
}

/** A call of a module. */
export interface CallShapes {
  readonly path: string;
  /** Its class: `Conv2d`. */
  readonly name: string;
  readonly source?: SourceRange;
  /** It is called by a module that is called there, as those inside of a `Sequential` are. */
  readonly isInner?: true;
  readonly inputs: readonly KnownShape[];
  readonly outputs: readonly KnownShape[];
  /** With the input that the model was read with. */
  readonly multiplyAdds: number;
  /** Along each spatial dimension, how many elements of the input take part in one element of the output. */
  readonly receptiveField?: readonly number[];
}

export interface ModelShapes {
  /** The expression that was read: `resnet18()`. */
  readonly expression: string;
  readonly parameters: { readonly all: number; readonly trainable: number };
  /** Of one pass with the input that the model was read with. */
  readonly multiplyAdds: number;
  readonly inputs: readonly KnownShape[];
  /** Whether sizes of the input are ours: `multiplyAdds` and receptive fields are of them then. */
  readonly isGuessed: boolean;
  /** Numbers by whose names sizes are told, on request. */
  readonly names: readonly NamedSize[];
  readonly places: readonly PlaceShapes[];
  readonly calls: readonly CallShapes[];
  readonly modules: readonly TracedModule[];
}
