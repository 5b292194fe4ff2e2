/** Convolutions and pooling. */
import { itemAt, sizeAt } from '../../graph/access';
import { count } from '../../graph/evaluate/elements';
import { pooledSize } from '../../graph/ops/convolution';
import { say } from '../../language/say';
import type { NodeCall, OperatorReader, OperatorTable } from '../call';
import type { OnnxOperand } from '../operand';
import { table } from '../table';
import type { Trace } from '../trace';

const ones = (length: number): number[] => new Array<number>(length).fill(1);
const zeros = (length: number): number[] => new Array<number>(length).fill(0);

interface SlidingWindow {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** All begins, then all ends. */
  readonly padding: readonly number[];
}

/** A list of one number a spatial axis. @throws OnnxError where it has another length, or numbers below `least` */
function perAxis(call: NodeCall, name: string, rank: number, otherwise: number, least = 1): readonly number[] {
  const found = call.attributes.ints(name);
  if (!found || found.length === 0) return new Array<number>(rank).fill(otherwise);
  if (found.length !== rank || found.some((each) => !(each >= least && each <= 2 ** 31)))
    throw call.refuseAttribute(name, found);
  return found;
}

/** The windows over the spatial axes of an input. */
function windowOf(call: NodeCall, x: OnnxOperand, kernel: readonly number[]): SlidingWindow {
  const rank = x.type.shape.length - 2;
  if (rank < 1 || kernel.length !== rank)
    throw call.problem('shape', say('{0} has a window {1} over the sizes {2}.', call.what, kernel, x.type.shape));
  const [stride, dilation] = [perAxis(call, 'strides', rank, 1), perAxis(call, 'dilations', rank, 1)];
  const auto = call.attributes.text('auto_pad', 'NOTSET');
  if (auto === 'NOTSET') {
    const given = call.attributes.ints('pads');
    const padding = given && given.length > 0 ? given : zeros(2 * rank);
    if (padding.length !== 2 * rank || padding.some((each) => Math.abs(each) > 2 ** 31))
      throw call.refuseAttribute('pads', padding);
    return { kernel, stride, dilation, padding };
  }
  if (auto === 'VALID') return { kernel, stride, dilation, padding: zeros(2 * rank) };
  const total = kernel.map((size, i) => {
    const length = sizeAt(x.type.shape, i + 2);
    const step = itemAt(stride, i);
    const output = Math.ceil(length / step);
    return Math.max((output - 1) * step + (size - 1) * itemAt(dilation, i) + 1 - length, 0);
  });
  const less = total.map((each) => Math.floor(each / 2));
  const more = total.map((each, i) => each - itemAt(less, i));
  return { kernel, stride, dilation, padding: auto === 'SAME_LOWER' ? [...more, ...less] : [...less, ...more] };
}

export function convolve(call: NodeCall): OnnxOperand {
  const { t, attributes } = call;
  const x = call.input(0);
  const weight = call.parameter(1);
  const window = windowOf(call, x, weight.type.shape.slice(2));
  const { kernel: _, ...rest } = window;
  const op = { kind: 'conv', ...rest, groups: attributes.int('group', 1) } as const;
  checkGroups(call, op.groups);
  return t.op(op, x, weight, call.optionalParameter(2));
}

function checkGroups(call: NodeCall, groups: number): void {
  if (groups < 1) throw call.refuseAttribute('group', groups);
}

