/** ONNX Runtime Web as the comparison needs it: one device, sessions from bytes, honest about where they run. */
import type * as OrtTypes from 'onnxruntime-web';
import type { Environment } from '../compare/report';
import type { DType, TensorData, TensorType } from '../graph/types';
import { say, sentence } from '../language/say';
import type { Device, LoweredValue } from '../lower/lowered';
import { rawBytes } from '../onnx/raw';
import { GpuClock } from './clock';
import type { GpuHandle } from './device';
import { requestGpu } from './device';
import { Mutex } from './mutex';
import { type ConsoleTap, readPlacements } from './placement';
import { resolutionOf } from './resolution';
import { Session } from './session';
import { toTensor } from './tensors';

export type Ort = typeof OrtTypes;
export type Feeds = Record<string, OrtTypes.Tensor>;

export interface RuntimeOptions {
  readonly ort: Ort;
  /** `navigator.gpu`, where there is one. */
  readonly gpu?: GPU | undefined;
  /** Take WASM even where there is an adapter; with the reason that is told, where it is not the user's own choice. */
  readonly backend?: 'wasm' | undefined;
  readonly reason?: string;
  /** Take WASM where the adapter is one in software. */
  readonly avoidsSoftware?: boolean;
  /** Reads placements; without it no fallback is named. Made before the runtime's first session. */
  readonly tap?: ConsoleTap;
  readonly threads?: number;
}

/**
 * What a session is for.
 * - `plain`: outputs come back.
 * - `timed`: outputs stay on the device, so that a run's time holds no download.
 * - `watched`: the placements are read; such a session logs every kernel that it starts, so it is no good for timing.
 */
export type Purpose = 'plain' | 'timed' | 'watched';

/** A tensor that was put on the device. */
export interface Upload {
  readonly tensor: OrtTypes.Tensor;
  /** Where it is, on the GPU. */
  readonly buffer?: GPUBuffer;
  readonly free: () => void;
}

export type TypedData = Float32Array | Int32Array | BigInt64Array;

/** What the GPU's buffers hold. */
const onGpu: ReadonlySet<DType> = new Set<DType>(['float32', 'float16', 'int32']);

/** Storage, and copies both ways. */
const bufferUsage = 0x80 | 0x8 | 0x4;

/** The runtime binds whole buffers of a multiple of 16 bytes. */
const bufferSize = (bytes: number) => Math.max(16, Math.ceil(bytes / 16) * 16);

export class RuntimeError extends Error {
  override name = 'RuntimeError';
}

/** Owns the device and every session; all calls into ONNX Runtime go through one mutex. */
export class Runtime {
  private readonly mutex = new Mutex();
  private readonly sessions = new Set<Session>();
  private readonly buffers = new Set<GPUBuffer>();
  private resolution: Promise<number> | undefined;

  private constructor(
    private readonly ort: Ort,
    readonly environment: Environment,
    readonly gpu: GpuHandle | undefined,
    private readonly tap: ConsoleTap | undefined,
    private readonly clock: GpuClock | undefined,
  ) {}

  /** Takes the GPU where there is one, else WASM with the reason. */
  static async open(options: RuntimeOptions): Promise<Runtime> {
    const { ort, threads = 1 } = options;
    const found =
      options.backend === 'wasm' ? { reason: options.reason } : await requestGpu(options.gpu, !options.avoidsSoftware);
    const gpu = 'gpu' in found ? found.gpu : undefined;
    ort.env.wasm.numThreads = threads;
    const shared = { runtime: `onnxruntime-web ${ort.env.versions.web ?? ort.env.versions.common}`, threads };
    const hasClock = gpu?.device.features.has('timestamp-query') ?? false;
    const environment: Environment =
      'gpu' in found
        ? {
            backend: 'webgpu',
            adapter: found.gpu.adapter,
            software: found.gpu.software,
            clock: hasClock ? 'gpu' : 'wall',
            ...shared,
          }
        : {
            backend: 'wasm',
            ...(found.reason !== undefined && { fallback: found.reason }),
            ...('passedOver' in found && { passedOver: found.passedOver }),
            clock: 'wall',
            ...shared,
          };
    return new Runtime(ort, environment, gpu, options.tap, hasClock && gpu ? new GpuClock(gpu.device) : undefined);
  }

  get device(): Device {
    return this.environment.backend;
  }

  /** Milliseconds between two times that the clock of passes tells apart; found out once. */
  clockResolution(): Promise<number> {
    const { clock, mutex } = this;
    this.resolution ??= mutex.run(async () => (clock ? clock.resolution() : resolutionOf(() => performance.now())));
    return this.resolution;
  }

