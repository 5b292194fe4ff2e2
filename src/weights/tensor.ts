import { fromHalf } from '../graph/half';
import type { DType, TensorData } from '../graph/types';

/** A tensor of a weights file. */
export interface NamedTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /**
   * The elements, row-major and little endian; a view of the file where they lie so in it.
   * @throws WeightsError where the file is damaged there.
   */
  readonly bytes: Uint8Array;
}

/** Named tensors that belong together: a state dict. */
export interface WeightsPart {
  /** Its key in the checkpoint, dotted where it lies deeper; '' where the file is no more than it. */
  readonly path: string;
  readonly tensors: readonly NamedTensor[];
}

/** A weights file that can't be read, or does not fit; the message names the thing and the way out. */
export class WeightsError extends Error {
  override name = 'WeightsError';
}

/** Bytes of an element. */
export const sizeOf: Readonly<Record<DType, number>> = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
};

/** Reads every element; files are little endian and their tensors need not be aligned. */
function elements(bytes: Uint8Array, size: number, read: (view: DataView, offset: number) => number): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length: bytes.length / size }, (_, i) => read(view, i * size));
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
      return Float32Array.from(new Uint16Array(bytes.slice().buffer), fromHalf);
    case 'bfloat16': {
      const wide = Uint32Array.from(new Uint16Array(bytes.slice().buffer), (bits) => bits << 16);
      return new Float32Array(wide.buffer);
    }
    case 'int64':
      return Array.from(elements(bytes, 8, (view, offset) => Number(view.getBigInt64(offset, true))));
    case 'int16':
      return Int32Array.from(elements(bytes, 2, (view, offset) => view.getInt16(offset, true)));
    case 'int8':
      return Int32Array.from(new Int8Array(bytes.slice().buffer));
    case 'uint8':
    case 'bool':
      return Int32Array.from(bytes);
  }
}