const convTranspose: OperatorReader = (call) => {
  const { t, attributes } = call;
  const x = call.input(0);
  const weight = call.parameter(1);
  const kernel = weight.type.shape.slice(2);
  const rank = kernel.length;
  const groups = attributes.int('group', 1);
  checkGroups(call, groups);
  const auto = attributes.text('auto_pad', 'NOTSET');
  const window = windowOf(call, x, kernel);
  const outputPadding = perAxis(call, 'output_padding', rank, 0, 0);
  const given = attributes.ints('output_shape');
  const asked = given && given.length > 0 ? given.slice(-rank) : undefined;
  let { padding } = window;
  if (asked || auto.startsWith('SAME')) {
    const total = kernel.map((size, i) => {
      const length = sizeAt(x.type.shape, i + 2);
      const wanted = asked ? itemAt(asked, i) : length * itemAt(window.stride, i);
      const reach = (size - 1) * itemAt(window.dilation, i) + 1;
      return itemAt(window.stride, i) * (length - 1) + itemAt(outputPadding, i) + reach - wanted;
    });
    const less = total.map((each) => Math.floor(each / 2));
    const more = total.map((each, i) => each - itemAt(less, i));
    padding = auto === 'SAME_UPPER' ? [...less, ...more] : [...more, ...less];
  }
  const { stride, dilation } = window;
  const isPlain = outputPadding.every(
    (each, i) => each === 0 || each < Math.max(itemAt(stride, i), itemAt(dilation, i)),
  );
  const isPositive = padding.every((each) => each >= 0);
  const bias = call.optionalParameter(2);
  const op = { kind: 'conv_transpose', stride, dilation, groups } as const;
  if (isPlain && isPositive) return t.op({ ...op, padding, outputPadding }, x, weight, bias);
  // Beyond what a layer of PyTorch may have: whole, then cut or filled up with the bias.
  const whole = t.op({ ...op, padding: zeros(2 * rank), outputPadding: zeros(rank) }, x, weight, null);
  const cut = kernel.reduce((at, __, i) => {
    const size = sizeAt(at.type.shape, i + 2);
    return t.slice(
      at,
      i + 2,
      Math.max(itemAt(padding, i), 0),
      size - Math.max(itemAt(padding, rank + i) - itemAt(outputPadding, i), 0),
    );
  }, whole);
  const before = [0, 0, ...kernel.map((__, i) => Math.max(-itemAt(padding, i), 0))];
  const after = [0, 0, ...kernel.map((__, i) => Math.max(itemAt(outputPadding, i) - itemAt(padding, rank + i), 0))];
  const filled = t.pad(cut, [...before, ...after]);
  return bias ? t.add(filled, t.reshape(bias, [sizeAt(bias.type.shape, 0), ...ones(rank)])) : filled;
};

/** Padding that the graph's pooling takes: at most half a window. */
const isSmall = ({ kernel, padding }: SlidingWindow): boolean =>
  kernel.every(
    (size, i) => 2 * itemAt(padding, i) <= size && itemAt(padding, i) >= 0 && itemAt(padding, kernel.length + i) >= 0,
  );

function kernelOf(call: NodeCall): readonly number[] {
  const found = call.attributes.requiredInts('kernel_shape');
  if (found.some((size) => !(size >= 1 && size <= 2 ** 31))) throw call.refuseAttribute('kernel_shape', found);
  return found;
}

const maxPool: OperatorReader = (call) => {
  const { t, attributes } = call;
  if (call.names(1)) throw call.refuse(say('its second output, the places of the maxima, is read'));
  const given = call.input(0);
  // A maximum of small integers is that of their floats.
  const isSmallInteger = !given.type.dtype.includes('float');
  const x = isSmallInteger ? t.cast(given, 'float32') : given;
  const window = windowOf(call, x, kernelOf(call));
  const ceil = attributes.int('ceil_mode', 0) !== 0;
  const made = isSmall(window)
    ? t.op({ kind: 'max_pool', ...window, ceil }, x)
    : t.op(
        { kind: 'max_pool', ...window, padding: window.padding.map(() => 0), ceil },
        t.pad(x, fullPadding(window), Number.NEGATIVE_INFINITY),
      );
  return isSmallInteger ? t.cast(made, given.type.dtype) : made;
};

/** Padding of spatial axes as that of all. */
const fullPadding = ({ kernel, padding }: SlidingWindow): number[] => [
  ...[0, 0, ...padding.slice(0, kernel.length)],
  ...[0, 0, ...padding.slice(kernel.length)],
];

const averagePool: OperatorReader = (call) => {
  const { t, attributes } = call;
  const x = call.input(0);
  const window = windowOf(call, x, kernelOf(call));
  const ceil = attributes.int('ceil_mode', 0) !== 0;
  const countIncludePad = attributes.int('count_include_pad', 0) !== 0;
  const { dilation, ...rest } = window;
  if (dilation.every((each) => each === 1) && isSmall(window))
    return t.op({ kind: 'avg_pool', ...rest, ceil, countIncludePad }, x);
  return dilatedMean(t, x, window, ceil, countIncludePad);
};

/** Sums of windows with gaps, by the number of their elements. */
function dilatedMean(
  t: Trace,
  x: OnnxOperand,
  window: SlidingWindow,
  ceil: boolean,
  countIncludePad: boolean,
): OnnxOperand {
  const { kernel, stride, dilation, padding } = window;
  const rank = kernel.length;
  const [channels, ...sizes] = x.type.shape.slice(1) as [number, ...number[]];
  // What `ceil` adds lies beyond the padding and never counts.
  const extra = sizes.map((size, i) => {
    const [begin, end] = [itemAt(padding, i), itemAt(padding, rank + i)];
    const output = pooledSize(size, itemAt(kernel, i), itemAt(stride, i), begin, end, itemAt(dilation, i), ceil);
    const reach = (output - 1) * itemAt(stride, i) + (itemAt(kernel, i) - 1) * itemAt(dilation, i) + 1;
    return Math.max(reach - size - begin - end, 0);
  });
  const more = [...zeros(rank + 4), ...extra];
  const summed = (of: OnnxOperand, groups: number) => {
    const filter = t.full(1, [groups, 1, ...kernel], of.type.dtype);
    const op = { kind: 'conv', stride, dilation, padding: zeros(2 * rank), groups } as const;
    return t.op(op, t.pad(of, more), filter, null);
  };
  const one = t.full(1, [1, 1, ...sizes], x.type.dtype);
  const counted = countIncludePad ? t.pad(one, fullPadding(window), 1) : t.pad(one, fullPadding(window));
  return t.div(summed(t.pad(x, fullPadding(window)), channels), summed(counted, 1));
}

