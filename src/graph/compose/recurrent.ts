import { inputAt, isGiven, itemAt, sizeAt } from '../access';
import type { Emit } from '../emit';
import type { Op, ValueId } from '../types';

type Recurrent = Extract<Op, { readonly kind: 'recurrent' }>;

/** One layer in one direction, step by step. All inputs are multiplied at once. */
export function recurrentLayer(
  e: Emit,
  { kind, cell, reverse }: Recurrent,
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
  const outputs: ValueId[] = [];
  for (let i = 0; i < time; i++) {
    const step = reverse ? time - 1 - i : i;
    const own = e.slice(fed, 0, step * batch, (step + 1) * batch);
    const back = linear(h, recurrence, inputs[4]);
    if (cell === 'lstm') {
      const sum = e.add(own, back);
      const open = (gate: number) => e.unary('sigmoid', part(sum, gate));
      c = e.add(e.mul(open(1), c), e.mul(open(0), e.unary('tanh', part(sum, 2))));
      h = e.mul(open(3), e.unary('tanh', c));
    } else if (cell === 'gru') {
      const open = (gate: number) => e.unary('sigmoid', e.add(part(own, gate), part(back, gate)));
      const fresh = e.unary('tanh', e.add(part(own, 2), e.mul(open(0), part(back, 2))));
      h = e.add(fresh, e.mul(open(1), e.sub(h, fresh)));
    } else {
      const sum = e.add(own, back);
      h = cell === 'tanh' ? e.unary('tanh', sum) : e.activation('relu', sum);
    }
    outputs[step] = e.reshape(h, [1, batch, hidden]);
  }
  const all = outputs.length === 1 ? itemAt(outputs, 0) : e.op({ kind: 'cat', dim: 0 }, ...outputs);
  return cell === 'lstm' ? [all, c] : [all];
}
