/** What decides how long a dimension of a value is: that an input was guessed to be short says nothing of a model. */
import { isGiven, itemAt } from '../../graph/access';
import type { Node, ValueId } from '../../graph/types';
import type { MixingLayer, ModelGraph } from './modelGraph';

/** A layer's weight, or the batch, which a convolution or a batch norm takes along its first dimension. */
export type Length = { readonly by: 'layer'; readonly layer: MixingLayer } | { readonly by: 'batch' };

const MAX_STEPS = 200;
const spatial = /^(?:conv|conv_transpose|batch_norm|group_norm|max_pool|avg_pool|adaptive_pool|resize)$/;
const elementwise = /^(?:dropout|cast|batch_norm|group_norm|layer_norm|unary)$/;

/** What decides the length of a dimension; unknown where anything else takes part. */
export function lengthOf(model: ModelGraph, value: ValueId, dimension: number): Length | undefined {
  let at = value;
  let dim = dimension < 0 ? dimension + model.shapeOf(value).length : dimension;
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    const maker = model.makerOf(at);
    if (!maker) return undefined;
    if (maker.kind === 'activation') {
      if (maker.placed.op.halves) return undefined;
      at = maker.input;
      continue;
    }
    const { node, index } = maker;
    if (spatial.test(node.op.kind) && dim === 0) return { by: 'batch' };
    const rank = model.shapeOf(at).length;
    const isOfWeight = node.op.kind === 'linear' ? dim === rank - 1 : /^conv/.test(node.op.kind) && dim === 1;
    if (isOfWeight) {
      const layer = model.mixingLayer(index);
      return layer && { by: 'layer', layer };
    }
    const [input] = node.inputs;
    const next = isGiven(input) ? dimensionBefore(model, node, input, dim) : undefined;
    if (next === undefined || !isGiven(input)) return undefined;
    [at, dim] = [input, next];
  }
  return undefined;
}

/** Which dimension of a node's first input is one of its output, as long as it was. */
function dimensionBefore(model: ModelGraph, { op }: Node, input: ValueId, dim: number): number | undefined {
  if (elementwise.test(op.kind) || op.kind === 'linear') return dim;
  if (spatial.test(op.kind)) return dim < 2 && !op.kind.startsWith('conv') ? dim : undefined;
  if (op.kind === 'permute') return itemAt(op.dims, dim);
  if (op.kind === 'slice') return op.dim === dim ? undefined : dim;
  if (op.kind !== 'reshape') return undefined;
  const before = model.shapeOf(input);
  const size = itemAt(op.shape, dim);
  // As many elements in front of it and behind it as before, and as long.
  const [front, back] = [product(op.shape.slice(0, dim)), product(op.shape.slice(dim + 1))];
  const same = before.flatMap((each, index) =>
    each === size && product(before.slice(0, index)) === front && product(before.slice(index + 1)) === back
      ? [index]
      : [],
  );
  // Among dimensions of one it is not known which is which.
  return same.length === 1 ? same[0] : undefined;
}

const product = (sizes: readonly number[]): number => sizes.reduce((whole, size) => whole * size, 1);
