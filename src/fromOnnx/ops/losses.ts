/** Losses that training graphs end with. */
import type { NodeCall, OperatorReader, OperatorTable } from '../call';
import type { OnnxOperand } from '../operand';
import { activation } from './activation';

/** −weight·x at each target's class, and how that is summed up. */
function negativeLikelihood(call: NodeCall, x: OnnxOperand): OnnxOperand {
  const { t, attributes } = call;
  const { shape, dtype } = x.type;
  const target = t.cast(call.input(1), 'int64');
  const apart = [...target.type.shape.slice(0, 1), 1, ...target.type.shape.slice(1)];
  const ignored = attributes.has('ignore_index') ? attributes.int('ignore_index', 0) : undefined;
  const isCounted = ignored === undefined ? undefined : t.compare('ne', target, t.scalar(ignored, target));
  const classes = isCounted ? t.where(isCounted, target, t.scalar(0, target)) : target;
  const picked = t.op({ kind: 'gather_elements', dim: 1 }, x, t.reshape(classes, apart));
  const one = t.full(1, target.type.shape, dtype);
  const given = call.optional(2) ? t.gather(call.input(2), classes, 0) : one;
  const weights = isCounted ? t.mul(given, t.cast(isCounted, dtype)) : given;
  const losses = t.unary('neg', t.mul(t.reshape(picked, [...shape.slice(0, 1), ...shape.slice(2)]), weights));
  const reduction = attributes.text('reduction', 'mean');
  if (reduction === 'none') return losses;
  const all = [...losses.type.shape.keys()];
  const sum = t.reduce('sum', losses, all);
  return reduction === 'sum' ? sum : t.div(sum, t.reduce('sum', weights, all));
}

const crossEntropy: OperatorReader = (call) => {
  const logs = activation(call.t, 'LogSoftmax', call.input(0), { axis: 1 });
  return [negativeLikelihood(call, logs), logs];
};

export const losses: OperatorTable = {
  NegativeLogLikelihoodLoss: (call) => negativeLikelihood(call, call.input(0)),
  SoftmaxCrossEntropyLoss: crossEntropy,
};
