import { boundsOf } from '../../src/compare/statistics';
import type { NumberFormat } from '../ui/numbers';
import { table } from '../ui/table';
import type { Texts } from '../ui/texts';
import { type RatioPoint, ratioDomain } from './calculations';
import { colours, dot, draw, link, ruleX, text } from './plot';

/** Dot and interval of each candidate around the line at 1. Filled: differs; hollow: not separable; no line: too few rounds for one. */
export function drawRatios(
  points: readonly RatioPoint[],
  width: number,
  texts: Texts,
  numbers: NumberFormat,
): SVGSVGElement {
  const longest = Math.max(...points.map((point) => [...point.title].length), 4);
  const colour = (point: RatioPoint) =>
    point.separable ? (point.estimate < 1 ? colours.faster : colours.slower) : colours.faint;
  return draw({
    label: texts.compare.ratioSummary(points.length),
    width,
    height: points.length * 26 + 52,
    marginLeft: Math.min(longest * 7 + 16, width * 0.35),
    marginRight: 100,
    marginTop: 8,
    marginBottom: 40,
    x: {
      domain: ratioDomain(points),
      label: texts.compare.ratioAxis,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: Math.max(3, Math.round(width / 110)),
      tickFormat: (value: number) => numbers.ratio(value),
      line: true,
    },
    y: { domain: points.map((point) => point.title), label: null, tickSize: 0 },
    marks: [
      ruleX([1], { stroke: colours.text, strokeWidth: 1 }),
      link(
        points.filter(({ enough }) => enough),
        { x1: 'low', x2: 'high', y: 'title', stroke: colour, strokeWidth: 2 },
      ),
      dot(points, {
        x: 'estimate',
        y: 'title',
        r: 4.5,
        stroke: colour,
        strokeWidth: 2,
        fill: (point: RatioPoint) => (point.separable ? colour(point) : colours.background),
      }),
      text(points, {
        y: 'title',
        frameAnchor: 'right',
        textAnchor: 'start',
        dx: 10,
        fill: (point: RatioPoint) => (point.separable ? colours.text : colours.faint),
        text: (point: RatioPoint) =>
          point.separable
            ? numbers.ratio(point.estimate)
            : texts.compare.verdict[point.enough ? 'not-separable' : 'too-few'],
      }),
    ],
  });
}

export function ratioTable(points: readonly RatioPoint[], texts: Texts, numbers: NumberFormat): HTMLTableElement {
  const words = texts.compare;
  const bound = (point: RatioPoint, end: 0 | 1) => {
    const value = boundsOf(point)?.[end];
    return value === undefined ? '–' : numbers.ratio(value);
  };
  return table<RatioPoint>(
    words.ratioTitle,
    [
      { title: words.column.candidate, cell: (point) => point.title },
      { title: words.median, numeric: true, cell: (point) => numbers.milliseconds(point.median) },
      { title: words.ratio, numeric: true, cell: (point) => numbers.ratio(point.estimate) },
      { title: words.low, numeric: true, cell: (point) => bound(point, 0) },
      { title: words.high, numeric: true, cell: (point) => bound(point, 1) },
    ],
    points,
  );
}
