/** Functions of `torch` that make complex tensors of real ones, or take them apart. */
import type { Initialiser } from '../../graph/types';
import { complexParts } from '../../python/builtins/complex';
import { sequence } from '../../python/natives/arguments';
import type { Context } from '../../python/natives/context';
import { table } from '../../python/natives/table';
import { type PyComplex, PyComplexDtype, PyList, type PyTensor, type PyValue } from '../../python/values/values';
import { stack } from '../ops/joining';
import { arithmetic, toFloating, unary } from '../ops/operations';
import { fromInitialiser } from '../tensor/initialiser';
import { literal, MOST_DIMENSIONS } from '../tensor/literal';
import { cast, full, isFloating, sizeOf } from '../tensor/tensor';
import { select } from '../tensor/views';
import { angle, realAngle } from './arithmetic';
import { complexOf, hasComplex, makeComplex, partDtype } from './parts';

/** Pairs along the last dimension. */
export function toPairs(ctx: Context, z: PyComplex): PyTensor {
  return stack(ctx, [z.real, z.imaginary], z.real.type.shape.length);
}

export function fromPairs(ctx: Context, x: PyTensor): PyComplex {
  const last = x.type.shape.length - 1;
  if (last < 0 || sizeOf(x, -1) !== 2) {
    ctx.raise('RuntimeError', 'Tensor must have a last dimension of size 2');
  }
  return makeComplex(ctx, select(ctx, x, last, 0), select(ctx, x, last, 1));
}

/** Complex tensors by the tensor of pairs that both of their parts look into: buffers are kept that way. */
const over = new WeakMap<PyTensor, PyComplex>();

/** The same numbers over one tensor of pairs, which is their place in a module's state. */
export function keepInPairs(ctx: Context, z: PyComplex): PyTensor {
  return asPairs(ctx, toPairs(ctx, z));
}

/** Says of a tensor of pairs that it stands for complex numbers. */
export function asPairs(ctx: Context, pairs: PyTensor): PyTensor {
  over.set(pairs, fromPairs(ctx, pairs));
  return pairs;
}

/** What code finds where a module keeps a tensor: complex numbers for their pairs. */
export const shownBuffer = (buffer: PyTensor): PyTensor | PyComplex => over.get(buffer) ?? buffer;

/** A complex tensor of a real one: nothing imaginary. */
export function toComplex(ctx: Context, x: PyTensor, dtype: PyComplexDtype): PyComplex {
  const real = cast(ctx, x, partDtype(dtype));
  return makeComplex(ctx, real, full(ctx, real.type, 0));
}

/**
 * `torch.tensor([1j, 2])`: numbers in lists, with complex ones among them or with a complex dtype.
 * @returns undefined where nothing is complex
 */
export function complexLiteral(ctx: Context, data: PyValue, given: PyValue): PyComplex | undefined {
  const whole = complexOf(data);
  const dtype = complexDtypeIn(given);
  if (whole)
    return dtype
      ? makeComplex(ctx, cast(ctx, whole.real, partDtype(dtype)), cast(ctx, whole.imaginary, partDtype(dtype)))
      : whole;
  if (!dtype && !hasComplex(data)) return undefined;
  const part = (which: 'real' | 'imaginary') =>
    literal(ctx, numbersIn(data, which), dtype ? partDtype(dtype) : 'float32');
  return makeComplex(ctx, part('real'), part('imaginary'));
}

/** Lists of the parts of the numbers in lists. */
function numbersIn(value: PyValue, which: 'real' | 'imaginary', depth = 0): PyValue {
  const items = sequence(value);
  if (items && depth < MOST_DIMENSIONS) return new PyList(items.map((item) => numbersIn(item, which, depth + 1)));
  const tensor = complexOf(value);
  if (tensor) return tensor[which];
  const parts = complexParts(value);
  if (parts) return parts[which];
  return which === 'real' ? value : 0;
}

/** `torch.zeros(…, dtype=torch.cfloat)`: both parts of a normal distribution have half of its variance. */
export function makeFilled(
  ctx: Context,
  shape: readonly number[],
  dtype: PyComplexDtype,
  initialiser: Initialiser,
): PyComplex {
  const type = { dtype: partDtype(dtype), shape };
  const half = {
    ...initialiser,
    ...(initialiser.kind === 'normal' ? { deviation: initialiser.deviation * Math.SQRT1_2 } : {}),
  };
  const second = initialiser.kind === 'constant' ? ({ kind: 'constant', value: 0 } as const) : half;
  return makeComplex(
    ctx,
    fromInitialiser(ctx, type, half as Initialiser),
    fromInitialiser(ctx, type, second as Initialiser),
  );
}

/** The complex dtype that a call names. */
export const complexDtypeIn = (value: PyValue): PyComplexDtype | undefined =>
  value instanceof PyComplexDtype ? value : undefined;

export const complexFunctions = table((define) => {
  define('complex', 'real, imag, *, out=None', (ctx, args) =>
    makeComplex(ctx, args.tensor('real'), args.tensor('imag')),
  );
  define('polar', 'abs, angle, *, out=None', (ctx, args) => {
    const [size, turn] = [args.tensor('abs'), args.tensor('angle')];
    const part = (fn: 'cos' | 'sin') => arithmetic(ctx, 'mul', size, unary(ctx, fn, turn));
    return makeComplex(ctx, part('cos'), part('sin'));
  });
  define('view_as_complex', 'input', (ctx, args) => {
    const x = args.tensor('input');
    if (!isFloating(x.type.dtype))
      ctx.raise(
        'RuntimeError',
        `view_as_complex is only supported for floating point tensors, but got a tensor of scalar type: ${x.type.dtype}`,
      );
    return fromPairs(ctx, x);
  });
  define('view_as_real', 'input', (ctx, args) => {
    const z = complexOf(args.get('input'));
    if (!z) return ctx.raise('RuntimeError', 'view_as_real is only supported for complex tensors');
    return toPairs(ctx, z);
  });
  define('real', 'input', (_, args) => complexOf(args.get('input'))?.real ?? args.tensor('input'));
  define('imag', 'input', (ctx, args) => {
    const z = complexOf(args.get('input'));
    return z ? z.imaginary : ctx.raise('RuntimeError', 'imag is not implemented for tensors with non-complex dtypes.');
  });
  define('angle', 'input, *, out=None', (ctx, args) => {
    const z = complexOf(args.get('input'));
    return z ? angle(ctx, z) : realAngle(ctx, toFloating(ctx, args.get('input')));
  });
  define('conj_physical', 'input, *, out=None', (ctx, args) => ctx.call(ctx.getattr(args.get('input'), 'conj')));
});
