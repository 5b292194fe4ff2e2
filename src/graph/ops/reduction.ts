import { ShapeError } from '../types';
import { isFloating, requiredInput, size, type TypeRules } from './rule';

function reducedShape(shape: readonly number[], dims: readonly number[], keepdim: boolean): number[] {
  return keepdim ? shape.map((each, i) => (dims.includes(i) ? 1 : each)) : shape.filter((_, i) => !dims.includes(i));
}

/** Operators whose result counts, orders or adds up elements along dimensions. */
export const reduction: TypeRules<'reduce' | 'arg' | 'topk' | 'cumsum'> = {
  reduce(attributes, inputs) {
    const x = requiredInput(inputs, 0);
    const dims = attributes.dims.length === 0 ? x.shape.map((_, i) => i) : attributes.dims;
    for (const dim of dims) size(x.shape, dim);
    if (attributes.function === 'mean' && !isFloating(x.dtype)) {
      throw new ShapeError(
        `mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: ${x.dtype}`,
      );
    }
    const shape = reducedShape(x.shape, dims, attributes.keepdim);
    const sums = attributes.function === 'sum' || attributes.function === 'prod';
    return [{ dtype: sums && !isFloating(x.dtype) ? 'int64' : x.dtype, shape }];
  },

  arg(attributes, inputs) {
    const x = requiredInput(inputs, 0);
    if (size(x.shape, attributes.dim) === 0) {
      throw new ShapeError(
        `arg${attributes.function}(): Expected reduction dim ${attributes.dim} to have non-zero size.`,
      );
    }
    return [{ dtype: 'int64', shape: reducedShape(x.shape, [attributes.dim], attributes.keepdim) }];
  },

  topk(attributes, inputs) {
    const x = requiredInput(inputs, 0);
    if (attributes.k < 0 || attributes.k > size(x.shape, attributes.dim)) {
      throw new ShapeError('selected index k out of range');
    }
    return [{ dtype: 'int64', shape: x.shape.map((each, i) => (i === attributes.dim ? attributes.k : each)) }];
  },

  cumsum(attributes, inputs) {
    const x = requiredInput(inputs, 0);
    size(x.shape, attributes.dim);
    return [{ dtype: isFloating(x.dtype) ? x.dtype : 'int64', shape: x.shape }];
  },
};
