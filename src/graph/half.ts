/** Half precisions: IEEE 754's, as bits, and the rounding of both. */
import { itemAt } from './access';

const floats = new Float32Array(1);
const bits = new Uint32Array(floats.buffer);

/** The nearest half, ties to even; too large ones are infinite. */
export function toHalf(value: number): number {
  floats[0] = value;
  const x = itemAt(bits, 0);
  const sign = (x >>> 16) & 0x8000;
  const size = x & 0x7fffffff;
  if (size > 0x7f800000) return sign | 0x7e00;
  // From 65520 on the nearest half is infinity.
  if (size >= 0x477ff000) return sign | 0x7c00;
  if (size < 0x38800000) {
    // Below 2⁻¹⁴ halves are multiples of 2⁻²⁴.
    const steps = Math.abs(value) * 2 ** 24;
    const low = Math.floor(steps);
    const rest = steps - low;
    return sign | (rest > 0.5 || (rest === 0.5 && low % 2 === 1) ? low + 1 : low);
  }
  const rounded = size + 0xfff + ((size >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}

export function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The nearest bfloat16, ties to even. */
export function roundToBfloat16(value: number): number {
  floats[0] = value;
  const x = itemAt(bits, 0);
  if (Number.isNaN(value)) return value;
  bits[0] = (x + 0x7fff + ((x >>> 16) & 1)) & 0xffff0000;
  return itemAt(floats, 0);
}

export const roundToHalf = (value: number): number => fromHalf(toHalf(value));
