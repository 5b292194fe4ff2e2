/** What the user's code has left to do, and who waits until nothing is: timers, promises, functions that others call. */
import { noteFault } from './faults';
import { giveUpWaiting } from './promises';
import { request } from './session';
import { takeHanded } from './unknown';

/** How often the guest may be asked to go on without what it waits for. */
const MOST_RESTS = 200;

/** Functions that are called for what they may make, where nothing else makes a model. */
const MOST_HANDED = 60;

const timers: (() => unknown)[] = [];
let rests = 0;
let handedRuns = 0;
let settle: (() => void) | undefined;
/** Whether no function need be called that the code handed to others. */
let isEnough = (): boolean => true;

/** Keeps what a timer is to run. @returns its number */
export const runLater = (run: () => unknown): number => timers.push(run);

/** Waits until nothing is left to do. @param enough whether no function need be called that the code handed to others */
export function settleUntil(enough: () => boolean): Promise<void> {
  isEnough = enough;
  return new Promise<void>((resolve) => {
    settle = resolve;
  });
}

/** Goes on where all jobs are done. @returns whether there was something to go on with */
export function goOn(): boolean {
  if (rests++ > MOST_RESTS) return false;
  const due = timers.splice(0);
  for (const run of due) {
    try {
      run();
    } catch (error) {
      noteFault(request.entry, error);
    }
  }
  if (due.length > 0 || giveUpWaiting() > 0) return true;
  if (!settle) return false;
  if (!isEnough() && runHanded()) return true;
  settle();
  settle = undefined;
  return true;
}

/** Calls the next function that the code handed to others. @returns whether there was one */
function runHanded(): boolean {
  const next = handedRuns++ < MOST_HANDED ? takeHanded() : undefined;
  if (!next) return false;
  const fault = (error: unknown) => noteFault(request.entry, error);
  try {
    const ended = next.run();
    if (ended instanceof Promise) ended.catch(fault);
  } catch (error) {
    fault(error);
  }
  return true;
}
