/** Operators that arrange, pick and repeat elements, and those that make them. */
import { itemAt, itemOr, sizeAt } from '../../graph/access';
import { count, stridesOf } from '../../graph/evaluate/elements';
import { say } from '../../language/say';
import type { NodeCall, OperatorReader, OperatorTable } from '../call';
import { dtypeOf } from '../elements';
import { isKnown, type OnnxOperand } from '../operand';
import { table } from '../table';
import type { Trace } from '../trace';

const reshape: OperatorReader = (call) => {
  const { t, attributes } = call;
  const x = call.input(0);
  const asked = call.opset < 5 ? call.attributes.requiredInts('shape') : call.ints(1);
  const shape = asked.map((size, i) =>
    size === 0 && attributes.int('allowzero', 0) === 0 ? sizeAt(x.type.shape, i) : size,
  );
  const open = shape.indexOf(-1);
  if (open >= 0) {
    const rest = shape.reduce((product, size, i) => (i === open ? product : product * size), 1);
    const size = count(x.type.shape) / rest;
    if (!Number.isInteger(size))
      throw call.problem('shape', say('{0} makes {1} of the sizes {2}.', call.what, shape, x.type.shape));
    shape[open] = size;
  }
  return t.reshape(x, shape);
};

const transpose: OperatorReader = (call) => {
  const x = call.input(0);
  const rank = x.type.shape.length;
  const dims = call.attributes.ints('perm') ?? table(rank).reverse();
  return call.t.permute(x, call.axes(dims, rank));
};

const squeeze: OperatorReader = (call) => {
  const { shape } = call.input(0).type;
  const given = call.listOf('axes', 1);
  const axes = given ? call.axes(given) : shape.flatMap((size, i) => (size === 1 ? [i] : []));
  return call.t.reshape(
    call.input(0),
    shape.filter((_, i) => !axes.includes(i)),
  );
};

const unsqueeze: OperatorReader = (call) => {
  const { shape } = call.input(0).type;
  const given = call.listOf('axes', 1);
  if (!given) throw call.attributes.refuseMissing('axes');
  const rank = shape.length + given.length;
  const axes = new Set(call.axes(given, rank));
  const rest = [...shape];
  return call.t.reshape(
    call.input(0),
    table(rank).map((i) => (axes.has(i) ? 1 : (rest.shift() ?? 1))),
  );
};

const flatten: OperatorReader = (call) => {
  const x = call.input(0);
  const rank = x.type.shape.length;
  const axis = call.attributes.int('axis', 1);
  return call.t.flatten(x, call.axis(axis < 0 ? axis + rank : axis, rank + 1));
};

const expand: OperatorReader = (call) => {
  const { t } = call;
  const x = call.input(0);
  const asked = call.ints(1);
  const rank = Math.max(asked.length, x.type.shape.length);
  const shape = table(rank).map((i) => {
    const own = itemOr(x.type.shape, i - rank + x.type.shape.length, 1);
    const size = itemOr(asked, i - rank + asked.length, 1);
    return size === 1 ? own : size;
  });
  return t.expand(x, shape);
};

/** Copies along each dimension. */
export function tile(t: Trace, x: OnnxOperand, repeats: readonly number[]): OnnxOperand {
  return repeats.reduce((at, times, dim) => {
    if (times === 1) return at;
    const size = sizeAt(at.type.shape, dim);
    if (size === 1)
      return t.expand(
        at,
        at.type.shape.map((each, i) => (i === dim ? times : each)),
      );
    const { shape } = at.type;
    const apart = t.reshape(at, [...shape.slice(0, dim), 1, ...shape.slice(dim)]);
    const wide = t.expand(apart, [...shape.slice(0, dim), times, ...shape.slice(dim)]);
    return t.reshape(
      wide,
      shape.map((each, i) => (i === dim ? each * times : each)),
    );
  }, x);
}

