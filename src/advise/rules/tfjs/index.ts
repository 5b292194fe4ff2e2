import type { TfjsRule } from '../../tfjs/rule';
import { tfjsDoubleActivation } from './tfjs-double-activation';
import { tfjsHiddenSoftmax } from './tfjs-hidden-softmax';
import { tfjsLeakyPort } from './tfjs-leaky-port';
import { tfjsLinearCrossentropy } from './tfjs-linear-crossentropy';
import { tfjsNoNonlinearity } from './tfjs-no-nonlinearity';
import { tfjsReluLogits } from './tfjs-relu-logits';
import { tfjsSigmoidCategorical } from './tfjs-sigmoid-categorical';
import { tfjsSigmoidLoss } from './tfjs-sigmoid-loss';
import { tfjsSoftmaxBinary } from './tfjs-softmax-binary';
import { tfjsSoftmaxLoss } from './tfjs-softmax-loss';
import { tfjsSoftmaxMse } from './tfjs-softmax-mse';
import { tfjsSoftmaxOfOne } from './tfjs-softmax-of-one';
import { tfjsUnknownActivation } from './tfjs-unknown-activation';

/** What is wrong in code of TensorFlow.js. */
export const tfjsRules: readonly TfjsRule[] = [
  tfjsSoftmaxLoss,
  tfjsSigmoidLoss,
  tfjsLinearCrossentropy,
  tfjsReluLogits,
  tfjsSoftmaxOfOne,
  tfjsSigmoidCategorical,
  tfjsSoftmaxBinary,
  tfjsSoftmaxMse,
  tfjsNoNonlinearity,
  tfjsDoubleActivation,
  tfjsHiddenSoftmax,
  tfjsUnknownActivation,
  tfjsLeakyPort,
];
