/** Joining tensors, and taking them apart. */
import { itemAt } from '../../graph/access';
import { requireNumber, sequence } from '../../python/natives/arguments';
import type { Context } from '../../python/natives/context';
import { type NativeTable, table } from '../../python/natives/table';
import { PyTensor, PyTuple, type PyValue } from '../../python/values/values';
import { clone, concatenate, numbers, refuseScalar, sizeOf } from '../tensor/tensor';
import { reshape, select, slice, unsqueeze } from '../tensor/views';

export function cat(ctx: Context, tensors: readonly PyTensor[], dim: number): PyTensor {
  // PyTorch passes over empty vectors, from the days when there were no other empty tensors.
  const full = tensors.filter(({ type }) => type.shape.length !== 1 || type.shape[0] !== 0);
  const parts = full.length > 0 ? full : tensors.slice(0, 1);
  const [only] = parts;
  return parts.length === 1 && only ? clone(ctx, only) : concatenate(ctx, parts, dim);
}

export function stack(ctx: Context, tensors: readonly PyTensor[], dim: number): PyTensor {
  const [first] = tensors;
  const other = tensors.find(({ type }) => type.shape.join() !== first?.type.shape.join());
  if (first && other) {
    ctx.raise(
      'RuntimeError',
      `stack expects each tensor to be equal size, but got [${first.type.shape.join(', ')}] at entry 0 and [${other.type.shape.join(', ')}] at entry ${tensors.indexOf(other)}`,
    );
  }
  return cat(
    ctx,
    tensors.map((x) => unsqueeze(ctx, x, dim)),
    dim,
  );
}

function steps(ctx: Context, size: number, step: number): number[] {
  return numbers(ctx, Math.max(Math.ceil(size / step), 1), (i) => Math.min(step, size - i * step));
}

/** `parts` lengths as even as can be, the longer ones first. */
function evenLengths(ctx: Context, size: number, parts: number): number[] {
  return numbers(ctx, parts, (i) => Math.floor(size / parts) + Number(i < size % parts));
}

