/** Whether a comparison fits, before anything is allocated. */
import { peakBytes } from '../graph/memory';
import type { Graph, TensorType } from '../graph/types';
import { say } from '../language/say';
import { type Runtime, RuntimeError } from './runtime';

const MiB = 2 ** 20;

/** One model: its bytes are held several times while its session is made, in a WASM memory of at most 4 GiB. */
const largestModel = 1024 * MiB;

/** All sessions together. On WASM weights share the one memory; of a GPU's nobody tells the size. */
const largestTotal = { wasm: 2048 * MiB, webgpu: 4096 * MiB } as const;

const bytesOf = ({ shape }: TensorType) => shape.reduce((product, size) => product * size, 4);

const sizeText = (bytes: number) =>
  bytes < 1024 * MiB ? `${Math.ceil(bytes / MiB)} MB` : `${(bytes / 1024 / MiB).toFixed(1)} GB`;

/** Bytes of the weights, in float32. */
export function weightBytes(graph: Graph): number {
  return graph.storages.reduce((sum, { type }) => sum + bytesOf(type), 0);
}

/**
 * @param sessions how many copies of the model are held at once
 * @throws RuntimeError that says what is too large and what to change.
 */
export function requireMemory(graph: Graph, sessions: number, runtime: Pick<Runtime, 'device' | 'gpu'>): void {
  const weights = weightBytes(graph);
  if (weights > largestModel) {
    throw new RuntimeError(
      say(
        'The weights of {0} take {1}; up to {2} can be run here. Compare a smaller variant of the model (fewer layers or channels).',
        graph.name,
        sizeText(weights),
        sizeText(largestModel),
      ),
    );
  }
  const total = largestTotal[runtime.device];
  if (weights * sessions > total) {
    throw new RuntimeError(
      say(
        '{0} copies of {1} ({2} each) pass the {3} that a comparison may take. Choose at most {4} candidates.',
        sessions,
        graph.name,
        sizeText(weights),
        sizeText(total),
        Math.max(1, Math.floor(total / weights) - 1),
      ),
    );
  }
  requireFits(graph, runtime);
}

/** Bytes of all tensors that are alive at once. */
const largestPeak = { wasm: 3072 * MiB, webgpu: 8192 * MiB } as const;

/**
 * Whether a graph that was made from the model can run, before anything of it is allocated.
 * @throws RuntimeError that says what is too large and what to change.
 */
export function requireFits(graph: Graph, runtime: Pick<Runtime, 'device' | 'gpu'>): void {
  const peak = peakBytes(graph);
  if (peak > largestPeak[runtime.device]) {
    throw new RuntimeError(
      say(
        '{0} would hold {1} at once; up to {2} are taken here. Choose a smaller batch or image.',
        graph.name,
        sizeText(peak),
        sizeText(largestPeak[runtime.device]),
      ),
    );
  }
  const limits = runtime.gpu?.device.limits;
  if (!limits) return;
  const limit = Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
  const largest = graph.values.reduce((most, { type }) => Math.max(most, bytesOf(type)), 0);
  if (largest > limit) {
    throw new RuntimeError(
      say(
        '{0} has a tensor of {1}; this GPU binds up to {2} at once. Choose a smaller batch or image.',
        graph.name,
        sizeText(largest),
        sizeText(limit),
      ),
    );
  }
}
