/** How far convolutions see. */
import { itemAt, sizeAt } from '../graph/access';
import type { Graph, Node, ValueId } from '../graph/types';
import { axesBefore } from './axes';

/** Along one dimension: how many elements of the input take part in an element, and how far apart neighbours of it lie. */
interface WindowReach {
  readonly size: number;
  readonly jump: number;
}

const POINT: WindowReach = { size: 1, jump: 1 };

/**
 * The receptive field of each convolution and pooling window, by its node: elements of the model's input along the spatial
 * dimensions, before it is cut at the edges. With `jump` the product of the strides so far, a window of k elements that are
 * d apart adds (k − 1)·d·jump (Araujo, Norris, Sim, "Computing receptive fields of convolutional neural networks", 2019).
 * What is computed of a whole image beside that way, statistics of norms and gates say, is left aside.
 */
export function receptiveFields({
  inputs,
  nodes,
  values,
}: Pick<Graph, 'inputs' | 'nodes' | 'values'>): Map<Node, number[]> {
  const reach = new Map<ValueId, readonly WindowReach[]>();
  const rankOf = (value: ValueId) => itemAt(values, value).type.shape.length;
  for (const { value } of inputs)
    reach.set(
      value,
      Array.from({ length: rankOf(value) }, () => POINT),
    );
  const fields = new Map<Node, number[]>();
  for (const node of nodes) {
    const [output] = node.outputs;
    if (output === undefined) continue;
    const after = reachAfter(node, reach, values);
    if (after?.length !== rankOf(output)) continue;
    reach.set(output, after);
    if (isWindow(node))
      fields.set(
        node,
        after.slice(2).map(({ size }) => size),
      );
  }
  return fields;
}

const isWindow = ({ op }: Node): boolean => /^(?:conv|conv_transpose|max_pool|avg_pool)$/.test(op.kind);

function reachAfter(
  { op, inputs, outputs }: Node,
  reach: ReadonlyMap<ValueId, readonly WindowReach[]>,
  values: Graph['values'],
): readonly WindowReach[] | undefined {
  const known = inputs.flatMap((input) => (input === null ? [] : [reach.get(input)]));
  const [x] = known;
  const spatial = (change: (reach: WindowReach, axis: number) => WindowReach) =>
    x?.map((each, axis) => (axis < 2 ? each : change(each, axis - 2)));
  switch (op.kind) {
    case 'conv': {
      const kernel = itemAt(values, inputs[1] ?? -1).type.shape.slice(2);
      return spatial(({ size, jump }, axis) => ({
        size: size + (itemAt(kernel, axis) - 1) * itemAt(op.dilation, axis) * jump,
        jump: jump * itemAt(op.stride, axis),
      }));
    }
    case 'conv_transpose': {
      const kernel = itemAt(values, inputs[1] ?? -1).type.shape.slice(2);
      return spatial(({ size, jump }, axis) => {
        const window = (itemAt(kernel, axis) - 1) * itemAt(op.dilation, axis) + 1;
        const stride = itemAt(op.stride, axis);
        return { size: size + (Math.ceil(window / stride) - 1) * jump, jump: jump / stride };
      });
    }
    case 'max_pool':
    case 'avg_pool':
      return spatial(({ size, jump }, axis) => ({
        size: size + (itemAt(op.kernel, axis) - 1) * (op.kind === 'max_pool' ? itemAt(op.dilation, axis) : 1) * jump,
        jump: jump * itemAt(op.stride, axis),
      }));
    case 'resize': {
      const from = itemAt(values, inputs[0] ?? -1).type.shape;
      return spatial(({ size, jump }, axis) => ({
        size: size + (op.mode === 'linear' ? 1 : 3) * jump,
        jump: (jump * sizeAt(from, axis + 2)) / itemAt(op.sizes, axis),
      }));
    }
    case 'permute':
      return x && op.dims.map((dim) => itemAt(x, dim));
    case 'reshape': {
      const [from, to] = [inputs[0] ?? -1, itemAt(outputs, 0)].map((value) => itemAt(values, value).type.shape);
      const axes = from && to && axesBefore(from, to);
      // What was seen along a dimension that is one element long now would be lost.
      const keepsAll = axes && x?.every(({ size }, axis) => size === 1 || axes.includes(axis));
      return keepsAll ? axes.map((axis) => (axis === undefined ? POINT : itemAt(x ?? [], axis))) : undefined;
    }
    case 'linear':
      return x?.with(-1, POINT);
    case 'activation':
    case 'batch_norm':
    case 'layer_norm':
    case 'group_norm':
    case 'dropout':
    case 'unary':
    case 'cast':
    case 'pad':
    case 'slice':
      return x;
    case 'binary':
    case 'where':
    case 'cat': {
      const rank = itemAt(values, itemAt(outputs, 0)).type.shape.length;
      const whole = known.flatMap((each) => (each?.length === rank ? [each] : []));
      return whole.reduce<readonly WindowReach[] | undefined>(
        (all, each) => (all ? farther(all, each) : each),
        undefined,
      );
    }
    default:
      return undefined;
  }
}

/** Along each dimension the one that reaches farther. */
const farther = (a: readonly WindowReach[], b: readonly WindowReach[]): readonly WindowReach[] =>
  a.map((each, axis) => (itemAt(b, axis).size > each.size ? itemAt(b, axis) : each));