function pieceLengths(size: number, cuts: readonly number[]): number[] {
  const ends = [...cuts.map((cut) => Math.min(cut < 0 ? cut + size : cut, size)), size];
  return ends.map((end, i) => Math.max(end - (i > 0 ? itemAt(ends, i - 1) : 0), 0));
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

function cutAt(ctx: Context, x: PyTensor, given: PyValue, dim: number): PyTuple {
  const size = sizeOf(x, dim);
  const cuts =
    sequence(given) ??
    (given instanceof PyTensor && given.type.shape.length > 0 ? Array.from(given.ask() ?? []) : undefined);
  return pieces(
    ctx,
    x,
    dim,
    cuts
      ? pieceLengths(
          size,
          cuts.map((cut) => requireNumber(ctx, cut)),
        )
      : evenLengths(ctx, size, requireNumber(ctx, given)),
  );
}

export const joining: NativeTable = table((define) => {
  define('cat concat concatenate', 'tensors, dim=0, *, out=None, axis=None', (ctx, args) => {
    const tensors = args.tensors('tensors');
    const first = tensors.find(({ type }) => type.shape.length !== 1 || type.shape[0] !== 0) ?? tensors[0];
    if (!first) return ctx.raise('RuntimeError', 'torch.cat(): expected a non-empty list of Tensors');
    return cat(ctx, tensors, args.dim(args.isNone('axis') ? 'dim' : 'axis', first.type.shape.length));
  });
  define('stack', 'tensors, dim=0, *, out=None, axis=None', (ctx, args) => {
    const tensors = args.tensors('tensors');
    const [first] = tensors;
    if (!first) return ctx.raise('RuntimeError', 'stack expects a non-empty TensorList');
    return stack(ctx, tensors, args.dim(args.isNone('axis') ? 'dim' : 'axis', first.type.shape.length + 1));
  });
  const raised = (ctx: Context, x: PyTensor, rank: number): PyTensor => {
    const missing = rank - x.type.shape.length;
    return missing > 0 ? reshape(ctx, x, [...new Array<number>(missing).fill(1), ...x.type.shape]) : x;
  };
  define('hstack', 'tensors', (ctx, args) => {
    const tensors = args.tensors('tensors').map((x) => raised(ctx, x, 1));
    return cat(ctx, tensors, tensors[0]?.type.shape.length === 1 ? 0 : 1);
  });
  define('vstack row_stack', 'tensors', (ctx, args) =>
    cat(
      ctx,
      args.tensors('tensors').map((x) => raised(ctx, x, 2)),
      0,
    ),
  );
  define('dstack', 'tensors', (ctx, args) => {
    const tensors = args.tensors('tensors').map((x) => raised(ctx, x, 2));
    return cat(
      ctx,
      tensors.map((x) => (x.type.shape.length === 2 ? unsqueeze(ctx, x, 2) : x)),
      2,
    );
  });
  define('column_stack', 'tensors', (ctx, args) => {
    const tensors = args.tensors('tensors');
    return cat(
      ctx,
      tensors.map((x) => (x.type.shape.length < 2 ? reshape(ctx, x, [-1, 1]) : x)),
      1,
    );
  });
  define('chunk', 'input, chunks, dim=0', (ctx, args) => {
    const x = args.tensor('input');
    const dim = args.dim('dim', x.type.shape.length);
    const size = sizeOf(x, dim);
    return pieces(ctx, x, dim, steps(ctx, size, Math.ceil(size / args.int('chunks'))));
  });
  define(
    'split split_with_sizes',
    'input, split_size_or_sections=None, dim=0, *, split_size=None, split_sizes=None',
    (ctx, args) => {
      const x = args.tensor('input');
      const dim = args.dim('dim', x.type.shape.length);
      const size = sizeOf(x, dim);
      const name =
        ['split_size_or_sections', 'split_size', 'split_sizes'].find((each) => !args.isNone(each)) ??
        'split_size_or_sections';
      const lengths = sequence(args.get(name)) ? args.ints(name) : steps(ctx, size, args.int(name));
      if (lengths.reduce((a, b) => a + b, 0) !== size) {
        ctx.raise(
          'RuntimeError',
          `split_with_sizes expects split_sizes to sum exactly to ${size} (input tensor's size at dimension ${dim}), but got split_sizes=[${lengths.join(', ')}]`,
        );
      }
      return pieces(ctx, x, dim, lengths);
    },
  );
  define('tensor_split', 'input, indices_or_sections=None, dim=0, *, sections=None, indices=None', (ctx, args) => {
    const x = args.tensor('input');
    const name = ['indices_or_sections', 'sections', 'indices'].find((each) => !args.isNone(each)) ?? 'sections';
    return cutAt(ctx, x, args.get(name), args.dim('dim', x.type.shape.length));
  });
  for (const [name, axis] of [
    ['vsplit', 0],
    ['hsplit', 1],
    ['dsplit', 2],
  ] as const) {
    define(name, 'input, indices_or_sections', (ctx, args) => {
      const x = args.tensor('input');
      const dim = name === 'hsplit' && x.type.shape.length === 1 ? 0 : axis;
      const parts = args.get('indices_or_sections');
      const size = sizeOf(x, dim);
      if (typeof parts === 'bigint' && size % Number(parts) !== 0)
        ctx.raise(
          'RuntimeError',
          `torch.${name} attempted to split along dimension ${dim}, but the size of the dimension ${size} is not divisible by the split_size ${parts}!`,
        );
      return cutAt(ctx, x, args.get('indices_or_sections'), dim);
    });
  }
  define('unbind', 'input, dim=0', (ctx, args) => {
    const x = args.tensor('input');
    const dim = args.dim('dim', x.type.shape.length);
    refuseScalar(ctx, x, args.int('dim'));
    return new PyTuple(Array.from({ length: sizeOf(x, dim) }, (_, i) => select(ctx, x, dim, i)));
  });
});
