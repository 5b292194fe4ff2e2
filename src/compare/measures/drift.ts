import type { Measure } from './measure';

/** How far the outputs move from the model's as written, with the same weights. */
export const drift = {
  name: 'drift',
  quick: true,
  scores: {
    /** Root mean square of the difference, relative. */
    drift: { unit: 'ratio', against: 'nothing', better: 'lower' },
    /** Share of samples whose largest output is another one than the baseline's. */
    flipped: { unit: 'share', against: 'nothing', better: 'lower' },
  },
} as const satisfies Measure;
