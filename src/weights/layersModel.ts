/** Weights as TensorFlow.js saves them: named in a `model.json`, their bytes in `.bin` files beside it. */
import * as v from 'valibot';
import { fromHalf } from '../graph/half';
import { say } from '../language/say';
import { type NamedTensor, WeightsError } from './tensor';

const size = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Whole numbers stand for values between `min` and what `scale` reaches; halves are written as such. */
const quantization = v.object({
  dtype: v.picklist(['uint8', 'uint16', 'float16']),
  scale: v.optional(v.number()),
  min: v.optional(v.number()),
});

const savedWeight = v.object({
  name: v.string(),
  shape: v.pipe(v.array(size), v.maxLength(16)),
  dtype: v.picklist(['float32', 'int32', 'bool', 'uint8', 'uint16', 'float16']),
  quantization: v.optional(quantization),
  /** `optimizer`: what training keeps beside the model's own. */
  group: v.optional(v.string()),
});

const manifest = v.array(v.object({ paths: v.array(v.string()), weights: v.array(savedWeight) }));

type SavedWeight = v.InferOutput<typeof savedWeight>;
type SavedGroup = v.InferOutput<typeof manifest>[number];

const storedSize = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 } as const;

/** Bytes of files, by the paths that a `model.json` has for them: relative to its own folder. */
export type Shards = ReadonlyMap<string, Uint8Array>;

/**
 * The files beside a `model.json` in which the bytes of its weights are.
 * @throws WeightsError where one is out of its folder, or the text is no such file
 */
export function shardsOf(text: string): readonly string[] {
  const paths = groupsOf(text).flatMap((group) => group.paths);
  const outside = paths.find((path) => /^(?:[/\\]|[a-z][\w+.-]*:)|(?:^|[/\\])\.\.(?:[/\\]|$)/i.test(path));
  if (outside === undefined) return [...new Set(paths)];
  throw new WeightsError(say('{0} leads out of the folder of its model.json', outside));
}

/** Reads those of the files that are there. @param bytesOf one of them; undefined where there is none */
export async function readShards(
  paths: readonly string[],
  bytesOf: (path: string) => Promise<Uint8Array | undefined>,
): Promise<Shards> {
  const shards = new Map<string, Uint8Array>();
  for (const path of paths) {
    const bytes = await bytesOf(path);
    if (bytes) shards.set(path, bytes);
  }
  return shards;
}

/**
 * The weights that a `model.json` names, without those of the optimiser that trained it; none where it names no files.
 * @throws WeightsError where one is missing, damaged or of another kind
 */
export function readLayersWeights(text: string, shards: Shards): NamedTensor[] {
  return groupsOf(text).flatMap((group) => readGroup(group, shards));
}

/** What a `model.json` lists, or the `weights_manifest.json` of weights alone. */
function groupsOf(text: string): readonly SavedGroup[] {
  let saved: unknown;
  try {
    saved = JSON.parse(text);
  } catch (error) {
    throw new WeightsError(say('it is no JSON: {0}', error instanceof Error ? error.message : String(error)));
  }
  const listed = Array.isArray(saved) ? saved : (saved as { weightsManifest?: unknown } | null)?.weightsManifest;
  if (listed === undefined) return [];
  const groups = v.safeParse(manifest, listed);
  if (groups.success) return groups.output;
  throw new WeightsError(say('The weightsManifest of the model.json is not of the form that TensorFlow.js writes'));
}

function readGroup({ paths, weights }: SavedGroup, shards: Shards): NamedTensor[] {
  const bytes = joinShards(paths, shards);
  const found: NamedTensor[] = [];
  let at = 0;
  for (const weight of weights) {
    const length = elements(weight) * storedSize[weight.quantization?.dtype ?? weight.dtype];
    if (at + length > bytes.length) {
      throw new WeightsError(
        say('{0} needs bytes {1} to {2} of {3}, which ends at {4}', weight.name, at, at + length, paths, bytes.length),
      );
    }
    if (weight.group !== 'optimizer') found.push(tensorOf(weight, bytes.subarray(at, at + length)));
    at += length;
  }
  return found;
}

const elements = ({ shape }: SavedWeight) => shape.reduce((product, each) => product * each, 1);

function joinShards(paths: readonly string[], shards: Shards): Uint8Array {
  const pieces = paths.map((path) => {
    const bytes = shards.get(path);
    if (!bytes) throw new WeightsError(say('{0}, which holds the weights, is not beside its model.json', path));
    return bytes;
  });
  const [only] = pieces;
  if (pieces.length === 1 && only) return only;
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function tensorOf({ name, shape, dtype, quantization }: SavedWeight, stored: Uint8Array): NamedTensor {
  if (!quantization) {
    if (dtype === 'uint16') throw new WeightsError(say('{0} is stored as {1}, which is not read', name, dtype));
    return { name, shape, dtype, bytes: stored };
  }
  const { scale = 1, min = 0 } = quantization;
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
  const width = storedSize[quantization.dtype];
  const values = Float32Array.from({ length: stored.length / width }, (_, i) => {
    const whole = width === 1 ? view.getUint8(i) : view.getUint16(2 * i, true);
    return quantization.dtype === 'float16' ? fromHalf(whole) : whole * scale + min;
  });
  if (dtype === 'int32')
    return { name, shape, dtype, bytes: new Uint8Array(Int32Array.from(values, Math.round).buffer) };
  return { name, shape, dtype: 'float32', bytes: new Uint8Array(values.buffer) };
}
