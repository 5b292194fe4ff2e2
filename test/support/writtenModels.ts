/** Reading and running small models whose weights follow from their order. */
import assert from 'node:assert/strict';
import { extractModel } from '../../src/extract/extract';
import { itemAt } from '../../src/graph/access';
import type { Graph } from '../../src/graph/types';
import { type Dense, evaluate } from './evaluate';
import { testSyntax } from './syntax';

/** The model of a text that stands alone. */
export async function readText(text: string, expression = 'Net', training = false): Promise<Graph> {
  const file = 'net.py';
  const source = {
    read: async (name: string) => (name === file ? { file, text, version: 1 } : undefined),
    resolve: async () => undefined,
  };
  const found = await extractModel({ syntax: testSyntax(), source, file, expression, training });
  assert.ok(found.ok, found.ok ? '' : `${found.problem.message}\n${text}`);
  return found.graph;
}

/**
 * The first output, in double precision. Parameters and inputs are filled by their order, as reference_written.py does;
 * what a swap adds begins with the number that it begins with.
 */
export function outputOf(graph: Graph): Float64Array {
  const known = new Map<number, Dense>();
  const fill = (value: number, at: (index: number) => number) => {
    const { shape } = itemAt(graph.values, value).type;
    const count = shape.reduce((product, each) => product * each, 1);
    known.set(value, { shape, data: Float64Array.from({ length: count }, (_, i) => at(i)) });
  };
  const wave = (seed: number) => (index: number) => 2 * Math.sin(1.7 * (index + 1) + 3.1 * seed);
  for (const [i, { value }] of graph.inputs.entries()) fill(value, wave(100 + i));
  for (const [i, { value, initialiser }] of graph.storages.entries())
    fill(value, initialiser.kind === 'constant' ? () => initialiser.value : wave(i));
  evaluate(graph, known);
  const made = known.get(itemAt(graph.outputs, 0).value);
  assert.ok(made);
  return Float64Array.from(made.data);
}

/** The length of the difference, relative to the second. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.equal(a.length, b.length);
  const length = (values: readonly number[]) => Math.sqrt(values.reduce((sum, each) => sum + each ** 2, 0));
  return length(Array.from(a, (each, i) => each - itemAt(b, i))) / length(Array.from(b));
}
