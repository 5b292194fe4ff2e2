import type { StepView } from '../translation';

/** Makes a step's nodes and hands its outputs over. */
export type StepRule = (step: StepView) => void;
export type RuleTable = Readonly<Record<string, StepRule>>;

/** One rule for several names. */
export const shareRule = (names: string, rule: StepRule): RuleTable =>
  Object.fromEntries(
    names
      .split(/\s+/)
      .filter((name) => name !== '')
      .map((name) => [name, rule]),
  );
