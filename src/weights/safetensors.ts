/**
 * Reads safetensors files: an unsigned 64-bit length, a JSON header of that length, then the bytes of the tensors.
 * Format: https://github.com/huggingface/safetensors. Nothing in the file is trusted.
 */
import type { DType, TensorData } from '../graph/types';

export interface NamedTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** The tensor's own bytes, a view of the file. */
  readonly bytes: Uint8Array;
}

export class WeightsError extends Error {
  override name = 'WeightsError';
}

/** The format's own bound: a larger header is an attack or another format. */
const largestHeader = 100_000_000;

const dtypes: Readonly<Record<string, { readonly dtype: DType; readonly size: number }>> = {
  F64: { dtype: 'float64', size: 8 },
  F32: { dtype: 'float32', size: 4 },
  F16: { dtype: 'float16', size: 2 },
  BF16: { dtype: 'bfloat16', size: 2 },
  I64: { dtype: 'int64', size: 8 },
  I32: { dtype: 'int32', size: 4 },
  I16: { dtype: 'int16', size: 2 },
  I8: { dtype: 'int8', size: 1 },
  U8: { dtype: 'uint8', size: 1 },
  BOOL: { dtype: 'bool', size: 1 },
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
  const bytes = (shape as number[]).reduce((product, size) => product * size, known.size);
  if (bytes !== end - begin) {
    throw new WeightsError(`${name} of shape [${shape}] needs ${bytes} bytes and is given ${end - begin}`);
  }
  return { name, dtype: known.dtype, shape: shape as number[], bytes: data.subarray(begin, end), begin, end };
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

function widenHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Reads `count` elements; files are little endian and their tensors need not be aligned. */
function elements(tensor: NamedTensor, size: number, read: (view: DataView, offset: number) => number): Float64Array {
  const view = new DataView(tensor.bytes.buffer, tensor.bytes.byteOffset, tensor.bytes.byteLength);
  return Float64Array.from({ length: tensor.bytes.length / size }, (_, i) => read(view, i * size));
}

/** A tensor's values: float32 and halves as Float32Array, integers as the graph holds them. */
export function decode(tensor: NamedTensor): TensorData {
  const { bytes, dtype } = tensor;
  switch (dtype) {
    case 'float32':
      // A copy of its own: aligned, and independent of the file.
      return new Float32Array(bytes.slice().buffer);
    case 'float64':
      return new Float64Array(bytes.slice().buffer);
    case 'int32':
      return new Int32Array(bytes.slice().buffer);
    case 'float16':
      return Float32Array.from(new Uint16Array(bytes.slice().buffer), widenHalf);
    case 'bfloat16': {
      const wide = Uint32Array.from(new Uint16Array(bytes.slice().buffer), (bits) => bits << 16);
      return new Float32Array(wide.buffer);
    }
    case 'int64':
      return Array.from(elements(tensor, 8, (view, offset) => Number(view.getBigInt64(offset, true))));
    case 'int16':
      return Int32Array.from(elements(tensor, 2, (view, offset) => view.getInt16(offset, true)));
    case 'int8':
      return Int32Array.from(new Int8Array(bytes.slice().buffer));
    case 'uint8':
    case 'bool':
      return Int32Array.from(bytes);
  }
}
