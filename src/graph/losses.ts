/** Losses of training, as parts of a graph: PyTorch's formulas, averaged over what counts. */

import { say } from '../language/say';
import { firstElements, sizeAt } from './access';
import type { GraphBuilder } from './builder';
import { Emit } from './emit';
import { type DType, ShapeError, type TensorType, type ValueId } from './types';

/** Losses of numbers that grow no faster than the difference where it is large. */
export type Distance =
  | { readonly kind: 'l1' }
  /** Squared below `beta`. */
  | { readonly kind: 'smooth_l1'; readonly beta: number }
  /** Squared up to `delta`, then `delta` times as steep as l1. */
  | { readonly kind: 'huber'; readonly delta: number };

export type Loss =
  /**
   * Logits [N,C,…] against classes [N,…]; ignored ones count for nothing. `channelsLast`: logits [N,…,C]. `probabilities`
   * stand for logits, as TensorFlow's losses take them: divided by their sum and kept between 1e-7 and 1 − 1e-7.
   */
  | {
      readonly kind: 'cross_entropy';
      readonly ignoreIndex: number;
      readonly labelSmoothing: number;
      readonly channelsLast?: true;
      readonly probabilities?: true;
    }
  /** Logits [N,T,V], or [N·T,V] with `length` T, against the tokens [N,T] that were fed: each place is to tell the next. */
  | { readonly kind: 'next_token'; readonly length?: number }
  | { readonly kind: 'mse' }
  | Distance
  /** Logits against probabilities of the same shape. */
  | { readonly kind: 'bce_with_logits' }
  /** Probabilities against probabilities of the same shape; PyTorch takes no logarithm for less than −100. */
  | { readonly kind: 'bce' }
  /** Log-probabilities [N,C,…] against classes [N,…]. */
  | { readonly kind: 'nll' };

/** The type of the target that a loss takes beside the model's output. */
export function targetType(loss: Loss, output: TensorType): TensorType {
  const { shape } = output;
  const classes: DType = 'int64';
  switch (loss.kind) {
    case 'cross_entropy':
    case 'nll': {
      const dim = loss.kind === 'cross_entropy' && loss.channelsLast ? shape.length - 1 : 1;
      return { dtype: classes, shape: shape.length > 1 ? shape.filter((_, i) => i !== dim) : [] };
    }
    case 'next_token':
      return { dtype: classes, shape: loss.length ? [sizeAt(shape, 0) / loss.length, loss.length] : shape.slice(0, 2) };
    default:
      return { dtype: 'float32', shape };
  }
}

/**
 * Adds a loss.
 * @returns a scalar
 * @throws ShapeError where the output is of another rank than the loss takes
 */
