/** What softmaxes of a model are for. */
import { itemAt } from '../../graph/access';
import type { PlacedActivation } from '../../graph/activations';
import type { ValueId } from '../../graph/types';
import { weigher } from '../rules/chains/meant';
import type { ModelGraph } from './modelGraph';

export const isSoftmax = ({ op }: PlacedActivation): boolean => /^(?:softmax|log_softmax)$/.test(op.activation);

/** Whether names on the way to an operation say that it weighs, routes or chooses. */
export function weighs(model: ModelGraph, path: string): boolean {
  const parts = path.split('.');
  return parts.some(
    (part, index) =>
      weigher.test(part) || weigher.test(model.moduleAt(parts.slice(0, index + 1).join('.'))?.name ?? ''),
  );
}

/** Whether a value goes to the model's caller and nowhere else, moved or as its logarithm at most. */
export function isAnswer(model: ModelGraph, value: ValueId): boolean {
  const open = [value];
  for (let steps = 0; open.length > 0; steps++) {
    const at = open.pop() as ValueId;
    if (steps > 32) return false;
    const readers = model.readersOf(at);
    if (readers.length === 0) return false;
    for (const reader of readers) {
      if (reader < 0) continue;
      const node = itemAt(model.graph.nodes, reader);
      const isLogarithm = node.op.kind === 'unary' && node.op.function === 'log';
      if (!model.isMoving(node) && !isLogarithm) return false;
      open.push(...node.outputs);
    }
  }
  return true;
}
