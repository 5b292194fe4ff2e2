/** What is in a tensor at all, once each: numbers, or slices along a dimension. */
import { itemAt } from '../../graph/access';
import type { NativeArguments } from '../../python/natives/arguments';
import type { Context } from '../../python/natives/context';
import { type NativeTable, table } from '../../python/natives/table';
import { type PyTensor, PyTuple, type PyValue } from '../../python/values/values';
import { knownTensor, sizeOf } from '../tensor/tensor';
import { permute, reshape } from '../tensor/views';
import { requireData } from '../unknownValues';
import { pick } from './layout';

/** Rows of known numbers: slices along a dimension, or single elements. */
interface KnownRows {
  readonly data: ArrayLike<number>;
  readonly count: number;
  readonly width: number;
}

function rowsOf(ctx: Context, x: PyTensor, dim: number | undefined, what: string): KnownRows {
  if (dim === undefined) {
    const data = requireData(ctx, x, what);
    return { data, count: data.length, width: 1 };
  }
  const count = sizeOf(x, dim);
  const order = [dim, ...x.type.shape.keys()].filter((each, i) => i === 0 || each !== dim);
  const data = requireData(ctx, reshape(ctx, permute(ctx, x, order), [count, -1]), what);
  return { data, count, width: count > 0 ? data.length / count : 0 };
}

function compare({ data, width }: KnownRows, a: number, b: number): number {
  for (let i = 0; i < width; i++) {
    const difference = itemAt(data, a * width + i) - itemAt(data, b * width + i);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Rows in an order in which equal ones stand together: the first of each, with which each row is equal, and how many. */
function gather(rows: KnownRows, order: readonly number[]) {
  const firsts: number[] = [];
  const counts: number[] = [];
  const inverse = new Array<number>(rows.count);
  order.forEach((row, i) => {
    if (i === 0 || compare(rows, itemAt(order, i - 1), row) !== 0) {
      firsts.push(row);
      counts.push(0);
    }
    const at = firsts.length - 1;
    counts[at] = itemAt(counts, at) + 1;
    inverse[row] = at;
  });
  return { firsts, counts, inverse };
}

function unique(ctx: Context, args: NativeArguments, what: string, sorts: boolean): PyValue {
  const x = args.tensor('input');
  const dim = args.isNone('dim') ? undefined : args.dim('dim', x.type.shape.length);
  const rows = rowsOf(ctx, x, dim, what);
  ctx.spend(rows.count * Math.ceil(Math.log2(rows.count + 1)));
  const places = Array.from({ length: rows.count }, (_, i) => i);
  const order = sorts ? [...places].sort((a, b) => compare(rows, a, b) || a - b) : places;
  const { firsts, counts, inverse } = gather(rows, order);
  const integers = (shape: readonly number[], data: readonly number[]) =>
    knownTensor(ctx, { dtype: 'int64', shape }, data);
  const values =
    dim === undefined
      ? knownTensor(
          ctx,
          { dtype: x.type.dtype, shape: [firsts.length] },
          firsts.map((row) => itemAt(rows.data, row)),
        )
      : pick(ctx, x, dim, firsts);
  const results = [
    values,
    ...(args.bool('return_inverse') ? [integers(dim === undefined ? x.type.shape : [rows.count], inverse)] : []),
    ...(args.bool('return_counts') ? [integers([counts.length], counts)] : []),
  ];
  return results.length === 1 ? values : new PyTuple(results);
}

export const uniques: NativeTable = table((define) => {
  const options = 'return_inverse=False, return_counts=False, dim=None';
  define('unique', `input, sorted=True, ${options}`, (ctx, args) => unique(ctx, args, 'torch.unique', true));
  define('unique_consecutive', `input, ${options}`, (ctx, args) =>
    unique(ctx, args, 'torch.unique_consecutive', false),
  );
});