export function addLoss(builder: GraphBuilder, loss: Loss, output: ValueId, target: ValueId): ValueId {
  const e = new Emit(builder);
  const mean = (x: ValueId) => e.op({ kind: 'reduce', function: 'mean', dims: [], keepdim: false }, x);
  const total = (x: ValueId) => e.op({ kind: 'reduce', function: 'sum', dims: [], keepdim: false }, x);
  switch (loss.kind) {
    case 'mse': {
      const difference = e.sub(output, target);
      return mean(e.mul(difference, difference));
    }
    case 'l1':
      return mean(e.unary('abs', e.sub(output, target)));
    case 'smooth_l1':
    case 'huber': {
      const bend = loss.kind === 'huber' ? loss.delta : loss.beta;
      const difference = e.sub(output, target);
      const size = e.unary('abs', difference);
      const square = e.binaryScalar('mul', e.mul(difference, difference), 0.5);
      const straight = e.binaryScalar('sub', size, bend / 2);
      const isNear = e.compare('lt', size, e.scalar(bend, size));
      return loss.kind === 'huber'
        ? mean(e.where(isNear, square, e.binaryScalar('mul', straight, bend)))
        : mean(e.where(isNear, e.binaryScalar('div', square, bend), straight));
    }
    case 'bce_with_logits': {
      const zero = e.scalar(0, output);
      const tail = e.unary('exp', e.neg(e.unary('abs', output)));
      const rest = e.add(e.unary('log', e.binaryScalar('add', tail, 1)), e.binary('max', e.neg(output), zero));
      return mean(e.add(e.mul(e.sub(e.scalar(1, output), target), output), rest));
    }
    case 'bce': {
      const logOf = (x: ValueId) => e.binary('max', e.unary('log', x), e.scalar(-100, x));
      const [no, notTarget] = [output, target].map((x) => e.sub(e.scalar(1, x), x)) as [ValueId, ValueId];
      return e.neg(mean(e.add(e.mul(target, logOf(output)), e.mul(notTarget, logOf(no)))));
    }
    case 'nll': {
      const shape = e.shape(output);
      const dim = shape.length > 1 ? 1 : 0;
      const place = shape.map((size, i) => (i === dim ? 1 : size));
      return e.neg(mean(e.op({ kind: 'gather_elements', dim }, output, e.reshape(target, place))));
    }
    case 'next_token': {
      const whole = loss.length ? [...e.shape(target), sizeAt(e.shape(output), -1)] : e.shape(output);
      const [n, length, vocabulary] = firstElements(whole, 3);
      if (whole.length !== 3 || length < 2) {
        throw new ShapeError(
          say('next_token takes logits [N, T, V] with at least two places, but got [{0}]', e.shape(output)),
        );
      }
      const places = loss.length ? e.reshape(output, whole) : output;
      const logits = e.reshape(e.slice(places, 1, 0, length - 1), [n * (length - 1), vocabulary]);
      const next = e.reshape(e.slice(target, 1, 1, length), [n * (length - 1)]);
      return addLoss(builder, { kind: 'cross_entropy', ignoreIndex: -100, labelSmoothing: 0 }, logits, next);
    }
    case 'cross_entropy': {
      const scores = loss.channelsLast ? channelsFirst(e, output) : output;
      const shape = e.shape(scores);
      const dim = shape.length > 1 ? 1 : 0;
      const logs = loss.probabilities ? logsOfProbabilities(e, scores, dim) : logSoftmax(e, scores, dim);
      const ignored = e.compare('eq', target, e.scalar(loss.ignoreIndex, target));
      const kept = e.cast(e.unary('not', ignored), e.type(output).dtype);
      const classes = e.where(ignored, e.scalar(0, target), target);
      const place = shape.map((size, i) => (i === dim ? 1 : size));
      const own = e.op({ kind: 'gather_elements', dim }, logs, e.reshape(classes, place));
      const surprise = e.neg(e.reshape(own, e.shape(target)));
      const smoothing = loss.labelSmoothing;
      const spread = () => e.neg(e.reduce('mean', logs, [dim]));
      const each =
        smoothing === 0
          ? surprise
          : e.add(e.binaryScalar('mul', surprise, 1 - smoothing), e.binaryScalar('mul', spread(), smoothing));
      return e.div(total(e.mul(each, kept)), total(kept));
    }
  }
}

/** [N,…,C] as [N,C,…]. */
function channelsFirst(e: Emit, x: ValueId): ValueId {
  const inner = e
    .shape(x)
    .map((_, dim) => dim)
    .slice(1, -1);
  return e.permute(x, [0, inner.length + 1, ...inner]);
}

function logSoftmax(e: Emit, x: ValueId, dim: number): ValueId {
  // Whatever is taken off changes nothing: the gradient by that way is 0, and ten operators long.
  const largest = e.stopGradient(() => e.reduce('max', x, [dim], true));
  const shifted = e.sub(x, largest);
  return e.sub(shifted, e.unary('log', e.reduce('sum', e.unary('exp', shifted), [dim], true)));
}

/** How near to 0 and 1 TensorFlow lets probabilities come. */
const EDGE = 1e-7;

function logsOfProbabilities(e: Emit, x: ValueId, dim: number): ValueId {
  const shares = e.div(x, e.reduce('sum', x, [dim], true));
  return e.unary('log', e.binaryScalar('min', e.binaryScalar('max', shares, EDGE), 1 - EDGE));
}