const slice: OperatorReader = (call) => {
  const { t, attributes } = call;
  const isOld = call.opset < 10;
  const [starts, ends] = isOld
    ? [attributes.requiredInts('starts'), attributes.requiredInts('ends')]
    : [call.ints(1), call.ints(2)];
  const given = isOld ? attributes.ints('axes') : call.optional(3) && call.ints(3);
  const steps = isOld || !call.optional(4) ? starts.map(() => 1) : call.ints(4);
  const axes = call.axes(given ?? table(starts.length));
  return axes.reduce((x, dim, i) => {
    const [size, step] = [sizeAt(x.type.shape, dim), itemAt(steps, i)];
    const clamp = (at: number, low: number, high: number) => Math.min(Math.max(at < 0 ? at + size : at, low), high);
    if (step > 0) {
      const start = clamp(itemAt(starts, i), 0, size);
      return t.slice(x, dim, start, Math.max(clamp(itemAt(ends, i), 0, size), start), step);
    }
    if (step === 0) throw call.problem('damaged', say('{0} has the step 0: the file is damaged.', call.what));
    const start = clamp(itemAt(starts, i), -1, size - 1);
    const end = clamp(itemAt(ends, i), -1, size - 1);
    const length = Math.max(0, Math.ceil((end - start) / step));
    return t.pick(
      x,
      dim,
      table(length, (at) => start + at * step),
    );
  }, call.input(0));
};

const concat: OperatorReader = (call) => {
  const parts = call.all;
  const rank = call.shape().length;
  const dim = call.axis(call.attributes.int('axis', 1), rank);
  // What is empty adds nothing, and its type may be another.
  const full = parts.filter(({ type }) => type.shape[dim] !== 0);
  return call.t.cat(full.length > 0 ? full : parts.slice(0, 1), dim);
};

const split: OperatorReader = (call) => {
  const { t, node, attributes } = call;
  const x = call.input(0);
  const dim = call.axis(attributes.int('axis', 0));
  const size = sizeAt(x.type.shape, dim);
  const parts = attributes.int('num_outputs', node.outputs.length);
  const each = Math.ceil(size / parts);
  const sizes = call.listOf('split', 1) ?? table(parts).map((i) => Math.max(0, Math.min(each, size - i * each)));
  if (sizes.reduce((sum, part) => sum + part, 0) !== size)
    throw call.problem('shape', say('{0} splits the size {1} into {2}.', call.what, size, sizes));
  let start = 0;
  return sizes.map((length) => {
    start += length;
    return t.slice(x, dim, start - length, start);
  });
};

/** Places from the end count backwards; every backend takes those from the beginning. */
function places(t: Trace, indices: OnnxOperand, size: number): OnnxOperand {
  if (isKnown(indices)) {
    const { type, known } = indices;
    const wrapped = Array.from(known, (at) => (at < 0 ? at + size : at));
    return wrapped.some((at, i) => at !== known[i]) ? t.constant(wrapped, type.shape, type.dtype) : indices;
  }
  return indices;
}

const gather: OperatorReader = (call) => {
  const { t } = call;
  const [x, indices] = [call.input(0), call.input(1)];
  const dim = call.axis(call.attributes.int('axis', 0));
  const size = sizeAt(x.type.shape, dim);
  const isTable = dim === 0 && x.type.shape.length === 2 && x.weight !== undefined && !isKnown(indices);
  if (isTable) return t.op({ kind: 'embedding', paddingIndex: null }, indices, call.parameter(0));
  const at = places(t, indices, size);
  for (const place of at.known ?? [])
    if (place < 0 || place >= size)
      throw call.problem('shape', say('{0} picks the place {1} of a size {2}.', call.what, place, size));
  return t.gather(x, at, dim);
};

const gatherElements: OperatorReader = (call) => {
  const { t } = call;
  const [x, indices] = [call.input(0), call.input(1)];
  const dim = call.axis(call.attributes.int('axis', 0));
  return t.op({ kind: 'gather_elements', dim }, x, places(t, indices, sizeAt(x.type.shape, dim)));
};

/** Tuples of places as one place each, of x whose first `depth` dimensions are one. */
function flatPlaces(
  t: Trace,
  x: OnnxOperand,
  indices: OnnxOperand,
  first: number,
): { places: OnnxOperand; depth: number } {
  const depth = t.lastSize(indices);
  const sizes = x.type.shape.slice(first, first + depth);
  const strides = stridesOf(sizes);
  const last = indices.type.shape.length - 1;
  const parts = sizes.map((size, i) => {
    const part = t.reshape(t.slice(indices, last, i, i + 1), indices.type.shape.slice(0, -1));
    const at = isKnown(part)
      ? places(t, part, size)
      : t.where(t.compare('lt', part, t.scalar(0, part)), t.with('add', part, size), part);
    return t.with('mul', at, itemAt(strides, i));
  });
  return { places: parts.reduce((sum, each) => t.add(sum, each)), depth };
}

