import { type DType, ShapeError, type TensorType, type UnaryFunction } from '../types';
import { broadcast, isFloating, promoteTypes, requiredInput, size, sizes, type TypeRules } from './rule';

/** Functions of integers that stay integers; all others give PyTorch's default float. */
const INTEGER: ReadonlySet<UnaryFunction> = new Set(['neg', 'abs', 'sign', 'floor', 'ceil', 'round']);

function floatingType(dtype: DType): DType {
  return isFloating(dtype) ? dtype : 'float32';
}

function resultOf(x: TensorType, function_: UnaryFunction): DType {
  if (function_ === 'not') return 'bool';
  return INTEGER.has(function_) ? x.dtype : floatingType(x.dtype);
}

/** GLU: the first half of a dimension, gated by the second. */
function halveDim(x: TensorType, dim: number): TensorType {
  if (x.shape.length === 0) throw new ShapeError('glu does not support 0-dimensional tensors');
  const axis = dim < 0 ? dim + x.shape.length : dim;
  const length = size(x.shape, axis);
  if (length % 2 !== 0) {
    throw new ShapeError(
      `Halving dimension must be even, but dimension ${axis} is size ${length} of ${sizes(x.shape)}`,
    );
  }
  return { dtype: x.dtype, shape: x.shape.map((each, i) => (i === axis ? each / 2 : each)) };
}

export const elementwise: TypeRules<'activation' | 'unary' | 'binary' | 'compare' | 'where' | 'cast'> = {
  activation(attributes, inputs) {
    const x = requiredInput(inputs, 0);
    const { dim } = attributes.parameters;
    const rank = Math.max(x.shape.length, 1);
    if (typeof dim === 'number' && (dim < -rank || dim >= rank)) {
      throw new ShapeError(
        `Dimension out of range (expected to be in range of [${-rank}, ${rank - 1}], but got ${dim})`,
      );
    }
    if (attributes.halves) return [halveDim(x, typeof dim === 'number' ? dim : -1)];
    return [{ dtype: floatingType(x.dtype), shape: x.shape }];
  },

  unary(attributes, inputs) {
    const x = requiredInput(inputs, 0);
    return [{ dtype: resultOf(x, attributes.function), shape: x.shape }];
  },

  binary(attributes, inputs) {
    const a = requiredInput(inputs, 0);
    const b = requiredInput(inputs, 1);
    const dtype = promoteTypes(a, b);
    return [{ dtype: attributes.function === 'div' ? floatingType(dtype) : dtype, shape: broadcast(a.shape, b.shape) }];
  },

  compare(_attributes, inputs) {
    return [{ dtype: 'bool', shape: broadcast(requiredInput(inputs, 0).shape, requiredInput(inputs, 1).shape) }];
  },

  where(_attributes, inputs) {
    const [condition, a, b] = [requiredInput(inputs, 0), requiredInput(inputs, 1), requiredInput(inputs, 2)];
    return [{ dtype: promoteTypes(a, b), shape: broadcast(condition.shape, broadcast(a.shape, b.shape)) }];
  },

  cast(attributes, inputs) {
    return [{ dtype: attributes.dtype, shape: requiredInput(inputs, 0).shape }];
  },
};
