/** Normalising layers. */
import { itemAt, sizeAt } from '../../graph/access';
import type { RuleTable } from '../kernels/table';
import { type DimensionOrder, isSameOrder, naturalOrder } from '../layout';
import type { StepView } from '../translation';

/** The order that has a dimension behind the batch: the input's own where it has. */
function orderBehindBatch(order: DimensionOrder, axis: number): DimensionOrder {
  if (order[0] === 0 && order[1] === axis) return order;
  return [0, axis, ...naturalOrder(order.length).filter((dim) => dim !== 0 && dim !== axis)];
}

const batchNormalization = (step: StepView): void => {
  const { e } = step;
  const rank = step.rank('x');
  const axis = step.dim(step.integer('axis'), rank);
  const op = {
    kind: 'batch_norm',
    eps: step.number('epsilon'),
    momentum: 1 - step.number('momentum'),
    biased: true,
  } as const;
  const weights = ['gamma', 'beta', 'movingMean', 'movingVariance'].map((name) => step.optional(name));
  const own = step.orderOf('x');
  // Features stand last already: rows of them are as good, and nothing moves.
  if (rank > 2 && axis === rank - 1 && isSameOrder(own, naturalOrder(rank))) {
    const x = step.read('x');
    const features = sizeAt(e.shape(x), -1);
    const rows = e.reshape(x, [e.count(x) / features, features]);
    step.give(e.reshape(e.op(op, rows, ...weights), e.shape(x)));
    return;
  }
  const order = orderBehindBatch(own, axis);
  step.give(e.op(op, step.in('x', order), ...weights), order);
};

/** Over the last dimensions it is the graph's own operator; over others they are brought there. */
const layerNormalization = (step: StepView): void => {
  const { e } = step;
  const rank = step.rank('x');
  const axes = step.dims('axis', rank);
  const order = [...naturalOrder(rank).filter((dim) => !axes.includes(dim)), ...axes];
  const shape = axes.map((axis) => itemAt(step.shape('x'), axis));
  const op = { kind: 'layer_norm', shape, eps: step.number('epsilon') } as const;
  const inputs = [step.in('x', order), step.optional('gamma'), step.optional('beta')];
  step.give(e.op(op, ...inputs), order);
};

export const normalisations: RuleTable = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
};
