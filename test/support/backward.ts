import { activationRules } from '../../src/activations/differentiation';
import { GraphBuilder } from '../../src/graph/builder';
import { differentiate } from '../../src/graph/differentiate/index';
import { elements, isFloating } from '../../src/graph/ops/rule';
import type { Graph, ValueId } from '../../src/graph/types';
import { mixed } from './rule';

/** What the gradient of an input or a parameter is called. */
export const gradientOf = (name: string): string => `gradient of ${name}`;

/**
 * The graph with gradients as its outputs, named after what they are of: of the sum of all outputs, weighted
 * by the rule, as test/parity/reference_layers.py has it. What the sum doesn't depend on is left out.
 */
export function backward(graph: Graph, names: ReadonlySet<string>, onGpu = false): Graph {
  const builder = GraphBuilder.from(graph);
  const emit = (op: Parameters<GraphBuilder['emit1']>[0], ...inputs: (ValueId | null)[]) =>
    builder.emit1(op, ...inputs);
  let loss: ValueId | undefined;
  for (const [i, { value }] of graph.outputs.entries()) {
    const type = builder.type(value);
    if (!isFloating(type.dtype)) continue;
    const data = Float32Array.from(mixed(`cotangent${i}`, elements(type.shape)));
    const weighted = emit({ kind: 'binary', function: 'mul' }, value, emit({ kind: 'constant', data, type }));
    const sum = emit({ kind: 'reduce', function: 'sum', dims: [], keepdim: false }, weighted);
    loss = loss === undefined ? sum : emit({ kind: 'binary', function: 'add' }, loss, sum);
  }
  if (loss === undefined) throw new RangeError('no output is a floating-point tensor');
  const { name, inputs, state } = graph;
  const sources = new Map<string, ValueId>();
  for (const [i, { value }] of inputs.entries()) sources.set(`input${i}`, value);
  for (const entry of state) sources.set(entry.name, graph.storages[entry.storage]?.value ?? -1);
  const wanted = [...sources].filter(([each]) => names.has(each));
  const whole = builder.finish({ name, inputs, outputs: [{ name: 'loss', value: loss }], state });
  const values = wanted.map(([, value]) => value);
  const { builder: after, gradients } = differentiate(whole, loss, values, { ...activationRules, onGpu });
  const outputs = wanted.flatMap(([each, of]) => {
    const value = gradients.get(of);
    return value === undefined ? [] : [{ name: gradientOf(each), value }];
  });
  return after.finish({ name, inputs, outputs, state });
}
