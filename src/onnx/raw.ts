import { toInt64 } from '../graph/access';
import { toHalf } from '../graph/half';
import type { DType, TensorData } from '../graph/types';

function typedArray(data: TensorData, dtype: DType): ArrayBufferView<ArrayBufferLike> {
  switch (dtype) {
    case 'float32':
      return data instanceof Float32Array ? data : Float32Array.from(data);
    case 'float64':
      return data instanceof Float64Array ? data : Float64Array.from(data);
    case 'int32':
      return data instanceof Int32Array ? data : Int32Array.from(data);
    case 'int64':
      return BigInt64Array.from(data as readonly number[], toInt64);
    case 'int16':
      return Int16Array.from(data);
    case 'int8':
      return Int8Array.from(data);
    case 'uint8':
      return Uint8Array.from(data);
    case 'bool':
      return Uint8Array.from(data, (x) => (x ? 1 : 0));
    case 'float16':
      return Uint16Array.from(data, toHalf);
    case 'bfloat16':
      throw new RangeError(`${dtype} is lowered to float32 and never written`);
  }
}

/**
 * The bytes of a tensor as ONNX stores them: row-major, little endian (as every machine that runs this is). A view
 * of the data where it has that form already, without a copy.
 */
export function rawBytes(data: TensorData, dtype: DType): Uint8Array {
  const view = typedArray(data, dtype);
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