const gatherNd: OperatorReader = (call) => {
  const { t } = call;
  const [x, indices] = [call.input(0), call.input(1)];
  const batch = call.attributes.int('batch_dims', 0);
  const { shape } = x.type;
  const outer = shape.slice(0, batch);
  const found = flatPlaces(t, x, indices, batch);
  const inner = shape.slice(batch + found.depth);
  const sizes = shape.slice(batch, batch + found.depth);
  const rows = count(outer);
  const offset = t.constant(
    table(rows).map((i) => i * count(sizes)),
    [...outer, ...found.places.type.shape.slice(batch).map(() => 1)],
    indices.type.dtype,
  );
  const at = batch === 0 ? found.places : t.add(found.places, offset);
  const rest = t.reshape(x, [rows * count(sizes), ...inner]);
  return t.gather(rest, at, 0);
};

const reductions: Readonly<Record<string, 'none' | 'add'>> = { none: 'none', add: 'add' };

function reductionOf(call: NodeCall): 'none' | 'add' {
  const name = call.attributes.text('reduction', 'none');
  const found = reductions[name];
  if (!found) throw call.refuse(say('its reduction is {0}', name));
  return found;
}

const scatterElements: OperatorReader = (call) => {
  const { t } = call;
  const dim = call.axis(call.attributes.int('axis', 0));
  const indices = places(t, call.input(1), sizeAt(call.shape(), dim));
  return t.op({ kind: 'scatter_elements', dim, reduction: reductionOf(call) }, call.input(0), indices, call.input(2));
};

const scatterNd: OperatorReader = (call) => {
  const { t } = call;
  const [x, indices, updates] = [call.input(0), call.input(1), call.input(2)];
  const { places: at, depth } = flatPlaces(t, x, indices, 0);
  const { shape } = x.type;
  const inner = shape.slice(depth);
  const rows = t.reshape(x, [count(shape.slice(0, depth)), ...inner]);
  const picks = count(at.type.shape);
  const written = t.op(
    { kind: 'scatter_rows', reduction: reductionOf(call) },
    rows,
    t.reshape(at, [picks]),
    t.reshape(updates, [picks, ...inner]),
  );
  return t.reshape(written, shape);
};

const oneHot: OperatorReader = (call) => {
  const { t } = call;
  const [indices, depth, values] = [call.input(0), itemAt(call.data(1), 0), call.input(2)];
  const rank = indices.type.shape.length;
  const axis = call.axis(call.attributes.int('axis', -1), rank + 1);
  const whole = t.cast(indices, 'int64');
  const wrapped = t.binary('mod', whole, t.scalar(depth, whole));
  const isInside = t.binary(
    'and',
    t.compare('ge', whole, t.scalar(-depth, whole)),
    t.compare('lt', whole, t.scalar(depth, whole)),
  );
  const { shape } = indices.type;
  const apart = (x: OnnxOperand) => t.reshape(x, [...shape.slice(0, axis), 1, ...shape.slice(axis)]);
  const row = table(rank + 1).map((i) => (i === axis ? depth : 1));
  const isHot = t.binary('and', t.compare('eq', apart(wrapped), t.constant(table(depth), row)), apart(isInside));
  const value = (at: number) => t.reshape(t.slice(values, 0, at, at + 1), []);
  return t.where(isHot, value(1), value(0));
};

function padding(call: NodeCall): { begin: number[]; end: number[] } {
  const rank = call.shape().length;
  const isOld = call.opset < 11;
  const given = isOld ? call.attributes.requiredInts('pads') : call.ints(1);
  const axes = !isOld && call.optional(3) ? call.axes(call.ints(3)) : table(rank);
  const [begin, end] = [table(rank).map(() => 0), table(rank).map(() => 0)];
  axes.forEach((axis, i) => {
    begin[axis] = itemAt(given, i);
    end[axis] = itemAt(given, i + axes.length);
  });
  return { begin, end };
}

const modes = { constant: 'constant', reflect: 'reflect', edge: 'replicate' } as const;

