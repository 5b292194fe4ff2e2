/** Functions of tensors that PyTorch offers as `torch.x`, as a method, or both: each defined once. */
import type { BinaryFunction, Comparison, DType, Reduction, UnaryFunction } from '../../graph/types';
import { numberOf, sequence } from '../arguments';
import { type Context, type NativeBody, type NativeFunction, native } from '../native';
import { PyDtype, PyTensor, PyTuple, type PyValue } from '../values';
import { einsum } from './einsum';
import { apply, bothOf, cast, elements, isFloating, known, operand, permute, reshape, select, slice } from './tensor';

export type Table = Map<string, NativeFunction>;

/** First parameter `input`, as in `torch.exp(input)` and `x.exp()`. */
export const shared: Table = new Map();

function define(names: string, signature: string, body: NativeBody): void {
  for (const name of names.split(' ')) shared.set(name, native(signature, body, name));
}

const UNARY: Readonly<Record<string, UnaryFunction>> = {
  neg: 'neg',
  negative: 'neg',
  abs: 'abs',
  exp: 'exp',
  log: 'log',
  sqrt: 'sqrt',
  rsqrt: 'rsqrt',
  reciprocal: 'reciprocal',
  sign: 'sign',
  floor: 'floor',
  ceil: 'ceil',
  round: 'round',
  erf: 'erf',
  sin: 'sin',
  cos: 'cos',
  logical_not: 'not',
};
for (const [name, fn] of Object.entries(UNARY)) {
  define(name, 'input, *, out=None', (ctx, args) => apply(ctx, { kind: 'unary', function: fn }, args.tensor('input')));
}

/** `a op b` with numbers on either side, in PyTorch's result type. */
export function arithmetic(ctx: Context, fn: BinaryFunction, a: PyValue, b: PyValue): PyTensor {
  const [x, y] = bothOf(ctx, a, b, fn === 'div' || fn === 'pow');
  return apply(ctx, { kind: 'binary', function: fn }, x, y);
}

export function comparison(ctx: Context, fn: Comparison, a: PyValue, b: PyValue): PyTensor {
  const [x, y] = bothOf(ctx, a, b, false);
  return apply(ctx, { kind: 'compare', function: fn }, x, y);
}

const BINARY: Readonly<Record<string, BinaryFunction>> = {
  mul: 'mul',
  multiply: 'mul',
  div: 'div',
  divide: 'div',
  true_divide: 'div',
  pow: 'pow',
  maximum: 'max',
  minimum: 'min',
  logical_and: 'and',
  logical_or: 'or',
};
for (const [name, fn] of Object.entries(BINARY)) {
  define(name, 'input, other', (ctx, args) => arithmetic(ctx, fn, args.get('input'), args.get('other')));
}
for (const fn of ['add', 'sub'] as const) {
  define(fn === 'add' ? 'add' : 'sub subtract', 'input, other, *, alpha=1', (ctx, args) => {
    const scale = args.get('alpha');
    const other = scale === 1n ? args.get('other') : arithmetic(ctx, 'mul', operand(ctx, args.get('other')), scale);
    return arithmetic(ctx, fn, args.get('input'), other);
  });
}
for (const fn of ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const) {
  define(fn, 'input, other', (ctx, args) => comparison(ctx, fn, args.get('input'), args.get('other')));
}

