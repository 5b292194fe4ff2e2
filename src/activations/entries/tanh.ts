import { evidenceFor } from '../evidence';
import { Arithmetic } from '../primitives';
import type { Activation } from '../types';
import en from './tanh.md';
import zh from './tanh.zh-cn.md';

export const tanh: Activation = {
  id: 'tanh',
  title: 'Tanh',
  shape: 'elementwise',
  saves: 'output',
  parameters: [],
  spellings: {
    modules: ['Tanh'],
    functional: ['tanh'],
    torch: ['tanh', 'tanh_'],
    methods: ['tanh', 'tanh_'],
    tfjs: { identifiers: ['tanh'], ops: ['tanh'] },
    onnx: { operator: 'Tanh', since: 1 },
    huggingFace: ['tanh'],
    timm: ['tanh'],
  },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Tanh.html',
  formula: {
    value: '\\tanh(x) = \\frac{e^x - e^{-x}}{e^x + e^{-x}}',
    derivative: "\\tanh'(x) = 1 - \\tanh^2(x)",
  },
  value: (x) => Math.tanh(x),
  // sech², which keeps its digits where tanh is close to ±1.
  derivative: (x) => Math.cosh(x) ** -2,
  gain: () => 5 / 3,
  forward: (graph, x) => new Arithmetic(graph).tanh(x),
  backward: (e, _, { y, g }) => e.mul(g, e.sub(e.scalar(1, y), e.mul(y, y))),
  siblings: ['sigmoid', 'hardtanh', 'softsign', 'sine', 'gelu'],
  paper: {
    title: 'Efficient BackProp',
    authors: 'LeCun, Bottou, Orr, Müller',
    year: 1998,
    url: 'http://yann.lecun.com/exdb/publis/pdf/lecun-98b.pdf',
  },
  evidence: evidenceFor('tanh'),
  prose: { en, 'zh-cn': zh },
};
