/** What was seen of tensors where code names, makes and hands them over, while its model was read. */
import type { SourceRange, TensorType } from './types';

/** A call of a module of the model. */
export interface TracedCall {
  /** Of the module: `layer1.0.conv1`, '' for the model itself. */
  readonly path: string;
  /** Its class: `Conv2d`. */
  readonly name: string;
  /** Where it is called; absent for the model itself. */
  readonly source?: SourceRange;
  /** It is called by a module that is called there, as those inside of a `Sequential` are. */
  readonly isInner?: true;
  /** Tensors that it was given and those that it returned, with what containers hold, in order. */
  readonly inputs: readonly TensorType[];
  readonly outputs: readonly TensorType[];
  /** The graph's nodes that it made: from the first up to the one at `end`. */
  readonly first: number;
  readonly end: number;
}

/** What stands at a place: a name that is read, a call, or a statement that assigns or returns. */
export type PlaceKind = 'name' | 'call' | 'statement';

/** The tensors at a place of the code, each time that it ran. */
export interface TracedPlace {
  readonly kind: PlaceKind;
  readonly source: SourceRange;
  /** Of a call: what is called, `self.conv1`. */
  readonly callee?: SourceRange;
  /** In order; what comes several times in a row stands once. */
  readonly runs: readonly (readonly TensorType[])[];
}

/** A module where it is constructed. */
export interface TracedModule {
  readonly path: string;
  readonly name: string;
  readonly site: SourceRange;
  /** Elements of its parameters, those that it shares with other modules included. */
  readonly parameters: number;
}

export interface TensorTrace {
  /** All that the model makes, in the order in which they began. */
  readonly calls: readonly TracedCall[];
  /** Those of the file that was asked about. */
  readonly places: readonly TracedPlace[];
  /** Absent where the graph's own modules and the names of its state tell them. */
  readonly modules?: readonly TracedModule[];
}
