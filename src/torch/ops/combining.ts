/** Tensors made of all of several others: blocks, combinations, powers. */
import type { Context } from '../../python/natives/context';
import { table } from '../../python/natives/table';
import type { PyTensor } from '../../python/values/values';
import { apply, concatenate, full, knownTensor, numbers, sizeOf } from '../tensor/tensor';
import { reshape, unsqueeze } from '../tensor/views';
import { pick, tensorsFrom } from './layout';
import { arithmetic } from './operations';

function blockDiagonal(ctx: Context, given: readonly PyTensor[]): PyTensor {
  const blocks = given.map((x) => (x.type.shape.length === 2 ? x : reshape(ctx, x, [1, -1])));
  const width = blocks.reduce((sum, x) => sum + sizeOf(x, 1), 0);
  let left = 0;
  const rows = blocks.map((x) => {
    const right = width - left - sizeOf(x, 1);
    const row = apply(ctx, { kind: 'pad', mode: 'constant', padding: [0, left, 0, right], value: 0 }, x);
    left += sizeOf(x, 1);
    return row;
  });
  return concatenate(ctx, rows, 0);
}

/** Places of all combinations of `r` among `n`, in order. */
function combinations(ctx: Context, n: number, r: number, repeats: boolean): number[][] {
  let found: number[][] = [[]];
  for (let place = 0; place < r; place++) {
    found = found.flatMap((begun) => {
      const last = begun.at(-1);
      const from = last === undefined ? 0 : repeats ? last : last + 1;
      return Array.from({ length: Math.max(n - from, 0) }, (_, i) => [...begun, from + i]);
    });
    ctx.meter.elements(found.length * (place + 1));
  }
  return found;
}

const OPTIONS = 'out=None, dtype=None, layout=None, device=None, requires_grad=False';

export const combining = table((define) => {
  define('block_diag', '*tensors', (ctx, args) => blockDiagonal(ctx, tensorsFrom(ctx, args.rest('tensors'))));
  define('combinations', 'input, r=2, with_replacement=False', (ctx, args) => {
    const x = args.tensor('input');
    const r = args.int('r');
    const places = combinations(ctx, sizeOf(x, 0), r, args.bool('with_replacement'));
    return reshape(ctx, pick(ctx, x, 0, places.flat()), [places.length, r]);
  });
  define('vander', 'x, N=None, increasing=False', (ctx, args) => {
    const x = args.tensor('x');
    const count = args.optionalInt('N') ?? sizeOf(x, -1);
    const ones = full(ctx, x.type, 1);
    const powers: PyTensor[] = [];
    for (let i = 0; i < count; i++) {
      const before = powers.at(-1);
      powers.push(before ? arithmetic(ctx, 'mul', before, x) : ones);
    }
    if (!args.bool('increasing')) powers.reverse();
    const rank = x.type.shape.length;
    return concatenate(
      ctx,
      powers.map((each) => unsqueeze(ctx, each, rank)),
      rank,
    );
  });
  define('range', `start=0, end=None, step=1, *, ${OPTIONS}`, (ctx, args) => {
    const [start, step] = [args.float('start'), args.float('step')];
    // The end is part of it, which `arange` came to change.
    const count = Math.max(Math.floor((args.float('end') - start) / step) + 1, 0);
    const data = numbers(ctx, count, (i) => start + i * step);
    return knownTensor(ctx, { dtype: args.optionalDtype('dtype') ?? 'float32', shape: [count] }, data);
  });
});
