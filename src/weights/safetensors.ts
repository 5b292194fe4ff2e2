/**
 * Reads safetensors files: an unsigned 64-bit length, a JSON header of that length, then the bytes of the tensors.
 * Format: https://github.com/huggingface/safetensors. Nothing in the file is trusted.
 */
import type { DType } from '../graph/types';
import { say } from '../language/say';
import { type NamedTensor, sizeOf, WeightsError } from './tensor';

/** The format's own bound: a larger header is an attack or another format. */
const largestHeader = 100_000_000;

const dtypes: Readonly<Record<string, DType>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U8: 'uint8',
  BOOL: 'bool',
};

function readHeader(file: Uint8Array): { header: Record<string, unknown>; data: Uint8Array } {
  if (file.length < 8)
    throw new WeightsError(say('the file has {0} bytes; a safetensors file begins with 8 of length', file.length));
  const length = new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(largestHeader))
    throw new WeightsError(say('the header claims {0} bytes; safetensors allows {1}', length, largestHeader));
  const end = 8 + Number(length);
  if (end > file.length)
    throw new WeightsError(
      say('the header claims {0} bytes, the file ends after {1}: it is cut off', length, file.length),
    );
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(file.subarray(8, end)));
  } catch {
    throw new WeightsError(say('the header is not JSON: this is not a safetensors file, or it is damaged'));
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw new WeightsError(say('the header is not an object'));
  }
  return { header: header as Record<string, unknown>, data: file.subarray(end) };
}

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function readTensor(name: string, entry: unknown, data: Uint8Array): NamedTensor & { begin: number; end: number } {
  const {
    dtype,
    shape,
    data_offsets: offsets,
  } = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<string, unknown>;
  const known = typeof dtype === 'string' && Object.hasOwn(dtypes, dtype) ? dtypes[dtype] : undefined;
  if (typeof dtype !== 'string') throw new WeightsError(say('{0} has no valid dtype', name));
  if (!known)
    throw new WeightsError(say('{0} has the element type {1}, which is not supported', name, JSON.stringify(dtype)));
  if (!Array.isArray(shape) || !shape.every(isSize)) throw new WeightsError(say('{0} has no valid shape', name));
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) {
    throw new WeightsError(say('{0} has no valid data_offsets', name));
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > data.length) {
    throw new WeightsError(
      say('{0} lies at bytes {1} to {2}, the file holds {3}: it is cut off or damaged', name, begin, end, data.length),
    );
  }
  const bytes = (shape as number[]).reduce((product, size) => product * size, sizeOf[known]);
  if (bytes !== end - begin) {
    throw new WeightsError(say('{0} of shape [{1}] needs {2} bytes and is given {3}', name, shape, bytes, end - begin));
  }
  return { name, dtype: known, shape: shape as number[], bytes: data.subarray(begin, end), begin, end };
}

/**
 * The tensors of a safetensors file, in the order of their bytes.
 * @throws WeightsError naming the tensor, for anything that does not hold together.
 */
export function readSafetensors(file: Uint8Array): NamedTensor[] {
  const { header, data } = readHeader(file);
  const tensors = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => readTensor(name, entry, data))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let reached = 0;
  for (const { name, begin, end } of tensors) {
    if (begin < reached) throw new WeightsError(say('{0} overlaps the tensor before it', name));
    if (begin > reached) throw new WeightsError(say('{0} bytes before {1} belong to no tensor', begin - reached, name));
    reached = end;
  }
  if (reached !== data.length)
    throw new WeightsError(say('{0} bytes at the end belong to no tensor', data.length - reached));
  return tensors.map(({ name, dtype, shape, bytes }) => ({ name, dtype, shape, bytes }));
}
