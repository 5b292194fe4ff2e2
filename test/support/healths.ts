import type { HealthLayer, HealthReport } from '../../src/health/report';

const at = (line: number) => ({ file: 'file:///net.py', line, column: 8, endLine: line, endColumn: 20 });

const layer = (index: number, of: Partial<HealthLayer>): HealthLayer => ({
  index,
  path: `layers.${index}`,
  call: 0,
  title: 'Sigmoid',
  line: 12 + index,
  source: at(11 + index),
  deviation: 0.2 / (index + 1),
  zeros: 0,
  saturated: 0.1,
  dead: 0,
  similarity: 0.99,
  norm: 10 ** (index - 6),
  silent: 0,
  snrTensor: 30,
  snrChannel: 32.5,
  outliers: 0,
  ...of,
});

/** A report with invented numbers, with all that a report may have. */
export const healthOf = (): HealthReport => ({
  version: 1,
  created: '2026-01-01T00:00:00.000Z',
  model: {
    name: 'Net',
    file: 'net.py',
    inputs: [{ name: 'x', dtype: 'float32', shape: [16, 64] }],
    parameters: 1234,
    notes: ['The signal is that of evaluation mode: running statistics, no dropout.'],
  },
  environment: { backend: 'wasm', runtime: 'onnxruntime-web', threads: 1 },
  layers: [
    layer(0, { dead: 1, inputs: { low: -12, high: -8 }, title: 'ReLU' }),
    layer(1, { call: 1 }),
    layer(2, { norm: null }),
    layer(3, { title: 'Softmax', apart: true, saturated: undefined, dead: undefined }),
  ],
  batch: 16,
  seeds: 5,
  loss: 2.4,
  chance: 2.3,
  findings: [
    {
      rule: 'dead',
      severity: 'error',
      message: 'All of its units are off. Its inputs lie between -12 and -8.',
      advice: 'Look at the bias.',
      places: [{ layer: 1, title: 'ReLU', path: 'layers.0', source: at(11) }],
    },
    {
      rule: 'vanishing-gradient',
      severity: 'warning',
      message: 'The gradient fades on its way back over 4 activations: 1 at the last, 1e-6 here.',
      advice: 'Residual connections keep its size.',
      places: Array.from({ length: 15 }, (_, i) => ({ title: 'Sigmoid', path: `layers.${i}`, source: at(11 + i) })),
    },
    {
      rule: 'zero-output',
      severity: 'information',
      message: 'The output layer begins at zero (head.weight).',
      advice: 'Nothing, where it is meant.',
      places: [{ title: 'head.weight', path: 'head' }],
    },
  ],
});
