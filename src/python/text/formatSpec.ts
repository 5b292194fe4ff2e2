import type { Context } from '../natives/context';
import { PyObject, PythonError, type PyValue, plainOf, typeName } from '../values/values';
import { formatFloat, groupDigits } from './decimals';

const SPECIFICATION = /^(?:(.)?([<>=^]))?([+\- ])?(z)?(#)?(0)?(\d+)?([,_]{0,2})(?:\.(\d*))?(.)?$/su;

/** A parsed format specification. */
interface Specification {
  readonly fill: string | undefined;
  readonly align: string | undefined;
  readonly sign: string | undefined;
  readonly alternate: boolean;
  /** Zeros between the sign and the digits. */
  readonly zero: boolean;
  readonly width: number;
  readonly group: string;
  readonly precision: number | undefined;
  readonly type: string | undefined;
}

function fail(message: string): never {
  throw new PythonError('ValueError', message);
}

/** `usual`: the type where none is written. */
function parse(text: string, usual: string): Specification {
  const parsed = SPECIFICATION.exec(text);
  if (!parsed) return fail('Invalid format specifier');
  const [, fill, align, sign, , alternate, zero, width = '0', group = '', precision, type] = parsed;
  if (precision === '') fail('Format specifier missing precision');
  if (group === ',,') fail("Cannot specify ',' with ','.");
  if (group.length > 1) fail(group === '__' ? "Cannot specify '_' with '_'." : "Cannot specify both ',' and '_'.");
  const code = type ?? usual;
  if (group && !'deEfFgG%'.includes(code) && !(group === '_' && 'boxX'.includes(code))) {
    fail(`Cannot specify '${group}' with '${code}'.`);
  }
  const size = precision === undefined ? undefined : Number(precision);
  return {
    fill,
    align,
    sign,
    alternate: !!alternate,
    zero: !!zero,
    width: Number(width),
    group,
    precision: size,
    type,
  };
}

/** `format(value, specification)`. */
export function formatValue(ctx: Context, given: PyValue, specification: string): string {
  if (given instanceof PyObject) {
    const method = ctx.typeOf(given).lookup('__format__');
    if (method !== undefined) {
      const result = ctx.call(method, [given, specification]);
      if (typeof result === 'string') return result;
      throw new PythonError('TypeError', `__format__ must return a str, not ${typeName(result)}`);
    }
  }
  if (specification === '') return ctx.str(given);
  const value = plainOf(given);
  if (value instanceof PyObject || value === null) {
    throw new PythonError('TypeError', `unsupported format string passed to ${typeName(value)}.__format__`);
  }
  const parsed = parse(specification, typeof value === 'string' ? 's' : 'd');
  ctx.meter.text(parsed.width + (parsed.precision ?? 0));
  if (typeof value === 'string') return formatText(value, parsed);
  const { type } = parsed;
  if (typeof value === 'number') {
    if (type && !'eEfFgGn%'.includes(type)) raiseUnknownCode(type, value);
    return formatReal(value, parsed);
  }
  if (type && 'eEfFgG%'.includes(type)) return formatReal(Number(value), parsed);
  if (type && !'bcdnoxX'.includes(type)) raiseUnknownCode(type, value);
  return formatInteger(ctx, BigInt(value), parsed);
}

function raiseUnknownCode(type: string, value: PyValue): never {
  return fail(`Unknown format code '${type}' for object of type '${typeName(value)}'`);
}

function formatText(text: string, spec: Specification): string {
  if (spec.type && spec.type !== 's') raiseUnknownCode(spec.type, text);
  if (spec.sign) fail('Sign not allowed in string format specifier');
  if (spec.alternate) fail('Alternate form (#) not allowed in string format specifier');
  if (spec.align === '=') fail("'=' alignment not allowed in string format specifier");
  const shown = spec.precision === undefined ? text : [...text].slice(0, spec.precision).join('');
  return pad('', shown, { ...spec, align: spec.align ?? '<' });
}

function formatInteger(ctx: Context, value: bigint, spec: Specification): string {
  const { type } = spec;
  if (spec.precision !== undefined) fail('Precision not allowed in integer format specifier');
  if (type === 'c') {
    if (spec.sign) fail("Sign not allowed with integer format specifier 'c'");
    if (spec.alternate) fail("Alternate form (#) not allowed with integer format specifier 'c'");
    if (value >= 1n << 63n || value < -(1n << 63n)) {
      throw new PythonError('OverflowError', 'Python int too large to convert to C long');
    }
    if (value < 0n || value > 0x10ffffn) throw new PythonError('OverflowError', '%c arg not in range(0x110000)');
    return pad('', String.fromCodePoint(Number(value)), spec);
  }
  const radix = type === 'b' ? 2 : type === 'o' ? 8 : type?.toLowerCase() === 'x' ? 16 : 10;
  if (radix === 10) ctx.decimal(value);
  const digits = (value < 0n ? -value : value).toString(radix);
  const mark = spec.alternate && radix !== 10 ? `0${type}` : '';
  const shown = type === 'X' ? digits.toUpperCase() : digits;
  return padNumber((value < 0n ? '-' : positiveSign(spec)) + mark, shown, '', spec, radix === 10 ? 3 : 4);
}

function formatReal(value: number, spec: Specification): string {
  const { type, precision, alternate } = spec;
  const percent = type === '%';
  const code = type === undefined ? undefined : percent ? 'f' : type === 'n' ? 'g' : type.toLowerCase();
  const text = formatFloat(percent ? value * 100 : value, code, precision, alternate) + (percent ? '%' : '');
  const negative = value < 0 || Object.is(value, -0);
  const [, digits = '', rest = ''] =
    /^(\d*)(.*)$/s.exec(type && 'EFG'.includes(type) ? text.toUpperCase() : text) ?? [];
  return padNumber(negative ? '-' : positiveSign(spec), digits, rest, spec, 3);
}

function positiveSign({ sign }: Specification): string {
  return sign === undefined || sign === '-' ? '' : sign;
}

function padNumber(sign: string, digits: string, rest: string, spec: Specification, size: number): string {
  const fill = spec.fill ?? (spec.zero ? '0' : ' ');
  const align = spec.align ?? (spec.zero && spec.fill === undefined ? '=' : '>');
  const space = fill === '0' && align === '=' ? spec.width - sign.length - rest.length : 0;
  const body = spec.group && digits ? groupDigits(digits, size, spec.group, space) : digits;
  return pad(sign, body + rest, { ...spec, align });
}

function pad(sign: string, body: string, spec: Specification): string {
  const fill = spec.fill ?? (spec.zero ? '0' : ' ');
  const space = Math.max(0, spec.width - sign.length - [...body].length);
  const align = spec.align ?? (spec.zero ? '=' : '>');
  if (align === '=') return sign + fill.repeat(space) + body;
  if (align === '<') return sign + body + fill.repeat(space);
  if (align === '^') return fill.repeat(space >> 1) + sign + body + fill.repeat(space - (space >> 1));
  return fill.repeat(space) + sign + body;
}
