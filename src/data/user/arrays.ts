/** Arrays that NumPy saved: `.npz`, or `.npy` files that are named as the arrays would be. */
import { firstElements, itemAt, sizeAt } from '../../graph/access';
import { elements } from '../../graph/ops/rule';
import type { TensorData, TensorType } from '../../graph/types';
import { say, sentence } from '../../language/say';
import { isNpy, npzNames, readNpy } from '../../weights/numpy';
import { decode, type NamedTensor, sizeOf, WeightsError } from '../../weights/tensor';
import { isZip, openZip } from '../../weights/zip';
import { DataError } from '../dataset';
import { limits, mebibytes, splitPath, type UserFile } from './limits';
import { fitPicture, imageChannels } from './resize';
import type { Read } from './samples';

export const isArrays = ({ path, bytes }: UserFile) => isNpy(bytes) || isZip(bytes) || /\.np[yz]$/i.test(path);

/** Names that people give to what a model takes and to what it is to say, the surest first. */
const inputNames = [
  'x_train',
  'train_x',
  'train_images',
  'x',
  'images',
  'image',
  'data',
  'inputs',
  'input',
  'features',
];
const targetNames = ['y_train', 'train_y', 'train_labels', 'y', 'labels', 'label', 'targets', 'target', 'classes'];

/** Arrays of one file or several, which are read when they are asked for. */
export interface Arrays {
  /** The file, or how many, for messages. */
  readonly where: string;
  readonly names: readonly string[];
  /** @throws DataError */
  read(name: string): NamedTensor;
}

/** What the readers of weights say, with the file's name before it. */
function naming<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof WeightsError) throw new DataError(`${path}: ${error.message}`);
    throw error;
  }
}

/** @throws DataError naming the file */
export function openArrays(files: readonly UserFile[]): Arrays {
  const readers = new Map<string, () => NamedTensor>();
  const add = (path: string, name: string, size: number, reader: () => NamedTensor) => {
    if (readers.has(name)) throw new DataError(say('{0}: there are two arrays named {1}', path, name));
    readers.set(name, () => {
      if (size > limits.decoded)
        throw new DataError(
          say(
            '{0}: {1} has {2}; up to {3} are read: save fewer samples, or smaller elements',
            path,
            name,
            mebibytes(size),
            mebibytes(limits.decoded),
          ),
        );
      return naming(path, reader);
    });
  };
  for (const { path, bytes } of files) {
    if (isNpy(bytes)) {
      const name = splitPath(path).name.replace(/\.npy$/i, '');
      add(path, name, bytes.length, () => readNpy(bytes, name));
      continue;
    }
    if (!isZip(bytes))
      throw new DataError(
        say('{0} is no NumPy file: cut off or damaged; save it again with np.savez(…, x=x, y=y)', path),
      );
    const archive = naming(path, () => openZip(bytes));
    for (const name of npzNames(archive)) {
      const entry = archive.get(`${name}.npy`);
      if (entry) add(path, name, entry.size, () => readNpy(entry.read(), name));
    }
  }
  const [only, ...others] = files;
  const where = only && others.length === 0 ? only.path : say('The {0} files', files.length);
  if (readers.size === 0)
    throw new DataError(say("{0} has no arrays; save some: np.savez('data.npz', x=x, y=y)", where));
  return {
    where,
    names: [...readers.keys()],
    read: (name) => {
      const reader = readers.get(name);
      if (!reader) throw new DataError(say('{0} has no array named {1}; it has {2}', where, name, [...readers.keys()]));
      return reader();
    },
  };
}

const isBelow = (name: string, names: readonly string[]) => names.indexOf(name.toLowerCase());

function likeliestName(names: readonly string[], known: readonly string[]): string | undefined {
  return names.filter((name) => isBelow(name, known) >= 0).sort((a, b) => isBelow(a, known) - isBelow(b, known))[0];
}

/** The names of the arrays that the model takes first and that it is to say. */
export function pairOf(arrays: Arrays, input: TensorType, needsTarget: boolean): { x: string; y: string | undefined } {
  const { names, where } = arrays;
  const [only, other] = names;
  let x = likeliestName(names, inputNames);
  let y = likeliestName(names, targetNames);
  if (names.length === 1) {
    x ??= only;
    if (x === y) y = undefined;
  }
  if (names.length === 2 && only && other) {
    if (x && !y) y = x === only ? other : only;
    if (y && !x) x = y === only ? other : only;
    if (!x && !y) {
      const suits = (name: string) => fitSample(arrays.read(name), input) !== undefined;
      x = suits(only) || !suits(other) ? only : other;
      y = x === only ? other : only;
    }
  }
  const known = sentence(say('it has {0}', names));
  if (x === undefined)
    throw new DataError(
      say('{0} has no array named x, images, data, inputs or x_train; {1}: save them by name', where, known),
    );
  if (y === undefined && needsTarget)
    throw new DataError(
      say('{0} has no array named y, labels, targets or y_train; {1}: save them by name', where, known),
    );
  return { x, y };
}

