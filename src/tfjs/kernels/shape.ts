/** Kernels that move elements without changing them. */
import { firstElements, itemAt, itemOr, sizeAt } from '../../graph/access';
import { elements } from '../../graph/ops/rule';
import type { ValueId } from '../../graph/types';
import { type DimensionOrder, naturalOrder } from '../layout';
import type { TensorId } from '../outcome';
import { align, type StepView } from '../translation';
import type { RuleTable, StepRule } from './table';

/** The first input, whatever its name. */
const mainInput = (step: StepView): string => itemAt(step.step.inputs, 0)[0];

/**
 * Where only dimensions of one element come or go, the others keep their order: the dimensions of `to` in the order in
 * which `order` has those of `from`. Undefined where elements move.
 */
function orderWithoutOnes(
  from: readonly number[],
  to: readonly number[],
  order: DimensionOrder,
): DimensionOrder | undefined {
  const [large, other] = [from, to].map((shape) => shape.flatMap((size, dim) => (size === 1 ? [] : [dim])));
  if (!large || !other || large.length !== other.length) return undefined;
  if (large.some((dim, i) => from[dim] !== to[itemAt(other, i)])) return undefined;
  const moved = order.flatMap((dim) => (large.includes(dim) ? [itemAt(other, large.indexOf(dim))] : []));
  const ones = naturalOrder(to.length).filter((dim) => !other.includes(dim));
  // A new dimension follows the one before it.
  const placed = [...moved];
  for (const dim of ones) placed.splice(dim === 0 ? 0 : placed.indexOf(dim - 1) + 1, 0, dim);
  return placed;
}

/** The same elements in another shape. */
function reshape(step: StepView, name: string): void {
  const { e } = step;
  const [from, to, order] = [step.shape(name), step.outputShape(), step.orderOf(name)];
  const kept = orderWithoutOnes(from, to, order);
  if (!kept) {
    step.give(e.reshape(step.read(name), to));
    return;
  }
  const shape = kept.map((dim) => itemAt(to, dim));
  step.give(e.reshape(step.in(name, order), shape), kept);
}

const transpose: StepRule = (step) => {
  const order = step.orderOf('x');
  const perm = step.numbers('perm');
  // Nothing moves yet: the value is the same, its dimensions have other numbers.
  step.give(
    step.in('x', order),
    order.map((dim) => perm.indexOf(dim)),
  );
};

/** Tensors that are joined or piled, in the order of the first that has one of its own. */
function sameOrder(step: StepView, tensors: readonly TensorId[]): { values: ValueId[]; order: DimensionOrder } {
  const { values, order } = align(step.translation, tensors);
  const dtype = step.outputType();
  return { values: values.map((value) => step.e.cast(value, dtype)), order };
}

const concat: StepRule = (step) => {
  const { values, order } = sameOrder(step, step.all);
  const axis = step.dim(step.integer('axis'), order.length);
  step.give(step.e.cat(values, order.indexOf(axis)), order);
};

const pack: StepRule = (step) => {
  const { e } = step;
  const { values, order } = sameOrder(step, step.all);
  const axis = step.dim(step.integer('axis'), order.length + 1);
  const grown = values.map((value) => e.reshape(value, [1, ...e.shape(value)]));
  step.give(e.cat(grown, 0), [axis, ...order.map((dim) => (dim >= axis ? dim + 1 : dim))]);
};

const unpack: StepRule = (step) => {
  const { e } = step;
  const name = mainInput(step);
  const order = step.orderOf(name);
  const axis = step.dim(step.integer('axis'), order.length);
  const [x, dim] = [step.in(name, order), order.indexOf(axis)];
  const left = order.filter((each) => each !== axis);
  step.step.outputs.forEach((_, index) => {
    const part = e.slice(x, dim, index, index + 1);
    const shape = e.shape(part).filter((_, each) => each !== dim);
    step.give(
      e.reshape(part, shape),
      left.map((each) => (each > axis ? each - 1 : each)),
      index,
    );
  });
};

const split: StepRule = (step) => {
  const order = step.orderOf('x');
  const axis = step.dim(step.integer('axis'), order.length);
  const x = step.in('x', order);
  let start = 0;
  step.step.outputs.forEach((_, index) => {
    const size = sizeAt(step.outputShape(index), axis);
    step.give(step.e.slice(x, order.indexOf(axis), start, start + size), order, index);
    start += size;
  });
};

const slice: StepRule = (step) => {
  const name = mainInput(step);
  const order = step.orderOf(name);
  const begin = step.numbers('begin');
  const shape = step.outputShape();
  step.give(
    order.reduce(
      (x, dim, at) => {
        const start = itemOr(begin, dim, 0);
        return step.e.slice(x, at, start, start + itemAt(shape, dim));
      },
      step.in(name, order),
    ),
    order,
  );
};

