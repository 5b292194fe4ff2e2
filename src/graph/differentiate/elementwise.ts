import type { Emit } from '../emit';
import type { BinaryFunction, UnaryFunction, ValueId } from '../types';
import type { Backward, GradientRules } from './rule';

/** d out / d x, as a factor of the gradient. */
type Slope = (e: Emit, x: ValueId, y: ValueId) => ValueId;

/** Null where the slope is zero wherever there is one, as PyTorch has it: steps, and what gives a bool. */
const slopes: Readonly<Record<UnaryFunction, Slope | null>> = {
  sign: null,
  floor: null,
  ceil: null,
  round: null,
  not: null,
  neg: (e, x) => e.full(-1, { dtype: e.type(x).dtype, shape: [] }),
  abs: (e, x) => e.unary('sign', x),
  exp: (_, __, y) => y,
  log: (e, x) => e.unary('reciprocal', x),
  sqrt: (e, _, y) => e.unary('reciprocal', e.binaryScalar('mul', y, 2)),
  rsqrt: (e, _, y) => e.binaryScalar('mul', e.mul(y, e.mul(y, y)), -0.5),
  reciprocal: (e, _, y) => e.neg(e.mul(y, y)),
  erf: (e, x) => e.binaryScalar('mul', e.unary('exp', e.neg(e.mul(x, x))), 2 / Math.sqrt(Math.PI)),
  erfinv: (e, _, y) => e.binaryScalar('mul', e.unary('exp', e.mul(y, y)), Math.sqrt(Math.PI) / 2),
  sin: (e, x) => e.unary('cos', x),
  cos: (e, x) => e.neg(e.unary('sin', x)),
  tan: (e, _, y) => e.binaryScalar('add', e.mul(y, y), 1),
  asin: (e, x) => e.unary('rsqrt', e.sub(e.scalar(1, x), e.mul(x, x))),
  acos: (e, x) => e.neg(e.unary('rsqrt', e.sub(e.scalar(1, x), e.mul(x, x)))),
  atan: (e, x) => e.unary('reciprocal', e.binaryScalar('add', e.mul(x, x), 1)),
  sinh: (e, x) => e.unary('cosh', x),
  cosh: (e, x) => e.unary('sinh', x),
  tanh: (e, _, y) => e.sub(e.scalar(1, y), e.mul(y, y)),
  sigmoid: (e, _, y) => e.mul(y, e.sub(e.scalar(1, y), y)),
};

/** The gradient of a maximum or minimum goes to the side that it is; PyTorch halves it where both are. */
function extremumGradient(e: Emit, g: ValueId, own: ValueId, other: ValueId, isMaximum: boolean): ValueId {
  const wins = e.indicator(isMaximum ? 'gt' : 'lt', own, other);
  // A bound is not a side: `clamp` gives all to what it bounds, where they are equal.
  const isBound = (a: ValueId, b: ValueId) => e.count(a) === 1 && e.count(b) > 1;
  const share = isBound(other, own) ? 1 : isBound(own, other) ? 0 : 0.5;
  const tie = e.binaryScalar('mul', e.indicator('eq', own, other), share);
  return e.mul(g, e.add(wins, tie));
}

/** Gradients of both operands, in the shape that they broadcast to or in their own. */
type Sides = (at: Backward, a: ValueId, b: ValueId) => readonly [left: () => ValueId, right: () => ValueId];

const extremes = (isMaximum: boolean): Sides => {
  return ({ e, g }, a, b) => [
    () => extremumGradient(e, g, a, b, isMaximum),
    () => extremumGradient(e, g, b, a, isMaximum),
  ];
};

/** Null as for `slopes`: a whole quotient is a step, `and` and `or` give bools. */
const sides: Readonly<Record<BinaryFunction, Sides | null>> = {
  floordiv: null,
  and: null,
  or: null,
  add: ({ g }) => [() => g, () => g],
  // What was broadcast is summed first: what follows has fewer elements then.
  sub: ({ e, g }, _, b) => [() => g, () => e.neg(e.unbroadcast(g, e.shape(b)))],
  mul: ({ e, g }, a, b) => [() => e.mul(g, b), () => e.mul(g, a)],
  div: ({ e, y, g }, _, b) => [() => e.div(g, b), () => e.neg(e.div(e.unbroadcast(e.mul(g, y), e.shape(b)), b))],
  pow: ({ e, y, g }, a, b) => [
    () => e.mul(g, powerSlope(e, a, b)),
    // Where the base is zero so is the slope in the exponent; it has none where the base is negative.
    () => {
      const log = e.unary('log', e.where(e.compare('eq', a, e.scalar(0, a)), e.scalar(1, a), a));
      return e.mul(g, e.mul(y, log));
    },
  ],
  mod: ({ e, g }, a, b) => [() => g, () => e.neg(e.mul(g, e.binary('floordiv', a, b)))],
  max: extremes(true),
  min: extremes(false),
};

/** d aᵇ / d a. A power of zero is 1 everywhere: its slope is zero at a = 0, too, where 0 · a⁻¹ is no number. */
function powerSlope(e: Emit, a: ValueId, b: ValueId): ValueId {
  const slope = e.mul(b, e.binary('pow', a, e.binaryScalar('sub', b, 1)));
  const known = e.constantOf(b);
  if (known && !Array.from(known).includes(0)) return slope;
  const zero = e.scalar(0, b);
  return e.where(e.compare('eq', b, zero), zero, slope);
}

export const elementwiseRules: GradientRules<
  'unary' | 'binary' | 'where' | 'cast' | 'compare' | 'constant' | 'dropout'
> = {
  constant: () => [],
  compare: () => [null, null],
  // In evaluation mode.
  dropout: (_, { g }) => [() => g],

  unary({ function: fn }, { e, x, y, g }) {
    const slope = slopes[fn];
    return [slope && (() => e.mul(g, slope(e, x, y)))];
  },

  binary({ function: fn }, at) {
    const { e } = at;
    const [a, b] = [at.input(0), at.input(1)];
    const made = sides[fn]?.(at, a, b);
    if (!made) return [null, null];
    const [left, right] = made;
    return [() => e.unbroadcast(left(), e.shape(a)), () => e.unbroadcast(right(), e.shape(b))];
  },

  where(_, at) {
    const { e, g } = at;
    const [condition, a, b] = [at.input(0), at.input(1), at.input(2)];
    const zero = () => e.scalar(0, g);
    return [
      null,
      () => e.unbroadcast(e.where(condition, g, zero()), e.shape(a)),
      () => e.unbroadcast(e.where(condition, zero(), g), e.shape(b)),
    ];
  },

  cast(_, { e, x, g }) {
    return [e.isFloating(x) ? () => e.cast(g, e.type(x).dtype) : null];
  },
};
