import assert from 'node:assert/strict';
import { itemAt } from '../../src/graph/access';
import type { Runtime } from '../../src/run/runtime';
import { extractCase, modelCases } from '../support/modelCases';
import { roundTripError } from '../support/onnxRoundTrip';
import { wasmRuntime } from '../support/ort';
import { readSource } from '../support/tfjs/heldSource';
import { fixture, sourceCases } from '../support/tfjs/sources';

describe('a model as our own writer writes it', () => {
  let runtime: Runtime;
  before(async () => {
    runtime = await wasmRuntime();
  });
  after(() => runtime.dispose());

  for (const one of modelCases()) {
    it(`is read back: ${one.file}:${one.expression}`, async () => {
      const extraction = await extractCase(one);
      assert.ok(extraction.ok);
      const { graph } = extraction;
      const { error } = await roundTripError(runtime, graph, one.inputs);
      assert.ok(error <= 1e-5, `${error}`);
    });
  }

  for (const each of sourceCases)
    it(`is read back: ${each.file}${each.asked === undefined ? '' : `:${each.asked}`}`, async () => {
      const { extraction } = await readSource(fixture(each.file), each.asked);
      assert.ok(extraction.ok, extraction.ok ? '' : extraction.problem.message);
      const { graph } = extraction;
      const inputs = graph.inputs.map(({ value }, index) => {
        const below = each.below?.[index];
        return { ...itemAt(graph.values, value).type, ...(below !== undefined && { below }) };
      });
      const { error } = await roundTripError(runtime, graph, inputs);
      assert.ok(error <= 1e-5, `${error}`);
    });
});
