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
});

const manifest = v.array(v.object({ paths: v.array(v.string()), weights: v.array(savedWeight) }));

type SavedWeight = v.InferOutput<typeof savedWeight>;

const storedSize = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 } as const;

/**
 * The weights that a `model.json` names.
 * @param text of the file
 * @param bytesOf a file that it names, relative to its own folder; undefined where there is none
 * @throws WeightsError where one is missing, damaged or of another kind
 */
export async function readLayersWeights(
  text: string,
  bytesOf: (path: string) => Promise<Uint8Array | undefined>,
): Promise<NamedTensor[]> {
  const saved: unknown = JSON.parse(text);
  const listed = (saved as { weightsManifest?: unknown } | null)?.weightsManifest;
  if (listed === undefined) return [];
  const groups = v.safeParse(manifest, listed);
  if (!groups.success)
    throw new WeightsError(say('The weightsManifest of the model.json is not of the form that TensorFlow.js writes'));
  const found: NamedTensor[] = [];
  for (const { paths, weights } of groups.output) {
    const bytes = await readTogether(paths, bytesOf);
    let at = 0;
    for (const weight of weights) {
      const length = elements(weight) * storedSize[weight.quantization?.dtype ?? weight.dtype];
      if (at + length > bytes.length) {
        throw new WeightsError(
          say(
            '{0} needs bytes {1} to {2} of {3}, which ends at {4}',
            weight.name,
            at,
            at + length,
            paths,
            bytes.length,
          ),
        );
      }
      found.push(tensorOf(weight, bytes.subarray(at, at + length)));
      at += length;
    }
  }
  return found;
}

const elements = ({ shape }: SavedWeight) => shape.reduce((product, each) => product * each, 1);

async function readTogether(
  paths: readonly string[],
  bytesOf: (path: string) => Promise<Uint8Array | undefined>,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (const path of paths) {
    if (/^(?:[/\\]|[a-z][\w+.-]*:)|(?:^|[/\\])\.\.(?:[/\\]|$)/i.test(path)) {
      throw new WeightsError(say('{0} leads out of the folder of its model.json', path));
    }
    const bytes = await bytesOf(path);
    if (!bytes) throw new WeightsError(say('{0}, which holds the weights, is not beside its model.json', path));
    pieces.push(bytes);
  }
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