for (const fn of ['sum', 'mean', 'prod'] as const) {
  define(fn, 'input, dim=None, keepdim=False, *, dtype=None', (ctx, args) => {
    const dtype = args.optionalDtype('dtype');
    const x = dtype ? cast(ctx, args.tensor('input'), dtype) : args.tensor('input');
    return reduce(ctx, fn, x, args.isNone('dim') ? [] : args.dims('dim', x.type.shape.length), args.bool('keepdim'));
  });
}
for (const fn of ['max', 'min'] as const) {
  define(`a${fn}`, 'input, dim=None, keepdim=False', (ctx, args) => {
    const x = args.tensor('input');
    return reduce(ctx, fn, x, args.isNone('dim') ? [] : args.dims('dim', x.type.shape.length), args.bool('keepdim'));
  });
  define(fn, 'input, dim=None, keepdim=False', (ctx, args) => {
    const x = args.tensor('input');
    const dim = args.get('dim');
    if (dim === null) return reduce(ctx, fn, x, [], false);
    if (dim instanceof PyTensor) return arithmetic(ctx, fn, x, dim);
    const values = reduce(ctx, fn, x, args.dims('dim', x.type.shape.length), args.bool('keepdim'));
    return new PyTuple([values, values]);
  });
}
for (const name of ['var', 'std']) {
  define(name, 'input, dim=None, unbiased=True, keepdim=False, *, correction=None', (ctx, args) => {
    const x = args.tensor('input');
    const dims = args.isNone('dim') ? x.type.shape.map((_, i) => i) : args.dims('dim', x.type.shape.length);
    const count = elements(dims.map((dim) => x.type.shape[dim] ?? 1));
    const correction = args.optionalInt('correction') ?? Number(args.bool('unbiased'));
    const centred = arithmetic(ctx, 'sub', x, reduce(ctx, 'mean', x, dims, true));
    const squares = reduce(ctx, 'sum', arithmetic(ctx, 'mul', centred, centred), dims, args.bool('keepdim'));
    const variance = arithmetic(ctx, 'div', squares, count - correction);
    return name === 'var' ? variance : apply(ctx, { kind: 'unary', function: 'sqrt' }, variance);
  });
}

export function reduce(ctx: Context, fn: Reduction, x: PyTensor, dims: readonly number[], keepdim: boolean): PyTensor {
  return apply(ctx, { kind: 'reduce', function: fn, dims, keepdim }, x);
}

define('norm', "input, p='fro', dim=None, keepdim=False", (ctx, args) => {
  const x = args.tensor('input');
  const p = args.get('p');
  if (p !== 'fro' && numberOf(p) !== 2) ctx.error('unsupported', 'Only the 2-norm is supported here');
  const dims = args.isNone('dim') ? [] : args.dims('dim', x.type.shape.length);
  const total = reduce(ctx, 'sum', arithmetic(ctx, 'mul', x, x), dims, args.bool('keepdim'));
  return apply(ctx, { kind: 'unary', function: 'sqrt' }, total);
});

define('clamp clip', 'input, min=None, max=None', (ctx, args) => {
  let x = args.tensor('input');
  if (!args.isNone('min')) x = arithmetic(ctx, 'max', x, args.get('min'));
  return args.isNone('max') ? x : arithmetic(ctx, 'min', x, args.get('max'));
});
define('clamp_min', 'input, min', (ctx, args) => arithmetic(ctx, 'max', args.get('input'), args.get('min')));
define('clamp_max', 'input, max', (ctx, args) => arithmetic(ctx, 'min', args.get('input'), args.get('max')));
define('square', 'input', (ctx, args) => arithmetic(ctx, 'mul', args.get('input'), args.get('input')));

define('matmul mm bmm', 'input, other', (ctx, args) =>
  apply(ctx, { kind: 'matmul' }, args.tensor('input'), args.tensor('other')),
);
define('dot', 'input, other', (ctx, args) =>
  apply(ctx, { kind: 'matmul' }, args.tensor('input'), args.tensor('other')),
);
define('outer', 'input, other', (ctx, args) => {
  const [a, b] = [args.tensor('input'), args.tensor('other')];
  return arithmetic(ctx, 'mul', reshape(ctx, a, [-1, 1]), reshape(ctx, b, [1, -1]));
});

// Layout

