import type { Measure } from './measure';

/**
 * How alike different inputs have become on their way through the model (Poole et al. 2016, arXiv:1606.05340; Schoenholz
 * et al. 2017, arXiv:1611.01232).
 */
export const similarity = {
  name: 'similarity',
  quick: true,
  scores: {
    /** Mean cosine of two samples' outputs of the last hidden activation: at 1 the model can't tell its inputs apart. */
    similarity: { unit: 'ratio', against: 'difference', better: 'lower' },
  },
  layers: { drawn: { similarity: 'number' } },
} as const satisfies Measure;
