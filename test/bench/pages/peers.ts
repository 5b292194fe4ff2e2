// The page of peers.bench.ts: one model trained here and in TensorFlow.js, in turns, on the same backend.
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import * as ort from 'onnxruntime-web/jspi';
import { findActivation } from '../../../src/activations/catalogue';
import type { Dataset, Samples } from '../../../src/data/dataset';
import { taskOf } from '../../../src/data/taskOf';
import { GraphBuilder } from '../../../src/graph/builder';
import { initialise } from '../../../src/graph/initialise';
import type { Graph } from '../../../src/graph/types';
import { lower } from '../../../src/lower/lower';
import { encodeModel } from '../../../src/onnx/encode';
import { randomInputs, randomTarget } from '../../../src/run/inputs';
import { ConsoleTap } from '../../../src/run/placement';
import { Runtime } from '../../../src/run/runtime';
import { DeviceData, Trainer } from '../../../src/run/trainer';
import { peerModel, type Weights } from './tfjsModels';

type Backend = 'webgpu' | 'wasm';

/** Milliseconds of each, median over rounds, and the losses of the first steps. */
export interface Race {
  readonly ours: number;
  readonly theirs: number;
  readonly ourLosses: readonly number[];
  readonly theirLosses: readonly number[];
}

const rate = 0.05;
const tap = new ConsoleTap(console);
const runtimes = new Map<Backend, Runtime>();

async function runtimeOf(backend: Backend): Promise<Runtime> {
  const known = runtimes.get(backend);
  if (known) return known;
  ort.env.wasm.wasmBinary ??= await (await fetch('/dist/ort/ort-wasm-simd-threaded.jspi.wasm')).arrayBuffer();
  const made = await Runtime.open({ ort, gpu: navigator.gpu, tap, ...(backend === 'wasm' && { backend }) });
  runtimes.set(backend, made);
  return made;
}

