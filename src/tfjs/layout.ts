/**
 * Which value of the graph a tensor of the tape is, and in which order it has the tensor's dimensions. TensorFlow.js keeps
 * channels last, the graph's spatial operators want them behind the batch: an order travels with a value, elementwise
 * operators pass it on, and only what needs another one makes a permute, once.
 */
import { itemAt } from '../graph/access';
import type { Emit } from '../graph/emit';
import type { ValueId } from '../graph/types';
import type { TensorId } from './outcome';

/** `order[i]`: the tensor's dimension that the value's dimension `i` is. */
export type DimensionOrder = readonly number[];

export const naturalOrder = (rank: number): DimensionOrder => Array.from({ length: rank }, (_, dim) => dim);

/** Channels, which stand last, behind the batch. */
export const channelsFirst = (rank: number): DimensionOrder =>
  rank < 3 ? naturalOrder(rank) : [0, rank - 1, ...naturalOrder(rank - 1).slice(1)];

export const isSameOrder = (a: DimensionOrder, b: DimensionOrder): boolean =>
  a.length === b.length && a.every((dim, i) => dim === b[i]);

interface Placed {
  readonly value: ValueId;
  readonly order: DimensionOrder;
}

export class TapeLayout {
  /** Every value that a tensor has been put in, the one it was made as first. */
  private readonly placed = new Map<TensorId, Placed[]>();

  constructor(
    private readonly e: Emit,
    private readonly shapeOf: (tensor: TensorId) => readonly number[],
    /** Makes the value of a tensor that no step makes, when it is first asked for. */
    private readonly make: (tensor: TensorId) => ValueId,
  ) {}

  put(tensor: TensorId, value: ValueId, order: DimensionOrder): void {
    this.placed.set(tensor, [{ value, order }]);
  }

  private all(tensor: TensorId): Placed[] {
    const found = this.placed.get(tensor);
    if (found) return found;
    this.put(tensor, this.make(tensor), naturalOrder(this.shapeOf(tensor).length));
    return this.placed.get(tensor) ?? [];
  }

  /** The order in which a tensor was made. */
  orderOf(tensor: TensorId): DimensionOrder {
    return itemAt(this.all(tensor), 0).order;
  }

  /** A tensor with its dimensions in an order. */
  in(tensor: TensorId, order: DimensionOrder): ValueId {
    const all = this.all(tensor);
    const known = all.find((each) => isSameOrder(each.order, order));
    if (known) return known.value;
    const value = this.reorder(itemAt(all, 0), order);
    all.push({ value, order });
    return value;
  }

  /** A tensor as the tape has it. */
  read(tensor: TensorId): ValueId {
    return this.in(tensor, naturalOrder(this.shapeOf(tensor).length));
  }

  private reorder(from: Placed, order: DimensionOrder): ValueId {
    const dims = order.map((dim) => from.order.indexOf(dim));
    const shape = this.e.shape(from.value);
    const kept = dims.filter((dim) => itemAt(shape, dim) !== 1);
    // Where only dimensions of one element move, the elements stay where they are.
    if (kept.every((dim, i) => i === 0 || dim > itemAt(kept, i - 1))) {
      return this.e.reshape(
        from.value,
        dims.map((dim) => itemAt(shape, dim)),
      );
    }
    return this.e.permute(from.value, dims);
  }
}
