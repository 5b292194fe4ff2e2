/** Parts of a graph that make one value of another, each element alone. */
import { isGiven } from '../../graph/access';
import type { ValueId } from '../../graph/types';
import type { ValueFlow } from './flow';

export interface Segment {
  readonly input: ValueId;
  readonly output: ValueId;
  /** Indices of the nodes between them, in order. */
  readonly nodes: readonly number[];
  /** Whether parameters of the model take part. */
  readonly learns: boolean;
}

/** Nodes between input and output: a longer formula is not written by hand. */
const MAX_NODES = 24;

/**
 * The segments that make a value of a single other one, the smallest first. Each goes back from the last node on: where
 * all that is still open is one value, everything depends on it alone.
 */
export function* segmentsOf(flow: ValueFlow, output: ValueId): Generator<Segment> {
  const shape = flow.shapeOf(output);
  const open = new Set([output]);
  const nodes: number[] = [];
  let learns = false;
  while (nodes.length < MAX_NODES) {
    const last = latest(flow, open);
    const made = last === undefined ? undefined : flow.maker(last);
    // What no node makes of single elements stays open; a second such value leaves no single one.
    if (last === undefined || !made || !flow.isElementwise(made.node) || flow.shapeOf(last) !== shape) return;
    open.delete(last);
    nodes.push(made.index);
    for (const input of made.node.inputs) {
      if (!isGiven(input)) continue;
      const dependence = flow.dependenceOf(input);
      if (dependence === undefined) open.add(input);
      else learns ||= dependence === 'parameter';
    }
    if (open.size === 0) return;
    const [input, more] = open;
    if (input === undefined || more !== undefined || !flow.isFloating(input) || flow.shapeOf(input) !== shape) continue;
    yield { input, output, nodes: nodes.toSorted((a, b) => a - b), learns };
  }
}

/** The value that is made last: nothing else that is open can depend on it. */
function latest(flow: ValueFlow, open: ReadonlySet<ValueId>): ValueId | undefined {
  let [found, index]: [ValueId | undefined, number] = [undefined, -1];
  for (const value of open) {
    const at = flow.maker(value)?.index ?? -1;
    if (at > index) [found, index] = [value, at];
  }
  return found;
}

/** Whether nothing outside a segment reads what it makes on the way. */
export function isClosed(flow: ValueFlow, { nodes, output }: Segment): boolean {
  const inside = new Set(nodes);
  return nodes.every((index) =>
    flow
      .outputsAt(index)
      .every((value) => value === output || flow.readersOf(value).every((reader) => inside.has(reader))),
  );
}
