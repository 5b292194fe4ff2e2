/** The graph that a training step runs: batch statistics, masks drawn at random, and what is written into buffers. */
import { say } from '../language/say';
import { GraphBuilder } from './builder';
import type { BinaryFunction, Graph, Node, Op, StorageId, StorageUpdate, TensorType, ValueId } from './types';
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
export function forTraining(graph: Graph): TrainingGraph {
  return new Training(graph).build();
}

class Training {
  private readonly builder = new GraphBuilder();
  private readonly values = new Map<ValueId, ValueId>();
  private readonly noise: StorageId[] = [];
  /** What buffers hold by now: a layer that runs twice updates twice. */
  private readonly written = new Map<StorageId, ValueId>();
  private readonly storageByValue: ReadonlyMap<ValueId, StorageId>;
  private readonly named: ReadonlySet<StorageId>;

  constructor(private readonly graph: Graph) {
    this.storageByValue = new Map(graph.storages.map(({ value }, id) => [value, id]));
    this.named = new Set(graph.state.map(({ storage }) => storage));
  }

  build(): TrainingGraph {
    const { graph, builder, values } = this;
    for (const { value } of graph.inputs) values.set(value, builder.input(this.typeOf(value)));
    for (const { type, trainable, initialiser, value } of graph.storages) {
      values.set(value, builder.storageAt(builder.storage(type, trainable, initialiser)).value);
    }
    for (const node of graph.nodes) {
      const { path, call, source, site } = node;
      builder.origin = { path, call, ...(source ? { source } : {}), ...(site ? { site } : {}) };
      this.drawn(node);
      const made = this.lower(node);
      for (const [i, output] of node.outputs.entries()) values.set(output, made[i] ?? -1);
    }
    const named = <T extends { readonly value: ValueId }>(each: T): T => ({ ...each, value: this.value(each.value) });
    const own = graph.updates.map(named);
    const updates = [...this.written].map(([storage, value]): StorageUpdate => ({ storage, value }));
    const finished = builder.finish({
      name: graph.name,
      inputs: graph.inputs.map(named),
      outputs: graph.outputs.map(named),
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

  /** A storage that nothing names and that starts at random is noise that the model's own code draws. */
  private drawn(node: Node): void {
    for (const input of node.inputs) {
      const storage = input === null ? undefined : this.storageByValue.get(input);
      if (storage === undefined || this.named.has(storage) || this.noise.includes(storage)) continue;
      const kind = this.graph.storages[storage]?.initialiser.kind;
      if (kind === 'uniform' || kind === 'normal' || kind === 'truncated_normal') this.noise.push(storage);
    }
  }

  private lower(node: Node): readonly ValueId[] {
    const { op } = node;
    const inputs = node.inputs.map((input) => (input === null ? null : this.value(input)));
    if (op.kind === 'dropout' && op.p > 0) return [this.dropout(op, inputs[0] ?? -1)];
    if (op.kind === 'batch_norm' && !op.frozen) return [this.batchNorm(op, node, inputs)];
    if (op.kind === 'attention' && op.dropout > 0) return [this.attention(op, inputs)];
    return this.builder.emit(op, inputs);
  }

  // Arithmetic

  private binary(fn: BinaryFunction, a: ValueId, b: ValueId): ValueId {
    return this.builder.emit1({ kind: 'binary', function: fn }, a, b);
  }

  /** `binary` with a constant. */
  private by(fn: BinaryFunction, a: ValueId, constant: number): ValueId {
    return this.binary(fn, a, this.scalar(constant));
  }

  private scalar(value: number): ValueId {
    return this.builder.emit1({ kind: 'constant', data: [value], type: { dtype: 'float32', shape: [] } });
  }

  private mean(x: ValueId, dims: readonly number[]): ValueId {
    return this.builder.emit1({ kind: 'reduce', function: 'mean', dims, keepdim: true }, x);
  }

  private reshape(x: ValueId, shape: readonly number[]): ValueId {
    return this.builder.emit1({ kind: 'reshape', shape }, x);
  }

  // Dropout

  /** 1 where a uniform number reaches p, else 0: what `torch.dropout` keeps. */
  private kept(shape: readonly number[], p: number): ValueId {
    const { builder } = this;
    const type = { dtype: 'float32', shape } as const;
    const storage = builder.storage(type, false, { kind: 'uniform', low: 0, high: 1 });
    this.noise.push(storage);
    const isKept = builder.emit1({ kind: 'compare', function: 'ge' }, builder.storageAt(storage).value, this.scalar(p));
    return builder.emit1({ kind: 'cast', dtype: 'float32' }, isKept);
  }

  private dropout({ p, variant }: OpOf<'dropout'>, x: ValueId): ValueId {
    const { shape } = this.builder.type(x);
    const whole = { element: shape.length, alpha: shape.length, channel: 2, path: 1 }[variant];
    const mask = this.kept(
      shape.map((size, axis) => (axis < whole ? size : 1)),
      p,
    );
    if (p === 1) return this.by('mul', x, 0);
    if (variant !== 'alpha') return this.binary('mul', x, this.by('div', mask, 1 - p));
    // SELU's lowest value takes the place of what is dropped; scale and shift keep mean and variance.
    const alpha = 1.7580993408473766;
    const scale = 1 / Math.sqrt((alpha ** 2 * p + 1) * (1 - p));
    const filled = this.by('sub', this.by('mul', mask, alpha * scale), alpha * scale * (1 - p));
    return this.binary('add', this.binary('mul', x, this.by('mul', mask, scale)), filled);
  }

  /** `scaled_dot_product_attention` with some of its weights dropped. */
  private attention(op: OpOf<'attention'>, [query, key, value, mask]: readonly (ValueId | null)[]): ValueId {
    const { builder } = this;
    if (typeof query !== 'number' || typeof key !== 'number' || typeof value !== 'number')
      throw new RangeError('attention');
    const keys = builder.type(key).shape;
    const dims = keys.map((_, axis) => axis);
    const turned = builder.emit1(
      { kind: 'permute', dims: [...dims.slice(0, -2), keys.length - 1, keys.length - 2] },
      key,
    );
    let scores = this.by('mul', builder.emit1({ kind: 'matmul' }, query, turned), op.scale);
    const hidden = (visible: ValueId): ValueId =>
      builder.emit1({ kind: 'where' }, visible, scores, this.scalar(Number.NEGATIVE_INFINITY));
    if (op.causal) {
      const [rows = 1, columns = 1] = builder.type(scores).shape.slice(-2);
      const data = Array.from({ length: rows * columns }, (_, i) => (i % columns <= Math.floor(i / columns) ? 1 : 0));
      scores = hidden(builder.emit1({ kind: 'constant', data, type: { dtype: 'bool', shape: [rows, columns] } }));
    }
    if (typeof mask === 'number') {
      scores = builder.type(mask).dtype === 'bool' ? hidden(mask) : this.binary('add', scores, mask);
    }
    const weights = builder.emit1({ kind: 'activation', activation: 'softmax', parameters: { dim: -1 } }, scores, null);
    const dropped = this.dropout({ kind: 'dropout', p: op.dropout, variant: 'element' }, weights);
    return builder.emit1({ kind: 'matmul' }, dropped, value);
  }

  // Batch norm

  private batchNorm(op: OpOf<'batch_norm'>, node: Node, inputs: readonly (ValueId | null)[]): ValueId {
    const [x, weight, bias] = inputs;
    if (typeof x !== 'number') throw new RangeError('batch_norm needs an input');
    const { shape } = this.builder.type(x);
    const channels = shape[1] ?? 1;
    const count = shape.reduce((product, size) => product * size, 1) / channels;
    if (count <= 1) {
      throw new ShapeError(
        `Expected more than 1 value per channel when training, got input size [${shape.join(', ')}]; ${say('give a larger batch')}`,
      );
    }
    const others = shape.map((_, axis) => axis).filter((axis) => axis !== 1);
    const mean = this.mean(x, others);
    const centred = this.binary('sub', x, mean);
    const variance = this.mean(this.binary('mul', centred, centred), others);
    const deviation = this.builder.emit1({ kind: 'unary', function: 'sqrt' }, this.by('add', variance, op.eps));
    let y = this.binary('div', centred, deviation);
    const row = [1, channels, ...shape.slice(2).map(() => 1)];
    if (typeof weight === 'number') y = this.binary('mul', y, this.reshape(weight, row));
    if (typeof bias === 'number') y = this.binary('add', y, this.reshape(bias, row));
    const unbiased = this.by('mul', this.reshape(variance, [channels]), count / (count - 1));
    this.follow(op, node, this.reshape(mean, [channels]), unbiased);
    return y;
  }

  /** Moves the running statistics towards the batch's. */
  private follow(op: OpOf<'batch_norm'>, node: Node, mean: ValueId, variance: ValueId): void {
    const [meanId, varianceId] = [node.inputs[3], node.inputs[4]].map((value) => this.storageByValue.get(value ?? -1));
    if (meanId === undefined || varianceId === undefined) return;
    const counter = this.counterOf(meanId);
    if (counter !== undefined) this.written.set(counter, this.counted(counter));
    const share = this.share(op, counter);
    for (const [storage, fresh] of [
      [meanId, mean],
      [varianceId, variance],
    ] as const) {
      const old = this.current(storage);
      const step = this.binary('mul', this.binary('sub', fresh, old), share);
      this.written.set(storage, this.binary('add', old, step));
    }
  }

  /** What a buffer holds by now. */
  private current(storage: StorageId): ValueId {
    return this.written.get(storage) ?? this.builder.storageAt(storage).value;
  }

  private counted(counter: StorageId): ValueId {
    const { dtype } = this.builder.storageAt(counter).type;
    const one = this.builder.emit1({ kind: 'constant', data: [1], type: { dtype, shape: [] } });
    return this.binary('add', this.current(counter), one);
  }

  /** How far: `momentum`, or one over the number of batches so far, this one included. */
  private share({ momentum }: OpOf<'batch_norm'>, counter: StorageId | undefined): ValueId {
    if (momentum !== null || counter === undefined) return this.scalar(momentum ?? 0);
    const batches = this.builder.emit1({ kind: 'cast', dtype: 'float32' }, this.current(counter));
    return this.binary('div', this.scalar(1), batches);
  }

  /** `num_batches_tracked` beside a `running_mean`. */
  private counterOf(runningMean: StorageId): StorageId | undefined {
    const name = this.graph.state.find(({ storage }) => storage === runningMean)?.name;
    const beside = name?.replace(/running_mean$/, 'num_batches_tracked');
    return this.graph.state.find((entry) => entry.name === beside && entry.name !== name)?.storage;
  }
}
