import assert from 'node:assert/strict';
import { countParameters } from '../../../src/graph/swap';
import { lower } from '../../../src/lower/lower';
import { encodeModel } from '../../../src/onnx/encode';
import type { Runtime } from '../../../src/run/runtime';
import { wasmRuntime } from '../../support/ort';
import { Guest } from '../../support/tfjs/guest';
import { distance, holdToTruth, type Judged, judged, storageValues } from '../../support/tfjs/judge';
import { modelCases } from '../../support/tfjs/modelCases';
import { holdStepToTruth } from '../../support/tfjs/trained';

describe('models of TensorFlow.js, as the library has them', () => {
  let guest: Guest;
  let runtime: Runtime;
  before(async () => {
    guest = await Guest.make();
    runtime = await wasmRuntime();
  });

  /** Outputs of ONNX Runtime. */
  async function runtimeOutputs({ graph, truth }: Judged): Promise<ArrayLike<number>[]> {
    const lowered = lower(graph, { mode: 'evaluation', weights: 'constant', device: 'wasm' });
    const weights = storageValues(graph, truth).map((data) => Float32Array.from(data));
    const session = await runtime.createSession(encodeModel(lowered, weights), 'watched');
    try {
      const fed = lowered.inputs.map((value, index) => ({ value, data: truth.inputs[index] ?? [] }));
      const made = await session.run(runtime.feeds(fed as Parameters<Runtime['feeds']>[0]));
      return graph.outputs.map(({ name }) => made[name] ?? []);
    } finally {
      await session.release();
    }
  }

  for (const { name, make, batch = 2, trains } of modelCases) {
    describe(name, () => {
      let one: Judged;
      it('has its layers and parameters', () => {
        one = judged(guest, make, batch);
        const { tape, truth, graph } = one;
        const top = tape.layers.filter(({ path }) => !path.includes('/') || truth.layers.length === 0);
        assert.deepEqual(
          top.map(({ className, outputShape, parameters }) => [
            className.replace(/0\.\d+/, ''),
            outputShape,
            parameters,
          ]),
          truth.layers.map(({ className, outputShape, parameters }) => [
            className.replace(/0\.\d+/, ''),
            // A layer of several outputs has no one shape.
            Array.isArray((outputShape as unknown[])[0]) ? null : outputShape,
            parameters,
          ]),
        );
        assert.equal(tape.parameters.total, truth.parameters);
        assert.equal(countParameters(graph).all + buffers(one), truth.parameters);
      });

      it('computes the same, and the same slopes', () => holdToTruth(one));

      it('computes the same in ONNX Runtime', async () => {
        const outputs = await runtimeOutputs(one);
        outputs.forEach((output, index) => {
          const apart = distance(output, one.truth.outputs[index]?.values ?? []);
          assert.ok(apart <= 2e-5, `output ${index} is ${apart} away`);
        });
      });

      if (!trains) return;
      for (const optimiser of ['sgd', 'adam']) {
        it(`takes the same step of ${optimiser}`, () => holdStepToTruth(make, one.graph, batch, optimiser));
      }
    });
  }
});

/** Elements of what training moves without a gradient: TensorFlow.js counts them among its parameters. */
function buffers({ graph }: Judged): number {
  const sizes = graph.state.flatMap(({ kind, storage }) =>
    kind === 'buffer' ? [(graph.storages[storage]?.type.shape ?? []).reduce((a, b) => a * b, 1)] : [],
  );
  return sizes.reduce((a, b) => a + b, 0);
}
