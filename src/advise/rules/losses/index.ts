import type { Rule } from '../../rule';
import { softmaxBeforeCrossEntropy } from './softmax-before-cross-entropy';

/** What feeds a loss that doesn't want it. */
export const lossRules: readonly Rule[] = [softmaxBeforeCrossEntropy];
