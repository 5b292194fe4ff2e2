/** Functions that move elements about without computing with them. */

import { firstElements, itemAt, sizeAt } from '../../graph/access';
import { positions, stridesOf } from '../../graph/evaluate/elements';
import { broadcast } from '../../graph/ops/rule';
import { say } from '../../language/say';
import { askNumber, sequence } from '../../python/natives/arguments';
import type { Context } from '../../python/natives/context';
import { type NativeTable, table } from '../../python/natives/table';
import type { ViewPlace } from '../../python/values/memory';
import { PyDtype, PyList, type PyTensor, PyTuple, type PyValue } from '../../python/values/values';
import {
  apply,
  cast,
  clone,
  compute,
  concatenate,
  elements,
  knownTensor,
  numbers,
  type Operand,
  operand,
  refuseScalar,
  sizeOf,
} from '../tensor/tensor';
import {
  alias,
  atLeast1d,
  broadcastTo,
  expand,
  isContiguous,
  memoryStrides,
  permute,
  reshape,
  scatteredView,
  select,
  slice,
  transpose,
  transposeMatrix,
  unsqueeze,
  viewAs,
} from '../tensor/views';
import { choose } from './operations';

export function flatten(ctx: Context, x: PyTensor, start: number, end: number): PyTensor {
  const { shape } = x.type;
  if (shape.length === 0) return reshape(ctx, x, [1]);
  if (start > end) ctx.raise('RuntimeError', 'flatten() has invalid args: start_dim cannot come after end_dim');
  return reshape(ctx, x, [...shape.slice(0, start), elements(shape.slice(start, end + 1)), ...shape.slice(end + 1)]);
}

export function unflatten(ctx: Context, x: PyTensor, dim: number, sizes: readonly number[]): PyTensor {
  const hole = sizes.indexOf(-1);
  const rest = elements(sizes.filter((_, i) => i !== hole));
  const size = sizeOf(x, dim);
  const filled = sizes.map((each, i) => (i === hole ? size / rest : each));
  if (elements(filled) !== size || !filled.every(Number.isInteger)) {
    ctx.raise(
      'RuntimeError',
      `unflatten: Provided sizes [${sizes.join(', ')}] don't multiply up to the size of dim ${dim} (${size}) in the input tensor`,
    );
  }
  return reshape(ctx, x, [...x.type.shape.slice(0, dim), ...filled, ...x.type.shape.slice(dim + 1)]);
}

/** Known positions along one dimension. */
export function pick(ctx: Context, x: PyTensor, dim: number, picks: readonly number[]): PyTensor {
  return apply(ctx, { kind: 'gather', dim }, x, knownTensor(ctx, { dtype: 'int64', shape: [picks.length] }, picks));
}

/** Elements at known row-major places of the tensor, in another shape. */
/** A view of elements at strided places of the tensor, row-major. */
function stridedView(
  ctx: Context,
  x: PyTensor,
  shape: readonly number[],
  strides: readonly number[],
  start: number,
  place: ViewPlace,
): PyTensor {
  const places = () => positions(shape, strides, start);
  const read = (held: Operand): Operand => {
    const flat = compute(ctx, { kind: 'reshape', shape: [elements(x.type.shape)] }, [held]);
    const table = knownTensor(ctx, { dtype: 'int64', shape: [elements(shape)] }, places());
    return compute(ctx, { kind: 'reshape', shape }, [compute(ctx, { kind: 'gather', dim: 0 }, [flat, table])]);
  };
  return scatteredView(ctx, x, read, places, place);
}

/** Dimensions from the widest stride to the narrowest, where a tensor fills its memory in another order than its own. */
function layoutOf(x: PyTensor): number[] | undefined {
  const { shape } = x.type;
  const strides = memoryStrides(x);
  const order = [...shape.keys()].sort((a, b) => itemAt(strides, b) - itemAt(strides, a) || a - b);
  let filled = 1;
  for (const dim of [...order].reverse()) {
    if (shape[dim] === 1) continue;
    if (strides[dim] !== filled) return undefined;
    filled *= sizeAt(shape, dim);
  }
  return order.every((dim, i) => dim === i) ? undefined : order;
}

