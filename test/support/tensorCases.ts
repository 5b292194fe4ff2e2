import { readFileSync } from 'node:fs';
import { type Extraction, extractModel } from '../../src/extract/extract';
import { initialise } from '../../src/graph/initialise';
import type { Graph, TensorType } from '../../src/graph/types';
import { lower } from '../../src/lower/lower';
import { encodeModel } from '../../src/onnx/encode';
import type { Runtime } from '../../src/run/runtime';
import { inRoot } from './paths';
import { MemorySource } from './python';
import { testSyntax } from './syntax';

/** A line of test/fixtures/tensors.json: a snippet that starts with `x` and ends with `r`, and PyTorch's `r`. */
export interface TensorCase {
  readonly code: string;
  readonly result: TensorType & { readonly data: readonly (number | boolean | 'inf' | '-inf')[] };
}

interface Fixture {
  /** The Python line that makes `x`. */
  readonly rule: string;
  readonly cases: readonly TensorCase[];
}

export function tensorCases(file = inRoot('test', 'fixtures', 'tensors.json')): Fixture {
  return JSON.parse(readFileSync(file, 'utf8')) as Fixture;
}

/** PyTorch's values as numbers. */
export function expectedData({ result }: TensorCase): number[] {
  return result.data.map((each) => (typeof each === 'string' ? Number(each.replace('inf', 'Infinity')) : Number(each)));
}

/** A model whose `forward` is the snippet: `x` is its input, or known where `rule` makes it. */
export function extractSnippet(code: string, rule?: string): Promise<Extraction> {
  const lines = [...(rule === undefined ? [] : [rule]), code, 'return r if torch.is_tensor(r) else torch.tensor(r)'];
  const text = [
    'import torch',
    'import torch.nn as nn',
    'import torch.nn.functional as F',
    'class Model(nn.Module):',
    '    def forward(self, x):',
    ...lines.map((line) => `        ${line}`),
    '',
  ].join('\n');
  return extractModel({
    syntax: testSyntax(),
    source: new MemorySource({ 'snippet.py': text }),
    file: 'snippet.py',
    expression: 'Model()',
    inputs: [{ shape: [2, 3, 4], dtype: 'float32' }],
  });
}

/** The values of a graph's only output: read from the graph where they are known, undefined where they are not. */
export function knownOutput(graph: Graph): readonly number[] | undefined {
  const [output] = graph.outputs;
  const node = graph.nodes.find(({ outputs }) => output !== undefined && outputs.includes(output.value));
  return node?.op.kind === 'constant' ? Array.from(node.op.data) : undefined;
}

/** The values of a graph's only output for this `x`. */
export async function runSnippet(runtime: Runtime, graph: Graph, x: readonly number[]): Promise<number[]> {
  const lowered = lower(graph, { mode: 'evaluation', weights: 'constant', device: runtime.device });
  const session = await runtime.createSession(encodeModel(lowered, initialise(graph, 0)), 'watched');
  try {
    const [value] = lowered.inputs;
    const fed = value ? [{ value, data: Float32Array.from(x) }] : [];
    const outputs = await session.run(runtime.feeds(fed));
    return Array.from(outputs[graph.outputs[0]?.name ?? ''] ?? [], Number);
  } finally {
    await session.release();
  }
}
