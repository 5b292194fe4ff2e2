/** What a model's values are for one input: its nodes computed here, where a number is asked for while it is read. */
import { itemAt } from '../access';
import { GraphBuilder } from '../builder';
import { type Composite, composites, type Definition } from '../compose/index';
import { batchNormOfBatch } from '../compose/normalisation';
import { Emit } from '../emit';
import type { Node, Op, TensorData, ValueId } from '../types';
import { type KnownTensor, storeElements } from './elements';
import { evaluate } from './index';
import { batchNorm, conv, convTranspose, linear, workOf } from './products';
import { adaptivePool, avgPool, maxPool, maxPoolPlaces, resize } from './windows';

type ActivationNode = Extract<Op, { readonly kind: 'activation' }>;

/** What the evaluation is given. */
export interface Ground {
  /** The elements of an input or a storage. */
  readonly elements: (value: ValueId) => TensorData;
  /** An activation of its inputs, in operators. */
  readonly activation: (builder: GraphBuilder, op: ActivationNode, inputs: readonly ValueId[]) => ValueId;
  /** What an activation makes of each element alone; undefined where it is not of that kind. */
  readonly valueOf: (op: ActivationNode) => ((x: number) => number) | undefined;
  /** Asked before each operator, with the products that it adds up. @throws where that is too much */
  readonly spend: (work: number) => void;
  /** Whether batch norms use their batch's statistics. */
  readonly training: boolean;
}

/** Elements that are kept for later questions. */
const MOST_KEPT = 2 ** 26;

/** A graph that grows, and its values as they are asked for. */
export class ModelValues {
  private readonly producers = new Map<ValueId, Node>();
  private readonly known = new Map<ValueId, TensorData>();
  private seen = 0;
  private kept = 0;

  constructor(
    private readonly builder: GraphBuilder,
    private readonly ground: Ground,
  ) {}

  /** The elements of a value. @throws RangeError where a node's meaning is not known here */
  of(value: ValueId): TensorData {
    for (const node of this.builder.nodesSince(this.seen)) {
      for (const output of node.outputs) this.producers.set(output, node);
    }
    this.seen = this.builder.nodeCount;
    const waiting = [value];
    while (waiting.length > 0) {
      const next = itemAt(waiting, waiting.length - 1);
      const node = this.known.has(next) ? undefined : this.producers.get(next);
      const missing = node?.inputs.filter(
        (input) => input !== null && this.producers.has(input) && !this.known.has(input),
      );
      if (missing && missing.length > 0) {
        for (const input of missing) if (input !== null) waiting.push(input);
        continue;
      }
      if (node) this.run(node);
      waiting.pop();
    }
    const found = this.elements(value);
    this.forget(value);
    return found;
  }

  private elements(value: ValueId): TensorData {
    return this.known.get(value) ?? this.ground.elements(value);
  }

  private tensor(value: ValueId): KnownTensor {
    return { type: this.builder.type(value), data: this.elements(value) };
  }

  private run({ op, inputs, outputs }: Node): void {
    const given = inputs.map((input) => (input === null ? undefined : this.tensor(input)));
    const type = this.builder.type(itemAt(outputs, 0));
    // A product takes a fraction of what a step of Python does.
    this.ground.spend(workOf(op, given, type) >> 3);
    const made = this.compute(op, inputs, given, outputs);
    outputs.forEach((output, i) => {
      const data = itemAt(made, i);
      this.known.set(output, data);
      this.kept += data.length;
    });
  }

  private compute(
    op: Op,
    inputs: readonly (ValueId | null)[],
    given: readonly (KnownTensor | undefined)[],
    outputs: readonly ValueId[],
  ): readonly TensorData[] {
    const type = this.builder.type(itemAt(outputs, 0));
    const [x, weight, bias] = given;
    if (op.kind === 'constant') return [op.data];
    if (op.kind === 'dropout' && x) return [x.data];
    if (op.kind === 'batch_norm' && !(this.ground.training && !op.frozen)) {
      const found = batchNorm(op, given, type);
      if (found) return [found];
    }
    const value = op.kind === 'activation' && given.length === 1 ? this.ground.valueOf(op) : undefined;
    if (value && x) return [storeElements(type.dtype, x.data.length, (i) => value(itemAt(x.data, i)))];
    if (op.kind in composites || op.kind === 'activation') return this.unfold(op, inputs, outputs.length);
    if (x && weight) {
      if (op.kind === 'conv') return [conv(op, x, weight, bias, type)];
      if (op.kind === 'conv_transpose') return [convTranspose(op, x, weight, bias, type)];
      if (op.kind === 'linear') return [linear(x, weight, bias, type)];
      if (op.kind === 'embedding') {
        const found = evaluate({ kind: 'gather', dim: 0 }, [weight, x], type);
        if (found) return [found];
      }
    }
    if (x) {
      if (op.kind === 'max_pool') return [maxPool(op, x, type)];
      if (op.kind === 'max_pool_places') return [maxPoolPlaces(op, x, type)];
      if (op.kind === 'avg_pool') return [avgPool(op, x, type)];
      if (op.kind === 'adaptive_pool') return [adaptivePool(op, x, type)];
      if (op.kind === 'resize') return [resize(op, x)];
    }
    const all = given.filter((each) => each !== undefined);
    const found = all.length === given.length ? evaluate(op, all, type) : undefined;
    if (!found) throw new RangeError(`${op.kind} is not computed while a model is read`);
    return [found];
  }

  /** A composite or an activation, in other operators. */
  private unfold(op: Op, inputs: readonly (ValueId | null)[], outputs: number): readonly TensorData[] {
    const inner = new GraphBuilder();
    const values = new Map<ValueId, TensorData>();
    const within = inputs.map((input) => {
      if (input === null) return null;
      const made = inner.input(this.builder.type(input));
      values.set(made, this.elements(input));
      return made;
    });
    const made = this.define(inner, op, within);
    const elements = (value: ValueId): TensorData => {
      const found = values.get(value);
      if (!found) throw new RangeError(`value ${value} is not given`);
      return found;
    };
    const run = new ModelValues(inner, { ...this.ground, elements });
    return made.slice(0, outputs).map((value) => run.of(value));
  }

  private define(inner: GraphBuilder, op: Op, inputs: readonly (ValueId | null)[]): readonly ValueId[] {
    if (op.kind === 'activation') {
      const given = inputs.filter((input) => input !== null);
      return [this.ground.activation(inner, op, given)];
    }
    const e = new Emit(inner);
    if (op.kind === 'batch_norm' && this.ground.training && !op.frozen) return [batchNormOfBatch(e, op, inputs).y];
    const define = composites[op.kind as Composite] as Definition<Composite>;
    return define(e, op as Extract<Op, { readonly kind: Composite }>, inputs);
  }

  /** Lets the oldest values go where there are too many; they are computed again when they are asked for. */
  private forget(last: ValueId): void {
    for (const [value, data] of this.known) {
      if (this.kept <= MOST_KEPT) return;
      if (value === last) continue;
      this.known.delete(value);
      this.kept -= data.length;
    }
  }
}
