/** What a model's convolutions and pools make of the sizes of its input: likely formulas, which readings confirm or refute. */
import { itemAt } from '../graph/access';
import type { Graph, Node, ValueId } from '../graph/types';
import { axesBefore } from './axes';
import type { SizePlaces } from './symbols';

/** The whole part of (size + summand) / divisor, of an open size by its number. */
export interface WindowSum {
  readonly size: number;
  readonly summand: number;
  readonly divisor: number;
}

type AxisSums = readonly (WindowSum | undefined)[];

/**
 * Windows one after the other stay of that form: with a window's ⌊(v + a) / s⌋ of v = ⌊(n + c) / k⌋ it is ⌊(n + c + a·k) / (k·s)⌋.
 * @param open the sizes, by their places among the graph's inputs
 */
export function windowSums(
  { inputs, nodes, values }: Pick<Graph, 'inputs' | 'nodes' | 'values'>,
  open: readonly SizePlaces[],
): WindowSum[] {
  const known = new Map<ValueId, AxisSums>();
  for (const [tensor, { value }] of inputs.entries())
    known.set(
      value,
      itemAt(values, value).type.shape.map((_, axis) => {
        const size = open.findIndex(({ places }) => places.some(([at, dim]) => at === tensor && dim === axis));
        return size < 0 ? undefined : { size, summand: 0, divisor: 1 };
      }),
    );
  const found = new Map<string, WindowSum>();
  for (const node of nodes) {
    const axes = axesAfter(node, known, values);
    const [output] = node.outputs;
    if (!axes || output === undefined) continue;
    known.set(output, axes);
    for (const each of axes) if (each) found.set(`${each.size} ${each.summand} ${each.divisor}`, each);
  }
  return [...found.values()];
}

function axesAfter(
  { op, inputs, outputs }: Node,
  known: ReadonlyMap<ValueId, AxisSums>,
  values: Graph['values'],
): AxisSums | undefined {
  const shapeOf = (value: ValueId) => itemAt(values, value).type.shape;
  const x = inputs.find((input) => input !== null && known.has(input));
  if (x === undefined || x === null) return undefined;
  const axes = known.get(x) ?? [];
  const [batch] = axes;
  const moved = op.kind === 'reshape' && axesBefore(shapeOf(x), shapeOf(itemAt(outputs, 0)));
  if (moved) return moved.map((axis) => (axis === undefined ? undefined : axes[axis]));
  const windows = (kernel: readonly number[], dilation: readonly number[] | undefined, isCeiled: boolean) => {
    if (!('stride' in op) || !('padding' in op)) return undefined;
    const rank = kernel.length;
    return [
      batch,
      undefined,
      ...axes.slice(2).map((each, axis) => {
        const stride = itemAt(op.stride, axis);
        const span = (dilation ? itemAt(dilation, axis) : 1) * (itemAt(kernel, axis) - 1) + 1;
        const padding = itemAt(op.padding, axis) + itemAt(op.padding, axis + rank);
        return each && advance(each, padding - span + stride + (isCeiled ? stride - 1 : 0), stride);
      }),
    ];
  };
  switch (op.kind) {
    case 'conv':
      return windows(shapeOf(inputs[1] ?? -1).slice(2), op.dilation, false);
    case 'max_pool':
      return windows(op.kernel, op.dilation, op.ceil);
    case 'avg_pool':
      return windows(op.kernel, undefined, op.ceil);
    case 'permute':
      return op.dims.map((dim) => axes[dim]);
    case 'pad': {
      const rank = axes.length;
      return axes.map(
        (each, axis) => each && advance(each, itemAt(op.padding, axis) + itemAt(op.padding, axis + rank), 1),
      );
    }
    default: {
      // Whatever leaves a dimension as long as it was.
      const [own, result] = [shapeOf(x), shapeOf(itemAt(outputs, 0))];
      return own.length === result.length
        ? axes.map((each, axis) => (own[axis] === result[axis] ? each : undefined))
        : undefined;
    }
  }
}

const advance = ({ size, summand, divisor }: WindowSum, added: number, stride: number): WindowSum => ({
  size,
  summand: summand + added * divisor,
  divisor: divisor * stride,
});
