import { firstElements, sizeAt } from '../access';
import type { Emit } from '../emit';
import type { ValueId } from '../types';
import type { GradientRules } from './rule';

const allDims = (shape: readonly number[]) => shape.map((_, i) => i);

/** A reduction's result in the shape that keeps its dimensions. */
function keepDims(e: Emit, value: ValueId, shape: readonly number[], dims: readonly number[]): ValueId {
  return e.reshape(
    value,
    shape.map((size, i) => (dims.includes(i) ? 1 : size)),
  );
}

/** For each element the product of all others along dimensions, of which it may be the only one that is not zero. */
function productOfOthers(e: Emit, x: ValueId, dims: readonly number[]): ValueId {
  const wide = (fn: 'sum' | 'prod', value: ValueId) => e.expand(e.reduce(fn, value, dims, true), e.shape(x));
  const isZero = e.indicator('eq', x, e.scalar(0, x));
  const nonzero = e.add(x, isZero);
  const zeros = e.sub(wide('sum', isZero), isZero);
  const isPlain = e.indicator('eq', zeros, e.scalar(0, x));
  return e.mul(isPlain, e.div(wide('prod', nonzero), nonzero));
}

export const algebraRules: GradientRules<'linear' | 'matmul' | 'reduce' | 'cumsum'> = {
  linear(_, at) {
    const { e, x, g, node } = at;
    const weight = at.input(1);
    const [out, features] = firstElements(e.shape(weight), 2);
    const rows = (value: ValueId, width: number) => e.reshape(value, [e.count(value) / width, width]);
    const bias = node.inputs[2];
    return [
      () => e.reshape(e.matmul(rows(g, out), weight), e.shape(x)),
      () => e.matmul(e.transposeLast(rows(g, out)), rows(x, features)),
      typeof bias === 'number' ? () => e.reduce('sum', rows(g, out), [0]) : null,
    ];
  },

  matmul(_, at) {
    const { e, g } = at;
    const [a, b] = [at.input(0), at.input(1)];
    // Vectors are matrices of one row or column.
    const isRow = e.shape(a).length === 1;
    const isColumn = e.shape(b).length === 1;
    const left = isRow ? e.reshape(a, [1, ...e.shape(a)]) : a;
    const right = isColumn ? e.reshape(b, [...e.shape(b), 1]) : b;
    const lead = e.shape(g).slice(0, e.shape(g).length - (isRow ? 0 : 1) - (isColumn ? 0 : 1));
    const full = () =>
      e.reshape(g, [...lead, isRow ? 1 : sizeAt(e.shape(a), -2), isColumn ? 1 : sizeAt(e.shape(b), -1)]);
    return [
      () => e.reshape(e.unbroadcast(e.matmul(full(), e.transposeLast(right)), e.shape(left)), e.shape(a)),
      () => e.reshape(e.unbroadcast(e.matmul(e.transposeLast(left), full()), e.shape(right)), e.shape(b)),
    ];
  },

  reduce({ function: fn, dims: given }, { e, x, y, g }) {
    const shape = e.shape(x);
    const dims = given.length > 0 ? given : allDims(shape);
    const wide = (value: ValueId) => e.expand(keepDims(e, value, shape, dims), shape);
    return [
      () => {
        if (fn === 'sum') return wide(g);
        const count = dims.reduce((product, dim) => product * sizeAt(shape, dim), 1);
        if (fn === 'mean') return wide(e.binaryScalar('div', g, count));
        if (fn === 'prod') return e.mul(wide(g), productOfOthers(e, x, dims));
        // Shared by all that are the extreme.
        const hits = e.indicator('eq', x, wide(y));
        const share = e.div(g, e.reshape(e.reduce('sum', hits, dims, true), e.shape(g)));
        return e.mul(hits, wide(share));
      },
    ];
  },

  cumsum({ dim }, { e, g }) {
    // Sums from each place to the end.
    return [() => e.add(e.sub(e.reduce('sum', g, [dim], true), e.op({ kind: 'cumsum', dim }, g)), g)];
  },
};
