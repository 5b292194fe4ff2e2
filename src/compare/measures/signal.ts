import type { Measure } from './measure';

/** Outputs of the activations in training mode. */
export const signal = {
  name: 'signal',
  quick: true,
  scores: {
    /** Of the hidden activations' outputs, averaged over layers: exact zeros, flat places, units without any slope. */
    zeros: { unit: 'share', against: 'difference', better: 'lower' },
    saturated: { unit: 'share', against: 'difference', better: 'lower' },
    dead: { unit: 'share', against: 'difference', better: 'lower' },
    /** How the signal's deviation changes from the first layer to the last. */
    spread: { unit: 'ratio', against: 'ratio', better: 'one' },
  },
  layers: { drawn: { mean: 'number', deviation: 'number', zeros: 'share', saturated: 'share', dead: 'share' } },
} as const satisfies Measure;
