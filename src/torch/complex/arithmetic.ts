/** What functions of `torch` and methods compute of complex numbers. */
import { type NativeArguments, numberOf, sequence } from '../../python/natives/arguments';
import type { Context } from '../../python/natives/context';
import { NativeFunction } from '../../python/natives/native';
import type { NativeTable } from '../../python/natives/table';
import type { PyComplex, PyTensor, PyValue } from '../../python/values/values';
import { matmul } from '../ops/blas';
import { einsum } from '../ops/einsum';
import { arithmetic, choose, comparison, unary } from '../ops/operations';
import { elements } from '../tensor/tensor';
import { complexOf, hasComplex, lift, makeComplex, partsOf, refuse } from './parts';

type Parts = readonly [real: PyTensor, imaginary: PyTensor | null];

const add = (ctx: Context, a: PyValue, b: PyValue) => arithmetic(ctx, 'add', a, b);
const sub = (ctx: Context, a: PyValue, b: PyValue) => arithmetic(ctx, 'sub', a, b);
const mul = (ctx: Context, a: PyValue, b: PyValue) => arithmetic(ctx, 'mul', a, b);
const zerosLike = (ctx: Context, x: PyTensor) => mul(ctx, x, 0);

/** a·b by a product of real tensors. */
function multiply(
  ctx: Context,
  [a, b]: Parts,
  [c, d]: Parts,
  product: (x: PyTensor, y: PyTensor) => PyTensor,
): PyComplex {
  const real = b && d ? sub(ctx, product(a, c), product(b, d)) : product(a, c);
  const mixed = [...(d ? [product(a, d)] : []), ...(b ? [product(b, c)] : [])];
  const [first, second] = mixed;
  const imaginary = first && second ? add(ctx, first, second) : (first ?? zerosLike(ctx, real));
  return makeComplex(ctx, real, imaginary);
}

/** a ± b */
function combine(ctx: Context, fn: 'add' | 'sub', [a, b]: Parts, [c, d]: Parts): PyComplex {
  const real = arithmetic(ctx, fn, a, c);
  const spread = (part: PyTensor | null, other: PyTensor) => part ?? zerosLike(ctx, other);
  return makeComplex(ctx, real, arithmetic(ctx, fn, spread(b, a), spread(d, c)));
}

function divide(ctx: Context, [a, b]: Parts, [c, d]: Parts): PyComplex {
  if (!d) return makeComplex(ctx, arithmetic(ctx, 'div', a, c), arithmetic(ctx, 'div', b ?? zerosLike(ctx, a), c));
  const square = add(ctx, mul(ctx, c, c), mul(ctx, d, d));
  const upper = multiply(ctx, [a, b], [c, unary(ctx, 'neg', d)], (x, y) => mul(ctx, x, y));
  return makeComplex(ctx, arithmetic(ctx, 'div', upper.real, square), arithmetic(ctx, 'div', upper.imaginary, square));
}

/** Products of matrices take real ones or complex ones. */
function refuseMixed(ctx: Context, parts: readonly Parts[]): void {
  if (parts.some(([, imaginary]) => imaginary === null)) {
    ctx.raise('RuntimeError', 'expected scalar type ComplexFloat but found Float');
  }
}

