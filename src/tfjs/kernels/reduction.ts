/** Kernels that go along dimensions: whatever the order of the input, its own dimensions are found in it. */
import { isGiven, itemAt, sizeAt } from '../../graph/access';
import type { Emit } from '../../graph/emit';
import type { Reduction, ValueId } from '../../graph/types';
import { say } from '../../language/say';
import type { StepView } from '../translation';
import { type RuleTable, type StepRule, shareRule } from './table';

/** Sums and their like: dimensions that stay keep their order. */
const reduction =
  (fn: Reduction, prepare: (e: Emit, x: ValueId) => ValueId = (_, x) => x): StepRule =>
  (step) => {
    const { e } = step;
    const [name] = itemAt(step.step.inputs, 0);
    const order = step.orderOf(name);
    const axes = step.dims(
      step.attribute('reductionIndices') === undefined ? 'axis' : 'reductionIndices',
      order.length,
    );
    const keep = step.flag('keepDims');
    const x = prepare(e, step.in(name, order));
    const dims = axes.map((axis) => order.indexOf(axis));
    const left = order.filter((dim) => !axes.includes(dim));
    // Numbers of the dimensions that are left, once the others are gone.
    const closed = left.map((dim) => left.filter((other) => other < dim).length);
    const made = dims.length === 0 ? x : e.reduce(fn, x, dims, keep);
    step.give(made, keep ? order : closed);
  };

const asNumbers = (e: Emit, x: ValueId): ValueId => (e.type(x).dtype === 'bool' ? e.cast(x, 'int32') : x);
const asFloats = (e: Emit, x: ValueId): ValueId => e.cast(x, 'float32');
const asFlags = (e: Emit, x: ValueId): ValueId => e.cast(e.cast(x, 'bool'), 'int32');

const place =
  (fn: 'max' | 'min'): StepRule =>
  (step) => {
    const order = step.orderOf('x');
    const axis = itemAt(step.dims('axis', order.length), 0);
    const left = order.filter((dim) => dim !== axis);
    const x = asNumbers(step.e, step.in('x', order));
    const found = step.e.op({ kind: 'arg', function: fn, dim: order.indexOf(axis), keepdim: false }, x);
    step.give(
      found,
      left.map((dim) => (dim > axis ? dim - 1 : dim)),
    );
  };

/** A dimension from its end to its beginning. */
export function reverseAlong(step: StepView, x: ValueId, dim: number): ValueId {
  const { e } = step;
  const size = step.boundedCount(sizeAt(e.shape(x), dim));
  const before = e.builder.producerOf(x);
  const [from, picked] = before?.inputs ?? [];
  // What was turned just before is turned back.
  if (before?.op.kind === 'gather' && before.op.dim === dim && isGiven(from) && isGiven(picked)) {
    const places = e.constantOf(picked);
    const isTurn = places?.length === size && Array.from(places).every((place, at) => place === size - 1 - at);
    if (isTurn) return from;
  }
  const backwards = Array.from({ length: size }, (_, at) => size - 1 - at);
  return e.op({ kind: 'gather', dim }, x, e.constant(backwards, [size], 'int64'));
}

/** Running sums or products, from either end, with or without the element itself. */
const running =
  (along: (step: StepView, x: ValueId, dim: number) => ValueId, first: number): StepRule =>
  (step) => {
    const { e } = step;
    const order = step.orderOf('x');
    const dim = order.indexOf(step.dim(step.integer('axis'), order.length));
    const [reverse, exclusive] = [step.flag('reverse'), step.flag('exclusive')];
    const x = step.in('x', order);
    const from = reverse ? reverseAlong(step, x, dim) : x;
    let made = along(step, from, dim);
    if (exclusive) {
      const shape = e.shape(made);
      const size = sizeAt(shape, dim);
      const start = e.full(first, { ...e.type(made), shape: shape.map((each, i) => (i === dim ? 1 : each)) });
      made = e.cat([start, e.slice(made, dim, 0, size - 1)], dim);
    }
    step.give(reverse ? reverseAlong(step, made, dim) : made, order);
  };

/** Products one after the other: a graph has no operator for it. */
function products(step: StepView, x: ValueId, dim: number): ValueId {
  const { e } = step;
  const size = sizeAt(e.shape(x), dim);
  const most = 256;
  if (size > most) step.refuse(say('products run along {0} elements, more than {1}', size, most));
  const made: ValueId[] = [];
  for (let at = 0; at < size; at++) {
    const own = e.slice(x, dim, at, at + 1);
    const before = made.at(-1);
    made.push(before === undefined ? own : e.mul(before, own));
  }
  return e.cat(made, dim);
}

export const reductions: RuleTable = {
  Sum: reduction('sum', asNumbers),
  Prod: reduction('prod', asNumbers),
  Mean: reduction('mean', asFloats),
  Max: reduction('max', asNumbers),
  Min: reduction('min', asNumbers),
  All: reduction('min', asFlags),
  Any: reduction('max', asFlags),
  ArgMax: place('max'),
  ArgMin: place('min'),
  Cumsum: running((step, x, dim) => step.e.op({ kind: 'cumsum', dim }, x), 0),
  Cumprod: running(products, 1),
  ...shareRule('Reverse', (step) => {
    const order = step.orderOf('x');
    const dims = step.dims('dims', order.length);
    step.give(
      dims.reduce((x, dim) => reverseAlong(step, x, order.indexOf(dim)), step.in('x', order)),
      order,
    );
  }),
  FlipLeftRight: (step) => {
    const order = step.orderOf('image');
    step.give(reverseAlong(step, step.in('image', order), order.indexOf(2)), order);
  },
};
