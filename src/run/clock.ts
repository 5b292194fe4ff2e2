/**
 * The GPU's own clock: how long the commands take that are submitted between two marks. A page learns only some time
 * later that a GPU is done, which short passes would be blamed for.
 */
import { firstElements, itemAt } from '../graph/access';
import { smallestStep } from './resolution';

/** Empty spans that are timed to see how fine the clock is. */
const spans = 8;

export class GpuClock {
  private readonly queries: GPUQuerySet;
  private readonly resolved: GPUBuffer;
  private readonly staging: GPUBuffer;

  /** @param device with the feature `timestamp-query` */
  constructor(private readonly device: GPUDevice) {
    this.queries = device.createQuerySet({ type: 'timestamp', count: 2 });
    // Queries resolve, copies leave; mapped for reading.
    this.resolved = device.createBuffer({ size: 16, usage: 0x200 | 0x4 });
    this.staging = device.createBuffer({ size: 16, usage: 0x8 | 0x1 });
  }

  start(): void {
    const encoder = this.device.createCommandEncoder();
    const timestampWrites = { querySet: this.queries, beginningOfPassWriteIndex: 0 };
    encoder.beginComputePass({ timestampWrites }).end();
    this.device.queue.submit([encoder.finish()]);
  }

  /** Milliseconds since `start`, once the GPU has done all that was submitted in between. */
  async stop(): Promise<number> {
    const [from, to] = await this.read();
    return Number(to - from) / 1e6;
  }

  /** Milliseconds between two times that it tells apart: browsers round them. */
  async resolution(): Promise<number> {
    const times: bigint[] = [];
    for (let span = 0; span < spans; span++) {
      this.start();
      const [from, to] = await this.read();
      times.push(from, to);
    }
    const first = itemAt(times, 0);
    return smallestStep(times.map((time) => Number(time - first) / 1e6));
  }

  /** Nanoseconds of the mark before and of one that is made now. */
  private async read(): Promise<readonly [bigint, bigint]> {
    const encoder = this.device.createCommandEncoder();
    const timestampWrites = { querySet: this.queries, endOfPassWriteIndex: 1 };
    encoder.beginComputePass({ timestampWrites }).end();
    encoder.resolveQuerySet(this.queries, 0, 2, this.resolved, 0);
    encoder.copyBufferToBuffer(this.resolved, 0, this.staging, 0, 16);
    this.device.queue.submit([encoder.finish()]);
    await this.staging.mapAsync(1);
    const [from, to] = firstElements(Array.from(new BigUint64Array(this.staging.getMappedRange())), 2);
    this.staging.unmap();
    return [from, to];
  }

  free(): void {
    this.queries.destroy();
    this.resolved.destroy();
    this.staging.destroy();
  }
}
