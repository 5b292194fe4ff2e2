/** Images of ten textures and shapes, each drawn at random: where it is, how large, in which colours, how noisy. */
import type { Random } from '../compare/random';

/** Brightness, 0–1, of a picture at (u, v), both from 0 to 1. */
type Picture = (u: number, v: number) => number;

const step = (inside: boolean) => (inside ? 1 : 0);

function stripes(angle: number, random: Random): Picture {
  const [frequency, phase] = [3 + 3 * random.uniform(), random.uniform()];
  const [x, y] = [Math.cos(angle), Math.sin(angle)];
  return (u, v) => 0.5 + 0.5 * Math.sin(2 * Math.PI * (frequency * (u * x + v * y) + phase));
}

/** A place and a size for a shape that stands whole in the image. */
function placed(random: Random): { readonly x: number; readonly y: number; readonly size: number } {
  const size = 0.22 + 0.16 * random.uniform();
  const at = () => size + (1 - 2 * size) * random.uniform();
  return { x: at(), y: at(), size };
}

/** The ten kinds; a class is an index into this list. */
const kinds: readonly ((random: Random) => Picture)[] = [
  (random) => stripes(0.2 * (random.uniform() - 0.5), random),
  (random) => stripes(Math.PI / 2 + 0.2 * (random.uniform() - 0.5), random),
  (random) => stripes(Math.PI / 4 + 0.2 * (random.uniform() - 0.5), random),
  (random) => {
    const [a, b] = [stripes(0, random), stripes(Math.PI / 2, random)];
    return (u, v) => step(a(u, v) > 0.5 === b(u, v) > 0.5);
  },
  (random) => {
    const { x, y } = placed(random);
    const frequency = 4 + 3 * random.uniform();
    return (u, v) => 0.5 + 0.5 * Math.cos(2 * Math.PI * frequency * Math.hypot(u - x, v - y));
  },
  (random) => {
    const { x, y, size } = placed(random);
    return (u, v) => step(Math.hypot(u - x, v - y) < size);
  },
  (random) => {
    const { x, y, size } = placed(random);
    return (u, v) => step(Math.max(Math.abs(u - x), Math.abs(v - y)) < size * 0.9);
  },
  (random) => {
    const { x, y, size } = placed(random);
    return (u, v) => step(v - y < size && v - y > -size + 2 * Math.abs(u - x));
  },
  (random) => {
    const { x, y, size } = placed(random);
    const inside = (d: number, e: number) => Math.abs(d) < size && Math.abs(e) < size * 0.33;
    return (u, v) => step(inside(u - x, v - y) || inside(v - y, u - x));
  },
  (random) => {
    const { x, y, size } = placed(random);
    return (u, v) => {
      const distance = Math.hypot(u - x, v - y);
      return step(distance < size && distance > size * 0.6);
    };
  },
];

export const shapeKinds = kinds.length;

/** Deviation of the noise on every pixel, beside a contrast of about 1. */
const noise = 0.5;

/**
 * Draws one image.
 * @param into channels × height × width, from `at`
 */
export function drawShape(
  kind: number,
  [channels = 1, height = 1, width = 1]: readonly number[],
  random: Random,
  into: Float32Array,
  at: number,
): void {
  const picture = (kinds[kind % kinds.length] ?? kinds[0])?.(random);
  if (!picture) return;
  for (let c = 0; c < channels; c++) {
    // Light on dark or dark on light, channel by channel of another strength: colour tells nothing of the kind.
    const contrast = (random.uniform() < 0.5 ? -1 : 1) * (1.2 + 0.8 * random.uniform());
    const ground = -contrast * 0.4 + 0.4 * (random.uniform() - 0.5);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const value = picture((x + 0.5) / width, (y + 0.5) / height);
        into[at + (c * height + y) * width + x] = ground + contrast * value + noise * random.normal();
      }
    }
  }
}

/**
 * Draws an image in which several shapes stand on a ground.
 * @param labels what stands at each place, from `labelsAt`: 0 is the ground, then the kinds
 */
export function drawScene(
  classes: number,
  [channels = 1, height = 1, width = 1]: readonly number[],
  [rows = 1, columns = 1]: readonly number[],
  random: Random,
  into: Float32Array,
  at: number,
  labels: Int32Array,
  labelsAt: number,
): void {
  const count = 2 + random.below(3);
  const things = Array.from({ length: count }, () => ({
    label: 1 + random.below(Math.max(1, classes - 1)),
    ...placed(random),
    colour: Array.from({ length: channels }, () => 1.5 * random.normal()),
  }));
  // What a kind looks like: its outline, and how fine its stripes are.
  const inside = ({ label, x, y, size }: (typeof things)[number], u: number, v: number) =>
    label % 2 === 0 ? Math.hypot(u - x, v - y) < size : Math.max(Math.abs(u - x), Math.abs(v - y)) < size;
  const topmost = (u: number, v: number) => things.findLast((thing) => inside(thing, u, v));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [(x + 0.5) / width, (y + 0.5) / height];
      const thing = topmost(u, v);
      const texture = thing ? Math.sin(2 * Math.PI * (2 + 2 * thing.label) * (u + v)) : 0;
      for (let c = 0; c < channels; c++)
        into[at + (c * height + y) * width + x] = (thing?.colour[c] ?? 0) * 0.3 + texture + 0.3 * random.normal();
    }
  }
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++)
      labels[labelsAt + y * columns + x] = topmost((x + 0.5) / columns, (y + 0.5) / rows)?.label ?? 0;
}
