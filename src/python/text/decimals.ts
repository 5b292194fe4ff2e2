/** Numbers as decimal text, exact and rounded half to even, as C's `printf` does it. Knows no Python value but numbers. */

/** Python's shortest float that reads back the same. */
export function showFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) return exponent(value.toExponential());
  const text = String(value);
  return text.includes('.') ? text : `${text}.0`;
}

/** `1e-7` → `1e-07`. */
function exponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

/** numerator / denominator, rounded half to even. */
function quotient(numerator: bigint, denominator: bigint): bigint {
  const whole = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  return twice > denominator || (twice === denominator && whole % 2n === 1n) ? whole + 1n : whole;
}

/** A finite number from 0 as numerator · 10^power / denominator. */
function toRatio(x: number, power: number): readonly [numerator: bigint, denominator: bigint] {
  let binary = 0;
  let fraction = x;
  for (; !Number.isInteger(fraction); binary++) fraction *= 2;
  const ten = 10n ** BigInt(Math.abs(power));
  const numerator = BigInt(fraction) * (power > 0 ? ten : 1n);
  return [numerator, (1n << BigInt(binary)) * (power < 0 ? ten : 1n)];
}

/** A finite number from 0 with decimal digits behind the point; fewer than none round in front of it. */
export function roundDecimal(x: number, digits: number): string {
  if (Number.isSafeInteger(x) && digits >= 0) return digits > 0 ? `${x}.${'0'.repeat(digits)}` : String(x);
  if (digits < 0) return `${quotient(...toRatio(x, digits))}${'0'.repeat(-digits)}`;
  const text = quotient(...toRatio(x, digits))
    .toString()
    .padStart(digits + 1, '0');
  return digits > 0 ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text;
}

/** The first `count` digits of a finite number from 0, and the power of ten of the first. */
function significantDigits(x: number, count: number): readonly [digits: string, power: number] {
  if (x === 0) return ['0'.repeat(count), 0];
  // The shortest digits may be of the next power: 1e-7 is 9.99…e-8.
  const about = Number(x.toExponential().split('e')[1]);
  const [numerator, denominator] = toRatio(x, -about);
  const power = numerator < denominator ? about - 1 : about;
  const digits = quotient(...toRatio(x, count - 1 - power)).toString();
  // Rounding up may have made a digit more: 9.99 → 10.0.
  return digits.length > count ? [digits.slice(0, count), power + 1] : [digits, power];
}

function formatScientific(digits: string, power: number, alternate: boolean): string {
  const rest = digits.slice(1);
  const point = rest || alternate ? '.' : '';
  return `${digits[0]}${point}${rest}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** Digits after which a double has only zeros. */
const ALL_DIGITS = 1100;

/**
 * A float's size by a format code: `e`, `f`, `g`, or none, which is `g` with a point for a precision and else the
 * shortest. Without the sign.
 */
export function formatFloat(
  x: number,
  code: string | undefined,
  precision: number | undefined,
  alternate: boolean,
): string {
  const size = Math.abs(x);
  if (!Number.isFinite(size)) return showFloat(size);
  const digits = Math.min(precision ?? 6, ALL_DIGITS);
  const zeros = '0'.repeat(Math.max(0, (precision ?? 0) - ALL_DIGITS));
  if (code === 'e') {
    const [shown, power] = significantDigits(size, digits + 1);
    return formatScientific(shown + zeros, power, alternate);
  }
  if (code === 'f') return roundDecimal(size, digits) + zeros + (alternate && digits === 0 ? '.' : '');
  if (code === undefined && precision === undefined) {
    const text = showFloat(size);
    return alternate && !text.includes('.') ? text.replace('e', '.e') : text;
  }
  return formatGeneral(size, Math.max(digits, 1), alternate, code === undefined);
}

/** `keepPoint`: as `str` shows floats, with a digit behind the point. */
function formatGeneral(x: number, count: number, alternate: boolean, keepPoint: boolean): string {
  const [digits, power] = significantDigits(x, count);
  const kept = alternate ? digits : digits.replace(/0+$/, '') || '0';
  if (power < -4 || power >= count - Number(keepPoint)) return formatScientific(kept, power, alternate);
  const text =
    power < 0
      ? `0.${'0'.repeat(-power - 1)}${kept}`
      : `${kept.slice(0, power + 1).padEnd(power + 1, '0')}.${kept.slice(power + 1)}`;
  const bare = text.endsWith('.') && !alternate ? text.slice(0, -1) : text;
  return keepPoint && !bare.includes('.') ? `${bare}.0` : bare;
}

/** Digits with a separator between groups, filled up with zeros to a width, whose zeros are grouped, too. */
export function groupDigits(digits: string, size: number, separator: string, width: number): string {
  let text = digits;
  const length = (count: number): number => count + Math.floor((count - 1) / size);
  while (length(text.length) < width) text = `0${text}`;
  const parts: string[] = [];
  for (let end = text.length; end > 0; end -= size) parts.push(text.slice(Math.max(0, end - size), end));
  return parts.reverse().join(separator);
}