const pad: OperatorReader = (call) => {
  const { t, attributes } = call;
  const { begin, end } = padding(call);
  const mode = attributes.text('mode', 'constant');
  const x = begin.reduce((at, before, dim) => {
    // Padding below zero takes away.
    const size = sizeAt(at.type.shape, dim);
    return t.slice(at, dim, Math.max(-before, 0), size - Math.max(-itemAt(end, dim), 0));
  }, call.input(0));
  const around = [...begin, ...end].map((each) => Math.max(each, 0));
  if (around.every((each) => each === 0)) return x;
  const value = call.opset < 11 ? attributes.float('value', 0) : call.number(2, 0);
  if (mode === 'constant') return t.pad(x, around, value);
  const name = Object.entries(modes).find(([word]) => word === mode)?.[1];
  const isNear = begin.every((before, i) => Math.max(before, itemAt(end, i)) < sizeAt(x.type.shape, i));
  if (name && name !== 'constant' && (name === 'replicate' || isNear))
    return t.op({ kind: 'pad', mode: name, padding: around, value: 0 }, x);
  if (mode !== 'wrap' && mode !== 'reflect') throw call.refuse(say('its mode is {0}', mode));
  // Repeated, or mirrored again and again.
  return begin.reduce((at, before, dim) => {
    const size = sizeAt(at.type.shape, dim);
    const length = Math.max(before, 0) + size + Math.max(itemAt(end, dim), 0);
    const period = mode === 'wrap' ? size : Math.max(2 * size - 2, 1);
    return t.pick(
      at,
      dim,
      table(length).map((i) => {
        const place = (((i - Math.max(before, 0)) % period) + period) % period;
        return place < size ? place : period - place;
      }),
    );
  }, x);
};

/** Blocks of channels become blocks of pixels. */
const depthToSpace: OperatorReader = (call) => {
  const { t, attributes } = call;
  const x = call.input(0);
  const block = attributes.requiredInt('blocksize');
  const [n, c, h, w] = [0, 1, 2, 3].map((dim) => sizeAt(x.type.shape, dim)) as [number, number, number, number];
  const channels = c / block ** 2;
  const isColumns = attributes.text('mode', 'DCR') === 'CRD';
  const apart = t.reshape(x, isColumns ? [n, channels, block, block, h, w] : [n, block, block, channels, h, w]);
  const turned = t.permute(apart, isColumns ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]);
  return t.reshape(turned, [n, channels, h * block, w * block]);
};

const spaceToDepth: OperatorReader = (call) => {
  const { t, attributes } = call;
  const x = call.input(0);
  const block = attributes.requiredInt('blocksize');
  const [n, c, h, w] = [0, 1, 2, 3].map((dim) => sizeAt(x.type.shape, dim)) as [number, number, number, number];
  const apart = t.reshape(x, [n, c, h / block, block, w / block, block]);
  const isColumns = attributes.text('mode', 'DCR') === 'CRD';
  const turned = t.permute(apart, isColumns ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4]);
  return t.reshape(turned, [n, c * block ** 2, h / block, w / block]);
};

const shape: OperatorReader = (call) => {
  const { shape: sizes } = call.input(0).type;
  const rank = sizes.length;
  const clamp = (at: number) => Math.min(Math.max(at < 0 ? at + rank : at, 0), rank);
  const [start, end] = [clamp(call.attributes.int('start', 0)), clamp(call.attributes.int('end', rank))];
  const found = sizes.slice(start, Math.max(start, end));
  return call.t.constant(found, [found.length]);
};

const constant: OperatorReader = (call) => {
  const { t, attributes, around } = call;
  const tensor = attributes.tensor('value');
  if (tensor) return around.tensor(tensor, itemOr(call.node.outputs, 0, ''));
  if (attributes.has('value_float')) return t.constant([attributes.float('value_float', 0)], [], 'float32');
  if (attributes.has('value_int')) return t.constant([attributes.int('value_int', 0)], []);
  const [floats, ints] = [attributes.floats('value_floats'), attributes.ints('value_ints')];
  if (floats && attributes.has('value_floats')) return t.constant(floats, [floats.length], 'float32');
  if (ints && attributes.has('value_ints')) return t.constant(ints, [ints.length]);
  throw call.refuse(
    attributes.isSparse('sparse_value') ? say('its value is sparse') : say('its value is no tensor of numbers'),
  );
};

const constantOfShape: OperatorReader = (call) => {
  const tensor = call.attributes.tensor('value');
  const given = tensor && call.around.tensor(tensor, '');
  const value = given ? itemAt(call.t.dataOf(given) ?? [0], 0) : 0;
  return call.t.full(value, call.ints(0), given?.type.dtype ?? 'float32');
};

