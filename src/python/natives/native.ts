import type { GraphBuilder } from '../../graph/builder';
import type { NamedValue, Op, SourceRange, StateEntry, StorageUpdate, TensorType, ValueId } from '../../graph/types';
import { say } from '../../language/say';
import {
  type Keywords,
  PyClass,
  type PyInstance,
  type PyModule,
  PyObject,
  PyProperty,
  PyStaticMethod,
  type PyValue,
  type Unknown,
} from '../values/values';
import type { NativeArguments } from './arguments';
import { argumentsOf } from './arguments';
import { type Bound, bind, type Parameter } from './parameters';
import { parseSignature } from './signature';

/** What stops an extraction for good; Python's `except` does not catch these. */
export type ProblemKind = 'unsupported' | 'shape' | 'budget' | 'cancelled' | 'syntax' | 'needs-input';

/** What to do about a construct that is not supported. */
export const wayOut = () => say('export the model to ONNX and compare that file instead, or compare a submodule');

export class ExtractionError extends Error {
  override name = 'ExtractionError';
  constructor(
    readonly kind: ProblemKind,
    message: string,
    public range: SourceRange | undefined,
    /** The value that could not be read, where the error is a use of it. */
    readonly because?: Unknown,
  ) {
    super(message);
  }
}

/** A module's code, or only its text. */
export interface ModuleRequest {
  readonly kind: 'module' | 'text';
  readonly from: string;
  readonly module: string;
  readonly level: number;
}

/** What running code may ask of its driver: a pause for the host, or the text of a module. */
export type Signal = { readonly kind: 'pause' } | ModuleRequest | { readonly kind: 'yield'; readonly value: PyValue };

/** Evaluation that can be suspended. `yield*` it; its result is the value. */
export type Eval<T> = Generator<Signal, T, PyValue>;

/** What natives may do while they run. */
export interface Context {
  readonly graph: GraphBuilder;
  /** The innermost user code that is running: where errors and nodes are placed. */
  readonly range: SourceRange | undefined;
  /** Path of the module whose `forward` runs, '' for the model itself. */
  readonly path: string;
  /** Whether the model is read as it trains: `self.training`. */
  readonly training: boolean;
  /** Per-extraction state that a library keeps: one slot a key, made at first use. */
  slot<T>(key: symbol, make: () => T): T;

  /** Calls anything callable, to its end. Long-running natives use `yield* ctx.run(…)` instead, so the host can breathe. */
  call(callee: PyValue, args?: readonly PyValue[], keywords?: Keywords): PyValue;
  run(callee: PyValue, args?: readonly PyValue[], keywords?: Keywords): Eval<PyValue>;
  /** `getattr`; @throws PythonError AttributeError. */
  getattr(object: PyValue, name: string): PyValue;
  /** `getattr` with undefined where there is none. */
  lookup(object: PyValue, name: string): PyValue | undefined;
  setattr(object: PyValue, name: string, value: PyValue): void;
  delattr(object: PyValue, name: string): void;
  /** `object.__setattr__`, `object.__delattr__`: past a native `__setattr__`, properties included. */
  setattrDefault(object: PyValue, name: string, value: PyValue): void;
  delattrDefault(object: PyValue, name: string): void;
  /** `list(value)`, bounded by the budget. */
  list(value: PyValue): PyValue[];
  truth(value: PyValue): boolean;
  equal(a: PyValue, b: PyValue): boolean;
  isInstance(value: PyValue, cls: PyClass): boolean;
  /** `type(value)`. */
  typeOf(value: PyValue): PyClass;
  str(value: PyValue): string;
  repr(value: PyValue): string;

  /** Raises a Python exception, which the user's `except` may catch. */
  raise(type: string, message: string): never;
  /** Ends the extraction with a message placed at the running code. */
  error(kind: ProblemKind, message: string, because?: Unknown): never;
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
  inModule(path: string | undefined, body: () => Eval<PyValue>): Eval<PyValue>;
  /** Counts steps against the budget: natives with loops of their own say how long they are. */
  spend(steps: number): void;
}

