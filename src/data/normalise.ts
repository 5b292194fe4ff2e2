import { elements } from '../graph/ops/rule';
import type { Column } from './dataset';

/**
 * Brings floats to mean 0 and deviation 1, channel by channel (dimension 1), as the training samples have them.
 * A channel that never changes only loses its mean.
 */
export function normalise(training: Column, held: Column): void {
  const [, channels = 1, ...rest] = training.type.shape;
  const size = elements(rest);
  const [mean, square, count] = [
    new Float64Array(channels),
    new Float64Array(channels),
    training.data.length / channels,
  ];
  const each = ({ data }: Column, action: (value: number, channel: number, at: number) => void) => {
    for (let at = 0; at < data.length; at++) action(data[at] ?? 0, Math.floor(at / size) % channels, at);
  };
  each(training, (value, c) => {
    mean[c] = (mean[c] ?? 0) + value / count;
  });
  each(training, (value, c) => {
    square[c] = (square[c] ?? 0) + (value - (mean[c] ?? 0)) ** 2 / count;
  });
  const deviation = square.map((value, c) => {
    const found = Math.sqrt(value);
    // What rounding leaves of a constant is no deviation.
    return found > 1e-6 * Math.max(1e-30, Math.abs(mean[c] ?? 0)) ? found : 1;
  });
  for (const column of [training, held])
    each(column, (value, c, at) => {
      column.data[at] = (value - (mean[c] ?? 0)) / (deviation[c] ?? 1);
    });
}
