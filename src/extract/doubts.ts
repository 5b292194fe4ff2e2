/** What speaks against an input that was guessed, though the model runs on it. */

import { itemAt } from '../graph/access';
import type { Graph, Node, ValueId } from '../graph/types';
import { say } from '../language/say';

/** Reasons, the weightiest first; none where nothing speaks against it. */
export function doubtsOf(graph: Graph): string[] {
  const shapeOf = (value: ValueId | null | undefined): readonly number[] | undefined =>
    value === null || value === undefined ? undefined : graph.values[value]?.type.shape;
  const doubts: string[] = [];
  const inputs = graph.inputs.map(({ value }) => shapeOf(value) ?? []);
  const batch = inputs.find((shape) => shape.length > 0)?.[0];
  const outputs = graph.outputs.map(({ value }) => shapeOf(value) ?? []).filter((shape) => shape.length > 0);
  const [first] = outputs;
  if (batch !== undefined && first && !outputs.some((shape) => shape.includes(batch))) {
    doubts.push(say('{0} samples go in and {1} come out', batch, itemAt(first, 0)));
  }
  const fed = new Set(graph.inputs.map(({ value }) => value));
  if (graph.nodes.some((node) => attendsToOne(node, shapeOf)))
    doubts.push(say('attention runs over a sequence of length 1'));
  if (graph.nodes.some((node) => recursOnce(node, shapeOf)))
    doubts.push(say('a recurrent layer runs over a sequence of length 1'));
  if (graph.nodes.some((node) => seesOnePixel(node, shapeOf, fed)))
    doubts.push(say('a convolution looks at a single value'));
  const unused = unusedParameters(graph);
  if (unused.all > 0 && unused.count * 2 > unused.all) {
    doubts.push(say('{0} of {1} tensors of parameters do not reach the output', unused.count, unused.all));
  }
  return doubts;
}

type ShapeOf = (value: ValueId | null | undefined) => readonly number[] | undefined;

function attendsToOne({ op, inputs }: Node, shapeOf: ShapeOf): boolean {
  if (op.kind !== 'attention') return false;
  return shapeOf(inputs[1])?.at(-2) === 1 && shapeOf(inputs[0])?.at(-2) === 1;
}

function recursOnce({ op, inputs }: Node, shapeOf: ShapeOf): boolean {
  return op.kind === 'recurrent' && shapeOf(inputs[0])?.[0] === 1;
}

/** A kernel wider than 1 over sides of 1, right behind the input: deeper a network may shrink that far by intention. */
function seesOnePixel({ op, inputs }: Node, shapeOf: ShapeOf, fed: ReadonlySet<ValueId>): boolean {
  const [input] = inputs;
  if (op.kind !== 'conv' || input === null || input === undefined || !fed.has(input)) return false;
  const sides = shapeOf(input)?.slice(2) ?? [];
  const kernel = shapeOf(inputs[1])?.slice(2) ?? [];
  return sides.length > 0 && sides.every((side) => side === 1) && kernel.some((side) => side > 1);
}

function unusedParameters(graph: Graph): { readonly count: number; readonly all: number } {
  const read = new Set<ValueId | null>(graph.nodes.flatMap(({ inputs }) => inputs));
  for (const { value } of graph.outputs) read.add(value);
  const parameters = new Set(graph.state.flatMap(({ kind, storage }) => (kind === 'parameter' ? [storage] : [])));
  const unread = [...parameters].filter((storage) => {
    const value = graph.storages[storage]?.value;
    return value !== undefined && !read.has(value);
  });
  return { count: unread.length, all: parameters.size };
}
