/** A smooth random field for each class, for inputs that no other family knows how to draw. */

import { Random } from '../compare/random';
import { floatAt, itemOr, noItem } from '../graph/access';
import { elements } from '../graph/ops/rule';
import { noise } from './noise';

/** Sums of waves that go a whole number of times around every dimension, so that a field can be moved around its end. */
function field(shape: readonly number[], seed: number): Float32Array {
  const random = new Random(seed);
  const turnsOf = (size: number) =>
    (size < 3 ? random.integerBelow(size) : random.integerBelow(3)) * (random.integerBelow(2) * 2 - 1);
  const waves = Array.from({ length: 6 }, () => ({
    phase: 2 * Math.PI * random.uniform(),
    turns: shape.map(turnsOf),
  }));
  // Two waves that don't stand still, even where the others happen to.
  for (const wave of waves.slice(0, 2))
    shape.forEach((size, i) => {
      if (size > 1) wave.turns[i] ||= 1;
    });
  return Float32Array.from({ length: elements(shape) }, (_, place) => {
    const at = placeIn(shape, place);
    const sum = waves.reduce(
      (total, { phase, turns }) =>
        total + Math.sin(turns.reduce((angle, turn, i) => angle + 2 * Math.PI * turn * coordinateAt(at, i), phase)),
      0,
    );
    return sum / Math.sqrt(waves.length / 2);
  });
}

/** Where an element lies in each dimension, from 0 to 1. */
function placeIn(shape: readonly number[], place: number): number[] {
  const at: number[] = [];
  let rest = place;
  for (const size of shape.toReversed()) {
    at.push((rest % size) / size);
    rest = Math.floor(rest / size);
  }
  return at.reverse();
}

/** An accessor of its own: it meets one kind of array, for each element, wave and dimension. */
const coordinateAt = (at: readonly number[], dim: number): number => at[dim] ?? noItem(at, dim);

/** Draws samples of a class: its field, moved around the last dimension, scaled and with noise. */
export function prototypes(shape: readonly number[], classes: number, seed: number) {
  const size = elements(shape);
  const last = itemOr(shape, shape.length - 1, 1);
  const fields = Array.from({ length: classes }, (_, label) => field(shape, seed * 31 + label));
  return (label: number, random: Random, into: Float32Array, at: number): void => {
    const own = fields[label % fields.length];
    if (!own) return;
    // A field of another sign would be another class; of another strength it is not. Deviation about 1 with the noise.
    const strength = 0.1 + 0.4 * random.uniform();
    const move = last < 4 ? 0 : random.integerBelow(last);
    for (let row = 0; row < size; row += last)
      for (let i = 0; i < last; i++)
        into[at + row + i] = strength * floatAt(own, row + ((i + move) % last)) + 0.95 * noise(random);
  };
}