define('reshape', 'input, *shape', (ctx, args) => reshape(ctx, args.tensor('input'), args.variadicInts('shape')));
define('view', 'input, *shape', (ctx, args) => {
  const [only] = args.rest('shape');
  if (only instanceof PyDtype) return cast(ctx, args.tensor('input'), only.dtype);
  return reshape(ctx, args.tensor('input'), args.variadicInts('shape'));
});
define('view_as reshape_as', 'input, other', (ctx, args) =>
  reshape(ctx, args.tensor('input'), args.tensor('other').type.shape),
);
define('flatten', 'input, start_dim=0, end_dim=-1', (ctx, args) =>
  flatten(
    ctx,
    args.tensor('input'),
    args.dim('start_dim', args.tensor('input').type.shape.length),
    args.dim('end_dim', args.tensor('input').type.shape.length),
  ),
);
export function flatten(ctx: Context, x: PyTensor, start: number, end: number): PyTensor {
  const { shape } = x.type;
  if (shape.length === 0) return reshape(ctx, x, [1]);
  if (start > end) ctx.raise('RuntimeError', 'flatten() has invalid args: start_dim cannot come after end_dim');
  return reshape(ctx, x, [...shape.slice(0, start), elements(shape.slice(start, end + 1)), ...shape.slice(end + 1)]);
}
define('unflatten', 'input, dim, sizes', (ctx, args) => {
  const x = args.tensor('input');
  return unflatten(ctx, x, args.dim('dim', x.type.shape.length), args.ints('sizes'));
});
export function unflatten(ctx: Context, x: PyTensor, dim: number, sizes: readonly number[]): PyTensor {
  const hole = sizes.indexOf(-1);
  const rest = elements(sizes.filter((_, i) => i !== hole));
  const filled = sizes.map((size, i) => (i === hole ? (x.type.shape[dim] ?? 1) / rest : size));
  return reshape(ctx, x, [...x.type.shape.slice(0, dim), ...filled, ...x.type.shape.slice(dim + 1)]);
}
define('permute', 'input, *dims', (ctx, args) => {
  const x = args.tensor('input');
  const rank = x.type.shape.length;
  return permute(
    ctx,
    x,
    args.variadicInts('dims').map((dim) => (dim < 0 ? dim + rank : dim)),
  );
});
define('transpose swapaxes swapdims', 'input, dim0, dim1', (ctx, args) => {
  const x = args.tensor('input');
  const rank = x.type.shape.length;
  return transpose(ctx, x, args.dim('dim0', rank), args.dim('dim1', rank));
});
export function transpose(ctx: Context, x: PyTensor, a: number, b: number): PyTensor {
  const order = x.type.shape.map((_, dim) => (dim === a ? b : dim === b ? a : dim));
  return permute(ctx, x, order);
}
define('t', 'input', (ctx, args) => {
  const x = args.tensor('input');
  return x.type.shape.length < 2 ? x : transpose(ctx, x, 0, 1);
});
define('movedim moveaxis', 'input, source, destination', (ctx, args) => {
  const x = args.tensor('input');
  const rank = x.type.shape.length;
  const [from, to] = [args.dims('source', rank), args.dims('destination', rank)];
  const order = new Array<number>(rank).fill(-1);
  from.forEach((dim, i) => {
    order[to[i] ?? 0] = dim;
  });
  const rest = x.type.shape.map((_, dim) => dim).filter((dim) => !from.includes(dim));
  return permute(
    ctx,
    x,
    order.map((dim) => (dim < 0 ? (rest.shift() ?? 0) : dim)),
  );
});
define('unsqueeze', 'input, dim', (ctx, args) => {
  const x = args.tensor('input');
  const dim = args.dim('dim', x.type.shape.length + 1);
  return reshape(ctx, x, [...x.type.shape.slice(0, dim), 1, ...x.type.shape.slice(dim)]);
});
define('squeeze', 'input, dim=None', (ctx, args) => {
  const x = args.tensor('input');
  const dims = args.isNone('dim') ? x.type.shape.map((_, i) => i) : args.dims('dim', x.type.shape.length);
  return reshape(
    ctx,
    x,
    x.type.shape.filter((size, i) => size !== 1 || !dims.includes(i)),
  );
});
define('expand broadcast_to', 'input, *size', (ctx, args) =>
  expand(ctx, args.tensor('input'), args.variadicInts('size')),
);
define('expand_as', 'input, other', (ctx, args) => expand(ctx, args.tensor('input'), args.tensor('other').type.shape));
export function expand(ctx: Context, x: PyTensor, size: readonly number[]): PyTensor {
  const added = size.length - x.type.shape.length;
  const shape = size.map((each, i) => (each === -1 ? (x.type.shape[i - added] ?? 1) : each));
  return apply(ctx, { kind: 'expand', shape }, x);
}
define('repeat tile', 'input, *sizes', (ctx, args) => {
  const x = args.tensor('input');
  const counts = args.variadicInts('sizes');
  const padded = [...new Array<number>(Math.max(counts.length - x.type.shape.length, 0)).fill(1), ...x.type.shape];
  let result = reshape(ctx, x, padded);
  counts.forEach((count, i) => {
    const dim = padded.length - counts.length + i;
    if (count > 1) result = cat(ctx, new Array<PyTensor>(count).fill(result), dim);
  });
  return result;
});
define('repeat_interleave', 'input, repeats, dim=None', (ctx, args) => {
  const x = args.isNone('dim') ? reshape(ctx, args.tensor('input'), [-1]) : args.tensor('input');
  const dim = args.isNone('dim') ? 0 : args.dim('dim', x.type.shape.length);
  const repeats = args.int('repeats');
  const picks = Array.from({ length: (x.type.shape[dim] ?? 0) * repeats }, (_, i) => Math.floor(i / repeats));
  return pick(ctx, x, dim, picks);
});
define('flip', 'input, *dims', (ctx, args) => {
  const x = args.tensor('input');
  const rank = x.type.shape.length;
  return args.variadicInts('dims').reduce((result, raw) => {
    const dim = raw < 0 ? raw + rank : raw;
    const size = x.type.shape[dim] ?? 0;
    return pick(
      ctx,
      result,
      dim,
      Array.from({ length: size }, (_, i) => size - 1 - i),
    );
  }, x);
});
define('roll', 'input, shifts, dims=None', (ctx, args) => {
  const input = args.tensor('input');
  const flat = args.isNone('dims');
  let x = flat ? reshape(ctx, input, [-1]) : input;
  const dims = flat ? [0] : args.dims('dims', x.type.shape.length);
  args.ints('shifts').forEach((shift, i) => {
    const dim = dims[i] ?? 0;
    const size = x.type.shape[dim] ?? 1;
    const cut = ((-shift % size) + size) % size || 0;
    if (cut) x = cat(ctx, [slice(ctx, x, dim, cut, size), slice(ctx, x, dim, 0, cut)], dim);
  });
  return flat ? reshape(ctx, x, input.type.shape) : x;
});
function pick(ctx: Context, x: PyTensor, dim: number, picks: readonly number[]): PyTensor {
  return apply(ctx, { kind: 'gather', dim }, x, known(ctx, { dtype: 'int64', shape: [picks.length] }, picks));
}
define('index_select', 'input, dim, index', (ctx, args) => {
  const x = args.tensor('input');
  return apply(ctx, { kind: 'gather', dim: args.dim('dim', x.type.shape.length) }, x, args.tensor('index'));
});
define('select', 'input, dim, index', (ctx, args) => {
  const x = args.tensor('input');
  return select(ctx, x, args.dim('dim', x.type.shape.length), args.int('index'));
});
define('narrow', 'input, dim, start, length', (ctx, args) => {
  const x = args.tensor('input');
  const start = args.int('start');
  return slice(ctx, x, args.dim('dim', x.type.shape.length), start, start + args.int('length'));
});