  /**
   * Compiles a model.
   * @param where on WebAssembly though there is a GPU: to check one against the other
   */
  async createSession(model: Uint8Array, purpose: Purpose, where: Device = this.device): Promise<Session> {
    const gpu = where === 'webgpu' ? this.gpu : undefined;
    const webgpu = { name: 'webgpu', preferredLayout: 'NCHW', device: gpu?.device } as const;
    const tap = gpu && purpose === 'watched' ? this.tap : undefined;
    const create = () =>
      this.ort.InferenceSession.create(model, {
        executionProviders: [gpu ? webgpu : 'wasm'],
        logSeverityLevel: tap ? 0 : 3,
        ...(gpu && purpose === 'timed' ? { preferredOutputLocation: 'gpu-buffer' as const } : {}),
      });
    return this.mutex.run(async () => {
      const { result, lines } = tap ? await tap.collectDuring(create) : { result: await create(), lines: [] };
      const placements = readPlacements(lines);
      const { mutex } = this;
      const session = new Session(
        result,
        {
          mutex,
          device: gpu?.device,
          clock: gpu && this.clock,
          failure: () => gpu?.failure(),
          tap,
          placements,
        },
        () => this.sessions.delete(session),
      );
      this.sessions.add(session);
      return session;
    });
  }

  /** Input data as tensors, on the GPU once where they can be; they stay there until the runtime is disposed of. */
  feeds(inputs: readonly { readonly value: LoweredValue; readonly data: TensorData }[]): Feeds {
    return Object.fromEntries(inputs.map(({ value, data }) => [value.name, this.upload(value.type, data).tensor]));
  }

  /** A copy of the data as a tensor, on the GPU where it can be: `write` reaches nobody else's. */
  upload(type: TensorType, data: TensorData, where: Device = this.device): Upload {
    const device = where === 'webgpu' ? this.gpu?.device : undefined;
    if (!device || !onGpu.has(type.dtype)) return { tensor: toTensor(this.ort, type, data.slice()), free: () => {} };
    const bytes = rawBytes(data, type.dtype) as Uint8Array<ArrayBuffer>;
    const buffer = device.createBuffer({ size: bufferSize(bytes.byteLength), usage: bufferUsage });
    this.buffers.add(buffer);
    device.queue.writeBuffer(buffer, 0, bytes);
    const free = () => {
      this.buffers.delete(buffer);
      buffer.destroy();
    };
    const dataType = type.dtype as 'float32' | 'float16' | 'int32';
    return { tensor: this.ort.Tensor.fromGpuBuffer(buffer, { dataType, dims: type.shape }), buffer, free };
  }

  /** Copies between buffers of the GPU, in bytes, after all that was asked for before. */
  copy(copies: readonly { from: GPUBuffer; at?: number; to: GPUBuffer; toAt?: number; bytes: number }[]): void {
    const device = this.gpu?.device;
    if (!device || copies.length === 0) return;
    const encoder = device.createCommandEncoder();
    for (const { from, at = 0, to, toAt = 0, bytes } of copies) encoder.copyBufferToBuffer(from, at, to, toAt, bytes);
    device.queue.submit([encoder.finish()]);
  }

  /** Numbers from a buffer of the GPU, from the byte `at`. */
  async download(buffer: GPUBuffer, count: number, at = 0): Promise<Float32Array> {
    const device = this.gpu?.device;
    if (!device) throw new RangeError('there is no GPU to read from');
    const bytes = Math.max(16, count * 4);
    const staging = device.createBuffer({ size: bytes, usage: 0x1 | 0x8 });
    try {
      this.copy([{ from: buffer, at, to: staging, bytes: count * 4 }]);
      await staging.mapAsync(1);
      return new Float32Array(staging.getMappedRange().slice(0, count * 4));
    } finally {
      staging.destroy();
    }
  }

  /** Writes new data over an upload's; numbers for 64-bit integers are widened. */
  write({ buffer, tensor }: Upload, data: TypedData): void {
    if (buffer) {
      this.gpu?.device.queue.writeBuffer(buffer, 0, data as GPUAllowSharedBufferSource);
      return;
    }
    const held = tensor.data;
    if (held instanceof BigInt64Array && !(data instanceof BigInt64Array)) {
      data.forEach((value: number, i: number) => {
        held[i] = BigInt(value);
      });
    } else (held as Float32Array).set(data as Float32Array);
  }

  /** Releases every session and the device. */
  async dispose(): Promise<void> {
    for (const session of [...this.sessions]) await session.release();
    for (const buffer of this.buffers) buffer.destroy();
    this.buffers.clear();
    this.clock?.free();
    this.gpu?.device.destroy();
  }

  /** An error with its cause: after the loss of the device every call fails with something else. */
  explain(error: unknown): string {
    const lost = this.gpu?.lossReason();
    if (lost !== undefined) {
      return say(
        'The GPU was lost ({0}). Close other programs that use it, or choose a smaller batch, then run again.',
        sentence(lost),
      );
    }
    return error instanceof Error ? error.message : String(error);
  }
}
