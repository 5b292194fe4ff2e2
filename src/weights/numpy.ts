/** NumPy's files: `.npy`, one array, and `.npz`, a zip archive of them. Format: numpy/lib/format.py. */
import { itemOr } from '../graph/access';
import type { DType } from '../graph/types';
import { say } from '../language/say';
import { checkLayout, rowMajor, toContiguous } from './strided';
import { type NamedTensor, sizeOf, WeightsError } from './tensor';
import type { ZipEntry } from './zip';

/** A header is one line; numpy's own bound is 10,000 characters. */
const longestHeader = 2 ** 20;

const dtypes: Readonly<Record<string, DType>> = {
  f8: 'float64',
  f4: 'float32',
  f2: 'float16',
  i8: 'int64',
  i4: 'int32',
  i2: 'int16',
  i1: 'int8',
  u1: 'uint8',
  b1: 'bool',
};

/** Whether a file begins as `.npy` does. */
export function isNpy(file: Uint8Array): boolean {
  return file[0] === 0x93 && new TextDecoder('latin1').decode(file.subarray(1, 6)) === 'NUMPY';
}

/** The names of the arrays in an archive, without `.npy`. */
export function npzNames(files: ReadonlyMap<string, ZipEntry>): string[] {
  return [...files.keys()].filter((name) => name.endsWith('.npy')).map((name) => name.slice(0, -'.npy'.length));
}

/** @throws WeightsError naming the array, for anything that does not hold together. */
export function readNpz(files: ReadonlyMap<string, ZipEntry>): NamedTensor[] {
  return npzNames(files).map((name) => {
    const entry = files.get(`${name}.npy`);
    if (!entry) throw new WeightsError(say('{0} is missing', name));
    return readNpy(entry.read(), name);
  });
}

/** @throws WeightsError naming the array, for anything that does not hold together. */
export function readNpy(file: Uint8Array, name: string): NamedTensor {
  if (!isNpy(file)) throw new WeightsError(say('{0} is no NumPy array: it does not begin with \\x93NUMPY', name));
  const { header, data } = headerOf(file, name);
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const sizes = /'shape'\s*:\s*\(([\d,\sL]*)\)/.exec(header)?.[1];
  if (/'descr'\s*:\s*\[/.test(header))
    throw new WeightsError(
      say("{0} has fields; save each as an array of its own: np.savez('weights.npz', **arrays)", name),
    );
  if (descr === undefined || fortran === undefined || sizes === undefined)
    throw new WeightsError(say('{0} has a header that is none: damaged', name));
  const [, order = '|', type = ''] = /^([<>|=]?)(.*)$/.exec(descr) ?? [];
  if (type.startsWith('O'))
    throw new WeightsError(
      say(
        "{0} holds Python objects (pickled), which are not read; save arrays: np.savez('weights.npz', **state)",
        name,
      ),
    );
  const dtype = Object.hasOwn(dtypes, type) ? dtypes[type] : undefined;
  if (!dtype)
    throw new WeightsError(
      say('{0} has the element type {1}, which is not supported; convert it to float32', name, descr),
    );
  const shape = sizes.match(/\d+/g)?.map(Number) ?? [];
  const size = sizeOf[dtype];
  const strides = fortran === 'True' ? rowMajor([...shape].reverse()).reverse() : rowMajor(shape);
  const layout = { offset: 0, shape, strides };
  checkLayout(name, layout, Math.floor(data.length / size));
  const bytes = toContiguous(data, layout, size);
  return { name, dtype, shape, bytes: order === '>' ? swapBytes(bytes, size) : bytes };
}

function headerOf(file: Uint8Array, name: string): { header: string; data: Uint8Array } {
  const version = itemOr(file, 6, 0);
  const begin = version === 1 ? 10 : 12;
  if (version < 1 || version > 3)
    throw new WeightsError(say('{0} is of version {1}, which is not known', name, version));
  if (file.length < begin) throw new WeightsError(say('{0} is cut off', name));
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > longestHeader || begin + length > file.length)
    throw new WeightsError(say('{0} claims a header of {1} bytes: cut off or damaged', name, length));
  const header = new TextDecoder().decode(file.subarray(begin, begin + length));
  return { header, data: file.subarray(begin + length) };
}

/** The elements with their bytes in the other order. */
function swapBytes(bytes: Uint8Array, size: number): Uint8Array {
  const result = bytes.slice();
  for (let i = 0; i < result.length; i += size) result.subarray(i, i + size).reverse();
  return result;
}
