import { itemOr } from '../graph/access';
import type { ActivationParameters } from '../graph/types';
import { catalogue, defaultParameters } from './catalogue';
import { facts } from './facts';
import type { Activation } from './types';

/**
 * Numbers of the prose for the parameters at hand. A number there has a note that says what it is (`0.39{mean}`); a
 * sentence may have one that says when it holds (`{if negative_slope<1}`). `docs/prose.md` has them all.
 */

/** A number and the note behind it. */
const CLAIM = /([−-]?(?:√?\d+(?:\.\d+)?|10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))( ?%)?\{([^{}\n]+)\}/g;
const CONDITION = /\{if ([^{}\n]+)\}/g;
const EXPONENTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** Text without its notes, as it stands for the parameters that it was written for. */
export function stripNotes(text: string): string {
  return text.replace(CONDITION, '').replace(/(?<=[\d%⁰¹²³⁴⁵⁶⁷⁸⁹])\{[^{}\n]+\}/g, '');
}

/** A section for these parameters: numbers are computed anew, sentences that don't hold are left out. */
export function adjust(text: string, activation: Activation, parameters: ActivationParameters): string {
  return text
    .split('\n')
    .map((line) =>
      unitsOf(line)
        .flatMap((unit) => adjustUnit(unit, activation, parameters) ?? [])
        .join(''),
    )
    .filter((line, index, lines) => line !== '' || lines[index - 1] !== '')
    .join('\n')
    .trim();
}

/** A bullet is one, elsewhere each sentence is, with what stands behind it. */
function unitsOf(line: string): string[] {
  if (line.startsWith('- ')) return [line];
  return line.match(/.+?(?:[.!?](?=\{|\s|$)|。)(?:\{if [^{}]+\})*\s*|.+$/g) ?? [line];
}

function adjustUnit(unit: string, activation: Activation, parameters: ActivationParameters): string | undefined {
  for (const [, condition = ''] of unit.matchAll(CONDITION))
    if (!holds(condition, activation, parameters)) return undefined;
  let known = true;
  const told = unit.replace(CLAIM, (_, written: string, percent: string | undefined, note: string) => {
    // What names its own parameters, another entry or a table is so whatever is set here.
    if (/;|^evidence$|^default |^\w+:/.test(note.trim())) return written + (percent ?? '');
    const value = evaluate(activation, parameters, note.trim());
    if (!Number.isFinite(value)) known = false;
    return likeWritten(written, percent === undefined ? value : 100 * value) + (percent ?? '');
  });
  return known ? stripNotes(told) : undefined;
}

/** With as many digits as were written; at least one where that would be a zero that isn't one. */
function likeWritten(written: string, value: number): string {
  if (/^10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]/.test(written)) {
    const exponent = Math.round(Math.log10(Math.abs(value)));
    return `10${exponent < 0 ? '⁻' : ''}${[...String(Math.abs(exponent))].map((digit) => EXPONENTS[Number(digit)]).join('')}`;
  }
  const decimals = written.startsWith('√') ? 2 : itemOr(written.split('.'), 1, '').length;
  const usual = value.toFixed(decimals);
  const shown = Number(usual) === 0 && Math.abs(value) > 1e-6 ? String(Number(value.toPrecision(1))) : usual;
  return Number(shown) === 0 ? shown.replace('-', '') : shown.replace('-', '−');
}

/** `negative_slope<1`, `alpha_n>beta`, `zeros<0.01`, `default`: all parameters are what they are by default. */
function holds(condition: string, activation: Activation, parameters: ActivationParameters): boolean {
  if (condition === 'default') return isDefault(activation, parameters);
  const [, left = '', operator, right = ''] = /^(.+?)([<>=])(.+)$/.exec(condition) ?? [];
  const side = (text: string) => (Number.isNaN(Number(text)) ? quantity(activation, parameters, text) : Number(text));
  const [a, b] = [side(left), side(right)];
  return operator === '<' ? a < b : operator === '>' ? a > b : a === b;
}

/** Whether no parameter that changes the values differs from its default. */
export function isDefault(activation: Activation, parameters: ActivationParameters): boolean {
  const usual = defaultParameters(activation);
  return activation.parameters.every(
    ({ name, numeric }) => !numeric || (parameters[name] ?? usual[name]) === usual[name],
  );
}

function evaluate(activation: Activation, parameters: ActivationParameters, note: string): number {
  const [, name = '', power = '1'] = /^(.*?)(?:\^(\d+))?$/.exec(note) ?? [];
  return quantity(activation, parameters, name) ** Number(power);
}

/** A parameter, one over it, or a fact about the function; NaN where there is none. */
function quantity(activation: Activation, parameters: ActivationParameters, name: string): number {
  const [, inverse, parameter = name] = /^(1\/|parameter )(\w+)$/.exec(name) ?? [];
  const set = parameters[parameter];
  if (typeof set === 'number') return inverse === '1/' ? 1 / set : set;
  const { value, derivative } = activation;
  const found = facts(activation, parameters);
  if (!found || !value || !derivative) return Number.NaN;
  const [, slope, x] = /^f(['’′]?)\(([−-]?[\d.]+)\)$/.exec(name) ?? [];
  if (x !== undefined) return (slope ? derivative : value)(Number(x.replace('−', '-')), parameters);
  const gap = /^gap (\w+)$/.exec(name)?.[1];
  const other = gap === undefined ? undefined : catalogue.get(gap);
  if (other)
    return largestGap(
      (at) => value(at, parameters),
      (at) => other.value?.(at, defaultParameters(other)) ?? 0,
    );
  const { low, high } = found.range;
  const [first, last] = [found.saturated.intervals[0], found.saturated.intervals.at(-1)];
  const known: Readonly<Record<string, () => number>> = {
    low: () => low,
    high: () => high,
    argmin: () => (Number.isFinite(low) ? leastAt((at) => value(at, parameters)) : Number.NaN),
    argmax: () => (Number.isFinite(high) ? leastAt((at) => -value(at, parameters)) : Number.NaN),
    leastSlope: () =>
      derivative(
        leastAt((at) => derivative(at, parameters)),
        parameters,
      ),
    secondMoment: () => found.mean ** 2 + found.deviation ** 2,
    dead: () => found.dead.share,
    saturated: () => found.saturated.share,
    saturatedBelow: () => (first?.from === Number.NEGATIVE_INFINITY ? first.to : Number.NaN),
    saturatedAbove: () => (last?.to === Number.POSITIVE_INFINITY ? last.from : Number.NaN),
    mean: () => found.mean,
    deviation: () => found.deviation,
    zeros: () => found.zeros,
    largestSlope: () => found.largestSlope,
    meanSquaredSlope: () => found.meanSquaredSlope,
    gain: () => found.gain,
    preservingGain: () => found.preservingGain,
  };
  return known[name]?.() ?? Number.NaN;
}

/** Where a curve is lowest, to 1e-6; NaN where that lies beyond ±12. */
function leastAt(curve: (x: number) => number): number {
  let [best, step] = [0, 1 / 64];
  for (let x = -12; x <= 12; x += step) if (curve(x) < curve(best)) best = x;
  for (; step > 1e-6; step /= 2) for (const x of [best - step, best + step]) if (curve(x) < curve(best)) best = x;
  return Math.abs(best) < 12 ? best : Number.NaN;
}

function largestGap(a: (x: number) => number, b: (x: number) => number): number {
  let largest = 0;
  for (let x = -8; x <= 8; x += 1 / 256) largest = Math.max(largest, Math.abs(a(x) - b(x)));
  return largest;
}
