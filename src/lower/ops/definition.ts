/** Operators that the device lacks, by their definitions in others. */
import { GraphBuilder } from '../../graph/builder';
import type { Composite, Definition } from '../../graph/compose/index';
import { Emit } from '../../graph/emit';
import type { ValueId } from '../../graph/types';
import type { Lowerer, LoweringScope } from '../scope';

/** Adds a definition behind the graph that is lowered, and lowers what it added. */
export function lowerDefinition(
  scope: LoweringScope,
  define: (builder: GraphBuilder) => readonly ValueId[],
): readonly string[] {
  const builder = GraphBuilder.from(scope.graph);
  const before = builder.nodeCount;
  const outputs = define(builder);
  const inner = scope.innerScope(builder.finish({ name: scope.graph.name, inputs: [], outputs: [], state: [] }));
  inner.lowerNodes(new Set(builder.nodesSince(before)));
  return outputs.map((output) => inner.name(output));
}

/** A composite by its one definition, which training and gradients use, too. */
export const lowerComposite = <K extends Composite>(define: Definition<K>): Lowerer<K> => {
  return (scope, op, { inputs }) => lowerDefinition(scope, (builder) => define(new Emit(builder), op, inputs));
};
