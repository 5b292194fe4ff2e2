import { say, sentence } from '../language/say';
import { readLayersWeights, readShards, type Shards, shardsOf } from './layersModel';
import { isLegacy, readLegacy } from './legacy';
import { isNpy, npzNames, readNpy, readNpz } from './numpy';
import { readSafetensors } from './safetensors';
import { type NamedTensor, WeightsError, type WeightsPart } from './tensor';
import { readTorch, torchPickle } from './torch';
import { isZip, openZip } from './zip';

/** What the reader takes, for a file dialog: of PyTorch's models, and of TensorFlow.js's, whose `model.json` names the rest. */
export const weightsExtensions = {
  pytorch: ['safetensors', 'pt', 'pth', 'bin', 'ckpt', 'npz', 'npy'],
  tensorflow: ['json', 'safetensors', 'npz'],
} as const;

/** How files begin that are none of ours, and what to do about them. */
const strangers: readonly { readonly begin: readonly number[]; readonly message: () => string }[] = [
  {
    begin: [0x80],
    message: () =>
      say(
        "it is a pickle, not a zip archive; save the weights with torch.save(model.state_dict(), 'weights.pt') of PyTorch 1.6 or newer, or as .safetensors",
      ),
  },
  {
    begin: [0x89, 0x48, 0x44, 0x46],
    message: () =>
      say(
        'it is an HDF5 file (Keras); PyTorch models take .safetensors, .pt, .pth or .npz, TensorFlow.js models a model.json, which tensorflowjs_converter --input_format=keras makes of it',
      ),
  },
  {
    begin: [0x47, 0x47, 0x55, 0x46],
    message: () => say('it is a GGUF file; take the .safetensors that it was made from'),
  },
  { begin: [0x1f, 0x8b], message: () => say('it is packed with gzip; unpack it first') },
  { begin: [0x50, 0x4b, 0x05, 0x06], message: () => say('it is an empty zip archive') },
];

/** JSON has no zeros among its first bytes, where the length in a safetensors file has some. */
const isJson = (file: Uint8Array) => (file[0] === 0x7b || file[0] === 0x5b) && file[7] !== 0;

const textOf = (file: Uint8Array) => new TextDecoder().decode(file);

/**
 * Reads the files without which a weights file is none: those that a `model.json` of TensorFlow.js names.
 * @param bytesOf a file by its path from the folder of the weights file; undefined where there is none
 * @throws WeightsError where such a path leads out of that folder
 */
export async function readBeside(
  file: Uint8Array,
  bytesOf: (path: string) => Promise<Uint8Array | undefined>,
): Promise<Shards> {
  return readShards(isJson(file) ? shardsOf(textOf(file)) : [], bytesOf);
}

/**
 * Reads a weights file by what it holds, not by its name: safetensors, PyTorch's formats, `.npz` or `.npy`, a
 * TensorFlow.js `model.json`. Nothing in it is trusted and nothing is run.
 * @param name of the file, which names the array of an `.npy`
 * @param beside what `readBeside` gives of it
 * @returns its state dicts, likeliest first; one except for checkpoints of several models.
 * @throws WeightsError naming the thing and the way out; nothing else.
 */
export function readWeights(data: Uint8Array, name: string, beside: Shards = new Map()): WeightsPart[] {
  // Node's Buffers don't copy when they are sliced.
  const file = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (file.length === 0) throw new WeightsError(say('it is empty'));
  if (isZip(file)) return readArchive(file);
  if (isLegacy(file)) return readLegacy(file);
  if (isJson(file)) return [{ path: '', tensors: readLayersModel(textOf(file), beside) }];
  if (isNpy(file)) {
    const stem = name.replace(/^.*[/\\]/, '').replace(/\.npy$/i, '');
    return [{ path: '', tensors: [readNpy(file, stem)] }];
  }
  if (/(?:-shard\d+of\d+|\.weights)(?:\.bin)?$/.test(name))
    throw new WeightsError(say('it has bytes of a TensorFlow.js model alone; choose the model.json that names them'));
  // A safetensors header is an object, after the 8 bytes of its length.
  if (file[8] !== 0x7b || /\.(pt|pth|bin|ckpt)$/i.test(name)) {
    const stranger = strangers.find(({ begin }) => begin.every((byte, i) => file[i] === byte));
    if (stranger) throw new WeightsError(stranger.message());
    if (/\.(pt|pth|bin|ckpt|npz)$/i.test(name) && file[8] !== 0x7b)
      throw new WeightsError(say('it is no zip archive: cut off, damaged or of another format; save it again'));
  }
  return [{ path: '', tensors: readSafetensors(file) }];
}

function readLayersModel(text: string, beside: Shards): NamedTensor[] {
  const tensors = readLayersWeights(text, beside);
  if (tensors.length > 0) return tensors;
  throw new WeightsError(
    say('it names no weights: a model.json has a weightsManifest where it was written by model.save()'),
  );
}

function readArchive(file: Uint8Array): WeightsPart[] {
  const files = openZip(file);
  const pickle = torchPickle(files);
  if (pickle !== undefined) return readTorch(files, pickle);
  if (npzNames(files).length > 0) return [{ path: '', tensors: readNpz(files) }];
  const names = [...files.keys()];
  throw new WeightsError(
    say(
      'it is a zip archive without data.pkl (PyTorch) or .npy files (NumPy){0}',
      names.length > 0 ? sentence(say('; it holds {0}', names)) : '',
    ),
  );
}
