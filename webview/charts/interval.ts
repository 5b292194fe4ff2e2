import type { ConfidenceInterval } from '../../src/compare/report';
import { shape } from '../ui/dom';

const width = 44;
const height = 9;
/**
 * An interval as a bar beside a line at no difference, for a cell of a table, whose words say the same.
 * @param position where a value lies, 0 being no difference
 * @param domain ends of the column
 * @param better what differs is so; undefined where that is not known
 */
export function intervalBar(
  interval: ConfidenceInterval,
  position: (value: number) => number,
  domain: readonly [number, number],
  better: boolean | undefined,
): SVGElement {
  const [from, to] = domain;
  const x = (at: number) => 3 + ((width - 6) * (at - from)) / (to - from || 1);
  const at = (value: number) => x(position(value));
  const [low, high, middle] = [at(interval.low), at(interval.high), at(interval.estimate)];
  const kind = !interval.separable ? 'alike' : better === undefined ? 'other' : better ? 'better' : 'worse';
  const middleLine = height / 2;
  return shape(
    'svg',
    {
      class: `interval ${kind}`,
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      'aria-hidden': 'true',
    },
    shape('line', { class: 'nothing', x1: x(0), x2: x(0), y1: 0, y2: height }),
    ...(interval.enough ? [shape('line', { class: 'range', x1: low, x2: high, y1: middleLine, y2: middleLine })] : []),
    shape('circle', { class: 'estimate', cx: middle, cy: middleLine, r: 2.5 }),
  );
}
