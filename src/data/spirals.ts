/** Points on spirals and circles in a plane, turned into as many features as a model takes. */

import { Random } from '../compare/random';
import { floatAt, itemAt } from '../graph/access';
import { noise } from './noise';

/** A point of a class, about 1 from the middle; odd numbers of classes are rings, even ones arms of a spiral. */
function point(label: number, classes: number, random: Random): [number, number] {
  const along = random.uniform();
  if (classes % 2 === 1) {
    const [radius, angle] = [(0.4 + label) / classes, 2 * Math.PI * along];
    const reach = 1.8 * radius + 0.05 * random.normal();
    return [reach * Math.cos(angle), reach * Math.sin(angle)];
  }
  const reach = 0.2 + 1.5 * along;
  // Many arms are close to each other already: they turn less.
  const turn = Math.min(0.6, 2 / classes);
  const angle = 2 * Math.PI * (label / classes + turn * along) + 0.1 * random.normal();
  return [reach * Math.cos(angle), reach * Math.sin(angle)];
}

/** Each coordinate of a point has a deviation of about 0.74: what makes it 1. */
const scale = 1.36;

/**
 * Two orthogonal directions in feature space, the same for all samples, so long that a feature's deviation is about 1.
 * @param features from 2
 */
export function plane(features: number, seed: number): readonly [Float32Array, Float32Array] {
  const random = new Random(seed);
  const draw = () => Array.from({ length: features }, () => random.normal());
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * itemAt(b, i), 0);
  const first = draw();
  const other = draw();
  const along = dot(first, other) / dot(first, first);
  const second = other.map((x, i) => x - along * itemAt(first, i));
  const long = (direction: readonly number[]) => {
    const factor = scale * Math.sqrt(features / 2 / Math.max(dot(direction, direction), 1e-12));
    return Float32Array.from(direction, (x) => x * factor);
  };
  return [long(first), long(second)];
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
    into[at + i] = x * floatAt(first, i) + y * floatAt(second, i) + 0.1 * noise(random);
}

/** Draws a number: classes take turns along the line, few of them twice, so that no threshold tells them apart. */
export function drawBand(label: number, classes: number, random: Random): number {
  const rounds = classes <= 4 ? 2 : 1;
  const at = label + 0.1 + 0.8 * random.uniform() + classes * random.integerBelow(rounds);
  return 1.7 * ((2 * at) / classes / rounds - 1);
}
