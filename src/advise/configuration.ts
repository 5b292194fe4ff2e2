import type { Advice, Severity } from './advice';
import type { Rule } from './rule';

/** What a setting says of a rule: its own severity, another one, or nothing of it at all. */
export const ruleSettings = ['default', 'error', 'warning', 'information', 'off'] as const;
export type RuleSetting = (typeof ruleSettings)[number];

/** Settings of rules by their codes; a rule that is missing keeps to what it says itself. */
export type RuleSettings = Readonly<Record<string, RuleSetting>>;

/** Whether a rule is looked for. One that is optional has to be asked for. */
export function isOn({ code, isOptional }: Pick<Rule, 'code' | 'isOptional'>, settings: RuleSettings): boolean {
  const setting = settings[code] ?? 'default';
  return setting === 'default' ? !isOptional : setting !== 'off';
}

/** A finding as loud as the settings want it. */
export function withSeverity(advice: Advice, settings: RuleSettings): Advice {
  const setting = settings[advice.code] ?? 'default';
  return setting === 'default' || setting === 'off' ? advice : { ...advice, severity: setting satisfies Severity };
}
