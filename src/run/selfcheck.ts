/**
 * Whether this adapter computes right: drivers and kernels have been found to give wrong numbers without a word. A small
 * model is run forward and backward on the GPU and on WebAssembly, which must agree.
 */

import { taskOf } from '../data/taskOf';
import { firstElements, itemAt, itemOr } from '../graph/access';
import { GraphBuilder } from '../graph/builder';
import { initialise } from '../graph/initialise';
import type { Graph, ValueId } from '../graph/types';
import { say, sentence } from '../language/say';
import { lower } from '../lower/lower';
import type { Device } from '../lower/lowered';
import { encodeModel } from '../onnx/encode';
import { backwardGraph } from './backward';
import { randomInputs, randomTarget } from './inputs';
import type { Runtime } from './runtime';
import type { Outputs } from './session';

/** Largest difference of an output, relative to its largest value: rounding stays a hundred times below. */
const allowed = 1e-3;

/**
 * Convolutions with channel counts that have gone wrong (6 → 16 as in LeNet, groups, a stride, a transposed one),
 * normalisation, pooling, attention and activations, in a batch of 6.
 */
function checkModel(): Graph {
  const builder = new GraphBuilder();
  let parameters = 0;
  const state: { name: string; storage: number; kind: 'parameter'; persistent: boolean }[] = [];
  const weight = (...shape: number[]): ValueId => {
    const storage = builder.storage({ dtype: 'float32', shape }, true, { kind: 'uniform', low: -0.3, high: 0.3 });
    state.push({ name: `p${parameters++}`, storage, kind: 'parameter', persistent: true });
    return builder.storageAt(storage).value;
  };
  const act = (x: ValueId, activation: string) => builder.emit1({ kind: 'activation', activation, parameters: {} }, x);
  const conv = (x: ValueId, out: number, into: number, size: number, stride: number, groups = 1) => {
    const attributes = { stride: [stride, stride], padding: [1, 1, 1, 1], dilation: [1, 1], groups };
    return builder.emit1({ kind: 'conv', ...attributes }, x, weight(out, into / groups, size, size), weight(out));
  };
  const input = builder.input({ dtype: 'float32', shape: [6, 3, 12, 12] });
  let x = act(conv(input, 6, 3, 3, 1), 'relu');
  x = act(conv(x, 16, 6, 3, 1), 'gelu');
  x = builder.emit1(
    { kind: 'max_pool', kernel: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0], dilation: [1, 1], ceil: false },
    x,
  );
  x = act(conv(x, 20, 16, 3, 2, 4), 'silu');
  x = builder.emit1({ kind: 'group_norm', groups: 4, eps: 1e-5 }, x, weight(20), weight(20));
  x = builder.emit1(
    {
      kind: 'conv_transpose',
      stride: [2, 2],
      padding: [0, 0, 0, 0],
      outputPadding: [0, 0],
      dilation: [1, 1],
      groups: 2,
    },
    x,
    weight(20, 4, 2, 2),
    weight(8),
  );
  const [n, c, h, w] = firstElements(builder.type(x).shape, 4);
  x = builder.emit1({ kind: 'permute', dims: [0, 2, 1] }, builder.emit1({ kind: 'reshape', shape: [n, c, h * w] }, x));
  x = builder.emit1({ kind: 'layer_norm', shape: [c], eps: 1e-5 }, x, weight(c), weight(c));
  const part = () => builder.emit1({ kind: 'linear' }, x, weight(c, c), weight(c));
  x = builder.emit1({ kind: 'attention', causal: true, scale: 0.3, dropout: 0 }, part(), part(), part(), null);
  x = builder.emit1({ kind: 'reduce', function: 'mean', dims: [1], keepdim: false }, x);
  x = builder.emit1({ kind: 'linear' }, act(x, 'tanh'), weight(5, c), weight(5));
  return builder.finish({
    name: 'SelfCheck',
    inputs: [{ name: 'x', value: input }],
    outputs: [{ name: 'y', value: x }],
    state,
  });
}

async function run(
  runtime: Runtime,
  graph: Graph,
  inputs: readonly ArrayLike<number>[],
  device: Device,
): Promise<Outputs> {
  const lowered = lower(graph, { mode: 'evaluation', weights: 'constant', device });
  const session = await runtime.createSession(encodeModel(lowered, initialise(graph, 1)), 'plain', device);
  const uploads = lowered.inputs.map((value, i) => runtime.upload(value.type, Array.from(inputs[i] ?? []), device));
  try {
    return await session.run(
      Object.fromEntries(
        lowered.inputs.map(({ name }, i) => [name, uploads[i]?.tensor]).filter(([, tensor]) => tensor),
      ),
    );
  } finally {
    for (const upload of uploads) upload.free();
    await session.release();
  }
}

/** The largest relative difference between two runs, and where it is. */
function worstDifference(ours: Outputs, theirs: Outputs): { readonly name: string; readonly error: number } {
  let worst = { name: '', error: 0 };
  for (const [name, expected] of Object.entries(theirs)) {
    const got = ours[name] ?? [];
    let [largest, difference] = [1e-6, 0];
    for (let i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(itemAt(expected, i)));
      const apart = Math.abs(itemOr(got, i, Number.NaN) - itemAt(expected, i));
      difference = Number.isNaN(apart) ? Number.POSITIVE_INFINITY : Math.max(difference, apart);
    }
    const error = difference / largest;
    if (error > worst.error) worst = { name, error };
  }
  return worst;
}

/** The half of a check: what a model gives, or the gradients that training it needs. */
interface Check {
  readonly graph: Graph;
  readonly fed: readonly ArrayLike<number>[];
  readonly failed: (why: string) => string;
  readonly differs: (by: string) => string;
}

/** @returns what is wrong with the GPU, for the reader; undefined where nothing is */
async function findFault(runtime: Runtime, { graph, fed, failed, differs }: Check): Promise<string | undefined> {
  let got: Outputs;
  try {
    got = await run(runtime, graph, fed, 'webgpu');
  } catch (error) {
    return failed(runtime.explain(error));
  }
  const { error } = worstDifference(got, await run(runtime, graph, fed, 'wasm'));
  return error > allowed ? differs(error.toPrecision(2)) : undefined;
}

/** Compares the outputs of the GPU with WebAssembly's. */
export function checkOutputs(runtime: Runtime): Promise<string | undefined> {
  const graph = checkModel();
  return findFault(runtime, {
    graph,
    fed: randomInputs(graph, 1),
    failed: (why) => say('its outputs could not be computed: {0}', sentence(why)),
    differs: (by) => say("its outputs differ from WebAssembly's by {0} of the largest", by),
  });
}

/** The same of gradients, whose kernels take a GPU in software several times as long to compile. */
export function checkGradients(runtime: Runtime): Promise<string | undefined> {
  const model = checkModel();
  const task = taskOf(model);
  const inputs = randomInputs(model, 1);
  return findFault(runtime, {
    graph: backwardGraph(model, task, 'webgpu'),
    fed: [...inputs, randomTarget(task, { dtype: 'int64', shape: [6] }, inputs, 1)],
    failed: (why) => say('its gradients could not be computed: {0}', sentence(why)),
    differs: (by) => say("its gradients differ from WebAssembly's by {0} of the largest", by),
  });
}
