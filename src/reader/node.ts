import { Worker } from 'node:worker_threads';
import type { StartThread } from './thread';

/**
 * Starts threads of Node.
 * @param script path of the worker's bundle
 * @param megabytes of JavaScript objects that one thread may hold
 */
export function nodeThreads(script: string, megabytes = 1024): StartThread {
  return (hear, ended) => {
    const worker = new Worker(script, { resourceLimits: { maxOldGenerationSizeMb: megabytes } });
    worker.on('message', hear);
    worker.on('error', (error: NodeJS.ErrnoException) =>
      ended(
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? { kind: 'memory', megabytes }
          : { kind: 'error', message: error.message },
      ),
    );
    // An idle thread keeps no process.
    worker.unref();
    return {
      post: (message) => worker.postMessage(message),
      end: () => void worker.terminate(),
    };
  };
}