function flip(ctx: Context, x: PyTensor, dims: readonly number[]): PyTensor {
  if (x.type.shape.length === 0) return clone(ctx, x);
  // What is flipped lies in memory as it did: whether `flatten` is a view of it depends on that.
  const order = layoutOf(x);
  if (order) {
    const flipped = flip(
      ctx,
      permute(ctx, x, order),
      dims.map((dim) => order.indexOf(dim)),
    );
    return permute(
      ctx,
      flipped,
      [...order.keys()].map((dim) => order.indexOf(dim)),
    );
  }
  return dims.reduce((result, dim) => {
    const size = sizeOf(x, dim);
    return pick(
      ctx,
      result,
      dim,
      numbers(ctx, size, (i) => size - 1 - i),
    );
  }, x);
}

export function roll(ctx: Context, x: PyTensor, shift: number, dim: number): PyTensor {
  const size = sizeOf(x, dim);
  const cut = ((-shift % size) + size) % size || 0;
  if (!cut) return clone(ctx, x);
  return apply(ctx, { kind: 'cat', dim }, slice(ctx, x, dim, cut, size), slice(ctx, x, dim, 0, cut));
}

/** Windows of `size`, `step` apart, along a dimension: they become the last one. */
export function windows(ctx: Context, x: PyTensor, dim: number, size: number, step: number): PyTensor {
  const length = sizeOf(x, dim);
  if (size > length) {
    ctx.raise('RuntimeError', `maximum size for tensor at dimension ${dim} is ${length} but size is ${size}`);
  }
  const count = Math.floor((length - size) / step) + 1;
  const table = knownTensor(ctx, { dtype: 'int64', shape: [count, size] }, positions([count, size], [step, 1]));
  const rank = x.type.shape.length;
  const order = Array.from({ length: rank + 1 }, (_, i) => i).filter((i) => i !== dim + 1);
  const read = (held: Operand): Operand =>
    compute(ctx, { kind: 'permute', dims: [...order, dim + 1] }, [
      compute(ctx, { kind: 'gather', dim }, [held, table]),
    ]);
  const shape = [...x.type.shape.map((each, i) => (i === dim ? count : each)), size];
  const stepped = (strides: readonly number[]) => [
    ...strides.map((each, i) => (i === dim ? each * step : each)),
    itemAt(strides, dim),
  ];
  const places = () => positions(shape, stepped(stridesOf(x.type.shape)));
  return scatteredView(ctx, x, read, places, { offset: 0, strides: stepped(memoryStrides(x)) });
}

/** The elements that `fill_diagonal_` fills: of a tall matrix, those of each square below the first, too, if it wraps. */
export function mainDiagonal(ctx: Context, x: PyTensor, wraps: boolean): PyTensor {
  const { shape } = x.type;
  if (shape.length < 2) ctx.raise('RuntimeError', 'dimensions must larger than 1');
  if (shape.length > 2 && shape.some((size) => size !== shape[0])) {
    ctx.raise('RuntimeError', 'all dimensions of input must be of equal length');
  }
  const [rows, columns] = firstElements(shape, 2);
  const along = (strides: readonly number[]) => [strides.reduce((sum, each) => sum + each, 0)];
  const own = along(stridesOf(shape));
  // A row of a tall matrix is passed over between its squares.
  const length = shape.length === 2 && wraps ? Math.ceil((rows * columns) / itemAt(own, 0)) : Math.min(rows, columns);
  return stridedView(ctx, x, [length], own, 0, { offset: 0, strides: along(memoryStrides(x)) });
}

export function diagonal(ctx: Context, x: PyTensor, offset: number, dim1: number, dim2: number): PyTensor {
  const { shape } = x.type;
  if (dim1 === dim2) ctx.raise('RuntimeError', `diagonal dimensions cannot be identical ${dim1}, ${dim2}`);
  const [rows, columns] = [sizeAt(shape, dim1), sizeAt(shape, dim2)];
  const length = Math.max(0, Math.min(rows - Math.max(-offset, 0), columns - Math.max(offset, 0)));
  const rest = shape.map((_, dim) => dim).filter((dim) => dim !== dim1 && dim !== dim2);
  const sizes = [...rest.map((dim) => sizeAt(shape, dim)), length];
  const along = (strides: readonly number[]): ViewPlace => {
    const [down, right] = [itemAt(strides, dim1), itemAt(strides, dim2)];
    const steps = [...rest.map((dim) => itemAt(strides, dim)), down + right];
    return { offset: offset >= 0 ? offset * right : -offset * down, strides: steps };
  };
  const own = along(stridesOf(shape));
  return stridedView(ctx, x, sizes, own.strides, own.offset, along(memoryStrides(x)));
}

