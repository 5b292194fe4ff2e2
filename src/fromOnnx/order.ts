/** The nodes of a graph that its outputs need, each behind those whose values it reads. */
import { itemAt } from '../graph/access';
import { say } from '../language/say';
import { OnnxError } from './errors';
import type { OnnxGraph, OnnxNode } from './proto';

/** Names that a node reads, those that graphs inside of it take from around it among them. */
export function readNames(node: OnnxNode): string[] {
  const found = node.inputs.filter((name) => name !== '');
  for (const { graph } of node.attributes) if (graph) for (const name of freeNames(graph)) found.push(name);
  return found;
}

/** Names that a graph reads and does not make. */
function freeNames({ nodes, inputs, initialisers, outputs }: OnnxGraph): string[] {
  const own = new Set([...inputs, ...initialisers].map(({ name }) => name));
  for (const node of nodes) for (const output of node.outputs) own.add(output);
  const read = [...nodes.flatMap(readNames), ...outputs.map(({ name }) => name)];
  return [...new Set(read)].filter((name) => !own.has(name));
}

/**
 * Indices of the nodes that some names need, in an order in which they can be read; the file's own where that is one.
 * @throws OnnxError where nodes wait for each other, or two make the same name
 */
export function neededNodes(nodes: readonly OnnxNode[], wanted: readonly string[]): number[] {
  const makers = new Map<string, number>();
  for (const [index, { outputs }] of nodes.entries()) {
    for (const output of outputs) {
      if (output === '') continue;
      if (makers.has(output))
        throw new OnnxError('damaged', say('Two nodes make the value {0}: the file is damaged.', output));
      makers.set(output, index);
    }
  }
  const done = new Set<number>();
  const open = new Set<number>();
  const order: number[] = [];
  const waiting = wanted.flatMap((name) => makers.get(name) ?? []).reverse();
  const before = new Map<number, Iterator<number>>();
  while (waiting.length > 0) {
    const index = itemAt(waiting, waiting.length - 1);
    if (done.has(index)) {
      waiting.pop();
      continue;
    }
    if (!open.has(index)) {
      open.add(index);
      before.set(
        index,
        readNames(itemAt(nodes, index))
          .flatMap((name) => makers.get(name) ?? [])
          .values(),
      );
    }
    const next = nextOpen(before.get(index), done);
    if (next === undefined) {
      open.delete(index);
      before.delete(index);
      done.add(index);
      order.push(index);
      waiting.pop();
    } else if (open.has(next)) {
      const { outputs } = itemAt(nodes, next);
      throw new OnnxError('damaged', say('The value {0} depends on itself: the file is damaged.', outputs[0]));
    } else waiting.push(next);
  }
  // Depth first is one order among many: the file's own reads better, where it is one as well.
  const sorted = order.toSorted((a, b) => a - b);
  return isOrder(nodes, sorted, makers) ? sorted : order;
}

/** The next of some nodes that is not read yet; those before it are, and stay so. */
function nextOpen(rest: Iterator<number> | undefined, done: ReadonlySet<number>): number | undefined {
  for (let each = rest?.next(); each && !each.done; each = rest?.next()) if (!done.has(each.value)) return each.value;
  return undefined;
}

function isOrder(nodes: readonly OnnxNode[], order: readonly number[], makers: ReadonlyMap<string, number>): boolean {
  return order.every((index) => readNames(itemAt(nodes, index)).every((name) => (makers.get(name) ?? -1) < index));
}
