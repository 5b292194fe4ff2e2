import type { TypeScriptNames } from '../../detect/typescript/names';
import type { Code } from './code';
import type { ScriptMemory, ScriptScope } from './memory';
import type {
  ScriptArgument,
  ScriptArray,
  ScriptClass,
  ScriptFunction,
  ScriptObject,
  ScriptValue,
  TfjsLayer,
  TfjsResult,
} from './values';

/** How a statement ends: what stands behind it runs, or it doesn't. */
export type Completion = 'normal' | 'left';

/** What leaves a function or a loop. */
export type Jump = 'return' | 'break' | 'continue';

/** A loss that code computes of what a model or an operation gives. */
export interface TfjsLoss {
  /** `categoricalCrossentropy`, `softmaxCrossEntropy`; several where the code doesn't tell which. */
  readonly losses: readonly string[];
  /** `setting`: of `compile`; `call`: computed at once. */
  readonly form: 'setting' | 'call';
  /** What names it. */
  readonly at: Code;
  /** What it is computed of. */
  readonly of: ScriptValue;
}

/** What the parts of the evaluation share: what holds now, and each other's doors. */
export interface ScriptRun {
  memory: ScriptMemory;
  readonly names: TypeScriptNames;
  evaluate(code: Code, scope: ScriptScope): ScriptValue;
  execute(code: Code, scope: ScriptScope): Completion;
  call(callee: ScriptValue, args: readonly ScriptArgument[], at: Code): ScriptValue;
  construct(callee: ScriptValue, args: readonly ScriptArgument[], at: Code): ScriptValue;
  member(object: ScriptValue, name: string): ScriptValue;
  /** Runs a function's body; without arguments for whoever may call it. */
  inline(callee: ScriptFunction, args: readonly ScriptArgument[] | undefined): ScriptValue;
  instantiate(cls: ScriptClass, args: readonly ScriptArgument[] | undefined, at: Code): ScriptObject;
  /** Sets the fields of an object and runs the constructor. */
  initialise(cls: ScriptClass, object: ScriptObject, args: readonly ScriptArgument[] | undefined): void;
  /** Runs each as if it alone may have run; what they leave is joined. */
  branch(ways: readonly (() => Completion)[]): Completion;
  /** Leaves what is around; what holds then is kept for where it ends. */
  leave(jump: Jump): Completion;
  /** Runs what some jumps leave; behind it holds what any way out has left. */
  runUntil(jumps: readonly Jump[], body: () => Completion): Completion;
  record(result: Omit<TfjsResult, 'kind' | 'isMaybe'>): TfjsResult;
  /** Does what only happens if one of several values holds. */
  choosing<T>(among: readonly ScriptValue[], body: () => T): T;
  noteLayer(layer: TfjsLayer): void;
  noteLoss(loss: TfjsLoss): void;
  /** A function that may be called later, by whomever. */
  noteFunction(callee: ScriptFunction): void;
  noteClass(cls: ScriptClass): void;
  noteReturn(value: ScriptValue): void;
  /** What a result is called. */
  nameResult(result: TfjsResult, name: string): void;
  /** A value goes where it is not followed, or to what uses it. */
  use(value: ScriptValue): void;
  /** The elements of an array, where all are known and few. */
  elements(value: ScriptValue): readonly ScriptValue[] | undefined;
  newArray(items: readonly ScriptValue[]): ScriptArray;
  newId(): number;
}
