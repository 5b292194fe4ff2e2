import type { Rule } from '../../rule';

/** How single layers are built, initialised and used. */
export const partRules: readonly Rule[] = [];
