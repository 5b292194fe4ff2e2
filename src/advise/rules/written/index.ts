import type { Rule } from '../../rule';
import { handwrittenSilu } from './handwritten-silu';
import { logOfSigmoid } from './log-of-sigmoid';
import { logOfSoftmax } from './log-of-softmax';
import { log1pExp } from './log1p-exp';

/** What has a shorter, faster or safer way to write it. */
export const writtenRules: readonly Rule[] = [handwrittenSilu, logOfSoftmax, logOfSigmoid, log1pExp];
