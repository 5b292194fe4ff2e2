import type { Tensor } from 'onnxruntime-web';
import { toInt64 } from '../graph/access';
import { fromHalf, toHalf } from '../graph/half';
import type { TensorData, TensorType } from '../graph/types';
import type { Ort } from './runtime';

/** A tensor of the runtime from flat data. */
export function toTensor(ort: Ort, { dtype, shape }: TensorType, data: TensorData): Tensor {
  switch (dtype) {
    case 'float32':
      return new ort.Tensor('float32', data instanceof Float32Array ? data : Float32Array.from(data), shape);
    case 'float64':
      return new ort.Tensor('float64', Float64Array.from(data), shape);
    case 'int64':
      return new ort.Tensor('int64', BigInt64Array.from(data as readonly number[], toInt64), shape);
    case 'int32':
      return new ort.Tensor('int32', Int32Array.from(data), shape);
    case 'int16':
      return new ort.Tensor('int16', Int16Array.from(data), shape);
    case 'int8':
      return new ort.Tensor('int8', Int8Array.from(data), shape);
    case 'uint8':
      return new ort.Tensor('uint8', Uint8Array.from(data), shape);
    case 'bool':
      return new ort.Tensor(
        'bool',
        Uint8Array.from(data, (x) => (x ? 1 : 0)),
        shape,
      );
    case 'float16':
      return new ort.Tensor('float16', Uint16Array.from(data, toHalf), shape);
    case 'bfloat16':
      throw new RangeError(`${dtype} is computed in float32`);
  }
}

/** Flat data from what the runtime returns. */
export function fromTensor(data: Tensor.DataType): TensorData {
  if (data instanceof Float32Array || data instanceof Float64Array || data instanceof Int32Array) return data;
  // Halves, where the platform has no array for them.
  if (data instanceof Uint16Array) return Float32Array.from(data, fromHalf);
  return Array.from(data as ArrayLike<number | bigint | string>, Number);
}
