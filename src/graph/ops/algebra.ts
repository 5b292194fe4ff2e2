import { type DType, ShapeError } from '../types';
import { broadcast, elements, requiredInput, size, sizes, type TypeRules } from './rule';

/** Dtypes as PyTorch's older messages name tensors of them. */
const titles: Readonly<Partial<Record<DType, string>>> = {
  float16: 'Half',
  bfloat16: 'BFloat16',
  float32: 'Float',
  float64: 'Double',
  int16: 'Short',
  int8: 'Char',
  uint8: 'Byte',
  bool: 'Bool',
};

export const algebra: TypeRules<'linear' | 'matmul' | 'attention' | 'recurrent' | 'embedding'> = {
  linear(_attributes, inputs) {
    const x = requiredInput(inputs, 0);
    const weight = requiredInput(inputs, 1);
    const features = size(x.shape, -1);
    const [out, expected] = [size(weight.shape, 0), size(weight.shape, 1)];
    if (features !== expected) {
      const rows = x.shape.slice(0, -1).reduce((product, each) => product * each, 1);
      throw new ShapeError(`mat1 and mat2 shapes cannot be multiplied (${rows}x${features} and ${expected}x${out})`);
    }
    return [{ dtype: x.dtype, shape: [...x.shape.slice(0, -1), out] }];
  },

  matmul(_attributes, inputs) {
    const a = requiredInput(inputs, 0);
    const b = requiredInput(inputs, 1);
    if (a.shape.length === 0 || b.shape.length === 0) {
      throw new ShapeError(
        `both arguments to matmul need to be at least 1D, but they are ${a.shape.length}D and ${b.shape.length}D`,
      );
    }
    const left = a.shape.length === 1 ? [1, ...a.shape] : a.shape;
    const right = b.shape.length === 1 ? [...b.shape, 1] : b.shape;
    const [m, k] = [size(left, -2), size(left, -1)];
    const [k2, n] = [size(right, -2), size(right, -1)];
    if (k !== k2 && b.shape.length <= 2) {
      // A batch of matrices by one is one product of all its rows.
      const rows = elements(a.shape) / k;
      throw new ShapeError(`mat1 and mat2 shapes cannot be multiplied (${rows}x${k} and ${k2}x${n})`);
    }
    const shape = broadcast(left.slice(0, -2), right.slice(0, -2));
    if (k !== k2) {
      const batch = elements(shape);
      throw new ShapeError(
        `Expected size for first two dimensions of batch2 tensor to be: [${batch}, ${k}] but got: [${batch}, ${k2}].`,
      );
    }
    if (a.shape.length > 1) shape.push(m);
    if (b.shape.length > 1) shape.push(n);
    return [{ dtype: a.dtype, shape }];
  },

  attention(_attributes, inputs) {
    const query = requiredInput(inputs, 0);
    const key = requiredInput(inputs, 1);
    const value = requiredInput(inputs, 2);
    if (query.shape.at(-1) !== key.shape.at(-1) || key.shape.at(-2) !== value.shape.at(-2)) {
      throw new ShapeError(
        `scaled_dot_product_attention: query ${sizes(query.shape)}, key ${sizes(key.shape)} and value ${sizes(value.shape)} do not fit`,
      );
    }
    const batch = broadcast(broadcast(query.shape.slice(0, -2), key.shape.slice(0, -2)), value.shape.slice(0, -2));
    const [queries, keys] = [size(query.shape, -2), size(key.shape, -2)];
    const mask = inputs[3];
    if (mask) broadcast(mask.shape, [...batch, queries, keys]);
    return [{ dtype: query.dtype, shape: [...batch, queries, size(value.shape, -1)] }];
  },

  recurrent(attributes, inputs) {
    const x = requiredInput(inputs, 0);
    const [weight, hidden, state] = [requiredInput(inputs, 1), requiredInput(inputs, 2), requiredInput(inputs, 5)];
    const [time, batch, features] = [size(x.shape, 0), size(x.shape, 1), size(x.shape, 2)];
    const [expected, width] = [size(weight.shape, 1), size(hidden.shape, 1)];
    if (features !== expected) {
      throw new ShapeError(`input.size(-1) must be equal to input_size. Expected ${expected}, got ${features}`);
    }
    if (state.shape[0] !== batch || state.shape[1] !== width) {
      throw new ShapeError(`Expected hidden size ${sizes([batch, width])}, got ${sizes(state.shape)}`);
    }
    const output = { dtype: x.dtype, shape: [time, batch, width] };
    return attributes.cell === 'lstm' ? [output, { dtype: x.dtype, shape: [batch, width] }] : [output];
  },

  embedding(_attributes, inputs) {
    const indices = requiredInput(inputs, 0);
    const weight = requiredInput(inputs, 1);
    if (indices.dtype !== 'int64' && indices.dtype !== 'int32') {
      throw new ShapeError(
        `Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got torch.${titles[indices.dtype] ?? indices.dtype}Tensor instead (while checking arguments for embedding)`,
      );
    }
    return [{ dtype: weight.dtype, shape: [...indices.shape, size(weight.shape, 1)] }];
  },
};
