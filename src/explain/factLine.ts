import type { Facts, Interval, Region } from '../activations/facts';
import { type Language, words } from './words';

/** Lines break between facts, not inside of them. */
export const NO_BREAK = '\u00a0';

/** The computed facts of a hover in a line: what a curve alone doesn't tell. */
export function factLine(facts: Facts, language: Language): string {
  const text = words[language];
  const { range, zeroCentred, largestSlope, dead, saturated, zeros, gain } = facts;
  const flat = dead.intervals.length > 0 ? text.deadFor(regionText(dead)) : '';
  // Where it is dead it is saturated, too: said only where there is more of it.
  const weak = saturated.share > dead.share + 1e-3 ? text.saturatedFor(regionText(saturated)) : '';
  return [
    `${text.range} ${intervalText(range)}`,
    zeroCentred ? text.zeroCentred : text.notZeroCentred,
    `${text.largestSlope} ${shortNumber(largestSlope)}`,
    flat || weak,
    zeros > 0.0005 ? `${shortNumber(100 * zeros, 2)} % ${text.zeros}` : '',
    `${text.gainShort} ${shortNumber(gain)}`,
  ]
    .filter(Boolean)
    .map((fact) => fact.replaceAll(' ', NO_BREAK))
    .join(`${NO_BREAK}· `);
}

/** `x < −2.06, x > 2.06`. */
export function regionText({ intervals }: Region): string {
  return intervals
    .map(({ from, to }) => {
      if (from === Number.NEGATIVE_INFINITY)
        return to === Number.POSITIVE_INFINITY ? 'x ∈ ℝ' : `x < ${shortNumber(to)}`;
      return to === Number.POSITIVE_INFINITY
        ? `x > ${shortNumber(from)}`
        : `${shortNumber(from)} < x < ${shortNumber(to)}`;
    })
    .join(', ');
}

/** `−0.17 … ∞`. */
export function intervalText({ low, high }: { readonly low: Interval['from']; readonly high: Interval['to'] }): string {
  return `${shortNumber(low)} … ${shortNumber(high)}`;
}

/** A number with at most so many significant digits, with a true minus. */
export function shortNumber(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  return String(Number(value.toPrecision(digits))).replace('-', '−');
}
