import { firstElements, sizeAt } from '../../graph/access';
import type { Node } from '../../graph/types';
import type { Lowerers, LoweringScope } from '../scope';
import { float, int, ints, text } from '../sink';

interface PoolingWindow {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation?: readonly number[];
}

const itemOr = (list: readonly number[], index: number, otherwise: number) => list[index] ?? otherwise;

/**
 * Padding that makes ONNX's floor rule give the output that PyTorch's rule gave: `ceil_mode` of the two differ where
 * the last window would begin in the padding.
 */
function exactPadding(scope: LoweringScope, node: Node, window: PoolingWindow): number[] {
  const input = scope.shape(node.inputs[0]).slice(2);
  const output = scope.shape(node.outputs[0]).slice(2);
  const rank = input.length;
  const ends = input.map((size, i) => {
    const reach =
      (itemOr(output, i, 1) - 1) * itemOr(window.stride, i, 1) +
      itemOr(window.dilation ?? [], i, 1) * (itemOr(window.kernel, i, 1) - 1) +
      1;
    const begin = itemOr(window.padding, i, 0);
    return Math.max(reach - size - begin, itemOr(window.padding, rank + i, 0));
  });
  return [...window.padding.slice(0, rank), ...ends];
}

/** Elements that PyTorch divides by at each output position: padding counts when asked, what `ceil` adds never does. */
function divisors(input: readonly number[], output: readonly number[], window: PoolingWindow): Float32Array {
  const rank = input.length;
  const along = input.map((size, i) =>
    Array.from({ length: itemOr(output, i, 1) }, (_, position) => {
      const start = position * itemOr(window.stride, i, 1) - itemOr(window.padding, i, 0);
      return Math.min(start + itemOr(window.kernel, i, 1), size + itemOr(window.padding, rank + i, 0)) - start;
    }),
  );
  return Float32Array.from(along.reduce((outer, inner) => outer.flatMap((a) => inner.map((b) => a * b)), [1]));
}

/** The lowest float32: what padding of a maximum is. */
const LOWEST = -3.4028234663852886e38;

const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);

/** Where an adaptive pool's window begins and ends along one dimension (PyTorch's rule; windows may overlap). */
function adaptiveWindows(size: number, output: number): [number, number][] {
  return Array.from({ length: output }, (_, i) => [
    Math.floor((i * size) / output),
    Math.ceil(((i + 1) * size) / output),
  ]);
}

/** Averages uneven windows along one dimension by a product with their weights. */
function averageAlong(scope: LoweringScope, x: string, shape: readonly number[], dim: number, output: number): string {
  const size = sizeAt(shape, dim);
  const weights = new Float32Array(output * size);
  adaptiveWindows(size, output).forEach(([begin, end], row) => {
    weights.fill(1 / (end - begin), row * size + begin, row * size + end);
  });
  const rows = scope.reshape(x, [product(shape.slice(0, dim)), size, product(shape.slice(dim + 1))]);
  const pooled = scope.sink.emit('MatMul', [scope.sink.constant(weights, 'float32', [1, output, size]), rows]);
  return scope.reshape(pooled, [...shape.slice(0, dim), output, ...shape.slice(dim + 1)]);
}

function maximumAlong(scope: LoweringScope, x: string, shape: readonly number[], dim: number, output: number): string {
  const { sink } = scope;
  const parts = adaptiveWindows(sizeAt(shape, dim), output).map(([begin, end]) => {
    const part = sink.emit('Slice', [x, sink.sizes([begin]), sink.sizes([end]), sink.sizes([dim])]);
    return sink.emit('ReduceMax', [part, sink.sizes([dim])], { keepdims: int(1) });
  });
  return parts.length === 1 ? (parts[0] ?? x) : sink.emit('Concat', parts, { axis: int(dim) });
}

