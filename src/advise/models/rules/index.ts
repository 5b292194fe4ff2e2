import type { ModelRule } from '../modelRule';
import { doubleActivationOfModel } from './double-activation';
import { hiddenSoftmaxOfModel } from './hidden-softmax';
import { inplaceReuseOfModel } from './inplace-reuse';
import { noNonlinearityOfModel } from './no-nonlinearity';
import { noNonlinearityConvOfModel } from './no-nonlinearity-conv';
import { noOpActivationOfModel } from './no-op-activation';
import { reluBeforeSoftmaxOfModel } from './relu-before-softmax';
import { saturatingStackOfModel } from './saturating-stack';
import { seluDropoutOfModel } from './selu-dropout';
import { softmaxOfOneOfModel } from './softmax-of-one';
import { softmaxOverBatchOfModel } from './softmax-over-batch';

/** What rules look for in the graphs of models. */
export const modelRules: readonly ModelRule[] = [
  noNonlinearityOfModel,
  noNonlinearityConvOfModel,
  doubleActivationOfModel,
  noOpActivationOfModel,
  reluBeforeSoftmaxOfModel,
  hiddenSoftmaxOfModel,
  softmaxOfOneOfModel,
  softmaxOverBatchOfModel,
  saturatingStackOfModel,
  inplaceReuseOfModel,
  seluDropoutOfModel,
];
