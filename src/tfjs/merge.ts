/**
 * A bias that is added behind a product or a convolution, which nothing else reads, belongs to it: TensorFlow.js's layers
 * add theirs so, and the graph's operators have a place for it.
 */
import { itemAt } from '../graph/access';
import type { Tape, TapeStep, TensorId } from './outcome';

const biased = new Set([
  'Conv2D',
  'FusedConv2D',
  'Conv3D',
  'DepthwiseConv2dNative',
  'Conv2DBackpropInput',
  'Conv3DBackpropInputV2',
  'BatchMatMul',
  '_FusedMatMul',
]);

/** How many steps, and outputs of the model, read each tensor. */
export function readersOf(tape: Pick<Tape, 'outputs'>, steps: readonly TapeStep[]): Map<TensorId, number> {
  const readers = new Map<TensorId, number>();
  const all = [
    ...steps.flatMap((step) => step.inputs.map(([, tensor]) => tensor)),
    ...tape.outputs.map((each) => each.tensor),
  ];
  for (const tensor of all) readers.set(tensor, (readers.get(tensor) ?? 0) + 1);
  return readers;
}

class Merging {
  private readonly makers = new Map<TensorId, number>();
  private readonly readers: ReadonlyMap<TensorId, number>;
  private readonly weights: ReadonlySet<TensorId>;
  private readonly steps: (TapeStep | undefined)[];

  constructor(private readonly tape: Tape) {
    this.steps = [...tape.steps];
    this.readers = readersOf(tape, tape.steps);
    this.weights = new Set(tape.weights.map(({ tensor }) => tensor));
    tape.steps.forEach((step, index) => {
      for (const output of step.outputs) this.makers.set(output, index);
    });
  }

  run(): TapeStep[] {
    this.tape.steps.forEach((step, index) => {
      if (step.kind === 'kernel' && step.name === 'Add') this.merge(step, index);
    });
    return this.dropUnread();
  }

  private shape(tensor: TensorId): readonly number[] {
    return itemAt(this.tape.tensors, tensor).shape;
  }

  /** A weight of one number for each of the last dimension's elements, or such a one with dimensions of 1 before it. */
  private rowOf(tensor: TensorId, size: number | undefined): TensorId | undefined {
    const shape = this.shape(tensor);
    if (shape.at(-1) !== size || shape.slice(0, -1).some((each) => each !== 1)) return undefined;
    if (this.weights.has(tensor)) return shape.length === 1 ? tensor : undefined;
    const maker = this.steps[this.makers.get(tensor) ?? -1];
    const [input] = maker?.name === 'Reshape' ? maker.inputs : [];
    return input && this.weights.has(input[1]) && this.shape(input[1]).length === 1 ? input[1] : undefined;
  }

  /** The product behind a tensor, through a reshape that leaves the last dimension alone, and what lies between. */
  private productBehind(tensor: TensorId): { product: number; between: number | undefined } | undefined {
    const index = this.makers.get(tensor);
    const step = this.steps[index ?? -1];
    if (index === undefined || !step || this.readers.get(tensor) !== 1) return undefined;
    if (step.kind !== 'kernel') return undefined;
    if (step.name === 'Reshape') {
      const input = itemAt(step.inputs, 0)[1];
      const inner = this.makers.get(input);
      const before = this.steps[inner ?? -1];
      const same = this.shape(input).at(-1) === this.shape(tensor).at(-1);
      const found = inner !== undefined && before && same && this.readers.get(input) === 1 && this.isOpen(before);
      return found ? { product: inner, between: index } : undefined;
    }
    return this.isOpen(step) ? { product: index, between: undefined } : undefined;
  }

  private isOpen(step: TapeStep): boolean {
    const has = (name: string) => step.inputs.some(([each]) => each === name);
    const bends = step.attributes.some(
      ([name, value]) => name === 'activation' && value !== null && value !== 'linear',
    );
    const channelsLast = !step.attributes.some(
      ([name, value]) => name === 'dataFormat' && String(value).startsWith('NC'),
    );
    return biased.has(step.name) && !has('bias') && !bends && channelsLast;
  }

  private merge(add: TapeStep, index: number): void {
    const [a, b] = [itemAt(add.inputs, 0)[1], itemAt(add.inputs, 1)[1]];
    const output = itemAt(add.outputs, 0);
    for (const [sum, row] of [
      [a, b],
      [b, a],
    ] as const) {
      const behind = this.productBehind(sum);
      const bias = this.rowOf(row, this.shape(sum).at(-1));
      if (!behind || bias === undefined || this.shape(sum).length !== this.shape(output).length) continue;
      const product = this.steps[behind.product];
      if (!product) continue;
      this.steps[behind.product] = {
        ...product,
        inputs: [...product.inputs, ['bias', bias]],
        ...(behind.between === undefined ? { outputs: [output] } : {}),
      };
      const between = this.steps[behind.between ?? -1];
      if (behind.between !== undefined && between) this.steps[behind.between] = { ...between, outputs: [output] };
      this.steps[index] = undefined;
      // What comes later finds the product under its new output.
      this.makers.set(output, behind.between ?? behind.product);
      return;
    }
  }

  /** Reshapes of biases that nothing reads any more. */
  private dropUnread(): TapeStep[] {
    const wanted = new Set(this.tape.outputs.map(({ tensor }) => tensor));
    const kept: TapeStep[] = [];
    for (const step of this.steps.toReversed()) {
      if (!step?.outputs.some((output) => wanted.has(output))) continue;
      kept.push(step);
      for (const [, tensor] of step.inputs) wanted.add(tensor);
    }
    return kept.reverse();
  }
}

/** The steps of a run, with biases where they belong. */
export const mergedSteps = (tape: Tape): TapeStep[] => new Merging(tape).run();
