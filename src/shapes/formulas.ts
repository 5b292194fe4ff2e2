/** Sizes as formulas of the input's sizes, found by trying: each formula is checked against readings with other sizes. */
import { itemAt, lastOf } from '../graph/access';
import { type Dimension, UNKNOWN } from './types';
import type { WindowSum } from './windowSums';

/** What the sizes of a tensor were in each reading: as first read, with each open size alone changed, with all changed. */
export interface SizeSamples {
  /** Of each open size: its symbol. */
  readonly symbols: readonly string[];
  /** Of each reading, the open sizes; the first is the model as it was read, the last has all of them changed. */
  readonly sizes: readonly (readonly number[])[];
  /** What the model's windows make of the open sizes. */
  readonly windows: readonly WindowSum[];
}

/** Largest whole number that an open size is multiplied with. */
const LARGEST = 64;

/**
 * A dimension as a formula.
 * @param values of each reading; undefined where the place was another one then
 */
export function formulaOf(
  { symbols, sizes, windows }: SizeSamples,
  values: readonly (number | undefined)[],
): Dimension {
  const known = values.flatMap((value) => value ?? []);
  if (known.length < sizes.length) return UNKNOWN;
  const own = itemAt(known, 0);
  const moving = symbols.flatMap((symbol, index) => (itemAt(known, index + 1) === own ? [] : [{ symbol, index }]));
  const [only] = moving;
  if (!only) return lastOf(known) === own ? own : UNKNOWN;
  const all = { sizes, values: known };
  if (moving.length > 1) return productOf(all, moving) ?? UNKNOWN;
  const { index, symbol } = only;
  const points = [0, index + 1, sizes.length - 1].map((reading) => ({
    size: itemAt(itemAt(sizes, reading), index),
    value: itemAt(known, reading),
  }));
  const likely = windows.filter(({ size }) => size === index);
  return sumOf(symbol, points, likely) ?? productOf(all, moving) ?? UNKNOWN;
}

interface Point {
  readonly size: number;
  readonly value: number;
}

/** `H`, `2H`, `H/2`, `(H−4)`, `(H−4)/2`: a·size/k + c, rounded down or up; undefined where several fit equally well. */
function sumOf(symbol: string, points: readonly Point[], windows: readonly WindowSum[]): string | undefined {
  const fits = (compute: (size: number) => number) => points.every(({ size, value }) => compute(size) === value);
  // Any two points lie on a line.
  const tellsSums = new Set(points.map(({ size }) => size)).size > 2;
  for (let a = 1; a <= LARGEST; a++) {
    const c = itemAt(points, 0).value - a * itemAt(points, 0).size;
    if ((c === 0 || tellsSums) && fits((size) => a * size + c)) return sum(term(a, symbol), c);
  }
  // A part of what can be divided; some divisor fits any three numbers when it is rounded.
  const k = itemAt(points, 0).size / itemAt(points, 0).value;
  const isExact = Number.isInteger(k) && lastOf(points).value * k === lastOf(points).size;
  if (isExact && (fits((size) => Math.floor(size / k)) || fits((size) => Math.ceil(size / k)))) return `${symbol}/${k}`;
  // Three points can't tell a divisor and a summand: the model's own windows have to.
  const [window, ...others] = windows.filter(({ summand, divisor }) =>
    fits((size) => Math.floor((size + summand) / divisor)),
  );
  if (!window || others.length > 0) return undefined;
  const { summand, divisor } = window;
  return summand % divisor === 0
    ? sum(`${symbol}/${divisor}`, summand / divisor)
    : `${sum(symbol, summand)}/${divisor}`;
}

/** `8B`, `B·H·W/64`, `S²`: exact where all sizes change together, and each factor alone moves it as its power does. */
function productOf(
  { sizes, values }: Pick<SizeSamples, 'sizes'> & { readonly values: readonly number[] },
  moving: readonly { readonly symbol: string; readonly index: number }[],
): string | undefined {
  const [own, all] = [itemAt(sizes, 0), lastOf(sizes)];
  const value = itemAt(values, 0);
  let [expected, divisor] = [value, 1];
  const factors: string[] = [];
  for (const { symbol, index } of moving) {
    const size = itemAt(own, index);
    const ratio = itemAt(itemAt(sizes, index + 1), index) / size;
    const power = Math.round(Math.log(itemAt(values, index + 1) / value) / Math.log(ratio));
    if (power !== 1 && power !== 2) return undefined;
    expected *= (itemAt(all, index) / size) ** power;
    divisor *= size ** power;
    factors.push(power === 2 ? `${symbol}²` : symbol);
  }
  if (expected !== lastOf(values)) return undefined;
  const common = greatestCommonDivisor(value, divisor);
  const [above, below] = [value / common, divisor / common];
  if (above !== 1 && below !== 1) return `${above}${factors.join('·')}/${below}`;
  return below === 1 ? term(above, factors.join('·')) : `${factors.join('·')}/${below}`;
}

const term = (factor: number, symbol: string): string => (factor === 1 ? symbol : `${factor}${symbol}`);

const sum = (symbol: string, summand: number): string =>
  summand === 0 ? symbol : `(${symbol}${summand < 0 ? '−' : '+'}${Math.abs(summand)})`;

export function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
