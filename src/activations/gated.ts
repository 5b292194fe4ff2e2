/** Gated activations: the first half of a dimension is the value, the second half its gate. */
import { itemAt, sizeAt } from '../graph/access';
import type { GraphBuilder } from '../graph/builder';
import type { ActivationParameters, Scalar, ValueId } from '../graph/types';
import type { Activation } from './types';

/** value_i · f(gate_i) of a row that holds the values, then the gates. */
export function applyGate(row: readonly number[], f: (gate: number) => number): number[] {
  const half = row.length / 2;
  return row.slice(0, half).map((value, i) => value * f(itemAt(row, half + i)));
}

/** Both halves of a dimension (the last one, where none is given). */
export function halves(graph: GraphBuilder, x: ValueId, dim?: Scalar): { value: ValueId; gate: ValueId } {
  const { shape } = graph.type(x);
  const given = typeof dim === 'number' ? dim : -1;
  const axis = given < 0 ? given + shape.length : given;
  const size = sizeAt(shape, axis);
  const part = (start: number) => graph.emit1({ kind: 'slice', dim: axis, start, end: start + size / 2, step: 1 }, x);
  return { value: part(0), gate: part(size / 2) };
}

/** The gate's own parameters, at their defaults. */
function parametersOf(gate: Activation): ActivationParameters {
  return Object.fromEntries(gate.parameters.map(({ name, default: usual }) => [name, usual]));
}

/** The row of a pair whose gate is an elementwise entry. */
export function applyGateOf(gate: Activation, row: readonly number[]): number[] {
  const parameters = parametersOf(gate);
  return applyGate(row, (x) => gate.value?.(x, parameters) ?? Number.NaN);
}

/** The same in graph primitives, along the last dimension. */
export function emitGatedBy(entry: Activation, graph: GraphBuilder, x: ValueId): ValueId {
  const { value, gate } = halves(graph, x);
  const opened = entry.forward(graph, gate, parametersOf(entry), []);
  return graph.emit1({ kind: 'binary', function: 'mul' }, value, opened);
}
