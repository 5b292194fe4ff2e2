/** How large a model is, in a line. */
import { itemAt } from '../graph/access';
import { countParameters } from '../graph/swap';
import type { Graph } from '../graph/types';
import { say } from '../language/say';
import { multiplyAddsOf } from './multiplyAdds';
import { countText, multiplyAddsText, parametersText } from './text';

/** `11.7 M parameters · 1.82 G multiply-adds at 1×3×224×224`: of one pass with the input that it was read with. */
export function countsText(graph: Graph): string {
  const { all } = countParameters(graph);
  const work = graph.nodes.reduce((sum, node) => sum + multiplyAddsOf(graph, node), 0);
  const parameters = all < 1e6 ? parametersText(all) : say('{0} parameters', countText(all));
  if (work === 0) return parameters;
  const input = graph.inputs.map(({ value }) => itemAt(graph.values, value).type.shape.join('×')).join(', ');
  return `${parameters} · ${say('{0} at {1}', multiplyAddsText(work), input)}`;
}
