import type { Rule } from '../../rule';
import { deprecatedFunctional } from './deprecated-functional';
import { handwrittenGelu } from './handwritten-gelu';
import { handwrittenMish } from './handwritten-mish';
import { handwrittenSilu } from './handwritten-silu';
import { logOfSigmoid } from './log-of-sigmoid';
import { logOfSoftmax } from './log-of-softmax';
import { log1pExp } from './log1p-exp';
import { quickGelu } from './quick-gelu';

/** What has a shorter, faster or safer way to write it. */
export const writtenRules: readonly Rule[] = [
  handwrittenSilu,
  handwrittenMish,
  handwrittenGelu,
  quickGelu,
  logOfSoftmax,
  logOfSigmoid,
  log1pExp,
  deprecatedFunctional,
];
