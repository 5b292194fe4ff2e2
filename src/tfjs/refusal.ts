/** What a tape holds that can't become part of a graph: it names the thing, the layer, the place and the way out. */
import { say } from '../language/say';
import type { TapeStep } from './outcome';

export class TapeRefusal extends Error {
  override name = 'TapeRefusal';

  constructor(
    readonly reason: string,
    /** Of the user's call, as the guest put it. */
    readonly at?: string,
  ) {
    super(reason);
  }
}

/** What a step is called in a message: `layer dense_Dense1`, `tf.fft`. */
export function stepName(step: Pick<TapeStep, 'name' | 'path'>): string {
  return step.path === '' ? step.name : `${step.name} (${step.path})`;
}

/** A step whose meaning the graph can't hold. */
export function refuseStep(step: TapeStep, reason: string): TapeRefusal {
  return new TapeRefusal(
    say("{0} can't be read: {1}. Leave it out of the model that is compared.", stepName(step), reason),
    step.at,
  );
}