async function useBackend(backend: Backend): Promise<void> {
  setWasmPaths('/node_modules/@tensorflow/tfjs-backend-wasm/dist/');
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no backend ${backend} here`);
  await tf.ready();
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** Two bodies in turns. */
async function inTurns(
  ours: () => Promise<unknown>,
  theirs: () => Promise<unknown>,
  rounds: number,
): Promise<{ ours: number; theirs: number }> {
  const times = { ours: [] as number[], theirs: [] as number[] };
  for (let round = -2; round < rounds; round++) {
    for (const [name, body] of [
      ['ours', ours],
      ['theirs', theirs],
    ] as const) {
      const start = performance.now();
      await body();
      if (round >= 0) times[name].push(performance.now() - start);
    }
  }
  return { ours: median(times.ours), theirs: median(times.theirs) };
}

/** One batch, the same for both. */
function batchOf(graph: Graph): {
  data: Dataset;
  input: Float32Array | Int32Array;
  target: Int32Array;
  shape: readonly number[];
} {
  const type = graph.values[graph.inputs[0]?.value ?? -1]?.type ?? { dtype: 'float32' as const, shape: [] };
  const output = graph.values[graph.outputs[0]?.value ?? -1]?.type.shape ?? [];
  const input = randomInputs(graph, 3)[0] as Float32Array | Int32Array;
  const task = taskOf(graph);
  const targetType = { dtype: 'int64' as const, shape: task.kind === 'tokens' ? type.shape : output.slice(0, 1) };
  const target = randomTarget(task, targetType, [input], 3) as Int32Array;
  const samples: Samples = {
    count: type.shape[0] ?? 1,
    inputs: [{ type, data: input }],
    target: { type: targetType, data: target },
  };
  return {
    data: { name: 'user', train: samples, validation: samples, held: samples, notes: [] },
    input,
    target,
    shape: type.shape,
  };
}

async function training(name: string, graph: Graph, backend: Backend, rounds: number): Promise<Race> {
  const runtime = await runtimeOf(backend);
  await useBackend(backend);
  const { data, ...batch } = batchOf(graph);
  const device = new DeviceData(runtime, data);
  const trainer = await Trainer.compile(runtime, { batched: graph, trained: graph }, taskOf(graph), {
    kind: 'sgd',
    momentum: 0,
    weightDecay: 0,
  });
  const run = trainer.start(0, rate, device, [], 1000);

  const values = initialise(graph, 0);
  const weights: Weights = Object.fromEntries(
    graph.state.map((entry) => [
      entry.name,
      { shape: graph.storages[entry.storage]?.type.shape ?? [], data: values[entry.storage] as Float32Array },
    ]),
  );
  const peer = peerModel(name, weights, batch);
  const optimiser = tf.train.sgd(rate);
  const theirLosses: number[] = [];
  const ours = async () => {
    await run.trainStep(0);
    await run.lastLoss();
  };
  const theirs = async () => {
    const loss = optimiser.minimize(peer.loss, true);
    theirLosses.push((await loss?.data())?.[0] ?? Number.NaN);
    loss?.dispose();
  };
  const times = await inTurns(ours, theirs, rounds);
  const ourLosses = await run.trainingLosses();
  run.free();
  await trainer.release();
  device.free();
  return { ...times, ourLosses: ourLosses.slice(0, 10), theirLosses: theirLosses.slice(0, 10) };
}

/** A forward pass here against one in TensorFlow.js, and against the bare runtime with the same bytes. */
async function forward(
  name: string,
  graph: Graph,
  backend: Backend,
  rounds: number,
): Promise<{ peer: Race; bare: Race }> {
  const runtime = await runtimeOf(backend);
  await useBackend(backend);
  const batch = batchOf(graph);
  const values = initialise(graph, 0);
  const lowered = lower(graph, { mode: 'evaluation', weights: 'constant', device: backend });
  const bytes = encodeModel(lowered, values);
  const session = await runtime.createSession(bytes, 'timed');
  const [value] = lowered.inputs;
  if (!value) throw new Error('the model has no input');
  const feeds = runtime.feeds([{ value, data: batch.input }]);
  const weights: Weights = Object.fromEntries(
    graph.state.map((entry) => [
      entry.name,
      { shape: graph.storages[entry.storage]?.type.shape ?? [], data: values[entry.storage] as Float32Array },
    ]),
  );
  const peer = peerModel(name, weights, batch);
  const theirs = async () => {
    const y = tf.tidy(peer.forward);
    // Reading one number waits for the device, as our clock does.
    await tf.tidy(() => tf.slice(tf.reshape(y, [-1]), 0, 1)).data();
    y.dispose();
  };
  const against = await inTurns(() => session.time(feeds), theirs, rounds);
  const gpu = runtime.gpu?.device;
  const bare = await ort.InferenceSession.create(bytes, {
    executionProviders: [gpu ? { name: 'webgpu', preferredLayout: 'NCHW', device: gpu } : 'wasm'],
    ...(gpu ? { preferredOutputLocation: 'gpu-buffer' as const } : {}),
  });
  const plain = async () => {
    const outputs = await bare.run(feeds);
    await gpu?.queue.onSubmittedWorkDone();
    for (const tensor of Object.values(outputs)) tensor.dispose();
  };
  const overhead = await inTurns(() => session.time(feeds), plain, 3 * rounds);
  await bare.release();
  await session.release();
  const none = { ourLosses: [], theirLosses: [] };
  return { peer: { ...against, ...none }, bare: { ...overhead, ...none } };
}

/** An activation alone, beside a plain copy of a tensor of the same size on the same device. */
async function alone(activation: string, backend: Backend, elements: number, rounds: number): Promise<Race> {
  const runtime = await runtimeOf(backend);
  const builder = new GraphBuilder();
  const x = builder.input({ dtype: 'float32', shape: [1, elements] });
  const entry = findActivation(activation);
  const parameters = Object.fromEntries((entry?.parameters ?? []).map((each) => [each.name, each.default]));
  const y = builder.emit1({ kind: 'activation', activation, parameters }, x, null);
  const graph = builder.finish({
    name: activation,
    inputs: [{ name: 'x', value: x }],
    outputs: [{ name: 'y', value: y }],
    state: [],
  });
  const lowered = lower(graph, { mode: 'evaluation', weights: 'constant', device: backend });
  const session = await runtime.createSession(encodeModel(lowered), 'timed');
  const data = randomInputs(graph, 1)[0] as Float32Array<ArrayBuffer>;
  const upload = runtime.upload({ dtype: 'float32', shape: [1, elements] }, data);
  const other = runtime.upload({ dtype: 'float32', shape: [1, elements] }, new Float32Array(elements));
  const feeds = { x: upload.tensor };
  const copy = async () => {
    if (upload.buffer && other.buffer) runtime.copy([{ from: upload.buffer, to: other.buffer, bytes: elements * 4 }]);
    else runtime.write(other, data);
    await runtime.gpu?.device.queue.onSubmittedWorkDone();
  };
  const times = await inTurns(() => session.time(feeds), copy, rounds);
  await session.release();
  upload.free();
  other.free();
  return { ...times, ourLosses: [], theirLosses: [] };
}

Object.assign(globalThis, { training, forward, alone });
