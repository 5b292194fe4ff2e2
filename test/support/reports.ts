import type { CandidateReport, LayerSignal, Report, SwapSite } from '../../src/compare/report';
import type { Graph } from '../../src/graph/types';
import type { ToComparePanel } from '../../src/protocol/compare';

/** A model and a report with invented numbers, for tests of the panel that need no runner. */

const file = 'file:///workspace/cifar_cnn.py';
const paths = ['features.2', 'features.5', 'features.9', 'features.12', 'classifier.1'];

export const sites: readonly SwapSite[] = paths.map((path, index) => ({
  id: `site-${index}`,
  activation: 'relu',
  parameters: {},
  paths: index === 3 ? [path, 'features.15', 'features.18'] : [path],
  nodes: [index],
  source: { file, line: 11 + 3 * index, column: 12, endLine: 11 + 3 * index, endColumn: 19 },
}));

/** Only the outline of a graph: the panel reads its name, inputs and parameters. */
export const graph: Graph = {
  name: 'CifarCNN',
  inputs: [{ name: 'x', value: 0 }],
  outputs: [{ name: 'output', value: 0 }],
  values: [{ type: { dtype: 'float32', shape: [1, 3, 32, 32] } }],
  nodes: [],
  storages: [
    {
      type: { dtype: 'float32', shape: [64, 3, 3, 3] },
      trainable: true,
      initialiser: { kind: 'constant', value: 0 },
      value: 0,
    },
    {
      type: { dtype: 'float32', shape: [10, 1024] },
      trainable: true,
      initialiser: { kind: 'constant', value: 0 },
      value: 0,
    },
  ],
  state: [],
  updates: [],
  notes: [],
};

const titles: Readonly<Record<string, string>> = {
  relu: 'ReLU',
  leaky_relu: 'LeakyReLU',
  prelu: 'PReLU',
  elu: 'ELU',
  gelu: 'GELU',
  silu: 'SiLU',
  mish: 'Mish',
  hardswish: 'Hardswish',
  softplus: 'Softplus',
  tanh: 'Tanh',
};
const parameters: Readonly<Record<string, Record<string, number | string>>> = {
  leaky_relu: { negative_slope: 0.01 },
  elu: { alpha: 1 },
  gelu: { approximate: 'none' },
};
const ticked = new Set(['leaky_relu', 'prelu', 'gelu', 'silu', 'hardswish']);

export function modelMessage(
  change: Partial<Extract<ToComparePanel, { type: 'model' }>> = {},
): Extract<ToComparePanel, { type: 'model' }> {
  return {
    type: 'model',
    graph,
    expression: 'CifarCNN()',
    file,
    label: 'samples/cifar_cnn.py',
    inputOrigin: 'file',
    sites,
    selected: sites.map((site) => site.id),
    pointed: false,
    candidates: Object.entries(titles).map(([activation, title]) => ({
      activation,
      title,
      parameters: parameters[activation] ?? {},
      selected: ticked.has(activation),
    })),
    budget: 1000,
    autostart: false,
    models: ['CifarCNN()', 'Block(16)'],
    ...change,
  };
}

function signalOf(seed: number, zeros: number): LayerSignal[] {
  return paths.map((path, index) => ({
    index,
    path,
    call: 0,
    mean: 0.4 * Math.exp(-0.25 * index) * (1 + 0.2 * seed),
    deviation: 0.6 * Math.exp(-0.18 * index) * (1 + 0.1 * seed),
    zeros: zeros * (0.9 + 0.05 * index),
    count: 65536,
  }));
}

interface Numbers {
  readonly ratio: number;
  readonly spread: number;
  readonly zeros: number;
  readonly added?: number;
  readonly fallbacks?: readonly string[];
}

const numbers: Readonly<Record<string, Numbers>> = {
  leaky_relu: { ratio: 1.01, spread: 0.03, zeros: 0 },
  prelu: { ratio: 1.08, spread: 0.04, zeros: 0, added: 480 },
  gelu: { ratio: 1.21, spread: 0.06, zeros: 0 },
  silu: { ratio: 0.99, spread: 0.05, zeros: 0 },
  hardswish: { ratio: 0.91, spread: 0.04, zeros: 0.12, fallbacks: ['HardSwish'] },
};

export function candidateReport(id: string, seed: number): CandidateReport {
  const { ratio, spread, zeros, added, fallbacks } = numbers[id] ?? { ratio: 1, spread: 0.1, zeros: 0 };
  const [low, high] = [ratio - spread, ratio + spread];
  return {
    id,
    title: titles[id] ?? id,
    parameters: parameters[id] ?? {},
    addedParameters: added ?? 0,
    latency: {
      unit: 'ms',
      samples: [4.2 * ratio, 4.3 * ratio],
      median: 4.25 * ratio,
      low: 4.2 * ratio,
      high: 4.3 * ratio,
      ratio: {
        scale: 'ratio',
        estimate: ratio,
        low,
        high,
        confidence: 0.95,
        enough: true,
        separable: low > 1 || high < 1,
      },
      fallbacks: fallbacks ?? [],
    },
    signal: signalOf(seed, zeros),
  };
}

/** A report of these candidates; those in `failed` carry an error instead of numbers. */
export function reportOf(candidates: readonly string[], complete: boolean, failed: readonly string[] = []): Report {
  const baseline: CandidateReport = {
    id: 'baseline',
    title: 'ReLU',
    parameters: {},
    addedParameters: 0,
    latency: { unit: 'ms', samples: [4.2, 4.3], median: 4.25, low: 4.2, high: 4.3, fallbacks: [] },
    signal: signalOf(0, 0.5),
  };
  return {
    version: 1,
    created: '2026-01-01T00:00:00.000Z',
    model: {
      name: 'CifarCNN()',
      file,
      inputs: [{ name: 'x', dtype: 'float32', shape: [1, 3, 32, 32] }],
      parameters: 11968,
      notes: ['`torch.compile` at line 3 was passed through: it does not change what the model computes.'],
    },
    environment: {
      backend: 'webgpu',
      adapter: 'swiftshader (google)',
      software: true,
      runtime: 'onnxruntime-web 1.30.0',
      threads: 1,
    },
    plan: { sites, seed: 0, budget: 1000 },
    candidates: [
      baseline,
      ...candidates.map((id, index): CandidateReport => {
        if (!failed.includes(id)) return candidateReport(id, index + 1);
        const { title, parameters: written, addedParameters } = candidateReport(id, index + 1);
        return {
          id,
          title,
          parameters: written,
          addedParameters,
          error: 'The device was lost while this candidate ran.',
        };
      }),
    ],
    complete,
  };
}
