import { Random } from '../../src/compare/random';

/**
 * A plain stack of linear layers, each followed by one activation, small enough to be computed while a slider moves: how
 * the signal and the gradient change from layer to layer, before any training.
 */

/** An elementwise activation. */
export interface StackActivation {
  readonly value: (x: number) => number;
  readonly slope: (x: number) => number;
  /** The factor on the weights that keeps the second moment: 1/√E[f(x)²] for x ~ N(0, 1). */
  readonly gain: number;
}

/** How weights are drawn, for layers as wide as what goes into them. */
export const initialisations = ['pytorch', 'kaiming', 'xavier', 'suited'] as const;
export type Initialisation = (typeof initialisations)[number];

export interface StackSettings {
  /** Layers, 1 to `mostLayers`. */
  readonly depth: number;
  readonly initialisation: Initialisation;
  /** Layer normalisation, without weights, in front of each activation. */
  readonly normalised: boolean;
  readonly seed: number;
}

/** One layer of the stack. Not finite where the numbers ran out of their range. */
export interface StackLayer {
  /** Of the activation's output, over units and samples. */
  readonly mean: number;
  readonly deviation: number;
  readonly secondMoment: number;
  /** Root mean square of the gradient at the linear layer's output, beside the last layer's, which is 1. */
  readonly gradient: number;
}

/** Units of each layer. */
export const stackWidth = 128;
export const mostLayers = 64;
const EPSILON = 1e-12;

/** Samples that go through at once. */
const samples = 4;

export function runStack(activation: StackActivation, settings: StackSettings): StackLayer[] {
  const { depth, initialisation, normalised, seed } = settings;
  const n = stackWidth;
  const { weights, biases, input, top } = drawsOf(seed);
  const scale = weightDeviation(initialisation, activation.gain);
  const bias = initialisation === 'pytorch' ? 1 / Math.sqrt(3 * n) : 0;
  let x: Float64Array = input;
  const passed: { readonly z: Float64Array; readonly deviations: Float64Array | undefined }[] = [];
  const moments: { mean: number; square: number }[] = [];
  for (let layer = 0; layer < depth; layer++) {
    const z = multiply(weights(layer), x, scale);
    const shift = biases(layer);
    for (let i = 0; i < z.length; i++) z[i] = at(z, i) + bias * at(shift, Math.floor(i / samples));
    const deviations = normalised ? normalise(z) : undefined;
    passed.push({ z, deviations });
    const y = new Float64Array(z.length);
    let [mean, square] = [0, 0];
    for (let i = 0; i < z.length; i++) {
      const value = activation.value(at(z, i));
      y[i] = value;
      mean += value;
      square += value * value;
    }
    moments.push({ mean: mean / z.length, square: square / z.length });
    x = y;
  }
  const gradients = backwards(activation, passed, { weights, scale, top });
  const last = at(gradients, gradients.length - 1);
  return moments.map(({ mean, square }, layer) => ({
    mean,
    deviation: Math.sqrt(Math.max(0, square - mean * mean)),
    secondMoment: square,
    // What passes no gradient at all has none anywhere.
    gradient: last === 0 ? 0 : at(gradients, layer) / last,
  }));
}

/** The standard deviation of the weights between layers of the same width. */
function weightDeviation(initialisation: Initialisation, gain: number): number {
  const n = stackWidth;
  switch (initialisation) {
    case 'pytorch':
      // nn.Linear draws from ±1/√n: the same as Kaiming's with a = √5.
      return 1 / Math.sqrt(3 * n);
    case 'kaiming':
      return Math.sqrt(2 / n);
    case 'xavier':
      return 1 / Math.sqrt(n);
    case 'suited':
      return gain / Math.sqrt(n);
  }
}

/** Root mean squares of the gradient at each linear layer's output, from a random gradient behind the last activation. */
function backwards(
  activation: StackActivation,
  passed: readonly { readonly z: Float64Array; readonly deviations: Float64Array | undefined }[],
  { weights, scale, top }: { weights: LayerDraw; scale: number; top: Float64Array },
): number[] {
  const sizes: number[] = [];
  let g: Float64Array = top.slice();
  for (let layer = passed.length - 1; layer >= 0; layer--) {
    const { z, deviations } = passed[layer] ?? { z: new Float64Array(), deviations: undefined };
    for (let i = 0; i < z.length; i++) g[i] = at(g, i) * activation.slope(at(z, i));
    if (deviations) passNormalisation(g, z, deviations);
    let square = 0;
    for (const value of g) square += value * value;
    sizes.unshift(Math.sqrt(square / g.length));
    if (layer > 0) g = multiplyTransposed(weights(layer), g, scale);
  }
  return sizes;
}

