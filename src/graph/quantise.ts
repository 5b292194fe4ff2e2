/**
 * A model as 8-bit hardware would run it, in 32-bit numbers: weights and the inputs of layers are rounded to the 256
 * values that 8 bits have ("fake quantisation"; PyTorch's `fake_quantize` formulas), sums stay exact.
 */
import { sizeAt } from './access';
import type { GraphBuilder } from './builder';
import { Emit } from './emit';
import type { Graph, Node, Op, ValueId } from './types';
import { storageBehind } from './views';

/** Whether weights share one scale or have one for each output channel. Layer inputs always share one. */
export type WeightScales = 'tensor' | 'channel';

/** PyTorch's smallest scale. */
const smallest = 1.1920928955078125e-7;

/** Which inputs of an operator are weights, and along which dimension their output channels lie. */
const weightInputs: { readonly [K in Op['kind']]?: ReadonlyMap<number, number> } = {
  conv: new Map([[1, 0]]),
  conv_transpose: new Map([[1, 1]]),
  linear: new Map([[1, 0]]),
  matmul: new Map(),
  attention: new Map(),
  embedding: new Map([[1, 0]]),
  recurrent: new Map([
    [1, 0],
    [2, 0],
  ]),
};

/** Inputs that are data and are rounded, too. */
const dataInputs: { readonly [K in Op['kind']]?: readonly number[] } = {
  conv: [0],
  conv_transpose: [0],
  linear: [0],
  matmul: [0, 1],
  attention: [0, 1, 2],
  recurrent: [0],
};

/** The smallest or largest element, in two steps: a GPU kernel goes through one output's elements in a row. */
export function extremum(e: Emit, fn: 'min' | 'max', x: ValueId): ValueId {
  const rank = e.shape(x).length;
  const rows = rank > 1 ? e.reduce(fn, x, rank > 2 ? [rank - 2, rank - 1] : [1]) : x;
  return e.op({ kind: 'reduce', function: fn, dims: [], keepdim: false }, rows);
}

/** Rounds to 256 values between the smallest and the largest element; 0 is always one of them. */
export function roundData(e: Emit, x: ValueId): ValueId {
  const zero = e.scalar(0, x);
  const low = e.binary('min', extremum(e, 'min', x), zero);
  const high = e.binary('max', extremum(e, 'max', x), zero);
  const scale = e.binaryScalar('max', e.binaryScalar('div', e.sub(high, low), 255), smallest);
  const origin = e.unary('round', e.div(e.neg(low), scale));
  const steps = e.add(e.unary('round', e.div(x, scale)), origin);
  const kept = e.binaryScalar('min', e.binaryScalar('max', steps, 0), 255);
  return e.mul(e.sub(kept, origin), scale);
}

/** Rounds to −127…127 times a scale: one for all, or one for each index of `dim`. */
function roundWeight(e: Emit, weight: ValueId, dim: number | undefined): ValueId {
  const size = e.unary('abs', weight);
  const others = e.shape(weight).flatMap((_, i) => (i === dim ? [] : [i]));
  const largest = dim === undefined ? extremum(e, 'max', size) : e.reduce('max', size, others, true);
  const scale = e.binaryScalar('max', e.binaryScalar('div', largest, 127), smallest);
  const steps = e.binaryScalar('min', e.binaryScalar('max', e.unary('round', e.div(weight, scale)), -127), 127);
  return e.mul(steps, scale);
}

/**
 * Adds the model once more, in 8 bits. A batch norm behind a convolution is folded into its weights first, as every
 * converter does. Ranges of data are those of this very batch.
 * @param builder holds the graph already
 * @returns what stands for each value of the graph
 */
export function quantise(builder: GraphBuilder, graph: Graph, scales: WeightScales): ReadonlyMap<ValueId, ValueId> {
  return new Quantiser(builder, graph, scales).run();
}

class Quantiser {
  private readonly e: Emit;
  private readonly values = new Map<ValueId, ValueId>();
  private readonly rounded = new Map<ValueId, ValueId>();
  private readonly readers = new Map<ValueId, number>();
  private readonly makers = new Map<ValueId, Node>();

  constructor(
    private readonly builder: GraphBuilder,
    private readonly graph: Graph,
    private readonly scales: WeightScales,
  ) {
    this.e = new Emit(builder);
    const ends = graph.outputs.map(({ value }) => value);
    for (const value of [...graph.nodes.flatMap(({ inputs }) => inputs), ...ends])
      if (value !== null) this.readers.set(value, (this.readers.get(value) ?? 0) + 1);
    for (const node of graph.nodes) for (const output of node.outputs) this.makers.set(output, node);
  }

  run(): ReadonlyMap<ValueId, ValueId> {
    for (const node of this.graph.nodes) {
      const made = this.foldBatchNorm(node) ?? this.builder.emit(node.op, this.inputs(node));
      node.outputs.forEach((output, i) => {
        this.values.set(output, made[i] ?? output);
      });
    }
    return this.values;
  }

  private at(value: ValueId): ValueId {
    return this.values.get(value) ?? value;
  }

  private data(value: ValueId): ValueId {
    const now = this.at(value);
    if (!this.e.isFloating(now)) return now;
    const known = this.rounded.get(now);
    if (known !== undefined) return known;
    const made = roundData(this.e, now);
    this.rounded.set(now, made);
    return made;
  }

  private weight(value: ValueId, dim: number): ValueId {
    return roundWeight(this.e, value, this.scales === 'channel' ? dim : undefined);
  }

  private inputs({ op, inputs }: Node): (ValueId | null)[] {
    const [weights, data] = [weightInputs[op.kind], dataInputs[op.kind]];
    return inputs.map((input, i) => {
      if (input === null) return null;
      const dim = weights?.get(i);
      if (dim !== undefined && this.e.isFloating(input)) return this.weight(this.at(input), dim);
      if (!data?.includes(i)) return this.at(input);
      // A product with a weight that stands on the right: its columns are the channels.
      const columns = this.e.shape(input).length - 1;
      const isWeight = storageBehind(this.graph, this.makers, input) !== undefined;
      return isWeight ? this.weight(this.at(input), columns) : this.data(input);
    });
  }

  /** A batch norm in evaluation behind a convolution that nothing else reads, as one convolution. */
  private foldBatchNorm(node: Node): readonly ValueId[] | undefined {
    if (node.op.kind !== 'batch_norm') return undefined;
    const [x, gamma, beta, mean, variance] = node.inputs;
    const before = typeof x === 'number' ? this.makers.get(x) : undefined;
    if (before?.op.kind !== 'conv' || this.readers.get(x ?? -1) !== 1) return undefined;
    if (typeof mean !== 'number' || typeof variance !== 'number') return undefined;
    const [data, weight, bias] = before.inputs;
    if (typeof data !== 'number' || typeof weight !== 'number') return undefined;
    const { e } = this;
    const inverse = e.unary('rsqrt', e.binaryScalar('add', variance, node.op.eps));
    const factor = typeof gamma === 'number' ? e.mul(inverse, gamma) : inverse;
    const row = e.shape(weight).map((_, i) => (i === 0 ? sizeAt(e.shape(factor), 0) : 1));
    const folded = e.mul(weight, e.reshape(factor, row));
    const shifted = typeof bias === 'number' ? e.sub(bias, mean) : e.neg(mean);
    const scaled = e.mul(shifted, factor);
    const offset = typeof beta === 'number' ? e.add(scaled, beta) : scaled;
    return this.builder.emit(before.op, [this.data(data), this.weight(folded, 0), offset]);
  }
}
