/** What differentiation knows of activations: their definitions, and slopes that are simpler than those would give. */
import type { ActivationBackward, DifferentiationRules } from '../graph/differentiate/index';
import type { ValueId } from '../graph/types';
import { defaultParameters, findActivation } from './catalogue';

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

const number = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);

/** The dimension that a softmax runs along. */
function dimOf(e: Emit, x: ValueId, value: unknown): number {
  const rank = e.shape(x).length;
  // PyTorch's choice where none is given.
  const dim = number(value, rank === 0 || rank === 1 || rank === 3 ? 0 : 1);
  return dim < 0 ? dim + rank : dim;
}

const slopes: Readonly<Record<string, ActivationBackward>> = {
  identity: (_, __, { g }) => g,
  relu: (e, _, { x, g }) => e.mul(g, hinged(e, x, 0)),
  relu6: (e, _, { x, g }) => e.mul(g, between(e, x, 0, 6)),
  leaky_relu: (e, op, { x, g }) => e.mul(g, hinged(e, x, number(op.parameters.negative_slope, 0.01))),
  hardtanh: (e, op, { x, g }) =>
    e.mul(g, between(e, x, number(op.parameters.min_val, -1), number(op.parameters.max_val, 1))),
  hardsigmoid: (e, _, { x, g }) => e.by('div', e.mul(g, between(e, x, -3, 3)), 6),
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
