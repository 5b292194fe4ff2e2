/** Losses of PyTorch, and what code feeds them. */
import { argumentOf } from '../flow/queries';
import { isMoving, originsOf, sureOrigins } from '../flow/trace';
import { type FlowArgument, type FlowResult, type FlowValue, unknown } from '../flow/values';
import { leastCrossEntropy } from '../graph/leastLoss';
import { operationsOf } from './results';
import type { RuleContext } from './rule';

/** A loss that code computes, with what it is fed. */
export interface LossCall {
  readonly loss: FlowResult;
  readonly input: FlowArgument;
  readonly target: FlowArgument | undefined;
}

/** The computations of losses that are surely these and in sight, by their operations: `cross_entropy`. */
export function* lossCalls(context: RuleContext, ...operations: readonly string[]): Generator<LossCall> {
  for (const call of allLossCalls(context, operations)) if (call.loss.form !== 'handed') yield call;
}

/** Those, too, that a function out of sight computes of a model that it gets. */
export function* allLossCalls({ flow }: RuleContext, operations: readonly string[]): Generator<LossCall> {
  for (const loss of operationsOf(flow, (op) => operations.includes(op))) {
    if (loss.isMaybe) continue;
    const input = argumentOf(loss.args, 0, 'input');
    if (input) yield { loss, input, target: argumentOf(loss.args, 1, 'target') };
  }
}

/**
 * Whether an operation gives any number: raw scores. Functions with weights of their own making are none, which may be
 * means of probabilities; products only of what is any number itself; sums where one summand is.
 */
export function isUnbounded(result: FlowResult, depth = 0): boolean {
  if (/^(?:linear|conv|conv_transpose|bilinear)$/.test(result.op)) return result.layer !== undefined;
  if (result.op === '+')
    return depth < DEEPEST_SUM && result.inputs.some((each) => sureOrigins(each, (one) => isUnbounded(one, depth + 1)));
  return (
    /^(?:@|matmul|mm|bmm)$/.test(result.op) &&
    result.inputs.length > 1 &&
    result.inputs.every((each) => sureOrigins(each, isFactor))
  );
}

/** Sums inside one another: more than a model ends with. */
const DEEPEST_SUM = 4;

const isFactor = ({ op, layer }: FlowResult) =>
  layer !== undefined && /^(?:linear|conv|embedding|layer_norm)$/.test(op);

/** How many classes a layer tells apart that ends a model, where the code says so. */
export function classesOf(value: FlowValue): number | undefined {
  const counts = originsOf(value, isKeepingWidth).map((each) => (each.kind === 'result' ? widthOf(each) : undefined));
  const [first] = counts;
  return counts.every((each) => each === first) ? first : undefined;
}

/** Operations that leave as many classes as there were. */
function isKeepingWidth({ op }: FlowResult): boolean {
  return /^(?:identity|dropout|to|cpu|cuda|float|double|half|bfloat16|contiguous|clone|detach|squeeze|flatten)$/.test(
    op,
  );
}

function widthOf({ layer, op }: FlowResult): number | undefined {
  if (!layer) return undefined;
  const width =
    op === 'linear'
      ? argumentOf(layer.args, 1, 'out_features')
      : op === 'conv'
        ? argumentOf(layer.args, 1, 'out_channels')
        : undefined;
  const value = width?.value;
  return value?.kind === 'constant' && typeof value.value === 'number' ? value.value : undefined;
}

/** How many classes squeezed scores tell apart, and what their cross-entropy can at best become; unknown as nothing. */
export function leastLoss(squeezed: FlowResult, width: number): readonly [number, string] | undefined {
  const classes = classesOf(squeezed.inputs[0] ?? unknown);
  return classes === undefined || classes < 2 ? undefined : [classes, leastCrossEntropy(classes, width).toFixed(2)];
}

/** A softmax, as an operation or written out: `exp(z) / exp(z).sum(1)`. */
export function isSoftmax({ op, inputs }: FlowResult): boolean {
  if (op === 'softmax' || op === 'softmax2d') return true;
  const [above, below] = inputs;
  if (op !== '/' || above?.kind !== 'result' || above.op !== 'exp' || below?.kind !== 'result') return false;
  const summed = below.op === 'sum' ? below.inputs[0] : undefined;
  if (summed?.kind !== 'result' || summed.op !== 'exp') return false;
  return summed === above || (summed.inputs[0] !== undefined && summed.inputs[0] === above.inputs[0]);
}

/** A sigmoid, as an operation or written out: `1 / (1 + exp(-z))`. */
export function isSigmoid({ op, inputs }: FlowResult): boolean {
  if (op === 'sigmoid' || op === 'hardsigmoid') return true;
  const [one, below] = inputs;
  if (op !== '/' || !isOne(one) || below?.kind !== 'result' || below.op !== '+') return false;
  const power = below.inputs.find((each) => each.kind === 'result');
  const [negative] = power?.op === 'exp' ? power.inputs : [];
  return below.inputs.some(isOne) && negative?.kind === 'result' && negative.op === 'unary -';
}

const isOne = (value: FlowValue | undefined) => value?.kind === 'constant' && value.value === 1;

/** Operations that leave probabilities between 0 and 1, about where they were: means, a clamp, a tiny summand. */
export function isMovingProbability({ op, inputs }: FlowResult): boolean {
  if (isMoving(op)) return true;
  if (
    /^(?:interpolate|upsample|upsamplingbilinear2d|clamp|clip|clamp_min|clamp_max|avg_pool|adaptive_avg_pool)$/.test(op)
  )
    return true;
  const [, summand] = inputs;
  const isTiny = summand?.kind === 'constant' && typeof summand.value === 'number' && Math.abs(summand.value) <= TINY;
  return (op === '+' || op === '-') && isTiny;
}

const TINY = 0.01;
