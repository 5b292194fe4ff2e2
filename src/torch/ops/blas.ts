/** Products of matrices and vectors: `matmul` and its relatives, `einsum`. */

import { itemAt } from '../../graph/access';
import { type NativeArguments, numberOf, requireNumber, sequence } from '../../python/natives/arguments';
import type { Context } from '../../python/natives/context';
import { type NativeTable, table } from '../../python/natives/table';
import { PyTensor, type PyValue } from '../../python/values/values';
import { apply, elements, operand, sizeOf } from '../tensor/tensor';
import { permute, reshape, slice } from '../tensor/views';
import { einsum } from './einsum';
import { diagonal } from './layout';
import { arithmetic, reduce } from './operations';

export function matmul(ctx: Context, a: PyTensor, b: PyTensor): PyTensor {
  return apply(ctx, { kind: 'matmul' }, a, b);
}

/** `beta · input + alpha · product`. */
function addProduct(ctx: Context, args: NativeArguments, product: PyTensor): PyTensor {
  const scaled = (x: PyTensor, factor: PyValue) => (numberOf(factor) === 1 ? x : arithmetic(ctx, 'mul', x, factor));
  const right = scaled(product, args.get('alpha'));
  return numberOf(args.get('beta')) === 0
    ? right
    : arithmetic(ctx, 'add', scaled(args.tensor('input'), args.get('beta')), right);
}

function outer(ctx: Context, a: PyTensor, b: PyTensor): PyTensor {
  return arithmetic(ctx, 'mul', reshape(ctx, a, [-1, 1]), reshape(ctx, b, [1, -1]));
}

export const products: NativeTable = table((define) => {
  define('matmul mm bmm dot mv spmm', 'input, other, *, out=None', (ctx, args) =>
    matmul(ctx, args.tensor('input'), args.tensor('other')),
  );
  define('vdot', 'input, other', (ctx, args) => matmul(ctx, args.tensor('input'), args.tensor('other')));
  define('inner', 'input, other', (ctx, args) => {
    const [a, b] = [args.tensor('input'), args.tensor('other')];
    if (a.type.shape.length === 0 || b.type.shape.length === 0) return arithmetic(ctx, 'mul', a, b);
    const dims = (x: PyTensor) => x.type.shape.length - 1;
    return tensordot(ctx, a, b, [dims(a)], [dims(b)]);
  });
  define('outer ger', 'input, other', (ctx, args) => outer(ctx, args.tensor('input'), args.tensor('other')));
  for (const [name, left, right] of [
    ['addmm', 'mat1', 'mat2'],
    ['addmv', 'mat', 'vec'],
    ['baddbmm', 'batch1', 'batch2'],
  ] as const) {
    define(name, `input, ${left}, ${right}, *, beta=1, alpha=1`, (ctx, args) =>
      addProduct(ctx, args, matmul(ctx, args.tensor(left), args.tensor(right))),
    );
  }
  define('addbmm', 'input, batch1, batch2, *, beta=1, alpha=1', (ctx, args) =>
    addProduct(ctx, args, reduce(ctx, 'sum', matmul(ctx, args.tensor('batch1'), args.tensor('batch2')), [0])),
  );
  define('addr', 'input, vec1, vec2, *, beta=1, alpha=1', (ctx, args) =>
    addProduct(ctx, args, outer(ctx, args.tensor('vec1'), args.tensor('vec2'))),
  );
  define('tensordot', 'a, b, dims=2', (ctx, args) => {
    const [a, b] = [args.tensor('a'), args.tensor('b')];
    const pairs = sequence(args.get('dims'));
    const wrap = (x: PyTensor, list: PyValue) =>
      (sequence(list) ?? [list])
        .map((item) => requireNumber(ctx, item))
        .map((dim) => (dim < 0 ? dim + x.type.shape.length : dim));
    if (pairs) return tensordot(ctx, a, b, wrap(a, pairs[0] ?? null), wrap(b, pairs[1] ?? null));
    const count = args.int('dims');
    const first = a.type.shape.length - count;
    const range = Array.from({ length: count }, (_, i) => i);
    return tensordot(
      ctx,
      a,
      b,
      range.map((i) => first + i),
      range,
    );
  });
  define('kron', 'input, other', (ctx, args) => {
    const [a, b] = [args.tensor('input'), args.tensor('other')];
    const rank = Math.max(a.type.shape.length, b.type.shape.length);
    const padded = (x: PyTensor) => [...new Array<number>(rank - x.type.shape.length).fill(1), ...x.type.shape];
    const [m, n] = [padded(a), padded(b)];
    const spread = (shape: readonly number[], first: boolean) =>
      shape.flatMap((size) => (first ? [size, 1] : [1, size]));
    const product = arithmetic(ctx, 'mul', reshape(ctx, a, spread(m, true)), reshape(ctx, b, spread(n, false)));
    return reshape(
      ctx,
      product,
      m.map((size, i) => size * itemAt(n, i)),
    );
  });
  define('cross linalg_cross', 'input, other, dim=-1', (ctx, args) => {
    const [a, b] = [args.tensor('input'), args.tensor('other')];
    const dim = args.isGiven('dim') ? args.dim('dim', a.type.shape.length) : a.type.shape.indexOf(3);
    if (dim < 0) ctx.raise('RuntimeError', 'no dimension of size 3 in input');
    const rolled = (x: PyTensor, by: number) =>
      apply(ctx, { kind: 'cat', dim }, slice(ctx, x, dim, by, 3), slice(ctx, x, dim, 0, by));
    const term = (p: number, q: number) => arithmetic(ctx, 'mul', rolled(a, p), rolled(b, q));
    return arithmetic(ctx, 'sub', term(1, 2), term(2, 1));
  });
  define('trace', 'input', (ctx, args) => reduce(ctx, 'sum', diagonal(ctx, args.tensor('input'), 0, 0, 1)));
  define('chain_matmul', '*matrices', (ctx, args) => chainMatmul(ctx, args.rest('matrices')));
  define('einsum', 'equation, *operands', (ctx, args) => {
    const equation = args.get('equation');
    if (equation instanceof PyTensor) {
      const [spelled, tensors] = sublists([equation, ...args.rest('operands')]);
      return einsum(ctx, spelled, tensors);
    }
    const operands = args.rest('operands').flatMap((item) => sequence(item) ?? [item]);
    return einsum(
      ctx,
      args.string('equation'),
      operands.map((item) => operand(ctx, item)),
    );
  });
});

