/**
 * `numpy.ndarray`: a tensor of ours with PyTorch's methods, whose results with one element are Python numbers, as
 * NumPy's scalars are.
 */

import { sizeAt } from '../graph/access';
import { numberOf, sequence } from '../python/natives/arguments';
import type { Context, Eval } from '../python/natives/context';
import { type NativeBody, NativeFunction, native, nativeClass, property } from '../python/natives/native';
import { sliceIndices } from '../python/run/subscripts';
import { iteratorOf } from '../python/values/iteration';
import {
  Ellipsis,
  PyClass,
  PyComplex,
  PyDtype,
  PyList,
  PyProperty,
  PySlice,
  PyTensor,
  PyTuple,
  type PyValue,
} from '../python/values/values';
import { literal } from '../torch/tensor/literal';
import { cast, elements, isFloating, torchState, wrapMemory } from '../torch/tensor/tensor';
import { permute, select } from '../torch/tensor/views';

/** What NumPy computes in float64 where the array is of integers. */
export const IN_FLOATS = /^(mean|std|var|divide|true_divide|hypot|arctan2|logaddexp|float_power|__r?truediv__)$/;

/** Operators, of which the other side may be a list of numbers. */
const OPERATOR = /^__(?!getitem|setitem|contains|new|init|iter|len|getattr|setattr)\w+__$/;

/** NumPy's names of keywords that PyTorch has too. */
export const KEYWORDS: Readonly<Record<string, string>> = {
  axis: 'dim',
  axes: 'dims',
  keepdims: 'keepdim',
  k: 'diagonal',
  ddof: 'correction',
};

export const DTYPES = {
  float16: 'float16',
  float32: 'float32',
  float64: 'float64',
  int8: 'int8',
  int16: 'int16',
  int32: 'int32',
  int64: 'int64',
  uint8: 'uint8',
  bool_: 'bool',
  intp: 'int64',
  int_: 'int64',
  half: 'float16',
  single: 'float32',
  double: 'float64',
  float_: 'float64',
} as const;

const OF_PYTHON = { float: 'float64', int: 'int64', bool: 'bool' } as const;

/** `np.float32`, `'float32'`, `int`, a dtype of PyTorch's; undefined for anything else. */
export function dtypeOf(value: PyValue): PyDtype['dtype'] | undefined {
  if (value instanceof PyDtype) return value.dtype;
  const name = value instanceof PyClass ? value.name : value;
  if (typeof name !== 'string') return undefined;
  if (Object.hasOwn(OF_PYTHON, name)) return OF_PYTHON[name as keyof typeof OF_PYTHON];
  return Object.hasOwn(DTYPES, name) ? DTYPES[name as keyof typeof DTYPES] : undefined;
}

/** Data as NumPy types it: what is not whole is float64. */
export function arrayOf(ctx: Context, data: PyValue, dtype: PyDtype['dtype'] | undefined): PyTensor {
  const isPlain = sequence(data) !== undefined || data instanceof PyTensor || numberOf(data) !== undefined;
  const plain = isPlain ? data : new PyTuple(ctx.list(data));
  const made = literal(ctx, plain, dtype);
  if (dtype !== undefined || data instanceof PyTensor || !isFloating(made.type.dtype)) return made;
  return literal(ctx, plain, 'float64');
}

export function toFloats(ctx: Context, tensor: PyTensor): PyTensor {
  return isFloating(tensor.type.dtype) ? tensor : cast(ctx, tensor, 'float64');
}

/** A tensor as an array. */
export function asArray(array: PyClass, tensor: PyTensor): PyTensor {
  return new PyTensor(array, tensor.memory);
}

/** A number as a dtype holds it. */
function settleNumber(dtype: PyDtype['dtype'], number: number): PyValue {
  if (dtype === 'bool') return number !== 0;
  if (!isFloating(dtype)) return BigInt(Math.trunc(number));
  return dtype === 'float32' ? Math.fround(number) : number;
}

/** NumPy's numbers are Python's own here; these are the methods of theirs that code calls. */
export function extendNumbers(ctx: Context): void {
  const self = native('self', (_, args) => args.get('self'));
  const astype = native('self, dtype, **kwargs', (own, args) => {
    const dtype = dtypeOf(args.get('dtype'));
    if (!dtype) return own.raise('TypeError', `data type ${own.repr(args.get('dtype'))} not understood`);
    return settleNumber(dtype, numberOf(args.get('self')) ?? 0);
  });
  for (const { members } of [ctx.classes.float, ctx.classes.int])
    for (const [name, method] of Object.entries({ astype, item: self, tolist: self })) members.set(name, method);
}

