// The page of peers.bench.ts: one model trained here and by a peer, in turns, on the same backend.
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import * as ort from 'onnxruntime-web/jspi';
import { findActivation } from '../../../src/activations/catalogue';
import type { Dataset, Samples } from '../../../src/data/dataset';
import { targetType } from '../../../src/data/task';
import { taskOf } from '../../../src/data/taskOf';
import { GraphBuilder } from '../../../src/graph/builder';
import { initialise } from '../../../src/graph/initialise';
import type { Graph, TensorType } from '../../../src/graph/types';
import { lower } from '../../../src/lower/lower';
import { encodeModel } from '../../../src/onnx/encode';
import { GpuClock } from '../../../src/run/clock';
import { randomInputs, randomTarget } from '../../../src/run/inputs';
import { ConsoleTap } from '../../../src/run/placement';
import { type Feeds, Runtime } from '../../../src/run/runtime';
import type { Session } from '../../../src/run/session';
import { DeviceData, Trainer } from '../../../src/run/trainer';
import { jaxPeer } from './jaxModels';
import type { Peer, Weights } from './peer';
import { tensorFlowPeer } from './tfjsModels';

type Backend = 'webgpu' | 'wasm';
export type PeerName = 'TensorFlow.js' | 'jax-js';

/** A model of peers.py as it runs, and as it is trained. */
export interface Read {
  readonly name: string;
  readonly batched: Graph;
  readonly trained: Graph;
}

/** Milliseconds of each, median over rounds, and the losses of the first steps. */
export interface Race {
  readonly ours: number;
  readonly theirs: number;
  readonly ourLosses: readonly number[];
  readonly theirLosses: readonly number[];
}

