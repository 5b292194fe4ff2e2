/** The state of a tape that is becoming a graph, and what one step sees of it. */
import { firstElements, itemAt } from '../graph/access';
import type { Emit } from '../graph/emit';
import { elements } from '../graph/ops/rule';
import type { DType, Initialiser, TensorType, ValueId, WrittenActivation } from '../graph/types';
import { say } from '../language/say';
import { type DimensionOrder, isSameOrder, naturalOrder, type TapeLayout } from './layout';
import type { TapeAttribute, TapeDType, TapeStep, TapeTensor, TensorId } from './outcome';
import { refuseStep } from './refusal';

/** What the graph calls a type; undefined where it has none. */
export const dtypeOf = (dtype: TapeDType): DType | undefined =>
  dtype === 'float32' || dtype === 'int32' || dtype === 'bool' ? dtype : undefined;

/** What steps share. */
export interface TapeTranslation {
  readonly e: Emit;
  readonly layout: TapeLayout;
  tensor(id: TensorId): TapeTensor;
  /** How many steps read a tensor, outputs of the model included. */
  readersOf(id: TensorId): number;
  /** Whether a tensor is a weight of the model. */
  isWeight(id: TensorId): boolean;
  /** A tensor that is drawn anew in each run. */
  draw(type: TensorType, initialiser: Initialiser): ValueId;
  /** Tells something of the model, where the step stands. */
  note(message: string): void;
  /** Says that values were written out that an activation is. */
  write(activation: WrittenActivation): void;
}

/** What a setting may count, and elements of a table that a rule makes: a guest's word alone should cost no memory. */
const [mostCounted, mostElements] = [2 ** 20, 2 ** 24];

/** One step: its inputs by name, its attributes, and where its outputs go. */
export class StepView {
  readonly e: Emit;
  private readonly inputs: ReadonlyMap<string, TensorId>;
  private readonly attributes: ReadonlyMap<string, TapeAttribute>;

  constructor(
    readonly step: TapeStep,
    readonly translation: TapeTranslation,
  ) {
    this.e = translation.e;
    this.inputs = new Map(step.inputs);
    this.attributes = new Map(step.attributes);
  }

  refuse(reason: string): never {
    throw refuseStep(this.step, reason);
  }

  // Inputs

  has(name: string): boolean {
    return this.inputs.has(name);
  }

  /** The tensor of an input. */
  tensor(name: string): TensorId {
    return this.inputs.get(name) ?? this.refuse(say('its input {0} is missing', name));
  }

  /** All inputs in their order: a list's elements. */
  get all(): readonly TensorId[] {
    return this.step.inputs.map(([, tensor]) => tensor);
  }

  shape(name: string): readonly number[] {
    return this.translation.tensor(this.tensor(name)).shape;
  }

  rank(name: string): number {
    return this.shape(name).length;
  }

  orderOf(name: string): DimensionOrder {
    return this.translation.layout.orderOf(this.tensor(name));
  }

  /** An input with its dimensions in an order. */
  in(name: string, order: DimensionOrder): ValueId {
    return this.translation.layout.in(this.tensor(name), order);
  }

  /** An input as the tape has it. */
  read(name: string): ValueId {
    return this.translation.layout.read(this.tensor(name));
  }

  /** The same, or null where it is not given. */
  optional(name: string): ValueId | null {
    return this.has(name) ? this.read(name) : null;
  }

  // Attributes

  attribute(name: string): TapeAttribute | undefined {
    return this.attributes.get(name);
  }

  /** Ends what a setting makes impossible. */
  refuseSetting(name: string): never {
    return this.refuse(say("its setting {0} can't be", name));
  }

  /** A number; infinities among them. */
  number(name: string, otherwise?: number): number {
    const found = this.attributes.get(name) ?? otherwise;
    if (typeof found === 'number') return found;
    if (found === 'Infinity' || found === '-Infinity' || found === 'NaN') return Number(found);
    return typeof found === 'boolean' ? Number(found) : this.refuseSetting(name);
  }

  integer(name: string, otherwise?: number): number {
    const found = this.number(name, otherwise);
    return Number.isInteger(found) ? found : this.refuseSetting(name);
  }

  text(name: string, otherwise?: string): string {
    const found = this.attributes.get(name) ?? otherwise;
    return typeof found === 'string' ? found : this.refuseSetting(name);
  }

  flag(name: string): boolean {
    const found = this.attributes.get(name) ?? false;
    return typeof found === 'boolean' ? found : this.refuseSetting(name);
  }

  /** A list of whole numbers; one number stands for `count` of them. */
  numbers(name: string, count = 1): readonly number[] {
    const found = this.attributes.get(name);
    const all = typeof found === 'number' ? new Array<number>(count).fill(found) : found;
    if (!Array.isArray(all)) return this.refuseSetting(name);
    return all.map((each) => (typeof each === 'number' && Number.isInteger(each) ? each : this.refuseSetting(name)));
  }

