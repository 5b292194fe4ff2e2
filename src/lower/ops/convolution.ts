import { firstElements, itemAt, sizeAt } from '../../graph/access';
import type { OpAttributes, ValueId } from '../../graph/types';
import type { Lowerers, LoweringScope } from '../scope';
import { int, ints } from '../sink';

type Inputs = readonly (ValueId | null)[];

function part(scope: LoweringScope, name: string, dim: number, index: number, size: number): string {
  const { sink } = scope;
  const [start, end] = [sink.sizes([index * size]), sink.sizes([(index + 1) * size])];
  return sink.emit('Slice', [name, start, end, sink.sizes([dim]), sink.sizes([1])]);
}

/** Tensors of a convolution, as names with the weight's shape. */
interface Operands {
  readonly x: string;
  readonly weight: string;
  readonly bias: string;
  /** [O, C/groups, …] */
  readonly shape: readonly number[];
  readonly channels: number;
}

/** ONNX's padding order is the graph's own. */
function convolve(scope: LoweringScope, op: OpAttributes['conv'], { x, weight, bias, shape }: Operands): string {
  return scope.sink.emit('Conv', bias ? [x, weight, bias] : [x, weight], {
    kernel_shape: ints(shape.slice(2)),
    strides: ints(op.stride),
    pads: ints(op.padding),
    dilations: ints(op.dilation),
    group: int(op.groups),
  });
}

/** WebGPU's kernel for volumes has no groups: each is a convolution of its own. */
function convolveGroups(scope: LoweringScope, op: OpAttributes['conv'], operands: Operands): string {
  const { x, weight, bias, shape, channels } = operands;
  const [width, outputs] = [channels / op.groups, sizeAt(shape, 0) / op.groups];
  const parts = Array.from({ length: op.groups }, (_, group) =>
    convolve(
      scope,
      { ...op, groups: 1 },
      {
        x: part(scope, x, 1, group, width),
        weight: part(scope, weight, 0, group, outputs),
        bias: bias && part(scope, bias, 0, group, outputs),
        shape: [outputs, ...shape.slice(1)],
        channels: width,
      },
    ),
  );
  return scope.sink.emit('Concat', parts, { axis: int(1) });
}

function convolution(scope: LoweringScope, op: OpAttributes['conv'], operands: Operands): string {
  const alone = scope.sink.device === 'wasm' || op.groups === 1 || operands.shape.length < 5;
  return (alone ? convolve : convolveGroups)(scope, op, operands);
}

/** Zeros between the elements of x along the spatial dimensions, `stride` − 1 each. */
function spread(scope: LoweringScope, x: string, shape: readonly number[], stride: readonly number[]): string {
  const { sink } = scope;
  const front = shape.slice(0, 2);
  const spatial = shape.slice(2);
  if (stride.every((each) => each === 1)) return x;
  const columns = scope.reshape(x, [...front, ...spatial.flatMap((size) => [size, 1])]);
  const behind = [0, 0, ...stride.flatMap((each) => [0, each - 1])];
  const padded = sink.emit('Pad', [columns, sink.sizes([...behind.map(() => 0), ...behind]), sink.scalar(0)]);
  const wide = scope.reshape(padded, [...front, ...spatial.map((size, i) => size * itemAt(stride, i))]);
  const axes = spatial.map((_, i) => i + 2);
  const ends = spatial.map((size, i) => (size - 1) * itemAt(stride, i) + 1);
  const steps = axes.map(() => 1);
  const bounds = [axes.map(() => 0), ends, axes, steps].map((each) => sink.sizes(each));
  return sink.emit('Slice', [wide, ...bounds]);
}

