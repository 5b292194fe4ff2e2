import type { ConfidenceInterval } from '../../src/compare/report';

const width = 44;
const height = 9;
const namespace = 'http://www.w3.org/2000/svg';

function shape(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(namespace, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

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
  const [low, high, middle] = [interval.low, interval.high, interval.estimate].map((each) => x(position(each)));
  const kind = !interval.separable ? 'alike' : better === undefined ? 'other' : better ? 'better' : 'worse';
  const svg = shape('svg', {
    class: `interval ${kind}`,
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    'aria-hidden': 'true',
  });
  svg.append(shape('line', { class: 'nothing', x1: x(0), x2: x(0), y1: 0, y2: height }));
  if (interval.enough)
    svg.append(shape('line', { class: 'range', x1: low ?? 0, x2: high ?? 0, y1: height / 2, y2: height / 2 }));
  svg.append(shape('circle', { class: 'estimate', cx: middle ?? 0, cy: height / 2, r: 2.5 }));
  return svg;
}
