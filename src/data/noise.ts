import { Random } from '../compare/random';
import { floatAt } from '../graph/access';

/** Normal numbers, drawn once: images have millions of pixels, and noise is most of the work of drawing one. */
const table = standardNormals(new Random(1));

function standardNormals(random: Random): Float32Array {
  const drawn = Float64Array.from({ length: 2 ** 16 }, () => random.normal());
  const mean = drawn.reduce((sum, x) => sum + x, 0) / drawn.length;
  const deviation = Math.sqrt(drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / drawn.length);
  return Float32Array.from(drawn, (x) => (x - mean) / deviation);
}

/** About N(0, 1), one of 65,536 values. */
export function noise(random: Random): number {
  return floatAt(table, random.next() >>> 16);
}

/** About N(0, 1), the same for the same whole number. */
export function hashNoise(number: number): number {
  let bits = Math.imul(number | 0, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 15), 0x85ebca6b);
  return floatAt(table, (bits ^ (bits >>> 13)) >>> 16);
}
