/** Convolutions: NHWC and filters [kh, kw, in, out] there, NCHW and weights [out, in, kh, kw] in the graph. */
import { itemAt, sizeAt } from '../../graph/access';
import type { ValueId } from '../../graph/types';
import { activateFused } from '../activation';
import { channelsFirst, type DimensionOrder, naturalOrder } from '../layout';
import type { StepView } from '../translation';
import type { RuleTable, StepRule } from './table';
import { cropBegins, paddingOf, spatialSettings } from './windows';

/** Which dimensions of a tensor are spatial, and the order that has channels behind the batch. */
interface Format {
  readonly order: DimensionOrder;
  readonly spatial: (shape: readonly number[]) => readonly number[];
  /** The first spatial dimension. */
  readonly first: number;
}

function formatOf(step: StepView, rank: number): Format {
  const format = step.attribute('dataFormat') ?? 'NHWC';
  return format === 'NCHW' || format === 'NCDHW'
    ? { order: naturalOrder(rank), spatial: (shape) => shape.slice(2), first: 2 }
    : { order: channelsFirst(rank), spatial: (shape) => shape.slice(1, -1), first: 1 };
}

/** A filter with its outputs first and its inputs behind them. */
const outputsFirst = (rank: number): DimensionOrder => [rank - 1, rank - 2, ...naturalOrder(rank - 2)];

/** A bias of one number a channel. */
function biasOf(step: StepView): ValueId | null {
  if (!step.has('bias')) return null;
  return step.e.reshape(step.read('bias'), [sizeAt(step.shape('bias'), -1)]);
}

interface Convolution {
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
}

/** A convolution's settings, from what goes in and what comes out of the forward one. */
function settings(step: StepView, input: readonly number[], output: readonly number[], format: Format): Convolution {
  const rank = input.length - 2;
  const [stride, dilation] = [spatialSettings(step, 'strides', rank), spatialSettings(step, 'dilations', rank)];
  const kernel = step.shape('filter').slice(0, rank);
  const sliding = { input: format.spatial(input), output: format.spatial(output), kernel, stride, dilation };
  return { stride, dilation, padding: paddingOf(step, sliding, format.first) };
}

const convolution: StepRule = (step) => {
  const rank = step.rank('x');
  const format = formatOf(step, rank);
  const own = settings(step, step.shape('x'), step.outputShape(), format);
  const { x, padding } = cropBegins(step, step.in('x', format.order), own.padding);
  const op = { kind: 'conv', groups: 1, ...own, padding } as const;
  activateFused(step, step.e.op(op, x, step.in('filter', outputsFirst(rank)), biasOf(step)), format.order);
};

/** Each input channel has filters of its own: [kh, kw, in, multiplier], whose outputs stand together. */
const depthwise: StepRule = (step) => {
  const { e } = step;
  const format = formatOf(step, 4);
  const [height, width, channels, multiplier] = step.shape('filter') as readonly [number, number, number, number];
  const turned = step.in('filter', [2, 3, 0, 1]);
  const weight = e.reshape(turned, [channels * multiplier, 1, height, width]);
  const own = settings(step, step.shape('x'), step.outputShape(), format);
  const op = { kind: 'conv', groups: channels, ...own } as const;
  activateFused(step, e.op(op, step.in('x', format.order), weight, biasOf(step)), format.order);
};

/** The gradient of a convolution's input, which a transposed convolution is. */
const transposedConvolution: StepRule = (step) => {
  const rank = step.rank('dy');
  const format = formatOf(step, rank);
  const [input, output] = [step.outputShape(), step.shape('dy')];
  const { stride, padding, dilation } = settings(step, input, output, format);
  const lengths = rank - 2;
  const kernel = step.shape('filter').slice(0, lengths);
  // Where the forward one begins behind the first elements, nothing reaches these.
  const bare = padding.slice(0, lengths).map((begin) => Math.max(-begin, 0));
  const within = padding.map((each) => Math.max(each, 0));
  const outputPadding = format.spatial(input).map((size, dim) => {
    const reach = (itemAt(format.spatial(output), dim) - 1) * itemAt(stride, dim);
    const span = itemAt(dilation, dim) * (itemAt(kernel, dim) - 1) + 1;
    return size - itemAt(bare, dim) - (reach - itemAt(within, dim) - itemAt(within, lengths + dim) + span);
  });
  const op = { kind: 'conv_transpose', stride, padding: within, outputPadding, dilation, groups: 1 } as const;
  const [dy, weight, bias] = [step.in('dy', format.order), step.in('filter', outputsFirst(rank)), biasOf(step)];
  const { e } = step;
  if (bare.every((each) => each === 0)) {
    step.give(e.op(op, dy, weight, bias), format.order);
    return;
  }
  const behind = [0, 0, ...bare.map(() => 0)];
  const made = e.pad(e.op(op, dy, weight, null), [0, 0, ...bare], behind);
  const row = [1, sizeAt(e.shape(made), 1), ...bare.map(() => 1)];
  step.give(bias === null ? made : e.add(made, e.reshape(bias, row)), format.order);
};

const pool =
  (kind: 'max_pool' | 'avg_pool'): StepRule =>
  (step) => {
    const rank = step.rank('x');
    const format = formatOf(step, rank);
    const lengths = rank - 2;
    const [kernel, stride] = [spatialSettings(step, 'filterSize', lengths), spatialSettings(step, 'strides', lengths)];
    const dilation = kernel.map(() => 1);
    const [input, output] = [format.spatial(step.shape('x')), format.spatial(step.outputShape())];
    const padding = paddingOf(step, { input, output, kernel, stride, dilation }, format.first);
    const { x, padding: around } = cropBegins(step, step.in('x', format.order), padding);
    const window = { kernel, stride, padding: around, ceil: false };
    const made =
      kind === 'max_pool'
        ? step.e.op({ kind, ...window, dilation }, x)
        : step.e.op({ kind, ...window, countIncludePad: false }, x);
    step.give(made, format.order);
  };

export const convolutions: RuleTable = {
  Conv2D: convolution,
  FusedConv2D: convolution,
  Conv3D: convolution,
  DepthwiseConv2dNative: depthwise,
  FusedDepthwiseConv2D: depthwise,
  Conv2DBackpropInput: transposedConvolution,
  Conv3DBackpropInputV2: transposedConvolution,
  MaxPool: pool('max_pool'),
  MaxPool3D: pool('max_pool'),
  AvgPool: pool('avg_pool'),
  AvgPool3D: pool('avg_pool'),
};
