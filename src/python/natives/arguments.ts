import type { DType } from '../../graph/types';
import { say, sentence } from '../../language/say';
import { shortName } from '../../source/path';
import {
  PyComplex,
  PyComplexDtype,
  PyDict,
  PyDtype,
  PyInstance,
  PyList,
  PyObject,
  PyParameter,
  PyTensor,
  PyTuple,
  type PyValue,
  plainOf,
  typeName,
  Unknown,
} from '../values/values';
import type { Context } from './context';
import type { Bound } from './parameters';

/** Functions with more than one signature, by string and by number of their padding. */
const SEVERAL = /^conv[123]d$/;

/** Arguments of a native call, read by name and checked for type in PyTorch's words. */
export class NativeArguments {
  constructor(
    private readonly ctx: Context,
    private readonly callee: string,
    private readonly bound: Bound,
  ) {}

  /** The argument as it is. */
  get(name: string): PyValue {
    const value = this.bound.values.get(name);
    if (value === undefined) throw new RangeError(`${this.callee} has no parameter ${name}`);
    return value;
  }

  /** All arguments, those of `*args` among them one by one. */
  *all(): Generator<PyValue> {
    for (const value of this.bound.values.values()) {
      if (value instanceof PyTuple) yield* value.items;
      else yield value;
    }
  }

  /** The same call with other arguments. */
  map(change: (value: PyValue) => PyValue): NativeArguments {
    const values = new Map([...this.bound.values].map(([name, value]) => [name, change(value)] as const));
    return new NativeArguments(this.ctx, this.callee, { values, given: this.bound.given });
  }

  /** Whether there is a parameter of this name. */
  has(name: string): boolean {
    return this.bound.values.has(name);
  }

  /** Whether the caller wrote it (else it has its default). */
  isGiven(name: string): boolean {
    return this.bound.given.has(name);
  }

  isNone(name: string): boolean {
    return this.get(name) === null;
  }

  /** What `*name` collected. */
  rest(name: string): readonly PyValue[] {
    const value = this.get(name);
    return value instanceof PyTuple ? value.items : [];
  }

  /** What `**name` collected. */
  keywords(name: string): Map<string, PyValue> {
    const value = this.get(name);
    const result = new Map<string, PyValue>();
    if (value instanceof PyDict) for (const [key, item] of value.entries()) result.set(String(key), item);
    return result;
  }

  /** An integer. Bools count, as in Python; a float does not. */
  int(name: string): number {
    return this.toInt(name, this.get(name));
  }

  float(name: string): number {
    const value = this.get(name);
    const number = askNumber(value);
    return number ?? this.refuseType(name, 'float', value);
  }

  bool(name: string): boolean {
    const value = this.get(name);
    if (value instanceof Unknown || value instanceof PyTensor) return this.refuseType(name, 'bool', value);
    return this.ctx.truth(value);
  }

  string(name: string): string {
    const value = this.get(name);
    const text = plainText(value);
    return typeof text === 'string' ? text : this.refuseType(name, 'str', value);
  }

  tensor(name: string): PyTensor {
    const value = this.get(name);
    if (value instanceof PyComplex || (value instanceof PyParameter && value.complex))
      refuseComplex(this.ctx, this.callee);
    return value instanceof PyTensor ? value : this.refuseType(name, 'Tensor', value);
  }

  dtype(name: string): DType {
    const value = this.get(name);
    if (value instanceof PyDtype) return value.dtype;
    // Python's own types stand for their widest: `dtype=int`.
    const own = PYTHON_TYPES.find(([type]) => value === this.ctx.builtins.get(type));
    return own ? own[1] : this.refuseType(name, 'torch.dtype', value);
  }

  optionalInt(name: string): number | undefined {
    return this.isNone(name) ? undefined : this.int(name);
  }
  optionalFloat(name: string): number | undefined {
    return this.isNone(name) ? undefined : this.float(name);
  }
  optionalBool(name: string): boolean | undefined {
    return this.isNone(name) ? undefined : this.bool(name);
  }
  optionalString(name: string): string | undefined {
    return this.isNone(name) ? undefined : this.string(name);
  }
  optionalTensor(name: string): PyTensor | undefined {
    return this.isNone(name) ? undefined : this.tensor(name);
  }
  optionalDtype(name: string): DType | undefined {
    return this.isNone(name) ? undefined : this.dtype(name);
  }

  /** One int for all `count` dimensions, or a sequence of `count`. */
  intOrTuple(name: string, count: number): number[] {
    const value = this.get(name);
    const items = sequence(value);
    if (!items) return new Array<number>(count).fill(this.toInt(name, value));
    if (items.length === 1) return new Array<number>(count).fill(this.toInt(name, items[0] ?? null));
    if (items.length !== count) {
      this.ctx.raise(
        'RuntimeError',
        `${this.callee}(): expected '${name}' to be a single integer value or a list of ${count} values, but got ${this.ctx.repr(value)}`,
      );
    }
    return items.map((item) => this.toInt(name, item));
  }

  /** A sequence of ints, or one int as a sequence of one. */
  ints(name: string): number[] {
    const value = this.get(name);
    const items = sequence(value);
    return items ? items.map((item) => this.toInt(name, item)) : [this.toInt(name, value)];
  }

  optionalInts(name: string): number[] | undefined {
    return this.isNone(name) ? undefined : this.ints(name);
  }

  /** Sizes or dimensions given as `f(1, 2, 3)` or `f((1, 2, 3))`, collected by `*name`. */
  variadicInts(name: string): number[] {
    const items = this.rest(name);
    const only = items.length === 1 ? sequence(items[0] ?? null) : undefined;
    return (only ?? items).map((item) => this.toInt(name, item));
  }

