import type { InferenceSession, Tensor } from 'onnxruntime-web';
import type { TensorData } from '../graph/types';
import type { GpuClock } from './clock';
import type { Mutex } from './mutex';
import type { ConsoleTap, Placement } from './placement';
import type { Feeds } from './runtime';
import { fromTensor } from './tensors';

/** Errors only, of a session that is made to tell its placements. */
const quiet: InferenceSession.RunOptions = { logSeverityLevel: 3 };

/** What a run gives, read back from the device, by the outputs' names. */
export type Outputs = Readonly<Record<string, TensorData>>;

interface Surroundings {
  readonly mutex: Mutex;
  readonly device: GPUDevice | undefined;
  /** The GPU's clock, where it has one. */
  readonly clock: GpuClock | undefined;
  /** What went wrong on the device since it was asked last. */
  readonly failure: () => string | undefined;
  /** Keeps a watched session's log from the console. */
  readonly tap: ConsoleTap | undefined;
  readonly placements: readonly Placement[];
}

/** A compiled model. */
export class Session {
  /** Where the runtime put each operator; empty for sessions that are not watched. */
  readonly placements: readonly Placement[];
  private released = false;

  constructor(
    private readonly session: InferenceSession,
    private readonly surroundings: Surroundings,
    private readonly onRelease: () => void,
  ) {
    this.placements = surroundings.placements;
  }

  private get mutex(): Mutex {
    return this.surroundings.mutex;
  }

  /** Runs once and reads the outputs back. */
  run(feeds: Feeds): Promise<Outputs> {
    const { tap } = this.surroundings;
    const read = async () => {
      const outputs = await this.session.run(feeds, quiet);
      const data: Record<string, TensorData> = {};
      for (const [name, tensor] of Object.entries(outputs)) {
        data[name] = fromTensor(await tensor.getData());
        tensor.dispose();
      }
      this.requireSuccess();
      return data;
    };
    return this.mutex.run(async () => (tap ? (await tap.collectDuring(read)).result : read()));
  }

  /** Runs once and leaves the outputs where they are; the caller disposes of them. */
  keep(feeds: Feeds): Promise<Record<string, Tensor>> {
    return this.mutex.run(async () => ({ ...(await this.session.run(feeds)) }));
  }

  /**
   * Milliseconds of some passes together, one after the other, until the device is done: with all by the GPU's clock
   * where it has one, else with each. Outputs stay where they are and are dropped.
   */
  time(feeds: Feeds, passes = 1): Promise<number> {
    return this.mutex.run(async () => {
      const { clock, device } = this.surroundings;
      let outputs: Record<string, Tensor> = {};
      const drop = () => {
        for (const tensor of Object.values(outputs)) tensor.dispose();
      };
      clock?.start();
      const start = performance.now();
      for (let pass = 0; pass < passes; pass++) {
        drop();
        outputs = await this.session.run(feeds);
        if (!clock) await device?.queue.onSubmittedWorkDone();
      }
      const spent = clock ? await clock.stop() : performance.now() - start;
      drop();
      this.requireSuccess();
      return spent;
    });
  }

  /** The runtime doesn't see what the device refuses: outputs are then whatever was there before. */
  private requireSuccess(): void {
    const failure = this.surroundings.failure();
    if (failure !== undefined) throw new Error(failure);
  }

  async release(): Promise<void> {
    if (this.released) return;
    this.released = true;
    this.onRelease();
    await this.mutex.run(() => this.session.release());
  }
}
