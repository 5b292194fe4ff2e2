import type { Rule } from '../../rule';
import { activatedTarget } from './activated-target';
import { argmaxToCrossEntropy } from './argmax-to-cross-entropy';
import { crossEntropyOfOne } from './cross-entropy-of-one';
import { expOfLogSoftmaxToNll } from './exp-of-log-softmax-to-nll';
import { klNeedsLog } from './kl-needs-log';
import { logSoftmaxBeforeCrossEntropy } from './log-softmax-before-cross-entropy';
import { logitsToBce } from './logits-to-bce';
import { logitsToNll } from './logits-to-nll';
import { lossArgumentsSwapped } from './loss-arguments-swapped';
import { outputRange } from './output-range';
import { sigmoidBceStability } from './sigmoid-bce-stability';
import { sigmoidBeforeBceLogits } from './sigmoid-before-bce-logits';
import { sigmoidBeforeCrossEntropy } from './sigmoid-before-cross-entropy';
import { sigmoidOnSoftmaxClasses } from './sigmoid-on-softmax-classes';
import { softmaxBeforeBce } from './softmax-before-bce';
import { softmaxBeforeBceLogits } from './softmax-before-bce-logits';
import { softmaxBeforeCrossEntropy } from './softmax-before-cross-entropy';
import { softmaxBeforeNll } from './softmax-before-nll';

/** What feeds a loss that doesn't want it. */
export const lossRules: readonly Rule[] = [
  softmaxBeforeCrossEntropy,
  sigmoidBeforeCrossEntropy,
  crossEntropyOfOne,
  argmaxToCrossEntropy,
  softmaxBeforeNll,
  logitsToNll,
  expOfLogSoftmaxToNll,
  sigmoidBeforeBceLogits,
  softmaxBeforeBceLogits,
  softmaxBeforeBce,
  logitsToBce,
  klNeedsLog,
  lossArgumentsSwapped,
  activatedTarget,
  outputRange,
  logSoftmaxBeforeCrossEntropy,
  sigmoidBceStability,
  sigmoidOnSoftmaxClasses,
];
