/** The graph that a training step runs: batch statistics, masks drawn at random, and what is written into buffers. */
import { say } from '../language/say';
import { inputAt, itemAt, sizeAt } from './access';
import { GraphBuilder } from './builder';
import { attention } from './compose/attention';
import { batchNormOfBatch } from './compose/normalisation';
import { Emit } from './emit';
import { elements } from './ops/rule';
import type { Graph, Initialiser, Node, Op, StorageId, StorageUpdate, TensorType, ValueId } from './types';
import { ShapeError } from './types';

type OpOf<K extends Op['kind']> = Extract<Op, { readonly kind: K }>;

export interface TrainingGraph extends Graph {
  /**
   * Storages that are drawn anew for each step, in the order in which the model draws: masks of dropout, and what the
   * model's own code draws. Each has the initialiser to draw from.
   */
  readonly noise: readonly StorageId[];
  /** What stands for each value of the graph in evaluation. */
  readonly standsFor: ReadonlyMap<ValueId, ValueId>;
}

/**
 * The same model in training mode. Dropout compares uniform noise with its probability; batch norm uses the batch's
 * statistics, and the running ones that PyTorch would have after the step are the graph's `updates`.
 * @throws ShapeError where PyTorch refuses: one value per channel has no variance
 */
export function trainingGraph(graph: Graph): TrainingGraph {
  return new Training(graph).build();
}

/**
 * Masks of dropout have streams of random numbers by their own count: their storages come behind the model's, of which a
 * swap may add some, and all candidates should drop the same. No model has so many storages.
 */
const firstMask = 2 ** 24;

class Training {
  private readonly builder = new GraphBuilder();
  private readonly e = new Emit(this.builder);
  private readonly values = new Map<ValueId, ValueId>();
  private readonly noise: StorageId[] = [];
  private masks = 0;
  /** What buffers hold by now: a layer that runs twice updates twice. */
  private readonly written = new Map<StorageId, ValueId>();
  private readonly storageByValue: ReadonlyMap<ValueId, StorageId>;

  constructor(private readonly graph: Graph) {
    this.storageByValue = new Map(graph.storages.map(({ value }, id) => [value, id]));
  }

  build(): TrainingGraph {
    const { graph, builder, values } = this;
    for (const { value } of graph.inputs) values.set(value, builder.input(this.typeOf(value)));
    for (const { type, trainable, initialiser, value, stream } of graph.storages) {
      values.set(value, builder.storageAt(builder.storage(type, trainable, initialiser, stream)).value);
    }
    for (const node of graph.nodes) {
      const { path, call, source, site } = node;
      builder.origin = { path, call, ...(source ? { source } : {}), ...(site ? { site } : {}) };
      builder.stops = node.stops ?? false;
      this.noteNoise(node);
      const made = this.lower(node);
      for (const [i, output] of node.outputs.entries()) values.set(output, itemAt(made, i));
    }
    builder.stops = false;
    const withNewValue = <T extends { readonly value: ValueId }>(each: T): T => ({
      ...each,
      value: this.value(each.value),
    });
    const own = graph.updates.map(withNewValue);
    const updates = [...this.written].map(([storage, value]): StorageUpdate => ({ storage, value }));
    const finished = builder.finish({
      name: graph.name,
      inputs: graph.inputs.map(withNewValue),
      outputs: graph.outputs.map(withNewValue),
      state: graph.state,
      updates: [...own, ...updates],
    });
    return { ...finished, notes: graph.notes, noise: this.noise, standsFor: this.values };
  }

  private typeOf(value: ValueId | null | undefined): TensorType {
    const found = this.graph.values[value ?? -1];
    if (!found) throw new RangeError(`value ${value} is not in this graph`);
    return found.type;
  }

  private value(old: ValueId): ValueId {
    const found = this.values.get(old);
    if (found === undefined) throw new RangeError(`value ${old} is read before it is made`);
    return found;
  }

  /** Noise is what the model's own code draws while it runs. */
  private noteNoise(node: Node): void {
    for (const input of node.inputs) {
      const storage = input === null ? undefined : this.storageByValue.get(input);
      if (storage === undefined || this.noise.includes(storage)) continue;
      if (this.graph.storages[storage]?.redrawn) this.noise.push(storage);
    }
  }

  private lower(node: Node): readonly ValueId[] {
    const { op } = node;
    const inputs = node.inputs.map((input) => (input === null ? null : this.value(input)));
    if (op.kind === 'dropout' && op.p > 0) return [this.dropout(op, inputAt(op.kind, inputs, 0))];
    if (op.kind === 'batch_norm' && !op.frozen) return [this.batchNorm(op, node, inputs)];
    if (op.kind === 'attention' && op.dropout > 0) {
      const drop = (weights: ValueId) => this.dropout({ p: op.dropout, variant: 'element' }, weights);
      return [attention(this.e, op, inputs, drop)];
    }
    return this.builder.emit(op, inputs);
  }

  // Dropout

  /** 1 where a uniform number reaches p, else 0: what `torch.dropout` keeps. */
  private keepMask(shape: readonly number[], p: number): ValueId {
    const { e } = this;
    const noise = this.draw(shape, { kind: 'uniform', low: 0, high: 1 });
    return e.indicator('ge', noise, e.scalar(p, noise));
  }

