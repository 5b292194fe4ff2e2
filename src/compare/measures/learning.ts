import type { Measure } from './measure';

/** Short training runs, each seed at its best learning rate. */
export const learning = {
  name: 'learning',
  quick: false,
  scores: {
    /** At the end of the run. */
    heldLoss: { unit: 'loss', against: 'difference', better: 'lower' },
    accuracy: { unit: 'share', against: 'difference', better: 'higher' },
    /** Steps to `LearningSetup.targetLoss`; only where every seed gets there. */
    stepsTo: { unit: 'steps', against: 'difference', better: 'lower' },
  },
} as const satisfies Measure;
