import { firstElements } from '../../graph/access';
import type { Lowerers } from '../scope';
import { int } from '../sink';

const reductions = {
  sum: 'ReduceSum',
  mean: 'ReduceMean',
  max: 'ReduceMax',
  min: 'ReduceMin',
  prod: 'ReduceProd',
} as const;

export const orders: Lowerers<'reduce' | 'arg' | 'topk' | 'cumsum'> = {
  reduce(scope, op, node) {
    const [x] = node.inputs;
    const { sink } = scope;
    const dtype = scope.dtype(node.outputs[0]);
    const through = dtype === 'bool' ? 'int32' : dtype;
    const inputs = [scope.as(x, through)];
    const all = op.dims.length === 0 || op.dims.length === scope.shape(x).length;
    if (!all) inputs.push(sink.sizes(op.dims));
    const reduced = sink.emit(reductions[op.function], inputs, { keepdims: int(op.keepdim ? 1 : 0) });
    return scope.cast(reduced, through, dtype);
  },

  /** Places come in int64 from both: WebGPU reads that as an index, and casts it on the CPU only. */
  arg(scope, op, node) {
    const attributes = { axis: int(op.dim), keepdims: int(op.keepdim ? 1 : 0) };
    scope.hold(node.outputs[0], 'int64');
    return scope.sink.emit(op.function === 'max' ? 'ArgMax' : 'ArgMin', [scope.name(node.inputs[0])], attributes);
  },

  topk(scope, op, node) {
    const attributes = { axis: int(op.dim), largest: int(op.largest ? 1 : 0), sorted: int(1) };
    const inputs = [scope.name(node.inputs[0]), scope.sink.sizes([op.k])];
    const [, indices] = firstElements(scope.sink.emitMany('TopK', inputs, 2, attributes), 2);
    scope.hold(node.outputs[0], 'int64');
    return indices;
  },

  cumsum(scope, op, node) {
    const { sink } = scope;
    const axis = sink.constant([op.dim], 'int64', []);
    return sink.emit('CumSum', [scope.as(node.inputs[0], scope.type(node.outputs[0]).dtype), axis]);
  },
};
