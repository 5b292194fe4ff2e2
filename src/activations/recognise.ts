/**
 * Tells an activation from a formula's values: whoever reads a language turns an expression of one input into numbers at
 * a few points, and the catalogue says what has them. So it does not matter in which of many ways a formula is written.
 */
import { itemAt } from '../graph/access';
import type { ActivationParameters } from '../graph/types';
import { catalogue, defaultParameters } from './catalogue';
import type { Activation } from './types';

/**
 * Where functions are told apart: both signs, corners and tails, where GELU's two forms differ most, and no point that is
 * special to one of them. At the last one, zero, parameters are read off.
 */
export const points: readonly number[] = [
  ...[-9.1, -7.3, -4.1, -3, -2.2, -1.4, -0.9, -0.35, -0.02],
  ...[0.015, 0.4, 0.8, 1.1, 1.9, 2.2, 2.6, 3, 4.7, 6.4, 9.2],
  0,
];
const compared = points.length - 1;
/** Points at which what an entry can't be is seen first. */
const glance: readonly number[] = [-4.1, -0.9, 1.9, 6.4];
/** Of 1 and the value's size: written constants (0.0447, 1.702, √(2/π)) have four to six digits. */
const TOLERANCE = 3e-4;

/** What rounding leaves of a zero. */
const ZERO = 1e-13;

/** An activation that a formula computes, with the parameters that are not at their defaults. */
export interface Recognised {
  readonly activation: string;
  readonly parameters: ActivationParameters;
}

interface Reference extends Recognised {
  readonly values: readonly number[];
}

let references: readonly Reference[] | undefined;
let fittable: readonly Activation[] | undefined;

/**
 * The activation that has these values: the nearest of the catalogue's, else one whose parameters they tell.
 * @param values of the formula at `points`
 */
export function recognise(values: ArrayLike<number>): Recognised | undefined {
  const given = Array.from(values).slice(0, compared);
  if (!given.every(Number.isFinite)) return undefined;
  // The straight line, and what is the same everywhere.
  const constant = given.map(() => itemAt(given, 0));
  if (Number.isFinite(difference(given, points)) || Number.isFinite(difference(given, constant))) return undefined;
  references ??= defaultReferences();
  const at = (x: number) => itemAt(values, points.indexOf(x));
  return nearestReference(given, references) ?? nearestReference(given, fitReferences(at));
}

/**
 * Whether an activation has these values at these points, zeros where it has zeros: a bound at 1e−6 is no ReLU, though
 * it is near one.
 */
export function agrees(
  { activation, parameters }: Recognised,
  at: readonly number[],
  values: readonly number[],
): boolean {
  const entry = catalogue.get(activation);
  if (!entry?.value) return false;
  const all = { ...defaultParameters(entry), ...parameters };
  return at.every((x, i) => {
    const [value, wanted] = [itemAt(values, i), entry.value?.(x, all) ?? Number.NaN];
    return Math.abs(value - wanted) <= (wanted === 0 && x !== 0 ? ZERO : TOLERANCE * (1 + Math.abs(wanted)));
  });
}

function nearestReference(values: readonly number[], among: readonly Reference[]): Recognised | undefined {
  let [best, least]: [Reference | undefined, number] = [undefined, TOLERANCE];
  for (const reference of among) {
    const found = difference(values, reference.values, least);
    // Of two that are one function (CELU and ELU) the first stands.
    if (found < least - 1e-12) [best, least] = [reference, found];
  }
  return best && { activation: best.activation, parameters: best.parameters };
}

/** The largest difference, relative to 1 and the size of the value; infinite where it is more than `most`. */
function difference(values: readonly number[], wanted: readonly number[], most = TOLERANCE): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    const [value = Number.NaN, other = Number.NaN] = [values[i], wanted[i]];
    const found = Math.abs(value - other) / (1 + Math.abs(other));
    if (!(found <= most)) return Number.POSITIVE_INFINITY;
    largest = Math.max(largest, found);
  }
  return largest;
}

/** What is told from its values, at its defaults and with each word that has a formula of its own. */
function defaultReferences(): Reference[] {
  return [...catalogue.values()].flatMap((entry) => {
    if (!entry.value || entry.unrecognised) return [];
    const { variants } = entry.formula;
    const words = Object.keys(variants?.of ?? {}).map((word) => ({ [variants?.parameter ?? '']: word }));
    return [{}, ...words].map((parameters) => referenceOf(entry, parameters));
  });
}

/** Activations with the parameters that values tell, where those make sense. */
function fitReferences(at: (x: number) => number): Reference[] {
  fittable ??= [...catalogue.values()].filter(({ fit }) => fit);
  return fittable.flatMap((entry) => {
    if (!entry.fit) return [];
    const { parameter, from, between } = entry.fit;
    const told = from(at);
    // Most formulas are none of these: a look at a few points is enough to see that.
    const all = { ...defaultParameters(entry), [parameter]: told };
    const isNear = (x: number) =>
      Math.abs(at(x) - (entry.value?.(x, all) ?? Number.NaN)) <= TOLERANCE * (1 + Math.abs(at(x)));
    if (!glance.every(isNear)) return [];
    // People write few digits, and single precision keeps seven: of those that fit alike the shortest stands.
    const values = new Set([2, 3, 4, 6].map((digits) => Number(told.toPrecision(digits))));
    return [...values]
      .filter((value) => value > between[0] && value < between[1])
      .map((value) => referenceOf(entry, { [parameter]: value }));
  });
}

function referenceOf(entry: Activation, parameters: ActivationParameters): Reference {
  const all = { ...defaultParameters(entry), ...parameters };
  const values = points.slice(0, compared).map((x) => entry.value?.(x, all) ?? Number.NaN);
  return { activation: entry.id, parameters, values };
}
