/** Kernels that read or write at places that other tensors name. */
import { sizeAt } from '../../graph/access';
import type { Emit } from '../../graph/emit';
import { elements } from '../../graph/ops/rule';
import type { ValueId } from '../../graph/types';
import { say } from '../../language/say';
import type { StepView } from '../translation';
import type { RuleTable, StepRule } from './table';

const gather: StepRule = (step) => {
  const { e } = step;
  const rank = step.rank('x');
  const axis = step.dim(step.integer('axis', 0), rank);
  const batch = step.integer('batchDims', 0);
  const indices = e.cast(step.read('indices'), 'int32');
  if (batch === 0) {
    const x = step.read('x');
    const isTable = rank === 2 && axis === 0 && step.translation.isWeight(step.tensor('x'));
    step.give(
      isTable
        ? e.op({ kind: 'embedding', paddingIndex: null }, indices, x)
        : e.op({ kind: 'gather', dim: axis }, x, indices),
    );
    return;
  }
  if (batch !== axis) return step.refuse(say('batchDims {0} with axis {1} is not read', batch, axis));
  const shape = step.shape('x');
  const groups = elements(shape.slice(0, batch));
  const [size, inner] = [sizeAt(shape, axis), elements(shape.slice(axis + 1))];
  const picks = e.count(indices) / groups;
  const rows = e.reshape(step.read('x'), [groups, size, inner]);
  const wide = e.expand(e.reshape(indices, [groups, picks, 1]), [groups, picks, inner]);
  const found = e.op({ kind: 'gather_elements', dim: 1 }, rows, e.cast(wide, 'int64'));
  return step.give(e.reshape(found, step.outputShape()));
};

/** Places in the first dimensions of `shape`, which a row of indices names, as one number each. */
function flatPlaces(e: Emit, indices: ValueId, shape: readonly number[]): { places: ValueId; depth: number } {
  const depth = sizeAt(e.shape(indices), -1);
  const strides = Array.from({ length: depth }, (_, dim) => elements(shape.slice(dim + 1, depth)));
  const rows = e.reshape(e.cast(indices, 'int32'), [e.count(indices) / depth, depth]);
  const scaled = e.mul(rows, e.constant(strides, [depth], 'int32'));
  return { places: e.cast(e.reduce('sum', scaled, [1]), 'int64'), depth };
}

const gatherNd: StepRule = (step) => {
  const { e } = step;
  const shape = step.shape('params');
  const { places, depth } = flatPlaces(e, step.read('indices'), shape);
  const rows = e.reshape(step.read('params'), [elements(shape.slice(0, depth)), ...shape.slice(depth)]);
  step.give(e.reshape(e.op({ kind: 'gather', dim: 0 }, rows, places), step.outputShape()));
};

/** Rows are written into a tensor, or added to it. */
function scatter(step: StepView, into: ValueId, indices: ValueId, updates: ValueId, reduction: 'add' | 'none'): void {
  const { e } = step;
  const shape = step.outputShape();
  const { places, depth } = flatPlaces(e, indices, shape);
  const rows = e.reshape(into, [elements(shape.slice(0, depth)), ...shape.slice(depth)]);
  const values = e.reshape(e.cast(updates, e.type(rows).dtype), [sizeAt(e.shape(places), 0), ...shape.slice(depth)]);
  step.give(e.reshape(e.op({ kind: 'scatter_rows', reduction }, rows, places, values), shape));
}

const zeros = (step: StepView): ValueId => step.e.full(0, { dtype: step.outputType(), shape: step.outputShape() });

/** 1 where an index is a place's own number, else 0: [*indices, depth]. */
function hits(step: StepView, indices: ValueId, depth: number): ValueId {
  const { e } = step;
  const column = e.reshape(indices, [...e.shape(indices), 1]);
  const places = e.constant(
    Array.from({ length: step.boundedCount(depth) }, (_, i) => i),
    [depth],
    e.type(indices).dtype,
  );
  return e.compare('eq', column, places);
}

const oneHot: StepRule = (step) => {
  const { e } = step;
  const found = hits(step, step.read('indices'), step.integer('depth'));
  const [on, off] = [step.number('onValue', 1), step.number('offValue', 0)];
  const dtype = step.outputType();
  if (on === 1 && off === 0) return step.give(e.cast(found, dtype));
  return step.give(e.where(found, e.constant([on], [], dtype), e.constant([off], [], dtype)));
};

/** How often each number occurs, with weights for the occurrences. */
const counts: StepRule = (step) => {
  const { e } = step;
  const x = step.read('x');
  const found = hits(step, x, step.integer('size'));
  const along = e.shape(x).length - 1;
  if (step.flag('binaryOutput')) {
    return step.give(e.cast(e.reduce('max', e.cast(found, 'int32'), [along]), step.outputType()));
  }
  const ones = e.cast(found, step.outputType());
  const weighted =
    elements(step.shape('weights')) === 0
      ? ones
      : e.mul(ones, e.cast(e.reshape(step.read('weights'), [...e.shape(x), 1]), step.outputType()));
  return step.give(e.reduce('sum', weighted, [along]));
};

const topk: StepRule = (step) => {
  const { e } = step;
  const x = step.read('x');
  const dim = step.rank('x') - 1;
  const places = e.op({ kind: 'topk', k: step.integer('k'), dim, largest: true }, x);
  step.give(e.op({ kind: 'gather_elements', dim }, x, places), undefined, 0);
  step.give(places, undefined, 1);
};

export const picks: RuleTable = {
  GatherV2: gather,
  GatherNd: gatherNd,
  ScatterNd: (step) => scatter(step, zeros(step), step.read('indices'), step.read('updates'), 'add'),
  TensorScatterUpdate: (step) => scatter(step, step.read('tensor'), step.read('indices'), step.read('updates'), 'none'),
  SparseToDense: (step) => {
    const { e } = step;
    const base = e.expand(
      e.reshape(
        step.read('defaultValue'),
        step.outputShape().map(() => 1),
      ),
      step.outputShape(),
    );
    const indices = step.read('sparseIndices');
    const rank = e.shape(indices).length;
    const rows = rank < 2 ? e.reshape(indices, [e.count(indices), 1]) : indices;
    const [values, count] = [step.read('sparseValues'), sizeAt(e.shape(rows), 0)];
    const spread = e.count(values) === 1 ? e.expand(e.reshape(values, [1]), [count]) : values;
    scatter(step, e.cast(base, step.outputType()), rows, spread, 'none');
  },
  UnsortedSegmentSum: (step) => {
    const { e } = step;
    const ids = step.read('segmentIds');
    scatter(step, zeros(step), e.reshape(ids, [e.count(ids), 1]), step.read('x'), 'add');
  },
  OneHot: oneHot,
  DenseBincount: counts,
  Bincount: counts,
  TopK: topk,
};
