import { firstElements, itemAt } from '../access';
import type { Emit } from '../emit';
import { elements } from '../ops/rule';
import type { Op, ValueId } from '../types';
import { OUTSIDE, windowPlaces } from '../windows';
import type { Backward, GradientRules } from './rule';

type Conv = Extract<Op, { readonly kind: 'conv' }>;
type Geometry = Pick<Conv, 'stride' | 'padding' | 'dilation' | 'groups'>;

/** The size that a transposed convolution of `length` has without output padding. */
function transposedSize(length: number, kernel: number, dim: number, { stride, padding, dilation }: Geometry): number {
  const rank = stride.length;
  const pads = itemAt(padding, dim) + itemAt(padding, rank + dim);
  return (length - 1) * itemAt(stride, dim) - pads + itemAt(dilation, dim) * (kernel - 1) + 1;
}

/**
 * The same where no stride skips anything: a plain convolution with the weight turned about, whose kernels are faster on
 * a GPU. Undefined where the padding reaches farther than the kernel.
 */
function convInputStraight(
  e: Emit,
  g: ValueId,
  weight: ValueId,
  { padding, dilation }: Geometry,
  size: readonly number[],
): ValueId | undefined {
  const [outputs, channels, ...kernel] = firstElements(e.shape(weight), 2);
  const lengths = e.shape(g).slice(2);
  const begin = kernel.map((each, dim) => itemAt(dilation, dim) * (each - 1) - itemAt(padding, dim));
  const end = kernel.map((each, dim) => {
    const reach = itemAt(dilation, dim) * (each - 1);
    return itemAt(size, dim) - itemAt(lengths, dim) + reach - itemAt(begin, dim);
  });
  if ([...begin, ...end].some((pad) => pad < 0)) return undefined;
  const count = elements(kernel);
  const flat = e.reshape(e.permute(weight, [1, 0, ...kernel.map((_, i) => i + 2)]), [channels, outputs, count]);
  const backwards = e.constant(
    Array.from({ length: count }, (_, i) => count - 1 - i),
    [count],
    'int64',
  );
  const turned = count === 1 ? flat : e.op({ kind: 'gather', dim: 2 }, flat, backwards);
  const filters = e.reshape(turned, [channels, outputs, ...kernel]);
  const stride = kernel.map(() => 1);
  return e.op({ kind: 'conv', stride, padding: [...begin, ...end], dilation, groups: 1 }, g, filters, null);
}

/** The adjoint of a convolution in its input: a transposed one with the same weight. */
export function convInput(
  { e, g, onGpu }: Pick<Backward, 'e' | 'g' | 'onGpu'>,
  weight: ValueId,
  geometry: Geometry,
  size: readonly number[],
): ValueId {
  const kernel = e.shape(weight).slice(2);
  const lengths = e.shape(g).slice(2);
  if (onGpu && geometry.groups === 1 && geometry.stride.every((stride) => stride === 1)) {
    const straight = convInputStraight(e, g, weight, geometry, size);
    if (straight !== undefined) return straight;
  }
  // What the stride left over at the end saw no window: zeros.
  const rest = size.map((each, dim) => each - transposedSize(itemAt(lengths, dim), itemAt(kernel, dim), dim, geometry));
  const outputPadding = rest.map((each, dim) => {
    const most = Math.max(itemAt(geometry.stride, dim), itemAt(geometry.dilation, dim)) - 1;
    return Math.min(Math.max(each, 0), most);
  });
  const { stride, padding, dilation, groups } = geometry;
  const made = e.op({ kind: 'conv_transpose', stride, padding, outputPadding, dilation, groups }, g, weight, null);
  const missing = rest.map((each, dim) => each - itemAt(outputPadding, dim));
  return e.pad(made, [0, 0, ...missing.map(() => 0)], [0, 0, ...missing]);
}

/**
 * The gradient of a convolution's weight [O, C/groups, …]: the input convolved with the output's gradient, the batch in
 * the place of the channels, stride and dilation in each other's.
 */
function convWeight(e: Emit, x: ValueId, g: ValueId, geometry: Geometry, kernel: readonly number[]): ValueId {
  const { stride, padding, dilation, groups } = geometry;
  const [n, channels, ...size] = firstElements(e.shape(x), 2);
  const [, outputs, ...lengths] = firstElements(e.shape(g), 2);
  const spatial = size.map((_, i) => i);
  const width = channels / groups;
  const groupChannels = (value: ValueId, count: number, rest: readonly number[], order: readonly number[]) => {
    const split = e.reshape(value, [n, groups, count / groups, ...rest]);
    return e.permute(split, [...order, ...spatial.map((i) => i + 3)]);
  };
  const images = e.reshape(groupChannels(x, channels, size, [2, 1, 0]), [width, groups * n, ...size]);
  const filters = e.reshape(groupChannels(g, outputs, lengths, [1, 2, 0]), [outputs, n, ...lengths]);
  const made = e.op({ kind: 'conv', stride: dilation, dilation: stride, padding, groups }, images, filters, null);
  const cut = kernel.reduce((value, each, dim) => e.slice(value, dim + 2, 0, each), made);
  return e.permute(cut, [1, 0, ...spatial.map((i) => i + 2)]);
}

/** The gradient of a convolution's weight in whichever way suits the device. */
function weightGradient({ e, onGpu }: Backward, x: ValueId, g: ValueId, op: Geometry, weight: ValueId): ValueId {
  const kernel = e.shape(weight).slice(2);
  const [n, channels] = firstElements(e.shape(x), 2);
  const places = elements(kernel);
  const isLarge = 4 * n * channels * places * elements(e.shape(g).slice(2)) > mostUnfolded;
  const isScattered = !onGpu && places > mostPlaces && !isTiled(op, kernel);
  if (op.groups > 1 || isLarge || isScattered) return convWeight(e, x, g, op, kernel);
  return onGpu ? convWeightByProducts(e, x, g, op, kernel) : convWeightByPlaces(e, x, g, op, kernel);
}

