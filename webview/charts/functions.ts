import type { CurvePoint } from '../../src/activations/curve';
import type { NumberFormat } from '../ui/numbers';
import { table } from '../ui/table';
import { colourOf, dashOf } from './colours';
import { type InputBin, inputMark } from './inputBins';
import { colours, draw, lineY, ofCandidate, ruleX, ruleY } from './plot';

/** One candidate's function, or its slope; `place`: where it stands in the report. */
export interface FunctionLine {
  readonly id: string;
  readonly title: string;
  readonly place: number;
  readonly points: readonly CurvePoint[];
}

export interface FunctionDrawing {
  readonly label: string;
  readonly xLabel: string;
  readonly from: number;
  readonly to: number;
  /** How often inputs lie where, along the bottom. */
  readonly inputs: readonly InputBin[];
  /** What grows beyond it leaves the plot. */
  readonly highest: number;
}

/** A line a candidate in its colour, over the inputs. */
export function drawFunctions(
  lines: readonly FunctionLine[],
  width: number,
  { label, xLabel, from, to, inputs, highest }: FunctionDrawing,
  numbers: NumberFormat,
): SVGSVGElement {
  const values = lines.flatMap(({ points }) => points.flatMap(({ y }) => (Number.isNaN(y) ? [] : [y])));
  const within = (value: number) => Math.max(-highest, Math.min(highest, value));
  const [least, most] = [within(Math.min(0, ...values)), within(Math.max(1, ...values))];
  const margin = 0.05 * (most - least);
  const domain = [least - margin, most + margin] as const;
  const tickFormat = (value: number) => numbers.number(value);
  return draw({
    label,
    width,
    height: 230,
    marginLeft: 40,
    marginRight: 12,
    marginTop: 10,
    marginBottom: 34,
    x: {
      domain: [from, to],
      label: xLabel,
      labelArrow: 'none',
      grid: true,
      ticks: Math.max(3, Math.round(width / 70)),
      tickFormat,
    },
    y: { domain: [...domain], label: null, grid: true, ticks: 5, tickFormat },
    marks: [
      inputMark(inputs, domain),
      ruleX([0], { stroke: colours.faint, strokeOpacity: 0.8 }),
      ruleY([0], { stroke: colours.faint, strokeOpacity: 0.8 }),
      // The model as written lies over the others: its dashes let them be seen.
      ...[...lines].reverse().map(({ id, place, points }) =>
        lineY(points, {
          x: 'x',
          y: 'y',
          clip: true,
          stroke: colourOf(place),
          strokeWidth: 1.8,
          strokeDasharray: dashOf(place) ?? 'none',
          ...ofCandidate(id),
        }),
      ),
    ],
  });
}

/** Their values at a few places. */
export function functionTable(
  lines: readonly FunctionLine[],
  { label, xLabel, from, to }: FunctionDrawing,
  numbers: NumberFormat,
): HTMLTableElement {
  // Places that every curve has a point at, unless it jumps there.
  const places = Array.from({ length: 9 }, (_, i) => from + ((to - from) * i) / 8);
  const at = (points: readonly CurvePoint[], x: number) => points.find((point) => Math.abs(point.x - x) < 1e-9)?.y;
  return table<number>(
    label,
    [
      { title: xLabel, cell: (x) => numbers.number(x) },
      ...lines.map(({ title, points }) => ({
        title,
        numeric: true,
        cell: (x: number) => {
          const y = at(points, x);
          return y === undefined || Number.isNaN(y) ? '–' : numbers.number(y);
        },
      })),
    ],
    places,
  );
}

/** Share (0–1) of the inputs that are drawn at which |slope| is below `limit`; NaN where none are drawn. */
export function flatShare(slope: readonly CurvePoint[], inputs: readonly InputBin[], limit: number): number {
  let [flat, all] = [0, 0];
  for (const [i, { x, y }] of slope.entries()) {
    const next = slope[i + 1];
    if (!next || Number.isNaN(y + next.y)) continue;
    const middle = (x + next.x) / 2;
    const density = inputs.find((bin) => bin.from <= middle && middle < bin.to)?.density ?? 0;
    const weight = density * (next.x - x);
    all += weight;
    if (Math.abs(y + next.y) / 2 < limit) flat += weight;
  }
  return flat / all;
}
