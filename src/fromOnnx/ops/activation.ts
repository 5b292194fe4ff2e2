/** Activations that ONNX has operators for, and what it has beside them with parameters that the catalogue lacks. */
import { defaultParameters, findActivation } from '../../activations/catalogue';
import { activationOfOnnx, type OnnxAttributes } from '../../activations/onnx';
import { itemAt, sizeAt } from '../../graph/access';
import { isSameShape } from '../../graph/emit';
import { count, storeElements } from '../../graph/evaluate/elements';
import type { NodeCall, OperatorReader, OperatorTable } from '../call';
import { isKnown, type OnnxOperand } from '../operand';
import { table } from '../table';
import type { Trace } from '../trace';

/** An activation of the catalogue as a node; undefined where these attributes make another function. */
export function nameActivation(
  t: Trace,
  operator: string,
  attributes: OnnxAttributes,
  x: OnnxOperand,
): OnnxOperand | undefined {
  const found = activationOfOnnx(operator, attributes);
  if (!found) return undefined;
  const entry = findActivation(found.activation);
  const { value } = entry ?? {};
  if (!isKnown(x) || !entry || !value) return t.op({ kind: 'activation', ...found }, x);
  const parameters = { ...defaultParameters(entry), ...found.parameters };
  const { dtype, shape } = x.type;
  const data = storeElements(dtype, x.known.length, (i) => value(itemAt(x.known, i), parameters));
  return t.constant(data, shape, dtype);
}

/** The catalogue's entry of an operator. @throws RangeError where it has none, which is a mistake of ours */
export function activation(t: Trace, operator: string, x: OnnxOperand, attributes: OnnxAttributes = {}): OnnxOperand {
  const made = nameActivation(t, operator, attributes, x);
  if (!made) throw new RangeError(`the catalogue has no ${operator}`);
  return made;
}

/** Numbers of the attributes that a node has. */
const numbers = ({ attributes }: NodeCall, names: readonly string[]): OnnxAttributes =>
  Object.fromEntries(names.filter((name) => attributes.has(name)).map((name) => [name, attributes.float(name, 0)]));

/** An operator with numbers for attributes, by name or else by its definition. */
const bent =
  (names: readonly string[], instead: (call: NodeCall, x: OnnxOperand) => OnnxOperand): OperatorReader =>
  (call) =>
    nameActivation(call.t, call.node.operator, numbers(call, names), call.input(0)) ?? instead(call, call.input(0));

const plainActivation: OperatorReader = (call) => activation(call.t, call.node.operator, call.input(0));

/** max(x, 0) + α·(exp(min(x, 0)) − 1). */
function elu(t: Trace, x: OnnxOperand, alpha: number): OnnxOperand {
  const below = t.with('sub', t.unary('exp', t.with('min', x, 0)), 1);
  return t.add(t.with('max', x, 0), t.with('mul', below, alpha));
}

function selu({ t, attributes }: NodeCall, x: OnnxOperand): OnnxOperand {
  return t.with(
    'mul',
    elu(t, x, attributes.float('alpha', 1.6732631921768188)),
    attributes.float('gamma', 1.0507010221481323),
  );
}

function hardSigmoid({ t, attributes }: NodeCall, x: OnnxOperand): OnnxOperand {
  const line = t.with('add', t.with('mul', x, attributes.float('alpha', 0.2)), attributes.float('beta', 0.5));
  return t.with('min', t.with('max', line, 0), 1);
}

function shrink({ t, attributes }: NodeCall, x: OnnxOperand): OnnxOperand {
  const [lambd, bias] = [attributes.float('lambd', 0.5), attributes.float('bias', 0)];
  const zero = t.with('mul', x, 0);
  const below = t.where(t.compare('lt', x, t.scalar(-lambd, x)), t.with('add', x, bias), zero);
  return t.where(t.compare('gt', x, t.scalar(lambd, x)), t.with('sub', x, bias), below);
}

/** Bounds, whichever are given: ReLU6 has a name; others are told from where they stand. */
const clip: OperatorReader = (call) => {
  const { t, attributes } = call;
  const x = call.input(0);
  const bound = (name: 'min' | 'max', index: number): OnnxOperand | undefined => {
    if (call.opset >= 11) return call.optional(index);
    return attributes.has(name) ? t.scalar(attributes.float(name, 0), x) : undefined;
  };
  const [low, high] = [bound('min', 1), bound('max', 2)];
  const numberOf = (operand: OnnxOperand | undefined) => (operand ? t.dataOf(operand)?.[0] : undefined);
  const six = x.type.dtype.includes('float')
    ? nameActivation(t, 'Clip', { min: numberOf(low), max: numberOf(high) }, x)
    : undefined;
  if (six) return six;
  const isReal = (operand: OnnxOperand | undefined, open: number): operand is OnnxOperand => {
    const number = numberOf(operand);
    // Exporters write the largest number for no bound.
    return operand !== undefined && !(number !== undefined && open * number >= 3e38);
  };
  const above = isReal(low, -1) ? t.binary('max', x, low) : x;
  return isReal(high, 1) ? t.binary('min', above, high) : above;
};

