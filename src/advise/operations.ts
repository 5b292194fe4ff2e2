/** Kinds of operations, as rules about chains of them see them. */
import { argumentOf } from '../flow/queries';
import { isMoving } from '../flow/trace';
import { type FlowResult, type FlowValue, unknown } from '../flow/values';

const keeping: ReadonlySet<string> = new Set(
  'dropout alpha_dropout identity contiguous clone to cuda cpu float double half bfloat16 type type_as requires_grad_ requires_grad'.split(
    ' ',
  ),
);

/** Whether a tensor comes out as it goes in, every number in its place; dropout's zeros aside. */
export function isKeeping({ op }: Pick<FlowResult, 'op'>): boolean {
  return keeping.has(op);
}

/** Whether all numbers that come out are some that go in: of one tensor, that is, and not of a list of them. */
export function isMoved({ op }: Pick<FlowResult, 'op'>): boolean {
  return isMoving(op);
}

/** Activations that work on each number by itself, with one input. */
const elementwise: ReadonlySet<string> = new Set(
  'relu leaky_relu prelu elu selu gelu silu mish hardswish relu6 rrelu celu sigmoid hardsigmoid tanh hardtanh softsign softplus hardshrink softshrink tanhshrink threshold logsigmoid'.split(
    ' ',
  ),
);

export function isElementwise({ op }: Pick<FlowResult, 'op'>): boolean {
  return elementwise.has(op);
}

const softmaxes: ReadonlySet<string> = new Set(['softmax', 'log_softmax', 'softmin', 'softmax2d']);

/** Softmax or its logarithm, over one dimension. */
export const isSoftmaxOperation = (op: string): boolean => op === 'softmax' || op === 'log_softmax';

export const isLogarithm = (op: string): boolean => op === 'log' || op === 'log1p';

export function isSoftmax({ op }: Pick<FlowResult, 'op'>): boolean {
  return softmaxes.has(op);
}

/** Layers that mix the features that go in by learned weights. */
export function isMixing({ op, layer }: Pick<FlowResult, 'op' | 'layer'>): boolean {
  return layer !== undefined && isMixingOperation(op);
}

export const isMixingOperation = (op: string): boolean => op === 'linear' || op === 'conv' || op === 'conv_transpose';

const norms: ReadonlySet<string> = new Set([
  'batch_norm',
  'layer_norm',
  'group_norm',
  'instance_norm',
  'rms_norm',
  'local_response_norm',
]);

export function isNorm({ op }: Pick<FlowResult, 'op'>): boolean {
  return norms.has(op);
}

/** A number that the code tells; a parameter's default only stands for it where that is asked for. */
export function numberOf(value: FlowValue | undefined, withDefaults = false): number | undefined {
  if (value?.kind === 'parameter' && withDefaults) return numberOf(value.default);
  return value?.kind === 'constant' && typeof value.value === 'number' ? value.value : undefined;
}

/** An argument of an operation or of the layer that it runs. */
export function optionOf({ layer, args, form }: FlowResult, position: number, name: string): FlowValue | undefined {
  const list = layer ? layer.args : args;
  return argumentOf(list, layer || form === 'method' ? position : position + 1, name)?.value;
}

/** The dimension along which a softmax runs; null where none is given. */
export function dimensionOf(softmax: FlowResult): FlowValue | null {
  const list = softmax.layer ? softmax.layer.args : softmax.args;
  if (list.some(({ isSpread }) => isSpread)) return unknown;
  return optionOf(softmax, 0, 'dim') ?? list.find(({ name }) => name === 'axis')?.value ?? null;
}

/**
 * Whether no dimension is given, or None.
 * @param position where it stands among the arguments
 */
export function dimensionIsMissing(args: FlowResult['args'], position: 0 | 1): boolean {
  if (args.some(({ isSpread }) => isSpread)) return false;
  return args.every(({ name, value }, index) => {
    const isDimension = name === 'dim' || name === 'axis' || (name === undefined && index >= position);
    const isNone = value.kind === 'constant' && value.value === null;
    return !isDimension || isNone;
  });
}
