import { firstElements } from '../../graph/access';
import type { Lowerers } from '../scope';
import { int, text } from '../sink';

export const picks: Lowerers<'gather' | 'gather_elements' | 'scatter_elements' | 'scatter_rows'> = {
  gather(scope, op, node) {
    const [, indices] = node.inputs;
    return scope.move(node.inputs[0], (x) =>
      scope.sink.emit('Gather', [x, scope.name(indices)], { axis: int(op.dim) }),
    );
  },

  /** WebGPU's kernel has floats only: whole numbers below 2²⁴ travel as such. */
  gather_elements(scope, op, node) {
    const [x, indices] = node.inputs;
    const dtype = scope.dtype(x);
    const through = scope.sink.device === 'webgpu' && !dtype.startsWith('float') ? 'float32' : dtype;
    const inputs = [scope.as(x, through), scope.name(indices)];
    return scope.cast(scope.sink.emit('GatherElements', inputs, { axis: int(op.dim) }), through, dtype);
  },

  scatter_elements(scope, op, node) {
    const [x, indices, updates] = node.inputs;
    const through = scope.dtype(x) === 'bool' ? 'int32' : scope.dtype(x);
    const inputs = [scope.as(x, through), scope.name(indices), scope.as(updates, through)];
    const attributes = { axis: int(op.dim), reduction: text(op.reduction) };
    return scope.cast(scope.sink.emit('ScatterElements', inputs, attributes), through, scope.dtype(x));
  },

  /** By ScatterElements, which takes indices of 32 bits as well. */
  scatter_rows(scope, op, node) {
    const [x, indices, updates] = node.inputs;
    const { sink } = scope;
    const [rows, ...inner] = firstElements(scope.shape(x), 1);
    const [count] = firstElements(scope.shape(indices), 1);
    const width = inner.reduce((product, size) => product * size, 1);
    const through = scope.dtype(x) === 'bool' ? 'int32' : scope.dtype(x);
    const places = sink.emit('Expand', [scope.reshape(scope.name(indices), [count, 1]), sink.sizes([count, width])]);
    const inputs = [
      scope.reshape(scope.as(x, through), [rows, width]),
      places,
      scope.reshape(scope.as(updates, through), [count, width]),
    ];
    const written = sink.emit('ScatterElements', inputs, { axis: int(0), reduction: text(op.reduction) });
    return scope.cast(scope.reshape(written, scope.shape(x)), through, scope.dtype(x));
  },
};