// Joining and splitting

export function cat(ctx: Context, tensors: readonly PyTensor[], dim: number): PyTensor {
  const [only] = tensors;
  return tensors.length === 1 && only ? only : apply(ctx, { kind: 'cat', dim }, ...tensors);
}
define('cat concat concatenate', 'tensors, dim=0', (ctx, args) => {
  const tensors = args.tensors('tensors');
  const [first] = tensors;
  if (!first) return ctx.raise('RuntimeError', 'torch.cat(): expected a non-empty list of Tensors');
  return cat(ctx, tensors, args.dim('dim', first.type.shape.length));
});
define('stack', 'tensors, dim=0', (ctx, args) => {
  const tensors = args.tensors('tensors');
  const [first] = tensors;
  if (!first) return ctx.raise('RuntimeError', 'stack expects a non-empty TensorList');
  const dim = args.dim('dim', first.type.shape.length + 1);
  const raised = tensors.map((x) => reshape(ctx, x, [...x.type.shape.slice(0, dim), 1, ...x.type.shape.slice(dim)]));
  return cat(ctx, raised, dim);
});
define('chunk', 'input, chunks, dim=0', (ctx, args) => {
  const x = args.tensor('input');
  const dim = args.dim('dim', x.type.shape.length);
  const size = x.type.shape[dim] ?? 0;
  return pieces(ctx, x, dim, steps(size, Math.ceil(size / args.int('chunks'))));
});
define('split', 'input, split_size_or_sections, dim=0', (ctx, args) => {
  const x = args.tensor('input');
  const dim = args.dim('dim', x.type.shape.length);
  const size = x.type.shape[dim] ?? 0;
  const given = args.get('split_size_or_sections');
  const lengths = sequence(given)
    ? args.ints('split_size_or_sections')
    : steps(size, args.int('split_size_or_sections'));
  if (lengths.reduce((a, b) => a + b, 0) !== size) {
    ctx.raise(
      'RuntimeError',
      `split_with_sizes expects split_sizes to sum exactly to ${size} (input tensor's size at dimension ${dim}), but got split_sizes=[${lengths.join(', ')}]`,
    );
  }
  return pieces(ctx, x, dim, lengths);
});
define('unbind', 'input, dim=0', (ctx, args) => {
  const x = args.tensor('input');
  const dim = args.dim('dim', x.type.shape.length);
  return new PyTuple(Array.from({ length: x.type.shape[dim] ?? 0 }, (_, i) => select(ctx, x, dim, i)));
});
function steps(size: number, step: number): number[] {
  return Array.from({ length: Math.ceil(size / step) }, (_, i) => Math.min(step, size - i * step));
}
function pieces(ctx: Context, x: PyTensor, dim: number, lengths: readonly number[]): PyTuple {
  let start = 0;
  return new PyTuple(
    lengths.map((length) => {
      start += length;
      return slice(ctx, x, dim, start - length, start);
    }),
  );
}

