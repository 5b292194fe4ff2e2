import { initialise } from '../../src/graph/initialise';
import { lower } from '../../src/lower/lower';
import { encodeModel } from '../../src/onnx/encode';
import { randomInputs } from '../../src/run/inputs';
import { against, type Bench } from '../support/bench';
import { smallCnn } from '../support/models';
import { ort, wasmRuntime } from '../support/ort';

/** One pass through our session, against ONNX Runtime's own session of the same bytes with the same tensors. */
export const bench: Bench = async () => {
  const graph = smallCnn(2);
  const runtime = await wasmRuntime();
  const lowered = lower(graph, { mode: 'evaluation', weights: 'constant', device: runtime.device });
  const model = encodeModel(lowered, initialise(graph, 0));
  const [data] = randomInputs(graph, 0);
  const [value] = lowered.inputs;
  if (!data || !value) throw new Error('the model of the benchmark has no input');
  const feeds = runtime.feeds([{ value, data }]);
  const session = await runtime.createSession(model, 'timed');
  const bare = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
  const row = await against(
    'one pass of a small CNN',
    () => session.time(feeds),
    'bare ONNX Runtime',
    async () => {
      for (const tensor of Object.values(await bare.run(feeds))) tensor.dispose();
    },
  );
  await runtime.dispose();
  await bare.release();
  return [row];
};
