import type { Rule } from '../rule';
import type { TfjsRule } from '../tfjs/rule';
import { chainRules } from './chains/index';
import { lossRules } from './losses/index';
import { partRules } from './parts/index';
import { tfjsRules } from './tfjs/index';
import { writtenRules } from './written/index';

/** Every rule, each with its own file here and its pages in `docs/rules/`. */
export const rules: readonly (Rule | TfjsRule)[] = [
  ...lossRules,
  ...chainRules,
  ...partRules,
  ...writtenRules,
  ...tfjsRules,
];

/** Whether a rule is about PyTorch, in Python. */
export function isForPython(rule: Rule | TfjsRule): rule is Rule {
  return !('framework' in rule);
}
