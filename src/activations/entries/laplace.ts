import { normalCdf, normalDensity } from '../../graph/evaluate/erf';
import type { ActivationParameters } from '../../graph/types';
import { evidenceFor } from '../evidence';
import { Arithmetic, numericParameter } from '../primitives';
import type { Activation } from '../types';
import en from './laplace.md';
import zh from './laplace.zh-cn.md';

/** How many deviations x lies above the middle. */
const score = (x: number, parameters: ActivationParameters): number =>
  (x - numericParameter(parameters, 'mu')) / numericParameter(parameters, 'sigma');

export const laplace: Activation = {
  id: 'laplace',
  title: 'Laplace',
  shape: 'elementwise',
  parameters: [
    // biome-ignore lint/suspicious/noApproximativeNumericConstant: six digits, as implementations have it.
    { name: 'mu', default: 0.707107, range: { min: -1, max: 2, step: 0.05 }, numeric: true },
    { name: 'sigma', default: 0.282095, range: { min: 0.05, max: 2, step: 0.05 }, numeric: true },
  ],
  spellings: {
    huggingFace: ['laplace'],
  },
  formula: {
    value:
      '\\operatorname{Laplace}(x) = \\tfrac12 \\left(1 + \\operatorname{erf}\\frac{x - \\mu}{\\sigma \\sqrt 2}\\right)',
    derivative:
      "\\operatorname{Laplace}'(x) = \\frac{1}{\\sigma \\sqrt{2\\pi}}\\, e^{-\\frac{(x - \\mu)^2}{2 \\sigma^2}}",
    symbols: { mu: '\\mu', sigma: '\\sigma' },
  },
  value: (x, parameters) => normalCdf(score(x, parameters)),
  derivative: (x, parameters) => normalDensity(score(x, parameters)) / numericParameter(parameters, 'sigma'),
  forward: (graph, x, parameters) => {
    const a = new Arithmetic(graph);
    const z = a.times(
      a.plus(x, -numericParameter(parameters, 'mu')),
      Math.SQRT1_2 / numericParameter(parameters, 'sigma'),
    );
    return a.times(a.plus(a.unary('erf', z), 1), 0.5);
  },
  hidden: false,
  siblings: ['relu2', 'sigmoid', 'softmax'],
  paper: {
    title: 'Mega: Moving Average Equipped Gated Attention',
    authors: 'Ma, Zhou, Kong, He, Gui, Neubig, May, Zettlemoyer',
    year: 2022,
    url: 'https://arxiv.org/abs/2209.10655',
  },
  evidence: evidenceFor('laplace'),
  prose: { en, 'zh-cn': zh },
};
