import { type Keywords, PyClass, PyObject, PyProperty, PyStaticMethod, type PyValue } from '../values/values';
import { argumentsOf, type NativeArguments } from './arguments';
import type { Context, Eval } from './context';
import { type Bound, bind, type Parameter } from './parameters';
import { parseSignature } from './signature';

/** A function written in TypeScript. Bodies that call back into Python at length are generators. */
export type NativeBody = (ctx: Context, args: NativeArguments) => PyValue | Eval<PyValue>;

export class NativeFunction extends PyObject {
  protected readonly kind = 'builtin_function_or_method';
  /** Of what stands for a name that is not read, a dtype say: why, for whoever takes it as an argument. */
  refusal: string | undefined;
  /** Of a `__getattr__`: that it finds nothing where an object's fields had nothing, so that only its error is its own. */
  findsNothing = false;
  /** Of what takes weights from a file: how the file is found is nothing that the model depends on. */
  takesWeights = false;
  /** Of a function of numbers: what it gives of these, where that is a number and nothing is to be said. */
  ofNumbers: ((given: readonly (number | bigint)[]) => number | undefined) | undefined;
  /** Further names of its parameters, with those that they stand for. */
  otherNames: ReadonlyMap<string, string> | undefined;
  private parsed: readonly Parameter[] | undefined;

  constructor(
    readonly name: string,
    /** Python's parameter list as text, or taken apart: most functions of a library are never called. */
    readonly signature: string | readonly Parameter[],
    readonly body: NativeBody,
  ) {
    super();
  }

  get parameters(): readonly Parameter[] {
    this.parsed ??= typeof this.signature === 'string' ? parseSignature(this.signature) : this.signature;
    return this.parsed;
  }

  /** Whether it has a parameter of this name. */
  takes(name: string): boolean {
    if (typeof this.signature !== 'string') return this.parameters.some((each) => each.name === name);
    return this.signature.split(/\W+/).includes(name);
  }

  bind(ctx: Context, args: readonly PyValue[], keywords: Keywords | undefined): NativeArguments {
    const bound: Bound = bind(this.name, this.parameters, args, this.rename(keywords));
    return argumentsOf(ctx, this.name, bound);
  }

  /** Keywords by the names that its parameters have. */
  private rename(keywords: Keywords | undefined): Keywords | undefined {
    const { otherNames } = this;
    if (!otherNames || !keywords || ![...keywords.keys()].some((key) => otherNames.has(key))) return keywords;
    const owns = new Set(this.parameters.map(({ name }) => name));
    return new Map(
      [...keywords].map(([key, value]) => {
        const own = otherNames.get(key);
        const isOther = own !== undefined && owns.has(own) && !owns.has(key) && !keywords.has(own);
        return [isOther ? own : key, value] as const;
      }),
    );
  }
}

/**
 * A native function. The signature is Python's parameter list as text, `"input, weight, bias=None, *, eps=1e-5"`;
 * methods name their `self`. Arguments are then read by name: `args.int('stride')`.
 */
export function native(signature: string, body: NativeBody, name = 'function'): NativeFunction {
  return new NativeFunction(name, signature, body);
}

/** The same function under the name that its errors should show. */
export function withName(name: string, value: NativeFunction): NativeFunction {
  if (value.name === name) return value;
  const named = new NativeFunction(name, value.signature, value.body);
  named.ofNumbers = value.ofNumbers;
  named.otherNames = value.otherNames;
  return named;
}

/** Methods that Python's errors name with their class. */
const QUALIFIED: ReadonlySet<string> = new Set(['__init__', '__new__', 'forward']);

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
    const shown = QUALIFIED.has(key) ? `${name}.${key}` : key;
    own.set(key, value instanceof NativeFunction && value.name === 'function' ? withName(shown, value) : value);
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
