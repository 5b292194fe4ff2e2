import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Graph } from '../../src/graph/types';
import type { Runtime } from '../../src/run/runtime';
import { extractCase, type ModelCase, parameterCount, stateOf } from '../support/modelCases';
import { relativeError } from '../support/ops';
import { wasmRuntime } from '../support/ort';
import { inRoot } from '../support/paths';
import { runModel } from '../support/runModel';

/** A line of reference_zoo.py. `outputs` is missing where only the graph is compared. */
type ZooCase = Omit<ModelCase, 'activations' | 'outputs'> & {
  readonly builder: string;
  readonly outputs?: ModelCase['outputs'];
};

interface Row {
  readonly builder: string;
  readonly parameters: number;
  readonly nodes: number;
  /** Largest difference from PyTorch's outputs, relative to their largest value. */
  readonly error: number | undefined;
}

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
  if (!one.outputs) return { ...row, error: undefined };
  assert.deepEqual(
    graph.outputs.map(({ value }) => graph.values[value]?.type.shape),
    one.outputs.map(({ shape }) => shape),
    'shapes of the outputs',
  );
  const { outputs } = await runModel(runtime, graph, one.inputs);
  const errors = one.outputs.map(({ step, data }, i) =>
    relativeError(
      Array.from(outputs[i] ?? []).filter((_, at) => at % step === 0),
      data,
      Number.MIN_VALUE,
    ),
  );
  return { ...row, error: Math.max(...errors) };
}

async function graphOf(one: ZooCase): Promise<Graph> {
  const extraction = await extractCase(one);
  assert.ok(extraction.ok, extraction.ok ? '' : extraction.problem.message);
  return extraction.graph;
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(({ builder, parameters, nodes, error }) => {
    const shown = error === undefined ? 'graph only' : error.toExponential(1);
    return `| ${builder} | ${parameters.toLocaleString('en')} | ${nodes.toLocaleString('en')} | ${shown} |`;
  });
  return ['| builder | parameters | nodes | relative error of the outputs |', '|---|---|---|---|', ...lines, ''].join(
    '\n',
  );
}

it("torchvision's builders are read as PyTorch builds them", async function () {
  this.timeout(900_000);
  const runtime = await wasmRuntime();
  const rows: Row[] = [];
  const failures: string[] = [];
  try {
    for await (const one of zoo()) {
      try {
        const row = await compare(one, runtime);
        rows.push(row);
        if (row.error !== undefined && !(row.error <= 1e-4)) failures.push(`${one.builder}: error ${row.error}`);
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
