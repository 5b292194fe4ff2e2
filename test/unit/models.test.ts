import assert from 'node:assert/strict';
import { findActivation } from '../../src/activations/catalogue';
import type { Graph } from '../../src/graph/types';
import type { Runtime } from '../../src/run/runtime';
import { extractCase, type ModelCase, modelCases, parameterCount, stateOf } from '../support/modelCases';
import { relativeError } from '../support/ops';
import { wasmRuntime } from '../support/ort';
import { runModel } from '../support/runModel';

async function graphOf(one: ModelCase): Promise<Graph> {
  const extraction = await extractCase(one);
  assert.ok(extraction.ok, extraction.ok ? '' : extraction.problem.message);
  return extraction.graph;
}

describe('models read from source, against PyTorch', () => {
  let runtime: Runtime;
  before(async () => {
    runtime = await wasmRuntime();
  });
  after(() => runtime.dispose());

  for (const one of modelCases()) {
    it(`${one.file}: ${one.expression}`, async () => {
      const graph = await graphOf(one);
      assert.deepEqual(stateOf(graph), one.tensors);
      assert.equal(parameterCount(graph), one.parameters);
      const modules = graph.nodes.flatMap(({ op, path, site }) =>
        op.kind === 'activation' && site ? [[path, op.activation]] : [],
      );
      assert.deepEqual(
        modules,
        one.activations.map(([path, name]) => [path, findActivation(name)?.id]),
      );
      assert.deepEqual(
        graph.outputs.map(({ value }) => graph.values[value]?.type.shape),
        one.outputs.map(({ shape }) => shape),
      );
      const { outputs } = await runModel(runtime, graph, one.inputs);
      for (const [i, expected] of one.outputs.entries()) {
        const sampled = Array.from(outputs[i] ?? []).filter((_, at) => at % expected.step === 0);
        const error = relativeError(sampled, expected.data);
        assert.ok(error <= 1e-5, `output ${i}: relative error ${error}`);
      }
    });
  }
});
