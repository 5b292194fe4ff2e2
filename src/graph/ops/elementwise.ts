import { type DType, ShapeError, type TensorType, type UnaryFunction } from '../types';
import { broadcast, isFloating, promoteTypes, type Rules, required, sizes } from './rule';

/** Functions of integers that stay integers; all others give PyTorch's default float. */
const INTEGER: ReadonlySet<UnaryFunction> = new Set(['neg', 'abs', 'sign', 'floor', 'ceil', 'round']);

function floating(dtype: DType): DType {
  return isFloating(dtype) ? dtype : 'float32';
}

function resultOf(x: TensorType, function_: UnaryFunction): DType {
  if (function_ === 'not') return 'bool';
  return INTEGER.has(function_) ? x.dtype : floating(x.dtype);
}

export const elementwise: Rules<'activation' | 'unary' | 'binary' | 'compare' | 'where' | 'cast'> = {
  activation(attributes, inputs) {
    const x = required(inputs, 0);
    if (attributes.activation === 'glu') {
      const raw = attributes.parameters.dim;
      const dim = typeof raw === 'number' ? raw : -1;
      const axis = dim < 0 ? dim + x.shape.length : dim;
      const length = x.shape[axis];
      if (length === undefined || length % 2 !== 0) {
        throw new ShapeError(
          `Halving dimension must be even, but dimension ${dim} is size ${length} of ${sizes(x.shape)}`,
        );
      }
      return [{ dtype: x.dtype, shape: x.shape.map((each, i) => (i === axis ? each / 2 : each)) }];
    }
    const weight = inputs[1];
    if (weight) {
      const count = weight.shape.reduce((product, each) => product * each, 1);
      const channels = x.shape.length > 1 ? x.shape[1] : 1;
      if (count !== 1 && count !== channels) {
        throw new ShapeError(
          `Mismatch of parameter numbers and input channel size. Found parameter numbers = ${count} and channel size = ${channels}.`,
        );
      }
    }
    return [{ dtype: floating(x.dtype), shape: x.shape }];
  },

  unary(attributes, inputs) {
    const x = required(inputs, 0);
    return [{ dtype: resultOf(x, attributes.function), shape: x.shape }];
  },

  binary(attributes, inputs) {
    const a = required(inputs, 0);
    const b = required(inputs, 1);
    const dtype = promoteTypes(a, b);
    return [{ dtype: attributes.function === 'div' ? floating(dtype) : dtype, shape: broadcast(a.shape, b.shape) }];
  },

  compare(_attributes, inputs) {
    return [{ dtype: 'bool', shape: broadcast(required(inputs, 0).shape, required(inputs, 1).shape) }];
  },

  where(_attributes, inputs) {
    const [condition, a, b] = [required(inputs, 0), required(inputs, 1), required(inputs, 2)];
    return [{ dtype: promoteTypes(a, b), shape: broadcast(condition.shape, broadcast(a.shape, b.shape)) }];
  },

  cast(attributes, inputs) {
    return [{ dtype: attributes.dtype, shape: required(inputs, 0).shape }];
  },
};
