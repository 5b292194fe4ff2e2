/** Ten kinds of signals over time, each with its own frequency, phase, strength and noise. */

import type { Random } from '../compare/random';
import { firstElements } from '../graph/access';
import { noise } from './noise';

/** A signal at the time t, from 0 to 1; asked for in order. */
type Wave = (t: number) => number;

const sawtooth = (phase: number) => 2 * (phase - Math.floor(phase)) - 1;

/** Made from a frequency in cycles over the signal and a phase in cycles. */
const kinds: readonly ((frequency: number, phase: number, random: Random) => Wave)[] = [
  (f, p) => (t) => 1.4 * Math.sin(2 * Math.PI * (f * t + p)),
  (f, p) => (t) => Math.sign(sawtooth(f * t + p)),
  (f, p) => (t) => 1.5 * sawtooth(f * t + p),
  (f, p) => (t) => 1.5 * (2 * Math.abs(sawtooth(f * t + p)) - 1),
  // A chirp, from a slow to a fast end.
  (f, p) => (t) => 1.4 * Math.sin(2 * Math.PI * (f * t * (0.4 + 0.6 * t) + p)),
  // Decaying bursts.
  (f, p) => (t) => 2.5 * Math.exp(-4 * ((f * t + p) % 1)) - 0.6,
  // Beats.
  (f, p) => (t) => 1.6 * Math.sin(2 * Math.PI * (f * t + p)) * (0.2 + Math.cos(2 * Math.PI * (t + p)) ** 2),
  // White noise and red noise.
  (_, __, random) => () => noise(random),
  (_, __, random) => {
    let level = 0;
    return () => {
      level = 0.9 * level + 0.45 * noise(random);
      return level;
    };
  },
  // A single bump.
  (_, p) => (t) => 3 * Math.exp(-(((t - 0.2 - 0.6 * p) / 0.08) ** 2)) - 0.4,
];

export const waveKinds = kinds.length;

/** Samples in a cycle, from a third of this to this: filters of a usual size see it also where signals are long. */
const longestCycle = (length: number) => Math.max(4, Math.min(length / 2, 64));

/**
 * Draws one signal on every channel, of about mean 0 and deviation 1 over many.
 * @param into channels × length, from `at`
 */
export function drawWave(kind: number, shape: readonly number[], random: Random, into: Float32Array, at: number): void {
  const [channels, length] = firstElements(shape, 2);
  const period = Math.max(4, longestCycle(length) / (1 + 2 * random.uniform()));
  const phase = random.uniform();
  for (let c = 0; c < channels; c++) {
    const wave = kinds[kind % kinds.length]?.(length / period, phase, random);
    if (!wave) continue;
    const strength = 0.7 + 0.6 * random.uniform();
    for (let i = 0; i < length; i++)
      into[at + c * length + i] = strength * wave((i + 0.5) / length) + 0.4 * noise(random);
  }
}
