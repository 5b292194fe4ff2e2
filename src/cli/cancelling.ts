import { CliError } from './host';

/** Does what takes a while; Ctrl+C ends it with a word in the place of a stack. */
export async function withCancelling<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const cancel = () => controller.abort(new CliError('cancelled'));
  process.once('SIGINT', cancel);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', cancel);
  }
}