/** One slope, or one a channel, is the catalogue's; others broadcast. */
const prelu: OperatorReader = (call) => {
  const { t } = call;
  const [x, given] = [call.input(0), call.input(1)];
  const [own, shape] = [given.type.shape, x.type.shape];
  const slopes = count(own);
  const channels = shape.length > 1 ? sizeAt(shape, 1) : slopes;
  const trailing = new Array<number>(Math.max(shape.length - 2, 0)).fill(1);
  const isByChannel = isSameShape(own, [channels, ...trailing]) || isSameShape(own, [1, channels, ...trailing]);
  const found = activationOfOnnx('PRelu');
  if (found && t.dataOf(given) && x.type.dtype.includes('float') && (slopes === 1 || isByChannel)) {
    const weight = call.weightOf(given);
    const slope = weight ? t.ofValue(t.weights.asReshaped(weight, [slopes])) : t.reshape(given, [slopes]);
    return t.op({ kind: 'activation', ...found }, x, slope);
  }
  return t.add(t.with('max', x, 0), t.mul(t.with('min', x, 0), given));
};

/** Softmax and its kin. Before version 13 all axes from one on are taken together. */
const softmaxFamily: OperatorReader = (call) => {
  const { t, node, opset, attributes } = call;
  const x = call.input(0);
  const rank = x.type.shape.length;
  const given = attributes.int('axis', opset < 13 ? 1 : -1);
  const axis = call.axis(given < 0 ? given + rank : given, opset < 13 ? rank + 1 : rank);
  const isFlat = opset < 13 && count(x.type.shape.slice(axis)) !== x.type.shape[axis];
  const apply = (operand: OnnxOperand, dim: number) =>
    node.operator === 'Hardmax' ? hardmax(t, operand, dim) : activation(t, node.operator, operand, { axis: dim });
  if (!isFlat) return apply(x, axis);
  return t.reshape(apply(t.flatten(x, axis), 1), x.type.shape);
};

/** 1 at the first largest element of a dimension. */
function hardmax(t: Trace, x: OnnxOperand, dim: number): OnnxOperand {
  const size = sizeAt(x.type.shape, dim);
  const row = x.type.shape.map((_, i) => (i === dim ? size : 1));
  const places = t.constant(table(size), row);
  const first = t.op({ kind: 'arg', function: 'max', dim, keepdim: true }, x);
  return t.cast(t.compare('eq', first, places), x.type.dtype);
}

export const activations: OperatorTable = {
  Relu: (call) => {
    const x = call.input(0);
    return x.type.dtype.includes('float') ? activation(call.t, 'Relu', x) : call.t.with('max', x, 0);
  },
  Sigmoid: plainActivation,
  Tanh: plainActivation,
  Softplus: plainActivation,
  Softsign: plainActivation,
  HardSwish: plainActivation,
  Mish: plainActivation,
  LeakyRelu: bent(['alpha'], ({ t, attributes }, x) =>
    t.add(t.with('max', x, 0), t.with('mul', t.with('min', x, 0), attributes.float('alpha', 0.01))),
  ),
  Elu: bent(['alpha'], ({ t, attributes }, x) => elu(t, x, attributes.float('alpha', 1))),
  Celu: bent(['alpha'], ({ t }, x) => elu(t, x, 1)),
  Selu: bent(['alpha', 'gamma'], selu),
  HardSigmoid: bent(['alpha', 'beta'], hardSigmoid),
  ThresholdedRelu: bent(['alpha'], ({ t }, x) => t.with('max', x, 0)),
  Shrink: (call) => {
    const x = call.input(0);
    const found =
      x.type.dtype.includes('float') && nameActivation(call.t, 'Shrink', numbers(call, ['lambd', 'bias']), x);
    return found || shrink(call, x);
  },
  Swish: bent(['alpha'], ({ t, attributes }, x) => {
    const gate = activation(t, 'Sigmoid', t.with('mul', x, attributes.float('alpha', 1)));
    return t.mul(x, gate);
  }),
  Gelu: (call) =>
    activation(call.t, 'Gelu', call.input(0), { approximate: call.attributes.text('approximate', 'none') }),
  Clip: clip,
  PRelu: prelu,
  Softmax: softmaxFamily,
  LogSoftmax: softmaxFamily,
  Hardmax: softmaxFamily,
};
