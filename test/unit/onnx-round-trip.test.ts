import assert from 'node:assert/strict';
import type { Runtime } from '../../src/run/runtime';
import { extractCase, modelCases } from '../support/modelCases';
import { roundTripError } from '../support/onnxRoundTrip';
import { wasmRuntime } from '../support/ort';

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
});
