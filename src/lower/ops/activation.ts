import { defaultParameters, findActivation } from '../../activations/catalogue';
import { sizeAt } from '../../graph/access';
import { say } from '../../language/say';
import type { Lowerer, Scope } from '../scope';
import { LoweringError } from '../scope';
import { lowerDefinition } from './definition';
import { nativeActivations } from './native';

/** PReLU's slope broadcasts over [N,C,…]: ONNX aligns shapes at the end, so channels need trailing ones. */
function prelu(scope: Scope, x: number, weight: number): string {
  const count = sizeAt(scope.shape(weight), 0);
  const trailing = Math.max(scope.shape(x).length - 2, 0);
  const slope =
    count === 1 || trailing === 0
      ? scope.name(weight)
      : scope.reshape(scope.name(weight), [count, ...new Array<number>(trailing).fill(1)]);
  return scope.sink.emit('PRelu', [scope.name(x), slope]);
}

/** One operator where the device has it, else the catalogue's own definition in primitives. */
export const activation: Lowerer<'activation'> = (scope, op, node) => {
  const [x, weight] = node.inputs;
  if (x === null || x === undefined) throw new LoweringError(node, say('has no input'));
  const entry = findActivation(op.activation);
  if (!entry) throw new LoweringError(node, say('the activation "{0}" is not in the catalogue', op.activation));
  const parameters = { ...defaultParameters(entry), ...op.parameters };
  if (entry.id === 'prelu' && weight !== null && weight !== undefined) return prelu(scope, x, weight);

  const native = nativeActivations[entry.id];
  const rank = scope.shape(x).length;
  const one = native?.({ sink: scope.sink, x: scope.name(x), parameters, rank }) ?? null;
  if (one !== null) return one;

  return lowerDefinition(scope, (builder) => [entry.forward(builder, x, parameters, weight ?? null)]);
};