export interface About {
  readonly adapter: string | undefined;
  /** Why there is no adapter. */
  readonly fallback?: string;
  readonly software: boolean;
  readonly runtimes: string;
  /** Whether shaders may compute in half precision. */
  readonly half: boolean;
  /** Milliseconds between two times of the GPU's clock, where it has one. */
  readonly clockStep?: number;
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

/** Milliseconds that pass until a body is done. */
async function passing(body: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await body();
  return performance.now() - start;
}

/** Milliseconds after which a race has no more rounds than `fewest`. */
const enough = 6000;
const fewest = 5;

/** Two bodies in turns, after two rounds that don't count, each timed by what passes or by what it tells itself. */
async function inTurns<T>(
  ours: () => Promise<T>,
  theirs: () => Promise<T>,
  rounds: number,
  timed: (body: () => Promise<T>) => Promise<number> = passing,
): Promise<{ ours: number; theirs: number }> {
  const times = { ours: [] as number[], theirs: [] as number[] };
  const begun = performance.now();
  for (let round = -2; round < rounds; round++) {
    if (round >= fewest && performance.now() - begun > enough) break;
    for (const [name, body] of [
      ['ours', ours],
      ['theirs', theirs],
    ] as const) {
      const spent = await timed(body);
      if (round >= 0) times[name].push(spent);
    }
  }
  return { ours: median(times.ours), theirs: median(times.theirs) };
}

const typeOf = (graph: Graph, at: { readonly value: number } | undefined): TensorType =>
  graph.values[at?.value ?? -1]?.type ?? { dtype: 'float32', shape: [] };

/** One batch, the same for both. */
function batchOf(graph: Graph): {
  data: Dataset;
  input: Float32Array | Int32Array;
  target: Int32Array;
  shape: readonly number[];
} {
  const type = typeOf(graph, graph.inputs[0]);
  const input = randomInputs(graph, 3)[0] as Float32Array | Int32Array;
  const task = taskOf(graph);
  const wanted = targetType(task, type, typeOf(graph, graph.outputs[0]));
  const target = randomTarget(task, wanted, [input], 3) as Int32Array;
  const samples: Samples = {
    count: type.shape[0] ?? 1,
    inputs: [{ type, data: input }],
    target: { type: wanted, data: target },
  };
  return {
    data: { name: 'user', train: samples, validation: samples, held: samples, notes: [] },
    input,
    target,
    shape: type.shape,
  };
}

async function peerOf(who: PeerName, { name, batched }: Read, backend: Backend): Promise<Peer> {
  const values = initialise(batched, 0);
  const weights: Weights = Object.fromEntries(
    batched.state.map((entry) => [
      entry.name,
      { shape: batched.storages[entry.storage]?.type.shape ?? [], data: values[entry.storage] as Float32Array },
    ]),
  );
  const batch = batchOf(batched);
  if (who === 'jax-js') return jaxPeer(name, weights, batch, rate);
  await useBackend(backend);
  return tensorFlowPeer(name, weights, batch, rate);
}

async function training(who: PeerName, model: Read, backend: Backend, rounds: number): Promise<Race> {
  const { batched, trained } = model;
  const runtime = await runtimeOf(backend);
  const peer = await peerOf(who, model, backend);
  const device = new DeviceData(runtime, batchOf(batched).data);
  const trainer = await Trainer.compile(runtime, { batched, trained }, taskOf(batched), {
    kind: 'sgd',
    momentum: 0,
    weightDecay: 0,
  });
  const run = trainer.start(0, rate, device, [], 1000);
  const theirLosses: number[] = [];
  const ours = async () => {
    await run.trainStep(0);
    await run.lastLoss();
  };
  const theirs = async () => theirLosses.push(await peer.step());
  try {
    const times = await inTurns<unknown>(ours, theirs, rounds);
    const ourLosses = await run.trainingLosses();
    return { ...times, ourLosses: ourLosses.slice(0, 10), theirLosses: theirLosses.slice(0, 10) };
  } finally {
    run.free();
    await trainer.release();
    device.free();
  }
}

/** A forward pass compiled from these bytes, and what it is fed. */
async function passOf(graph: Graph, backend: Backend): Promise<{ bytes: Uint8Array; session: Session; feeds: Feeds }> {
  const runtime = await runtimeOf(backend);
  const lowered = lower(graph, { mode: 'evaluation', weights: 'constant', device: backend });
  const bytes = encodeModel(lowered, initialise(graph, 0));
  const session = await runtime.createSession(bytes, 'timed');
  const [value] = lowered.inputs;
  if (!value) throw new Error('the model has no input');
  return { bytes, session, feeds: runtime.feeds([{ value, data: batchOf(graph).input }]) };
}

const untrained = { ourLosses: [], theirLosses: [] };

/** A forward pass here against a peer's. */
async function forward(who: PeerName, model: Read, backend: Backend, rounds: number): Promise<Race> {
  const peer = await peerOf(who, model, backend);
  const { session, feeds } = await passOf(model.batched, backend);
  try {
    return { ...(await inTurns<unknown>(() => session.time(feeds), peer.forward, rounds)), ...untrained };
  } finally {
    await session.release();
  }
}

/** A forward pass here against the bare runtime's with the same bytes. */
async function bare({ batched }: Read, backend: Backend, rounds: number): Promise<Race> {
  const runtime = await runtimeOf(backend);
  const { bytes, session, feeds } = await passOf(batched, backend);
  const gpu = runtime.gpu?.device;
  const alike = await ort.InferenceSession.create(bytes, {
    executionProviders: [gpu ? { name: 'webgpu', preferredLayout: 'NCHW', device: gpu } : 'wasm'],
    ...(gpu ? { preferredOutputLocation: 'gpu-buffer' as const } : {}),
  });
  const plain = async () => {
    const outputs = await alike.run(feeds);
    await gpu?.queue.onSubmittedWorkDone();
    for (const tensor of Object.values(outputs)) tensor.dispose();
  };
  const times = await inTurns<unknown>(() => session.time(feeds), plain, 3 * rounds);
  await alike.release();
  await session.release();
  return { ...times, ...untrained };
}

/** What a sample lasts at least, in steps of the clock, and how many passes it is at most. */
const stepsInSample = 50;
const mostPasses = 100;

/**
 * An activation alone, beside a plain copy of a tensor of the same size on the same device, both by the GPU's clock
 * where it has one.
 * @param repeats how often it is applied in a pass, so that starting the pass is no part of the time
 */
async function alone(
  activation: string,
  backend: Backend,
  elements: number,
  rounds: number,
  repeats = 1,
): Promise<Race> {
  const runtime = await runtimeOf(backend);
  const type = { dtype: 'float32', shape: [1, elements] } as const;
  const builder = new GraphBuilder();
  const x = builder.input(type);
  const entry = findActivation(activation);
  const parameters = Object.fromEntries((entry?.parameters ?? []).map((each) => [each.name, each.default]));
  let y = x;
  for (let i = 0; i < repeats; i++) y = builder.emit1({ kind: 'activation', activation, parameters }, y, null);
  const graph = builder.finish({
    name: activation,
    inputs: [{ name: 'x', value: x }],
    outputs: [{ name: 'y', value: y }],
    state: [],
  });
  const lowered = lower(graph, { mode: 'evaluation', weights: 'constant', device: backend });
  const session = await runtime.createSession(encodeModel(lowered), 'timed');
  const data = randomInputs(graph, 1)[0] as Float32Array<ArrayBuffer>;
  const upload = runtime.upload(type, data);
  const other = runtime.upload(type, new Float32Array(elements));
  const feeds = { x: upload.tensor };
  const { device } = runtime.gpu ?? {};
  const clock = device?.features.has('timestamp-query') ? new GpuClock(device) : undefined;
  let passes = 1;
  const copy = async () => {
    const { buffer: from } = upload;
    const { buffer: to } = other;
    const one = from && to ? { from, to, bytes: elements * 4 } : undefined;
    clock?.start();
    const start = performance.now();
    for (let pass = 0; pass < passes; pass++) {
      if (one) runtime.copy(new Array(repeats).fill(one));
      else for (let i = 0; i < repeats; i++) runtime.write(other, data);
      if (!clock) await device?.queue.onSubmittedWorkDone();
    }
    return clock ? clock.stop() : performance.now() - start;
  };
  const ours = () => session.time(feeds, passes);
  try {
    const told = (body: () => Promise<number>) => body();
    const shortest = clock ? stepsInSample * (await runtime.clockResolution()) : 0;
    const first = await inTurns(ours, copy, 1, told);
    const least = Math.max(Math.min(first.ours, first.theirs), shortest / mostPasses);
    passes = Math.max(1, Math.min(mostPasses, Math.ceil(shortest / least) || 1));
    const times = await inTurns(ours, copy, rounds, told);
    const each = passes * repeats;
    return { ours: times.ours / each, theirs: times.theirs / each, ...untrained };
  } finally {
    await session.release();
    clock?.free();
    upload.free();
    other.free();
  }
}

/** The adapter, the runtimes, and what else hangs on them. */
async function about(): Promise<About> {
  const runtime = await runtimeOf('webgpu');
  const has = (feature: GPUFeatureName) => runtime.gpu?.device.features.has(feature) ?? false;
  const { adapter = '', software = false, fallback } = runtime.environment;
  return {
    adapter: runtime.gpu ? adapter : undefined,
    ...(fallback !== undefined && { fallback }),
    software,
    runtimes: `${runtime.environment.runtime}, TensorFlow.js ${tf.version_core}`,
    half: has('shader-f16'),
    ...(has('timestamp-query') && { clockStep: await runtime.clockResolution() }),
  };
}

Object.assign(globalThis, { training, forward, bare, alone, about });
