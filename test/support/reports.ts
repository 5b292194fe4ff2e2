import type { Score } from '../../src/compare/measures/index';
import type {
  CandidateReport,
  ComparePlan,
  Environment,
  LayerSignal,
  Learning,
  LearningRun,
  Report,
  Scores,
  SwapSite,
} from '../../src/compare/report';
import { measure } from '../../src/compare/scores';
import type { Graph } from '../../src/graph/types';
import type { CandidateFamily, ToComparePanel } from '../../src/protocol/compare';

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
  state: [
    { name: 'features.0.weight', storage: 0, kind: 'parameter', persistent: true },
    { name: 'head.weight', storage: 1, kind: 'parameter', persistent: true },
  ],
  updates: [],
  notes: [],
};

const environment: Environment = {
  backend: 'webgpu',
  adapter: 'swiftshader (google)',
  software: true,
  runtime: 'onnxruntime-web 1.30.0',
  threads: 1,
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
const families: Readonly<Record<string, CandidateFamily>> = {
  relu: 'piecewise',
  leaky_relu: 'piecewise',
  prelu: 'learned',
  hardswish: 'piecewise',
  tanh: 'bounded',
};
const ticked = new Set(['leaky_relu', 'prelu', 'gelu', 'silu', 'hardswish']);

export function modelMessage(
  change: Partial<Extract<ToComparePanel, { type: 'model' }>> = {},
): Extract<ToComparePanel, { type: 'model' }> {
  return {
    type: 'model',
    graph,
    batched: { ...graph, values: [{ type: { dtype: 'float32', shape: [16, 3, 32, 32] } }] },
    expression: 'CifarCNN()',
    key: '0123456789abcdef',
    file,
    label: 'samples/cifar_cnn.py',
    input: '1x3x32x32',
    inputOrigin: 'file',
    sites,
    selected: sites.map((site) => site.id),
    pointed: false,
    candidates: Object.entries(titles).map(([activation, title]) => ({
      id: activation,
      activation,
      title,
      parameters: parameters[activation] ?? {},
      selected: ticked.has(activation),
      family: families[activation] ?? 'smooth',
      adjusts: Object.keys(parameters[activation] ?? {}).map((name) => ({
        name,
        ...(name === 'approximate' && { choices: ['none', 'tanh'] }),
      })),
    })),
    budget: 1000,
    autostart: false,
    models: ['CifarCNN()', 'Block(16)'],
    ...change,
  };
}

/** The id of a candidate with these settings. */
export function idOf({ activation, parameters: asked }: ComparePlan['candidates'][number]): string {
  const usual = parameters[activation] ?? {};
  const unusual = Object.entries(asked).filter(([name, value]) => usual[name] !== value);
  return unusual.length === 0 ? activation : `${activation}(${unusual.map((each) => each.join('=')).join(',')})`;
}

function signalOf(seed: number, zeros: number): LayerSignal[] {
  return paths.map((path, index) => ({
    index,
    path,
    call: 0,
    mean: 0.4 * Math.exp(-0.25 * index) * (1 + 0.2 * seed),
    deviation: 0.6 * Math.exp(-0.18 * index) * (1 + 0.1 * seed),
    zeros: zeros * (0.9 + 0.05 * index),
    histogram: {
      low: seed === 0 ? 0 : -0.2,
      high: 3 - 0.3 * index,
      counts: Array.from({ length: 24 }, (_, i) => Math.round(200 * Math.exp(-((i - 2 - seed) ** 2) / 30))),
    },
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

/** Invented samples of a score, one a seed: `level`, up and down by a little. */
const samplesOf = (level: number, spread: number) =>
  Array.from({ length: 12 }, (_, i) => level + spread * Math.sin(3 * i + level));

const levels: Readonly<Record<string, Partial<Record<Score, number>>>> = {
  baseline: {
    share: 0.04,
    zeros: 0.5,
    saturated: 0.5,
    dead: 0.02,
    spread: 0.45,
    flow: 0.6,
    silent: 0.02,
    snrTensor: 31,
    snrChannel: 36,
    heldLoss: 1.4,
    accuracy: 0.52,
    stepsTo: 30,
  },
  leaky_relu: {
    share: 0.05,
    zeros: 0,
    saturated: 0.01,
    dead: 0,
    spread: 0.5,
    flow: 0.65,
    silent: 0,
    snrTensor: 31.2,
    snrChannel: 36.1,
    drift: 0.02,
    flipped: 0.01,
    heldLoss: 1.38,
    accuracy: 0.53,
    stepsTo: 28,
  },
  prelu: {
    share: 0.09,
    zeros: 0,
    saturated: 0,
    dead: 0,
    spread: 0.7,
    flow: 0.8,
    silent: 0,
    snrTensor: 29,
    snrChannel: 34,
    drift: 0.31,
    flipped: 0.2,
    heldLoss: 1.35,
    accuracy: 0.55,
    stepsTo: 26,
  },
  gelu: {
    share: 0.21,
    zeros: 0,
    saturated: 0.02,
    dead: 0,
    spread: 0.4,
    flow: 0.5,
    silent: 0,
    snrTensor: 33,
    snrChannel: 38,
    drift: 0.12,
    flipped: 0.06,
    heldLoss: 1.2,
    accuracy: 0.6,
    stepsTo: 22,
  },
};

function scoresOf(id: string): Scores {
  const own = Object.entries(levels[id] ?? levels.leaky_relu ?? {}) as [Score, number][];
  return Object.fromEntries(
    own.map(([score, level]) => {
      const base = levels.baseline?.[score];
      const other = id === 'baseline' || base === undefined ? undefined : samplesOf(base, 0.03 * base);
      return [score, measure(score, samplesOf(level, 0.03 * level), other, 5)];
    }),
  );
}

function learningOf(id: string): Learning {
  const rates = [3e-4, 1e-3, 3e-3];
  const speed = { baseline: 1, gelu: 1.5, prelu: 1.2 }[id] ?? 1.1;
  const lossAt = (seed: number, i: number) => (step: number) =>
    0.8 + 1.5 * Math.exp((-step * speed * (1 + i)) / 60) + 0.05 * Math.sin(seed + step);
  // SiLU diverges at the highest rate.
  const chosen = id === 'silu' ? 1 : 2;
  const rate = rates[chosen] ?? 0;
  const seeds = [0, 1, 2];
  const searchSeeds = [3, 4, 5];
  const runs = seeds.map((seed): LearningRun => {
    const loss = lossAt(seed, chosen);
    return {
      seed,
      rate,
      losses: Array.from({ length: 60 }, (_, step) => loss(step)),
      held: [0, 12, 24, 36, 48, 60].map((step) => ({ step, loss: loss(step) + 0.1, accuracy: 1 - loss(step) / 3 })),
      milliseconds: 900,
    };
  });
  return {
    setup: {
      data: 'shapes',
      trainSamples: 512,
      validationSamples: 128,
      heldSamples: 128,
      task: 'classes',
      loss: 'cross_entropy',
      chance: { loss: 2.3, learntBelow: 2.19 },
      optimiser: 'AdamW, weight decay 0.01',
      batch: 16,
      steps: 60,
      rates,
      seeds,
      searchSeeds,
      targetLoss: 1.65,
      notes: [],
    },
    environment,
    runs,
    best: seeds.map((seed) => ({ seed, rate })),
    search: {
      rate,
      runs: searchSeeds.flatMap((seed) =>
        rates.map((each, i) => ({ seed, rate: each, loss: i > chosen ? null : lossAt(seed, i)(60) })),
      ),
    },
  };
}

/** What a whole run adds to latency and signal. */
function detailed(candidate: CandidateReport): CandidateReport {
  const { id, latency } = candidate;
  const level = levels[id] ?? levels.leaky_relu ?? {};
  return {
    ...candidate,
    ...(latency && {
      step: { ...latency, median: 3 * latency.median, samples: latency.samples.map((time) => 3 * time) },
    }),
    memory: { forward: 4e6, step: 21e6 + (id === 'gelu' ? 3e6 : 0) },
    scores: scoresOf(id),
    gradient: paths.map((path, index) => ({
      index,
      path,
      call: 0,
      norm: 0.4 * (level.flow ?? 1) ** (1 - index / 4),
      silent: level.silent ?? 0,
    })),
    compression: paths.map((path, index) => ({
      index,
      path,
      call: 0,
      snrTensor: (level.snrTensor ?? 30) + 8 - 2 * index,
      snrChannel: (level.snrChannel ?? 35) + 6 - 1.5 * index,
      low: -0.2,
      high: 3,
      outliers: 0.001 * index,
    })),
    learning: learningOf(id),
  };
}

function candidateReport(id: string, seed: number): CandidateReport {
  const [activation = id, settings] = id.split('(');
  const { ratio, spread, zeros, added, fallbacks } = numbers[activation] ?? { ratio: 1, spread: 0.1, zeros: 0 };
  const [low, high] = [ratio - spread, ratio + spread];
  return {
    id,
    ...(settings !== undefined && { activation }),
    title: `${titles[activation] ?? activation}${settings === undefined ? '' : ` (${settings}`}`,
    parameters: parameters[activation] ?? {},
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
      name: 'CifarCNN',
      file,
      inputs: [{ name: 'x', dtype: 'float32', shape: [1, 3, 32, 32] }],
      parameters: 11968,
      notes: ['`torch.compile` at line 3 was passed through: it does not change what the model computes.'],
    },
    environment,
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

/** The same with every measure. */
export function detailedReport(candidates: readonly string[]): Report {
  const report = reportOf(candidates, true);
  return { ...report, candidates: report.candidates.map(detailed) };
}