/** `einsum(a, [0, 1], b, [1, 2], [0, 2])` as an equation; `...` stands for itself. */
function sublists(given: readonly PyValue[]): readonly [equation: string, tensors: PyTensor[]] {
  const tensors: PyTensor[] = [];
  const terms: string[] = [];
  const letter = (item: PyValue) =>
    typeof item === 'bigint' ? 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'[Number(item)] : '...';
  for (const each of given) {
    if (each instanceof PyTensor) tensors.push(each);
    else terms.push((sequence(each) ?? []).map(letter).join(''));
  }
  const output = terms.length > tensors.length ? `->${terms.pop()}` : '';
  return [terms.join(',') + output, tensors];
}

export function chainMatmul(ctx: Context, matrices: readonly PyValue[]): PyTensor {
  const [first, ...others] = matrices.map((matrix) => operand(ctx, matrix));
  if (!first) return ctx.raise('RuntimeError', 'multi_dot(): expected at least 2 tensors but got 0');
  return others.reduce((product, matrix) => matmul(ctx, product, matrix), first);
}

function tensordot(
  ctx: Context,
  a: PyTensor,
  b: PyTensor,
  left: readonly number[],
  right: readonly number[],
): PyTensor {
  const rest = (x: PyTensor, dims: readonly number[]) => x.type.shape.map((_, i) => i).filter((i) => !dims.includes(i));
  const sizes = (x: PyTensor, dims: readonly number[]) => dims.map((dim) => sizeOf(x, dim));
  const [m, n] = [rest(a, left), rest(b, right)];
  const inner = elements(sizes(a, left));
  const x = reshape(ctx, permute(ctx, a, [...m, ...left]), [elements(sizes(a, m)), inner]);
  const y = reshape(ctx, permute(ctx, b, [...right, ...n]), [inner, elements(sizes(b, n))]);
  return reshape(ctx, matmul(ctx, x, y), [...sizes(a, m), ...sizes(b, n)]);
}
