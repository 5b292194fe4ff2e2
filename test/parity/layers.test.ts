import assert from 'node:assert/strict';
import type { Runtime } from '../../src/run/runtime';
import { extractCase, parameterCount, stateOf } from '../support/modelCases';
import { relativeError } from '../support/ops';
import { wasmRuntime } from '../support/ort';
import { runModel } from '../support/runModel';
import { drawn, type LayerCase, layerCases } from './layerCases';

/** What differs from PyTorch, or undefined. */
async function difference(one: LayerCase, runtime: Runtime): Promise<string | undefined> {
  const extraction = await extractCase(one);
  if (one.error !== undefined) return extraction.ok ? `is read, but PyTorch says: ${one.error}` : undefined;
  if (!extraction.ok) return extraction.problem.message;
  const { graph } = extraction;
  assert.deepEqual(stateOf(graph), one.tensors, 'state dict');
  assert.equal(parameterCount(graph), one.parameters, 'parameters');
  assert.deepEqual(
    graph.outputs.map(({ value }) => graph.values[value]?.type.shape),
    one.outputs.map(({ shape }) => shape),
    'shapes',
  );
  const { outputs } = await runModel(runtime, graph, one.inputs);
  for (const [i, { step, data }] of one.outputs.entries()) {
    const sampled = Array.from(outputs[i] ?? []).filter((_, at) => at % step === 0);
    // JSON has no NaN.
    const finite = data.flatMap((value, at) => (value === null ? [] : [at]));
    if (data.some((value, at) => value === null && Number.isFinite(sampled[at]))) return `output ${i}: not NaN`;
    const error = relativeError(
      finite.map((at) => sampled[at] ?? Number.NaN),
      finite.map((at) => data[at] ?? 0),
    );
    if (!(error <= 1e-5)) return `output ${i}: relative error ${error}`;
  }
  return undefined;
}

it('layers of any arguments are what PyTorch says they are', async function () {
  this.timeout(600_000);
  const runtime = await wasmRuntime();
  const failures: string[] = [];
  const cases = layerCases(drawn);
  try {
    for (const one of cases) {
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
  const refused = cases.filter(({ error }) => error !== undefined).length;
  console.log(`${cases.length} layers, ${refused} of them refused by PyTorch`);
  assert.deepEqual(failures, []);
});
