import type { DType, TensorData } from '../graph/types';

function half(values: Float64Array | Float32Array): Uint16Array {
  return Uint16Array.from(values, halfBits);
}

const scratch = new DataView(new ArrayBuffer(4));

/** IEEE 754 binary16, rounding half to even. */
function halfBits(value: number): number {
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) return sign | roundToEven(Math.abs(value) * 2 ** 24);
  return sign | ((magnitude + 0xfff + ((magnitude >>> 13) & 1) - 0x38000000) >>> 13);
}

function roundToEven(value: number): number {
  const low = Math.floor(value);
  const rest = value - low;
  return rest > 0.5 || (rest === 0.5 && low % 2 === 1) ? low + 1 : low;
}

/** The upper half of a float32, rounding half to even. */
function bfloat(value: number): number {
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40;
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

function typed(data: TensorData, dtype: DType): ArrayBufferView<ArrayBufferLike> {
  switch (dtype) {
    case 'float32':
      return data instanceof Float32Array ? data : Float32Array.from(data);
    case 'float64':
      return data instanceof Float64Array ? data : Float64Array.from(data);
    case 'int32':
      return data instanceof Int32Array ? data : Int32Array.from(data);
    case 'int64':
      return BigInt64Array.from(data as readonly number[], (x) => BigInt(Math.trunc(x)));
    case 'int16':
      return Int16Array.from(data);
    case 'int8':
      return Int8Array.from(data);
    case 'uint8':
      return Uint8Array.from(data);
    case 'bool':
      return Uint8Array.from(data, (x) => (x ? 1 : 0));
    case 'float16':
      return half(Float64Array.from(data));
    case 'bfloat16':
      return Uint16Array.from(data, bfloat);
  }
}

/**
 * The bytes of a tensor as ONNX stores them: row-major, little endian (as every machine that runs this is). A view
 * of the data where it has that form already, without a copy.
 */
export function rawBytes(data: TensorData, dtype: DType): Uint8Array {
  const view = typed(data, dtype);
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
