import type { DType } from '../../src/graph/types';

/** What test/parity/reference_models.py fills weights and inputs with: the same numbers from the same names. */

/** Uniform in [−1, 1): FNV-1a of the name, then a 32-bit finaliser of each index. */
export function mixed(name: string, count: number): Float64Array {
  let start = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) start = Math.imul(start ^ byte, 0x01000193);
  // Loops over typed arrays: models of tens of millions of weights are filled, and iterators take minutes for them.
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let x = start + Math.imul(i, 0x9e3779b9);
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
    x = Math.imul(x ^ (x >>> 16), 0x735a2d97);
    values[i] = ((x ^ (x >>> 15)) >>> 0) / 2 ** 31 - 1;
  }
  return values;
}

const product = (shape: readonly number[]) => shape.reduce((total, size) => total * size, 1);

/** Weights scaled by 1/√fan_in, positive variances, small biases. */
export function ruledWeight(name: string, shape: readonly number[]): Float32Array {
  const u = mixed(name, product(shape));
  const [centre, spread] = name.endsWith('running_var')
    ? [1, 0.5]
    : shape.length >= 2
      ? [0, Math.sqrt(3 / product(shape.slice(1)))]
      : name.endsWith('weight')
        ? [1, 0.5]
        : [0, 0.2];
  return new Float32Array(u.map((x) => centre + spread * x));
}

export interface RuledInput {
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** Integers lie below it. */
  readonly below?: number;
  /** Exactly these values, instead of the rule's. */
  readonly data?: readonly number[];
}

/** The k-th random draw of a step in training mode: uniform in [0, 1). */
export function ruledNoise(k: number, shape: readonly number[]): Float32Array {
  return Float32Array.from(mixed(`noise${k}`, product(shape)), (x) => (x + 1) / 2);
}

export function ruledInput(index: number, { shape, below, data }: RuledInput): Float32Array | readonly number[] {
  if (data) return data;
  const u = mixed(`input${index}`, product(shape));
  return below === undefined
    ? Float32Array.from(u, (x) => 2 * x)
    : Array.from(u, (x) => Math.floor(((x + 1) / 2) * below));
}