/** The weight [C, O/groups, …] of a transposed convolution as that of a plain one, [O, C/groups, …], mirrored. */
function mirrorWeight(scope: LoweringScope, weight: ValueId | null | undefined, groups: number): string {
  const { sink } = scope;
  const [channels, outputs, ...kernel] = firstElements(scope.shape(weight), 2);
  const split = scope.reshape(scope.name(weight), [groups, channels / groups, outputs, ...kernel]);
  const perm = [0, 2, 1, ...kernel.map((_, i) => i + 3)];
  const turned = sink.emit('Transpose', [split], { perm: ints(perm) });
  const joined = scope.reshape(turned, [groups * outputs, channels / groups, ...kernel]);
  return kernel.reduce((name, size, i) => {
    const backwards = Array.from({ length: size }, (_, at) => size - 1 - at);
    return sink.emit('Gather', [name, sink.sizes(backwards)], { axis: int(i + 2) });
  }, joined);
}

/** Takes away what padding below zero says, of each spatial dimension's beginning and end. */
function cut(scope: LoweringScope, x: string, padding: readonly number[]): string {
  if (padding.every((each) => each >= 0)) return x;
  const rank = padding.length / 2;
  const axes = Array.from({ length: rank }, (_, i) => i + 2);
  const starts = axes.map((_, i) => Math.max(-itemAt(padding, i), 0));
  const ends = axes.map((_, i) => Math.min(itemAt(padding, rank + i), 0) || Number.MAX_SAFE_INTEGER);
  const bounds = [starts, ends, axes].map((each) => scope.sink.sizes(each));
  return scope.sink.emit('Slice', [x, ...bounds]);
}

/** A transposed convolution as a plain one over an input that is spread by the stride: WebGPU has none for volumes. */
function spreadConvolution(scope: LoweringScope, op: OpAttributes['conv_transpose'], inputs: Inputs): string {
  const [x, weight, bias] = inputs;
  const [channels, outputs, ...kernel] = firstElements(scope.shape(weight), 2);
  const rank = kernel.length;
  const pads = (ends: boolean) =>
    kernel.map((size, i) => {
      const reach = itemAt(op.dilation, i) * (size - 1);
      return ends ? reach - itemAt(op.padding, rank + i) + itemAt(op.outputPadding, i) : reach - itemAt(op.padding, i);
    });
  const padding = [...pads(false), ...pads(true)];
  const plain = {
    stride: kernel.map(() => 1),
    padding: padding.map((each) => Math.max(each, 0)),
    dilation: op.dilation,
    groups: op.groups,
  };
  return convolution(scope, plain, {
    x: cut(scope, spread(scope, scope.name(x), scope.shape(x), op.stride), padding),
    weight: mirrorWeight(scope, weight, op.groups),
    bias: scope.name(bias),
    shape: [op.groups * outputs, channels / op.groups, ...kernel],
    channels,
  });
}

export const convolutions: Lowerers<'conv' | 'conv_transpose'> = {
  conv(scope, op, node) {
    const [x, weight, bias] = node.inputs;
    return convolution(scope, op, {
      x: scope.name(x),
      weight: scope.name(weight),
      bias: scope.name(bias),
      shape: scope.shape(weight),
      channels: sizeAt(scope.shape(x), 1),
    });
  },

  conv_transpose(scope, op, node) {
    const [x, weight, bias] = node.inputs;
    const kernel = scope.shape(weight).slice(2);
    // The runtime refuses an output padding that only the dilation allows.
    const wide = op.outputPadding.some((size, i) => size > 0 && size >= itemAt(op.stride, i));
    if (wide || (scope.sink.device === 'webgpu' && kernel.length === 3))
      return spreadConvolution(scope, op, node.inputs);
    const inputs = [scope.name(x), scope.name(weight)];
    if (bias !== null && bias !== undefined) inputs.push(scope.name(bias));
    return scope.sink.emit('ConvTranspose', inputs, {
      kernel_shape: ints(kernel),
      strides: ints(op.stride),
      pads: ints(op.padding),
      output_padding: ints(op.outputPadding),
      dilations: ints(op.dilation),
      group: int(op.groups),
    });
  },
};