  /** `variadicInts` of dimensions: `x.permute(0, 2, 1)`. */
  variadicDims(name: string, rank: number): number[] {
    return this.variadicInts(name).map((dim) => this.wrapDim(dim, rank));
  }

  /** `dims(name, rank)`: like `ints`, negative ones counted from the end, checked against the rank. */
  dims(name: string, rank: number): number[] {
    return this.ints(name).map((dim) => this.wrapDim(dim, rank));
  }

  /** One dimension, negative ones counted from the end. */
  dim(name: string, rank: number): number {
    return this.wrapDim(this.int(name), rank);
  }

  tensors(name: string): PyTensor[] {
    const value = this.get(name);
    const items = sequence(value);
    if (!items) return this.refuseType(name, 'tuple of Tensors', value);
    return items.map((item) => (item instanceof PyTensor ? item : this.refuseType(name, 'tuple of Tensors', item)));
  }

  /** PyTorch's `argument 'x' must be T, not U`; an Unknown says why it is unknown. */
  refuseType(name: string, expected: string, value: PyValue): never {
    if (value instanceof PyComplex || value instanceof PyComplexDtype) refuseComplex(this.ctx, this.callee);
    if (value instanceof PyObject && 'refusal' in value && typeof value.refusal === 'string') {
      this.ctx.error('unsupported', value.refusal);
    }
    if (value instanceof Unknown) {
      const at = value.range ? ` (${shortName(value.range.file)}:${value.range.line + 1})` : '';
      const message = say("'{0}' of {1}() cannot be read, because {2}", name, this.callee, sentence(value.reason));
      return this.ctx.error('unsupported', `${message}${at}`, value);
    }
    const isNumber = expected === 'float' || (expected === 'int' && isInteger(value));
    if (isNumber && value instanceof PyTensor && value.type.shape.every((size) => size === 1)) {
      const message = say(
        "'{0}' of {1}() is a tensor, the value of which is known only when the model runs; give a number",
        name,
        this.callee,
      );
      return this.ctx.refuseValues(message);
    }
    const [first] = this.bound.values.keys();
    // What has several signatures tells what all arguments are, the first line of that.
    if (expected === 'Tensor' && SEVERAL.test(this.callee)) {
      const given = [...this.bound.values].filter(([key]) => this.isGiven(key)).map(([, each]) => typeName(each));
      const told = `received an invalid combination of arguments - got (${given.join(', ')}), but expected one of:`;
      this.ctx.raise('TypeError', `${this.callee}() ${told}`);
    }
    const place = expected === 'Tensor' && name === first && this.isGiven(name) ? ' (position 1)' : '';
    return this.ctx.raise(
      'TypeError',
      `${this.callee}(): argument '${name}'${place} must be ${expected}, not ${typeName(value)}`,
    );
  }

  private wrapDim(dim: number, rank: number): number {
    const limit = Math.max(rank, 1);
    if (dim < -limit || dim >= limit) {
      this.ctx.raise(
        'IndexError',
        `Dimension out of range (expected to be in range of [${-limit}, ${limit - 1}], but got ${dim})`,
      );
    }
    return dim < 0 ? dim + limit : dim;
  }

  private toInt(name: string, value: PyValue): number {
    if (typeof value === 'bigint') return Number(value);
    if (typeof value === 'boolean') return value ? 1 : 0;
    const only = isInteger(value) ? value.askOne() : undefined;
    if (only !== undefined) return only;
    const plain = plainOf(value);
    return typeof plain === 'bigint' ? Number(plain) : this.refuseType(name, 'int', value);
  }
}

const PYTHON_TYPES: readonly (readonly [string, DType])[] = [
  ['int', 'int64'],
  ['float', 'float64'],
  ['bool', 'bool'],
];

/** @throws ExtractionError: the function takes no complex numbers */
export function refuseComplex(ctx: Context, callee: string): never {
  return ctx.error(
    'unsupported',
    say('{0} of complex numbers is not read; write it with their real and imaginary parts', callee),
  );
}

/** A member of a `str` enumeration counts as its text. */
export function plainText(value: PyValue): PyValue {
  const plain = plainOf(value);
  return typeof plain === 'string' ? plain : value;
}

const isInteger = (value: PyValue): value is PyTensor =>
  value instanceof PyTensor && !value.type.dtype.includes('float');

/** The items of a list or tuple. */
export function sequence(value: PyValue): readonly PyValue[] | undefined {
  return value instanceof PyTuple || value instanceof PyList ? value.items : undefined;
}

/** An int, a bool, a float or a tensor with one known element, as a JavaScript number. */
export function numberOf(value: PyValue): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof PyTensor && value.data?.length === 1) return value.data[0];
  const plain = value instanceof PyInstance ? plainOf(value) : undefined;
  return typeof plain === 'bigint' || typeof plain === 'number' ? Number(plain) : undefined;
}

/** `numberOf` where code goes by it: also of a tensor that is computed for the input that the model is read for. */
export function askNumber(value: PyValue): number | undefined {
  return numberOf(value) ?? (value instanceof PyTensor ? value.askOne() : undefined);
}

/** `numberOf` where there must be one. @throws PythonError TypeError */
export function requireNumber(ctx: Context, value: PyValue): number {
  return askNumber(value) ?? ctx.raise('TypeError', `'${typeName(value)}' object cannot be interpreted as a number`);
}

export function argumentsOf(ctx: Context, callee: string, bound: Bound): NativeArguments {
  return new NativeArguments(ctx, callee, bound);
}
