/** Trains one model: a step is one graph, its weights and the optimiser's state stay on the device. */

import { rulesFor } from '../activations/differentiation';
import type { Dataset, Samples } from '../data/dataset';
import { lossOf, type Task } from '../data/task';
import { itemAt, itemOr, lastOf, sizeAt } from '../graph/access';
import { GraphBuilder } from '../graph/builder';
import { Emit } from '../graph/emit';
import { initialValues } from '../graph/initialise';
import { objective } from '../graph/objective';
import { elements } from '../graph/ops/rule';
import type { Optimiser } from '../graph/optimise';
import { refuseOverwrites } from '../graph/overwrites';
import { trainingGraph } from '../graph/train';
import { type TrainingStep, trainingStep } from '../graph/trainingStep';
import type { Graph, StorageId, StorageValues, TensorData, ValueId } from '../graph/types';
import { lower } from '../lower/lower';
import type { LoweredGraph, LoweredValue } from '../lower/lowered';
import { encodeModel } from '../onnx/encode';
import { requireFits } from './memory';
import { renameOutputs } from './probe';
import type { Feeds, Runtime, TypedData, Upload } from './runtime';
import type { Session } from './session';

/** What a look at samples tells that are not trained on. */
export interface Held {
  readonly loss: number;
  /** Share of right answers, where the task has classes. */
  readonly accuracy?: number;
}

/** Samples on the device, from which batches are taken without going through the CPU's memory again. */
class DeviceSamples {
  private readonly uploads: readonly { readonly upload: Upload; readonly size: number; readonly data: TypedData }[];

  constructor(
    private readonly runtime: Runtime,
    readonly samples: Samples,
  ) {
    this.uploads = [...samples.inputs, samples.target].map(({ type, data }) => ({
      upload: runtime.upload({ dtype: data instanceof Float32Array ? 'float32' : 'int32', shape: type.shape }, data),
      size: elements(type.shape.slice(1)),
      data,
    }));
  }

  /** Puts a batch into tensors that stay where they are. */
  load(first: number, count: number, into: readonly (Upload | undefined)[]): void {
    const copies: { from: GPUBuffer; at: number; to: GPUBuffer; bytes: number }[] = [];
    this.uploads.forEach(({ upload, size, data }, i) => {
      const to = into[i];
      if (!to) return;
      if (upload.buffer && to.buffer)
        copies.push({ from: upload.buffer, at: first * size * 4, to: to.buffer, bytes: count * size * 4 });
      else this.runtime.write(to, data.subarray(first * size, (first + count) * size));
    });
    this.runtime.copy(copies);
  }

  free(): void {
    for (const { upload } of this.uploads) upload.free();
  }
}

/** A dataset on the device. */
export class DeviceData {
  readonly train: DeviceSamples;
  readonly validation: DeviceSamples;
  readonly held: DeviceSamples;

  constructor(runtime: Runtime, { train, validation, held }: Pick<Dataset, 'train' | 'validation' | 'held'>) {
    this.train = new DeviceSamples(runtime, train);
    this.validation = new DeviceSamples(runtime, validation);
    this.held = new DeviceSamples(runtime, held);
  }

  free(): void {
    this.train.free();
    this.validation.free();
    this.held.free();
  }
}

/** In evaluation mode: loss, accuracy and the weights' health, which is no number once one of them isn't. */
function evaluationGraph(model: Graph, task: Task): Graph {
  const { graph, loss } = objective(model, lossOf(task));
  const builder = GraphBuilder.from(graph);
  const e = new Emit(builder);
  const target = lastOf(graph.inputs).value;
  const output = itemAt(model.outputs, 0).value;
  const outputs = [{ name: 'loss', value: loss }];
  const right = shareRight(e, task, output, target);
  const all = (x: ValueId) => e.op({ kind: 'reduce', function: 'mean', dims: [], keepdim: false }, x);
  if (right !== undefined) outputs.push({ name: 'accuracy', value: right });
  // A NaN may hide behind a ReLU, which makes it 0 on some devices.
  const sizes = graph.storages.filter(({ trainable }) => trainable).map(({ value }) => all(e.unary('abs', value)));
  const health = sizes.reduce<ValueId | undefined>(
    (sum, size) => (sum === undefined ? size : e.add(sum, size)),
    undefined,
  );
  if (health !== undefined) outputs.push({ name: 'health', value: health });
  const { name, inputs, state } = graph;
  return builder.finish({ name, inputs, outputs, state });
}

