import { inputAt, isGiven, itemAt, sizeAt } from '../access';
import type { Emit } from '../emit';
import type { CellFunction, Op, ValueId } from '../types';

type Recurrent = Extract<Op, { readonly kind: 'recurrent' }>;
type Inputs = readonly (ValueId | null)[];

/** A function inside a cell, by its definition. */
export function cellFunction(e: Emit, fn: CellFunction, x: ValueId): ValueId {
  if (fn !== 'hard') return e.activation(fn.activation, x, fn.parameters);
  const line = e.binaryScalar('add', e.binaryScalar('mul', x, 0.2), 0.5);
  return e.binaryScalar('min', e.binaryScalar('max', line, 0), 1);
}

/** What a cell carries from step to step; an LSTM's memory beside its output. */
interface State {
  readonly h: ValueId;
  readonly c: ValueId;
}

/** One step of a cell, whose inputs have been multiplied for all steps at once. */
class ComposedCell {
  readonly hidden: number;
  private readonly gates: number;
  private readonly gated: { readonly rows: ValueId; readonly bias: ValueId | null };
  private readonly last: { readonly rows: ValueId; readonly bias: ValueId | null };

  constructor(
    private readonly e: Emit,
    private readonly op: Recurrent,
    inputs: Inputs,
  ) {
    const recurrence = inputAt(op.kind, inputs, 2);
    this.hidden = sizeAt(e.shape(recurrence), 1);
    this.gates = sizeAt(e.shape(inputAt(op.kind, inputs, 1)), 0) / this.hidden;
    const rowsOf = (x: ValueId, from: number, to: number) => e.slice(x, 0, from * this.hidden, to * this.hidden);
    const part = (from: number, to: number) => ({
      rows: rowsOf(recurrence, from, to),
      bias: isGiven(inputs[4]) ? rowsOf(inputs[4], from, to) : null,
    });
    // A state that is reset before it is multiplied needs a product of its own.
    const first = op.resetFirst ? this.gates - 1 : this.gates;
    this.gated = part(0, first);
    this.last = op.resetFirst ? part(first, this.gates) : this.gated;
  }

  /** @param fed the inputs' part of all gates at this step */
  step(fed: ValueId, { h, c }: State): State {
    const { e, op } = this;
    const back = this.product(h, this.gated);
    if (op.cell === 'lstm') {
      const sum = e.add(fed, back);
      const open = (gate: number) => this.open(this.part(sum, gate));
      const memory = e.add(e.mul(open(1), c), e.mul(open(0), this.bend(this.part(sum, 2))));
      return { h: e.mul(open(3), this.bend(memory)), c: memory };
    }
    if (op.cell === 'gru') {
      const open = (gate: number) => this.open(e.add(this.part(fed, gate), this.part(back, gate)));
      const kept = op.resetFirst ? this.product(e.mul(open(0), h), this.last) : e.mul(open(0), this.part(back, 2));
      const fresh = this.bend(e.add(this.part(fed, 2), kept));
      return { h: e.add(fresh, e.mul(open(1), e.sub(h, fresh))), c };
    }
    return { h: this.bend(e.add(fed, back)), c };
  }

  private product(rows: ValueId, { rows: matrix, bias }: { rows: ValueId; bias: ValueId | null }): ValueId {
    return this.e.op({ kind: 'linear' }, rows, matrix, bias);
  }

  private part(rows: ValueId, gate: number): ValueId {
    return this.gates === 1 ? rows : this.e.slice(rows, 1, gate * this.hidden, (gate + 1) * this.hidden);
  }

  private bend(x: ValueId): ValueId {
    const { e, op } = this;
    if (op.activation) return cellFunction(e, op.activation, x);
    return op.cell === 'relu' ? e.activation('relu', x) : e.unary('tanh', x);
  }

  private open(x: ValueId): ValueId {
    return this.op.gate ? cellFunction(this.e, this.op.gate, x) : this.e.unary('sigmoid', x);
  }
}

/** One layer in one direction, step by step. All inputs are multiplied at once. */
export function recurrentLayer(e: Emit, op: Recurrent, inputs: Inputs): readonly ValueId[] {
  const { kind, cell: name, reverse } = op;
  const [x, weight] = [inputAt(kind, inputs, 0), inputAt(kind, inputs, 1)];
  const [time, batch, features] = [0, 1, 2].map((dim) => sizeAt(e.shape(x), dim)) as [number, number, number];
  const cell = new ComposedCell(e, op, inputs);
  const bias = isGiven(inputs[3]) ? inputs[3] : null;
  const fed = e.op({ kind: 'linear' }, e.reshape(x, [time * batch, features]), weight, bias);
  const [mask, keep] = [inputs[7], inputs[8]];
  const first = inputAt(kind, inputs, 5);
  let state: State = { h: first, c: name === 'lstm' ? inputAt(kind, inputs, 6) : first };
  const outputs: ValueId[] = [];
  for (let i = 0; i < time; i++) {
    const at = reverse ? time - 1 - i : i;
    const own = e.slice(fed, 0, at * batch, (at + 1) * batch);
    const seen = isGiven(keep) ? { ...state, h: e.mul(state.h, keep) } : state;
    const next = cell.step(own, seen);
    state = isGiven(mask) ? chooseState(e, e.reshape(e.slice(mask, 0, at, at + 1), [batch, 1]), next, state) : next;
    outputs[at] = e.reshape(state.h, [1, batch, cell.hidden]);
  }
  const all = outputs.length === 1 ? itemAt(outputs, 0) : e.cat(outputs, 0);
  return name === 'lstm' ? [all, state.c] : [all];
}

/** The step's state where its mask is 1, and the one before it where that is 0. */
function chooseState(e: Emit, mask: ValueId, next: State, before: State): State {
  const rest = e.binaryScalar('add', e.neg(mask), 1);
  const mix = (a: ValueId, b: ValueId) => e.add(e.mul(a, mask), e.mul(b, rest));
  return { h: mix(next.h, before.h), c: next.c === before.c ? before.c : mix(next.c, before.c) };
}
