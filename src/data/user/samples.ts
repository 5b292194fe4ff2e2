/** Samples of a user, before they are split and normalised. */
import { floatAt } from '../../graph/access';
import { say } from '../../language/say';

/** Writes the sample `n` from `at`. */
export type Read = (n: number, into: Float32Array | Int32Array, at: number) => void;

export interface UserSamples {
  readonly count: number;
  /** One for each input of the model; each fills as many elements as a sample of it has. */
  readonly inputs: readonly Read[];
  /** A class for each sample, of a task that has one. */
  readonly labels?: Int32Array;
  /** Classes that occur. */
  readonly classes?: number;
  /** Of a task whose answers are several or no classes. */
  readonly target?: Read;
  readonly notes: readonly string[];
}

/** What each sample's numbers are as a target: one number stands for all outputs. */
export function answerOf(read: Read, given: number, outputs: number): { target: Read; notes?: readonly string[] } {
  if (given === outputs) return { target: read };
  const one = new Float32Array(1);
  const target: Read = (n, into, at) => {
    read(n, one, 0);
    into.fill(floatAt(one, 0), at, at + outputs);
  };
  return { target, notes: [say('The number of each sample is what all {0} outputs are to say.', outputs)] };
}
