/** What losses of TensorFlow.js want, and what their last layers give. */
import { catalogue } from '../../activations/catalogue';
import { isWeighted } from './layers';
import { lastSizeOf } from './trace';
import type { TfjsResult } from './values';

/** Losses over classes, by probabilities that a softmax gives. */
export const categorical: ReadonlySet<string> = new Set(['categoricalCrossentropy', 'sparseCategoricalCrossentropy']);
/** Losses over yes or no, by probabilities that a sigmoid gives. */
export const binary: ReadonlySet<string> = new Set(['binaryCrossentropy', 'logLoss']);

/** Functions that give numbers beyond 0 to 1: no probabilities. */
const unbounded =
  /^(relu|relu6|hardtanh|threshold|tanh|elu|selu|leaky_relu|prelu|softsign|log_softmax|logsigmoid|silu|mish|gelu)$/;

export function isUnboundedOutput(result: TfjsResult): boolean {
  return isWeighted(result) || unbounded.test(result.op);
}

export function isOp(...ops: readonly string[]): (result: TfjsResult) => boolean {
  return ({ op, form }) => ops.includes(op) && (form !== 'layer' || op !== 'dense');
}

/** How many numbers the output has for each example, where the code tells. */
export function unitsOf(result: TfjsResult): number | undefined {
  return lastSizeOf(result);
}

/** What people call an activation. */
export function titleOf({ op }: TfjsResult): string {
  return catalogue.get(op)?.title ?? op;
}
