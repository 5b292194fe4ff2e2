/** Ten kinds of signals over time, each with its own frequency, phase, strength and noise. */
import type { Random } from '../compare/random';

type Wave = (t: number) => number;

const saw = (phase: number) => 2 * (phase - Math.floor(phase)) - 1;

const kinds: readonly ((frequency: number, phase: number, random: Random) => Wave)[] = [
  (f, p) => (t) => Math.sin(2 * Math.PI * (f * t + p)),
  (f, p) => (t) => Math.sign(saw(f * t + p)),
  (f, p) => (t) => saw(f * t + p),
  (f, p) => (t) => 2 * Math.abs(saw(f * t + p)) - 1,
  (f, p) => (t) => Math.sin(2 * Math.PI * (f * t * (0.5 + 1.5 * t) + p)),
  (f, p) => (t) => 2 * Math.exp(-4 * ((f * t + p) % 1)) - 0.5,
  (f, p) => (t) => Math.sin(2 * Math.PI * (f * t + p)) * (0.3 + Math.cos(2 * Math.PI * t) ** 2),
  (_, __, random) => () => random.normal(),
  (_, __, random) => {
    let level = 0;
    return () => {
      level = 0.9 * level + 0.5 * random.normal();
      return level;
    };
  },
  (_, p) => (t) => 3 * Math.exp(-(((t - 0.2 - 0.6 * p) / 0.06) ** 2)) - 0.3,
];

export const waveKinds = kinds.length;

/**
 * Draws one signal on every channel.
 * @param into channels × length, from `at`
 */
export function drawWave(
  kind: number,
  [channels = 1, length = 1]: readonly number[],
  random: Random,
  into: Float32Array,
  at: number,
): void {
  const [frequency, phase] = [2 + 4 * random.uniform(), random.uniform()];
  for (let c = 0; c < channels; c++) {
    const wave = (kinds[kind % kinds.length] ?? kinds[0])?.(frequency, phase, random);
    const strength = 0.7 + 0.6 * random.uniform();
    for (let i = 0; i < length; i++)
      into[at + c * length + i] = strength * (wave?.((i + 0.5) / length) ?? 0) + 0.4 * random.normal();
  }
}
