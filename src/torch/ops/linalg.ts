/** `torch.linalg`. */

import { say } from '../../language/say';
import { type NativeArguments, numberOf } from '../../python/natives/arguments';
import type { Context } from '../../python/natives/context';
import { type NativeTable, table } from '../../python/natives/table';
import type { PyTensor } from '../../python/values/values';
import { reshape } from '../tensor/views';
import { chainMatmul, matmul } from './blas';
import { spectralNorm } from './decompositions';
import { arithmetic, reduce, unary } from './operations';
import { vectorNorm } from './reduction';

/** `torch.linalg` without its decompositions. */
export const linalg: NativeTable = table((define) => {
  const norm = (ctx: Context, args: NativeArguments, matrix: boolean): PyTensor => {
    const x = args.tensor(matrix ? 'A' : 'x');
    const order = args.get('ord');
    const rank = x.type.shape.length;
    const dims = args.isNone('dim') ? [] : args.dims('dim', rank);
    const isMatrix = matrix || dims.length === 2 || (dims.length === 0 && rank === 2 && order !== null);
    if (!isMatrix || order === null || order === 'fro') {
      return vectorNorm(ctx, x, order === null || order === 'fro' ? 2 : Number(order), dims, args.bool('keepdim'));
    }
    const [rows, columns] = dims.length === 2 ? dims : [rank - 2, rank - 1];
    const p = numberOf(order);
    if ((order === 'nuc' || Math.abs(p ?? 0) === 2) && rows === rank - 2 && columns === rank - 1) {
      const spectral = spectralNorm(ctx, x, order);
      return args.bool('keepdim') ? reshape(ctx, spectral, [...spectral.type.shape, 1, 1]) : spectral;
    }
    if (
      p === undefined ||
      ![1, Number.POSITIVE_INFINITY].includes(Math.abs(p)) ||
      rows === undefined ||
      columns === undefined
    ) {
      return ctx.error(
        'unsupported',
        say('The matrix norm {0} is not read; compute it of the elements', ctx.repr(order)),
      );
    }
    const along = Math.abs(p) === 1 ? rows : columns;
    const other = along === rows ? columns : rows;
    const sums = reduce(ctx, 'sum', unary(ctx, 'abs', x), [along], true);
    const result = reduce(ctx, p > 0 ? 'max' : 'min', sums, [other], true);
    if (args.bool('keepdim')) return result;
    return reshape(
      ctx,
      result,
      x.type.shape.filter((_, i) => i !== rows && i !== columns),
    );
  };
  define('norm', 'x, ord=None, dim=None, keepdim=False, *, dtype=None', (ctx, args) => norm(ctx, args, false));
  define('matrix_norm', "A, ord='fro', dim=(-2, -1), keepdim=False, *, dtype=None", (ctx, args) =>
    norm(ctx, args, true),
  );
  define('vector_norm', 'x, ord=2, dim=None, keepdim=False, *, dtype=None', (ctx, args) => {
    const x = args.tensor('x');
    const dims = args.isNone('dim') ? [] : args.dims('dim', x.type.shape.length);
    return vectorNorm(ctx, x, args.float('ord'), dims, args.bool('keepdim'));
  });
  define('matmul', 'input, other', (ctx, args) => matmul(ctx, args.tensor('input'), args.tensor('other')));
  define('multi_dot', 'tensors', (ctx, args) => chainMatmul(ctx, args.tensors('tensors')));
  define('vecdot', 'x, y, *, dim=-1', (ctx, args) => {
    const product = arithmetic(ctx, 'mul', args.get('x'), args.get('y'));
    return reduce(ctx, 'sum', product, [args.dim('dim', product.type.shape.length)]);
  });
  define('diagonal', 'A, *, offset=0, dim1=-2, dim2=-1', (ctx, args) =>
    ctx.call(ctx.getattr(args.tensor('A'), 'diagonal'), [args.get('offset'), args.get('dim1'), args.get('dim2')]),
  );
  define('cross', 'input, other, *, dim=-1', (ctx, args) =>
    ctx.call(ctx.getattr(args.tensor('input'), 'cross'), [args.get('other'), args.get('dim')]),
  );
  define('vander', 'x, *, N=None', (ctx, args) => {
    const torch = ctx.nativeModule('torch') ?? null;
    return ctx.call(ctx.getattr(torch, 'vander'), [args.get('x'), args.get('N'), true]);
  });
});
