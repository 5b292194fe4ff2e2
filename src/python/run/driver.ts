import type { Eval } from '../natives/context';
import type { Files } from '../run/files';
import { NeedsModule } from './interpreter';

/**
 * Runs an evaluation in slices. Where it waits for a module's text, the text is fetched and it goes on; where code
 * that cannot wait (inside a native's callback) needs one, the evaluation starts over with the text at hand.
 * Evaluation has no effects outside itself, so starting over is safe, and rare.
 */
export async function drive<T>(start: () => Eval<T>, files: Files): Promise<T> {
  for (;;) {
    const missing = await attempt(start, files);
    if (!(missing instanceof NeedsModule)) return missing;
    await files.load(missing.request);
  }
}

async function attempt<T>(start: () => Eval<T>, files: Files): Promise<T | NeedsModule> {
  const evaluation = start();
  for (;;) {
    let next: ReturnType<Eval<T>['next']>;
    try {
      next = evaluation.next(null);
    } catch (error) {
      if (error instanceof NeedsModule) return error;
      throw error;
    }
    if (next.done) return next.value;
    if (next.value.kind === 'pause' || next.value.kind === 'yield') await breathe();
    else await files.load(next.value);
  }
}

/** Lets the host handle what has come in meanwhile. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
