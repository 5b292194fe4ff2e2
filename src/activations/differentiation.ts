/** What differentiation knows of activations: their definitions, and slopes that are simpler than those would give. */
import type { ActivationBackward, DifferentiationRules } from '../graph/differentiate/index';
import type { ValueId } from '../graph/types';
import { defaultParameters, findActivation } from './catalogue';
import { ALPHA, SCALE } from './entries/selu';

type Emit = Parameters<ActivationBackward>[0];

/** The slope where x is positive is 1, elsewhere `slope`. */
function hinged(e: Emit, x: ValueId, slope: number): ValueId {
  const positive = e.indicator('gt', x, e.scalar(0, x));
  return slope === 0 ? positive : e.by('add', e.by('mul', positive, 1 - slope), slope);
}

/** 1 between two numbers, at neither. */
function between(e: Emit, x: ValueId, low: number, high: number): ValueId {
  return e.mul(e.indicator('gt', x, e.scalar(low, x)), e.indicator('lt', x, e.scalar(high, x)));
}

/** One slope where x is positive, another elsewhere. */
function halves(e: Emit, x: ValueId, positive: number, elsewhere: ValueId): ValueId {
  return e.where(e.compare('gt', x, e.scalar(0, x)), e.scalar(positive, x), elsewhere);
}

const number = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);

/** The dimension that a softmax runs along. */
function dimOf(e: Emit, x: ValueId, value: unknown): number {
  const rank = e.shape(x).length;
  // PyTorch's choice where none is given.
  const dim = number(value, rank === 0 || rank === 1 || rank === 3 ? 0 : 1);
  return dim < 0 ? dim + rank : dim;
}

// Those with a corner inside must be here: in their definitions both sides of a maximum and a minimum meet at it, and
// each would pass the gradient on. Exact zeros are common: behind a ReLU, a padding, a dropout.
const slopes: Readonly<Record<string, ActivationBackward>> = {
  identity: (_, __, { g }) => g,
  relu: (e, _, { x, g }) => e.mul(g, hinged(e, x, 0)),
  relu6: (e, _, { x, g }) => e.mul(g, between(e, x, 0, 6)),
  leaky_relu: (e, op, { x, g }) => e.mul(g, hinged(e, x, number(op.parameters.negative_slope, 0.01))),
  rrelu: (e, op, { x, g }) => {
    const slope = (number(op.parameters.lower, 1 / 8) + number(op.parameters.upper, 1 / 3)) / 2;
    return e.mul(g, hinged(e, x, slope));
  },
  // Left of zero, the slope of α·(e^x − 1) is what it still has to fall: the value and α.
  elu: (e, op, { x, y, g }) => e.mul(g, halves(e, x, 1, e.by('add', y, number(op.parameters.alpha, 1)))),
  celu: (e, op, { x, y, g }) =>
    e.mul(g, halves(e, x, 1, e.by('add', e.by('div', y, number(op.parameters.alpha, 1)), 1))),
  selu: (e, _, { x, y, g }) => e.mul(g, halves(e, x, SCALE, e.by('add', y, SCALE * ALPHA))),
  softplus: (e, op, { x, g }) => {
    const scaled = e.by('mul', x, number(op.parameters.beta, 1));
    const linear = e.compare('gt', scaled, e.scalar(number(op.parameters.threshold, 20), x));
    return e.mul(g, e.where(linear, e.scalar(1, x), e.unary('sigmoid', scaled)));
  },
  logsigmoid: (e, _, { x, g }) => e.mul(g, e.unary('sigmoid', e.neg(x))),
  // Far left it is e^{x/2}; the other branch would divide 0 by 0 there.
  sqrtsoftplus: (e, _, { x, y, g }) => {
    const far = e.compare('lt', x, e.scalar(-8, x));
    const near = e.by('mul', e.div(e.unary('sigmoid', x), y), 0.5);
    return e.mul(g, e.where(far, e.by('mul', y, 0.5), near));
  },
  hardtanh: (e, op, { x, g }) =>
    e.mul(g, between(e, x, number(op.parameters.min_val, -1), number(op.parameters.max_val, 1))),
  hardsigmoid: (e, _, { x, g }) => e.by('div', e.mul(g, between(e, x, -3, 3)), 6),
  hardswish: (e, _, { x, g }) => {
    const bent = e.compare('lt', e.unary('abs', x), e.scalar(3, x));
    return e.mul(g, e.where(bent, e.by('add', e.by('div', x, 3), 0.5), hinged(e, x, 0)));
  },
  sigmoid: (e, _, { y, g }) => e.mul(g, e.mul(y, e.sub(e.scalar(1, y), y))),
  tanh: (e, _, { y, g }) => e.mul(g, e.sub(e.scalar(1, y), e.mul(y, y))),
  softmax: (e, op, { x, y, g }) => {
    const weighted = e.mul(g, y);
    const sum = e.reduce('sum', weighted, [dimOf(e, x, op.parameters.dim)], true);
    return e.sub(weighted, e.mul(y, sum));
  },
  log_softmax: (e, op, { x, y, g }) =>
    e.sub(g, e.mul(e.unary('exp', y), e.reduce('sum', g, [dimOf(e, x, op.parameters.dim)], true))),
};

/** What suits WebAssembly, or any CPU. */
export const activationRules: DifferentiationRules = {
  forward(builder, op, x, weight) {
    const entry = findActivation(op.activation);
    if (!entry) throw new RangeError(`the activation "${op.activation}" is not in the catalogue`);
    return entry.forward(builder, x, { ...defaultParameters(entry), ...op.parameters }, weight);
  },
  backward: (e, op, at) => slopes[op.activation]?.(e, op, at),
};

/** What suits a device. */
export const rulesFor = (device: 'webgpu' | 'wasm'): DifferentiationRules =>
  device === 'webgpu' ? { ...activationRules, products: true } : activationRules;
