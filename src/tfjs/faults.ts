/** Errors of TensorFlow.js that a model surely ends in. */
import type { Fault } from '../graph/fault';
import { lines, MESSAGE } from '../language/legible';
import { isPhrased } from './phrases';
import type { GuestAnswer, GuestFault, GuestProblem } from './request';

/** What may be such an error. */
export type SuspectError = Pick<GuestProblem | GuestFault, 'message' | 'at'>;

/** An error that the library threw; undefined where anything that is not known has to do with the run. */
export function suspectIn({ problem, faults, touched, decisions }: GuestAnswer): SuspectError | undefined {
  if (touched.length > 0 || decisions.length > 0) return undefined;
  if (problem?.kind !== 'raised' && problem?.kind !== 'no-model') return undefined;
  // Where a statement of a file's own level threw, the program ended there.
  const found = faults[0] ?? problem;
  return found?.isOfLibrary && found.at !== undefined && !isPhrased(found.message) ? found : undefined;
}

/** Batches that one is tried with: it may be made for one of them alone. */
const BATCHES = [2, 3, 4, 8, 10, 16, 32, 64, 100, 128, 256] as const;
/** Largest batch that a number of the message may stand for. */
const LARGEST = 4096;

/** The batches that may be the right one, those that the message names among them. */
export function batchesFor({ message }: SuspectError): number[] {
  const named = [...message.matchAll(/\d+/g)].map(Number).filter((each) => each > 1 && each <= LARGEST);
  return [...new Set([...BATCHES, ...named])];
}

/** Whether another batch ends in the same error: sizes in its words may be others. */
export const isSameError = (a: SuspectError, b: SuspectError | undefined): boolean =>
  b !== undefined && a.at === b.at && a.message.replace(/\d+/g, '#') === b.message.replace(/\d+/g, '#');

/** What is told of an error, in the library's words. @param isOfAll whether its words are the same for each batch */
export const faultOf = ({ message }: SuspectError, source: Fault['source'], isOfAll: boolean): Fault => ({
  message: lines(message, MESSAGE),
  source,
  basis: isOfAll ? 'construction' : 'every-input',
  operands: [],
  library: 'tensorflow',
});
