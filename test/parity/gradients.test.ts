import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { initialise } from '../../src/graph/initialise';
import { trainingGraph } from '../../src/graph/train';
import type { Graph, TensorData } from '../../src/graph/types';
import { lower } from '../../src/lower/lower';
import { encodeModel } from '../../src/onnx/encode';
import type { Runtime } from '../../src/run/runtime';
import { backward, gradientOf } from '../support/backward';
import { extractCase, type ModelCase } from '../support/modelCases';
import { wasmRuntime } from '../support/ort';
import { inRoot } from '../support/paths';
import { ruledInput, ruledNoise } from '../support/rule';
import { ruledWeights, runModel } from '../support/runModel';
import { drawn, type Layer, layerCases } from './layerCases';

async function difference(one: Layer, runtime: Runtime): Promise<string | undefined> {
  const extraction = await extractCase(one);
  if (!extraction.ok) return extraction.problem.message;
  const expected = new Map(one.gradients.map(({ name, data }) => [name, data]));
  const graph = backward(extraction.graph, new Set(expected.keys()));
  const { outputs } = await runModel(runtime, graph, one.inputs);
  const found = new Map(graph.outputs.map(({ name }, i) => [name, outputs[i] ?? []]));
  let squares = 0;
  for (const data of expected.values()) for (const value of data) squares += (value ?? 0) ** 2;
  const norm = Math.max(Math.sqrt(squares), 1e-30);
  // Sigmoid and tanh of the runtime's CPU kernels are approximations, good to about a millionth.
  const allowed = Math.max(10 * one.own, 6e-6);
  for (const [name, data] of expected) {
    const ours = found.get(gradientOf(name));
    if (!ours) {
      if (data.some((value) => value !== 0)) return `${name} has no gradient`;
      continue;
    }
    if (ours.length !== data.length) return `the gradient of ${name} has ${ours.length} elements, not ${data.length}`;
    for (const [i, value] of data.entries()) {
      const error = Math.abs((ours[i] ?? Number.NaN) - (value ?? Number.NaN)) / norm;
      if (value !== null && !(error <= allowed))
        return `the gradient of ${name} is ${ours[i]} at ${i}, not ${value} (${error.toExponential(1)}, allowed ${allowed.toExponential(1)})`;
    }
  }
  return undefined;
}

it('gradients of layers of any arguments are what autograd says they are', async function () {
  this.timeout(600_000);
  const runtime = await wasmRuntime();
  const failures: string[] = [];
  let checked = 0;
  try {
    for (const one of layerCases(drawn)) {
      if (one.error !== undefined || one.gradients.length === 0) continue;
      checked += 1;
      const inputs = one.inputs.map(({ shape }) => `(${shape.join(', ')})`).join(', ');
      try {
        const found = await difference(one, runtime);
        if (found) failures.push(`${one.expression} of ${inputs}: ${found}`);
      } catch (error) {
        failures.push(
          `${one.expression} of ${inputs}: ${error instanceof Error ? error.message.slice(0, 300) : error}`,
        );
      }
    }
  } finally {
    runtime.dispose();
  }
  console.log(`gradients of ${checked} layers`);
  assert.ok(checked > 0, 'none of the layers drawn has a gradient');
  assert.deepEqual(failures, []);
});

/** A line of reference_gradients.py. */
type GradientCase = Pick<ModelCase, 'file' | 'expression' | 'inputs'> & {
  readonly norm: number;
  readonly own: number;
  readonly gradients: readonly (ModelCase['outputs'][number] & { readonly name: string })[];
};

async function* gradientCases(): AsyncGenerator<GradientCase> {
  const python = process.env.ACTIVATION_LENS_PYTHON ?? 'python3';
  const script = inRoot('test', 'parity', 'reference_gradients.py');
  const child = spawn(python, ['-W', 'ignore', script, process.env.GRADIENTS ?? ''], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (text) => (complaint += text));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  try {
    for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line) as GradientCase;
    assert.equal(await ended, 0, complaint);
  } finally {
    child.kill();
  }
}

/** Gradients of a model in training mode, with weights, inputs and noise by the rule. */
async function trained(one: GradientCase, runtime: Runtime): Promise<ReadonlyMap<string, TensorData>> {
  const extraction = await extractCase(one, true);
  assert.ok(extraction.ok, extraction.ok ? '' : extraction.problem.message);
  const training = trainingGraph(extraction.graph);
  const graph: Graph = backward(training, new Set(one.gradients.map(({ name }) => name)));
  const weights = initialise(graph, 0);
  for (const [storage, data] of ruledWeights(training).entries()) weights[storage] = data;
  for (const [k, storage] of training.noise.entries())
    weights[storage] = ruledNoise(k, training.storages[storage]?.type.shape ?? []);
  const lowered = lower(graph, { mode: 'evaluation', weights: 'constant', device: runtime.device });
  const session = await runtime.createSession(encodeModel(lowered, weights), 'watched');
  try {
    const fed = one.inputs.flatMap((input, i) => {
      const value = lowered.inputs[i];
      return value ? [{ value, data: ruledInput(i, input) }] : [];
    });
    const made = await session.run(runtime.feeds(fed));
    return new Map(graph.outputs.map(({ name }) => [name, made[name] ?? []]));
  } finally {
    await session.release();
  }
}

it('gradients of models in training mode are what autograd says they are', async function () {
  this.timeout(600_000);
  const runtime = await wasmRuntime();
  const failures: string[] = [];
  try {
    for await (const one of gradientCases()) {
      const label = `${one.file.split(/[\\/]/).at(-1)}: ${one.expression}`;
      try {
        const found = await trained(one, runtime);
        let worst = { name: '', error: 0 };
        for (const { name, step, data } of one.gradients) {
          const ours = Array.from(found.get(gradientOf(name)) ?? []).filter((_, at) => at % step === 0);
          for (const [i, value] of data.entries()) {
            const error = Math.abs((ours[i] ?? (found.has(gradientOf(name)) ? Number.NaN : 0)) - value) / one.norm;
            if (!(error <= worst.error)) worst = { name, error };
          }
        }
        const allowed = Math.max(10 * one.own, 1e-6);
        console.log(
          `${label}: error ${worst.error.toExponential(1)} (${worst.name}), PyTorch's own ${one.own.toExponential(1)}`,
        );
        if (!(worst.error <= allowed)) failures.push(`${label}: ${worst.name} is ${worst.error.toExponential(1)} off`);
      } catch (error) {
        failures.push(`${label}: ${error instanceof Error ? error.message.slice(0, 400) : error}`);
      }
    }
  } finally {
    runtime.dispose();
  }
  assert.deepEqual(failures, []);
});
