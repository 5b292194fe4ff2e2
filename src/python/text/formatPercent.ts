import { say } from '../../language/say';
import type { Context } from '../natives/context';
import { indexOf } from '../run/subscripts';
import {
  PyDict,
  PyInstance,
  PyList,
  PyObject,
  PyTuple,
  PythonError,
  type PyValue,
  plainOf,
  typeName,
} from '../values/values';
import { formatFloat } from './decimals';
import { convert } from './format';
import { textLength } from './text';

/** One conversion: `%(key)-5.2f`. */
const CONVERSION = /%(?:\(((?:[^()]|\([^()]*\))*)\))?([-+ 0#]*)(\*|\d+)?(?:\.(\*|\d*))?[hlL]?([\s\S])?/g;

interface Spec {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly type: string;
}

const fail = (message: string, type = 'TypeError'): never => {
  throw new PythonError(type, message);
};

/** `template % values`. */
export function formatPercent(ctx: Context, template: string, values: PyValue): string {
  const args = values instanceof PyTuple ? values.items : [values];
  let next = 0;
  const take = (): PyValue => {
    if (next >= args.length) fail('not enough arguments for format string');
    next += 1;
    return args[next - 1] ?? null;
  };
  const star = (): number => {
    const value = take();
    return typeof value === 'bigint' || typeof value === 'boolean' ? Number(value) : fail('* wants int');
  };
  let result = '';
  let from = 0;
  for (const match of template.matchAll(CONVERSION)) {
    const [whole, key, given = '', width, precision, type] = match;
    result += template.slice(from, match.index);
    from = match.index + whole.length;
    const subject = key === undefined ? undefined : entry(ctx, values, key);
    const size = width === '*' ? star() : Number(width ?? 0);
    const digits = precision === '*' ? Math.max(star(), 0) : precision === undefined ? undefined : Number(precision);
    if (type === undefined) return fail('incomplete format', 'ValueError');
    if (type === '%') result += '%';
    else {
      if (!'diuoxXeEfFgGcrsa'.includes(type)) {
        const at = textLength(template.slice(0, from)) - 1;
        fail(
          `unsupported format character '${type}' (0x${(type.codePointAt(0) ?? 0).toString(16)}) at index ${at}`,
          'ValueError',
        );
      }
      const flags = size < 0 ? `${given}-` : given;
      ctx.meter.requireSize(result.length + Math.abs(size) + (digits ?? 0), say('This text'));
      result += formatOne(ctx, subject ?? (key === undefined ? take() : null), {
        flags,
        width: Math.abs(size),
        precision: digits,
        type,
      });
    }
  }
  const mapping = values instanceof PyDict || values instanceof PyList || values instanceof PyInstance;
  if (next < args.length && !mapping) fail('not all arguments converted during string formatting');
  ctx.meter.text(result.length + template.length - from);
  return result + template.slice(from);
}

function entry(ctx: Context, values: PyValue, key: string): PyValue {
  const mapping = values instanceof PyObject && !(values instanceof PyTuple);
  return mapping ? ctx.item(values, key) : fail('format requires a mapping');
}

function formatOne(ctx: Context, given: PyValue, spec: Spec): string {
  const { type } = spec;
  const value = plainOf(given);
  if ('sra'.includes(type)) {
    const text = String(convert(ctx, given, type));
    return fill('', spec.precision === undefined ? text : [...text].slice(0, spec.precision).join(''), spec, ' ');
  }
  if (type === 'c') return fill('', character(value), spec, ' ');
  if ('diuxXo'.includes(type)) return formatWhole(ctx, value, spec);
  const number = typeof value === 'bigint' || typeof value === 'boolean' ? Number(value) : value;
  if (typeof number !== 'number') {
    const method = number instanceof PyObject ? ctx.lookup(number, '__float__') : undefined;
    if (method === undefined) return fail(`must be real number, not ${typeName(value)}`);
    return formatOne(ctx, ctx.call(method), spec);
  }
  const text = formatFloat(number, type.toLowerCase(), spec.precision, spec.flags.includes('#'));
  const negative = number < 0 || Object.is(number, -0);
  return fill(negative ? '-' : '', type === type.toUpperCase() ? text.toUpperCase() : text, spec, '0');
}

function character(value: PyValue): string {
  if (typeof value === 'string' && textLength(value) === 1) return value;
  if (typeof value !== 'bigint' && typeof value !== 'boolean') return fail('%c requires int or char');
  const code = Number(value);
  return code >= 0 && code <= 0x10ffff
    ? String.fromCodePoint(code)
    : fail('%c arg not in range(0x110000)', 'OverflowError');
}

function formatWhole(ctx: Context, value: PyValue, spec: Spec): string {
  const { type, flags, precision = 0 } = spec;
  const decimal = 'diu'.includes(type);
  let number: bigint;
  if (typeof value === 'bigint' || typeof value === 'boolean') number = BigInt(value);
  else if (typeof value === 'number' && decimal) number = BigInt(truncate(value));
  else if (value instanceof PyObject && ctx.lookup(value, '__index__') !== undefined) {
    number = BigInt(indexOf(ctx, value));
  } else {
    return fail(`%${type} format: ${decimal ? 'a real number' : 'an integer'} is required, not ${typeName(value)}`);
  }
  if (decimal) ctx.decimal(number);
  const digits = (number < 0n ? -number : number).toString(decimal ? 10 : type === 'o' ? 8 : 16);
  const padded = digits.padStart(precision, '0');
  const mark = flags.includes('#') && !decimal ? `0${type}` : '';
  return fill((number < 0n ? '-' : '') + mark, type === 'X' ? padded.toUpperCase() : padded, spec, '0');
}

function truncate(value: number): number {
  if (Number.isNaN(value)) return fail('cannot convert float NaN to integer', 'ValueError');
  return Number.isFinite(value) ? Math.trunc(value) : fail('cannot convert float infinity to integer', 'OverflowError');
}

/** With the sign that the flags ask for, filled up to the width; `zero` is what the flag `0` fills with. */
function fill(sign: string, body: string, { flags, width }: Spec, zero: string): string {
  const plus =
    zero === '0' && !sign.startsWith('-') ? (flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') : '';
  const space = Math.max(0, width - plus.length - sign.length - textLength(body));
  if (flags.includes('-')) return plus + sign + body + ' '.repeat(space);
  if (flags.includes('0') && zero === '0') return plus + sign + '0'.repeat(space) + body;
  return ' '.repeat(space) + plus + sign + body;
}
