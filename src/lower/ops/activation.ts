import { type ActivationId, defaultParameters, findActivation } from '../../activations/catalogue';
import { say } from '../../language/say';
import type { Lowerer } from '../scope';
import { LoweringError } from '../scope';
import { lowerDefinition } from './definition';
import { nativeActivations } from './native';

/** One operator where the device has it, else the catalogue's own definition in primitives. */
export const activation: Lowerer<'activation'> = (scope, op, node) => {
  const [x, ...weights] = node.inputs.filter((input) => input !== null);
  if (x === undefined) throw new LoweringError(node, say('has no input'));
  const entry = findActivation(op.activation);
  if (!entry) throw new LoweringError(node, say('the activation "{0}" is not in the catalogue', op.activation));
  const parameters = { ...defaultParameters(entry), ...op.parameters };

  const one = nativeActivations[entry.id as ActivationId]?.({
    sink: scope.sink,
    x: scope.name(x),
    parameters,
    rank: scope.shape(x).length,
    weights: weights.map((weight) => ({ name: scope.name(weight), shape: scope.shape(weight) })),
  });
  if (typeof one === 'string') return one;

  return lowerDefinition(scope, (builder) => [entry.forward(builder, x, parameters, weights)]);
};
