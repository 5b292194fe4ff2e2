import { evidenceFor } from '../evidence';
import { Arithmetic, numericParameter } from '../primitives';
import type { Activation } from '../types';
import en from './prelu.md';
import zh from './prelu.zh-cn.md';

export const prelu: Activation = {
  id: 'prelu',
  title: 'PReLU',
  shape: 'elementwise',
  saves: 'input',
  parameters: [
    { name: 'num_parameters', default: 1, numeric: false, integer: true },
    { name: 'init', default: 0.25, range: { min: 0, max: 1, step: 0.01 }, numeric: true },
  ],
  spellings: {
    modules: ['PReLU'],
    functional: ['prelu'],
    torch: ['prelu'],
    methods: ['prelu'],
    tfjs: {
      layers: ['prelu'],
      ops: ['prelu'],
      fused: ['prelu'],
      arguments: { alphaInitializer: 'init' },
      defaults: { 'layers.prelu': { init: 0 } },
    },
    onnx: { operator: 'PRelu', since: 1 },
    huggingFace: ['prelu'],
    timm: ['prelu'],
  },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.PReLU.html',
  formula: {
    value: '\\operatorname{PReLU}(x) = \\begin{cases} x & x > 0 \\\\ a\\,x & x \\le 0 \\end{cases}',
    derivative: "\\operatorname{PReLU}'(x) = \\begin{cases} 1 & x > 0 \\\\ a & x \\le 0 \\end{cases}",
    symbols: { init: 'a_0' },
  },
  // Without a learned slope at hand, at its initial value.
  value: (x, parameters) => (x > 0 ? x : numericParameter(parameters, 'init') * x),
  derivative: (x, parameters) => (x > 0 ? 1 : numericParameter(parameters, 'init')),
  forward: (graph, x, parameters, [weight]) => {
    const a = new Arithmetic(graph);
    const negative = a.clampMax(x, 0);
    if (weight === undefined) return a.add(a.clampMin(x, 0), a.times(negative, numericParameter(parameters, 'init')));
    // One slope, or one a channel: dimension 1 of x, so that the others need sizes of 1 behind it.
    const slopes = graph.type(weight).shape.reduce((product, size) => product * size, 1);
    const behind = Math.max(graph.type(x).shape.length - 2, 0);
    const shape = slopes === 1 ? [] : [slopes, ...new Array<number>(behind).fill(1)];
    return a.add(a.clampMin(x, 0), a.mul(negative, graph.emit1({ kind: 'reshape', shape }, weight)));
  },
  learned: [
    {
      name: 'weight',
      initial: (parameters) => numericParameter(parameters, 'init'),
      per: { parameter: 'num_parameters' },
    },
  ],
  unrecognised: true,
  siblings: ['leaky_relu', 'relu', 'elu', 'silu'],
  paper: {
    title: 'Delving Deep into Rectifiers',
    authors: 'He, Zhang, Ren, Sun',
    year: 2015,
    url: 'https://arxiv.org/abs/1502.01852',
  },
  evidence: evidenceFor('prelu'),
  prose: { en, 'zh-cn': zh },
};
