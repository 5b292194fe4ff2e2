import { evidenceFor } from '../evidence';
import { Arithmetic, numericParameter } from '../primitives';
import type { Activation } from '../types';
import en from './xielu.md';
import zh from './xielu.zh-cn.md';

/** What a softplus makes a positive number of. */
const inverseSoftplus = (x: number) => Math.log(Math.expm1(x));

export const xielu: Activation = {
  id: 'xielu',
  title: 'xIELU',
  shape: 'elementwise',
  parameters: [
    { name: 'alpha_p', default: 0.8, range: { min: 0.1, max: 3, step: 0.05 }, numeric: true },
    { name: 'alpha_n', default: 0.8, range: { min: 0.5, max: 3, step: 0.05 }, numeric: true },
    { name: 'beta', default: 0.5, range: { min: 0, max: 1, step: 0.05 }, numeric: true },
  ],
  spellings: {
    huggingFace: ['xielu'],
  },
  formula: {
    value:
      '\\operatorname{xIELU}(x) = \\begin{cases} \\alpha_p\\, x^2 + \\beta x & x > 0 \\\\ \\alpha_n\\,(e^x - 1 - x) + \\beta x & x \\le 0 \\end{cases}',
    derivative:
      "\\operatorname{xIELU}'(x) = \\begin{cases} 2 \\alpha_p\\, x + \\beta & x > 0 \\\\ \\alpha_n\\,(e^x - 1) + \\beta & x \\le 0 \\end{cases}",
    symbols: { alpha_p: '\\alpha_p', alpha_n: '\\alpha_n', beta: '\\beta' },
  },
  value: (x, parameters) => {
    const linear = numericParameter(parameters, 'beta') * x;
    if (x > 0) return numericParameter(parameters, 'alpha_p') * x * x + linear;
    return numericParameter(parameters, 'alpha_n') * (Math.expm1(x) - x) + linear;
  },
  derivative: (x, parameters) => {
    const beta = numericParameter(parameters, 'beta');
    return x > 0
      ? 2 * numericParameter(parameters, 'alpha_p') * x + beta
      : numericParameter(parameters, 'alpha_n') * Math.expm1(x) + beta;
  },
  forward: (graph, x, parameters, [storedP, storedN]) => {
    const a = new Arithmetic(graph);
    const beta = numericParameter(parameters, 'beta');
    const alphaP = storedP === undefined ? a.scalar(numericParameter(parameters, 'alpha_p'), x) : a.softplus(storedP);
    const alphaN =
      storedN === undefined ? a.scalar(numericParameter(parameters, 'alpha_n'), x) : a.plus(a.softplus(storedN), beta);
    const [positive, negative] = [a.clampMin(x, 0), a.clampMax(x, 0)];
    const above = a.mul(a.mul(positive, positive), alphaP);
    const below = a.mul(a.sub(a.plus(a.exp(negative), -1), negative), alphaN);
    return a.add(a.add(above, below), a.times(x, beta));
  },
  // Stored before a softplus, the second less β: so it stays above β, as the paper wants it.
  learned: [
    {
      name: 'alpha_p',
      initial: (parameters) => inverseSoftplus(numericParameter(parameters, 'alpha_p')),
      per: 'layer',
    },
    {
      name: 'alpha_n',
      initial: (parameters) =>
        inverseSoftplus(numericParameter(parameters, 'alpha_n') - numericParameter(parameters, 'beta')),
      per: 'layer',
    },
  ],
  siblings: ['relu2', 'elu', 'silu', 'swiglu'],
  paper: {
    title: 'Deriving Activation Functions Using Integration',
    authors: 'Huang, Schlag',
    year: 2024,
    url: 'https://arxiv.org/abs/2411.13010',
  },
  evidence: evidenceFor('xielu'),
  prose: { en, 'zh-cn': zh },
};
