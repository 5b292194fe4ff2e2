/** How much a model multiplies and adds. */
import { itemAt } from '../graph/access';
import type { Graph, Node, ValueId } from '../graph/types';

/**
 * The products that a node adds up. Counted are convolutions, linear layers, matrix products, attention (queries with keys,
 * and their weights with values; what a mask hides is counted) and the cells of recurrent layers, each product with its sum
 * as one. Not counted: biases, norms, activations, pooling, and whatever else goes once over the elements.
 */
export function multiplyAddsOf({ values }: Pick<Graph, 'values'>, { op, inputs, outputs }: Node): number {
  const shapeOf = (value: ValueId | null | undefined): readonly number[] =>
    value === null || value === undefined ? [] : itemAt(values, value).type.shape;
  const [x, weight] = [shapeOf(inputs[0]), shapeOf(inputs[1])];
  const out = elements(shapeOf(outputs[0]));
  switch (op.kind) {
    case 'conv':
      return out * elements(weight.slice(1));
    case 'conv_transpose':
      return elements(x) * elements(weight.slice(1));
    case 'linear':
      return out * elements(weight.slice(1));
    case 'matmul':
      return out * elements(x.slice(-1));
    case 'attention':
      return (
        elements(x.slice(0, -1)) *
        elements(weight.slice(-2, -1)) *
        (elements(x.slice(-1)) + elements(shapeOf(inputs[2]).slice(-1)))
      );
    case 'recurrent':
      return elements(x.slice(0, 2)) * (elements(weight) + elements(shapeOf(inputs[2])));
    default:
      return 0;
  }
}

const elements = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