  /** Whole numbers that count something: there is at least one of it. */
  counts(name: string, count: number): readonly number[] {
    const found = this.numbers(name, count);
    return found.every((each) => each >= 1 && each <= mostCounted) ? found : this.refuseSetting(name);
  }

  /** How many elements a constant of the graph's own is to have. */
  boundedCount(count: number): number {
    return count <= mostElements ? count : this.refuse(say('it would make a table of {0} elements', count));
  }

  /** Pairs of whole numbers, as paddings are. */
  pairs(name: string): readonly (readonly [number, number])[] {
    const found = this.attributes.get(name);
    if (!Array.isArray(found)) return this.refuseSetting(name);
    return found.map((each) => {
      if (!Array.isArray(each) || each.length !== 2 || !each.every((one) => Number.isInteger(one)))
        return this.refuseSetting(name);
      const [begin, end] = firstElements(each as number[], 2);
      return [begin, end] as const;
    });
  }

  /** Dimensions that an attribute counts from either end; none given: all. */
  dims(name: string, rank: number): readonly number[] {
    const found = this.attributes.get(name);
    if (found === null || found === undefined) return naturalOrder(rank);
    return this.numbers(name).map((axis) => this.dim(axis, rank, name));
  }

  dim(axis: number, rank: number, name = 'axis'): number {
    const found = axis < 0 ? axis + rank : axis;
    return found >= 0 && found < rank ? found : this.refuseSetting(name);
  }

  // Outputs

  outputShape(index = 0): readonly number[] {
    return this.translation.tensor(itemAt(this.step.outputs, index)).shape;
  }

  outputType(index = 0): DType {
    const { dtype } = this.translation.tensor(itemAt(this.step.outputs, index));
    return dtypeOf(dtype) ?? this.refuse(say('it makes a tensor of {0}', dtype));
  }

  /** Hands an output over: its value has the tensor's dimensions in `order`. */
  give(value: ValueId, order?: DimensionOrder, index = 0): void {
    const { e, translation } = this;
    const tensor = itemAt(this.step.outputs, index);
    const { shape } = translation.tensor(tensor);
    const placed = order ?? naturalOrder(shape.length);
    const typed = e.cast(value, this.outputType(index));
    const own = e.shape(typed);
    const fits = own.length === shape.length && placed.every((dim, i) => own[i] === shape[dim]);
    if (!fits) this.refuse(say('it makes [{0}] where the model has [{1}]', own.join(', '), shape.join(', ')));
    translation.layout.put(tensor, typed, placed);
  }

  /** Makes an output of one input, element by element, whatever the order. */
  map(name: string, body: (x: ValueId) => ValueId): void {
    const order = this.orderOf(name);
    this.give(body(this.in(name, order)), order);
  }

  /** Inputs that are broadcast to each other, in one order that suits the largest of them. */
  align(names: readonly string[]): { values: ValueId[]; order: DimensionOrder } {
    return align(
      this.translation,
      names.map((name) => this.tensor(name)),
    );
  }
}

/** Tensors that are broadcast to each other, in the order that the largest of them has. */
export function align(
  { e, layout, tensor }: Pick<TapeTranslation, 'e' | 'layout' | 'tensor'>,
  tensors: readonly TensorId[],
): { values: ValueId[]; order: DimensionOrder } {
  const rank = Math.max(...tensors.map((id) => tensor(id).shape.length));
  const size = (id: TensorId) => elements(tensor(id).shape);
  const full = tensors.filter((id) => tensor(id).shape.length === rank);
  const turned = full.filter((id) => !isSameOrder(layout.orderOf(id), naturalOrder(rank)));
  const largest = Math.max(...full.map(size));
  const leading = turned.filter((id) => size(id) === largest).at(0);
  const order = leading === undefined ? naturalOrder(rank) : layout.orderOf(leading);
  const values = tensors.map((id) => {
    const { shape } = tensor(id);
    if (shape.length === rank) return layout.in(id, order);
    // One element goes with any order.
    if (shape.length === 0 || isSameOrder(order, naturalOrder(rank))) return layout.read(id);
    const widened = [...new Array<number>(rank - shape.length).fill(1), ...shape];
    const moved = order.map((dim) => itemAt(widened, dim));
    const kept = order.filter((dim) => itemAt(widened, dim) !== 1);
    const stays = kept.every((dim, i) => i === 0 || dim > itemAt(kept, i - 1));
    const plain = layout.read(id);
    return stays ? e.reshape(plain, moved) : e.permute(e.reshape(plain, widened), order);
  });
  return { values, order };
}
