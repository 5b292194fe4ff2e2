import type { Rule } from '../rule';
import { chainRules } from './chains/index';
import { lossRules } from './losses/index';
import { partRules } from './parts/index';
import { writtenRules } from './written/index';

/** Every rule, each with its own file here and its pages in `docs/rules/`. */
export const rules: readonly Rule[] = [...lossRules, ...chainRules, ...partRules, ...writtenRules];
