/**
 * Copies of a tensor with other values in a part of it.
 * `torch.select_scatter`, `torch.slice_scatter`, `torch.diagonal_scatter`
 */
import { itemAt } from '../../graph/access';
import type { NativeArguments } from '../../python/natives/arguments';
import type { Context } from '../../python/natives/context';
import { table } from '../../python/natives/table';
import { type PyTensor, PyTuple, type PyValue } from '../../python/values/values';
import { put } from '../tensor/indexing';
import { assign } from '../tensor/inplace';
import { apply, cast, elements, knownTensor, sizeOf } from '../tensor/tensor';
import { broadcastTo, reshape, select, slice } from '../tensor/views';
import { changeCopy } from './indexing';
import { diagonal } from './layout';
import { choose } from './operations';
import { scatterReduce } from './scatter';

/** Values of `source` in their order at the places of a mask: the mask's running count says which comes next. */
function maskedScatter(ctx: Context, x: PyTensor, given: PyTensor, source: PyTensor): PyTensor {
  const mask = broadcastTo(ctx, given, x.type.shape);
  const flat = reshape(ctx, cast(ctx, mask, 'int64'), [-1]);
  const before = apply(ctx, { kind: 'cumsum', dim: 0 }, flat);
  const last = knownTensor(ctx, { dtype: 'int64', shape: [] }, [elements(source.type.shape) - 1]);
  const one = knownTensor(ctx, { dtype: 'int64', shape: [] }, [1]);
  const next = apply(ctx, { kind: 'binary', function: 'sub' }, before, one);
  const least = apply(
    ctx,
    { kind: 'binary', function: 'max' },
    next,
    knownTensor(ctx, { dtype: 'int64', shape: [] }, [0]),
  );
  const place = apply(ctx, { kind: 'binary', function: 'min' }, least, last);
  const values = apply(ctx, { kind: 'gather', dim: 0 }, reshape(ctx, source, [-1]), place);
  return choose(ctx, mask, cast(ctx, reshape(ctx, values, x.type.shape), x.type.dtype), x);
}

/** A copy whose part, which `view` gives, has other values. */
function embed(ctx: Context, args: NativeArguments, view: (copy: PyTensor) => PyTensor): PyValue {
  return changeCopy(ctx, args.tensor('input'), (copy) => {
    const part = view(copy);
    const src = args.tensor('src');
    if (part.type.shape.join() !== src.type.shape.join()) {
      ctx.raise(
        'RuntimeError',
        `expected src to have a size equal to the slice of self. src size = [${src.type.shape.join(', ')}], slice size = [${part.type.shape.join(', ')}]`,
      );
    }
    assign(ctx, part, src);
  });
}

export const writing = table((define) => {
  define('scatter_reduce', 'input, dim, index, src, reduce, *, include_self=True', (ctx, args) => {
    const x = args.tensor('input');
    const dim = args.dim('dim', x.type.shape.length);
    return scatterReduce(
      ctx,
      x,
      dim,
      args.tensor('index'),
      args.get('src'),
      args.string('reduce'),
      args.bool('include_self'),
    );
  });
  define('index_reduce', 'input, dim, index, source, reduce, *, include_self=True', (ctx, args) => {
    const x = args.tensor('input');
    const dim = args.dim('dim', x.type.shape.length);
    const source = args.tensor('source');
    const count = sizeOf(args.tensor('index'), 0);
    const shape = source.type.shape.map((_, i) => (i === dim ? count : 1));
    const index = broadcastTo(ctx, reshape(ctx, args.tensor('index'), shape), source.type.shape);
    const named = args.string('reduce') === 'sum' ? 'sum' : args.string('reduce');
    return scatterReduce(ctx, x, dim, index, source, named, args.bool('include_self'));
  });
  define('masked_scatter', 'input, mask, source', (ctx, args) =>
    maskedScatter(ctx, args.tensor('input'), args.tensor('mask'), args.tensor('source')),
  );
  define('select_scatter', 'input, src, dim, index', (ctx, args) =>
    embed(ctx, args, (copy) => select(ctx, copy, args.dim('dim', copy.type.shape.length), args.int('index'))),
  );
  define('slice_scatter', 'input, src, dim=0, start=None, end=None, step=1', (ctx, args) =>
    embed(ctx, args, (copy) => {
      const dim = args.dim('dim', copy.type.shape.length);
      const size = sizeOf(copy, dim);
      const bound = (name: string, other: number) => {
        const given = args.optionalInt(name) ?? other;
        return Math.min(Math.max(given < 0 ? given + size : given, 0), size);
      };
      const start = bound('start', 0);
      return slice(ctx, copy, dim, start, Math.max(bound('end', size), start), args.int('step'));
    }),
  );
  define('diagonal_scatter', 'input, src, offset=0, dim1=0, dim2=1', (ctx, args) =>
    embed(ctx, args, (copy) => {
      const rank = copy.type.shape.length;
      return diagonal(ctx, copy, args.int('offset'), args.dim('dim1', rank), args.dim('dim2', rank));
    }),
  );
  define('put', 'input, index, source, accumulate=False', (ctx, args) => {
    const x = args.tensor('input');
    return changeCopy(ctx, x, (copy) => {
      const flat = reshape(ctx, copy, [-1]);
      const index = reshape(ctx, args.tensor('index'), [-1]);
      put(ctx, flat, [index], reshape(ctx, args.tensor('source'), [-1]), args.bool('accumulate') ? 'add' : 'none');
    });
  });
  define('unravel_index', 'indices, shape', (ctx, args) => {
    const shape = args.ints('shape');
    let rest = args.tensor('indices');
    const parts: PyTensor[] = [];
    for (let dim = shape.length - 1; dim >= 0; dim--) {
      const size = knownTensor(ctx, { dtype: rest.type.dtype, shape: [] }, [itemAt(shape, dim)]);
      parts.unshift(apply(ctx, { kind: 'binary', function: 'mod' }, rest, size));
      rest = apply(ctx, { kind: 'binary', function: 'floordiv' }, rest, size);
    }
    return new PyTuple(parts);
  });
});
