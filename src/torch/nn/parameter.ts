import { say } from '../../language/say';
import type { Context } from '../../python/natives/context';
import { native } from '../../python/natives/native';
import type { PyClass, PyComplex, PyParameter } from '../../python/values/values';
import { fromPairs, toPairs } from '../complex/creation';
import { complexOf } from '../complex/parts';
import { firstValuesOf, makeParameter, parameterOver } from '../tensor/initialiser';
import { full, operand, torchState } from '../tensor/tensor';

/** A parameter of complex numbers: one storage of pairs. */
function parameterOfPairs(ctx: Context, z: PyComplex, requiresGrad: boolean): PyParameter {
  const pairs = toPairs(ctx, z);
  const parameter = makeParameter(ctx, pairs.type, firstValuesOf(ctx, pairs), requiresGrad);
  parameter.complex = fromPairs(ctx, parameter);
  parameter.complex.real.requiresGrad = requiresGrad;
  const { home } = parameter.memory;
  if (home !== undefined) ctx.graph.pair(home);
  ctx.note(say('Parameters of complex numbers are read as pairs of real ones, and counted as PyTorch counts them'));
  return parameter;
}

/** `nn.Parameter(tensor)`. */
export function defineParameter(ctx: Context): PyClass {
  const { parameter } = torchState(ctx);
  parameter.members.set(
    '__new__',
    native('cls, data=None, requires_grad=True', (inner, args) => {
      const complex = complexOf(args.get('data'));
      if (complex) return parameterOfPairs(inner, complex, args.bool('requires_grad'));
      const given = args.isNone('data')
        ? full(inner, { dtype: 'float32', shape: [0] }, 0)
        : operand(inner, args.get('data'));
      const requiresGrad = args.bool('requires_grad');
      const { root } = given.memory;
      // A parameter made of another's bytes shares them: tied weights.
      if (root.home !== undefined && root === given.memory) {
        return parameterOver(inner, root, requiresGrad);
      }
      const parameter = makeParameter(inner, given.type, firstValuesOf(inner, given), requiresGrad);
      // The tensor goes on sharing the parameter's bytes; one that is known stays known.
      if (root === given.memory && given.data) root.twin = parameter.memory.home;
      else if (root === given.memory) given.memory = parameter.memory;
      return parameter;
    }),
  );
  return parameter;
}