  private draw(shape: readonly number[], initialiser: Initialiser): ValueId {
    const { builder } = this;
    const storage = builder.storage({ dtype: 'float32', shape }, false, initialiser, firstMask + this.masks++);
    this.noise.push(storage);
    return builder.storageAt(storage).value;
  }

  /** Normal numbers of their own for each step. */
  private drawNormal(shape: readonly number[], mean: number, deviation: number): ValueId {
    return this.draw(shape, { kind: 'normal', mean, deviation });
  }

  private dropout(op: Pick<OpOf<'dropout'>, 'p' | 'variant' | 'mask'>, x: ValueId): ValueId {
    const { e } = this;
    const { p, variant } = op;
    const shape = e.shape(x);
    const whole = variant === 'channel' ? 2 : variant === 'path' ? 1 : shape.length;
    const drawn = op.mask ?? shape.map((size, axis) => (axis < whole ? size : 1));
    if (variant === 'noise') return e.add(x, this.drawNormal(drawn, 0, p));
    if (variant === 'gaussian') return e.mul(x, this.drawNormal(drawn, 1, Math.sqrt(p / (1 - p))));
    const mask = this.keepMask(drawn, p);
    if (p === 1) return e.binaryScalar('mul', x, 0);
    if (variant !== 'alpha' && variant !== 'raised') return e.mul(x, e.binaryScalar('div', mask, 1 - p));
    // SELU's lowest value takes the place of what is dropped; scale and shift keep mean and variance.
    const alpha = 1.7580993408473766;
    const scale = 1 / Math.sqrt((alpha ** 2 * p + 1) * (1 - p));
    if (variant === 'raised') {
      const raised = e.binaryScalar('mul', e.binaryScalar('sub', mask, 1), -alpha * scale);
      const kept = e.add(e.mul(x, e.binaryScalar('mul', mask, scale)), raised);
      return e.binaryScalar('add', kept, scale * alpha * p);
    }
    const filled = e.binaryScalar('sub', e.binaryScalar('mul', mask, alpha * scale), alpha * scale * (1 - p));
    return e.add(e.mul(x, e.binaryScalar('mul', mask, scale)), filled);
  }

  // Batch norm

  private batchNorm(op: OpOf<'batch_norm'>, node: Node, inputs: readonly (ValueId | null)[]): ValueId {
    const { e } = this;
    const shape = e.shape(inputAt(op.kind, inputs, 0));
    const channels = sizeAt(shape, 1);
    const count = elements(shape) / channels;
    if (count <= 1 && !op.biased) {
      throw new ShapeError(
        `Expected more than 1 value per channel when training, got input size [${shape.join(', ')}]; ${say('give a larger batch')}`,
      );
    }
    const { y, mean, variance } = batchNormOfBatch(e, op, inputs);
    const share = op.biased ? 1 : count / (count - 1);
    const followed = e.binaryScalar('mul', e.reshape(variance, [channels]), share);
    this.follow(op, node, e.reshape(mean, [channels]), followed);
    return y;
  }

  /** Moves the running statistics towards the batch's. */
  private follow(op: OpOf<'batch_norm'>, node: Node, mean: ValueId, variance: ValueId): void {
    const [meanId, varianceId] = [node.inputs[3], node.inputs[4]].map((value) => this.storageByValue.get(value ?? -1));
    if (meanId === undefined || varianceId === undefined) return;
    const counter = this.counterOf(meanId);
    if (counter !== undefined) this.written.set(counter, this.increment(counter));
    const share = this.share(op, counter, mean);
    for (const [storage, fresh] of [
      [meanId, mean],
      [varianceId, variance],
    ] as const) {
      const old = this.currentValue(storage);
      this.written.set(storage, this.e.add(old, this.e.mul(this.e.sub(fresh, old), share)));
    }
  }

  /** What a buffer holds by now. */
  private currentValue(storage: StorageId): ValueId {
    return this.written.get(storage) ?? this.builder.storageAt(storage).value;
  }

  private increment(counter: StorageId): ValueId {
    return this.e.binaryScalar('add', this.currentValue(counter), 1);
  }

  /** How far: `momentum`, or one over the number of batches so far, this one included. */
  private share({ momentum }: OpOf<'batch_norm'>, counter: StorageId | undefined, like: ValueId): ValueId {
    if (momentum !== null) return this.e.scalar(momentum, like);
    // Without a counter there is no average to follow.
    if (counter === undefined) return this.e.scalar(0, like);
    const batches = this.e.cast(this.currentValue(counter), this.e.type(like).dtype);
    return this.e.div(this.e.scalar(1, batches), batches);
  }

  /** `num_batches_tracked` beside a `running_mean`. */
  private counterOf(runningMean: StorageId): StorageId | undefined {
    const name = this.graph.state.find(({ storage }) => storage === runningMean)?.name;
    const beside = name?.replace(/running_mean$/, 'num_batches_tracked');
    return this.graph.state.find((entry) => entry.name === beside && entry.name !== name)?.storage;
  }
}
