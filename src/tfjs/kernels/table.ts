import type { StepView } from '../translation';

/** Makes a step's nodes and hands its outputs over. */
export type Rule = (step: StepView) => void;
export type RuleTable = Readonly<Record<string, Rule>>;

/** One rule for several names. */
export const forAll = (names: string, rule: Rule): RuleTable =>
  Object.fromEntries(
    names
      .split(/\s+/)
      .filter((name) => name !== '')
      .map((name) => [name, rule]),
  );
