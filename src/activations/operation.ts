import type { ActivationParameters, Op } from '../graph/types';
import { defaultParameters } from './catalogue';
import type { Activation } from './types';

/** An entry as an operation of a graph, with every parameter: those not given are at their defaults. */
export function operationOf(
  entry: Activation,
  parameters: ActivationParameters = {},
): Extract<Op, { kind: 'activation' }> {
  return {
    kind: 'activation',
    activation: entry.id,
    parameters: { ...defaultParameters(entry), ...parameters, ...entry.fixed },
    ...(entry.shape === 'gated' && { halves: true }),
  };
}
