import { firstElements, itemAt, sizeAt } from '../access';
import type { Emit } from '../emit';
import type { ValueId } from '../types';
import type { GradientRules } from './rule';

const otherDims = (rank: number, dim: number) => Array.from({ length: rank }, (_, i) => i).filter((i) => i !== dim);

/** Zeros between the elements along a dimension, `step` − 1 each. */
function spread(e: Emit, x: ValueId, dim: number, step: number): ValueId {
  const shape = e.shape(x);
  const size = sizeAt(shape, dim);
  const columns = e.reshape(x, [...shape.slice(0, dim + 1), 1, ...shape.slice(dim + 1)]);
  const after = e.shape(columns).map((_, i) => (i === dim + 1 ? step - 1 : 0));
  const wide = e.pad(
    columns,
    after.map(() => 0),
    after,
  );
  const flat = e.reshape(wide, [...shape.slice(0, dim), size * step, ...shape.slice(dim + 1)]);
  return e.slice(flat, dim, 0, (size - 1) * step + 1);
}

/** Adds slices of g along `dim` up at the places that they came from: the adjoint of `gather` by known or unknown places. */
function scatterAlong(e: Emit, g: ValueId, indices: ValueId, like: ValueId, dim: number): ValueId {
  const target = e.type(like);
  const rank = target.shape.length;
  const rows = e.count(indices);
  const flat = e.reshape(g, [...target.shape.slice(0, dim), rows, ...target.shape.slice(dim + 1)]);
  const order = [dim, ...otherDims(rank, dim)];
  const front = order.map((each) => sizeAt(target.shape, each));
  const zeros = e.full(0, { dtype: target.dtype, shape: front });
  const added = e.op(
    { kind: 'scatter_rows', reduction: 'add' },
    zeros,
    e.reshape(indices, [rows]),
    e.permute(flat, order),
  );
  return e.permute(
    added,
    order.map((_, i) => order.indexOf(i)),
  );
}

/** Where each element of a padded dimension came from. */
function sources(size: number, before: number, after: number, mode: 'reflect' | 'replicate'): number[] {
  return Array.from({ length: before + size + after }, (_, i) => {
    const at = i - before;
    if (mode === 'replicate') return Math.min(Math.max(at, 0), size - 1);
    return at < 0 ? -at : at >= size ? 2 * (size - 1) - at : at;
  });
}

export const layoutRules: GradientRules<
  | 'reshape'
  | 'permute'
  | 'expand'
  | 'slice'
  | 'cat'
  | 'pad'
  | 'gather'
  | 'gather_elements'
  | 'scatter_elements'
  | 'scatter_rows'
  | 'embedding'
  | 'arg'
  | 'topk'
> = {
  arg: () => [null],
  topk: () => [null],
  reshape: (_, { e, x, g }) => [() => e.reshape(g, e.shape(x))],
  permute: ({ dims }, { e, g }) => [
    () =>
      e.permute(
        g,
        dims.map((_, i) => dims.indexOf(i)),
      ),
  ],
  expand: (_, { e, x, g }) => [() => e.unbroadcast(g, e.shape(x))],

  slice({ dim, start, step }, { e, x, g }) {
    return [
      () => {
        const wide = step === 1 ? g : spread(e, g, dim, step);
        const before = e.shape(x).map((_, i) => (i === dim ? start : 0));
        const after = e.shape(x).map((size, i) => (i === dim ? size - start - sizeAt(e.shape(wide), dim) : 0));
        return e.pad(wide, before, after);
      },
    ];
  },

  cat({ dim }, { e, node, g }) {
    let start = 0;
    return node.inputs.map((input) => {
      const from = start;
      start += input === null ? 0 : sizeAt(e.shape(input), dim);
      const end = start;
      return () => e.slice(g, dim, from, end);
    });
  },

  pad({ mode, padding }, { e, x, g }) {
    const shape = e.shape(x);
    const rank = shape.length;
    return [
      () =>
        shape.reduce((gradient, size, dim) => {
          const [before, after] = [itemAt(padding, dim), itemAt(padding, rank + dim)];
          if (before === 0 && after === 0) return gradient;
          if (mode === 'constant') {
            // Padding below zero cut something off.
            const kept = e.slice(
              gradient,
              dim,
              Math.max(before, 0),
              Math.max(before, 0) + size + Math.min(before, 0) + Math.min(after, 0),
            );
            const missing = (cut: number) => shape.map((_, i) => (i === dim ? Math.max(-cut, 0) : 0));
            return e.pad(kept, missing(before), missing(after));
          }
          const places = sources(size, before, after, mode);
          const like = e.full(0, {
            dtype: e.type(x).dtype,
            shape: e.shape(gradient).map((each, i) => (i === dim ? size : each)),
          });
          return scatterAlong(e, gradient, e.constant(places, [places.length], 'int64'), like, dim);
        }, g),
    ];
  },

  gather({ dim }, at) {
    return [() => scatterAlong(at.e, at.g, at.input(1), at.x, dim), null];
  },

  embedding({ paddingIndex }, at) {
    const { e, g } = at;
    const weight = at.input(1);
    return [
      null,
      () => {
        const indices = at.input(0);
        const added = scatterAlong(e, g, indices, weight, 0);
        if (paddingIndex === null) return added;
        const [rows] = firstElements(e.shape(weight), 1);
        const kept = Array.from({ length: rows }, (_, i) => (i === paddingIndex ? 0 : 1));
        return e.mul(added, e.constant(kept, [rows, 1]));
      },
    ];
  },

  gather_elements({ dim }, at) {
    const { e, x, g } = at;
    return [
      () => e.op({ kind: 'scatter_elements', dim, reduction: 'add' }, e.full(0, e.type(x)), at.input(1), g),
      null,
    ];
  },

  scatter_elements({ dim, reduction }, at) {
    const { e, g } = at;
    const indices = at.input(1);
    const zeros = () => e.full(0, e.type(at.input(2)));
    return [
      () => (reduction === 'add' ? g : e.op({ kind: 'scatter_elements', dim, reduction: 'none' }, g, indices, zeros())),
      null,
      () => e.op({ kind: 'gather_elements', dim }, g, indices),
    ];
  },

  scatter_rows({ reduction }, at) {
    const { e, g } = at;
    const indices = at.input(1);
    const zeros = () => e.full(0, e.type(at.input(2)));
    return [
      () => (reduction === 'add' ? g : e.op({ kind: 'scatter_rows', reduction: 'none' }, g, indices, zeros())),
      null,
      () => e.op({ kind: 'gather', dim: 0 }, g, indices),
    ];
  },
};
