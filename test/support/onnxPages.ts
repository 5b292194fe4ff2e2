/** What the host of the editor of ONNX files tells its page, for tests that play it. */
import type { OnnxSite, ToOnnxPanel } from '../../src/protocol/onnx';

type Of<K extends ToOnnxPanel['type']> = Extract<ToOnnxPanel, { type: K }>;

export const fileMessage = (more: Partial<Of<'file'>['summary']> = {}): Of<'file'> => ({
  type: 'file',
  size: 33_000,
  summary: {
    producer: 'pytorch',
    producerVersion: '2.13.0',
    irVersion: 10,
    opsets: { '': 18, 'pkg.torch': 1 },
    name: 'main_graph',
    inputs: [{ name: 'image', type: 'float32', axes: ['batch', 1, 28, 28] }],
    outputs: [{ name: 'logits', type: 'float32', axes: ['batch', 10] }],
    operators: ['Conv', 'Add', 'Mul', 'Clip', 'Gemm', 'Relu', 'Erf', 'Div', 'Sigmoid', 'Reshape'].map(
      (operator, i) => ({ operator, count: 12 - i }),
    ),
    nodes: 41,
    initialisers: 12,
    elements: 7766,
    hasOpenBatch: true,
    isQuantised: false,
    functions: [],
    external: [],
    metadata: { author: 'A. N. Author' },
    ...more,
  },
});

const site = (id: string, title: string, more: Partial<OnnxSite> = {}): OnnxSite => ({
  id,
  activation: title.toLowerCase(),
  title,
  parameters: {},
  paths: [id],
  written: false,
  ...more,
});

export const onnxSites: readonly OnnxSite[] = [
  site('/stem/stem.2/Mul', 'Hardswish', { written: true }),
  site('/body/body.2/Mul', 'Hardswish', { written: true }),
  site('/Relu', 'ReLU', { paths: ['/Relu', '/Relu_1', '/Relu_2'] }),
  site('/Sigmoid', 'Sigmoid', { kept: 'It is a gate: it scales other values by 0 to 1.' }),
  site('/act/Mul_1', 'LeakyReLU', { written: true, parameters: { negative_slope: 0.2 } }),
];

export const onnxModel = (sites = onnxSites): Of<'model'> => ({
  type: 'model',
  sites,
  selected: sites.filter(({ kept }) => kept === undefined).map(({ id }) => id),
  input: '1x1x28x28',
  parameters: 7766,
  notes: ['The file leaves batch open: it is 1 here'],
});

export const manySites = (count: number): OnnxSite[] =>
  Array.from({ length: count }, (_, i) => site(`/layer.${i}/act/Relu`, i % 2 ? 'ReLU' : 'GELU'));
