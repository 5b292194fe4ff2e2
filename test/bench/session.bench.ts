import { Random } from '../../src/compare/random';
import { median, pairedRatio } from '../../src/compare/statistics';
import { initialise } from '../../src/graph/initialise';
import { lower } from '../../src/lower/lower';
import { encodeModel } from '../../src/onnx/encode';
import { randomInputs } from '../../src/run/inputs';
import { toTensor } from '../../src/run/tensors';
import { smallCnn } from '../support/models';
import { ort, wasmRuntime } from '../support/ort';

export interface Measured {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

const rounds = 60;
const warmUps = 5;

/** A forward pass through our session against the same bytes run by bare ONNX Runtime, in turns (WASM, one thread). */
export async function bench(): Promise<Measured[]> {
  const graph = smallCnn(32);
  const lowered = lower(graph, { mode: 'evaluation', weights: 'constant', device: 'wasm' });
  const weights = initialise(graph, 0);
  const begin = performance.now();
  const bytes = encodeModel(lowered, weights);
  const encoding = performance.now() - begin;

  const [data] = randomInputs(graph, 0);
  const [input] = lowered.inputs;
  if (!data || !input) throw new Error('the model has an input');
  const runtime = await wasmRuntime();
  const ours = await runtime.createSession(bytes, 'timed');
  const bare = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  const feeds = runtime.feeds([{ value: input, data }]);
  const bareFeeds = { [input.name]: toTensor(ort, input.type, data) };

  const timed = async (action: () => Promise<unknown>) => {
    const start = performance.now();
    await action();
    return performance.now() - start;
  };
  const [own, other]: [number[], number[]] = [[], []];
  const racers = [
    { times: own, run: () => ours.time(feeds) },
    { times: other, run: () => bare.run(bareFeeds) },
  ];
  const random = new Random(0);
  for (let round = -warmUps; round < rounds; round++) {
    for (const { times, run } of random.shuffled(racers)) {
      const time = await timed(run);
      if (round >= 0) times.push(time);
    }
  }
  await ours.release();
  await bare.release();
  await runtime.dispose();
  const { estimate, low, high } = pairedRatio(own, other, 1);
  return [
    { name: 'forward of a small CNN, our session (WASM)', value: median(own), unit: 'ms' },
    { name: 'forward of a small CNN, bare ONNX Runtime (WASM)', value: median(other), unit: 'ms' },
    { name: `session overhead, ${low.toFixed(3)} to ${high.toFixed(3)} at 95 %`, value: estimate, unit: '×' },
    { name: 'writing its ONNX bytes', value: encoding, unit: 'ms' },
  ];
}
