/** Element types of ONNX, and the elements of its tensors. */
import { itemAt, itemOr } from '../graph/access';
import { count } from '../graph/evaluate/elements';
import { fromHalf } from '../graph/half';
import type { DType, TensorData, TensorType } from '../graph/types';
import { say } from '../language/say';
import { OnnxError } from './errors';
import type { OnnxTensor } from './proto';
import { joinChunks, packedFloats, packedInts } from './wire';

/** By `TensorProto.DataType`; those that the graph has have their own name there. */
const names: readonly string[] = [
  ...['undefined', 'float32', 'uint8', 'int8', 'uint16', 'int16', 'int32', 'int64', 'string', 'bool'],
  ...['float16', 'float64', 'uint32', 'uint64', 'complex64', 'complex128', 'bfloat16'],
  ...['float8e4m3fn', 'float8e4m3fnuz', 'float8e5m2', 'float8e5m2fnuz', 'uint4', 'int4', 'float4e2m1'],
  ...['float8e8m0', 'uint2', 'int2'],
];

const widths: Readonly<Record<DType, number>> = {
  float16: 2,
  bfloat16: 2,
  float32: 4,
  float64: 8,
  int8: 1,
  uint8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  bool: 1,
};

const isKnown = (name: string): name is DType => Object.hasOwn(widths, name);

/** The name of an element type, whether the graph has it or not. */
export const typeName = (dataType: number): string => itemOr(names, dataType, String(dataType));

/** The graph's element type. @throws OnnxError naming one that it lacks, and what has it */
export function dtypeOf(dataType: number, what: string, node?: string): DType {
  const name = typeName(dataType);
  if (isKnown(name)) return name;
  throw new OnnxError(
    'type',
    say(
      '{0} has the element type {1}, which is not read; export the model in float32, float16 or with 8-bit integers.',
      what,
      name,
    ),
    node === undefined ? {} : { node },
  );
}

/** The typed field that holds the elements of a type where they are not raw. */
function typedField(dtype: DType): number {
  if (dtype === 'float32') return 4;
  if (dtype === 'float64') return 10;
  return dtype === 'int64' ? 7 : 5;
}

/** Every half as a float, made once. */
let halves: Float32Array | undefined;

function halfTable(): Float32Array {
  halves ??= Float32Array.from({ length: 2 ** 16 }, (_, bits) => fromHalf(bits));
  return halves;
}

const lengthProblem = (name: string, elements: number, bytes: number) =>
  new OnnxError(
    'damaged',
    say(
      'The tensor {0} should have {1} elements, and the file has {2} bytes for it: it is damaged.',
      name,
      elements,
      bytes,
    ),
  );

/** A view where the bytes are aligned, else a copy. */
function align(bytes: Uint8Array, width: number): Uint8Array {
  return bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes);
}

function decodeRaw(bytes: Uint8Array, dtype: DType, length: number): TensorData {
  const own = align(bytes, widths[dtype]);
  const { buffer, byteOffset } = own;
  switch (dtype) {
    case 'float32':
      return new Float32Array(buffer, byteOffset, length);
    case 'float64':
      return new Float64Array(buffer, byteOffset, length);
    case 'int32':
      return new Int32Array(buffer, byteOffset, length);
    case 'int64': {
      const view = new BigInt64Array(buffer, byteOffset, length);
      return Float64Array.from({ length }, (_, i) => Number(view[i]));
    }
    case 'float16': {
      const [table, view] = [halfTable(), new Uint16Array(buffer, byteOffset, length)];
      return Float32Array.from(view, (bits) => itemAt(table, bits));
    }
    case 'bfloat16': {
      const wide = Uint32Array.from(new Uint16Array(buffer, byteOffset, length), (bits) => bits << 16);
      return new Float32Array(wide.buffer);
    }
    case 'int16':
      return Int32Array.from(new Int16Array(buffer, byteOffset, length));
    case 'int8':
      return Int32Array.from(new Int8Array(buffer, byteOffset, length));
    case 'uint8':
      return Int32Array.from(own);
    case 'bool':
      return Int32Array.from(own, (byte) => Number(byte !== 0));
  }
}

function decodeTyped(chunks: readonly Uint8Array[], dtype: DType): TensorData {
  const bytes = joinChunks(chunks);
  if (dtype === 'float32') return Float32Array.from(packedFloats(bytes, 4));
  if (dtype === 'float64') return Float64Array.from(packedFloats(bytes, 8));
  const ints = packedInts(bytes);
  if (dtype === 'float16') return Float32Array.from(ints, (bits) => fromHalf(bits & 0xffff));
  if (dtype === 'bfloat16') return new Float32Array(Uint32Array.from(ints, (bits) => bits << 16).buffer);
  return dtype === 'int64' ? Float64Array.from(ints) : Int32Array.from(ints);
}

/** The type of a tensor in the file. @throws OnnxError */
export function tensorType({ name, dims, dataType }: OnnxTensor, node?: string): TensorType {
  return { dtype: dtypeOf(dataType, name === '' ? say('A constant') : name, node), shape: dims };
}

/**
 * The elements of a tensor: floats as Float32Array (a view of the file where it lies so in it), 64-bit integers as
 * numbers.
 * @param external bytes of the file that holds them, where that is another one
 * @throws OnnxError where their number is not the shape's
 */
export function elementsOf(tensor: OnnxTensor, external: Uint8Array | undefined): TensorData {
  const { dtype } = tensorType(tensor);
  const length = count(tensor.dims);
  const bytes = tensor.external ? external : tensor.raw;
  if (tensor.isSegment) throw lengthProblem(tensor.name, length, bytes?.length ?? 0);
  if (bytes && !(bytes.length === 0 && tensor.typed)) {
    if (bytes.length !== length * widths[dtype]) throw lengthProblem(tensor.name, length, bytes.length);
    return decodeRaw(bytes, dtype, length);
  }
  const { field, chunks } = tensor.typed ?? { field: typedField(dtype), chunks: [] };
  const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  // Each element has at least one byte there: nothing is made of a shape that the file does not bear out.
  if (field !== typedField(dtype) || size < length) throw lengthProblem(tensor.name, length, size);
  const data = decodeTyped(chunks, dtype);
  if (data.length !== length) throw lengthProblem(tensor.name, length, size);
  return data;
}
