/** Softmax and its kin along one dimension: on rows in fp64, and in graph primitives. */
import type { GraphBuilder } from '../graph/builder';
import type { Scalar, ValueId } from '../graph/types';

/** The dimension that is meant, counted from the front; PyTorch has a rule for one that is missing. */
export function dimension(rank: number, dim: Scalar | undefined): number {
  if (typeof dim !== 'number') return rank === 0 || rank === 1 || rank === 3 ? 0 : 1;
  return dim < 0 ? dim + rank : dim;
}

/** exp(x_i)/Σ exp(x_j), shifted by the maximum so that nothing overflows. */
export function softmaxOf(row: readonly number[]): number[] {
  const largest = Math.max(...row);
  const powers = row.map((x) => Math.exp(x - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

/** x_i − log Σ exp(x_j). */
export function logSoftmaxOf(row: readonly number[]): number[] {
  const largest = Math.max(...row);
  const total = row.reduce((sum, x) => sum + Math.exp(x - largest), 0);
  return row.map((x) => x - largest - Math.log(total));
}

export function emitSoftmax(graph: GraphBuilder, x: ValueId, dim: Scalar | undefined): ValueId {
  const { powers, total } = shiftedExponentials(graph, x, dim);
  return graph.emit1({ kind: 'binary', function: 'div' }, powers, total);
}

export function emitLogSoftmax(graph: GraphBuilder, x: ValueId, dim: Scalar | undefined): ValueId {
  const { moved, total } = shiftedExponentials(graph, x, dim);
  return graph.emit1(
    { kind: 'binary', function: 'sub' },
    moved,
    graph.emit1({ kind: 'unary', function: 'log' }, total),
  );
}

/** x − max(x), its powers of e, and their sum with the dimension kept. */
function shiftedExponentials(graph: GraphBuilder, x: ValueId, dim: Scalar | undefined) {
  const rank = graph.type(x).shape.length;
  const dims = rank === 0 ? [] : [dimension(rank, dim)];
  const reduce = (name: 'max' | 'sum', a: ValueId) =>
    graph.emit1({ kind: 'reduce', function: name, dims, keepdim: true }, a);
  const moved = graph.emit1({ kind: 'binary', function: 'sub' }, x, reduce('max', x));
  const powers = graph.emit1({ kind: 'unary', function: 'exp' }, moved);
  return { moved, powers, total: reduce('sum', powers) };
}