/** What a strided slice says of one dimension of its input. */
interface Cut {
  readonly begin: number;
  readonly end: number;
  readonly stride: number;
}

/** NumPy's slices in TensorFlow's masks, a bit for each entry. */
function cutsOf(step: StepView, shape: readonly number[]): Cut[] {
  const [begin, end] = [step.numbers('begin'), step.numbers('end')];
  const strides = step.attribute('strides') === null ? begin.map(() => 1) : step.numbers('strides', begin.length);
  const mask = (name: string, entry: number) => ((step.integer(name, 0) >> entry) & 1) === 1;
  const isNew = (entry: number) => mask('newAxisMask', entry) && !mask('ellipsisMask', entry);
  const own = begin.filter((_, entry) => !isNew(entry) && !mask('ellipsisMask', entry)).length;
  const cuts: Cut[] = [];
  begin.forEach((_, entry) => {
    if (mask('ellipsisMask', entry)) {
      for (let each = 0; each < shape.length - own; each++) {
        cuts.push({ begin: 0, end: sizeAt(shape, cuts.length), stride: 1 });
      }
    } else if (!isNew(entry)) {
      const size = sizeAt(shape, cuts.length);
      const stride = itemAt(strides, entry);
      if (stride === 0) step.refuseSetting('strides');
      const [low, high] = stride > 0 ? [0, size] : [-1, size - 1];
      const bounded = (at: number) => Math.min(Math.max(at < 0 ? at + size : at, low), high);
      const first = mask('beginMask', entry) ? (stride > 0 ? low : high) : bounded(itemAt(begin, entry));
      if (mask('shrinkAxisMask', entry)) {
        const at = itemAt(begin, entry);
        const only = at < 0 ? at + size : at;
        cuts.push({ begin: only, end: only + 1, stride: 1 });
        return;
      }
      const last = mask('endMask', entry) ? (stride > 0 ? high : low) : bounded(itemAt(end, entry));
      cuts.push({ begin: first, end: last, stride });
    }
  });
  while (cuts.length < shape.length) cuts.push({ begin: 0, end: sizeAt(shape, cuts.length), stride: 1 });
  return cuts;
}

const stridedSlice: StepRule = (step) => {
  const { e } = step;
  const name = mainInput(step);
  let x = step.read(name);
  cutsOf(step, step.shape(name)).forEach(({ begin, end, stride }, dim) => {
    if (stride > 0) {
      x = e.slice(x, dim, begin, Math.max(begin, end), stride);
      return;
    }
    const picked = Array.from(
      { length: step.boundedCount(Math.max(0, Math.ceil((end - begin) / stride))) },
      (_, i) => begin + i * stride,
    );
    x = e.op({ kind: 'gather', dim }, x, e.constant(picked, [picked.length], 'int64'));
  });
  step.give(e.reshape(x, step.outputShape()));
};

const pad: StepRule = (step) => {
  const order = step.orderOf('x');
  const paddings = step.pairs('paddings');
  const of = (end: 0 | 1) => order.map((dim) => itemAt(paddings, dim)[end]);
  const padding = [...of(0), ...of(1)];
  const x = step.in('x', order);
  if (step.step.name === 'PadV2') {
    const value = step.number('constantValue', 0);
    const op = { kind: 'pad', mode: 'constant', padding, value } as const;
    step.give(padding.every((each) => each === 0) ? x : step.e.op(op, x), order);
    return;
  }
  // A mirror stands at the edge's elements, or between them and their images.
  const between = step.text('mode') === 'symmetric';
  step.give(
    order.reduce((value, dim, at) => {
      const [before, after] = itemAt(paddings, dim);
      if (before === 0 && after === 0) return value;
      const size = itemAt(step.shape('x'), dim);
      const shift = between ? 1 : 0;
      const picked = Array.from({ length: step.boundedCount(before + size + after) }, (_, i) => {
        const place = i - before;
        if (place < 0) return -place - shift;
        return place < size ? place : 2 * (size - 1) - place + shift;
      });
      return step.e.op({ kind: 'gather', dim: at }, value, step.e.constant(picked, [picked.length], 'int64'));
    }, x),
    order,
  );
};

