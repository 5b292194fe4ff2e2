import type { Family } from '../scope';
import { int, ints } from '../sink';

/** Convolutions; ONNX's padding order is the graph's own. */
export const convolutions: Family<'conv' | 'conv_transpose'> = {
  conv(scope, op, node) {
    const [x, weight, bias] = node.inputs;
    const inputs = [scope.name(x), scope.name(weight)];
    if (bias !== null && bias !== undefined) inputs.push(scope.name(bias));
    return scope.sink.emit('Conv', inputs, {
      kernel_shape: ints(scope.shape(weight).slice(2)),
      strides: ints(op.stride),
      pads: ints(op.padding),
      dilations: ints(op.dilation),
      group: int(op.groups),
    });
  },

  conv_transpose(scope, op, node) {
    const [x, weight, bias] = node.inputs;
    const inputs = [scope.name(x), scope.name(weight)];
    if (bias !== null && bias !== undefined) inputs.push(scope.name(bias));
    return scope.sink.emit('ConvTranspose', inputs, {
      kernel_shape: ints(scope.shape(weight).slice(2)),
      strides: ints(op.stride),
      pads: ints(op.padding),
      output_padding: ints(op.outputPadding),
      dilations: ints(op.dilation),
      group: int(op.groups),
    });
  },
};
