import { normalCdf, normalDensity } from '../../graph/evaluate/erf';
import { evidenceFor } from '../evidence';
import { Arithmetic } from '../primitives';
import type { Activation } from '../types';
import en from './gelu.md';
import zh from './gelu.zh-cn.md';

const INNER = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

export const gelu: Activation = {
  id: 'gelu',
  title: 'GELU',
  shape: 'elementwise',
  saves: 'input',
  parameters: [{ name: 'approximate', default: 'none', choices: ['none', 'tanh'], numeric: true }],
  spellings: {
    modules: ['GELU'],
    functional: ['gelu'],
    tfjs: { identifiers: ['gelu', 'gelu_new'], defaults: { gelu_new: { approximate: 'tanh' } } },
    onnx: { operator: 'Gelu', since: 20, reads: ({ approximate = 'none' }) => ({ approximate }) },
    huggingFace: [
      'gelu',
      'gelu_10',
      'gelu_python',
      'gelu_fast',
      'gelu_new',
      'gelu_pytorch_tanh',
      'gelu_python_tanh',
      'gelu_accurate',
    ],
    timm: ['gelu', 'gelu_tanh'],
    sets: {
      gelu_fast: { approximate: 'tanh' },
      gelu_new: { approximate: 'tanh' },
      gelu_pytorch_tanh: { approximate: 'tanh' },
      gelu_python_tanh: { approximate: 'tanh' },
      gelu_accurate: { approximate: 'tanh' },
      gelu_tanh: { approximate: 'tanh' },
    },
    differs: {
      gelu_10: {
        en: 'gelu_10 is GELU clipped to −10 … 10: above 10 it is constant, and no gradient passes.',
        'zh-cn': 'gelu_10 是截断到 −10 … 10 的 GELU：大于 10 时为常数，没有梯度。',
      },
    },
  },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.GELU.html',
  formula: {
    value:
      '\\operatorname{GELU}(x) = x\\,\\Phi(x) = \\tfrac{x}{2}\\left(1 + \\operatorname{erf}\\tfrac{x}{\\sqrt 2}\\right)',
    derivative: "\\operatorname{GELU}'(x) = \\Phi(x) + x\\,\\varphi(x)",
    variants: {
      parameter: 'approximate',
      of: {
        tanh: {
          value:
            '\\operatorname{GELU}(x) \\approx \\tfrac{x}{2}\\left(1 + \\tanh\\Bigl(\\sqrt{\\tfrac{2}{\\pi}}\\,\\bigl(x + 0.044715\\,x^3\\bigr)\\Bigr)\\right)',
          derivative:
            "\\operatorname{GELU}'(x) \\approx \\tfrac{1 + t}{2} + \\tfrac{x}{2}\\,(1 - t^2)\\,\\sqrt{\\tfrac{2}{\\pi}}\\,\\bigl(1 + 0.134145\\,x^2\\bigr) \\qquad t = \\tanh\\Bigl(\\sqrt{\\tfrac{2}{\\pi}}\\,\\bigl(x + 0.044715\\,x^3\\bigr)\\Bigr)",
        },
      },
    },
  },
  value: (x, { approximate }) =>
    approximate === 'tanh' ? (x / 2) * (1 + Math.tanh(INNER * (x + CUBIC * x ** 3))) : x * normalCdf(x),
  derivative: (x, { approximate }) => {
    if (approximate !== 'tanh') return normalCdf(x) + x * normalDensity(x);
    const tanh = Math.tanh(INNER * (x + CUBIC * x ** 3));
    return (1 + tanh) / 2 + (x / 2) * (1 - tanh ** 2) * INNER * (1 + 3 * CUBIC * x ** 2);
  },
  forward: (graph, x, { approximate }) => {
    const a = new Arithmetic(graph);
    const half = a.times(x, 0.5);
    if (approximate !== 'tanh') {
      return a.mul(half, a.plus(a.unary('erf', a.times(x, Math.SQRT1_2)), 1));
    }
    const cubic = a.times(a.mul(a.mul(x, x), x), CUBIC);
    return a.mul(half, a.plus(a.tanh(a.times(a.add(x, cubic), INNER)), 1));
  },
  siblings: ['silu', 'quick_gelu', 'relu', 'mish', 'elu'],
  paper: {
    title: 'Gaussian Error Linear Units (GELUs)',
    authors: 'Hendrycks, Gimpel',
    year: 2016,
    url: 'https://arxiv.org/abs/1606.08415',
  },
  evidence: evidenceFor('gelu'),
  prose: { en, 'zh-cn': zh },
};
