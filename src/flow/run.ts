import type { Expr, Span, Stmt } from '../python/syntax/ast';
import type { Frame, Store } from './store';
import {
  type BuiltLayer,
  type FlowArgument,
  type FlowPlace,
  type FlowResult,
  type FlowSequence,
  type FlowStep,
  type FlowValue,
  type UserFunction,
  type UserInstance,
  unknown,
} from './values';

/** Expressions that are looked at for one function or module; code that is longer stays unknown behind them. */
export const STEPS_A_ROOT = 60_000;
/** Elements of a list of what is not known; the second is another object than the first. */
export const ELEMENTS = 2;
/** Calls inside one another. */
export const MAX_DEPTH = 14;

/** A call of a user's function while it is followed. */
export interface Activity {
  readonly callee: UserFunction;
  readonly returned: FlowValue[];
}

/** A result as it is met; where that is in the code is added when it is kept. */
export type RecordedResult = Omit<FlowResult, 'kind' | 'trail' | 'path' | 'elements'>;

/** What the parts of the evaluation share: what holds now, and each other's doors. */
export interface FlowRun {
  store: Store;
  readonly trail: readonly Activity[];
  /** The calls and branches around what runs now. */
  path: readonly FlowStep[];
  /** A function is looked at that may be called at any time. */
  readonly isLate: boolean;
  evaluate(expression: Expr, frame: Frame): FlowValue;
  /** @returns whether the block surely ends what it is in: by a return, an error, a break */
  execute(body: readonly Stmt[], frame: Frame): boolean;
  call(callee: FlowValue, args: readonly FlowArgument[], at: FlowPlace, isMaybe?: boolean): FlowValue;
  attribute(object: FlowValue, name: string, at: FlowPlace): FlowValue;
  /** Follows the constructor of an object, unless that is done. */
  initialise(instance: UserInstance): void;
  /** Runs a function's body; what it gives back. */
  inline(callee: UserFunction, args: readonly FlowArgument[]): FlowValue;
  /** Keeps a result, and what goes into it as used. */
  record(result: RecordedResult): FlowResult;
  /** Keeps that a layer is built. */
  build(layer: BuiltLayer): BuiltLayer;
  /** A value goes somewhere that is not followed, or to something that uses it. */
  use(value: FlowValue): void;
  /** What a model gives whose code is not followed to its end, where its graph tells. */
  answer(model: UserInstance): FlowValue | undefined;
  newId(): number;
  /** An `nn.Sequential` is built. */
  keepContainer(container: FlowSequence): void;
  /** An object of a class of the user's is built. */
  keepInstance(instance: UserInstance): UserInstance;
  /** A container or a model runs as a whole, or is asked for its parts. */
  noteRun(container: Pick<FlowSequence, 'id'>): void;
  /** A layer gets another weight. */
  reweight(layer: BuiltLayer): void;
  /** The frame of a module of the workspace that a file imports. */
  moduleFrame(from: string, module: string, level: number): Frame | undefined;
  /** A name is read that nothing has bound. */
  miss(frame: Frame, name: Extract<Expr, { kind: 'name' }>): void;
  bind(frame: Frame, name: string, value: FlowValue): void;
  /** What an attribute is called that holds a layer. */
  nameLayer(id: number, name: string): void;
}

/** Runs something inside of a branch. */
export function runBranch<T>(run: FlowRun, step: FlowStep, body: () => T): T {
  const around = run.path;
  // A new list, which all that runs inside shares.
  run.path = [...around, step];
  const found = body();
  run.path = around;
  return found;
}

export const placeIn = (file: string, span: Span, expression?: Expr): FlowPlace => ({ file, span, expression });

/** A call of what is not followed. */
export function goesAway(run: FlowRun, args: readonly FlowArgument[]): FlowValue {
  for (const { value } of args) run.use(value);
  return unknown;
}

/** Runs each of several things of which one runs, in branches of their own. */
export function runEach<T>(run: FlowRun, values: readonly T[], each: (value: T) => FlowValue): FlowValue[] {
  if (values.length < 2) return values.map(each);
  const branch = run.newId();
  return values.map((value) => runBranch(run, { branch, isSure: false, isEnded: false }, () => each(value)));
}
