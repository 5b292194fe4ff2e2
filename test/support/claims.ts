import { catalogue, defaultParameters, findActivation } from '../../src/activations/catalogue';
import { facts } from '../../src/activations/facts';
import type { Activation } from '../../src/activations/types';
import type { ActivationParameters } from '../../src/graph/types';

/** A number of the prose and the note behind it: `−0.17{low}`. */
export interface Claim {
  readonly written: string;
  readonly note: string;
}

const NUMBER = /[−-]?(?:√?\d+(?:\.\d+)?|10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)/;
const CLAIM = new RegExp(`(${NUMBER.source})( ?%)?\\{([^{}\\n]+)\\}`, 'g');

/** Numbers with a note, and the numbers without one that should have it. */
export function claimsOf(markdown: string): { readonly claims: readonly Claim[]; readonly bare: readonly string[] } {
  const claims = [...markdown.matchAll(CLAIM)].map(([, number = '', percent = '', note = '']) => ({
    written: number + percent.trim(),
    note,
  }));
  const rest = markdown
    .replace(/\{if [^{}\n]+\}/g, '')
    .replace(CLAIM, '')
    .replace(/`[^`\n]*`/g, '')
    // Powers and ratios that a formula is made of: x², 1/√2.
    .replace(/[a-zA-Z)][⁻²³⁴⁵⁶⁷⁸⁹]+/g, '');
  // What is glued to a word (int8, GPT-2, 8-bit, 2D) is a name.
  const bare = rest.match(/(?<![\p{L}\d.\-_])[−-]?\d+(?:\.\d+)?(?![\d.]*-?[a-zA-Z])/gu) ?? [];
  return { claims, bare: bare.filter((each) => !['0', '1', '−1', '-1'].includes(each)) };
}

/** The number that a note speaks of, for these settings (`alpha=2`). */
export const numberOf = (activation: Activation, note: string, settings: string): number =>
  computed(activation, /[;:]|^default /.test(note) ? note : `${note}; ${settings}`);

/** Undefined where the claim holds, else what is computed instead. */
export function refute(activation: Activation, { written, note }: Claim): string | undefined {
  if (note.trim() === 'evidence') {
    const cells = activation.evidence.flatMap(({ value, against }) => [value, ...Object.values(against)]);
    const number = Number(written.replace('%', ''));
    return cells.includes(number) ? undefined : `no cell of its evidence is ${written}`;
  }
  let actual: number;
  try {
    actual = computed(activation, note);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return holds(written, actual) ? undefined : `computed is ${actual}`;
}

function holds(written: string, actual: number): boolean {
  const power = /^10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)$/.exec(written)?.[1];
  if (power) {
    const digits = [...power].map((each) => (each === '⁻' ? '-' : String('⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(each)))).join('');
    return Math.abs(Math.log10(Math.abs(actual)) - Number(digits)) <= 0.5;
  }
  const scale = written.endsWith('%') ? 100 : 1;
  const [, sign = '', root = '', digits = ''] = /^([−-]?)(√?)([\d.]+)/.exec(written) ?? [];
  const size = root ? Math.sqrt(Number(digits)) : Number(digits);
  const decimals = digits.split('.')[1]?.length ?? 0;
  const bound = root ? 1e-9 : 0.5 * 10 ** -decimals + 1e-9;
  return Math.abs(actual * scale - (sign ? -size : size)) <= bound;
}

/** The number that a note speaks of. */
function computed(own: Activation, note: string): number {
  const [head = '', settings = ''] = note.split(';').map((each) => each.trim());
  const gap = /^gap (\w+)(.*)$/.exec(head);
  if (gap) return largestGap(own, withSettings(own, settings), entry(gap[1] ?? ''), gap[2] ?? '');
  const byDefault = /^default (\w+)$/.exec(head)?.[1];
  if (byDefault) {
    const value = own.parameters.find(({ name }) => name === byDefault)?.default;
    if (typeof value !== 'number') throw new Error(`${own.id} has no numeric parameter ${byDefault}`);
    return value;
  }
  const [, over, parameter] = /^(1\/|parameter )(\w+)$/.exec(head) ?? [];
  if (parameter) {
    const value = withSettings(own, settings)[parameter];
    if (typeof value !== 'number') throw new Error(`${own.id} has no numeric parameter ${parameter}`);
    return over === '1/' ? 1 / value : value;
  }
  const [, id, expression = '', power = '1'] = /^(?:(\w+):)?(.*?)(?:\^(\d+))?$/.exec(head) ?? [];
  const activation = id ? entry(id) : own;
  return fact(activation, withSettings(activation, settings), expression.trim()) ** Number(power);
}

function fact(activation: Activation, parameters: ActivationParameters, name: string): number {
  const { value, derivative } = activation;
  if (!value || !derivative) throw new Error(`${activation.id} has no value of one element`);
  const curve = (x: number) => value(x, parameters);
  const slope = (x: number) => derivative(x, parameters);
  const at = /^f(['’′]?)\(([−-]?[\d.]+)\)$/.exec(name);
  if (at) return (at[1] ? slope : curve)(Number((at[2] ?? '').replace('−', '-')));
  const found = facts(activation, parameters);
  if (!found) throw new Error(`${activation.id} has no facts`);
  switch (name) {
    case 'low':
      return found.range.low;
    case 'high':
      return found.range.high;
    case 'argmin':
      return least(curve);
    case 'argmax':
      return least((x) => -curve(x));
    case 'leastSlope':
      return slope(least(slope));
    case 'dead':
    case 'saturated':
      return found[name].share;
    case 'saturatedBelow':
      return endOfFlat(slope, -1);
    case 'saturatedAbove':
      return endOfFlat(slope, 1);
    case 'secondMoment':
      return found.mean ** 2 + found.deviation ** 2;
    case 'largestSlope':
    case 'mean':
    case 'deviation':
    case 'zeros':
    case 'meanSquaredSlope':
    case 'gain':
    case 'preservingGain':
      return found[name];
    default:
      throw new Error(`"${name}" is no fact`);
  }
}

/** Up to where a slope stays below a tenth, coming from far out on one side; NaN where it isn't there. */
function endOfFlat(slope: (x: number) => number, side: 1 | -1): number {
  let x = side * 12;
  if (Math.abs(slope(x)) >= 0.1) return Number.NaN;
  while (Math.abs(slope(x)) < 0.1 && Math.abs(x) <= 12) x -= side / 4096;
  return x;
}

/** Where a curve is lowest within ±12, to 1e-6. */
function least(curve: (x: number) => number): number {
  let [best, step] = [0, 1 / 256];
  for (let x = -12; x <= 12; x += step) if (curve(x) < curve(best)) best = x;
  for (; step > 1e-7; step /= 2)
    best = [best - step, best, best + step].reduce((a, b) => (curve(b) < curve(a) ? b : a));
  return best;
}

function largestGap(own: Activation, parameters: ActivationParameters, other: Activation, settings: string): number {
  const theirs = withSettings(other, settings);
  const points = Array.from({ length: 16_001 }, (_, i) => i / 1000 - 8);
  const distance = (x: number) => Math.abs((own.value?.(x, parameters) ?? 0) - (other.value?.(x, theirs) ?? 0));
  return Math.max(...points.map(distance));
}

function withSettings(activation: Activation, settings: string): ActivationParameters {
  const set = settings
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((each) => {
      const [name = '', value = ''] = each.split('=');
      if (!activation.parameters.some((spec) => spec.name === name))
        throw new Error(`${activation.id} has no parameter ${name}`);
      const number = Number(value.replace('−', '-'));
      return [name, Number.isNaN(number) ? value : number] as const;
    });
  return { ...defaultParameters(activation), ...Object.fromEntries(set) };
}

function entry(id: string): Activation {
  const found = catalogue.get(id) ?? findActivation(id);
  if (!found) throw new Error(`the catalogue has no ${id}`);
  return found;
}
