/** Padding of sliding windows in TensorFlow's words. */
import { itemAt, sizeAt } from '../../graph/access';
import type { ValueId } from '../../graph/types';
import type { StepView } from '../translation';

interface SlidingSizes {
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
}

/** What of the input the windows reach over, a dimension: `(output − 1) · stride + dilation · (kernel − 1) + 1`. */
const reach = ({ output, kernel, stride, dilation }: SlidingSizes, dim: number): number =>
  (itemAt(output, dim) - 1) * itemAt(stride, dim) + itemAt(dilation, dim) * (itemAt(kernel, dim) - 1) + 1;

/**
 * All begins, then all ends. `'same'` puts the odd element at the end; what the windows don't reach is no padding, and what
 * rounding up adds is. Of volumes a begin may be below zero: the library forgets there that a stride may be longer than the
 * window, and begins behind the first elements.
 * @param explicit of a list of paddings, the first spatial dimension's place
 */
export function paddingOf(step: StepView, sliding: SlidingSizes, explicit = 1): number[] {
  const pad = step.attribute('pad');
  const begins = sliding.input.map((size, dim) => {
    if (pad === 'valid') return 0;
    if (pad === 'same') {
      const total = reach(sliding, dim) - size;
      return Math.floor((sliding.input.length === 3 ? total : Math.max(total, 0)) / 2);
    }
    if (typeof pad === 'number') return pad;
    return itemAt(step.pairs('pad'), dim + explicit)[0];
  });
  const ends = sliding.input.map((size, dim) => Math.max(reach(sliding, dim) - size - itemAt(begins, dim), 0));
  return [...begins, ...ends];
}

/** Leaves out what begins below zero say; the paddings without them. */
export function cropBegins(
  step: StepView,
  x: ValueId,
  padding: readonly number[],
): { readonly x: ValueId; readonly padding: readonly number[] } {
  const { e } = step;
  const rank = padding.length / 2;
  const kept = padding.slice(0, rank).reduce((value, begin, dim) => {
    return begin < 0 ? e.slice(value, dim + 2, -begin, sizeAt(e.shape(value), dim + 2)) : value;
  }, x);
  return { x: kept, padding: padding.map((each) => Math.max(each, 0)) };
}

/** Settings for each spatial dimension: one number stands for all of them, and four have the batch's and the channels'. */
export function spatialSettings(step: StepView, name: string, rank: number): readonly number[] {
  if ((step.attribute(name) ?? null) === null) return new Array<number>(rank).fill(1);
  const all = step.counts(name, rank);
  return all.length === rank + 2
    ? all.slice(1, -1)
    : all.length === 1
      ? new Array<number>(rank).fill(itemAt(all, 0))
      : all;
}
