/** Sizes as formulas of the numbers that a model is built with, found by trying: each has to give what all readings gave. */
import { itemAt } from '../graph/access';
import { greatestCommonDivisor } from './formulas';

/** What the sizes of a tensor were in each reading with other numbers or other sizes of the input. */
export interface NamedSamples {
  /** Of each open size of the input its symbol, then of each number its name. */
  readonly symbols: readonly string[];
  /** Of each reading, what they were; the first is the model as it was read. */
  readonly sizes: readonly (readonly number[])[];
  /** How many of the symbols are those of the input. */
  readonly inputs: number;
}

/** Largest whole number that a name is multiplied with. */
const LARGEST = 1024;

/** What stands beside a product: tokens of a model's own, one for the class and one more. */
const FURTHER = [1, 2] as const;

/** What a symbol does to a size, alone. */
interface Mover {
  readonly symbol: string;
  readonly index: number;
  /** Readings in which it alone is another. */
  readonly alone: readonly number[];
}

/**
 * A dimension as a formula of names.
 * @param values of each reading; undefined where the place was another one then
 * @returns undefined where it follows no name, or in a way that no formula of ours tells
 */
export function namedFormulaOf(samples: NamedSamples, values: readonly (number | undefined)[]): string | undefined {
  const known = values.flatMap((value) => value ?? []);
  if (known.length < samples.sizes.length) return undefined;
  const movers = moversOf(samples, known);
  if (!movers.some(({ index }) => index >= samples.inputs)) return undefined;
  const sum = sumOf(samples, known, movers) ?? productOf(samples, known, movers);
  if (sum !== undefined) return sum;
  const [more, ...others] = FURTHER.flatMap((summand) => {
    const rest = known.map((value) => value - summand);
    const product = rest.every((each) => each > 0) ? productOf(samples, rest, movers, true) : undefined;
    return product === undefined ? [] : `(${product}+${summand})`;
  });
  return others.length > 0 ? undefined : more;
}

function moversOf({ symbols, sizes }: NamedSamples, values: readonly number[]): Mover[] {
  const own = itemAt(sizes, 0);
  return symbols.flatMap((symbol, index) => {
    const alone = sizes.flatMap((each, reading) =>
      own.every((size, at) => (size === each[at]) === (at !== index)) ? [reading] : [],
    );
    return alone.some((reading) => values[reading] !== values[0]) ? [{ symbol, index, alone }] : [];
  });
}

/** `width`, `4·width`, `(first+3·growth)`, `(classes+1)`. */
function sumOf({ sizes }: NamedSamples, values: readonly number[], movers: readonly Mover[]): string | undefined {
  const own = itemAt(sizes, 0);
  const terms = movers.map(({ symbol, index, alone }) => {
    const reading = itemAt(alone, 0);
    const step = itemAt(itemAt(sizes, reading), index) - itemAt(own, index);
    return { symbol, index, factor: (itemAt(values, reading) - itemAt(values, 0)) / step };
  });
  if (!terms.every(({ factor }) => Number.isInteger(factor) && factor >= 1 && factor <= LARGEST)) return undefined;
  const weigh = (reading: readonly number[]) =>
    terms.reduce((sum, { index, factor }) => sum + factor * itemAt(reading, index), 0);
  const summand = itemAt(values, 0) - weigh(own);
  if (!sizes.every((reading, index) => weigh(reading) + summand === values[index])) return undefined;
  // Two points lie on a line, whatever a third would say.
  const isLine = movers.every(({ index }) => new Set(sizes.map((reading) => reading[index])).size > 2);
  if (summand !== 0 && !isLine) return undefined;
  const text = terms.map(({ symbol, factor }) => times(factor, [symbol])).join('+');
  const rest = summand === 0 ? '' : summand > 0 ? `+${summand}` : `−${-summand}`;
  return terms.length > 1 || rest !== '' ? `(${text}${rest})` : text;
}

/** `B·heads`, `dim/heads`, `image²/patch²`, `hidden/2`: a size that is no multiple of what it is divided by is rounded. */
function productOf(
  { sizes }: NamedSamples,
  values: readonly number[],
  movers: readonly Mover[],
  isExact = false,
): string | undefined {
  const own = itemAt(sizes, 0);
  const value = itemAt(values, 0);
  if (value === 0) return undefined;
  const powers = movers.map(({ symbol, index, alone }) => {
    const most = alone.reduce((a, b) => (ratioOf(sizes, index, a) > ratioOf(sizes, index, b) ? a : b));
    const change = Math.log(itemAt(values, most) / value);
    const size = itemAt(itemAt(sizes, most), index) / itemAt(own, index);
    return { symbol, index, power: Math.round(change / Math.log(size)) };
  });
  if (!powers.every(({ power }) => power !== 0 && Math.abs(power) <= 2)) return undefined;
  // Whole numbers above and below, so that nothing is lost to rounding of ours.
  const part = (reading: readonly number[], sign: number) =>
    powers.reduce(
      (product, { index, power }) => product * (power * sign > 0 ? itemAt(reading, index) ** Math.abs(power) : 1),
      1,
    );
  const common = greatestCommonDivisor(value * part(own, -1), part(own, 1));
  const [above, below] = [(value * part(own, -1)) / common, part(own, 1) / common];
  const isRight = sizes.every((reading, index) => {
    const [top, bottom] = [above * part(reading, 1), below * part(reading, -1)];
    const result = values[index];
    if (!Number.isSafeInteger(top) || (isExact && top % bottom !== 0)) return false;
    return Math.floor(top / bottom) === result || Math.ceil(top / bottom) === result;
  });
  // Of what has a factor above and one below, rounding would hide too much.
  if (!isRight || above > LARGEST || (above !== 1 && below !== 1)) return undefined;
  const factors = (sign: number) =>
    powers.flatMap(({ symbol, power }) => (power * sign > 0 ? (Math.abs(power) === 2 ? `${symbol}²` : symbol) : []));
  const [top, bottom] = [factors(1), factors(-1)];
  const under = times(below, bottom);
  if (under === '1') return times(above, top);
  return `${times(above, top)}/${under.includes('·') ? `(${under})` : under}`;
}

const ratioOf = (sizes: NamedSamples['sizes'], index: number, reading: number): number =>
  Math.abs(Math.log(itemAt(itemAt(sizes, reading), index) / itemAt(itemAt(sizes, 0), index)));

const times = (factor: number, symbols: readonly string[]): string =>
  [...(factor === 1 && symbols.length > 0 ? [] : [factor]), ...symbols].join('·');