/** (Σ |x|^p)^(1/p) over windows, or over everything. */
const lpPool: OperatorReader = (call) => {
  const { t, attributes } = call;
  const x = call.input(0);
  const p = attributes.int('p', 2);
  const window = windowOf(call, x, kernelOf(call));
  const powered = t.with('pow', t.unary('abs', x), p);
  const mean = dilatedMean(t, powered, window, attributes.int('ceil_mode', 0) !== 0, true);
  return t.with('pow', t.with('mul', mean, count(window.kernel)), 1 / p);
};

const spatialDims = (x: OnnxOperand): number[] => x.type.shape.slice(2).map((_, i) => i + 2);

const everywhere =
  (fn: 'avg' | 'max'): OperatorReader =>
  (call) => {
    const { t } = call;
    const x = call.input(0);
    const rank = x.type.shape.length - 2;
    if (rank >= 1 && rank <= 3) return t.op({ kind: 'adaptive_pool', function: fn, output: ones(rank) }, x);
    return t.reduce(fn === 'avg' ? 'mean' : 'max', x, spatialDims(x), true);
  };

const globalLpPool: OperatorReader = (call) => {
  const { t } = call;
  const x = call.input(0);
  const p = call.attributes.int('p', 2);
  return t.with('pow', t.reduce('sum', t.with('pow', t.unary('abs', x), p), spatialDims(x), true), 1 / p);
};

/** Overlapping columns are added to where they came from: a transposed convolution with ones. */
const columnsToImage: OperatorReader = (call) => {
  const { t } = call;
  const [image, block] = [call.ints(1), call.ints(2)];
  const x = call.input(0);
  const rank = image.length;
  const [stride, dilation] = [perAxis(call, 'strides', rank, 1), perAxis(call, 'dilations', rank, 1)];
  const pads = call.attributes.ints('pads') ?? zeros(2 * rank);
  const windows = image.map((size, i) => {
    const reach = (itemAt(block, i) - 1) * itemAt(dilation, i) + 1;
    return Math.floor((size + itemAt(pads, i) + itemAt(pads, rank + i) - reach) / itemAt(stride, i)) + 1;
  });
  const places = count(block);
  const [n, channels] = [sizeAt(x.type.shape, 0), sizeAt(x.type.shape, 1) / places];
  if (count(windows) !== sizeAt(x.type.shape, 2) || !Number.isInteger(channels))
    throw call.problem('shape', say('{0} makes {1} of the sizes {2}.', call.what, image, x.type.shape));
  const rows = t.reshape(x, [n * channels, places, ...windows]);
  const identity = table(places * places, (i) => Number(i % places === Math.floor(i / places)));
  const filter = t.constant(identity, [places, 1, ...block], x.type.dtype);
  const reached = windows.map(
    (size, i) => (size - 1) * itemAt(stride, i) + (itemAt(block, i) - 1) * itemAt(dilation, i) + 1,
  );
  const whole = t.op(
    { kind: 'conv_transpose', stride, dilation, groups: 1, padding: zeros(2 * rank), outputPadding: zeros(rank) },
    rows,
    filter,
    null,
  );
  const after = image.map((size, i) => Math.max(size + itemAt(pads, i) - itemAt(reached, i), 0));
  const filled = t.pad(whole, [...zeros(rank + 2), 0, 0, ...after]);
  const cut = image.reduce((at, size, i) => t.slice(at, i + 2, itemAt(pads, i), itemAt(pads, i) + size), filled);
  return t.reshape(cut, [n, channels, ...image]);
};

export const windows: OperatorTable = {
  Conv: convolve,
  ConvTranspose: convTranspose,
  MaxPool: maxPool,
  AveragePool: averagePool,
  LpPool: lpPool,
  GlobalAveragePool: everywhere('avg'),
  GlobalMaxPool: everywhere('max'),
  GlobalLpPool: globalLpPool,
  Col2Im: columnsToImage,
};
