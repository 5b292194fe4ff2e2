import type { Lowerers } from '../scope';
import { int, ints, text } from '../sink';

const paddings = { constant: 'constant', reflect: 'reflect', replicate: 'edge' } as const;

export const shapes: Lowerers<'constant' | 'reshape' | 'permute' | 'expand' | 'slice' | 'cat' | 'pad' | 'dropout'> = {
  constant(scope, op) {
    return scope.sink.constant(op.data, scope.sink.dtype(op.type.dtype), op.type.shape);
  },

  reshape(scope, _op, node) {
    return scope.reshape(scope.name(node.inputs[0]), scope.shape(node.outputs[0]));
  },

  permute(scope, op, node) {
    const rank = op.dims.length;
    const perm = op.dims.map((dim) => (dim < 0 ? dim + rank : dim));
    return scope.move(node.inputs[0], (x) => scope.sink.emit('Transpose', [x], { perm: ints(perm) }));
  },

  expand(scope, _op, node) {
    const shape = scope.shape(node.outputs[0]);
    return scope.move(node.inputs[0], (x) => scope.sink.emit('Expand', [x, scope.sink.sizes(shape)]));
  },

  slice(scope, op, node) {
    const { sink } = scope;
    const bounds = [op.start, op.end, op.dim, op.step].map((bound) => sink.sizes([bound]));
    return scope.move(node.inputs[0], (x) => sink.emit('Slice', [x, ...bounds]));
  },

  cat(scope, op, node) {
    const { sink } = scope;
    const dtype = scope.dtype(node.outputs[0]);
    const through = dtype === 'bool' && sink.device === 'webgpu' ? 'float32' : dtype;
    const parts = node.inputs.map((input) => scope.as(input, through));
    return scope.cast(sink.emit('Concat', parts, { axis: int(op.dim) }), through, dtype);
  },

  pad(scope, op, node) {
    const { sink } = scope;
    const dtype = scope.dtype(node.inputs[0]);
    const through = dtype === 'bool' && sink.device === 'webgpu' ? 'float32' : dtype;
    const inputs = [scope.as(node.inputs[0], through), sink.sizes(op.padding)];
    if (op.mode === 'constant') inputs.push(sink.scalar(op.value, through));
    return scope.cast(sink.emit('Pad', inputs, { mode: text(paddings[op.mode]) }), through, dtype);
  },

  /** Evaluation: the identity. */
  dropout(scope, _op, node) {
    return scope.name(node.inputs[0]);
  },
};
