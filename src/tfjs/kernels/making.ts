/** Kernels that make tensors of nothing: filled, counted, drawn. */
import { firstElements, sizeAt } from '../../graph/access';
import { say } from '../../language/say';
import { drawOf } from '../draws';
import type { StepView } from '../translation';
import type { RuleTable, StepRule } from './table';

const fill = (step: StepView, value: number): void =>
  step.give(step.e.full(value, { dtype: step.outputType(), shape: step.outputShape() }));

const fillSequence = (step: StepView, at: (index: number) => number): void => {
  const length = sizeAt(step.outputShape(), 0);
  const values = Array.from({ length: step.boundedCount(length) }, (_, index) => at(index));
  step.give(step.e.constant(values, [length], step.outputType()));
};

/** Numbers that the model draws while it runs, anew each time. */
const draw: StepRule = (step) => {
  const initialiser = drawOf(step.step, step.outputShape());
  if (!initialiser) return step.refuse(say('the graph has no such distribution'));
  const { e, translation } = step;
  const made = translation.draw({ dtype: 'float32', shape: step.outputShape() }, initialiser);
  const whole = step.outputType() === 'int32' ? e.unary('floor', made) : made;
  return step.give(whole);
};

export const makers: RuleTable = {
  Fill: (step) => fill(step, step.number('value')),
  Range: (step) => {
    const [start, each] = [step.number('start'), step.number('step')];
    fillSequence(step, (index) => start + index * each);
  },
  LinSpace: (step) => {
    const [start, stop, count] = [step.number('start'), step.number('stop'), step.integer('num')];
    fillSequence(step, (index) => (count === 1 ? start : start + (index * (stop - start)) / (count - 1)));
  },
  Eye: (step) => {
    const [rows, columns] = firstElements(step.outputShape(), 2);
    const values = Array.from({ length: step.boundedCount(rows * columns) }, (_, i) =>
      Number(Math.floor(i / columns) === i % columns),
    );
    step.give(step.e.constant(values, [rows, columns], step.outputType()));
  },
  RandomUniform: draw,
  RandomNormal: draw,
  TruncatedNormal: draw,
  Orthogonal: draw,
};