export const pools: Lowerers<'max_pool' | 'max_pool_places' | 'avg_pool' | 'adaptive_pool' | 'resize'> = {
  max_pool(scope, op, node) {
    const { sink } = scope;
    const pads = exactPadding(scope, node, op);
    let x = scope.name(node.inputs[0]);
    // The runtime takes no padding as wide as the kernel, which a rounded-up window with a dilation may need.
    if (pads.some((pad, i) => pad >= itemOr(op.kernel, i % op.kernel.length, 1))) {
      const rank = op.kernel.length;
      const around = [0, 0, ...pads.slice(0, rank), 0, 0, ...pads.slice(rank)];
      x = sink.emit('Pad', [x, sink.sizes(around), sink.scalar(LOWEST)]);
      pads.fill(0);
    }
    return sink.emit('MaxPool', [x], {
      kernel_shape: ints(op.kernel),
      strides: ints(op.stride),
      pads: ints(pads),
      dilations: ints(op.dilation),
    });
  },

  max_pool_places(scope, op, node) {
    const window = {
      kernel_shape: ints(op.kernel),
      strides: ints(op.stride),
      pads: ints(exactPadding(scope, node, op)),
      dilations: ints(op.dilation),
    };
    const [, places] = firstElements(scope.sink.emitMany('MaxPool', [scope.name(node.inputs[0])], 2, window), 2);
    scope.hold(node.outputs[0], 'int64');
    return places;
  },

  avg_pool(scope, op, node) {
    const { sink } = scope;
    const pads = exactPadding(scope, node, op);
    const widened = pads.some((pad, i) => pad !== itemOr(op.padding, i, 0));
    const pooled = sink.emit('AveragePool', [scope.name(node.inputs[0])], {
      kernel_shape: ints(op.kernel),
      strides: ints(op.stride),
      pads: ints(pads),
      count_include_pad: int(op.countIncludePad ? 1 : 0),
    });
    if (!widened || !op.countIncludePad) return pooled;
    const output = scope.shape(node.outputs[0]).slice(2);
    const counts = divisors(scope.shape(node.inputs[0]).slice(2), output, op);
    const correction = counts.map((count) => product(op.kernel) / count);
    return sink.emit('Mul', [pooled, sink.constant(correction, 'float32', [1, 1, ...output])]);
  },

  adaptive_pool(scope, op, node) {
    const { sink } = scope;
    const x = scope.name(node.inputs[0]);
    const input = scope.shape(node.inputs[0]);
    const output = scope.shape(node.outputs[0]);
    const average = op.function === 'avg';
    const spatial = input.slice(2);
    if (output.slice(2).every((size) => size === 1))
      return sink.emit(average ? 'GlobalAveragePool' : 'GlobalMaxPool', [x]);
    if (spatial.every((size, i) => size === output[i + 2])) return x;
    if (spatial.every((size, i) => size % itemOr(output, i + 2, 1) === 0)) {
      const kernel = spatial.map((size, i) => size / itemOr(output, i + 2, 1));
      return sink.emit(average ? 'AveragePool' : 'MaxPool', [x], { kernel_shape: ints(kernel), strides: ints(kernel) });
    }
    const along = average ? averageAlong : maximumAlong;
    let y = x;
    const shape = [...input];
    for (let dim = 2; dim < input.length; dim++) {
      const size = itemOr(output, dim, 1);
      if (shape[dim] !== size) y = along(scope, y, shape, dim, size);
      shape[dim] = size;
    }
    return y;
  },

  resize(scope, op, node) {
    const { sink } = scope;
    const shape = scope.shape(node.outputs[0]);
    // ONNX takes factors or sizes; corner-aligned positions depend on the sizes alone.
    const factors = op.factors && !op.corners ? sink.constant([1, 1, ...op.factors], 'float32', [4]) : '';
    const inputs = factors
      ? [scope.name(node.inputs[0]), '', factors]
      : [scope.name(node.inputs[0]), '', '', sink.sizes(shape)];
    return sink.emit('Resize', inputs, {
      mode: text(op.mode),
      coordinate_transformation_mode: text(op.edges ? 'asymmetric' : op.corners ? 'align_corners' : 'half_pixel'),
      ...(op.mode === 'cubic' ? { cubic_coeff_a: float(-0.75) } : {}),
    });
  },
};
