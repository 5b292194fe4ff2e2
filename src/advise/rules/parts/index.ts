import type { Rule } from '../../rule';
import { lossClassCalled } from './loss-class-called';

/** How single layers are built, initialised and used. */
export const partRules: readonly Rule[] = [lossClassCalled];
