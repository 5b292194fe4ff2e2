import { firstOutput } from '../activations/row';
import type { Activation } from '../activations/types';
import { itemAt } from '../graph/access';
import type { ActivationParameters } from '../graph/types';
import type { Palette } from './palette';

export interface CurveWords {
  readonly value: string;
  readonly slope: string;
}

/** Small enough that a hover shows it whole, below the title and the formula. */
export const CURVE = { width: 340, height: 146 };
const FRAME = { left: 30, right: 8, top: 22, bottom: 18 };
const SPAN = 4;
/** Logits that stand beside the one that varies, for activations of whole rows. */
const ROW = [0, 1];

/**
 * What is plotted: for a row, the share of its first entry as that entry varies beside 0 and 1; for a pair, the output
 * for the value 1 as its gate varies.
 */
function curvesOf(
  activation: Activation,
  parameters: ActivationParameters,
): { value: Curve; slope: Curve } | undefined {
  const { value, derivative, row } = activation;
  if (value && derivative) return { value: (x) => value(x, parameters), slope: (x) => derivative(x, parameters) };
  if (!row) return undefined;
  const inputs = (x: number) => (activation.shape === 'gated' ? [1, x] : [x, ...ROW]);
  const first = firstOutput(row, inputs, parameters);
  const step = 1e-4;
  return { value: first, slope: (x) => (first(x + step) - first(x - step)) / (2 * step) };
}

type Curve = (x: number) => number;

/**
 * Function (solid) and slope (dashed) over [−4, 4] as an SVG of at most 20 kB, or undefined where nothing can be plotted.
 */
export function curveImage(
  activation: Activation,
  parameters: ActivationParameters,
  palette: Palette,
  words: CurveWords,
): string | undefined {
  const curves = curvesOf(activation, parameters);
  if (!curves) return undefined;
  const xs = Array.from({ length: 161 }, (_, i) => (i / 160) * 2 * SPAN - SPAN);
  const values = xs.map(curves.value);
  const slopes = xs.map(curves.slope);
  const scale = verticalScale([...values, ...slopes]);
  const x = (at: number) => round(FRAME.left + ((at + SPAN) / (2 * SPAN)) * (CURVE.width - FRAME.left - FRAME.right));
  const y = (at: number) =>
    round(
      FRAME.top + 2 + ((scale.high - at) / (scale.high - scale.low)) * (CURVE.height - FRAME.top - FRAME.bottom - 4),
    );

  const line = (points: readonly number[], colour: string, dash: string): string => {
    const path = points
      .map((value, i) => `${i === 0 || isGap(points, i) ? 'M' : 'L'}${x(itemAt(xs, i))} ${y(value)}`)
      .join('');
    return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2" stroke-linejoin="round"${dash} clip-path="url(#f)"/>`;
  };
  const bottom = CURVE.height - FRAME.bottom;
  const verticals = ticks(-SPAN, SPAN, 2).map(
    (at) =>
      `<path d="M${x(at)} ${FRAME.top}V${bottom}" stroke="${at === 0 ? palette.axis : palette.grid}"/>` +
      `<text x="${x(at)}" y="${CURVE.height - 5}" text-anchor="middle">${withTrueMinus(at)}</text>`,
  );
  const horizontals = ticks(scale.low, scale.high, scale.step).map(
    (at) =>
      `<path d="M${FRAME.left} ${y(at)}H${CURVE.width - FRAME.right}" stroke="${at === 0 ? palette.axis : palette.grid}"/>` +
      `<text x="${FRAME.left - 5}" y="${y(at) + 3.5}" text-anchor="end">${withTrueMinus(at)}</text>`,
  );
  const legend = (at: number, name: string, colour: string, dash: string) =>
    `<path d="M${at} 10H${at + 22}" stroke="${colour}" stroke-width="2"${dash}/><text x="${at + 27}" y="14">${escapeXml(name)}</text>`;
  const dashed = ' stroke-dasharray="5 3"';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${CURVE.width}" height="${CURVE.height}" viewBox="0 0 ${CURVE.width} ${CURVE.height}" font-family="sans-serif" font-size="11" fill="${palette.text}">`,
    `<clipPath id="f"><path d="M${FRAME.left} ${FRAME.top}H${CURVE.width - FRAME.right}V${bottom}H${FRAME.left}Z"/></clipPath>`,
    ...verticals,
    ...horizontals,
    line(slopes, palette.slope, dashed),
    line(values, palette.value, ''),
    legend(FRAME.left, words.value, palette.value, ''),
    legend(FRAME.left + 130, words.slope, palette.slope, dashed),
    '</svg>',
  ].join('');
}

/** A jump between neighbours (the slope of ReLU at zero) is a gap, not a steep line. */
function isGap(points: readonly number[], i: number): boolean {
  return Math.abs(itemAt(points, i) - itemAt(points, i - 1)) > 0.4;
}

/** Round bounds around what is plotted, at most ±SPAN. */
function verticalScale(values: readonly number[]): { low: number; high: number; step: number } {
  const finite = values.filter(Number.isFinite);
  const low = Math.max(Math.min(...finite, 0), -SPAN);
  const high = Math.min(Math.max(...finite, 1), SPAN);
  const step = high - low > 4.5 ? 2 : high - low > 2.5 ? 1 : 0.5;
  return { low: Math.floor(low / step) * step, high: Math.ceil(high / step) * step, step };
}

function ticks(low: number, high: number, step: number): number[] {
  return Array.from({ length: Math.floor((high - low) / step + 1e-9) + 1 }, (_, i) => low + i * step);
}

const round = (value: number) => Math.round(value * 10) / 10;
const withTrueMinus = (value: number) => String(value).replace('-', '−');
const escapeXml = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
