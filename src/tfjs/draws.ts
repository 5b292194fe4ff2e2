/** Distributions that TF.js draws from, as the graph's initialisers. */
import { lastOf } from '../graph/access';
import type { Initialiser } from '../graph/types';
import type { TapeAttribute, TapeStep } from './outcome';

function numberOf(value: TapeAttribute | undefined): number {
  const found = Number(value);
  return typeof value === 'number' || typeof value === 'string' ? found : Number.NaN;
}

/** What a step draws; undefined where it draws nothing, or of no distribution that the graph has. */
export function drawOf(step: TapeStep, shape: readonly number[]): Initialiser | undefined {
  const attributes = new Map(step.attributes);
  const at = (name: string, otherwise: number) => (attributes.has(name) ? numberOf(attributes.get(name)) : otherwise);
  const drawn = distribution(step.name, at, shape);
  const numbers = drawn ? Object.values(drawn).filter((each) => typeof each === 'number') : [];
  return numbers.every((each) => Number.isFinite(each)) ? drawn : undefined;
}

function distribution(
  name: string,
  at: (name: string, otherwise: number) => number,
  shape: readonly number[],
): Initialiser | undefined {
  switch (name) {
    case 'RandomUniform':
      return { kind: 'uniform', low: at('minval', 0), high: at('maxval', 1) };
    case 'RandomNormal':
      return { kind: 'normal', mean: at('mean', 0), deviation: at('stdDev', 1) };
    case 'TruncatedNormal': {
      const [mean, deviation] = [at('mean', 0), at('stdDev', 1)];
      // Drawn again beyond two deviations, without a correction of the deviation.
      return { kind: 'truncated_normal', mean, deviation, low: mean - 2 * deviation, high: mean + 2 * deviation };
    }
    case 'Orthogonal': {
      const columns = lastOf(shape);
      const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
      return { kind: 'orthogonal', rows, columns, gain: at('gain', 1) };
    }
    default:
      return undefined;
  }
}
