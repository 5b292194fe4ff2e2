/** Promises whose settling is up to a world that the guest does not have: timers, the network, other threads. */
import { phrase } from './phrases';
import { unknown } from './unknown';

const Native = Promise;
type Settle = (value: unknown) => void;
const waiting = new Set<Settle>();

/** Promises as the user's code makes them: each is known until it is settled. */
export class WatchedPromise<T> extends Native<T> {
  constructor(execute: (resolve: (value: T | PromiseLike<T>) => void, reject: (reason?: unknown) => void) => void) {
    let own: Settle = () => undefined;
    super((resolve, reject) => {
      own = resolve as Settle;
      waiting.add(own);
      execute(
        (value) => {
          waiting.delete(own);
          resolve(value);
        },
        (reason) => {
          waiting.delete(own);
          reject(reason);
        },
      );
    });
  }

  /** What is derived from it is an ordinary promise: it waits for this one alone. */
  static override get [Symbol.species]() {
    return Native;
  }
}

/** Settles those that nothing here will, with what is not known. @returns how many there were */
export function giveUpWaiting(): number {
  const given = [...waiting];
  waiting.clear();
  for (const settle of given) settle(unknown(phrase('unsettledPromise'), { isSettled: true }));
  return given.length;
}
