/** Models with state, as test/parity/reference_state.py draws them and PyTorch sees them. */
import { extractModel } from '../../src/extract/extract';
import { libraries } from '../../src/extract/libraries';
import { initialise } from '../../src/graph/initialise';
import { countParameters } from '../../src/graph/swap';
import { trainingGraph } from '../../src/graph/train';
import type { Graph, TensorData } from '../../src/graph/types';
import { lower } from '../../src/lower/lower';
import { encodeModel } from '../../src/onnx/encode';
import type { Runtime } from '../../src/run/runtime';
import { backward, gradientOf } from './backward';
import { MemorySource, printed } from './python';
import { type RuledInput, ruledInput } from './rule';
import { testSyntax } from './syntax';

type Data = readonly (number | null)[];
interface Named {
  readonly name: string;
  readonly data: Data;
}
interface Output {
  readonly shape: readonly number[];
  readonly data: Data;
}

/** A line of reference_state.py. */
export type StateCase = { readonly index: number; readonly text: string } & (
  | { readonly error: string }
  | {
      readonly error?: undefined;
      readonly printed: readonly string[];
      readonly state: readonly (Named & { readonly shape: readonly number[]; readonly dtype: string })[];
      readonly parameters: number;
      readonly trainable: number;
      readonly outputs: readonly Output[];
      readonly gradients: readonly { readonly name: string; readonly data: Data | null }[] | null;
      readonly training: { readonly outputs: readonly Output[]; readonly buffers: readonly Named[] } | null;
    }
);

const input: RuledInput = { shape: [3, 4], dtype: 'float32' };

const closeTo = (ours: number, theirs: number | null, tolerance: number) =>
  theirs === null ? !Number.isFinite(ours) : Math.abs(ours - theirs) <= tolerance * Math.max(1, Math.abs(theirs));

function differs(ours: ArrayLike<number> | undefined, theirs: Data, tolerance = 2e-5): string | undefined {
  if (!ours) return 'is missing';
  if (ours.length !== theirs.length) return `has ${ours.length} elements, not ${theirs.length}`;
  const scale = theirs.reduce((most: number, each) => Math.max(most, Math.abs(each ?? 0)), 1);
  const at = theirs.findIndex((each, i) => !closeTo(Number(ours[i]), each, tolerance * scale));
  return at < 0 ? undefined : `is ${ours[at]} at ${at}, not ${theirs[at]}`;
}

const NUMBER = /-?\b\d+\.?\d*(?:e[+-]?\d+)?\b|-?\binf\b|\bnan\b/g;

/** Whether lines say the same: numbers in them may differ by a rounding. */
function sameLine(ours: string, theirs: string): boolean {
  if (ours === theirs) return true;
  if (ours.replace(NUMBER, '#') !== theirs.replace(NUMBER, '#')) return false;
  const [a, b] = [ours, theirs].map((line) => line.match(NUMBER) ?? []);
  return (b ?? []).every((each, i) => {
    const mine = a?.[i] ?? '';
    return mine === each || closeTo(Number(mine), Number(each), each.includes('.') || each.includes('e') ? 1e-6 : 0);
  });
}

async function run(runtime: Runtime, graph: Graph, taps: readonly number[] = []): Promise<Map<string, TensorData>> {
  const weights = initialise(graph, 0);
  const lowered = lower(graph, { mode: 'evaluation', weights: 'constant', device: runtime.device, taps });
  const session = await runtime.createSession(encodeModel(lowered, weights), 'watched');
  try {
    const fed = lowered.inputs.map((value) => ({ value, data: ruledInput(0, input) }));
    const made = await session.run(runtime.feeds(fed));
    const named = new Map<string, TensorData>(Object.entries(made));
    for (const [i, value] of taps.entries()) named.set(`value ${value}`, made[lowered.taps[i] ?? ''] ?? []);
    return named;
  } finally {
    await session.release();
  }
}

function compareOutputs(
  graph: Graph,
  made: ReadonlyMap<string, TensorData>,
  expected: readonly Output[],
  tolerance: number,
): string[] {
  const shapes = graph.outputs.map(({ value }) => graph.values[value]?.type.shape);
  if (JSON.stringify(shapes) !== JSON.stringify(expected.map(({ shape }) => shape)))
    return [
      `shapes of outputs are ${JSON.stringify(shapes)}, not ${JSON.stringify(expected.map(({ shape }) => shape))}`,
    ];
  return expected.flatMap(({ data }, i) => {
    const found = differs(made.get(graph.outputs[i]?.name ?? ''), data, tolerance);
    return found ? [`output ${i} ${found}`] : [];
  });
}

const read = (text: string, training: boolean) =>
  extractModel({
    syntax: testSyntax(),
    source: new MemorySource({ 'model.py': text }),
    file: 'model.py',
    expression: 'm',
    training,
    inputs: [{ shape: [3, 4], dtype: 'float32' }],
  });