/** Bytes that unfolded images may take. */
const mostUnfolded = 2 ** 27;
/** Places of a kernel, of which each is an operator or two. */
const mostPlaces = 128;

/** Whether windows lie side by side, as patches do. */
const isTiled = ({ stride, padding, dilation }: Geometry, kernel: readonly number[]): boolean =>
  kernel.every((size, dim) => stride[dim] === size && dilation[dim] === 1) && padding.every((each) => each === 0);

/**
 * The same for one group as a product of two matrices, which CPUs are best at: the output's gradient times the input as
 * each place of the kernel sees it.
 */
function convWeightByPlaces(e: Emit, x: ValueId, g: ValueId, geometry: Geometry, kernel: readonly number[]): ValueId {
  const [n, channels] = firstElements(e.shape(x), 2);
  const [, outputs, ...lengths] = firstElements(e.shape(g), 2);
  const count = n * elements(lengths);
  const seen = isTiled(geometry, kernel)
    ? patches(e, x, kernel, lengths)
    : e.cat(
        placeViews(e, x, geometry, kernel, lengths).map((value) => e.reshape(value, [channels, 1, count])),
        1,
      );
  const rows = e.reshape(seen, [channels * elements(kernel), count]);
  const gradient = e.reshape(channelsFirst(e, g), [outputs, count]);
  return e.reshape(e.op({ kind: 'linear' }, gradient, rows, null), [outputs, channels, ...kernel]);
}

const channelsFirst = (e: Emit, x: ValueId) =>
  e.permute(
    x,
    e.shape(x).map((_, dim) => (dim < 2 ? 1 - dim : dim)),
  );

/** x[N, C, …] as windows side by side see it: [C, …kernel, N, …lengths]. */
function patches(e: Emit, x: ValueId, kernel: readonly number[], lengths: readonly number[]): ValueId {
  const whole = kernel.reduce((value, size, dim) => e.slice(value, dim + 2, 0, size * itemAt(lengths, dim)), x);
  const [n, channels] = firstElements(e.shape(x), 2);
  const split = e.reshape(whole, [n, channels, ...kernel.flatMap((size, dim) => [itemAt(lengths, dim), size])]);
  const inside = kernel.map((_, dim) => 2 * dim + 3);
  return e.permute(split, [1, ...inside, 0, ...inside.map((dim) => dim - 1)]);
}

/** x[N, C, …] as each place of the kernel sees it, [C, N, …lengths], in the kernel's order. */
function placeViews(
  e: Emit,
  x: ValueId,
  { stride, padding, dilation }: Geometry,
  kernel: readonly number[],
  lengths: readonly number[],
): readonly ValueId[] {
  const rank = kernel.length;
  const padded = e.pad(channelsFirst(e, x), [0, 0, ...padding.slice(0, rank)], [0, 0, ...padding.slice(rank)]);
  // Along the last dimension first, so that what is cut out along the others is whole rows.
  return kernel.reduceRight<readonly ValueId[]>(
    (values, size, dim) =>
      Array.from({ length: size }, (_, place) => place * itemAt(dilation, dim)).flatMap((start) => {
        const step = itemAt(stride, dim);
        const end = start + (itemAt(lengths, dim) - 1) * step + 1;
        return values.map((value) => e.slice(value, dim + 2, start, end, step));
      }),
    [padded],
  );
}

/**
 * The same for one group as products of matrices, which kernels are best at: the windows of the input, unfolded, times
 * the output's gradient, sample by sample.
 */
function convWeightByProducts(e: Emit, x: ValueId, g: ValueId, geometry: Geometry, kernel: readonly number[]): ValueId {
  const [n, channels, ...size] = firstElements(e.shape(x), 2);
  const [, outputs, ...lengths] = firstElements(e.shape(g), 2);
  const [count, windows, places] = [elements(size), elements(lengths), elements(kernel)];
  const table = windowPlaces(size, lengths, { ...geometry, kernel });
  const flat = e.reshape(x, [n, channels, count]);
  const zeros = () => e.full(0, { dtype: e.type(x).dtype, shape: [n, channels, 1] });
  const source = table.includes(OUTSIDE) ? e.op({ kind: 'cat', dim: 2 }, flat, zeros()) : flat;
  // By window, then by place in the kernel.
  const turned = Int32Array.from({ length: table.length }, (_, i) => {
    const place = table[(i % places) * windows + Math.floor(i / places)] ?? OUTSIDE;
    return place === OUTSIDE ? count : place;
  });
  const plain = places === 1 && turned.every((place, i) => place === i) && count === windows;
  const unfolded = plain
    ? e.reshape(flat, [n, channels, windows, 1])
    : e.op({ kind: 'gather', dim: 2 }, source, e.constant(turned, [windows, places], 'int64'));
  const columns = e.reshape(e.permute(unfolded, [0, 2, 1, 3]), [n, windows, channels * places]);
  const products = e.matmul(e.reshape(g, [n, outputs, windows]), columns);
  return e.reshape(e.reduce('sum', products, [0]), [outputs, channels, ...kernel]);
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
      () => convInput(at, weight, op, e.shape(x).slice(2)),
      () => weightGradient(at, x, g, op, weight),
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
      () => weightGradient(at, g, x, op, weight),
      typeof node.inputs[2] === 'number' ? () => bias(e, g) : null,
    ];
  },
};
