import { ShapeError } from '../types';
import { elements, promote, requiredInput, size, sizes, type TypeRules } from './rule';

export const layout: TypeRules<'constant' | 'reshape' | 'permute' | 'expand' | 'slice' | 'cat' | 'pad'> = {
  constant(attributes) {
    return [attributes.type];
  },

  reshape(attributes, inputs) {
    const x = requiredInput(inputs, 0);
    if (elements(attributes.shape) !== elements(x.shape)) {
      throw new ShapeError(`shape '${sizes(attributes.shape)}' is invalid for input of size ${elements(x.shape)}`);
    }
    return [{ dtype: x.dtype, shape: attributes.shape }];
  },

  permute(attributes, inputs) {
    const x = requiredInput(inputs, 0);
    if (attributes.dims.length !== x.shape.length || new Set(attributes.dims).size !== x.shape.length) {
      throw new ShapeError(
        `permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = ${x.shape.length} is not equal to len(dims) = ${attributes.dims.length}`.replace(
          '(sparse_coo)',
          '',
        ),
      );
    }
    return [{ dtype: x.dtype, shape: attributes.dims.map((dim) => size(x.shape, dim)) }];
  },

  expand(attributes, inputs) {
    const x = requiredInput(inputs, 0);
    const added = attributes.shape.length - x.shape.length;
    x.shape.forEach((each, i) => {
      const target = attributes.shape[i + added];
      if (each !== 1 && each !== target) {
        throw new ShapeError(
          `The expanded size of the tensor (${target}) must match the existing size (${each}) at non-singleton dimension ${i + added}. Target sizes: ${sizes(attributes.shape)}. Tensor sizes: ${sizes(x.shape)}`,
        );
      }
    });
    return [{ dtype: x.dtype, shape: attributes.shape }];
  },

  slice(attributes, inputs) {
    const x = requiredInput(inputs, 0);
    size(x.shape, attributes.dim);
    const length = Math.max(0, Math.ceil((attributes.end - attributes.start) / attributes.step));
    return [{ dtype: x.dtype, shape: x.shape.map((each, i) => (i === attributes.dim ? length : each)) }];
  },

  cat(attributes, inputs) {
    const first = requiredInput(inputs, 0);
    size(first.shape, attributes.dim);
    let length = 0;
    let dtype = first.dtype;
    inputs.forEach((_, index) => {
      const each = requiredInput(inputs, index);
      const fits =
        each.shape.length === first.shape.length &&
        each.shape.every((n, i) => i === attributes.dim || n === first.shape[i]);
      if (!fits) {
        throw new ShapeError(
          `Sizes of tensors must match except in dimension ${attributes.dim}. Expected ${sizes(first.shape)} but got ${sizes(each.shape)} for tensor number ${index} in the list.`,
        );
      }
      length += size(each.shape, attributes.dim);
      dtype = promote(dtype, each.dtype);
    });
    return [{ dtype, shape: first.shape.map((each, i) => (i === attributes.dim ? length : each)) }];
  },

  pad(attributes, inputs) {
    const x = requiredInput(inputs, 0);
    const rank = x.shape.length;
    const shape = x.shape.map((each, i) => each + size(attributes.padding, i) + size(attributes.padding, rank + i));
    if (shape.some((each) => each < 0)) {
      throw new ShapeError(`The padded size ${sizes(shape)} of input ${sizes(x.shape)} is negative`);
    }
    return [{ dtype: x.dtype, shape }];
  },
};
