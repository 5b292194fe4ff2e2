import type { Expr, Span, Stmt } from '../python/syntax/ast';
import type { Frame, Store } from './store';
import type {
  BuiltLayer,
  CodePlace,
  FlowArgument,
  FlowResult,
  FlowSequence,
  FlowValue,
  OwnFunction,
  OwnInstance,
} from './values';

/** A call of a user's function while it is followed. */
export interface Activity {
  readonly callee: OwnFunction;
  readonly returned: FlowValue[];
}

/** What the parts of the evaluation share: what holds now, and each other's doors. */
export interface FlowRun {
  store: Store;
  readonly trail: readonly Activity[];
  /** A function is looked at that may be called at any time. */
  readonly isLate: boolean;
  evaluate(expression: Expr, frame: Frame): FlowValue;
  /** @returns whether the block surely ends what it is in: by a return, an error, a break */
  execute(body: readonly Stmt[], frame: Frame): boolean;
  call(callee: FlowValue, args: readonly FlowArgument[], at: CodePlace, isMaybe?: boolean): FlowValue;
  attribute(object: FlowValue, name: string, at: CodePlace): FlowValue;
  /** Follows the constructor of an object, unless that is done. */
  initialise(instance: OwnInstance): void;
  /** Runs a function's body; what it gives back. */
  inline(callee: OwnFunction, args: readonly FlowArgument[]): FlowValue;
  /** Keeps a result, and what goes into it as used. */
  record(result: Omit<FlowResult, 'kind' | 'trail'>): FlowResult;
  /** A value goes somewhere that is not followed, or to something that uses it. */
  use(value: FlowValue): void;
  newId(): number;
  /** A layer, or an `nn.Sequential`, is built. */
  keepLayer(layer: BuiltLayer): BuiltLayer;
  keepContainer(container: FlowSequence): void;
  /** A container runs as a whole, or is asked for its parts. */
  noteRun(container: FlowSequence): void;
  /** A layer gets another weight. */
  reweight(layer: BuiltLayer): void;
  /** The frame of a module of the workspace that a file imports. */
  moduleFrame(from: string, module: string, level: number): Frame | undefined;
  bind(frame: Frame, name: string, value: FlowValue): void;
  /** What an attribute is called that holds a layer. */
  nameLayer(id: number, name: string): void;
}

export const placeIn = (file: string, span: Span, expression?: Expr): CodePlace => ({ file, span, expression });
