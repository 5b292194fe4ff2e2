import type { GraphBuilder } from '../../graph/builder';
import type { PlaceKind } from '../../graph/trace';
import type { Op, SourceRange, TensorData, ValueId } from '../../graph/types';
import type { Span } from '../syntax/ast';
import type { BuiltinClasses } from '../values/classes';
import type { PyIterator } from '../values/iteration';
import type { Contents } from '../values/memory';
import type { PyFunction, Scope } from '../values/scope';
import type {
  Keywords,
  PyClass,
  PyDict,
  PyInstance,
  PyModule,
  PyObject,
  PythonError,
  PyValue,
  Unknown,
} from '../values/values';
import type { Meter } from './budget';
import type { ProblemKind } from './errors';

/**
 * A module's code, or only its text; the text of a file that the code names by its path, in `module`; or code that stands
 * there as text itself.
 */
export interface ModuleRequest {
  readonly kind: 'module' | 'text' | 'file' | 'code';
  readonly from: string;
  readonly module: string;
  readonly level: number;
}

/** What running code may ask of its driver: a pause for the host, or the text of a module. */
export type Signal = { readonly kind: 'pause' } | ModuleRequest | { readonly kind: 'yield'; readonly value: PyValue };

/** Evaluation that can be suspended. `yield*` it; its result is the value. */
export type Eval<T> = Generator<Signal, T, PyValue>;

export function moduleKey(from: string, module: string, level: number): string {
  return `${level}|${module}|${from}`;
}

/** Collects what can't be read instead of ending the evaluation. */
export interface Obstacles {
  /** The first statement that was passed over: what it would have changed is lost. */
  skipped: unknown;
  /** What stands for a value that could not be read. @throws `error` where it is no obstacle, but an end. */
  pass(error: unknown): Unknown;
  /** Runs a module's body, and notes whether the module is one that can be read by itself. */
  watch(graph: GraphBuilder, call: ModuleCall, body: () => Eval<PyValue>): Eval<PyValue>;
}

/** The one input that a model is read for. */
export interface ValueSource {
  /** The elements of a value that code goes by. @throws ExtractionError where that takes too long */
  valuesOf(contents: Contents): TensorData;
}

/** Sees what an evaluation makes and calls; what it throws ends the evaluation. */
export interface Observer {
  /** A function of the code has returned; it was given these values of its parameters. */
  onReturn(fn: PyFunction, result: PyValue, given: ReadonlyMap<string, PyValue>): void;
  /** A module is about to run. */
  onCall(module: PyInstance, args: readonly PyValue[], keywords: Keywords | undefined): void;
}

/** Is told of tensors where code names, makes and hands them over. */
export interface Tracer {
  /** What a name, a call, or a statement that assigns or returns has given, as code of the running file. */
  onValue(kind: PlaceKind, span: Span, value: PyValue, callee?: Span): void;
  /**
   * A module of the model is called.
   * @returns what is told of its result
   */
  onCall(path: string, name: string, given: readonly PyValue[]): (result: PyValue) => void;
}

/** A call of a submodule of the model. */
export interface ModuleCall {
  readonly path: string;
  readonly name: string;
  readonly args: readonly PyValue[];
  readonly keywords?: Keywords | undefined;
}

/** Says why a value of this type can't be iterated over, where Python has words of its own for the case. */
export type IterationRefusal = (typeName: string) => string;

/** What natives may do while they run. */
export interface Context {
  readonly graph: GraphBuilder;
  /** The innermost user code that is running: where errors and nodes are placed. */
  readonly range: SourceRange | undefined;
  /** Path of the module whose `forward` runs, '' for the model itself. */
  readonly path: string;
  /** Whether the model is read as it trains: `self.training`. */
  readonly training: boolean;
  /** Classes of the library's own kinds of objects, by kind. */
  readonly kindClasses: Map<string, PyClass>;
  /** Per-extraction state that a library keeps: one slot a key, made at first use. */
  slot<T>(key: symbol, make: () => T): T;

  /** Counts what is spent, and refuses what would be too large. */
  readonly meter: Meter;
  readonly classes: BuiltinClasses;
  /** Built-in names: `len`, `ValueError`. */
  readonly builtins: ReadonlyMap<string, PyValue>;
  /** The file whose code runs. */
  readonly file: string;
  /** Modules that have been read, by file. */
  readonly modules: ReadonlyMap<string, PyModule>;
  /** Where set, what can't be read is collected, and evaluation goes on. */
  readonly obstacles: Obstacles | undefined;
  readonly observer: Observer | undefined;
  readonly tracer: Tracer | undefined;

