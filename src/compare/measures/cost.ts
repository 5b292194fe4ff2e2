import type { CandidateReport, Latency } from '../report';
import { exactStanding, type Measure, type Standing } from './measure';

/** By the paired ratio to the baseline; the baseline's own is exactly 1. */
function standingByRatio({ id }: CandidateReport, latency: Latency | undefined): Standing | undefined {
  if (!latency) return undefined;
  if (id === 'baseline') return exactStanding(1);
  const { ratio } = latency;
  return (
    ratio && { value: ratio.estimate, penalty: ratio.estimate, low: ratio.low, high: ratio.high, enough: ratio.enough }
  );
}

/** What a pass costs: the times are `latency` and `step` of the report. */
export const cost = {
  name: 'cost',
  quick: true,
  scores: {
    /** Share of the forward pass that the activations take: what goes when they are left out. */
    share: { unit: 'share', against: 'difference', better: 'lower' },
    /** How far the outputs are from single precision's where the forward pass runs in half: root mean square, relative. */
    halfError: { unit: 'ratio', against: 'difference', better: 'lower' },
  },
  orders: {
    latency: (candidate) => standingByRatio(candidate, candidate.latency),
    step: (candidate) => standingByRatio(candidate, candidate.step),
    parameters: ({ addedParameters }) => exactStanding(addedParameters),
    memory: ({ memory }) => memory && exactStanding(memory.step ?? memory.forward),
  },
} as const satisfies Measure;
