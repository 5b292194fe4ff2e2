/** Recurrent layers of the library's own cells. */
import { isGiven, itemAt, sizeAt } from '../../graph/access';
import type { CellFunction, OpAttributes, ValueId } from '../../graph/types';
import { say } from '../../language/say';
import { cellFunctionOf } from '../activation';
import { reverseAlong } from '../kernels/reduction';
import type { RuleTable } from '../kernels/table';
import type { StepView } from '../translation';

type CellName = OpAttributes['recurrent']['cell'];

function functionNamed(step: StepView, attribute: string): CellFunction {
  const name = step.text(attribute);
  return (
    cellFunctionOf(name) ??
    step.refuse(say('its cells have the activation {0}, which a recurrent layer of a graph has not', name))
  );
}

/** Rows gate by gate, in the graph's order; TF.js's LSTM has the same, its GRU has update and reset the other way round. */
function reorderGates(step: StepView, rows: ValueId, gates: readonly number[]): ValueId {
  const { e } = step;
  if (gates.every((gate, i) => gate === i)) return rows;
  const size = sizeAt(e.shape(rows), 0) / gates.length;
  return e.cat(
    gates.map((gate) => e.slice(rows, 0, gate * size, (gate + 1) * size)),
    0,
  );
}

interface Kind {
  readonly cell: CellName;
  readonly gates: readonly number[];
}

const isNamed = (fn: CellFunction, name: string): boolean => {
  const own = cellFunctionOf(name);
  return fn !== 'hard' && own !== undefined && own !== 'hard' && fn.activation === own.activation;
};

function recurrent(step: StepView, { cell, gates }: Kind): void {
  const { e, translation } = step;
  const [batch, time] = step.shape('x') as readonly [number, number];
  const units = sizeAt(step.shape('recurrentKernel'), 0);
  const reverse = step.flag('goBackwards');
  const activation = functionNamed(step, 'activation');
  const gate = gates.length === 1 ? undefined : functionNamed(step, 'recurrentActivation');
  const op = {
    kind: 'recurrent',
    cell,
    reverse,
    ...(isNamed(activation, 'tanh') ? {} : { activation }),
    ...(gate === undefined || isNamed(gate, 'sigmoid') ? {} : { gate }),
    ...(cell === 'gru' ? { resetFirst: true as const } : {}),
  } as const;
  if (step.flag('stateful')) {
    translation.note(
      say('A stateful layer begins each run with zeros here, where it would go on with its last state.'),
    );
  }
  const state = (name: string) =>
    step.has(name) ? step.read(name) : e.full(0, { dtype: 'float32', shape: [batch, units] });
  const bias = step.has('bias') ? reorderGates(step, step.read('bias'), gates) : null;
  const mask = step.has('mask') ? e.cast(e.cast(step.in('mask', [1, 0]), 'bool'), 'float32') : null;
  const keep = step.optional('keep');
  const further = isGiven(mask) || isGiven(keep) ? [mask, keep] : [];
  const made = translation.e.builder.emit(op, [
    step.in('x', [1, 0, 2]),
    reorderGates(step, step.in('kernel', [1, 0]), gates),
    reorderGates(step, step.in('recurrentKernel', [1, 0]), gates),
    bias,
    null,
    state('h'),
    ...(cell === 'lstm' ? [state('c')] : further.length > 0 ? [null] : []),
    ...further,
  ]);
  const all = itemAt(made, 0);
  const at = reverse ? 0 : time - 1;
  const last = () => e.reshape(e.slice(all, 0, at, at + 1), [batch, units]);
  const isRead = (index: number) => translation.readersOf(itemAt(step.step.outputs, index)) > 0;
  // What runs backwards gives its outputs in the order in which it ran.
  if (step.flag('returnSequences')) step.give(reverse ? reverseAlong(step, all, 0) : all, [1, 0, 2]);
  else step.give(last());
  if (isRead(1)) step.give(last(), undefined, 1);
  if (cell === 'lstm' && isRead(2)) step.give(itemAt(made, 1), undefined, 2);
}

export const recurrents: RuleTable = {
  LSTM: (step) => recurrent(step, { cell: 'lstm', gates: [0, 1, 2, 3] }),
  GRU: (step) => recurrent(step, { cell: 'gru', gates: [1, 0, 2] }),
  SimpleRNN: (step) => recurrent(step, { cell: 'tanh', gates: [0] }),
};
