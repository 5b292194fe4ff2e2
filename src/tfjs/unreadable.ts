/** How a reading ends that gives no model. */
import type { ExtractionProblem } from '../extract/extract';
import type { Fault } from '../graph/fault';
import { say } from '../language/say';
import { ParseError } from '../syntax/syntax';
import { WeightsError } from '../weights/tensor';
import { NestingError } from './nodes';
import { type ProblemContext, sealedProblem } from './problems';
import { TapeRefusal } from './refusal';
import { SealedError } from './sealed';

/** A reading that ends with a problem. */
export class Unreadable extends Error {
  override name = 'Unreadable';
  constructor(
    readonly problem: ExtractionProblem,
    /** Where the library itself surely refuses the model. */
    readonly fault?: Fault,
  ) {
    super(problem.message);
  }
}

/**
 * What `make` gives.
 * @throws Unreadable where it refuses the tape, with the place in the text
 */
export function translateRefusal<T>(make: () => T, { placeOf }: Pick<ProblemContext, 'placeOf'>): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof TapeRefusal)) throw error;
    const source = placeOf(error.at);
    throw new Unreadable({ kind: 'unsupported', message: error.message, ...(source && { source }) });
  }
}

/** The problem that an error means for whoever asked for a file's model; undefined for an error of ours. */
export function problemIn(error: unknown, file: string): ExtractionProblem | undefined {
  if (error instanceof Unreadable) return error.problem;
  if (error instanceof SealedError) return sealedProblem(error, file);
  if (error instanceof ParseError || error instanceof NestingError) return { kind: 'syntax', message: error.message };
  if (error instanceof WeightsError) return { kind: 'unsupported', message: error.message };
  if (error instanceof DOMException && error.name === 'AbortError')
    return { kind: 'cancelled', message: say('Reading the model was cancelled') };
  return undefined;
}
