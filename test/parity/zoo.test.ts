import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Graph, TensorData } from '../../src/graph/types';
import type { Runtime } from '../../src/run/runtime';
import { extractCase, type ModelCase, parameterCount, stateOf } from '../support/modelCases';
import { roundTripError, written } from '../support/onnxRoundTrip';
import { relativeError } from '../support/ops';
import { wasmRuntime } from '../support/ort';
import { inRoot } from '../support/paths';
import { ruledWeights, runModel } from '../support/runModel';
import { runTraining } from '../support/runTraining';

/** A line of reference_zoo.py. `outputs` is missing where only the graph is compared. */
type ZooCase = Omit<ModelCase, 'activations' | 'outputs'> & {
  readonly builder: string;
  readonly outputs?: ModelCase['outputs'];
  readonly training?: Pick<ModelCase, 'inputs' | 'outputs'> & {
    readonly buffers: Readonly<Record<string, ModelCase['outputs'][number]>>;
    /** PyTorch's own error in single precision. */
    readonly own: number;
  };
};

interface Row {
  readonly builder: string;
  readonly parameters: number;
  readonly nodes: number;
  /** Largest difference from PyTorch's outputs, relative to their largest value. */
  readonly error: number | undefined;
  /** The same in training mode, running statistics after the step included. */
  readonly training: number | undefined;
  /** Of what is read back of its ONNX file, from its own outputs. */
  readonly roundTrip?: number;
}

/** Whether each model is written as ONNX and read back; else one of each family. */
const isEvery = process.env.ROUND_TRIPS === 'all';

async function* zoo(): AsyncGenerator<ZooCase> {
  const python = process.env.ACTIVATION_LENS_PYTHON ?? 'python3';
  const script = inRoot('test', 'parity', 'reference_zoo.py');
  const child = spawn(python, [script, process.env.ZOO ?? ''], { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (text) => (complaint += text));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  try {
    for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line) as ZooCase;
    assert.equal(await ended, 0, complaint);
  } finally {
    child.kill();
  }
}

async function compare(one: ZooCase, runtime: Runtime): Promise<Row> {
  const graph = await graphOf(one);
  assert.deepEqual(stateOf(graph), one.tensors, 'state dict');
  assert.equal(parameterCount(graph), one.parameters, 'parameters');
  const row = { builder: one.builder, parameters: one.parameters, nodes: graph.nodes.length };
  const training = await trainingError(one, runtime);
  if (isEvery && 4 * one.parameters >= 2 ** 31) {
    assert.throws(() => written(graph, ruledWeights(graph)), /an ONNX file holds less than 2 GiB/);
  }
  if (!one.outputs) return { ...row, error: undefined, training };
  assert.deepEqual(
    graph.outputs.map(({ value }) => graph.values[value]?.type.shape),
    one.outputs.map(({ shape }) => shape),
    'shapes of the outputs',
  );
  const { outputs } = await runModel(runtime, graph, one.inputs);
  const roundTrip = isEvery || one.training ? (await roundTripError(runtime, graph, one.inputs)).error : undefined;
  return {
    ...row,
    roundTrip,
    error: Math.max(...one.outputs.map((expected, i) => errorOf(outputs[i], expected))),
    training,
  };
}

function errorOf(actual: TensorData | undefined, { step, data }: ModelCase['outputs'][number]): number {
  const sampled = Array.from(actual ?? []).filter((_, at) => at % step === 0);
  return relativeError(sampled, data, Number.MIN_VALUE);
}

/** Of a pass in training mode, with the same random draws: outputs, and buffers after it. */
async function trainingError(one: ZooCase, runtime: Runtime): Promise<number | undefined> {
  if (!one.training) return undefined;
  const { inputs, outputs, buffers } = one.training;
  const ran = await runTraining(runtime, await graphOf({ ...one, inputs }, true), inputs);
  const written = [...ran.buffers.keys()].filter((name) => name.includes('running')).sort();
  assert.deepEqual(written, Object.keys(buffers).sort(), 'buffers written in training mode');
  assert.equal(ran.outputs.length, outputs.length, 'outputs in training mode');
  return Math.max(
    ...outputs.map((expected, i) => errorOf(ran.outputs[i], expected)),
    ...Object.entries(buffers).map(([name, expected]) => errorOf(ran.buffers.get(name), expected)),
  );
}

async function graphOf(one: ZooCase, training = false): Promise<Graph> {
  const extraction = await extractCase(one, training);
  assert.ok(extraction.ok, extraction.ok ? '' : extraction.problem.message);
  return extraction.graph;
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(({ builder, parameters, nodes, error, training, roundTrip }) => {
    const evaluation = error === undefined ? 'graph only' : error.toExponential(1);
    const counts = `${parameters.toLocaleString('en')} | ${nodes.toLocaleString('en')}`;
    return `| ${builder} | ${counts} | ${evaluation} | ${training?.toExponential(1) ?? ''} | ${roundTrip?.toExponential(1) ?? ''} |`;
  });
  const head = [
    '| builder | parameters | nodes | error in evaluation | error in training | as ONNX |',
    '|---|---|---|---|---|---|',
  ];
  return [...head, ...lines, ''].join('\n');
}

it("torchvision's builders are read as PyTorch builds them", async function () {
  this.timeout(isEvery ? 3_600_000 : 900_000);
  const runtime = await wasmRuntime();
  const rows: Row[] = [];
  const failures: string[] = [];
  try {
    for await (const one of zoo()) {
      try {
        const row = await compare(one, runtime);
        rows.push(row);
        const allowed = Math.max(1e-4, 10 * (one.training?.own ?? 0));
        if (!((row.error ?? 0) <= 1e-4)) failures.push(`${one.builder}: error ${row.error}`);
        if (!((row.roundTrip ?? 0) <= 1e-5)) failures.push(`${one.builder}: error as ONNX ${row.roundTrip}`);
        if (!((row.training ?? 0) <= allowed)) failures.push(`${one.builder}: error in training ${row.training}`);
      } catch (error) {
        failures.push(`${one.builder}: ${error instanceof Error ? error.message.slice(0, 600) : error}`);
      }
    }
  } finally {
    runtime.dispose();
  }
  const text = table(rows);
  console.log(text);
  if (process.env.ZOO_TABLE) writeFileSync(process.env.ZOO_TABLE, text);
  assert.deepEqual(failures, []);
  assert.ok(rows.length > 0);
});