/** What PyTorch computed, as NumPy gives it: a number where there is one element and no dimension. */
export function result(ctx: Context, array: PyClass, value: PyValue): PyValue {
  if (value instanceof PyComplex) return new PyComplex(complexClass(ctx, array), value.real, value.imaginary);
  if (value instanceof PyTuple) return new PyTuple(value.items.map((each) => result(ctx, array, each)));
  if (!(value instanceof PyTensor)) return value;
  if (value.type.shape.length > 0 || !value.data) return asArray(array, value);
  return ctx.call(ctx.getattr(wrapMemory(ctx, value.memory), 'item'));
}

/** An array as the tensor that it holds. */
export function tensorIn(ctx: Context, value: PyValue): PyValue {
  if (value instanceof PyComplex) return new PyComplex(torchState(ctx).complex, value.real, value.imaginary);
  return value instanceof PyTensor ? wrapMemory(ctx, value.memory) : value;
}

/** `numpy.ndarray`. `scalar` gives NumPy's class of a dtype, which is what `array.dtype` compares equal to. */
export function arrayClass(ctx: Context, scalar: (dtype: PyDtype['dtype']) => PyValue): PyClass {
  const { tensor } = torchState(ctx);
  const array = nativeClass('ndarray', [tensor], {}, 'numpy');
  for (const [name, member] of tensor.members) {
    if (member instanceof NativeFunction && !/^__(new|init)__$/.test(name))
      array.members.set(name, wrapResult(name, member));
  }
  const define = (name: string, signature: string, body: NativeBody): void => {
    array.members.set(name, native(signature, body, name));
  };
  const get = (name: string, body: (own: Context, self: PyTensor) => PyValue): void => {
    array.members.set(
      name,
      property((own, self) => (self instanceof PyTensor ? body(own, self) : null)),
    );
  };

  function wrapResult(name: string, member: NativeFunction): NativeFunction {
    return native(
      'self, *args, **kwargs',
      function* (own, args): Eval<PyValue> {
        const keywords = new Map(
          [...args.keywords('kwargs')].map(([key, value]) => [KEYWORDS[key] ?? key, value] as const),
        );
        const given = args.rest('args').map((value) => {
          const isOperand = OPERATOR.test(name) && sequence(value) !== undefined && !(value instanceof PyTensor);
          return isOperand ? arrayOf(own, value, undefined) : tensorIn(own, value);
        });
        const floats = IN_FLOATS.test(name) || given.some((value) => typeof value === 'number');
        const self = tensorIn(own, args.get('self'));
        const data = floats && self instanceof PyTensor ? toFloats(own, self) : self;
        if (/^(std|var)$/.test(name) && !keywords.has('correction')) keywords.set('correction', 0n);
        return result(own, array, yield* own.run(member, [data, ...given], keywords));
      },
      name,
    );
  }

  define('astype', 'self, dtype, **kwargs', (own, args) => {
    const dtype = dtypeOf(args.get('dtype'));
    if (!dtype) return own.raise('TypeError', `data type ${own.repr(args.get('dtype'))} not understood`);
    return asArray(array, cast(own, args.tensor('self'), dtype));
  });
  define('copy', 'self', (own, args) => asArray(array, literal(own, tensorIn(own, args.get('self')), undefined)));
  define('transpose', 'self, *axes', (own, args) => {
    const [first] = args.rest('axes');
    const axes = (first === undefined ? undefined : sequence(first)) ?? args.rest('axes');
    return asArray(array, transposeAxes(own, args.tensor('self'), axes));
  });
  define('__iter__', 'self', (own, args) => {
    const self = args.tensor('self');
    const [count] = self.type.shape;
    if (count === undefined) return own.raise('TypeError', 'iteration over a 0-d array');
    own.spend(count);
    return iteratorOf(Array.from({ length: count }, (_, i) => result(own, array, select(own, self, 0, i))));
  });
  const getItem = array.members.get('__getitem__') ?? null;
  define('__getitem__', 'self, index', (own, args) => {
    const self = args.tensor('self');
    return own.run(getItem, [self, forwards(own, self, args.get('index'))]);
  });
  get('T', (own, self) => asArray(array, transposeAxes(own, self, [])));
  get('real', (_, self) => self);
  get('shape', (_, self) => new PyTuple(self.type.shape.map(BigInt)));
  get('size', (_, self) => BigInt(elements(self.type.shape)));
  get('dtype', (_, self) => scalar(self.type.dtype));
  return array;
}

