/**
 * Resizing: the graph's own operator where it has that meaning, else each dimension by itself, as a choice of elements or
 * a product with a matrix of weights.
 */
import { itemAt, itemOr, sizeAt } from '../../graph/access';
import { isFloating } from '../../graph/ops/rule';
import { say } from '../../language/say';
import type { NodeCall, OperatorReader, OperatorTable } from '../call';
import type { OnnxOperand } from '../operand';
import { numbersOf } from '../weights';

/** One dimension: how long it was and becomes, and by which factor. */
interface ResizedAxis {
  readonly dim: number;
  readonly size: number;
  readonly output: number;
  readonly scale: number;
  /** Of `tf_crop_and_resize`: from and to which share of the dimension. */
  readonly crop: readonly [number, number];
}

interface ResizeManner {
  readonly mode: string;
  readonly coordinates: string;
  readonly nearest: string;
  readonly cubic: number;
  readonly excludesOutside: boolean;
  readonly extrapolation: number;
  readonly antialias: boolean;
  /** Lengths are whole numbers in its formulas, too. */
  readonly isCut: boolean;
}

/** Where an output element's centre lies in the input, in elements. */
function placeOf(
  { size, output: whole, scale, crop: [from, to] }: ResizedAxis,
  { coordinates, isCut }: ResizeManner,
  x: number,
): number {
  // As long as the factor makes it, before it is cut to whole elements; PyTorch's factors mean what is left.
  const output = isCut ? whole : size * scale;
  switch (coordinates) {
    case 'asymmetric':
      return x / scale;
    case 'align_corners':
      return output === 1 ? 0 : (x * (size - 1)) / (output - 1);
    case 'pytorch_half_pixel':
      return output > 1 ? (x + 0.5) / scale - 0.5 : 0;
    case 'tf_half_pixel_for_nn':
      return (x + 0.5) / scale;
    case 'half_pixel_symmetric': {
      const adjustment = whole / output;
      const centre = size / 2;
      return centre * (1 - adjustment) + (x + 0.5) / scale - 0.5;
    }
    case 'tf_crop_and_resize':
      return output > 1
        ? from * (size - 1) + (x * (to - from) * (size - 1)) / (output - 1)
        : 0.5 * (from + to) * (size - 1);
    default:
      return (x + 0.5) / scale - 0.5;
  }
}

function roundBy(manner: string, x: number): number {
  switch (manner) {
    case 'round_prefer_ceil':
      return Math.floor(x + 0.5);
    case 'floor':
      return Math.floor(x);
    case 'ceil':
      return Math.ceil(x);
    default:
      return Math.ceil(x - 0.5);
  }
}

/** The weight of an element at a distance. */
function kernelOf({ mode, cubic: a }: ResizeManner): (distance: number) => number {
  if (mode === 'linear') return (distance) => Math.max(1 - Math.abs(distance), 0);
  return (distance) => {
    const s = Math.abs(distance);
    if (s <= 1) return ((a + 2) * s - (a + 3)) * s * s + 1;
    return s < 2 ? ((a * s - 5 * a) * s + 8 * a) * s - 4 * a : 0;
  };
}

/** What each output element takes of the input's: rows of weights [output, size]. */
function weightsOf(span: ResizedAxis, manner: ResizeManner): number[] {
  const { size, output, scale } = span;
  const table = new Array<number>(size * output).fill(0);
  const kernel = kernelOf(manner);
  // A smaller image is smoothed: the kernel is as wide as an output element.
  const stretch = manner.antialias && scale < 1 ? scale : 1;
  const reach = (manner.mode === 'linear' ? 1 : 2) / stretch;
  for (let row = 0; row < output; row++) {
    const place = placeOf(span, manner, row);
    const first = Math.floor(place - reach) + 1;
    const taps = Array.from({ length: Math.ceil(2 * reach) + 1 }, (_, i) => first + i);
    const given = taps.map((tap) => kernel((tap - place) * stretch));
    const isLeftOut = (tap: number) => manner.excludesOutside && (tap < 0 || tap >= size);
    const kept = given.map((weight, i) => (isLeftOut(itemAt(taps, i)) ? 0 : weight));
    const total = kept.reduce((sum, each) => sum + each, 0);
    taps.forEach((tap, i) => {
      const at = row * size + Math.min(Math.max(tap, 0), size - 1);
      table[at] = itemAt(table, at) + itemAt(kept, i) / total;
    });
  }
  return table;
}

function mannerOf({ attributes, opset, node, around }: NodeCall): ResizeManner {
  const isOld = node.operator === 'Upsample' || opset < 11;
  return {
    mode: attributes.text('mode', 'nearest'),
    coordinates: isOld ? 'asymmetric' : attributes.text('coordinate_transformation_mode', 'half_pixel'),
    nearest: isOld ? 'floor' : attributes.text('nearest_mode', 'round_prefer_floor'),
    cubic: attributes.float('cubic_coeff_a', -0.75),
    excludesOutside: attributes.int('exclude_outside', 0) !== 0,
    extrapolation: attributes.float('extrapolation_value', 0),
    antialias: attributes.int('antialias', 0) !== 0,
    isCut: around.producer === 'pytorch',
  };
}