/** A matrix, or a batch of them, with the last dimension of `x` on its diagonal. */
function diagEmbed(ctx: Context, x: PyTensor, offset: number): PyTensor {
  const length = sizeOf(x, -1);
  const size = length + Math.abs(offset);
  const rank = x.type.shape.length - 1;
  const from = numbers(ctx, size, (i) => Math.min(Math.max(i - Math.max(-offset, 0), 0), length - 1));
  const rows = unsqueeze(ctx, pick(ctx, x, rank, from), rank + 1);
  const keep = numbers(ctx, size * size, (i) => Number((i % size) - Math.floor(i / size) === offset));
  return choose(ctx, knownTensor(ctx, { dtype: 'bool', shape: [size, size] }, keep), rows, 0n);
}

function wrap(dim: number, rank: number): number {
  return dim < 0 ? dim + rank : dim;
}

/** All dimensions in their order, but those of `from` at the places of `to`. */
function orderWith(rank: number, from: readonly number[], to: readonly number[]): number[] {
  const rest = Array.from({ length: rank }, (_, dim) => dim).filter((dim) => !from.includes(dim));
  let next = 0;
  return Array.from({ length: rank }, (_, place) => {
    const moved = to.indexOf(place);
    return moved < 0 ? itemAt(rest, next++) : itemAt(from, moved);
  });
}

/** `f(a, b)` or `f([a, b])`. */
export function tensorsFrom(ctx: Context, items: readonly PyValue[]): PyTensor[] {
  const only = items.length === 1 ? sequence(items[0] ?? null) : undefined;
  return (only ?? items).map((item) => operand(ctx, item));
}

/** Numbers that are known, or computed for the input that the model is read for. */
function knownCounts(tensor: PyTensor): number[] | undefined {
  const known = tensor.ask();
  return known && Array.from(known);
}

