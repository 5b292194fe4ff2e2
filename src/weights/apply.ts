import type { Graph, StorageId, TensorData } from '../graph/types';
import type { NamedTensor } from './safetensors';
import { decode, WeightsError } from './safetensors';

export interface Mismatch {
  readonly name: string;
  readonly found: readonly number[];
  readonly expected: readonly number[];
}

/** A checkpoint laid over a model's state. */
export interface AppliedWeights {
  /** By `StorageId`; what the checkpoint does not hold keeps its initial values. */
  readonly data: readonly TensorData[];
  /** Names of the state that the checkpoint has not; names it has besides; shapes that differ. */
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  readonly mismatched: readonly Mismatch[];
}

/** Prefixes that wrappers put before every name (`nn.DataParallel`, `torch.compile`). */
const wrappers = ['module.', '_orig_mod.'];

function unwrapped(tensors: readonly NamedTensor[]): ReadonlyMap<string, NamedTensor> {
  let names = tensors.map(({ name }) => name);
  for (const prefix of wrappers) {
    if (names.length && names.every((name) => name.startsWith(prefix)))
      names = names.map((name) => name.slice(prefix.length));
  }
  return new Map(tensors.map((tensor, i) => [names[i] ?? tensor.name, tensor]));
}

const same = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((size, i) => size === b[i]);

/**
 * Matches named tensors with the graph's state, as `load_state_dict(strict=False)` does. Tied weights may be stored
 * under any one of their names.
 */
export function applyWeights(
  graph: Graph,
  tensors: readonly NamedTensor[],
  initial: readonly TensorData[],
): AppliedWeights {
  const found = unwrapped(tensors);
  const data = [...initial];
  const mismatched: Mismatch[] = [];
  const absent: { name: string; storage: StorageId }[] = [];
  const filled = new Set<StorageId>();
  const state = graph.state.filter(({ persistent }) => persistent);
  for (const { name, storage } of state) {
    const tensor = found.get(name);
    const expected = graph.storages[storage]?.type.shape ?? [];
    if (!tensor) absent.push({ name, storage });
    else if (!same(tensor.shape, expected)) mismatched.push({ name, found: tensor.shape, expected });
    else if (!filled.has(storage)) {
      data[storage] = decode(tensor);
      filled.add(storage);
    }
  }
  const names = new Set(state.map(({ name }) => name));
  return {
    data,
    missing: absent.filter(({ storage }) => !filled.has(storage)).map(({ name }) => name),
    unexpected: [...found.keys()].filter((name) => !names.has(name)),
    mismatched,
  };
}

const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');

/**
 * The checks of `load_state_dict(strict=True)`.
 * @throws WeightsError that lists every missing, unexpected and mismatched key.
 */
export function requireExact(model: string, { missing, unexpected, mismatched }: AppliedWeights): void {
  const lines: string[] = [];
  if (missing.length) lines.push(`missing keys: ${quoted(missing)}`);
  if (unexpected.length) lines.push(`unexpected keys: ${quoted(unexpected)}`);
  for (const { name, found, expected } of mismatched) {
    lines.push(
      `size mismatch for ${name}: the checkpoint has [${found.join(', ')}], the model [${expected.join(', ')}]`,
    );
  }
  if (lines.length) throw new WeightsError(`the weights do not fit ${model}\n  ${lines.join('\n  ')}`);
}
