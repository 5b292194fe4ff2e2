import type { FromWorker, ToWorker } from './messages';

/** Why a thread ended that nobody ended: it needed more memory than it may have, or something broke. */
export type End =
  | { readonly kind: 'memory'; readonly megabytes: number }
  | { readonly kind: 'error'; readonly message: string };

/** A thread that reads models, as a host starts it. */
export interface Thread {
  post(message: ToWorker): void;
  /** Ends the thread at once, whatever it does. */
  end(): void;
}

/** Starts a thread; it reports what it says, and when it ends by itself. */
export type StartThread = (hear: (message: FromWorker) => void, ended: (end: End) => void) => Thread | Promise<Thread>;
