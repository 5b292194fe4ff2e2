import type { FromWorker } from './messages';
import type { StartThread } from './thread';

/**
 * Starts web workers. A browser bounds their memory itself.
 * @param script reads the worker's bundle: it starts from a blob, because its own address is of another origin
 */
export function webThreads(script: () => PromiseLike<Uint8Array>): StartThread {
  return async (hear, ended) => {
    const bytes = new Uint8Array(await script());
    const address = URL.createObjectURL(new Blob([bytes], { type: 'text/javascript' }));
    const worker = new Worker(address);
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => hear(data);
    worker.onerror = ({ message }) => ended({ kind: 'error', message });
    return {
      post: (message) => worker.postMessage(message),
      end: () => {
        worker.terminate();
        // Not sooner: the editor's own workers load a script a while after they are made.
        URL.revokeObjectURL(address);
      },
    };
  };
}