/** Share of the answers that are right; undefined where the task has no right and wrong. */
function shareRight(e: Emit, task: Task, output: ValueId, target: ValueId): ValueId | undefined {
  const mean = (x: ValueId) => e.op({ kind: 'reduce', function: 'mean', dims: [], keepdim: false }, x);
  const argmax = (x: ValueId, dim: number) => e.op({ kind: 'arg', function: 'max', dim, keepdim: false }, x);
  const isEqual = (a: ValueId, b: ValueId) => mean(e.cast(e.compare('eq', a, b), 'float32'));
  const last = e.shape(output).length - 1;
  switch (task.kind) {
    case 'classes':
      return isEqual(argmax(output, 1), target);
    case 'places':
      return isEqual(argmax(output, task.channelsLast ? last : 1), target);
    case 'tokens': {
      const length = sizeAt(e.shape(target), 1);
      const logits = e.reshape(output, [...e.shape(target), task.vocabulary]);
      // Cut before places are made of them: these are in a type of their own on WebGPU, which a compare alone takes.
      const told = argmax(e.slice(logits, 1, 0, length - 1), 2);
      return isEqual(told, e.slice(target, 1, 1, length));
    }
    case 'nextToken':
      return isEqual(argmax(output, last), target);
    case 'maskedTokens': {
      // What isn't masked is no class, so that no answer is right there.
      const asked = mean(e.cast(e.compare('ge', target, e.scalar(0, target)), 'float32'));
      return e.div(isEqual(argmax(output, last), target), asked);
    }
    case 'binary': {
      const edge = e.scalar(task.probabilities ? 0.5 : 0, output);
      const half = e.scalar(0.5, target);
      return isEqual(e.cast(e.compare('gt', output, edge), 'int32'), e.cast(e.compare('gt', target, half), 'int32'));
    }
    default:
      return undefined;
  }
}

/** A graph that was compiled, with weights as inputs. */
interface Compiled {
  readonly graph: Graph;
  readonly lowered: LoweredGraph;
  readonly session: Session;
}

/** A model that is ready to be trained: compiled once, for any seed and learning rate. */
export class Trainer {
  private constructor(
    readonly runtime: Runtime,
    readonly step: Compiled & { readonly graph: TrainingStep },
    readonly judge: Compiled,
  ) {}

