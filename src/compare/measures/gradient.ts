import type { Measure } from './measure';

/** The loss's gradient at the activations' inputs. */
export const gradient = {
  name: 'gradient',
  quick: true,
  scores: {
    /** The gradient's norm at the first layer over that at the last: below 1 it vanishes, above it explodes. */
    flow: { unit: 'ratio', against: 'ratio', better: 'one' },
    /** Units that get no gradient from the whole batch, averaged over layers. */
    silent: { unit: 'share', against: 'difference', better: 'lower' },
  },
  layers: { drawn: { norm: 'factor', silent: 'share' } },
} as const satisfies Measure;
