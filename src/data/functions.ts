/** Numbers that follow smoothly from an input: what a regression is to find. */

import { Random } from '../compare/random';
import { doubleAt, firstElements, floatAt, intAt, itemAt, sizeAt } from '../graph/access';
import { elements } from '../graph/ops/rule';
import type { TensorType } from '../graph/types';
import type { Column } from './dataset';
import { hashNoise } from './noise';

/** Fills a target, sample by sample, from an input. */
type Follow = (input: Column, target: Column) => void;

const waves = 4;
/** Features of one sample, or of one place in it, that a function reads. */
const mostFeatures = 64;

const numberAt = ({ data }: Column, at: number) =>
  data instanceof Int32Array ? hashNoise(intAt(data, at)) : floatAt(data, at);

const add = (to: Float64Array, at: number, value: number): void => {
  to[at] = doubleAt(to, at) + value;
};

/** What is known of a sample: for each of `count` rows `width` features. */
interface Features {
  readonly width: number;
  readonly count: number;
  /** Writes rows × width features of the sample `n`. */
  read(input: Column, n: number, into: Float64Array): void;
}

/** Mean, power and roughness of groups of channels: they stay the same wherever in the sample something is. */
function summary(shape: readonly number[]): Features {
  const [channels, ...rest] = firstElements(shape, 1);
  const size = elements(rest);
  const groups = Math.min(channels, 16);
  return {
    width: 3 * groups,
    count: 1,
    read(input, n, into) {
      into.fill(0);
      for (let c = 0; c < channels; c++) {
        const group = Math.floor((c * groups) / channels) * 3;
        const at = (n * channels + c) * size;
        let before = 0;
        for (let i = 0; i < size; i++) {
          const value = numberAt(input, at + i);
          add(into, group, value);
          add(into, group + 1, value * value);
          if (i > 0) add(into, group + 2, Math.abs(value - before));
          before = value;
        }
      }
    },
  };
}

/** The features themselves, neighbours summed where there are many. */
function plainFeatures(size: number): Features {
  const width = Math.min(size, mostFeatures);
  return {
    width,
    count: 1,
    read(input, n, into) {
      into.fill(0);
      for (let i = 0; i < size; i++) {
        add(into, Math.floor((i * width) / size), numberAt(input, n * size + i));
      }
    },
  };
}

/** Channels and places of a sample's shape. */
interface Layout {
  readonly channels: number;
  readonly places: readonly number[];
  readonly channelsLast: boolean;
}

/** For each place of `to` the places of `from` that lie there, in row-major order. */
function boxes(from: readonly number[], to: readonly number[]): number[][] {
  let found: number[][] = [[0]];
  from.forEach((size, i) => {
    const cells = sizeAt(to, i);
    const ranges = Array.from({ length: cells }, (_, cell) => {
      const begin = Math.floor((cell * size) / cells);
      const end = Math.max(begin + 1, Math.floor(((cell + 1) * size) / cells));
      return Array.from({ length: end - begin }, (_value, k) => begin + k);
    });
    found = found.flatMap((box) => ranges.map((range) => box.flatMap((at) => range.map((k) => at * size + k))));
  });
  return found;
}

/** The channels' means over what lies at each place of the output. */
function local(from: Layout, to: Layout): Features {
  const places = elements(from.places);
  const box = boxes(from.places, to.places);
  const [far, near] = from.channelsLast ? [1, from.channels] : [places, 1];
  return {
    width: from.channels,
    count: box.length,
    read(input, n, into) {
      const begin = n * places * from.channels;
      box.forEach((found, place) => {
        for (let c = 0; c < from.channels; c++) {
          let sum = 0;
          for (const at of found) sum += numberAt(input, begin + c * far + at * near);
          into[place * from.channels + c] = sum / found.length;
        }
      });
    },
  };
}

/** How input and output lie over each other, where both have as many dimensions of places. */
function layouts(input: TensorType, output: TensorType): { readonly from: Layout; readonly to: Layout } | undefined {
  const [from, to] = [input.shape.slice(1), output.shape.slice(1)];
  if (to.length === 0) return undefined;
  const [channels, ...places] = firstElements(to, 1);
  if (input.dtype.includes('int') && from.length === to.length - 1) {
    // Tokens have no channels.
    const last = String(from) === String(to.slice(0, -1));
    return {
      from: { channels: 1, places: from, channelsLast: false },
      to: last
        ? { channels: sizeAt(to, -1), places: from, channelsLast: true }
        : { channels, places, channelsLast: false },
    };
  }
  if (from.length !== to.length || to.length < 2) return undefined;
  // Of [N, T, F] → [N, T, G] the times are the places, of [N, C, L] → [N, D, L] the last dimension.
  if (to.length === 2 && from[0] === to[0] && from[1] !== to[1])
    return {
      from: { channels: sizeAt(from, 1), places: [sizeAt(from, 0)], channelsLast: true },
      to: { channels: sizeAt(to, 1), places: [sizeAt(to, 0)], channelsLast: true },
    };
  return {
    from: { channels: sizeAt(from, 0), places: from.slice(1), channelsLast: false },
    to: { channels, places, channelsLast: false },
  };
}

