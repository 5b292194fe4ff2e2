import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { rulesFor } from '../../src/activations/differentiation';
import { lossOf } from '../../src/data/task';
import { taskOf } from '../../src/data/taskOf';
import { itemAt } from '../../src/graph/access';
import { GraphBuilder } from '../../src/graph/builder';
import { initialise } from '../../src/graph/initialise';
import { elements } from '../../src/graph/ops/rule';
import { adamw } from '../../src/graph/optimise';
import { trainingGraph } from '../../src/graph/train';
import { trainingStep } from '../../src/graph/trainingStep';
import type { Graph, Node, TensorData, TensorType } from '../../src/graph/types';
import { lower } from '../../src/lower/lower';
import { encodeModel } from '../../src/onnx/encode';
import type { Feeds, Runtime } from '../../src/run/runtime';
import type { Session } from '../../src/run/session';
import { type Bench, median, type Row } from '../support/bench';
import { extractCase } from '../support/modelCases';
import { wasmRuntime } from '../support/ort';
import { inRoot } from '../support/paths';

const ROUNDS = 15;
const models = [
  { name: 'CIFAR sample', module: 'cifar_cnn', expression: 'CifarCNN()', shape: [16, 3, 32, 32] },
  { name: 'MLP sample', module: 'mlp', expression: 'MLP()', shape: [16, 20] },
  { name: 'ResNet sample', module: 'resnet', expression: 'resnet14()', shape: [16, 3, 32, 32] },
  { name: 'ViT sample', module: 'vit', expression: 'ViT()', shape: [16, 3, 32, 32] },
  { name: 'ResNet-18 at 64²', module: 'torchvision.models.resnet', expression: 'resnet18()', shape: [8, 3, 64, 64] },
] as const;
type BenchedModel = (typeof models)[number];

/** What the time of a step goes into where nothing is lost: products of matrices and convolutions. */
const products = new Set<Node['op']['kind']>(['linear', 'matmul', 'conv', 'conv_transpose']);

interface Work {
  readonly session: Session;
  readonly feeds: Feeds;
  /** How often a step does it. */
  readonly count: number;
}

const numbers = ({ dtype, shape }: TensorType): TensorData => {
  const data = Float32Array.from({ length: elements(shape) }, (_, i) => Math.sin(12.9898 * i));
  return dtype === 'float32' ? data : new Int32Array(data.length);
};

async function compile(runtime: Runtime, graph: Graph, count = 1): Promise<Work> {
  const taps = (graph.updates ?? []).map(({ value }) => value);
  const lowered = lower(graph, { mode: 'evaluation', weights: 'inputs', device: 'wasm', taps });
  const weights = initialise(graph, 0);
  const feeds = runtime.feeds([
    ...lowered.inputs.map((value) => ({ value, data: numbers(value.type) })),
    ...lowered.weights.map((value) => ({ value, data: itemAt(weights, value.storage) as TensorData })),
  ]);
  return { session: await runtime.createSession(encodeModel(lowered), 'timed'), feeds, count };
}

/** Each product of a step alone, with inputs of its own; equal ones once. */
async function alone(runtime: Runtime, graph: Graph): Promise<Work[]> {
  const found = new Map<
    string,
    { readonly node: Node; readonly types: readonly (TensorType | null)[]; count: number }
  >();
  for (const node of graph.nodes) {
    if (!products.has(node.op.kind)) continue;
    const types = node.inputs.map((input) => (input === null ? null : itemAt(graph.values, input).type));
    const key = JSON.stringify([node.op, types]);
    const known = found.get(key);
    if (known) known.count++;
    else found.set(key, { node, types, count: 1 });
  }
  const works: Work[] = [];
  for (const { node, types, count } of found.values()) {
    const builder = new GraphBuilder();
    const inputs = types.map((type) => type && builder.input(type));
    const value = builder.emit1(node.op, ...inputs);
    const named = inputs.flatMap((input, i) => (input === null ? [] : [{ name: `input${i}`, value: input }]));
    const single = builder.finish({
      name: node.op.kind,
      inputs: named,
      outputs: [{ name: 'output', value }],
      state: [],
    });
    works.push(await compile(runtime, single, count));
  }
  return works;
}

/** Milliseconds of processor time: both sides have one thread, and other work of the machine counts for neither. */
async function timeOf({ session, feeds }: Work): Promise<number> {
  const before = process.cpuUsage();
  await session.time(feeds);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** A process that runs a step of PyTorch when it is asked. */
class Peer {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;

  constructor({ module, expression, shape }: BenchedModel) {
    const python = process.env.ACTIVATION_LENS_PYTHON ?? '/usr/bin/python3';
    const script = inRoot('test', 'bench', 'training.py');
    this.child = spawn(python, ['-W', 'ignore', script, module, expression, JSON.stringify(shape)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, PYTHONPATH: inRoot('samples') },
    });
    if (!this.child.stdout) throw new Error('no output');
    this.lines = createInterface(this.child.stdout)[Symbol.asyncIterator]();
  }

  /** The file of its model, which is told first. */
  file(): Promise<string> {
    return this.nextLine();
  }

  /** Milliseconds of processor time of a step. */
  async time(): Promise<number> {
    this.child.stdin?.write('\n');
    return Number(await this.nextLine());
  }

  private async nextLine(): Promise<string> {
    const { value, done } = await this.lines.next();
    if (done)
      throw new Error('PyTorch is needed for this benchmark: Debian has it as python3-torch, python3-torchvision');
    return value;
  }

  end(): void {
    this.child.kill();
  }
}

async function graphOf(file: string, { expression, shape }: BenchedModel): Promise<Graph> {
  const model = { file, expression, inputs: [{ shape, dtype: 'float32' }] };
  const found = await extractCase(model as unknown as Parameters<typeof extractCase>[0], true);
  if (!found.ok) throw new Error(found.problem.message);
  return trainingStep(trainingGraph(found.graph), lossOf(taskOf(found.graph)), adamw, rulesFor('wasm'));
}

async function race(runtime: Runtime, model: BenchedModel): Promise<Row[]> {
  const peer = new Peer(model);
  const works: Work[] = [];
  try {
    const graph = await graphOf(await peer.file(), model);
    const step = await compile(runtime, graph);
    works.push(step);
    const parts = await alone(runtime, graph);
    works.push(...parts);
    const times: { ours: number; parts: number; theirs: number }[] = [];
    // In turns; the first ones warm up.
    for (let round = -2; round < ROUNDS; round++) {
      const ours = await timeOf(step);
      let sum = 0;
      for (const part of parts) sum += part.count * (await timeOf(part));
      const theirs = await peer.time();
      if (round >= 0) times.push({ ours, parts: sum, theirs });
    }
    const ours = median(times.map((each) => each.ours));
    const row = (against: string, of: 'parts' | 'theirs'): Row => ({
      what: `training step, CPU: ${model.name}`,
      value: ours,
      unit: 'ms',
      peer: against,
      ratio: median(times.map((each) => each.ours / each[of])),
    });
    return [row('its products and convolutions alone', 'parts'), row('PyTorch on one thread', 'theirs')];
  } finally {
    peer.end();
    for (const { session } of works) await session.release();
  }
}

/** Whole steps of training (AdamW) on the CPU, one thread, in processor time. */
export const bench: Bench = async () => {
  const runtime = await wasmRuntime();
  try {
    const rows: Row[] = [];
    for (const model of models) for (const row of await race(runtime, model)) rows.push(row);
    return rows;
  } finally {
    await runtime.dispose();
  }
};