// Masks

for (const name of ['tril', 'triu'] as const) {
  define(name, 'input, diagonal=0', (ctx, args) => {
    const x = args.tensor('input');
    const [rows, columns] = [x.type.shape.at(-2) ?? 1, x.type.shape.at(-1) ?? 1];
    const diagonal = args.int('diagonal');
    const keep = Array.from({ length: rows * columns }, (_, i) => {
      const offset = (i % columns) - Math.floor(i / columns) - diagonal;
      return Number(name === 'tril' ? offset <= 0 : offset >= 0);
    });
    const mask = known(ctx, { dtype: 'bool', shape: [rows, columns] }, keep);
    return apply(ctx, { kind: 'where' }, mask, x, known(ctx, { dtype: x.type.dtype, shape: [] }, [0]));
  });
}
define('masked_fill', 'input, mask, value', (ctx, args) => {
  const x = args.tensor('input');
  const value = cast(ctx, operand(ctx, args.get('value'), x), x.type.dtype);
  return apply(ctx, { kind: 'where' }, cast(ctx, args.tensor('mask'), 'bool'), value, x);
});
define('where', 'input, self, other', (ctx, args) => {
  const [x, y] = bothOf(ctx, args.get('self'), args.get('other'), false);
  return apply(ctx, { kind: 'where' }, args.tensor('input'), x, y);
});
define('einsum', 'equation, *operands', (ctx, args) => {
  const operands = args.rest('operands').flatMap((item) => sequence(item) ?? [item]);
  return einsum(
    ctx,
    args.string('equation'),
    operands.map((item) => operand(ctx, item)),
  );
});
define('numel', 'input', (_, args) => BigInt(elements(args.tensor('input').type.shape)));
define('is_floating_point', 'input', (_, args) => isFloating(args.tensor('input').type.dtype));
define('clone detach contiguous', 'input, *, memory_format=None', (_, args) => args.tensor('input'));
define('type_as', 'input, other', (ctx, args) => cast(ctx, args.tensor('input'), args.tensor('other').type.dtype));
const CASTS: Readonly<Record<string, DType>> = {
  float: 'float32',
  double: 'float64',
  half: 'float16',
  bfloat16: 'bfloat16',
  long: 'int64',
  int: 'int32',
  bool: 'bool',
};
for (const [name, dtype] of Object.entries(CASTS)) {
  define(name, 'input', (ctx, args) => cast(ctx, args.tensor('input'), dtype));
}
