import type { ValueId } from '../types';
import type { Emit } from './emit';
import type { GradientRules } from './rule';

/** d out / d x, as a factor of the gradient; null where it is zero everywhere. */
const slopes: Readonly<Record<string, ((e: Emit, x: ValueId, y: ValueId) => ValueId) | undefined>> = {
  neg: (e, x) => e.filled(-1, { dtype: e.type(x).dtype, shape: [] }),
  abs: (e, x) => e.unary('sign', x),
  exp: (_, __, y) => y,
  log: (e, x) => e.unary('reciprocal', x),
  sqrt: (e, _, y) => e.unary('reciprocal', e.by('mul', y, 2)),
  rsqrt: (e, _, y) => e.by('mul', e.mul(y, e.mul(y, y)), -0.5),
  reciprocal: (e, _, y) => e.neg(e.mul(y, y)),
  erf: (e, x) => e.by('mul', e.unary('exp', e.neg(e.mul(x, x))), 2 / Math.sqrt(Math.PI)),
  sin: (e, x) => e.unary('cos', x),
  cos: (e, x) => e.neg(e.unary('sin', x)),
  tan: (e, _, y) => e.by('add', e.mul(y, y), 1),
  asin: (e, x) => e.unary('rsqrt', e.sub(e.scalar(1, x), e.mul(x, x))),
  acos: (e, x) => e.neg(e.unary('rsqrt', e.sub(e.scalar(1, x), e.mul(x, x)))),
  atan: (e, x) => e.unary('reciprocal', e.by('add', e.mul(x, x), 1)),
  sinh: (e, x) => e.unary('cosh', x),
  cosh: (e, x) => e.unary('sinh', x),
  tanh: (e, _, y) => e.sub(e.scalar(1, y), e.mul(y, y)),
  sigmoid: (e, _, y) => e.mul(y, e.sub(e.scalar(1, y), y)),
};

/** The gradient of a maximum or minimum goes to the side that it is; PyTorch halves it where both are. */
function extreme(e: Emit, g: ValueId, own: ValueId, other: ValueId, isMaximum: boolean): ValueId {
  const wins = e.indicator(isMaximum ? 'gt' : 'lt', own, other);
  // A bound is not a side: `clamp` gives all to what it bounds, where they are equal.
  const isBound = e.count(other) === 1 && e.count(own) > 1;
  const tie = e.by('mul', e.indicator('eq', own, other), isBound ? 1 : 0.5);
  return e.mul(g, e.add(wins, tie));
}

export const elementwiseRules: GradientRules<'unary' | 'binary' | 'where' | 'cast' | 'compare' | 'constant'> = {
  constant: () => [],
  compare: () => [null, null],

  unary({ function: fn }, { e, x, y, g }) {
    const slope = slopes[fn];
    return [slope ? () => e.mul(g, slope(e, x, y)) : null];
  },

  binary({ function: fn }, at) {
    const { e, y, g } = at;
    const [a, b] = [at.input(0), at.input(1)];
    const both = (left: () => ValueId, right: () => ValueId) => [
      () => e.unbroadcast(left(), e.shape(a)),
      () => e.unbroadcast(right(), e.shape(b)),
    ];
    switch (fn) {
      case 'add':
        return both(
          () => g,
          () => g,
        );
      case 'sub':
        return both(
          () => g,
          () => e.neg(g),
        );
      case 'mul':
        return both(
          () => e.mul(g, b),
          () => e.mul(g, a),
        );
      case 'div':
        return both(
          () => e.div(g, b),
          () => e.neg(e.div(e.mul(g, y), b)),
        );
      case 'pow':
        return both(
          () => e.mul(g, e.mul(b, e.binary('pow', a, e.by('sub', b, 1)))),
          // Where the base is zero so is the slope in the exponent.
          () => {
            const log = e.unary('log', e.where(e.compare('gt', a, e.scalar(0, a)), a, e.scalar(1, a)));
            return e.mul(g, e.mul(y, log));
          },
        );
      case 'mod':
        return both(
          () => g,
          () => e.neg(e.mul(g, e.unary('floor', e.div(a, b)))),
        );
      case 'max':
      case 'min':
        return both(
          () => extreme(e, g, a, b, fn === 'max'),
          () => extreme(e, g, b, a, fn === 'max'),
        );
      default:
        return [null, null];
    }
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