/** `a op b`, where at least one of them is complex. */
export function operateComplex(ctx: Context, name: string, a: PyValue, b: PyValue): PyComplex {
  const own = complexOf(a);
  const number = complexOf(b) ? undefined : numberOf(b);
  // Both parts of what was drawn are still drawn, and known numbers are scaled as they are.
  if (own && number !== undefined && (name === 'mul' || name === 'truediv')) {
    const scale = (part: PyTensor) =>
      ctx.call(ctx.getattr(part, name === 'mul' ? '__mul__' : '__truediv__'), [b]) as PyTensor;
    return makeComplex(ctx, scale(own.real), scale(own.imaginary));
  }
  const other = complexOf(b);
  const front = complexOf(a) ? undefined : numberOf(a);
  if (other && front !== undefined && name === 'mul') return operateComplex(ctx, name, b, a);
  const [x, y] = [partsOf(ctx, a), partsOf(ctx, b)];
  switch (name) {
    case 'add':
    case 'sub':
      return combine(ctx, name, x, y);
    case 'mul':
      return multiply(ctx, x, y, (p, q) => mul(ctx, p, q));
    case 'truediv':
      return divide(ctx, x, y);
    case 'matmul':
      refuseMixed(ctx, [x, y]);
      return multiply(ctx, x, y, (p, q) => matmul(ctx, p, q));
    case 'pow': {
      const times = numberOf(b);
      if (times === undefined || !Number.isInteger(times) || times < 1 || times > 16) return refuse(ctx, 'pow');
      let result = makeComplex(ctx, x[0], x[1] ?? zerosLike(ctx, x[0]));
      for (let i = 1; i < times; i++) result = operateComplex(ctx, 'mul', result, a);
      return result;
    }
    default:
      return refuse(ctx, name);
  }
}

export function magnitude(ctx: Context, { real, imaginary }: PyComplex): PyTensor {
  return unary(ctx, 'sqrt', add(ctx, mul(ctx, real, real), mul(ctx, imaginary, imaginary)));
}

/** Whether two complex tensors, or a real one and a complex one, are the same number for number. */
export function equalComplex(ctx: Context, a: PyValue, b: PyValue): PyTensor {
  const [x, y] = [partsOf(ctx, a), partsOf(ctx, b)];
  const same = comparison(ctx, 'eq', x[0], y[0]);
  const other = comparison(ctx, 'eq', x[1] ?? 0, y[1] ?? zerosLike(ctx, y[0]));
  return arithmetic(ctx, 'and', same, other);
}

function exponential(ctx: Context, { real, imaginary }: PyComplex): PyComplex {
  const size = unary(ctx, 'exp', real);
  return makeComplex(ctx, mul(ctx, size, unary(ctx, 'cos', imaginary)), mul(ctx, size, unary(ctx, 'sin', imaginary)));
}

/** Σ over all choices of a part of each operand: i to the power of how many are imaginary. */
function einsumComplex(ctx: Context, equation: string, operands: readonly PyValue[]): PyComplex {
  let real: PyTensor | undefined;
  let imaginary: PyTensor | undefined;
  const parts = operands.map((each) => partsOf(ctx, each));
  refuseMixed(ctx, parts);
  for (let choice = 0; choice < 1 << parts.length; choice++) {
    const chosen = parts.map(([first, second], i) => ((choice >> i) & 1 ? second : first));
    if (chosen.some((each) => each === null)) continue;
    const turns = chosen.filter((_, i) => (choice >> i) & 1).length;
    const term = einsum(
      ctx,
      equation,
      chosen.flatMap((each) => (each ? [each] : [])),
    );
    const signed = turns % 4 > 1 ? unary(ctx, 'neg', term) : term;
    if (turns % 2 === 0) real = real ? add(ctx, real, signed) : signed;
    else imaginary = imaginary ? add(ctx, imaginary, signed) : signed;
  }
  if (!real) return refuse(ctx, 'einsum');
  return makeComplex(ctx, real, imaginary ?? zerosLike(ctx, real));
}

type Body = (ctx: Context, args: NativeArguments) => PyValue;

const input = (args: NativeArguments): PyComplex => complexOf(args.get('input')) as PyComplex;
const both =
  (name: string): Body =>
  (ctx, args) =>
    operateComplex(ctx, name, args.get('input'), args.get('other'));

