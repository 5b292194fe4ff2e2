import { sizeAt } from '../../graph/access';
import { composites } from '../../graph/compose/index';
import type { Lowerers, LoweringScope } from '../scope';
import { int, ints } from '../sink';
import { lowerComposite } from './definition';

/** Swaps the last two dimensions of a tensor of this rank. */
function transposeLast(scope: LoweringScope, name: string, rank: number): string {
  const dims = Array.from({ length: rank }, (_, dim) => dim);
  dims.splice(rank - 2, 2, rank - 1, rank - 2);
  return scope.sink.emit('Transpose', [name], { perm: ints(dims) });
}

export const products: Lowerers<'linear' | 'matmul' | 'attention' | 'embedding'> = {
  /**
   * y = x·Wᵀ + b. Gemm where x is a matrix; the transposed constant weight is folded by the runtime otherwise. A weight that is
   * stored [in, out] is multiplied as it is.
   */
  linear(scope, _op, node) {
    const [x, weight, bias] = node.inputs;
    const { sink } = scope;
    const shape = scope.shape(x);
    const hasBias = bias !== null && bias !== undefined;
    const stored = scope.sourceOfTranspose(weight);
    if (shape.length <= 2) {
      const matrix = shape.length === 2 ? scope.name(x) : scope.reshape(scope.name(x), [1, sizeAt(shape, 0)]);
      const right = scope.name(stored ?? weight);
      const inputs = hasBias ? [matrix, right, scope.name(bias)] : [matrix, right];
      const product = sink.emit('Gemm', inputs, { transB: int(stored === undefined ? 1 : 0) });
      return shape.length === 2 ? product : scope.reshape(product, scope.shape(node.outputs[0]));
    }
    const right = stored === undefined ? transposeLast(scope, scope.name(weight), 2) : scope.name(stored);
    const product = sink.emit('MatMul', [scope.name(x), right]);
    return hasBias ? sink.emit('Add', [product, scope.name(bias)]) : product;
  },

  /** Vectors become matrices with one row or column: WebGPU's kernel has no other form. */
  matmul(scope, _op, node) {
    const [a, b] = node.inputs;
    const output = scope.type(node.outputs[0]);
    const [left, right] = [scope.shape(a), scope.shape(b)];
    let [x, y] = [scope.as(a, output.dtype), scope.as(b, output.dtype)];
    if (left.length === 1) x = scope.reshape(x, [1, ...left]);
    if (right.length === 1) y = scope.reshape(y, [...right, 1]);
    const product = scope.sink.emit('MatMul', [x, y]);
    return left.length === 1 || right.length === 1 ? scope.reshape(product, output.shape) : product;
  },

  /** ONNX Runtime's WebGPU backend has no attention kernel at opset 21. */
  attention: lowerComposite(composites.attention),

  embedding(scope, _op, node) {
    const [indices, weight] = node.inputs;
    return scope.sink.emit('Gather', [scope.name(weight), scope.name(indices)], { axis: int(0) });
  },
};
