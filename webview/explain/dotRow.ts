import { shape } from '../ui/dom';

/** A cell of a row of published numbers. */
export interface Dot {
  readonly value: number;
  readonly spread?: number;
  /** Of the activation that is shown. */
  readonly own?: true;
}

const width = 300;
const height = 22;
const inset = 9;

/** A dot for each cell on the row's own scale, better to the right; the words beside it say the numbers. */
export function dotRow(dots: readonly Dot[], better: 'higher' | 'lower'): SVGElement {
  const ends = dots.flatMap(({ value, spread = 0 }) => [value - spread, value + spread]);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const x = (value: number) => {
    const part = high > low ? (value - low) / (high - low) : 0.5;
    return inset + (width - 2 * inset) * (better === 'higher' ? part : 1 - part);
  };
  const middle = height / 2;
  // The own dot is drawn last, over the others.
  const inOrder = [...dots].sort((a, b) => Number(a.own ?? false) - Number(b.own ?? false));
  const marks = inOrder.flatMap(({ value, spread = 0, own }) => [
    ...(spread > 0
      ? [
          shape('line', {
            x1: x(value - spread),
            x2: x(value + spread),
            y1: middle,
            y2: middle,
            class: 'spread',
            ...(own && { 'data-own': '' }),
          }),
        ]
      : []),
    shape('circle', { cx: x(value), cy: middle, r: own ? 5.5 : 4, class: 'dot', ...(own && { 'data-own': '' }) }),
  ]);
  return shape(
    'svg',
    { class: 'dot-row', viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' },
    shape('line', { x1: 0, x2: width, y1: middle, y2: middle, class: 'axis' }),
    ...marks,
  );
}
