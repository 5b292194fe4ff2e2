import type { InferenceSession } from 'onnxruntime-web';
import type { TensorData } from '../graph/types';
import type { Mutex } from './mutex';
import { cpuFallbacks, readPlacements } from './placement';
import type { Feeds } from './runtime';
import { fromTensor } from './tensors';

/** Warnings only: a session made with the verbose log would print at every run. */
const quiet: InferenceSession.RunOptions = { logSeverityLevel: 3 };

/** A compiled model. */
export class Session {
  /** Operators that ran on the CPU beside the GPU. */
  readonly fallbacks: readonly string[];
  private released = false;

  constructor(
    private readonly session: InferenceSession,
    private readonly mutex: Mutex,
    private readonly device: GPUDevice | undefined,
    log: readonly string[],
    private readonly onRelease: () => void,
  ) {
    this.fallbacks = cpuFallbacks(readPlacements(log));
  }

  /** Runs once and reads the outputs back. */
  run(feeds: Feeds): Promise<Record<string, TensorData>> {
    return this.mutex.run(async () => {
      const outputs = await this.session.run(feeds, quiet);
      const read: Record<string, TensorData> = {};
      for (const [name, tensor] of Object.entries(outputs)) {
        read[name] = fromTensor(await tensor.getData());
        tensor.dispose();
      }
      return read;
    });
  }

  /** Milliseconds of one pass, until the device is done; outputs stay where they are and are dropped. */
  time(feeds: Feeds): Promise<number> {
    return this.mutex.run(async () => {
      const start = performance.now();
      const outputs = await this.session.run(feeds, quiet);
      await this.device?.queue.onSubmittedWorkDone();
      const end = performance.now();
      for (const tensor of Object.values(outputs)) tensor.dispose();
      return end - start;
    });
  }

  async release(): Promise<void> {
    if (this.released) return;
    this.released = true;
    this.onRelease();
    await this.mutex.run(() => this.session.release());
  }
}