/** Each sample to mean 0 and deviation 1 over the units, in place. @returns the deviations that were */
function normalise(z: Float64Array): Float64Array {
  const deviations = new Float64Array(samples);
  for (let s = 0; s < samples; s++) {
    let [mean, square] = [0, 0];
    for (let i = s; i < z.length; i += samples) mean += at(z, i) / stackWidth;
    for (let i = s; i < z.length; i += samples) square += (at(z, i) - mean) ** 2 / stackWidth;
    const deviation = Math.sqrt(square + EPSILON);
    deviations[s] = deviation;
    for (let i = s; i < z.length; i += samples) z[i] = (at(z, i) - mean) / deviation;
  }
  return deviations;
}

/** The gradient at what went into the normalisation, in place of that at what came out, `z`. */
function passNormalisation(g: Float64Array, z: Float64Array, deviations: Float64Array): void {
  for (let s = 0; s < samples; s++) {
    let [mean, along] = [0, 0];
    for (let i = s; i < g.length; i += samples) {
      mean += at(g, i) / stackWidth;
      along += (at(g, i) * at(z, i)) / stackWidth;
    }
    for (let i = s; i < g.length; i += samples) g[i] = (at(g, i) - mean - at(z, i) * along) / at(deviations, s);
  }
}

/** scale·W·x for four samples side by side: `[units][samples]`. */
function multiply(w: Float64Array, x: Float64Array, scale: number): Float64Array {
  const n = stackWidth;
  const out = new Float64Array(n * samples);
  for (let i = 0; i < n; i++) {
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let j = 0, from = 0; j < n; j++, from += samples) {
      const weight = at(w, i * n + j);
      a += weight * at(x, from);
      b += weight * at(x, from + 1);
      c += weight * at(x, from + 2);
      d += weight * at(x, from + 3);
    }
    const row = i * samples;
    out[row] = scale * a;
    out[row + 1] = scale * b;
    out[row + 2] = scale * c;
    out[row + 3] = scale * d;
  }
  return out;
}

/** scale·Wᵀ·g, in the same layout. */
function multiplyTransposed(w: Float64Array, g: Float64Array, scale: number): Float64Array {
  const n = stackWidth;
  const out = new Float64Array(n * samples);
  for (let i = 0; i < n; i++) {
    const from = i * samples;
    const [a, b, c, d] = [
      scale * at(g, from),
      scale * at(g, from + 1),
      scale * at(g, from + 2),
      scale * at(g, from + 3),
    ];
    for (let j = 0, row = 0; j < n; j++, row += samples) {
      const weight = at(w, i * n + j);
      out[row] = at(out, row) + weight * a;
      out[row + 1] = at(out, row + 1) + weight * b;
      out[row + 2] = at(out, row + 2) + weight * c;
      out[row + 3] = at(out, row + 3) + weight * d;
    }
  }
  return out;
}

type LayerDraw = (layer: number) => Float64Array;

interface Draws {
  /** Of unit variance, uniform, as PyTorch's initialisers without "normal" in their names draw. */
  readonly weights: LayerDraw;
  readonly biases: LayerDraw;
  readonly input: Float64Array;
  readonly top: Float64Array;
}

let drawn: { readonly seed: number; readonly draws: Draws } | undefined;

/** The random numbers of a seed, kept: a moved slider asks for the same ones again. */
function drawsOf(seed: number): Draws {
  if (drawn?.seed === seed) return drawn.draws;
  const keep = (stream: number, size: number): LayerDraw => {
    const layers: Float64Array[] = [];
    return (layer) => (layers[layer] ??= uniform(size, seed * 1000 + 2 * layer + stream));
  };
  const n = stackWidth;
  const draws = {
    weights: keep(0, n * n),
    biases: keep(1, n),
    input: normal(n * samples, seed * 1000 + 998),
    top: normal(n * samples, seed * 1000 + 999),
  };
  drawn = { seed, draws };
  return draws;
}

function uniform(size: number, seed: number): Float64Array {
  const random = new Random(seed);
  return Float64Array.from({ length: size }, () => Math.sqrt(3) * (2 * random.uniform() - 1));
}

function normal(size: number, seed: number): Float64Array {
  const random = new Random(seed);
  return Float64Array.from({ length: size }, () => random.normal());
}

/** An element within bounds. */
const at = (values: ArrayLike<number>, index: number): number => values[index] as number;
