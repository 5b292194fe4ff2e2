/** What went wrong in the user's code, as the host hears it. */
import type { GuestFault, GuestProblem } from '../request';
import { placeOfFailure } from './places';
import { placeIn } from './stack';
import { NeedsFile, NotKnown } from './tensorflow';
import { reasonIn } from './unknown';

/** The code gives no model, and nothing says why. */
export class NoModelMade extends Error {}

const faults: GuestFault[] = [];

export const faultsMet = (): readonly GuestFault[] => faults;

/** Keeps an error that does not end the run. @param statement number among the module's own */
export function noteFault(module: string, error: unknown, statement?: number): void {
  faults.push({ module, ...describe(error), ...(statement !== undefined && { statement }) });
}

function describe(error: unknown): Pick<GuestFault, 'message' | 'at' | 'isOfLibrary'> {
  const { message, stack } = (error ?? {}) as Partial<Error>;
  const at = placeIn(stack) ?? placeOfFailure(error);
  return {
    message: typeof message === 'string' ? message : String(error),
    ...(at !== undefined && { at }),
    ...(isOfLibrary(error) && { isOfLibrary: true }),
  };
}

/** Whether the library threw an error on purpose: no code of the user's did, and the language has its own names for its errors. */
function isOfLibrary(error: unknown): boolean {
  const { name, stack } = (error ?? {}) as Partial<Error>;
  return name === 'Error' && typeof stack === 'string' && /^[^\n]*\(guest\.js:/.test(stack);
}

/** What an error that ends the run means for the host. */
export function problemOf(error: unknown): GuestProblem {
  const told = describe(error);
  if (error instanceof NotKnown)
    return { kind: 'not-known', ...told, at: error.at ?? told.at, what: error.what, why: error.why };
  if (error instanceof NoModelMade) return { kind: 'no-model', message: '' };
  if (error instanceof NeedsFile) return { kind: 'needs-file', ...told, at: error.at, what: error.path };
  const why = reasonIn(told.message);
  const name = (error as Partial<Error> | undefined)?.name;
  const kind =
    name === 'KernelNotRead' || name === 'TapeTooLong' ? 'unsupported' : name === 'ValueNotKnown' ? 'value' : 'raised';
  return { kind, ...told, ...(why !== undefined && { why }) };
}
