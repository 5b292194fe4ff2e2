/** PyTorch's own format since 1.6: a zip archive of one pickle and a file for each storage. */
import type { DType } from '../graph/types';
import { say } from '../language/say';
import { readPickle } from './pickle';
import { findStateDicts } from './stateDict';
import { checkLayout, type StridedLayout, toContiguous } from './strided';
import { type NamedTensor, sizeOf, WeightsError, type WeightsPart } from './tensor';
import { type StoredTensor, TorchNames } from './torchNames';
import type { ZipEntry } from './zip';

/** A pickle holds names and sizes, not elements; that of a checkpoint of 10,000 tensors has 2 MB. */
const largestPickle = 128 * 2 ** 20;

/** The bytes of storages by their names. */
type ArchiveEntries = ReadonlyMap<string, Pick<ZipEntry, 'size' | 'read'>>;

/** The name of the pickle in a PyTorch archive, or undefined where it is none. */
export function torchPickle(files: ArchiveEntries): string | undefined {
  const names = [...files.keys()].filter((name) => name === 'data.pkl' || name.endsWith('/data.pkl'));
  return names.sort((a, b) => a.split('/').length - b.split('/').length)[0];
}

/**
 * A state dict, or those of the checkpoint that holds some, likeliest first.
 * @param pickle as `torchPickle` gives it
 * @throws WeightsError naming what is not known or does not hold together.
 */
export function readTorch(files: ArchiveEntries, pickle: string): WeightsPart[] {
  const root = pickle.slice(0, -'data.pkl'.length);
  refuseOtherFormats(files, root);
  const entry = files.get(pickle);
  if (!entry || entry.size > largestPickle)
    throw new WeightsError(
      say("{0} has more than {1} bytes; save only the model's state_dict()", pickle, largestPickle),
    );
  return partsOf(readPickle(entry.read(), new TorchNames()), files, `${root}data/`);
}

/** The state dicts in what a pickle held, likeliest first; `folder` stands before the names of storages. */
export function partsOf(pickled: unknown, files: ArchiveEntries, folder: string): WeightsPart[] {
  const storages = new Storages(files, folder);
  return findStateDicts(pickled).map(({ path, tensors }) => ({
    path,
    tensors: Array.from(tensors, ([name, tensor]) => storages.namedTensor(name, tensor)),
  }));
}

function refuseOtherFormats(files: ArchiveEntries, root: string): void {
  if (files.has(`${root}constants.pkl`)) {
    throw new WeightsError(
      say(
        "it is a TorchScript program (torch.jit.save), not weights; save those: torch.save(torch.jit.load(path).state_dict(), 'weights.pt')",
      ),
    );
  }
  const order = files.get(`${root}byteorder`)?.read();
  if (order && new TextDecoder().decode(order).trim() === 'big')
    throw new WeightsError(
      say('it was saved on a big-endian machine; save it as .safetensors, which has one byte order'),
    );
}

/** The bytes behind tensors, each storage read once. */
class Storages {
  private readonly read = new Map<string, Uint8Array>();

  constructor(
    private readonly files: ArchiveEntries,
    private readonly folder: string,
  ) {}

  namedTensor(name: string, tensor: StoredTensor): NamedTensor {
    const { storage, layout } = tensor;
    const dtype = tensor.dtype ?? storage.dtype;
    const known = Object.hasOwn(sizeOf, dtype) ? (dtype as DType) : undefined;
    if (known === undefined)
      throw new WeightsError(
        say('{0} has the element type {1}, which is not supported; convert it to float32', name, dtype),
      );
    const size = sizeOf[known];
    // Meta tensors have a shape and no bytes.
    if (storage.location === 'meta')
      throw new WeightsError(say('{0} has no values: it was saved from the device "meta"', name));
    const entry = this.files.get(this.folder + storage.key);
    if (!entry)
      throw new WeightsError(say('the bytes of {0} ({1}{2}) are missing: damaged', name, this.folder, storage.key));
    checkLayout(name, layout, Math.floor(entry.size / size));
    const bytes = () => toContiguous(this.bytesOf(storage.key, entry), layout, size);
    return new TorchTensor(name, known, layout.shape, bytes);
  }

  private bytesOf(key: string, entry: Pick<ZipEntry, 'read'>): Uint8Array {
    let bytes = this.read.get(key);
    if (!bytes) {
      bytes = entry.read();
      this.read.set(key, bytes);
    }
    return bytes;
  }
}

/** Unpacked when it is asked for: a checkpoint has much that the model doesn't. */
class TorchTensor implements NamedTensor {
  constructor(
    readonly name: string,
    readonly dtype: DType,
    readonly shape: StridedLayout['shape'],
    private readonly unpack: () => Uint8Array,
  ) {}

  get bytes(): Uint8Array {
    return this.unpack();
  }
}
