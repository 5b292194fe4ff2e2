/** The same model read as it trains: it may take other branches where `self.training` is true. */

import type { Graph, Node } from '../graph/types';
import { say, sentence } from '../language/say';
import { type ExtractRequest, extractModel } from './extract';
import type { InputSpec } from './spec';

export interface TrainingReading {
  /** Absent where the model does in training what it does in evaluation. */
  readonly graph?: Graph;
  /** Why there is none, where there should be one. */
  readonly note?: string;
}

/**
 * Reads a model again in training mode.
 * @param graph the model in evaluation mode
 * @param inputs what that was fed with
 */
export async function readInTraining(
  request: ExtractRequest,
  graph: Graph,
  inputs: readonly InputSpec[],
): Promise<TrainingReading> {
  const again = await extractModel({ ...request, inputs, training: true });
  if (again.ok) return isSameGraph(again.graph, graph) ? {} : { graph: again.graph };
  return {
    note: say(
      'The model has branches of its own for training, which could not be read: {0}. All measures are of the branches that it takes in evaluation.',
      sentence(again.problem.message),
    ),
  };
}

function isSameGraph(a: Graph, b: Graph): boolean {
  const isSameNode = (node: Node, other: Node | undefined) =>
    node.path === other?.path &&
    node.stops === other.stops &&
    isEqual(node.op, other.op) &&
    isEqual(node.inputs, other.inputs) &&
    isEqual(node.outputs, other.outputs);
  return (
    a.nodes.length === b.nodes.length &&
    a.updates.length === b.updates.length &&
    a.nodes.every((node, i) => isSameNode(node, b.nodes[i])) &&
    isEqual(
      a.outputs.map(({ value }) => value),
      b.outputs.map(({ value }) => value),
    )
  );
}

/** Whether two plain values are equal, with what they hold. */
function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (ArrayBuffer.isView(a) || Array.isArray(a)) {
    const [left, right] = [a as ArrayLike<unknown>, b as ArrayLike<unknown>];
    if (left.length !== right.length) return false;
    for (let i = 0; i < left.length; i++) if (!isEqual(left[i], right[i])) return false;
    return true;
  }
  const [left, right] = [Object.entries(a), b as Readonly<Record<string, unknown>>];
  return left.length === Object.keys(b).length && left.every(([key, value]) => isEqual(value, right[key]));
}