/** Functions with a rule of their own. */
const RULES: Readonly<Record<string, Body>> = {
  add: both('add'),
  sub: both('sub'),
  subtract: both('sub'),
  mul: both('mul'),
  multiply: both('mul'),
  div: both('truediv'),
  divide: both('truediv'),
  true_divide: both('truediv'),
  matmul: both('matmul'),
  mm: both('matmul'),
  bmm: both('matmul'),
  eq: (ctx, args) => equalComplex(ctx, args.get('input'), args.get('other')),
  pow: (ctx, args) => operateComplex(ctx, 'pow', args.get('input'), args.get('exponent')),
  square: (ctx, args) => operateComplex(ctx, 'mul', args.get('input'), args.get('input')),
  abs: (ctx, args) => magnitude(ctx, input(args)),
  absolute: (ctx, args) => magnitude(ctx, input(args)),
  exp: (ctx, args) => exponential(ctx, input(args)),
  reciprocal: (ctx, args) =>
    divide(ctx, [arithmetic(ctx, 'add', zerosLike(ctx, input(args).real), 1), null], partsOf(ctx, args.get('input'))),
  conj: (ctx, args) => conjugate(ctx, input(args)),
  einsum: (ctx, args) => {
    const operands = args.rest('operands').flatMap((item) => sequence(item) ?? [item]);
    return einsumComplex(ctx, args.string('equation'), operands);
  },
  is_complex: () => true,
  is_floating_point: () => false,
  is_conj: () => false,
  numel: (_, args) => BigInt(elements(input(args).real.type.shape)),
};

export function conjugate(ctx: Context, { real, imaginary }: PyComplex): PyComplex {
  return makeComplex(ctx, real, unary(ctx, 'neg', imaginary));
}

/** Functions that treat both parts alike. */
const LINEAR = new Set(
  [
    'neg negative positive sum mean cumsum diff reshape view view_as reshape_as flatten ravel unflatten permute transpose',
    'swapaxes swapdims t movedim moveaxis unsqueeze squeeze expand broadcast_to expand_as atleast_1d atleast_2d repeat tile',
    'repeat_interleave flip fliplr flipud roll rot90 diagonal diag diag_embed select narrow contiguous tril triu cat concat',
    'concatenate stack hstack vstack dstack chunk split split_with_sizes tensor_split unbind index_select gather take',
    'clone detach resolve_conj resolve_neg trace nansum masked_select',
  ].flatMap((names) => names.split(' ')),
);

/** The functions of a table, which take complex numbers where they can and else say that they don't. */
export function withComplex(functions: NativeTable): NativeTable {
  return new Map([...functions].map(([name, fn]) => [name, dispatch(name, fn)]));
}

/** Functions that look for complex numbers themselves. */
const AWARE = new Set([
  'complex',
  'polar',
  'view_as_complex',
  'view_as_real',
  'real',
  'imag',
  'angle',
  'conj_physical',
  'tensor',
  'as_tensor',
  'asarray',
]);

function dispatch(name: string, fn: NativeFunction): NativeFunction {
  if (AWARE.has(name)) return fn;
  return new NativeFunction(fn.name, fn.signature, (ctx, args) => {
    for (const value of args.all()) if (hasComplex(value)) return computeComplex(ctx, name, fn, args);
    return fn.body(ctx, args);
  });
}

function computeComplex(ctx: Context, name: string, fn: NativeFunction, args: NativeArguments): PyValue {
  const rule = RULES[name];
  if (rule) return rule(ctx, args);
  return LINEAR.has(name) ? lift(ctx, fn, args) : refuse(ctx, name);
}

/** The angle of each number, between −π and π. */
export function angle(ctx: Context, { real, imaginary }: PyComplex): PyTensor {
  return ctx.call(ctx.getattr(imaginary, 'atan2'), [real]) as PyTensor;
}

/** The sign of a real number as an angle. */
export function realAngle(ctx: Context, x: PyTensor): PyTensor {
  return choose(ctx, comparison(ctx, 'lt', x, 0), Math.PI, zerosLike(ctx, x));
}
