/** One step after the other: kernels, layers and activations by their tables. */
import { ShapeError } from '../graph/types';
import { say } from '../language/say';
import { activate } from './activation';
import { kernels } from './kernels/index';
import type { StepRule } from './kernels/table';
import { layers } from './layers/index';
import type { TapeStep } from './outcome';
import { refuseStep } from './refusal';
import { StepView, type TapeTranslation } from './translation';

function ruleOf(step: TapeStep): StepRule | undefined {
  if (step.kind === 'activation') return activate;
  const table = step.kind === 'layer' ? layers : kernels;
  return Object.hasOwn(table, step.name) ? table[step.name] : undefined;
}

/**
 * Makes the nodes of a step.
 * @throws TapeRefusal naming the step
 */
export function translate(step: TapeStep, translation: TapeTranslation): void {
  const rule = ruleOf(step);
  if (!rule) throw refuseStep(step, say('the graph has no such operator'));
  try {
    rule(new StepView(step, translation));
  } catch (error) {
    // The guest's own account of shapes does not hold.
    if (error instanceof ShapeError || error instanceof RangeError)
      throw refuseStep(step, say("its shapes can't be what they are said to be"));
    throw error;
  }
}