/** How a sample of an array becomes one of the model's. */
interface Fitting {
  readonly read: Read;
  readonly note?: string;
}

const isSameShape = (a: readonly number[], b: readonly number[]) => String(a) === String(b);

/** Reads single samples, so that never more than one is decoded. */
export function samplesOf(tensor: NamedTensor): (n: number) => TensorData {
  const size = elements(tensor.shape.slice(1));
  const bytes = size * sizeOf[tensor.dtype];
  return (n) => decode({ ...tensor, bytes: tensor.bytes.subarray(n * bytes, (n + 1) * bytes) });
}

/** Undefined where a sample of the array can't become one of `type`. */
function fitSample(tensor: NamedTensor, type: TensorType): Fitting | undefined {
  const [own, wanted] = [tensor.shape.slice(1), type.shape.slice(1)];
  if (tensor.shape.length === 0) return undefined;
  const sample = samplesOf(tensor);
  const copy: Read = (n, into, at) => into.set(sample(n), at);
  if (isSameShape(own, wanted)) return { read: copy };
  // Rows of pixels whose channels lie side by side, as most tools save images.
  const last = own.length === 3 && imageChannels.some((each) => each === own[2]);
  const [channels, ...plan] = wanted;
  if (channels !== undefined && wanted.length === 3 && last && isSameShape(own, [...plan, channels])) {
    const plane = elements(plan);
    const read: Read = (n, into, at) => {
      sample(n).forEach((value: number, i: number) => {
        into[at + (i % channels) * plane + Math.floor(i / channels)] = value;
      });
    };
    return { read, note: say('Channels were last and are first now.') };
  }
  const flat = (shape: readonly number[]) => shape.filter((size) => size !== 1);
  if (isSameShape(flat(own), flat(wanted))) return { read: copy };
  if (elements(own) === elements(wanted))
    return { read: copy, note: say('Samples of [{0}] are taken as [{1}].', own, wanted) };
  return resizeImages(own, wanted, sample, tensor.dtype === 'uint8');
}

/** Images of another size or other channels, where the array is one of images. */
function resizeImages(
  own: readonly number[],
  wanted: readonly number[],
  sample: (n: number) => ArrayLike<number>,
  bytes: boolean,
): Fitting | undefined {
  const isDepth = (size: number | undefined) => imageChannels.some((each) => each === size);
  if (wanted.length !== 3 || !isDepth(wanted[0])) return undefined;
  const first = own.length === 3 && isDepth(own[0]) && !isDepth(own[2]);
  const last = own.length === 3 && isDepth(own[2]);
  if (own.length !== 2 && !first && !last) return undefined;
  const [depth, height, width] = firstElements(
    own.length === 2 ? [1, ...own] : first ? own : [...own.slice(2), ...own],
    3,
  );
  const plane = height * width;
  const read: Read = (n, into, at) => {
    const pixels = sample(n);
    const data = first
      ? Float64Array.from({ length: pixels.length }, (_, i) =>
          itemAt(pixels, (i % depth) * plane + Math.floor(i / depth)),
        )
      : pixels;
    // The values keep their range here; `white` tells only how bright a missing alpha is.
    const white = bytes ? 255 : 1;
    fitPicture({ width, height, channels: depth, data, white }, wanted, into, at, white);
  };
  return {
    read,
    note: say('Images of {0} × {1} are brought to {2} × {3}.', width, height, sizeAt(wanted, 2), sizeAt(wanted, 1)),
  };
}

/**
 * How to read the samples of an array for an input of the model.
 * @throws DataError naming the array and both shapes
 */
export function fitArray(arrays: Arrays, name: string, type: TensorType): Fitting & { readonly count: number } {
  const tensor = arrays.read(name);
  const found = fitSample(tensor, type);
  if (!found)
    throw new DataError(
      say(
        '{0}: samples of {1} are [{2}] and the model takes [{3}]; bring the array to that shape, or change the input shape',
        arrays.where,
        name,
        tensor.shape.slice(1),
        type.shape.slice(1),
      ),
    );
  return { ...found, count: sizeAt(tensor.shape, 0) };
}