  /**
   * @param model as it is judged, and as it is trained, at the batch that it is to be trained with
   * @throws ShapeError where it can't be trained so
   */
  static async compile(
    runtime: Runtime,
    model: { readonly batched: Graph; readonly trained: Graph },
    task: Task,
    optimiser: Optimiser,
  ): Promise<Trainer> {
    const { device } = runtime;
    refuseOverwrites(model.trained, rulesFor(device));
    const graph = trainingStep(trainingGraph(model.trained), lossOf(task), optimiser, rulesFor(device));
    requireFits(graph, runtime);
    const taps = graph.updates.map(({ value }) => value);
    const lowered = lower(graph, { mode: 'evaluation', weights: 'inputs', device, taps });
    // Recording the commands once and replaying them gives wrong numbers here: ARCHITECTURE.md.
    const session = await runtime.createSession(encodeModel(lowered), 'timed');
    try {
      const judge = evaluationGraph(model.batched, task);
      const judged = lower(judge, { mode: 'evaluation', weights: 'inputs', device });
      const judging = await runtime.createSession(encodeModel(judged), 'plain');
      return new Trainer(runtime, { graph, lowered, session }, { graph: judge, lowered: judged, session: judging });
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  /** Starts from initial weights. */
  start(seed: number, rate: number, data: DeviceData, given: readonly StorageValues[] = [], steps = 100): TrainingRun {
    return new TrainingRun(this, { seed, rate, data, given, steps });
  }

  async release(): Promise<void> {
    await this.step.session.release();
    await this.judge.session.release();
  }
}

interface RunOptions {
  readonly seed: number;
  readonly rate: number;
  readonly data: DeviceData;
  readonly given: readonly StorageValues[];
  /** How many losses there is room for. */
  readonly steps: number;
}

/** One run of training. */
export class TrainingRun {
  private readonly inputs: readonly Upload[];
  /** Weights, buffers and the optimiser's state, by storage. */
  private readonly storages = new Map<StorageId, Upload>();
  private readonly feeds: Feeds = {};
  private readonly losses: Upload | undefined;
  private readonly lossesOnCpu: number[] = [];
  private readonly judgeInputs: readonly Upload[];
  private done = 0;

  constructor(
    private readonly trainer: Trainer,
    private readonly options: RunOptions,
  ) {
    const { runtime, step, judge } = trainer;
    const { lowered } = step;
    const given = new Map(options.given.map(({ storage, data }) => [storage, data]));
    const empty = ({ type }: LoweredValue): Upload => runtime.upload(type, new Float32Array(elements(type.shape)));
    // The model's, the target, and last the learning rate.
    const rateAt = lowered.inputs.length - 1;
    this.inputs = lowered.inputs.map((value, i) =>
      i === rateAt ? runtime.upload(value.type, [options.rate]) : empty(value),
    );
    lowered.inputs.forEach(({ name }, i) => {
      const upload = this.inputs[i];
      if (upload) this.feeds[name] = upload.tensor;
    });
    for (const { name, type, storage } of lowered.weights) {
      const upload = runtime.upload(type, given.get(storage) ?? this.initialValuesOf(storage, options.seed));
      this.storages.set(storage, upload);
      this.feeds[name] = upload.tensor;
    }
    // Weights that only the evaluation reads: running statistics of a step whose updates nothing reads.
    for (const { type, storage } of judge.lowered.weights)
      if (!this.storages.has(storage))
        this.storages.set(
          storage,
          runtime.upload(type, given.get(storage) ?? this.initialValuesOf(storage, options.seed)),
        );
    this.losses = runtime.gpu
      ? runtime.upload({ dtype: 'float32', shape: [options.steps] }, new Float32Array(options.steps))
      : undefined;
    this.judgeInputs = judge.lowered.inputs.map(empty);
  }

  private initialValuesOf(storage: StorageId, seed: number): TensorData {
    const found = this.trainer.step.graph.storages[storage];
    if (!found) throw new RangeError(`storage ${storage} is not in this graph`);
    return initialValues(found, storage, seed);
  }

  /** Samples in a batch. */
  get batch(): number {
    return itemOr(itemAt(this.trainer.step.lowered.inputs, 0).type.shape, 0, 1);
  }

  /** One step on the batch that begins with the sample `first`. */
  async trainStep(first: number): Promise<void> {
    const { options } = this;
    const { runtime, step } = this.trainer;
    // Inputs of the model, then the target; the learning rate stays as it is.
    options.data.train.load(first, this.batch, this.inputs.slice(0, -1));
    for (const storage of step.graph.noise) {
      const upload = this.storages.get(storage);
      // A number for each step and each storage, so that all candidates drop the same.
      if (upload)
        runtime.write(upload, this.initialValuesOf(storage, options.seed * 7919 + this.done + 1) as TypedData);
    }
    const made = await step.session.keep(this.feeds);
    const copies: { from: GPUBuffer; to: GPUBuffer; toAt?: number; bytes: number }[] = [];
    const at = (name: string | undefined) => {
      const tensor = made[name ?? ''];
      if (!tensor) throw new RangeError(`the step gave no ${name}`);
      return tensor;
    };
    step.graph.updates.forEach(({ storage }, i) => {
      const [now, next] = [this.storages.get(storage), at(step.lowered.taps[i])];
      if (!now) return;
      if (now.buffer) copies.push({ from: next.gpuBuffer, to: now.buffer, bytes: next.size * 4 });
      else runtime.write(now, next.data as TypedData);
    });
    const loss = at(step.lowered.outputs[0]?.name);
    if (this.losses?.buffer)
      copies.push({ from: loss.gpuBuffer, to: this.losses.buffer, toAt: this.done * 4, bytes: 4 });
    else this.lossesOnCpu.push(Number(loss.data[0]));
    runtime.copy(copies);
    for (const tensor of Object.values(made)) tensor.dispose();
    this.done++;
  }

  /** Training losses of all steps so far. */
  async trainingLosses(): Promise<number[]> {
    if (!this.losses?.buffer) return [...this.lossesOnCpu];
    return Array.from(await this.trainer.runtime.download(this.losses.buffer, this.done));
  }

  /** The training loss of the last step; waits for the device. */
  async lastLoss(): Promise<number> {
    if (!this.losses?.buffer) return itemOr(this.lossesOnCpu, this.lossesOnCpu.length - 1, Number.NaN);
    return itemAt(await this.trainer.runtime.download(this.losses.buffer, 1, (this.done - 1) * 4), 0);
  }

  /** Loss and accuracy over all batches of a set; NaN once a weight is no number any more. */
  async evaluate(set: 'validation' | 'held' = 'held'): Promise<Held> {
    const { graph, lowered, session } = this.trainer.judge;
    const { [set]: asked } = this.options.data;
    const { batch } = this;
    const feeds: Feeds = {};
    lowered.inputs.forEach(({ name }, i) => {
      const upload = this.judgeInputs[i];
      if (upload) feeds[name] = upload.tensor;
    });
    for (const { name, storage } of lowered.weights) {
      const upload = this.storages.get(storage);
      if (upload) feeds[name] = upload.tensor;
    }
    let [loss, accuracy, batches] = [0, 0, 0];
    for (let first = 0; first + batch <= asked.samples.count; first += batch) {
      asked.load(first, batch, this.judgeInputs);
      const told = renameOutputs(graph, lowered, await session.run(feeds));
      // Not every model has weights, nor every task right answers.
      const healthy = Number.isFinite(itemOr(told.health ?? [], 0, 0));
      loss += healthy ? itemOr(told.loss ?? [], 0, Number.NaN) : Number.NaN;
      accuracy += itemOr(told.accuracy ?? [], 0, Number.NaN);
      batches++;
    }
    const known = !Number.isNaN(accuracy);
    return { loss: loss / batches, ...(known && { accuracy: accuracy / batches }) };
  }

  free(): void {
    for (const upload of [...this.inputs, ...this.judgeInputs, ...this.storages.values()]) upload.free();
    this.losses?.free();
  }
}