/** Output sizes and factors of the dimensions that change. */
function spansOf(call: NodeCall): ResizedAxis[] {
  const { attributes, opset, node } = call;
  const { shape } = call.input(0).type;
  const isOld = node.operator === 'Upsample' || opset < 11;
  const axes = call.axes(attributes.ints('axes') ?? shape.map((_, i) => i));
  const list = (index: number) => (call.optional(index) ? numbersOf(call.data(index)) : []);
  const scales = isOld ? (attributes.floats('scales') ?? list(1)) : list(2);
  const sizes = isOld ? [] : list(3);
  const crop = isOld ? [] : list(1);
  if (scales.length !== axes.length && sizes.length !== axes.length)
    throw call.problem(
      'shape',
      say('{0} makes {1} of the sizes {2}.', call.what, sizes.length > 0 ? sizes : scales, shape),
    );
  const policy = attributes.text('keep_aspect_ratio_policy', 'stretch');
  const factors = axes.map((dim, i) => itemOr(sizes, i, 0) / sizeAt(shape, dim));
  const common = policy === 'not_larger' ? Math.min(...factors) : Math.max(...factors);
  return axes.map((dim, i) => {
    const size = sizeAt(shape, dim);
    const range = [itemOr(crop, i, 0), itemOr(crop, i + axes.length, 1)] as const;
    if (sizes.length === 0) {
      const scale = itemAt(scales, i);
      const share =
        attributes.text('coordinate_transformation_mode', '') === 'tf_crop_and_resize' ? range[1] - range[0] : 1;
      return { dim, size, output: checkSize(call, Math.floor(size * scale * share)), scale, crop: range };
    }
    const scale = policy === 'stretch' ? itemAt(factors, i) : common;
    const output = policy === 'stretch' ? itemAt(sizes, i) : Math.round(size * scale);
    return { dim, size, output: checkSize(call, output), scale, crop: range };
  });
}

/** No image is larger. */
const MOST_SIZE = 2 ** 16;

function checkSize(call: NodeCall, size: number): number {
  if (size >= 1 && size <= MOST_SIZE) return size;
  throw call.problem('shape', say('{0} makes {1} of the sizes {2}.', call.what, size, call.shape()));
}

const resize: OperatorReader = (call) => {
  const { t } = call;
  const x = call.input(0);
  const manner = mannerOf(call);
  const isCropped = manner.coordinates === 'tf_crop_and_resize';
  const spans = spansOf(call).filter(({ size, output, scale }) => isCropped || size !== output || scale !== 1);
  if (spans.length === 0) return x;
  const own = ownOperator(call, x, spans, manner);
  if (own) return own;
  const { dtype } = x.type;
  const made = spans.reduce((at, span) => {
    if (manner.mode === 'nearest') {
      const places = Array.from({ length: span.output }, (_, i) => {
        const place = roundBy(manner.nearest, placeOf(span, manner, i));
        return Math.min(Math.max(place, 0), span.size - 1);
      });
      return t.pick(at, span.dim, places);
    }
    if (span.size * span.output > 2 ** 24 || span.scale * span.size * 64 < 1)
      throw call.refuse(say('its sizes are {0} and {1}', span.size, span.output));
    const rank = at.type.shape.length;
    const order = [...at.type.shape.map((_, i) => i).filter((i) => i !== span.dim), span.dim];
    const table = t.constant(weightsOf(span, manner), [span.output, span.size], 'float32');
    const turned = t.matmul(t.permute(t.cast(at, 'float32'), order), t.transpose(table));
    return t.permute(
      turned,
      Array.from({ length: rank }, (_, i) => order.indexOf(i)),
    );
  }, x);
  const placed = t.cast(made, dtype);
  return isCropped ? fillOutside(call, placed, spans, manner) : placed;
};

/** What lies beyond the image has a number of its own. */
function fillOutside(call: NodeCall, x: OnnxOperand, spans: readonly ResizedAxis[], manner: ResizeManner): OnnxOperand {
  const { t } = call;
  return spans.reduce((at, span) => {
    const isInside = Array.from({ length: span.output }, (_, i) => {
      const place = placeOf(span, manner, i);
      return Number(place >= 0 && place <= span.size - 1);
    });
    if (!isInside.includes(0)) return at;
    const row = at.type.shape.map((_, i) => (i === span.dim ? span.output : 1));
    return t.where(t.constant(isInside, row, 'bool'), at, t.scalar(manner.extrapolation, at));
  }, x);
}

/** Images by PyTorch's own positions. */
function ownOperator(
  call: NodeCall,
  x: OnnxOperand,
  spans: readonly ResizedAxis[],
  manner: ResizeManner,
): OnnxOperand | undefined {
  const { mode, coordinates, cubic, excludesOutside, antialias } = manner;
  const { shape, dtype } = x.type;
  const isImage = shape.length === 4 && isFloating(dtype) && spans.every(({ dim }) => dim >= 2);
  const isPlain = mode === 'linear' || (mode === 'cubic' && cubic === -0.75 && !excludesOutside);
  const corners = coordinates === 'align_corners';
  const halves = coordinates === 'half_pixel' || coordinates === 'pytorch_half_pixel';
  if (!isImage || !isPlain || antialias || !(corners || halves)) return undefined;
  if (coordinates === 'pytorch_half_pixel' && spans.some(({ output }) => output === 1)) return undefined;
  const at = (dim: number) => spans.find((span) => span.dim === dim);
  const sizes = [2, 3].map((dim) => at(dim)?.output ?? sizeAt(shape, dim));
  const factors = [2, 3].map((dim) => at(dim)?.scale ?? 1);
  const isExact = sizes.every((size, i) => size / sizeAt(shape, i + 2) === itemAt(factors, i));
  // A length that is cut to whole elements moves the corners.
  if (corners && !isExact && !manner.isCut) return undefined;
  const op = { kind: 'resize', mode, sizes, factors: isExact || corners ? null : factors, corners } as const;
  return call.t.op(op as Extract<typeof op, { mode: 'linear' | 'cubic' }>, x);
}

export const resizes: OperatorTable = { Resize: resize, Upsample: resize };
