import type { Rule } from '../../rule';
import { domainError } from './domain-error';
import { doubleActivation } from './double-activation';
import { hiddenSoftmax } from './hidden-softmax';
import { noNonlinearity } from './no-nonlinearity';
import { noNonlinearityConv } from './no-nonlinearity-conv';
import { noOpActivation } from './no-op-activation';
import { reluBeforeSoftmax } from './relu-before-softmax';
import { reluOutput } from './relu-output';
import { saturatingStack } from './saturating-stack';
import { softmaxOfOne } from './softmax-of-one';
import { softmaxOverBatch } from './softmax-over-batch';
import { softmaxWithoutDim } from './softmax-without-dim';

/** What follows on what inside of a model. */
export const chainRules: readonly Rule[] = [
  noNonlinearity,
  noNonlinearityConv,
  doubleActivation,
  noOpActivation,
  reluBeforeSoftmax,
  reluOutput,
  hiddenSoftmax,
  softmaxWithoutDim,
  softmaxOverBatch,
  softmaxOfOne,
  saturatingStack,
  domainError,
];
