import { evidenceFor } from '../evidence';
import { Arithmetic, numericParameter, solve } from '../primitives';
import type { Activation } from '../types';
import en from './snake.md';
import zh from './snake.zh-cn.md';

export const snake: Activation = {
  id: 'snake',
  title: 'Snake',
  shape: 'elementwise',
  parameters: [{ name: 'alpha', default: 1, range: { min: 0.1, max: 5, step: 0.1 }, numeric: true }],
  spellings: {},
  formula: {
    value: '\\operatorname{Snake}(x) = x + \\tfrac1\\alpha \\sin^2(\\alpha x)',
    derivative: "\\operatorname{Snake}'(x) = 1 + \\sin(2 \\alpha x)",
    symbols: { alpha: '\\alpha' },
  },
  value: (x, parameters) => {
    const alpha = numericParameter(parameters, 'alpha');
    return x + Math.sin(alpha * x) ** 2 / alpha;
  },
  derivative: (x, parameters) => {
    const angle = numericParameter(parameters, 'alpha') * x;
    return 1 + 2 * Math.sin(angle) * Math.cos(angle);
  },
  forward: (graph, x, parameters, [weight]) => {
    const a = new Arithmetic(graph);
    const alpha = weight ?? a.scalar(numericParameter(parameters, 'alpha'), x);
    const wave = a.unary('sin', a.mul(x, alpha));
    return a.add(x, a.div(a.mul(wave, wave), alpha));
  },
  // One for each channel, as the vocoders that use it have it (BigVGAN, Descript's codec).
  learned: [{ name: 'alpha', initial: (parameters) => numericParameter(parameters, 'alpha'), per: 'channel' }],
  fit: {
    parameter: 'alpha',
    // What is added to x grows with α as long as α·|x| is below 1.16.
    from: (at) => solve((alpha) => Math.sin(0.02 * alpha) ** 2 / alpha, at(-0.02) + 0.02, 1e-3, 58),
    between: [0.05, 50],
  },
  siblings: ['sine', 'leaky_relu', 'silu'],
  paper: {
    title: 'Neural Networks Fail to Learn Periodic Functions and How to Fix It',
    authors: 'Ziyin, Hartwig, Ueda',
    year: 2020,
    url: 'https://arxiv.org/abs/2006.08195',
  },
  evidence: evidenceFor('snake'),
  prose: { en, 'zh-cn': zh },
};
