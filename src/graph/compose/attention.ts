import { inputAt, isGiven, itemAt, sizeAt } from '../access';
import type { Emit } from '../emit';
import type { Op, ValueId } from '../types';

type Attention = Extract<Op, { readonly kind: 'attention' }>;

/**
 * The score of a closed place: so low that its weight is exactly 0 beside any open one, and a number, because a row of
 * nothing but −∞ has no softmax, forward or backward.
 */
export const CLOSED = -1e30;

/** Whether each query (row) may look at each key (column): those up to its own place. */
function causalTable(rows: number, columns: number, open: number, closed: number): number[] {
  return Array.from({ length: rows * columns }, (_, i) => (i % columns <= Math.floor(i / columns) ? open : closed));
}

/** A mask with the places closed, too, that come after the query's own. */
function causalMask(e: Emit, mask: ValueId, rows: number, columns: number): ValueId {
  const open = e.constant(causalTable(rows, columns, 1, 0), [rows, columns], 'bool');
  return e.isFloating(mask)
    ? e.where(open, mask, e.scalar(Number.NEGATIVE_INFINITY, mask))
    : e.binary('and', mask, open);
}

/** Whether a query may find all keys closed. In a parameter nothing is, nor where a known mask has an open key a row. */
function mayCloseRow(e: Emit, mask: ValueId): boolean {
  const storage = e.builder.storageOf(mask);
  if (storage !== undefined && e.builder.storageAt(storage).trainable) return false;
  const known = e.constantOf(mask);
  if (!known || e.shape(mask).length === 0) return true;
  const width = sizeAt(e.shape(mask), -1);
  const isOpen = (i: number) => itemAt(known, i) !== (e.isFloating(mask) ? Number.NEGATIVE_INFINITY : 0);
  const rows = Array.from({ length: known.length / width }, (_, row) => row * width);
  return rows.some((start) => !Array.from({ length: width }, (_, i) => isOpen(start + i)).includes(true));
}

/**
 * softmax(q·kᵀ·scale + mask)·v. A query to which all keys are closed (by false, or by −∞ in a mask that is added) gets
 * zeros, as PyTorch has it since 2.5 (`_safe_softmax`).
 * @param drop what training mode does to the weights
 */
export function attention(
  e: Emit,
  { causal, scale }: Pick<Attention, 'causal' | 'scale'>,
  inputs: readonly (ValueId | null)[],
  drop: (weights: ValueId) => ValueId = (weights) => weights,
): ValueId {
  const [query, key, value] = [0, 1, 2].map((i) => inputAt('attention', inputs, i)) as [ValueId, ValueId, ValueId];
  const scores = e.binaryScalar('mul', e.matmul(query, e.transposeLast(key)), scale);
  const weights = maskedSoftmax(e, scores, causal, inputs[3]);
  return e.matmul(drop(weights), value);
}

function maskedSoftmax(e: Emit, scores: ValueId, causal: boolean, given: ValueId | null | undefined): ValueId {
  const { shape, dtype } = e.type(scores);
  const [rows, columns] = [sizeAt(shape, -2), sizeAt(shape, -1)];
  if (!isGiven(given)) {
    if (!causal) return e.softmax(scores);
    return e.softmax(e.add(scores, e.constant(causalTable(rows, columns, 0, CLOSED), [rows, columns], dtype)));
  }
  const mask = causal ? causalMask(e, given, rows, columns) : given;
  const isSafe = !mayCloseRow(e, mask);
  const added = e.isFloating(mask) ? e.add(scores, e.cast(mask, dtype)) : scores;
  if (isSafe && e.isFloating(mask)) return e.softmax(added);
  const open = e.isFloating(mask) ? e.compare('gt', added, e.scalar(Number.NEGATIVE_INFINITY, added)) : mask;
  const weights = e.softmax(e.where(open, added, e.scalar(CLOSED, added)));
  return isSafe ? weights : e.where(open, weights, e.scalar(0, weights));
}
