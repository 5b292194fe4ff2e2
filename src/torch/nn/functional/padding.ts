/** `F.pad`. */
import { itemAt } from '../../../graph/access';
import type { Context } from '../../../python/natives/context';
import { type NativeTable, table } from '../../../python/natives/table';
import type { PyTensor } from '../../../python/values/values';
import { complexOf, makeComplex } from '../../complex/parts';
import { apply, concatenate } from '../../tensor/tensor';
import { slice } from '../../tensor/views';

export type PadMode = 'constant' | 'reflect' | 'replicate' | 'circular';

/** PyTorch lists pairs from the last dimension backwards. */
export function pad(ctx: Context, x: PyTensor, pairs: readonly number[], mode: PadMode, value: number): PyTensor {
  const rank = x.type.shape.length;
  if (pairs.length % 2 !== 0) ctx.raise('RuntimeError', 'Padding length must be divisible by 2');
  if (pairs.length / 2 > rank) {
    ctx.raise(
      'RuntimeError',
      `Padding length should be less than or equal to two times the input dimension but got padding length ${pairs.length} and input of dimension ${rank}`,
    );
  }
  const padding = new Array<number>(2 * rank).fill(0);
  for (let i = 0; i < pairs.length / 2; i++) {
    padding[rank - 1 - i] = itemAt(pairs, 2 * i);
    padding[2 * rank - 1 - i] = itemAt(pairs, 2 * i + 1);
  }
  if (mode === 'circular') return wrapAround(ctx, x, padding);
  if (mode === 'reflect') checkReflection(ctx, x.type.shape, padding);
  return apply(ctx, { kind: 'pad', mode, padding, value }, x);
}

/** @throws PythonError where a dimension is too short to be mirrored so far */
export function checkReflection(ctx: Context, shape: readonly number[], padding: readonly number[]): void {
  shape.forEach((size, dim) => {
    const [begin, end] = [itemAt(padding, dim), itemAt(padding, shape.length + dim)];
    if (begin >= size || end >= size) {
      ctx.raise(
        'RuntimeError',
        `Argument #4: Padding size should be less than the corresponding input dimension, but got: padding (${begin}, ${end}) at dimension ${dim} of input [${shape.join(', ')}]`,
      );
    }
  });
}

/** Each dimension goes on with its other end. */
function wrapAround(ctx: Context, x: PyTensor, padding: readonly number[]): PyTensor {
  const rank = x.type.shape.length;
  return x.type.shape.reduce((padded, size, dim) => {
    const [begin, end] = [itemAt(padding, dim), itemAt(padding, rank + dim)];
    if (begin === 0 && end === 0) return padded;
    if (begin > size || end > size) ctx.raise('AssertionError', 'Padding value causes wrapping around more than once.');
    const [from, to] = [Math.max(-begin, 0), size - Math.max(-end, 0)];
    const parts = [slice(ctx, padded, dim, from, to)];
    if (begin > 0) parts.unshift(slice(ctx, padded, dim, size - begin, size));
    if (end > 0) parts.push(slice(ctx, padded, dim, 0, end));
    return concatenate(ctx, parts, dim);
  }, x);
}

export const paddings: NativeTable = table((define) => {
  define('pad', "input, pad, mode='constant', value=None", (ctx, args) => {
    const modes: readonly PadMode[] = ['constant', 'reflect', 'replicate', 'circular'];
    const mode = modes.find((each) => each === args.string('mode'));
    if (!mode) return ctx.raise('NotImplementedError', `Unrecognised padding mode ${args.string('mode')}`);
    const value = args.optionalFloat('value') ?? 0;
    const complex = complexOf(args.get('input'));
    if (!complex) return pad(ctx, args.tensor('input'), args.ints('pad'), mode, value);
    const [real, imaginary] = [
      pad(ctx, complex.real, args.ints('pad'), mode, value),
      pad(ctx, complex.imaginary, args.ints('pad'), mode, 0),
    ];
    return makeComplex(ctx, real, imaginary);
  });
});
