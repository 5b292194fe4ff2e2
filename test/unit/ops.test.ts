import assert from 'node:assert/strict';
import { inferTypes } from '../../src/graph/ops/index';
import type { DType, Op, TensorType } from '../../src/graph/types';

const t = (shape: number[], dtype: DType = 'float32'): TensorType => ({ dtype, shape });
const shapeOf = (op: Op, ...inputs: (TensorType | null)[]) => inferTypes(op, inputs)[0]?.shape;
const conv = (attributes: Partial<Extract<Op, { kind: 'conv' }>> = {}): Op => ({
  kind: 'conv',
  stride: [1, 1],
  padding: [0, 0, 0, 0],
  dilation: [1, 1],
  groups: 1,
  ...attributes,
});

describe('shape rules', () => {
  it('slide a convolution with stride, dilation and uneven padding', () => {
    assert.deepEqual(shapeOf(conv(), t([2, 3, 32, 32]), t([8, 3, 3, 3]), t([8])), [2, 8, 30, 30]);
    const strided = conv({ stride: [2, 2], padding: [1, 1, 1, 1] });
    assert.deepEqual(shapeOf(strided, t([2, 3, 33, 32]), t([8, 3, 3, 3]), null), [2, 8, 17, 16]);
    const uneven = conv({ dilation: [2, 1], padding: [1, 0, 2, 1] });
    assert.deepEqual(shapeOf(uneven, t([1, 3, 10, 10]), t([4, 3, 3, 4]), null), [1, 4, 9, 8]);
    const transposed: Op = {
      kind: 'conv_transpose',
      stride: [2, 2],
      padding: [1, 1, 1, 1],
      outputPadding: [1, 1],
      dilation: [1, 1],
      groups: 2,
    };
    assert.deepEqual(shapeOf(transposed, t([1, 4, 7, 7]), t([4, 3, 3, 3]), null), [1, 6, 14, 14]);
  });

  it('refuse a convolution in PyTorch’s words', () => {
    assert.throws(() => inferTypes(conv(), [t([1, 1, 8, 8]), t([8, 3, 3, 3]), null]), {
      name: 'ShapeError',
      message:
        /weight of size \[8, 3, 3, 3\], expected input\[1, 1, 8, 8\] to have 3 channels, but got 1 channels instead/,
    });
    assert.throws(() => inferTypes(conv(), [t([1, 3, 2, 2]), t([8, 3, 3, 3]), null]), /Kernel size can't be greater/);
  });

  it('pool with ceil mode: the last window starts inside', () => {
    const pool = (ceil: boolean): Op => ({
      kind: 'max_pool',
      kernel: [2, 2],
      stride: [2, 2],
      padding: [0, 0, 0, 0],
      dilation: [1, 1],
      ceil,
    });
    assert.deepEqual(shapeOf(pool(false), t([1, 2, 5, 7])), [1, 2, 2, 3]);
    assert.deepEqual(shapeOf(pool(true), t([1, 2, 5, 7])), [1, 2, 3, 4]);
    const adaptive: Op = { kind: 'adaptive_pool', function: 'avg', output: [1, 3] };
    assert.deepEqual(shapeOf(adaptive, t([1, 2, 5, 7])), [1, 2, 1, 3]);
  });

  it('multiply matrices with broadcast batches and vectors', () => {
    const matmul: Op = { kind: 'matmul' };
    assert.deepEqual(shapeOf(matmul, t([4, 1, 2, 3]), t([5, 3, 6])), [4, 5, 2, 6]);
    assert.deepEqual(shapeOf(matmul, t([3]), t([3, 6])), [6]);
    assert.deepEqual(shapeOf(matmul, t([2, 3]), t([3])), [2]);
    assert.deepEqual(shapeOf({ kind: 'linear' }, t([2, 7, 3]), t([5, 3]), null), [2, 7, 5]);
    assert.throws(() => inferTypes({ kind: 'linear' }, [t([1, 512]), t([10, 400]), null]), {
      message: 'mat1 and mat2 shapes cannot be multiplied (1x512 and 400x10)',
    });
  });

  it('promote and broadcast as PyTorch', () => {
    const add: Op = { kind: 'binary', function: 'add' };
    assert.deepEqual(inferTypes(add, [t([3, 1], 'int64'), t([4])]), [t([3, 4])]);
    assert.deepEqual(inferTypes(add, [t([3], 'float16'), t([])]), [t([3], 'float16')]);
    assert.deepEqual(inferTypes(add, [t([3], 'int32'), t([], 'float64')]), [t([3], 'float64')]);
    assert.deepEqual(inferTypes({ kind: 'binary', function: 'div' }, [t([2], 'int64'), t([2], 'int64')]), [t([2])]);
    assert.throws(() => inferTypes(add, [t([3]), t([4])]), {
      message: 'The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 0',
    });
  });

  it('lay out, cut and join', () => {
    assert.deepEqual(shapeOf({ kind: 'reshape', shape: [6, 4] }, t([2, 3, 4])), [6, 4]);
    assert.throws(() => inferTypes({ kind: 'reshape', shape: [5] }, [t([2, 3])]), {
      message: "shape '[5]' is invalid for input of size 6",
    });
    assert.deepEqual(shapeOf({ kind: 'permute', dims: [2, 0, 1] }, t([2, 3, 4])), [4, 2, 3]);
    assert.deepEqual(shapeOf({ kind: 'slice', dim: 1, start: 1, end: 6, step: 2 }, t([2, 7])), [2, 3]);
    assert.deepEqual(shapeOf({ kind: 'cat', dim: 1 }, t([2, 3]), t([2, 5])), [2, 8]);
    assert.throws(
      () => inferTypes({ kind: 'cat', dim: 1 }, [t([2, 3]), t([3, 3])]),
      /must match except in dimension 1/,
    );
    assert.deepEqual(shapeOf({ kind: 'reduce', function: 'mean', dims: [1], keepdim: false }, t([2, 3, 4])), [2, 4]);
    assert.deepEqual(shapeOf({ kind: 'gather', dim: 1 }, t([2, 3, 4]), t([5, 6], 'int64')), [2, 5, 6, 4]);
    assert.deepEqual(shapeOf({ kind: 'expand', shape: [7, 2, 3] }, t([2, 1])), [7, 2, 3]);
  });

  it('halve a gated unit, and refuse an odd one', () => {
    const glu: Op = { kind: 'activation', activation: 'glu', parameters: { dim: -1 }, halves: true };
    assert.deepEqual(shapeOf(glu, t([2, 6])), [2, 3]);
    assert.throws(() => inferTypes(glu, [t([2, 5])]), /Halving dimension must be even/);
  });
});
