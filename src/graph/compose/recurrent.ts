import { inputAt, isGiven, itemAt, sizeAt } from '../access';
import type { Emit } from '../emit';
import type { CellFunction, Op, ValueId } from '../types';

type Recurrent = Extract<Op, { readonly kind: 'recurrent' }>;

/** A function inside a cell, by its definition. */
export function cellFunction(e: Emit, fn: CellFunction, x: ValueId): ValueId {
  if (fn !== 'hard') return e.activation(fn.activation, x, fn.parameters);
  const line = e.binaryScalar('add', e.binaryScalar('mul', x, 0.2), 0.5);
  return e.binaryScalar('min', e.binaryScalar('max', line, 0), 1);
}

/** One layer in one direction, step by step. All inputs are multiplied at once. */
export function recurrentLayer(
  e: Emit,
  { kind, cell, reverse, activation, gate: opening, resetFirst }: Recurrent,
  inputs: readonly (ValueId | null)[],
): readonly ValueId[] {
  const [x, weight, recurrence] = [0, 1, 2].map((i) => inputAt(kind, inputs, i)) as [ValueId, ValueId, ValueId];
  const [time, batch, features] = [0, 1, 2].map((dim) => sizeAt(e.shape(x), dim)) as [number, number, number];
  const hidden = sizeAt(e.shape(recurrence), 1);
  const gates = sizeAt(e.shape(weight), 0) / hidden;
  const linear = (rows: ValueId, matrix: ValueId, bias: ValueId | null | undefined) =>
    e.op({ kind: 'linear' }, rows, matrix, isGiven(bias) ? bias : null);
  const fed = linear(e.reshape(x, [time * batch, features]), weight, inputs[3]);
  const part = (rows: ValueId, gate: number) =>
    gates === 1 ? rows : e.slice(rows, 1, gate * hidden, (gate + 1) * hidden);
  let h = inputAt(kind, inputs, 5);
  let c = cell === 'lstm' ? inputAt(kind, inputs, 6) : h;
  // A state that is reset before it is multiplied needs a product of its own.
  const rowsOf = (x: ValueId | null | undefined, from: number, to: number) =>
    isGiven(x) ? e.slice(x, 0, from * hidden, to * hidden) : null;
  const first = resetFirst ? gates - 1 : gates;
  const gated = e.slice(recurrence, 0, 0, first * hidden);
  const gatedBias = rowsOf(inputs[4], 0, first);
  const lastly = resetFirst ? e.slice(recurrence, 0, first * hidden, gates * hidden) : recurrence;
  const lastBias = resetFirst ? rowsOf(inputs[4], first, gates) : null;
  const bend = (x: ValueId) => {
    if (activation) return cellFunction(e, activation, x);
    return cell === 'relu' ? e.activation('relu', x) : e.unary('tanh', x);
  };
  const sigmoid = (x: ValueId) => (opening ? cellFunction(e, opening, x) : e.unary('sigmoid', x));
  const outputs: ValueId[] = [];
  for (let i = 0; i < time; i++) {
    const step = reverse ? time - 1 - i : i;
    const own = e.slice(fed, 0, step * batch, (step + 1) * batch);
    const back = linear(h, gated, gatedBias);
    if (cell === 'lstm') {
      const sum = e.add(own, back);
      const open = (gate: number) => sigmoid(part(sum, gate));
      c = e.add(e.mul(open(1), c), e.mul(open(0), bend(part(sum, 2))));
      h = e.mul(open(3), bend(c));
    } else if (cell === 'gru') {
      const open = (gate: number) => sigmoid(e.add(part(own, gate), part(back, gate)));
      const kept = resetFirst ? linear(e.mul(open(0), h), lastly, lastBias) : e.mul(open(0), part(back, 2));
      const fresh = bend(e.add(part(own, 2), kept));
      h = e.add(fresh, e.mul(open(1), e.sub(h, fresh)));
    } else {
      h = bend(e.add(own, back));
    }
    outputs[step] = e.reshape(h, [1, batch, hidden]);
  }
  const all = outputs.length === 1 ? itemAt(outputs, 0) : e.op({ kind: 'cat', dim: 0 }, ...outputs);
  return cell === 'lstm' ? [all, c] : [all];
}