/**
 * What a library of natives (torch) gives the evaluator.
 * Modules by dotted name (`torch`, `torch.nn`, `torch.nn.functional`): made once per extraction.
 */
export interface Library {
  modules(ctx: Context): ReadonlyMap<string, PyModule>;
  /** Modules that are made when they are first imported. */
  late?(ctx: Context, name: string): PyModule | undefined;
  /** Modules of its own that it doesn't read (`torch.cuda.amp`): `import` gives an Unknown that says so. */
  owns(module: string): boolean;
  /** `nn.Module`, by which models are found. */
  isModule(ctx: Context, value: PyValue): value is PyInstance;
  /** Gives each submodule its path below the model, from the model's `named_modules()`; call before `forward`. */
  adopt(ctx: Context, model: PyInstance): void;
  /** A model input. */
  input(ctx: Context, type: TensorType): PyValue;
  /** The graph's value of an input tensor. */
  valueOf(ctx: Context, tensor: PyValue): ValueId;
  /** Outputs that a returned value holds, named: `output`, `output.0`, `output.logits`. @throws where none is a tensor. */
  outputs(ctx: Context, result: PyValue): NamedValue[];
  /** `state_dict()` in PyTorch's order, buffers with their persistence. */
  state(ctx: Context, model: PyInstance): StateEntry[];
  /** What a training step writes into buffers. */
  updates(ctx: Context, model: PyInstance): StorageUpdate[];
}

/** A function written in TypeScript. Bodies that call back into Python at length are generators. */
export type NativeBody = (ctx: Context, args: NativeArguments) => PyValue | Eval<PyValue>;

export class NativeFunction extends PyObject {
  protected readonly kind = 'builtin_function_or_method';
  constructor(
    readonly name: string,
    readonly parameters: readonly Parameter[],
    readonly body: NativeBody,
  ) {
    super();
  }

  bind(ctx: Context, args: readonly PyValue[], keywords: Keywords | undefined): NativeArguments {
    const bound: Bound = bind(this.name, this.parameters, args, keywords);
    return argumentsOf(ctx, this.name, bound);
  }
}

/**
 * A native function. The signature is Python's parameter list as text, `"input, weight, bias=None, *, eps=1e-5"`;
 * methods name their `self`. Arguments are then read by name: `args.int('stride')`.
 */
export function native(signature: string, body: NativeBody, name = 'function'): NativeFunction {
  return new NativeFunction(name, parseSignature(signature), body);
}

/** The same function under the name that its errors should show. */
export function named(name: string, value: NativeFunction): NativeFunction {
  return value.name === name ? value : new NativeFunction(name, value.parameters, value.body);
}

/**
 * A native class. Members are methods (with `self`), `property(…)`, `staticMethod(…)` or plain attributes. Besides
 * `__init__` and `__new__`, natives may define `__call__`, `__getattr__`, `__setattr__`, `__delattr__`, `__len__`,
 * `__iter__`, `__getitem__` and the operators' names: the evaluator treats them as it does user-defined ones.
 */
export function nativeClass(
  name: string,
  bases: readonly PyClass[],
  members: Readonly<Record<string, PyValue>>,
  module = 'builtins',
): PyClass {
  const own = new Map<string, PyValue>();
  for (const [key, value] of Object.entries(members)) {
    const shown = key === '__init__' || key === '__new__' ? `${name}.${key}` : key;
    own.set(key, value instanceof NativeFunction && value.name === 'function' ? named(shown, value) : value);
  }
  const cls = new PyClass(name, bases, own, true);
  cls.module = module;
  return cls;
}

/** A read-only or read-write property of a native class. */
export function property(
  get: (ctx: Context, self: PyValue) => PyValue,
  set?: (ctx: Context, self: PyValue, value: PyValue) => void,
): PyProperty {
  return new PyProperty(
    native('self', (ctx, args) => get(ctx, args.get('self'))),
    set
      ? native('self, value', (ctx, args) => {
          set(ctx, args.get('self'), args.get('value'));
          return null;
        })
      : null,
  );
}

export function staticMethod(signature: string, body: NativeBody): PyStaticMethod {
  return new PyStaticMethod(native(signature, body));
}