/** What differs from PyTorch; what is refused starts with `refused`. */
export async function differences(one: StateCase, runtime: Runtime): Promise<string[]> {
  const lines = await printed({ 'model.py': one.text }, 'model.py', {}, libraries);
  const refusal = lines.find((line) => line.startsWith('!'));
  const found = await read(one.text, false);
  if (one.error !== undefined)
    // PyTorch 1.13 lacks kernels of half precision that newer ones have.
    return found.ok && refusal === undefined && !one.error.includes('not implemented for')
      ? [`is read, but PyTorch says: ${one.error}`]
      : [];
  if (refusal !== undefined) return [`refused: ${refusal}`];
  if (!found.ok) return [`refused: ${found.problem.message}`];
  const { graph } = found;
  const result: string[] = [];
  for (const [i, line] of one.printed.entries())
    if (!sameLine(lines[i] ?? '', line)) result.push(`prints ${lines[i]}\n      not    ${line}`);
  const named = graph.state.filter(({ persistent }) => persistent);
  if (JSON.stringify(named.map(({ name }) => name)) !== JSON.stringify(one.state.map(({ name }) => name)))
    return [...result, `state: ${named.map(({ name }) => name)}, not ${one.state.map(({ name }) => name)}`];
  const first = initialise(graph, 0);
  for (const [i, { name, dtype, data }] of one.state.entries()) {
    const storage = named[i]?.storage ?? -1;
    if (graph.storages[storage]?.type.dtype !== dtype)
      result.push(`${name} is ${graph.storages[storage]?.type.dtype}, not ${dtype}`);
    const wrong = differs(first[storage], data);
    if (wrong) result.push(`${name} ${wrong}`);
  }
  const { all, trainable } = countParameters(graph);
  if (all !== one.parameters || trainable !== one.trainable)
    result.push(`parameters: ${all}, ${trainable} trainable; not ${one.parameters}, ${one.trainable}`);
  // What a batch hardly varies by is normalised by rounding alone.
  const tolerance = one.text.includes('nn.BatchNorm', one.text.indexOf('class Model')) ? 2e-3 : 2e-5;
  result.push(...compareOutputs(graph, await run(runtime, graph), one.outputs, tolerance));
  if (one.gradients && result.length === 0) result.push(...(await compareGradients(graph, one.gradients, runtime)));
  if (one.training && result.length === 0) result.push(...(await compareTraining(one.text, one.training, runtime)));
  return result;
}

async function compareGradients(
  graph: Graph,
  expected: readonly { readonly name: string; readonly data: Data | null }[],
  runtime: Runtime,
): Promise<string[]> {
  const after = backward(graph, new Set(expected.map(({ name }) => name)));
  const made = after.outputs.length > 0 ? await run(runtime, after) : new Map<string, TensorData>();
  return expected.flatMap(({ name, data }) => {
    const ours = made.get(gradientOf(name));
    const trained = graph.state.find((entry) => entry.name === name)?.storage;
    if (!data) {
      const frozen = trained !== undefined && graph.storages[trained]?.trainable === false;
      return ours && !frozen && Array.from(ours).some((each) => each !== 0)
        ? [`${name} has a gradient, in PyTorch it has none`]
        : [];
    }
    if (!ours) return data.some((each) => each !== 0) ? [`${name} has no gradient`] : [];
    // A gradient in half precision is rounded at every step.
    const isHalf = graph.values.some(({ type }) => type.dtype === 'float16' || type.dtype === 'bfloat16');
    const found = differs(ours, data, isHalf || graph.nodes.some(({ op }) => op.kind === 'batch_norm') ? 2e-2 : 5e-4);
    return found ? [`the gradient of ${name} ${found}`] : [];
  });
}

async function compareTraining(
  text: string,
  expected: { readonly outputs: readonly Output[]; readonly buffers: readonly Named[] },
  runtime: Runtime,
): Promise<string[]> {
  const found = await read(text, true);
  if (!found.ok) return [`refused in training: ${found.problem.message}`];
  const trained = trainingGraph(found.graph);
  const values = new Map(trained.updates.map(({ storage, value }) => [storage, value]));
  const made = await run(runtime, trained, [...values.values()]);
  const first = initialise(trained, 0);
  return [
    ...compareOutputs(trained, made, expected.outputs, 2e-3).map((each) => `in training ${each}`),
    ...expected.buffers.flatMap(({ name, data }) => {
      const storage = trained.state.find((entry) => entry.name === name)?.storage ?? -1;
      const value = values.get(storage);
      const wrong = differs(value === undefined ? first[storage] : made.get(`value ${value}`), data, 2e-3);
      return wrong ? [`after a step ${name} ${wrong}`] : [];
    }),
  ];
}

/** The part of the text that was drawn. */
export function excerpt(text: string): string {
  return text
    .slice(text.indexOf('        super().__init__()\n', text.indexOf('class Model')))
    .replace(/\nprint\(type\(m\)[\s\S]*$/, '')
    .replace(/^/gm, '        | ');
}
