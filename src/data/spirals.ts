/** Points on spirals and circles in a plane, turned into as many features as a model takes. */
import { Random } from '../compare/random';

/** A point of a class, about 1 from the middle; odd sets of classes are rings, even ones arms of a spiral. */
function point(label: number, classes: number, random: Random): [number, number] {
  const along = random.uniform();
  if (classes % 2 === 1) {
    const [radius, angle] = [(0.4 + label) / classes, 2 * Math.PI * along];
    const reach = 1.8 * radius + 0.05 * random.normal();
    return [reach * Math.cos(angle), reach * Math.sin(angle)];
  }
  const reach = 0.2 + 1.5 * along;
  const angle = 2 * Math.PI * (label / classes + 0.6 * along) + 0.1 * random.normal();
  return [reach * Math.cos(angle), reach * Math.sin(angle)];
}

/** Two directions in feature space, the same for all samples: orthogonal but for chance. */
export function plane(features: number, seed: number): readonly [Float32Array, Float32Array] {
  const random = new Random(seed);
  const direction = () => Float32Array.from({ length: features }, () => random.normal());
  return [direction(), direction()];
}

/** Draws one sample: its place in the plane, and noise that leaves the plane. */
export function drawSpiral(
  label: number,
  classes: number,
  [first, second]: readonly [Float32Array, Float32Array],
  random: Random,
  into: Float32Array,
  at: number,
): void {
  const [x, y] = point(label, classes, random);
  for (let i = 0; i < first.length; i++)
    into[at + i] = x * (first[i] ?? 0) + y * (second[i] ?? 0) + 0.1 * random.normal();
}
