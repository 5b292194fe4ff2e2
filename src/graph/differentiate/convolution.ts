import type { Op, ValueId } from '../types';
import type { Emit } from './emit';
import type { GradientRules } from './rule';

type Conv = Extract<Op, { readonly kind: 'conv' }>;
type Geometry = Pick<Conv, 'stride' | 'padding' | 'dilation' | 'groups'>;

/** The size that a transposed convolution of `length` has without output padding. */
function grown(length: number, kernel: number, dim: number, { stride, padding, dilation }: Geometry): number {
  const rank = stride.length;
  const pads = (padding[dim] ?? 0) + (padding[rank + dim] ?? 0);
  return (length - 1) * (stride[dim] ?? 1) - pads + (dilation[dim] ?? 1) * (kernel - 1) + 1;
}

/** The adjoint of a convolution in its input: a transposed one with the same weight. */
export function convInput(e: Emit, g: ValueId, weight: ValueId, geometry: Geometry, size: readonly number[]): ValueId {
  const kernel = e.shape(weight).slice(2);
  const lengths = e.shape(g).slice(2);
  // What the stride left over at the end saw no window: zeros.
  const rest = size.map((each, dim) => each - grown(lengths[dim] ?? 1, kernel[dim] ?? 1, dim, geometry));
  const outputPadding = rest.map((each, dim) => {
    const most = Math.max(geometry.stride[dim] ?? 1, geometry.dilation[dim] ?? 1) - 1;
    return Math.min(Math.max(each, 0), most);
  });
  const { stride, padding, dilation, groups } = geometry;
  const made = e.op({ kind: 'conv_transpose', stride, padding, outputPadding, dilation, groups }, g, weight, null);
  const missing = rest.map((each, dim) => each - (outputPadding[dim] ?? 0));
  return e.padded(made, [0, 0, ...missing.map(() => 0)], [0, 0, ...missing]);
}

/**
 * The gradient of a convolution's weight [O, C/groups, …]: the input convolved with the output's gradient, the batch in
 * the place of the channels, stride and dilation in each other's.
 */
export function convWeight(e: Emit, x: ValueId, g: ValueId, geometry: Geometry, kernel: readonly number[]): ValueId {
  const { stride, padding, dilation, groups } = geometry;
  const [n = 1, channels = 1, ...size] = e.shape(x);
  const [, outputs = 1, ...lengths] = e.shape(g);
  const spatial = size.map((_, i) => i);
  const width = channels / groups;
  const grouped = (value: ValueId, count: number, rest: readonly number[], order: readonly number[]) => {
    const split = e.reshape(value, [n, groups, count / groups, ...rest]);
    return e.permute(split, [...order, ...spatial.map((i) => i + 3)]);
  };
  const images = e.reshape(grouped(x, channels, size, [2, 1, 0]), [width, groups * n, ...size]);
  const filters = e.reshape(grouped(g, outputs, lengths, [1, 2, 0]), [outputs, n, ...lengths]);
  const made = e.op({ kind: 'conv', stride: dilation, dilation: stride, padding, groups }, images, filters, null);
  const cut = kernel.reduce((value, each, dim) => e.slice(value, dim + 2, 0, each), made);
  return e.permute(cut, [1, 0, ...spatial.map((i) => i + 2)]);
}

function bias(e: Emit, g: ValueId): ValueId {
  const dims = e.shape(g).flatMap((_, i) => (i === 1 ? [] : [i]));
  return e.reduce('sum', g, dims);
}

export const convolutionRules: GradientRules<'conv' | 'conv_transpose'> = {
  conv(op, at) {
    const { e, x, g, node } = at;
    const weight = at.input(1);
    return [
      () => convInput(e, g, weight, op, e.shape(x).slice(2)),
      () => convWeight(e, x, g, op, e.shape(weight).slice(2)),
      typeof node.inputs[2] === 'number' ? () => bias(e, g) : null,
    ];
  },

  conv_transpose(op, at) {
    const { e, x, g, node } = at;
    const weight = at.input(1);
    const { stride, padding, dilation, groups } = op;
    return [
      () => {
        const made = e.op({ kind: 'conv', stride, padding, dilation, groups }, g, weight, null);
        return e
          .shape(x)
          .slice(2)
          .reduce((value, size, dim) => e.slice(value, dim + 2, 0, size), made);
      },
      () => convWeight(e, g, x, op, e.shape(weight).slice(2)),
      typeof node.inputs[2] === 'number' ? () => bias(e, g) : null,
    ];
  },
};