  /** Calls anything callable, to its end. Long-running natives use `yield* ctx.run(…)` instead, so the host can breathe. */
  call(callee: PyValue, args?: readonly PyValue[], keywords?: Keywords): PyValue;
  run(callee: PyValue, args?: readonly PyValue[], keywords?: Keywords): Eval<PyValue>;
  /** Where the code stands that called a native: the end of the chain of callers. */
  readonly scope: Scope | undefined;
  /** `getattr`; @throws PythonError AttributeError. */
  getattr(object: PyValue, name: string): PyValue;
  /** `getattr` with undefined where there is none. */
  lookup(object: PyValue, name: string): PyValue | undefined;
  /** `getattr` that may be suspended. */
  attribute(object: PyValue, name: string): Eval<PyValue>;
  /** `object.__getattribute__`: past a `__getattribute__` of the user's. */
  attributeDefault(object: PyValue, name: string): Eval<PyValue>;
  attributeError(object: PyValue, name: string): PythonError;
  setattr(object: PyValue, name: string, value: PyValue): void;
  delattr(object: PyValue, name: string): void;
  /** `object.__setattr__`, `object.__delattr__`: past a native `__setattr__`, properties included. */
  setattrDefault(object: PyValue, name: string, value: PyValue): void;
  delattrDefault(object: PyValue, name: string): void;
  /** `object[index]`. */
  item(object: PyValue, index: PyValue): PyValue;
  /** `type.__call__`: `__new__`, then `__init__`. */
  instantiate(cls: PyClass, args: readonly PyValue[], keywords?: Keywords): Eval<PyValue>;
  /** `super(start, self)`. */
  makeSuper(start: PyClass, self: PyValue): PyInstance;
  /** The class that the running class statement has made already, because its methods must know it; taken once. */
  takeMade(name: string): PyClass | undefined;
  /** `iter(value)`. */
  iterate(value: PyValue, refusal?: IterationRefusal): Eval<PyIterator>;
  /** What `next()` takes, made of an object that has `__next__`. */
  userIterator(iterator: PyValue): PyIterator;
  /** `list(value)`, bounded by the budget. */
  list(value: PyValue): PyValue[];
  /** `list` that may be suspended. */
  collect(value: PyValue, refusal?: IterationRefusal): Eval<PyValue[]>;
  /** Lets the host breathe: for loops that count their steps by `meter.step()`. */
  pause(): Eval<void>;
  /** Runs an evaluation to its end without suspending. */
  finish<T>(evaluation: Eval<T>): T;
  /** `globals()` and `locals()` of the code that runs. */
  globals(): Eval<PyDict>;
  locals(): PyDict;
  truth(value: PyValue): boolean;
  equal(a: PyValue, b: PyValue): boolean;
  isInstance(value: PyValue, cls: PyClass): boolean;
  /** `type(value)`. */
  typeOf(value: PyValue): PyClass;
  str(value: PyValue): string;
  repr(value: PyValue): string;

  /** A module that a library of natives has, made when it is first asked for. */
  nativeModule(name: string): PyModule | undefined;
  /** Whether a module belongs to such a library, read or not. */
  isNative(name: string): boolean;
  /** `importlib.import_module`: any module, relative to the file whose code runs where `level` says so. */
  importModule(name: string, level: number): Eval<PyValue>;
  /** Whether there is a module of this name. */
  hasModule(name: string): Eval<boolean>;
  /** Text of a file of the project, by its path in the code that runs; undefined where there is none. */
  readFile(path: string): Eval<string | undefined>;
  /** The value of an expression that is text, where the code stands or with these names. @throws SyntaxError */
  evaluateText(text: string, names?: PyDict): Eval<PyValue>;
  /** Runs statements that are text, at the top of a file or with these names, which get those that are set. */
  executeText(text: string, names?: PyDict): Eval<void>;

  /** Raises a Python exception, which the user's `except` may catch. */
  raise(type: string, message: string): never;
  /** Ends the extraction with a message placed at the running code. */
  error(kind: ProblemKind, message: string, because?: Unknown): never;
  /** Computes what a tensor holds for the input that the model is read for; undefined where it is read for any. */
  readonly askValues: (contents: Contents) => TensorData | undefined;
  /** Ends the extraction where values that only the run knows decide: for one input they may be computed. */
  refuseValues(message: string): never;
  /** A branch or a tensor depends on something that could not be read. */
  refuseUnknown(value: Unknown, what: string): never;
  /** Something the reader should know, once per message and place. */
  note(message: string): void;

  /** Adds a node whose origin is the running module call and source range; `site` is where its module was constructed. */
  emit(op: Op, inputs: readonly (ValueId | null)[], options?: { readonly site?: SourceRange }): readonly ValueId[];
  /** `emit` for operators with one output. */
  emit1(op: Op, inputs: readonly (ValueId | null)[], options?: { readonly site?: SourceRange }): ValueId;
  /**
   * Runs a module's body with its path and call number as the origin of nodes. `path` is undefined for modules that
   * are not part of the model: they keep the caller's.
   */
  runInModule(path: string | undefined, body: () => Eval<PyValue>): Eval<PyValue>;
  /** Runs natives that call themselves, no deeper than the stack allows. */
  nest<T>(body: () => T): T;
  /** What `repr` is about to show: containers may hold themselves. */
  readonly showing: Set<PyObject>;
  /** Refuses to write an integer with more decimal digits than the 4300 that CPython allows. */
  decimal(value: bigint): void;
  /** Counts steps against the budget: natives with loops of their own say how long they are. */
  spend(steps: number): void;
}

/** A library of natives: modules that are not read from text. */
export interface Library {
  /** One of its modules by dotted name (`torch.nn`), made at first need, once an evaluation; undefined where it has none. */
  module(ctx: Context, name: string): PyModule | undefined;
  /** Whether a name is its own, read or not (`torch.cuda.amp`): `import` of what it lacks gives an Unknown that says so. */
  owns(name: string): boolean;
}