export const layout: NativeTable = table((define) => {
  define('reshape', 'input, *shape', (ctx, args) => reshape(ctx, args.tensor('input'), args.variadicInts('shape')));
  define('view', 'input, *size', (ctx, args) => {
    const [only] = args.rest('size');
    if (only instanceof PyDtype) return cast(ctx, args.tensor('input'), only.dtype);
    return viewAs(ctx, args.tensor('input'), args.variadicInts('size'));
  });
  define('view_as', 'input, other', (ctx, args) => viewAs(ctx, args.tensor('input'), args.tensor('other').type.shape));
  define('reshape_as', 'input, other', (ctx, args) =>
    reshape(ctx, args.tensor('input'), args.tensor('other').type.shape),
  );
  define('flatten', 'input, start_dim=0, end_dim=-1', (ctx, args) => {
    const x = args.tensor('input');
    const rank = x.type.shape.length;
    return flatten(ctx, x, args.dim('start_dim', rank), args.dim('end_dim', rank));
  });
  define('ravel', 'input', (ctx, args) => {
    const x = args.tensor('input');
    return reshape(ctx, isContiguous(x) ? x : clone(ctx, x), [-1]);
  });
  define('unflatten', 'input, dim, sizes', (ctx, args) => {
    const x = args.tensor('input');
    refuseScalar(ctx, x, args.int('dim'));
    return unflatten(ctx, x, args.dim('dim', x.type.shape.length), args.ints('sizes'));
  });
  define('permute', 'input, *dims', (ctx, args) => {
    const x = args.tensor('input');
    return permute(ctx, x, args.variadicDims('dims', x.type.shape.length));
  });
  define('transpose swapaxes swapdims', 'input, dim0, dim1', (ctx, args) => {
    const x = args.tensor('input');
    const rank = x.type.shape.length;
    return transpose(ctx, x, args.dim('dim0', rank), args.dim('dim1', rank));
  });
  define('t', 'input', (ctx, args) => {
    const x = args.tensor('input');
    if (x.type.shape.length > 2) {
      ctx.raise('RuntimeError', `t() expects a tensor with <= 2 dimensions, but self is ${x.type.shape.length}D`);
    }
    return x.type.shape.length < 2 ? alias(ctx, x) : transpose(ctx, x, 0, 1);
  });
  define('adjoint', 'input', (ctx, args) => {
    const x = args.tensor('input');
    return transposeMatrix(ctx, x, 'adjoint()');
  });
  define('movedim moveaxis', 'input, source, destination', (ctx, args) => {
    const x = args.tensor('input');
    const rank = x.type.shape.length;
    const [from, to] = [args.dims('source', rank), args.dims('destination', rank)];
    if (from.length !== to.length) {
      ctx.raise(
        'RuntimeError',
        `movedim: Invalid source or destination dims: source ([${from.join(', ')}] dims) should contain the same number of dims as destination ([${to.join(', ')}] dims)`,
      );
    }
    return permute(ctx, x, orderWith(rank, from, to));
  });
  define('unsqueeze', 'input, dim', (ctx, args) => {
    const x = args.tensor('input');
    return unsqueeze(ctx, x, args.dim('dim', x.type.shape.length + 1));
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
  define('expand broadcast_to', 'input, *size, implicit=False', (ctx, args) =>
    expand(ctx, args.tensor('input'), args.variadicInts('size')),
  );
  define('expand_as', 'input, other', (ctx, args) =>
    expand(ctx, args.tensor('input'), args.tensor('other').type.shape),
  );
  define('broadcast_tensors', '*tensors', (ctx, args) => {
    const tensors = tensorsFrom(ctx, args.rest('tensors'));
    const shape = tensors.reduce<readonly number[]>((all, x) => broadcast(all, x.type.shape), []);
    return new PyList(tensors.map((x) => expand(ctx, x, shape)));
  });
  for (const [names, minimum] of [
    ['atleast_1d', 1],
    ['atleast_2d', 2],
    ['atleast_3d', 3],
  ] as const) {
    define(names, '*tensors', (ctx, args) => {
      const raised = tensorsFrom(ctx, args.rest('tensors')).map((x) => atLeast(ctx, x, minimum));
      return args.rest('tensors').length === 1 && !sequence(args.rest('tensors')[0] ?? null)
        ? (raised[0] ?? null)
        : new PyTuple(raised);
    });
  }
  define('repeat', 'input, *sizes', (ctx, args) => repeat(ctx, args.tensor('input'), args.variadicInts('sizes')));
  define('tile', 'input, *dims', (ctx, args) => {
    const x = args.tensor('input');
    const counts = args.variadicInts('dims');
    const missing = Math.max(x.type.shape.length - counts.length, 0);
    return repeat(ctx, x, [...new Array<number>(missing).fill(1), ...counts]);
  });
  define('repeat_interleave', 'input, repeats, dim=None, *, output_size=None', (ctx, args) => {
    const x = args.isNone('dim') ? reshape(ctx, args.tensor('input'), [-1]) : args.tensor('input');
    const dim = args.isNone('dim') ? 0 : args.dim('dim', x.type.shape.length);
    const size = sizeOf(x, dim);
    const each = args.get('repeats');
    const counts = askNumber(each) ?? knownCounts(operand(ctx, each));
    if (counts === undefined)
      return ctx.refuseValues(say('repeat_interleave needs counts that are known; give them as numbers'));
    if (typeof counts !== 'number' && counts.length !== size)
      ctx.raise('RuntimeError', 'repeats must have the same size as input along dim');
    const times = (i: number): number => (typeof counts === 'number' ? counts : itemAt(counts, i));
    const many = numbers(ctx, size, times);
    if (many.some((count) => count < 0)) ctx.raise('RuntimeError', 'repeats can not be negative');
    ctx.meter.elements(many.reduce((sum, count) => sum + count, 0));
    return pick(
      ctx,
      x,
      dim,
      many.flatMap((count, i) => new Array<number>(count).fill(i)),
    );
  });
  define('flip', 'input, *dims', (ctx, args) => {
    const x = args.tensor('input');
    return flip(ctx, x, args.variadicDims('dims', x.type.shape.length));
  });
  for (const [name, dim] of [
    ['fliplr', 1],
    ['flipud', 0],
  ] as const) {
    define(name, 'input', (ctx, args) => {
      const x = args.tensor('input');
      if (x.type.shape.length <= dim) ctx.raise('RuntimeError', `Input must be >= ${dim + 1}-d.`);
      return flip(ctx, x, [dim]);
    });
  }
  define('rot90', 'input, k=1, dims=(0, 1)', (ctx, args) => {
    const x = args.tensor('input');
    const dims = args.dims('dims', x.type.shape.length);
    if (dims.length !== 2)
      ctx.raise('RuntimeError', `expected total rotation dims == 2, but got dims = ${dims.length}`);
    const [a, b] = firstElements(dims, 2);
    if (a === b)
      ctx.raise('RuntimeError', `expected rotation dims to be different, but got dim0 = ${a} and dim1 = ${b}`);
    const turns = ((args.int('k') % 4) + 4) % 4;
    if (turns === 0) return clone(ctx, x);
    if (turns === 2) return flip(ctx, x, [a, b]);
    return turns === 1 ? transpose(ctx, flip(ctx, x, [b]), a, b) : flip(ctx, transpose(ctx, x, a, b), [b]);
  });
  define('roll', 'input, shifts, dims=None', (ctx, args) => {
    const input = args.tensor('input');
    if (args.isNone('dims')) {
      return reshape(ctx, roll(ctx, reshape(ctx, input, [-1]), args.int('shifts'), 0), input.type.shape);
    }
    const dims = args.dims('dims', input.type.shape.length);
    const shifts = args.ints('shifts');
    if (shifts.length !== dims.length) {
      ctx.raise('RuntimeError', `shifts and dimensions must align. shifts: ${shifts.length}, dims:${dims.length}`);
    }
    for (const dim of args.ints('dims')) refuseScalar(ctx, input, dim);
    return shifts.reduce((x, shift, i) => roll(ctx, x, shift, itemAt(dims, i)), input);
  });
  define('unfold', 'input, dimension, size, step', (ctx, args) => {
    const x = args.tensor('input');
    const [dim, size] = [args.dim('dimension', x.type.shape.length), args.int('size')];
    const found = windows(ctx, atLeast1d(ctx, x), dim, size, args.int('step'));
    return x.type.shape.length > 0 ? found : reshape(ctx, found, [size]);
  });
  define('as_strided', 'input, size, stride, storage_offset=None', (ctx, args) => {
    const given = args.tensor('input');
    const order = layoutOf(given);
    // Strides count elements as they lie in memory.
    const x = order ? permute(ctx, given, order) : given;
    if (!isContiguous(x))
      ctx.error(
        'unsupported',
        say('as_strided of a tensor that is not contiguous is not read; call contiguous() before it'),
      );
    const [strides, offset] = [args.ints('stride'), args.optionalInt('storage_offset') ?? 0];
    return stridedView(ctx, x, args.ints('size'), strides, offset, { offset, strides });
  });
  define('diagonal', 'input, offset=0, dim1=0, dim2=1', (ctx, args) => {
    const x = args.tensor('input');
    const rank = x.type.shape.length;
    return diagonal(ctx, x, args.int('offset'), args.dim('dim1', rank), args.dim('dim2', rank));
  });
  define('diag', 'input, diagonal=0', (ctx, args) => {
    const x = args.tensor('input');
    return x.type.shape.length === 1
      ? diagEmbed(ctx, x, args.int('diagonal'))
      : clone(ctx, diagonal(ctx, x, args.int('diagonal'), 0, 1));
  });
  define('diagflat', 'input, offset=0', (ctx, args) =>
    diagEmbed(ctx, reshape(ctx, args.tensor('input'), [-1]), args.int('offset')),
  );
  define('diag_embed', 'input, offset=0, dim1=-2, dim2=-1', (ctx, args) => {
    const made = diagEmbed(ctx, args.tensor('input'), args.int('offset'));
    const rank = made.type.shape.length;
    return permute(ctx, made, orderWith(rank, [rank - 2, rank - 1], [args.dim('dim1', rank), args.dim('dim2', rank)]));
  });
  define('select', 'input, dim, index', (ctx, args) => {
    const x = args.tensor('input');
    return select(ctx, x, args.dim('dim', x.type.shape.length), args.int('index'));
  });
  define('narrow', 'input, dim, start, length', (ctx, args) => {
    const x = args.tensor('input');
    const dim = args.dim('dim', x.type.shape.length);
    const start = wrap(args.int('start'), sizeOf(x, dim));
    const end = start + args.int('length');
    if (end > sizeOf(x, dim)) {
      ctx.raise(
        'RuntimeError',
        `start (${start}) + length (${args.int('length')}) exceeds dimension size (${x.type.shape[dim]}).`,
      );
    }
    return slice(ctx, x, dim, start, end);
  });
  define('contiguous', 'input, memory_format=None', (ctx, args) => {
    const x = args.tensor('input');
    return isContiguous(x) ? x : clone(ctx, x);
  });
  define('is_contiguous', 'input, memory_format=None', (_, args) => isContiguous(args.tensor('input')));
  define('stride', 'input, dim=None', (ctx, args) => {
    const x = args.tensor('input');
    const strides = memoryStrides(x);
    if (!args.isNone('dim')) refuseScalar(ctx, x, args.int('dim'));
    if (!args.isNone('dim')) return BigInt(itemAt(strides, args.dim('dim', x.type.shape.length)));
    return new PyTuple(strides.map(BigInt));
  });
  define('storage_offset', 'input', (_, args) => BigInt(args.tensor('input').memory.place?.offset ?? 0));
  for (const name of ['tril', 'triu'] as const) {
    define(name, 'input, diagonal=0, *, out=None', (ctx, args) => {
      const x = args.tensor('input');
      refuseScalar(ctx, x, -2);
      const [rows, columns] = [sizeOf(x, -2), sizeOf(x, -1)];
      const offset = args.int('diagonal');
      const keep = numbers(ctx, rows * columns, (i) => {
        const distance = (i % columns) - Math.floor(i / columns) - offset;
        return Number(name === 'tril' ? distance <= 0 : distance >= 0);
      });
      const mask = knownTensor(ctx, { dtype: 'bool', shape: [rows, columns] }, keep);
      return apply(ctx, { kind: 'where' }, mask, x, knownTensor(ctx, { dtype: x.type.dtype, shape: [] }, [0]));
    });
  }
  define('meshgrid', '*tensors, indexing=None', (ctx, args) => {
    const tensors = tensorsFrom(ctx, args.rest('tensors'));
    const swapped = !args.isNone('indexing') && args.string('indexing') === 'xy' && tensors.length > 1;
    const sizes = tensors.map((x) => elements(x.type.shape));
    const place = (i: number) => (swapped && i < 2 ? 1 - i : i);
    const shape = sizes.map((_, i) => itemAt(sizes, place(i)));
    return new PyTuple(
      tensors.map((x, i) => {
        const lifted = shape.map((size, dim) => (dim === place(i) ? size : 1));
        return expand(ctx, reshape(ctx, x, lifted), shape);
      }),
    );
  });
  define('cartesian_prod', '*tensors', (ctx, args) => {
    const tensors = tensorsFrom(ctx, args.rest('tensors'));
    const shape = tensors.map((x) => elements(x.type.shape));
    const columns = tensors.map((x, i) => {
      const lifted = shape.map((size, dim) => (dim === i ? size : 1));
      return reshape(ctx, broadcastTo(ctx, reshape(ctx, x, lifted), shape), [-1, 1]);
    });
    const [only] = columns;
    return columns.length === 1 && only ? reshape(ctx, only, [-1]) : concatenate(ctx, columns, 1);
  });
});

function atLeast(ctx: Context, x: PyTensor, rank: number): PyTensor {
  const { shape } = x.type;
  if (shape.length >= rank) return x;
  if (rank === 1) return reshape(ctx, x, [1]);
  if (rank === 2) return reshape(ctx, x, [1, sizeOf(x, 0)]);
  return reshape(ctx, x, shape.length === 2 ? [...shape, 1] : [1, sizeOf(x, 0), 1]);
}

function repeat(ctx: Context, x: PyTensor, counts: readonly number[]): PyTensor {
  const padded = [...new Array<number>(Math.max(counts.length - x.type.shape.length, 0)).fill(1), ...x.type.shape];
  const result = counts.reduce(
    (part, count, dim) => {
      if (count === 1) return part;
      if (count === 0) return slice(ctx, part, dim, 0, 0);
      return concatenate(ctx, new Array<PyTensor>(count).fill(part), dim);
    },
    reshape(ctx, x, padded),
  );
  return counts.every((count) => count === 1) ? clone(ctx, result) : result;
}
