import { readFileSync } from 'node:fs';
import { initialise } from '../../src/graph/initialise';
import type { Graph, TensorData } from '../../src/graph/types';
import { lower } from '../../src/lower/lower';
import { encodeModel } from '../../src/onnx/encode';
import { type Extraction, extractModel } from '../../src/python/extract';
import type { Runtime } from '../../src/run/runtime';
import { NodeSource } from '../../src/source/node';
import { inRoot } from './paths';
import { type RuledInput, ruledInput, ruledWeight } from './rule';
import { testSyntax } from './syntax';

/** A line of test/fixtures/models.json: a model as PyTorch sees it. */
export interface ModelCase {
  readonly file: string;
  readonly expression: string;
  readonly inputs: readonly RuledInput[];
  readonly parameters: number;
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** Path and class of each activation module, in the order in which they ran. */
  readonly activations: readonly (readonly [path: string, name: string])[];
  /** Every `step`th value of each output. */
  readonly outputs: readonly {
    readonly shape: readonly number[];
    readonly step: number;
    readonly data: readonly number[];
  }[];
}

export function modelCases(file = inRoot('test', 'fixtures', 'models.json')): ModelCase[] {
  return JSON.parse(readFileSync(file, 'utf8')) as ModelCase[];
}

export function extractCase({ file, expression, inputs }: ModelCase): Promise<Extraction> {
  return extractModel({
    syntax: testSyntax(),
    source: new NodeSource(),
    file: inRoot(file),
    expression,
    inputs: inputs.map(({ shape, dtype }) => ({ shape: [...shape], dtype })),
  });
}

/** Storages filled by the rule; what the state dict does not name keeps its initial values. */
export function ruledWeights(graph: Graph): TensorData[] {
  const data = initialise(graph, 0);
  const filled = new Set<number>();
  for (const { name, storage, persistent } of graph.state) {
    const type = graph.storages[storage]?.type;
    if (!type || !persistent || filled.has(storage) || !type.dtype.includes('float')) continue;
    data[storage] = ruledWeight(name, type.shape);
    filled.add(storage);
  }
  return data;
}

/** Outputs of the graph with weights and inputs by the rule, in evaluation mode. */
export async function runModel(runtime: Runtime, graph: Graph, inputs: readonly RuledInput[]): Promise<TensorData[]> {
  const lowered = lower(graph, { mode: 'evaluation', weights: 'constant', device: runtime.device });
  const session = await runtime.createSession(encodeModel(lowered, ruledWeights(graph)), 'watched');
  try {
    const fed = inputs.flatMap((input, i) => {
      const value = lowered.inputs[i];
      return value ? [{ value, data: ruledInput(i, input) }] : [];
    });
    const outputs = await session.run(runtime.feeds(fed));
    return graph.outputs.map(({ name }) => outputs[name] ?? []);
  } finally {
    await session.release();
  }
}
