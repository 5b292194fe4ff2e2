/** What differentiation knows of activations: their entries' definitions and slopes. */
import type { DifferentiationRules } from '../graph/differentiate/index';
import type { Op } from '../graph/types';
import { defaultParameters, findActivation } from './catalogue';
import type { Activation } from './types';

function entryAt(op: Extract<Op, { kind: 'activation' }>): Activation {
  const entry = findActivation(op.activation);
  if (!entry) throw new RangeError(`the activation "${op.activation}" is not in the catalogue`);
  return entry;
}

/** What suits WebAssembly, or any CPU. */
export const activationRules: DifferentiationRules = {
  forward(builder, op, x, weights) {
    const entry = entryAt(op);
    return entry.forward(builder, x, { ...defaultParameters(entry), ...op.parameters }, weights);
  },
  backward(e, op, at) {
    const entry = entryAt(op);
    return entry.backward?.(e, { ...defaultParameters(entry), ...op.parameters }, at);
  },
  saves: (activation) => findActivation(activation)?.saves,
};

/** What suits a device. */
export const rulesFor = (device: 'webgpu' | 'wasm'): DifferentiationRules =>
  device === 'webgpu' ? { ...activationRules, onGpu: true } : activationRules;