const rangeOf: OperatorReader = (call) => {
  const [start, limit, step] = [0, 1, 2].map((i) => itemAt(call.data(i), 0)) as [number, number, number];
  const length = Math.max(Math.ceil((limit - start) / step), 0);
  return call.t.constant(
    table(length, (i) => start + i * step),
    [length],
    call.input(0).type.dtype,
  );
};

const eyeLike: OperatorReader = (call) => {
  const { t, attributes } = call;
  const { type } = call.input(0);
  const [rows, columns] = [sizeAt(type.shape, 0), sizeAt(type.shape, 1)];
  const to = attributes.int('dtype', 0);
  const dtype = to === 0 ? type.dtype : dtypeOf(to, call.what, call.path);
  const k = attributes.int('k', 0);
  const data = table(rows * columns, (i) => Number((i % columns) - Math.floor(i / columns) === k));
  return t.constant(data, [rows, columns], dtype);
};

/** A triangle is kept, and zeros stand elsewhere. */
const triangle: OperatorReader = (call) => {
  const { t } = call;
  const x = call.input(0);
  const k = call.number(1, 0);
  const [rows, columns] = [sizeAt(x.type.shape, -2), sizeAt(x.type.shape, -1)];
  const isUpper = call.attributes.int('upper', 1) !== 0;
  const mask = table(rows * columns, (i) => {
    const beside = (i % columns) - Math.floor(i / columns);
    return Number(isUpper ? beside >= k : beside <= k);
  });
  return t.where(t.constant(mask, [rows, columns], 'bool'), x, t.scalar(0, x));
};

const compress: OperatorReader = (call) => {
  const { t, attributes } = call;
  const x = call.input(0);
  const kept = call.ints(1).flatMap((keep, i) => (keep ? [i] : []));
  if (!attributes.has('axis')) return t.pick(t.reshape(x, [count(x.type.shape)]), 0, kept);
  return t.pick(x, call.axis(attributes.int('axis', 0)), kept);
};

const nonZero: OperatorReader = (call) => {
  const { shape: sizes } = call.input(0).type;
  const found = call.ints(0).flatMap((value, i) => (value === 0 ? [] : [i]));
  const strides = stridesOf(sizes);
  const rows = sizes.map((size, dim) => found.map((at) => Math.floor(at / itemAt(strides, dim)) % size));
  return call.t.constant(rows.flat(), [sizes.length, found.length]);
};

/** Each sequence is turned around up to its own length. */
const reverseSequence: OperatorReader = (call) => {
  const { t, attributes } = call;
  const x = call.input(0);
  const [time, batch] = [call.axis(attributes.int('time_axis', 0)), call.axis(attributes.int('batch_axis', 1))];
  const steps = sizeAt(x.type.shape, time);
  const parts = call.ints(1).map((length, i) => {
    const own = t.slice(x, batch, i, i + 1);
    return t.pick(
      own,
      time,
      table(steps).map((at) => (at < length ? length - 1 - at : at)),
    );
  });
  return t.cat(parts, batch);
};

const centerCropPad: OperatorReader = (call) => {
  const { t, attributes } = call;
  const x = call.input(0);
  const axes = call.axes(attributes.ints('axes') ?? table(x.type.shape.length));
  return call.ints(1).reduce((at, target, i) => {
    const dim = itemAt(axes, i);
    const size = sizeAt(at.type.shape, dim);
    const cut = Math.floor((size - target) / 2);
    if (target <= size) return t.slice(at, dim, cut, cut + target);
    const before = Math.floor((target - size) / 2);
    const rank = at.type.shape.length;
    const around = table(2 * rank).map((j) => (j === dim ? before : j === rank + dim ? target - size - before : 0));
    return t.pad(at, around);
  }, x);
};

export const layout: OperatorTable = {
  Reshape: reshape,
  Transpose: transpose,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Flatten: flatten,
  Expand: expand,
  Tile: (call) => tile(call.t, call.input(0), call.ints(1)),
  Slice: slice,
  Concat: concat,
  Split: split,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherNd,
  Scatter: scatterElements,
  ScatterElements: scatterElements,
  ScatterND: scatterNd,
  OneHot: oneHot,
  Pad: pad,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  Shape: shape,
  Size: (call) => call.t.constant([count(call.shape())], []),
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Range: rangeOf,
  EyeLike: eyeLike,
  Trilu: triangle,
  Compress: compress,
  NonZero: nonZero,
  ReverseSequence: reverseSequence,
  CenterCropPad: centerCropPad,
  Identity: (call) => call.input(0),
};