/** Mean and deviation of each of `width` columns. */
function moments(rows: Float64Array, width: number): { readonly mean: Float64Array; readonly scale: Float64Array } {
  const [mean, scale] = [new Float64Array(width), new Float64Array(width)];
  const count = Math.max(1, rows.length / width);
  rows.forEach((value, i) => {
    add(mean, i % width, value / count);
  });
  rows.forEach((value, i) => {
    add(scale, i % width, (value - doubleAt(mean, i % width)) ** 2 / count);
  });
  return { mean, scale: scale.map((square) => 1 / Math.max(Math.sqrt(square), 1e-6)) };
}

/** Samples that means and deviations are taken from. */
const looked = 64;

/**
 * A function of mean 0 and deviation 1 over the training inputs: sums of sines of random projections. Where the output
 * has places as the input has, each answers to what lies there; else all answer to the whole sample.
 * @param training the inputs that it is made to suit
 * @param output type of what is to be filled
 */
export function smoothFunction(training: Column, output: TensorType, seed: number): Follow {
  const random = new Random(seed * 17 + 5);
  const over = layouts(training.type, output);
  const shape = training.type.shape.slice(1);
  const tokens = training.data instanceof Int32Array;
  const features = over
    ? local(over.from, over.to)
    : tokens || shape.length < 2
      ? tokens && shape.length > 0
        ? summary([1, ...shape])
        : plainFeatures(elements(shape))
      : summary(shape);
  const { width, count } = features;
  // What is known of a whole image or signal is harder to find out than what a place or a feature is.
  const steepness = over || features.width === elements(shape) ? 1.5 : 0.8;
  const outputs = over ? over.to.channels : elements(output.shape.slice(1));
  const last = over?.to.channelsLast ?? false;

  const row = new Float64Array(width * count);
  const seen = Math.min(looked, sizeAt(training.type.shape, 0));
  const rows = new Float64Array(seen * row.length);
  for (let n = 0; n < seen; n++) {
    features.read(training, n, row);
    rows.set(row, n * row.length);
  }
  const { mean, scale } = moments(rows, width);
  // Neighbouring features go together, so the projections' own deviations are taken as well.
  const weights = Float64Array.from({ length: waves * width }, () => random.normal() / Math.sqrt(width));
  const phases = Float64Array.from({ length: waves }, () => 2 * Math.PI * random.uniform());
  const project = (from: Float64Array, at: number, k: number) => {
    let sum = 0;
    for (let i = 0; i < width; i++)
      sum += doubleAt(weights, k * width + i) * (doubleAt(from, at + i) - doubleAt(mean, i)) * doubleAt(scale, i);
    return sum;
  };
  const projected = Float64Array.from({ length: seen * count * waves }, (_, i) =>
    project(rows, Math.floor(i / waves) * width, i % waves),
  );
  const own = moments(projected, waves);
  const bend = (from: Float64Array, at: number, k: number) =>
    Math.sin(steepness * (project(from, at, k) - doubleAt(own.mean, k)) * doubleAt(own.scale, k) + doubleAt(phases, k));
  const bent = Float64Array.from({ length: seen * count * waves }, (_, i) =>
    bend(rows, Math.floor(i / waves) * width, i % waves),
  );
  const level = moments(bent, waves);
  const standard = bent.map((value, i) => (value - doubleAt(level.mean, i % waves)) * doubleAt(level.scale, i % waves));
  const mixtures = Array.from({ length: Math.min(outputs, 64) }, () => {
    const mixture = Array.from({ length: waves }, () => random.normal());
    // The waves go together, too: what their mixture comes to is looked at, not reckoned.
    const mixed = Float64Array.from({ length: standard.length / waves }, (_, row) =>
      mixture.reduce((sum, part, k) => sum + part * doubleAt(standard, row * waves + k), 0),
    );
    const factor = doubleAt(moments(mixed, 1).scale, 0);
    return Float64Array.from(mixture, (part) => part * factor);
  });

  const wave = new Float64Array(waves);
  return (input, target) => {
    for (let n = 0; n < sizeAt(input.type.shape, 0); n++) {
      features.read(input, n, row);
      for (let place = 0; place < count; place++) {
        for (let k = 0; k < waves; k++)
          wave[k] = (bend(row, place * width, k) - doubleAt(level.mean, k)) * doubleAt(level.scale, k);
        for (let j = 0; j < outputs; j++) {
          const mixture = itemAt(mixtures, j % mixtures.length);
          let sum = 0;
          for (let k = 0; k < waves; k++) sum += doubleAt(wave, k) * doubleAt(mixture, k);
          target.data[n * outputs * count + (last ? place * outputs + j : j * count + place)] = sum;
        }
      }
    }
  };
}
