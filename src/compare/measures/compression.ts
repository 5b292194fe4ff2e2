import type { Measure } from './measure';

/** What weights and activations in 8 bits cost. */
export const compression = {
  name: 'compression',
  quick: true,
  scores: {
    /** Signal to noise at the output: one range a weight tensor, one a channel. */
    snrTensor: { unit: 'dB', against: 'difference', better: 'higher' },
    snrChannel: { unit: 'dB', against: 'difference', better: 'higher' },
  },
  layers: { drawn: { snrTensor: 'number', snrChannel: 'number', outliers: 'share' }, kept: ['low', 'high'] },
} as const satisfies Measure;