const tile: StepRule = (step) => {
  const { e } = step;
  const order = step.orderOf('x');
  const reps = step.numbers('reps');
  const shape = order.map((dim) => itemAt(step.shape('x'), dim));
  const times = order.map((dim) => itemAt(reps, dim));
  const x = step.in('x', order);
  if (shape.every((size, i) => size === 1 || itemAt(times, i) === 1)) {
    step.give(
      e.expand(
        x,
        shape.map((size, i) => size * itemAt(times, i)),
      ),
      order,
    );
    return;
  }
  const pairs = shape.flatMap((size, i) => [itemAt(times, i), size]);
  const wide = e.expand(
    e.reshape(
      x,
      shape.flatMap((size) => [1, size]),
    ),
    pairs,
  );
  step.give(
    e.reshape(
      wide,
      shape.map((size, i) => size * itemAt(times, i)),
    ),
    order,
  );
};

const product = (sizes: readonly number[]): number => elements(sizes);

/** Blocks of space become samples of the batch. */
const spaceToBatch: StepRule = (step) => {
  const { e } = step;
  const blocks = step.numbers('blockShape');
  const paddings = step.pairs('paddings');
  const x = step.read('x');
  const rank = e.shape(x).length;
  const of = (end: 0 | 1) => naturalOrder(rank).map((dim) => itemOr(paddings, dim - 1, [0, 0])[end]);
  const padded = e.pad(x, of(0), of(1));
  const [batch, ...rest] = firstElements(e.shape(padded), 1);
  const spatial = rest.slice(0, blocks.length);
  const split = [batch, ...spatial.flatMap((size, i) => [size / itemAt(blocks, i), itemAt(blocks, i)])];
  const count = blocks.length;
  const inner = blocks.map((_, i) => 2 * i + 2);
  const outer = blocks.map((_, i) => 2 * i + 1);
  const tail = rest.slice(count).map((_, i) => 2 * count + 1 + i);
  const apart = e.reshape(padded, [...split, ...rest.slice(count)]);
  step.give(e.reshape(e.permute(apart, [...inner, 0, ...outer, ...tail]), step.outputShape()));
};

const batchToSpace: StepRule = (step) => {
  const { e } = step;
  const blocks = step.numbers('blockShape');
  const crops = step.pairs('crops');
  const x = step.read('x');
  const [batch, ...rest] = firstElements(e.shape(x), 1);
  const count = blocks.length;
  const [spatial, tail] = [rest.slice(0, count), rest.slice(count)];
  const apart = e.reshape(x, [...blocks, batch / product(blocks), ...spatial, ...tail]);
  const woven = blocks.flatMap((_, i) => [count + 1 + i, i]);
  const turnedBack = e.permute(apart, [count, ...woven, ...tail.map((_, i) => 2 * count + 1 + i)]);
  const whole = spatial.map((size, i) => size * itemAt(blocks, i));
  const joined = e.reshape(turnedBack, [batch / product(blocks), ...whole, ...tail]);
  step.give(
    whole.reduce((value, size, i) => {
      const [begin, end] = itemAt(crops, i);
      return e.slice(value, i + 1, begin, size - end);
    }, joined),
  );
};

const depthToSpace: StepRule = (step) => {
  const { e } = step;
  const block = step.integer('blockSize');
  const x = step.read('x');
  const [a, b, c, d] = firstElements(e.shape(x), 4);
  if (step.text('dataFormat', 'NHWC') === 'NHWC') {
    const apart = e.reshape(x, [a, b, c, block, block, d / (block * block)]);
    step.give(e.reshape(e.permute(apart, [0, 1, 3, 2, 4, 5]), step.outputShape()));
    return;
  }
  const apart = e.reshape(x, [a, block, block, b / (block * block), c, d]);
  step.give(e.reshape(e.permute(apart, [0, 3, 4, 1, 5, 2]), step.outputShape()));
};

export const shapes: RuleTable = {
  Reshape: (step) => reshape(step, 'x'),
  ExpandDims: (step) => reshape(step, 'input'),
  Transpose: transpose,
  Concat: concat,
  Pack: pack,
  Unpack: unpack,
  SplitV: split,
  Slice: slice,
  StridedSlice: stridedSlice,
  PadV2: pad,
  MirrorPad: pad,
  Tile: tile,
  SpaceToBatchND: spaceToBatch,
  BatchToSpaceND: batchToSpace,
  DepthToSpace: depthToSpace,
  Diag: (step) => {
    const { e } = step;
    const shape = step.shape('x');
    const count = product(shape);
    const x = e.reshape(step.read('x'), [count]);
    const eye = Array.from({ length: step.boundedCount(count * count) }, (_, i) =>
      Number(Math.floor(i / count) === i % count),
    );
    const placed = e.mul(e.reshape(x, [count, 1]), e.cast(e.constant(eye, [count, count]), e.type(x).dtype));
    step.give(e.reshape(placed, step.outputShape()));
  },
};
