import { doubleAt, itemOr } from '../graph/access';
import { elements } from '../graph/ops/rule';
import type { Column } from './dataset';

/**
 * Brings floats to mean 0 and deviation 1, channel by channel (dimension 1), as the training samples have them.
 * A channel that never changes only loses its mean.
 */
export function normalise(training: Column, others: readonly Column[]): void {
  const { shape } = training.type;
  const channels = itemOr(shape, 1, 1);
  const size = elements(shape.slice(2));
  const [mean, square, count] = [
    new Float64Array(channels),
    new Float64Array(channels),
    training.data.length / channels,
  ];
  const each = ({ data }: Column, action: (value: number, channel: number, at: number) => void) => {
    data.forEach((value: number, at: number) => {
      action(value, Math.floor(at / size) % channels, at);
    });
  };
  each(training, (value, c) => {
    mean[c] = doubleAt(mean, c) + value;
  });
  // Divided once: the mean of a constant is that constant.
  mean.forEach((sum, c) => {
    mean[c] = sum / count;
  });
  each(training, (value, c) => {
    square[c] = doubleAt(square, c) + (value - doubleAt(mean, c)) ** 2 / count;
  });
  const deviation = square.map((value, c) => {
    const found = Math.sqrt(value);
    // What rounding leaves of a constant is no deviation.
    return found > 1e-6 * Math.max(1e-30, Math.abs(doubleAt(mean, c))) ? found : 1;
  });
  for (const column of [training, ...others])
    each(column, (value, c, at) => {
      column.data[at] = (value - doubleAt(mean, c)) / doubleAt(deviation, c);
    });
}
