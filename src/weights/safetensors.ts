/**
 * Reads safetensors files: an unsigned 64-bit length, a JSON header of that length, then the bytes of the tensors.
 * Format: https://github.com/huggingface/safetensors. Nothing in the file is trusted.
 */
import type { DType } from '../graph/types';
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
    throw new WeightsError(`the file has ${file.length} bytes; a safetensors file begins with 8 of length`);
  const length = new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(largestHeader))
    throw new WeightsError(`the header claims ${length} bytes; safetensors allows ${largestHeader}`);
  const end = 8 + Number(length);
  if (end > file.length)
    throw new WeightsError(`the header claims ${length} bytes, the file ends after ${file.length}: it is cut off`);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(file.subarray(8, end)));
  } catch {
    throw new WeightsError('the header is not JSON: this is not a safetensors file, or it is damaged');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw new WeightsError('the header is not an object');
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
  if (!known) throw new WeightsError(`${name} has the element type ${JSON.stringify(dtype)}, which is not supported`);
  if (!Array.isArray(shape) || !shape.every(isSize)) throw new WeightsError(`${name} has no valid shape`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) {
    throw new WeightsError(`${name} has no valid data_offsets`);
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > data.length) {
    throw new WeightsError(
      `${name} lies at bytes ${begin} to ${end}, the file holds ${data.length}: it is cut off or damaged`,
    );
  }
  const bytes = (shape as number[]).reduce((product, size) => product * size, sizeOf[known]);
  if (bytes !== end - begin) {
    throw new WeightsError(`${name} of shape [${shape}] needs ${bytes} bytes and is given ${end - begin}`);
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
    if (begin < reached) throw new WeightsError(`${name} overlaps the tensor before it`);
    if (begin > reached) throw new WeightsError(`${begin - reached} bytes before ${name} belong to no tensor`);
    reached = end;
  }
  if (reached !== data.length) throw new WeightsError(`${data.length - reached} bytes at the end belong to no tensor`);
  return tensors.map(({ name, dtype, shape, bytes }) => ({ name, dtype, shape, bytes }));
}
