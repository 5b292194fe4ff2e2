/** Reading and writing at places that other tensors name: gathers, scatters, masks. */

import { itemAt, sizeAt } from '../../graph/access';
import { stridesOf } from '../../graph/evaluate/elements';
import { broadcast } from '../../graph/ops/rule';
import { numberOf, sequence } from '../../python/natives/arguments';
import type { Context } from '../../python/natives/context';
import { type NativeTable, table } from '../../python/natives/table';
import { PyTensor, PyTuple, type PyValue } from '../../python/values/values';
import { getItem, put } from '../tensor/indexing';
import { apply, cast, knownTensor, operand, sizeOf } from '../tensor/tensor';
import { applyAlongDim, atLeast1d, broadcastTo, reshape } from '../tensor/views';
import { requireData } from '../unknownValues';
import { arithmetic, choose } from './operations';
import { scatter, scatterReduce } from './scatter';

/** Picks for `put`: one index tensor in its dimension. */
export function picksFor(rank: number, dim: number, index: PyTensor): (PyTensor | null)[] {
  return Array.from({ length: rank }, (_, i) => (i === dim ? index : null));
}

/** A copy that a writing function changes. */
export function changeCopy(ctx: Context, x: PyTensor, write: (copy: PyTensor) => void): PyTensor {
  const copy = ctx.call(ctx.getattr(x, 'clone'));
  if (copy instanceof PyTensor) write(copy);
  return copy instanceof PyTensor ? copy : x;
}

export const picking: NativeTable = table((define) => {
  define('gather', 'input, dim, index, *, sparse_grad=False, out=None', (ctx, args) => {
    const [x, index] = [args.tensor('input'), args.tensor('index')];
    const dim = args.dim('dim', x.type.shape.length);
    const picked = apply(ctx, { kind: 'gather_elements', dim }, atLeast1d(ctx, x), atLeast1d(ctx, index));
    return reshape(ctx, picked, index.type.shape);
  });
  define('take_along_dim', 'input, indices, dim=None', (ctx, args) => {
    const index = args.tensor('indices');
    if (args.isNone('dim')) {
      return apply(
        ctx,
        { kind: 'gather', dim: 0 },
        reshape(ctx, args.tensor('input'), [-1]),
        reshape(ctx, index, [-1]),
      );
    }
    const x = args.tensor('input');
    const dim = args.dim('dim', x.type.shape.length);
    const without = (shape: readonly number[]) => shape.map((size, i) => (i === dim ? 1 : size));
    const shape = broadcast(without(x.type.shape), without(index.type.shape));
    const sized = (size: number) => shape.map((each, i) => (i === dim ? size : each));
    const full = broadcastTo(ctx, x, sized(sizeOf(x, dim)));
    const picks = broadcastTo(ctx, index, sized(sizeOf(index, dim)));
    return apply(ctx, { kind: 'gather_elements', dim }, full, picks);
  });
  define('take', 'input, index', (ctx, args) =>
    apply(ctx, { kind: 'gather', dim: 0 }, reshape(ctx, args.tensor('input'), [-1]), args.tensor('index')),
  );
  define('scatter', 'input, dim, index, src=None, *, value=None, reduce=None', (ctx, args) => {
    const x = args.tensor('input');
    const src = args.isNone('src') ? args.get('value') : args.get('src');
    const dim = args.dim('dim', x.type.shape.length);
    const reduction = args.optionalString('reduce');
    if (reduction === undefined || reduction === 'add') {
      return scatter(ctx, x, dim, args.tensor('index'), src, reduction ?? 'none');
    }
    if (reduction !== 'multiply') {
      ctx.raise('RuntimeError', 'reduce argument must be either add or multiply.');
    }
    return scatterReduce(ctx, x, dim, args.tensor('index'), src, 'prod', true);
  });
  define('scatter_add', 'input, dim, index, src', (ctx, args) => {
    const x = args.tensor('input');
    return scatter(ctx, x, args.dim('dim', x.type.shape.length), args.tensor('index'), args.get('src'), 'add');
  });
  define('index_select', 'input, dim, index', (ctx, args) => {
    const x = args.tensor('input');
    const dim = args.dim('dim', x.type.shape.length);
    return applyAlongDim(ctx, x, (given) => apply(ctx, { kind: 'gather', dim }, given, args.tensor('index')));
  });
  for (const [name, value, reduction] of [
    ['index_fill', 'value', 'none'],
    ['index_copy', 'source', 'none'],
    ['index_add', 'source', 'add'],
  ] as const) {
    const factor = name === 'index_add' ? ', *, alpha=1' : '';
    define(name, `input, dim, index, ${value}${factor}`, (ctx, args) => {
      const x = args.tensor('input');
      const rank = x.type.shape.length;
      const picks = picksFor(Math.max(rank, 1), args.dim('dim', rank), args.tensor('index'));
      const given = args.get(value);
      const scale = factor === '' ? 1 : numberOf(args.get('alpha'));
      const values = scale === 1 ? given : arithmetic(ctx, 'mul', given, args.get('alpha'));
      return changeCopy(ctx, x, (copy) => put(ctx, atLeast1d(ctx, copy), picks, values, reduction));
    });
  }
  define('index_put', 'input, indices, values, accumulate=False', (ctx, args) => {
    const x = args.tensor('input');
    const picks = (sequence(args.get('indices')) ?? []).map((each) => (each instanceof PyTensor ? each : null));
    while (picks.length < x.type.shape.length) picks.push(null);
    const reduction = args.bool('accumulate') ? 'add' : 'none';
    return changeCopy(ctx, x, (copy) => put(ctx, copy, picks, args.get('values'), reduction));
  });
  define('masked_fill', 'input, mask, value', (ctx, args) => {
    const x = args.tensor('input');
    const value = cast(ctx, operand(ctx, args.get('value'), x), x.type.dtype);
    return apply(ctx, { kind: 'where' }, cast(ctx, args.tensor('mask'), 'bool'), value, x);
  });
  define('masked_select', 'input, mask', (ctx, args) => {
    const [x, mask] = [args.tensor('input'), args.tensor('mask')];
    const shape = broadcast(x.type.shape, mask.type.shape);
    return getItem(ctx, broadcastTo(ctx, x, shape), broadcastTo(ctx, mask, shape));
  });
  define('where', 'condition, input=None, other=None', (ctx, args) => {
    if (args.isNone('input')) return nonzero(ctx, args.tensor('condition'), true);
    return choose(ctx, args.tensor('condition'), args.get('input'), args.get('other'));
  });
  define('nonzero', 'input, *, as_tuple=False', (ctx, args) =>
    nonzero(ctx, args.tensor('input'), args.bool('as_tuple')),
  );
  define('argwhere', 'input', (ctx, args) => nonzero(ctx, args.tensor('input'), false));
});

function nonzero(ctx: Context, x: PyTensor, asTuple: boolean): PyValue {
  const data = Array.from(requireData(ctx, x, 'nonzero'));
  const set = data.flatMap((each, i) => (each ? [i] : []));
  const { shape } = x.type;
  const columns = stridesOf(shape).map((stride, dim) => set.map((at) => Math.floor(at / stride) % sizeAt(shape, dim)));
  if (asTuple) {
    return new PyTuple(columns.map((column) => knownTensor(ctx, { dtype: 'int64', shape: [column.length] }, column)));
  }
  const rows = set.flatMap((_, i) => columns.map((column) => itemAt(column, i)));
  return knownTensor(ctx, { dtype: 'int64', shape: [set.length, shape.length] }, rows);
}
