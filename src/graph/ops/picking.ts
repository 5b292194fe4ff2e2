import { ShapeError, type TensorType } from '../types';
import { requiredInput, size, sizes, type TypeRules } from './rule';

function checkIndices({ dtype }: TensorType, name: string): void {
  if (dtype !== 'int64' && dtype !== 'int32') throw new ShapeError(`${name}(): Expected dtype int64 for index`);
}

/** Indices may be shorter than `x` in every dimension but `dim`. */
function checkElements(x: TensorType, indices: TensorType, dim: number, name: string): void {
  checkIndices(indices, name);
  size(x.shape, dim);
  if (indices.shape.length !== x.shape.length) {
    throw new ShapeError(
      `Index tensor must have the same number of dimensions as ${name === 'gather' ? 'input' : 'self'} tensor`,
    );
  }
  if (indices.shape.some((each, i) => i !== dim && each > size(x.shape, i))) {
    throw new ShapeError(
      `Expected index ${sizes(indices.shape)} to be smaller than self ${sizes(x.shape)} apart from dimension ${dim}`,
    );
  }
}

/** Operators that read or write at places that other tensors name. */
export const picking: TypeRules<'gather' | 'gather_elements' | 'scatter_elements' | 'scatter_rows'> = {
  gather(attributes, inputs) {
    const x = requiredInput(inputs, 0);
    const indices = requiredInput(inputs, 1);
    size(x.shape, attributes.dim);
    return [
      {
        dtype: x.dtype,
        shape: [...x.shape.slice(0, attributes.dim), ...indices.shape, ...x.shape.slice(attributes.dim + 1)],
      },
    ];
  },

  gather_elements(attributes, inputs) {
    const [x, indices] = [requiredInput(inputs, 0), requiredInput(inputs, 1)];
    checkElements(x, indices, attributes.dim, 'gather');
    return [{ dtype: x.dtype, shape: indices.shape }];
  },

  scatter_elements(attributes, inputs) {
    const [x, indices, updates] = [requiredInput(inputs, 0), requiredInput(inputs, 1), requiredInput(inputs, 2)];
    checkElements(x, indices, attributes.dim, 'scatter');
    if (updates.dtype !== x.dtype) throw new ShapeError('scatter(): Expected self.dtype to be equal to src.dtype');
    if (sizes(updates.shape) !== sizes(indices.shape)) {
      throw new ShapeError(`Expected src ${sizes(updates.shape)} to have the index's shape ${sizes(indices.shape)}`);
    }
    return [x];
  },

  scatter_rows(_attributes, inputs) {
    const [x, indices, updates] = [requiredInput(inputs, 0), requiredInput(inputs, 1), requiredInput(inputs, 2)];
    checkIndices(indices, 'index_put');
    const expected = [...indices.shape, ...x.shape.slice(1)];
    if (indices.shape.length !== 1 || sizes(updates.shape) !== sizes(expected)) {
      throw new ShapeError(
        `shape mismatch: value tensor of shape ${sizes(updates.shape)} cannot be broadcast to indexing result of shape ${sizes(expected)}`,
      );
    }
    return [x];
  },
};