const complexClasses = new WeakMap<PyClass, PyClass>();

/** The class of complex arrays beside `array`: what its members give are arrays again. */
function complexClass(ctx: Context, array: PyClass): PyClass {
  const before = complexClasses.get(array);
  if (before) return before;
  const { complex } = torchState(ctx);
  const made = nativeClass('ndarray', [complex], {}, 'numpy');
  complexClasses.set(array, made);
  const give = (own: Context, value: PyValue): PyValue => result(own, array, value);
  for (const [name, member] of complex.members) {
    if (member instanceof NativeFunction) {
      const wrapped = native('self, *args, **kwargs', function* (own, args): Eval<PyValue> {
        const given = [args.get('self'), ...args.rest('args')].map((value) => tensorIn(own, value));
        return give(own, yield* own.run(member, given, new Map(args.keywords('kwargs'))));
      });
      made.members.set(name, wrapped);
    } else if (member instanceof PyProperty) {
      made.members.set(
        name,
        property((own, self) => give(own, own.getattr(tensorIn(own, self), name))),
      );
    }
  }
  made.members.set(
    'shape',
    property((_, self) => new PyTuple(self instanceof PyComplex ? self.real.type.shape.map(BigInt) : [])),
  );
  return made;
}

/** `[::-1]`, which PyTorch lacks, as the places that it names. */
function forwards(ctx: Context, self: PyTensor, index: PyValue): PyValue {
  const items = index instanceof PyTuple ? index.items : [index];
  const places = items.filter((item) => item !== null && item !== Ellipsis).length;
  let dim = 0;
  const plain = items.map((item) => {
    if (item === Ellipsis) dim += self.type.shape.length - places;
    if (item === null || item === Ellipsis) return item;
    const place = dim++;
    if (!(item instanceof PySlice) || (numberOf(item.step) ?? 1) > 0) return item;
    const size = sizeAt(self.type.shape, place);
    const [start, stop, step] = sliceIndices(ctx, item, size);
    const count = Math.max(Math.ceil((stop - start) / step), 0);
    return new PyList(Array.from({ length: count }, (_, i) => BigInt(start + i * step)));
  });
  return index instanceof PyTuple ? new PyTuple(plain) : (plain[0] ?? null);
}

/** The dimensions in the order of `axes`, or the other way round. */
export function transposeAxes(ctx: Context, tensor: PyTensor, axes: readonly PyValue[]): PyTensor {
  const rank = tensor.type.shape.length;
  const all = Array.from({ length: rank }, (_, i) => rank - 1 - i);
  if (axes.length === 0) return permute(ctx, tensor, all);
  const dims = axes.map((axis) => {
    const at = Number(axis);
    return at < 0 ? at + rank : at;
  });
  if (dims.length !== rank || !all.every((dim) => dims.includes(dim)))
    return ctx.raise('ValueError', "axes don't match array");
  return permute(ctx, tensor, dims);
}

/** `np.float32`: a dtype, and a function that makes a number. */
export function scalarClass(base: PyClass, name: keyof typeof DTYPES): PyClass {
  const dtype = DTYPES[name];
  return nativeClass(
    name,
    [base],
    {
      __new__: native('cls, value=0', (_, args) => settleNumber(dtype, numberOf(args.get('value')) ?? 0)),
    },
    'numpy',
  );
}

/** The classes above NumPy's scalars, which code asks for with `isinstance`. */
export function scalarBases(ctx: Context): Readonly<Record<'generic' | 'number' | 'integer' | 'floating', PyClass>> {
  const generic = nativeClass('generic', [ctx.classes.object], {}, 'numpy');
  const number = nativeClass('number', [generic], {}, 'numpy');
  return {
    generic,
    number,
    integer: nativeClass('integer', [number], {}, 'numpy'),
    floating: nativeClass('floating', [number], {}, 'numpy'),
  };
}
