/**
 * PyTorch's format until 1.5: pickles of a number, a version and the machine's properties, that of the state dict, that
 * of the storages' names, then each storage's length and bytes. Format: PyTorch's torch/serialization.py, `_legacy_save`.
 */
import { say } from '../language/say';
import { readPickleAt, Tuple } from './pickle';
import { sizeOf, WeightsError, type WeightsPart } from './tensor';
import { partsOf } from './torch';
import { type StorageReference, TorchNames } from './torchNames';

/** The integer 0x1950a86a20f9469cfc6c as protocol 2 writes it. */
const magic = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];
const version = 1001;

/** Bytes of an element, of the types that a graph hasn't, too: what follows them in the file is found by that. */
const elementSizes: Readonly<Record<string, number>> = {
  ...sizeOf,
  complex64: 8,
  complex128: 16,
  qint8: 1,
  quint8: 1,
  qint32: 4,
};

/** Whether a file begins as PyTorch's before 1.6 does. */
export function isLegacy(file: Uint8Array): boolean {
  return magic.every((byte, i) => file[i] === byte);
}

/** Remembers the storages that the pickle refers to. */
class LegacyNames extends TorchNames {
  readonly storages = new Map<string, StorageReference>();

  override persistentLoad(id: unknown): StorageReference {
    const storage = super.persistentLoad(id);
    const view = id instanceof Tuple ? id.items[5] : undefined;
    if (view !== undefined && view !== null)
      throw new WeightsError(
        say(
          "it has views of storages, which PyTorch wrote until 0.3; save it anew with any later PyTorch: torch.save(torch.load(path, map_location='cpu'), 'weights.pt')",
        ),
      );
    this.storages.set(storage.key, storage);
    return storage;
  }
}

/**
 * A state dict, or those of the checkpoint that holds some, likeliest first.
 * @throws WeightsError naming what is not known or does not hold together.
 */
export function readLegacy(file: Uint8Array): WeightsPart[] {
  const names = new LegacyNames();
  let at = magic.length;
  const next = (): unknown => {
    const { value, end } = readPickleAt(file, at, names);
    at = end;
    return value;
  };
  const written = next();
  if (written !== version)
    throw new WeightsError(
      say("it has version {0} of PyTorch's format before 1.6; {1} is read", String(written), version),
    );
  const machine = next();
  if (!(machine instanceof Map) || machine.get('little_endian') !== true)
    throw new WeightsError(
      say('it was saved on a big-endian machine; save it as .safetensors, which has one byte order'),
    );
  const pickled = next();
  const keys = next();
  if (!Array.isArray(keys)) throw new WeightsError(say('its list of storages is none: damaged'));
  const files = new Map<string, { size: number; read: () => Uint8Array }>();
  for (const key of keys) {
    const storage = names.storages.get(String(key));
    const size = storage && elementSizes[storage.dtype];
    if (!size) throw new WeightsError(say('it lists a storage {0} that no tensor has: damaged', String(key)));
    const begin = at + 8;
    const length = begin > file.length ? 0 : elementsAt(file, at) * size;
    at = begin + length;
    if (at > file.length)
      throw new WeightsError(say('it ends in the middle of a storage: the file is cut off; copy it again'));
    files.set(String(key), { size: length, read: () => file.subarray(begin, begin + length) });
  }
  return partsOf(pickled, files, '');
}

/** How many elements a storage has: an int64. */
function elementsAt(file: Uint8Array, at: number): number {
  return Number(new DataView(file.buffer, file.byteOffset + at, 8).getBigUint64(0, true));
}
