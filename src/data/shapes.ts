/** Images of ten textures and shapes, each drawn at random: where it is, how large, in which colours, how noisy. */

import type { Random } from '../compare/random';
import { byteAt, firstElements, itemAt } from '../graph/access';
import { noise } from './noise';

/** Brightness, 0–1, of a picture at (u, v), both from 0 to 1. */
type Brightness = (u: number, v: number) => number;
/** @param finest cycles over the image that its pixels can still show */
type Kind = (random: Random, finest: number) => Brightness;

const step = (inside: boolean) => (inside ? 1 : 0);

/** Cycles over the image, as many as suit its pixels. */
const cycles = (random: Random, finest: number) => Math.min(6, finest) * (0.5 + 0.5 * random.uniform());

function stripes(angle: number, random: Random, finest: number): Brightness {
  const [frequency, phase] = [cycles(random, finest), random.uniform()];
  const turn = angle + 0.2 * (random.uniform() - 0.5);
  const [x, y] = [2 * Math.PI * frequency * Math.cos(turn), 2 * Math.PI * frequency * Math.sin(turn)];
  return (u, v) => 0.5 + 0.5 * Math.sin(u * x + v * y + 2 * Math.PI * phase);
}

/** A place and a size for a shape that stands whole in the image. */
function drawPlacement(random: Random): { readonly x: number; readonly y: number; readonly size: number } {
  const size = 0.22 + 0.16 * random.uniform();
  const at = () => size + (1 - 2 * size) * random.uniform();
  return { x: at(), y: at(), size };
}

/** The ten kinds; a class is an index into this list. */
const kinds: readonly Kind[] = [
  (random, finest) => stripes(0, random, finest),
  (random, finest) => stripes(Math.PI / 2, random, finest),
  (random, finest) => stripes(Math.PI / 4, random, finest),
  (random, finest) => {
    const [a, b] = [stripes(0, random, finest), stripes(Math.PI / 2, random, finest)];
    return (u, v) => step(a(u, v) > 0.5 === b(u, v) > 0.5);
  },
  // Rings around a point.
  (random, finest) => {
    const { x, y } = drawPlacement(random);
    const frequency = 2 * Math.PI * cycles(random, finest);
    return (u, v) => 0.5 + 0.5 * Math.cos(frequency * Math.sqrt((u - x) ** 2 + (v - y) ** 2));
  },
  // A disc, a square, a triangle, a cross.
  (random) => {
    const { x, y, size } = drawPlacement(random);
    return (u, v) => step((u - x) ** 2 + (v - y) ** 2 < size ** 2);
  },
  (random) => {
    const { x, y, size } = drawPlacement(random);
    return (u, v) => step(Math.max(Math.abs(u - x), Math.abs(v - y)) < size * 0.9);
  },
  (random) => {
    const { x, y, size } = drawPlacement(random);
    return (u, v) => step(v - y < size && v - y > -size + 2 * Math.abs(u - x));
  },
  (random) => {
    const { x, y, size } = drawPlacement(random);
    const isInside = (d: number, e: number) => Math.abs(d) < size && Math.abs(e) < size * 0.33;
    return (u, v) => step(isInside(u - x, v - y) || isInside(v - y, u - x));
  },
  // Clouds: a few slow waves in random directions.
  (random, finest) => {
    const waves = Array.from({ length: 4 }, () => stripes(2 * Math.PI * random.uniform(), random, finest / 2));
    return (u, v) => waves.reduce((sum, wave) => sum + wave(u, v), 0) / 2 - 0.5;
  },
];

export const shapeKinds = kinds.length;

/** Three pixels are the least that show a cycle. */
const finestOf = (height: number, width: number) => Math.max(1, Math.min(height, width)) / 3;

/**
 * Draws one image, of about mean 0 and deviation 1 over many.
 * @param into channels × height × width, from `at`
 */
