import { element } from '../ui/dom';
import type { NumberFormat } from '../ui/numbers';
import type { Texts } from '../ui/texts';
import { logTicks, sharedText } from './calculations';
import { colourOf, dashOf } from './colours';
import { areaY, colours, dot, draw, lineY, ofCandidate, ruleY, text } from './plot';

export interface LinePoint {
  readonly x: number;
  readonly y: number;
  /** What several seeds lie between. */
  readonly low?: number;
  readonly high?: number;
}

/** One candidate's line; `place`: where it stands in the report. */
export interface CandidateLine {
  readonly id: string;
  readonly title: string;
  readonly place: number;
  readonly points: readonly LinePoint[];
}

export interface LinesDrawing {
  readonly label: string;
  readonly xLabel: string;
  readonly format: (value: number) => string;
  readonly log?: boolean;
  /** With a square at each point: layers, not steps. */
  readonly marked?: boolean;
  /** A faint line across. */
  readonly target?: number;
}

const height = 190;
const lineHeight = 13;
/** Width of one in a name, about. */
const letter = 6.4;

/** A line a candidate in its colour, with bands where seeds differ, named at its end; where all is one number that is said. */
export function drawLines(
  lines: readonly CandidateLine[],
  width: number,
  { label, xLabel, format, log = false, marked = false, target }: LinesDrawing,
  texts: Texts,
  numbers: NumberFormat,
): Element {
  const shown = lines.filter(({ points }) => points.length > 0);
  const all = shown.flatMap(({ points }) => points);
  const same = sharedText(
    all.flatMap(({ y, low = y, high = y }) => [y, low, high]),
    format,
  );
  if (same !== undefined) return element('p', {}, texts.compare.same(same, shown.length));
  const xs = all.map(({ x }) => x);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const longest = Math.max(...shown.map(({ title }) => title.length), 4);
  const end = Math.min(longest * letter + 14, width * 0.3);
  const letters = Math.floor((end - 8) / letter);
  const values = all.flatMap(({ y, low = y, high = y }) => [y, low, high]);
  const isLog = log && values.every((value) => value > 0);
  const domain = domainOf(Math.min(...values), Math.max(...values), isLog);
  return draw({
    label,
    width,
    height,
    marginLeft: 48,
    marginRight: end,
    marginTop: 10,
    marginBottom: 34,
    x: {
      domain: marked ? [left - 0.4, right + 0.4] : [left, right],
      label: xLabel,
      labelArrow: 'none',
      ticks: Math.max(2, Math.min(marked ? right - left + 1 : 8, Math.floor(width / 70))),
      tickFormat: (value: number) => (Number.isInteger(value) ? numbers.integer(value) : ''),
    },
    y: {
      label: null,
      grid: true,
      ticks: isLog ? logTicks(...domain) : 4,
      tickFormat: format,
      ...(isLog ? { type: 'log' as const } : {}),
      domain,
    },
    marks: [
      ...(target === undefined ? [] : [ruleY([target], { stroke: colours.faint, strokeDasharray: '2 3' })]),
      ...shown.flatMap(({ id, place, points }) => {
        const banded = points.filter(({ low, high }) => low !== undefined && high !== undefined && low !== high);
        const colour = colourOf(place);
        const of = ofCandidate(id);
        return [
          ...(banded.length > 1
            ? [areaY(points, { x: 'x', y1: 'low', y2: 'high', fill: colour, fillOpacity: 0.12, ...of })]
            : []),
          lineY(points, {
            x: 'x',
            y: 'y',
            stroke: colour,
            strokeWidth: 1.8,
            strokeDasharray: dashOf(place) ?? 'none',
            ...of,
          }),
          ...(marked ? [dot(points, { x: 'x', y: 'y', r: 2.5, symbol: 'square', fill: colour, ...of })] : []),
        ];
      }),
      ...namesAtEnd(shown, domain, isLog).map(({ id, title, place, x, y, shift }) =>
        text([{ x, y }], {
          x: 'x',
          y: 'y',
          dx: 6,
          dy: shift,
          text: [title.length > letters ? `${title.slice(0, letters - 1)}…` : title],
          textAnchor: 'start',
          fill: colourOf(place),
          ...ofCandidate(id),
        }),
      ),
    ],
  });
}

/** What is drawn, with a margin; around the value where all are the same. */
function domainOf(least: number, most: number, log: boolean): readonly [number, number] {
  if (least === most)
    return least === 0 ? [-1, 1] : [Math.min(least * 0.5, least * 1.5), Math.max(least * 0.5, least * 1.5)];
  if (log) return [least / 1.15, most * 1.15];
  const margin = (most - least) * 0.05;
  return [least >= 0 ? Math.max(0, least - margin) : least - margin, most + margin];
}

/** Where each line is named: at its end, moved so that no name is written over another. */
function namesAtEnd(lines: readonly CandidateLine[], [least, most]: readonly [number, number], log: boolean) {
  const inner = height - 44;
  const scale = (y: number) => (log ? Math.log(y) : y);
  const span = scale(most) - scale(least) || 1;
  const named = lines
    .flatMap(({ points, ...line }) => {
      const last = points.at(-1);
      return last ? [{ ...line, x: last.x, y: last.y, at: inner * (1 - (scale(last.y) - scale(least)) / span) }] : [];
    })
    .sort((a, b) => a.at - b.at);
  let free = Number.NEGATIVE_INFINITY;
  const placed = named.map((each) => {
    const top = Math.max(each.at, free);
    free = top + lineHeight;
    return { ...each, top };
  });
  // What was pushed below the frame is pushed back up.
  let below = inner + lineHeight / 2;
  for (const each of [...placed].reverse()) {
    each.top = Math.min(each.top, below);
    below = each.top - lineHeight;
  }
  return placed.map(({ at, top, ...each }) => ({ ...each, shift: top - at }));
}