export function drawShape(
  kind: number,
  shape: readonly number[],
  random: Random,
  into: Float32Array,
  at: number,
): void {
  const [channels, height, width] = firstElements(shape, 3);
  const picture = kinds[kind % kinds.length]?.(random, finestOf(height, width));
  if (!picture) return;
  // Light on dark or dark on light, channel by channel of another strength: colour tells nothing of the kind.
  const colours = Array.from({ length: channels }, () => {
    const contrast = (random.uniform() < 0.5 ? -1 : 1) * (1.4 + random.uniform());
    return { contrast, ground: -contrast * 0.4 + 0.5 * (random.uniform() - 0.5) };
  });
  const strength = 0.4 + 0.4 * random.uniform();
  const plane = height * width;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = picture((x + 0.5) / width, (y + 0.5) / height);
      let pixel = at + y * width + x;
      for (const { contrast, ground } of colours) {
        into[pixel] = ground + contrast * value + strength * noise(random);
        pixel += plane;
      }
    }
  }
}

/** Something that stands in a scene; even labels are round, and each label has stripes of its own. */
interface Thing {
  readonly label: number;
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly colour: readonly number[];
}

/** For each place of a grid which thing is on top there: its index from 1, 0 for none. */
function topThings(things: readonly Thing[], rows: number, columns: number): Uint8Array {
  const map = new Uint8Array(rows * columns);
  things.forEach(({ label, x, y, size }, i) => {
    const first = (from: number, cells: number) => Math.max(0, Math.floor((from - size) * cells));
    const last = (from: number, cells: number) => Math.min(cells, Math.ceil((from + size) * cells));
    for (let row = first(y, rows); row < last(y, rows); row++) {
      for (let column = first(x, columns); column < last(x, columns); column++) {
        const [dx, dy] = [Math.abs((column + 0.5) / columns - x), Math.abs((row + 0.5) / rows - y)];
        const inside = label % 2 === 0 ? dx * dx + dy * dy < size * size : Math.max(dx, dy) < size;
        if (inside) map[row * columns + column] = i + 1;
      }
    }
  });
  return map;
}

/**
 * Draws an image in which several shapes stand on a ground.
 * @param classes from 2: the ground, then the kinds of things
 * @param into channels × height × width, from `at`
 * @param labels what stands at each place of rows × columns, from `labelsAt`
 */
export function drawScene(
  classes: number,
  image: readonly number[],
  map: readonly number[],
  random: Random,
  into: Float32Array,
  at: number,
  labels: Int32Array,
  labelsAt: number,
): void {
  const [channels, height, width] = firstElements(image, 3);
  const [rows, columns] = firstElements(map, 2);
  const things: readonly Thing[] = Array.from({ length: 2 + random.integerBelow(3) }, () => ({
    label: 1 + random.integerBelow(Math.max(1, classes - 1)),
    ...drawPlacement(random),
    colour: Array.from({ length: channels }, () => 0.6 * random.normal()),
  }));
  const seen = topThings(things, height, width);
  const finest = finestOf(height, width);
  // Stripes from one cycle, for the first label, to as many as the pixels can show, for the last.
  const striped = things.map((thing) => ({
    ...thing,
    turn: (2 * Math.PI * Math.min(10, finest) * thing.label) / Math.max(1, classes - 1) / Math.SQRT2,
  }));
  const plane = height * width;
  for (let place = 0; place < plane; place++) {
    const thing = striped[byteAt(seen, place) - 1];
    const [u, v] = [((place % width) + 0.5) / width, (Math.floor(place / width) + 0.5) / height];
    const texture = thing ? 1.4 * Math.sin(thing.turn * (u + v)) : 0;
    for (let c = 0; c < channels; c++)
      into[at + c * plane + place] = (thing ? itemAt(thing.colour, c) : 0) + texture + 0.5 * noise(random);
  }
  const answers = rows === height && columns === width ? seen : topThings(things, rows, columns);
  answers.forEach((answer, place) => {
    const thing = things[answer - 1];
    labels[labelsAt + place] = thing ? thing.label : 0;
  });
}
