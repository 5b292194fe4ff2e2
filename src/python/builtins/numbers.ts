import { native, nativeClass } from '../natives/native';
import { toFloat } from '../run/arithmetic';
import { quote as showQuoted } from '../text/format';
import { asciiDigits, isSpace } from '../text/text';
import { makePlain, PyClass, PyTensor, PythonError, type PyValue, plainOf, typeName, Unknown } from '../values/values';

/** `int`, `float`, `bool`. */
export function numberClasses(object: PyClass): Record<'int' | 'float' | 'bool', PyClass> {
  const skip = native('self, *args, **kwargs', () => null);
  const int = nativeClass('int', [object], {
    __new__: native('cls, value=0, base=None', (ctx, args) => {
      const value = plainOf(args.get('value'));
      const made = (): PyValue => {
        if (typeof value === 'string') return parseInt_(value, args.isNone('base') ? 10 : args.int('base'));
        if (!args.isNone('base')) ctx.raise('TypeError', "int() can't convert non-string with explicit base");
        return toInt(
          value,
          (name) => ctx.lookup(value, name),
          (callee) => ctx.call(callee),
        );
      };
      const whole = made();
      return typeof whole === 'bigint' ? makePlain(args.get('cls'), whole) : whole;
    }),
    __init__: skip,
    bit_count: native('self', (_, args) => {
      const value = plainOf(args.get('self'));
      const size = typeof value === 'bigint' || typeof value === 'boolean' ? BigInt(value) : 0n;
      return BigInt((size < 0n ? -size : size).toString(2).replaceAll('0', '').length);
    }),
    bit_length: native('self', (_, args) => {
      const self = plainOf(args.get('self'));
      const value = typeof self === 'boolean' ? BigInt(self) : self;
      const size = typeof value === 'bigint' ? (value < 0n ? -value : value) : 0n;
      return size === 0n ? 0n : BigInt(size.toString(2).length);
    }),
    conjugate: native('self', (_, args) => args.get('self')),
  });
  const float = nativeClass('float', [object], {
    __new__: native('cls, value=0.0', (ctx, args) => {
      const own = args.get('cls');
      if (own instanceof PyClass && !own.native) {
        const made = ctx.call(ctx.classes.float, [args.get('value')]);
        return typeof made === 'number' ? makePlain(own, made) : made;
      }
      const value = plainOf(args.get('value'));
      if (typeof value === 'string') return parseFloat_(value);
      if (typeof value === 'bigint' || typeof value === 'number') return toFloat(value);
      if (typeof value === 'boolean') return Number(value);
      if (value instanceof Unknown) return value;
      const only = value instanceof PyTensor ? value.askOne() : undefined;
      if (only !== undefined) return only;
      const method = ctx.lookup(value, '__float__');
      if (method !== undefined) return ctx.call(method);
      const index = ctx.lookup(value, '__index__');
      if (index !== undefined) return toFloat(BigInt(String(ctx.call(index))));
      throw new PythonError(
        'TypeError',
        `float() argument must be a string or a real number, not '${typeName(value)}'`,
      );
    }),
    __init__: skip,
    is_integer: native('self', (_, args) => Number.isInteger(args.float('self'))),
  });
  const bool = nativeClass('bool', [int], {
    __new__: native('cls, value=False', (ctx, args) => {
      const value = args.get('value');
      return value instanceof Unknown ? value : ctx.truth(value);
    }),
    __init__: skip,
  });
  return { int, float, bool };
}

function toInt(
  value: PyValue,
  find: (name: string) => PyValue | undefined,
  call: (callee: PyValue) => PyValue,
): PyValue {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) {
      throw Number.isNaN(value)
        ? new PythonError('ValueError', 'cannot convert float NaN to integer')
        : new PythonError('OverflowError', 'cannot convert float infinity to integer');
    }
    return BigInt(Math.trunc(value));
  }
  if (value instanceof Unknown) return value;
  const only = value instanceof PyTensor ? value.askOne() : undefined;
  if (only !== undefined) return BigInt(Math.trunc(only));
  const method = find('__int__') ?? find('__index__');
  if (method !== undefined) return call(method);
  throw new PythonError(
    'TypeError',
    `int() argument must be a string, a bytes-like object or a real number, not '${typeName(value)}'`,
  );
}

const INTEGER = /^([+-]?)([0-9a-z]+(?:_[0-9a-z]+)*)$/;
const PREFIXES: Readonly<Record<string, number>> = { x: 16, o: 8, b: 2 };
/** Digits that CPython reads in bases that are no powers of two, because those take quadratic time. */
const MOST_DIGITS = 4300;

/** `int(text, base)`. */
function parseInt_(text: string, base: number): bigint {
  if (base !== 0 && (base < 2 || base > 36)) {
    throw new PythonError('ValueError', 'int() base must be >= 2 and <= 36, or 0');
  }
  const refuseLiteral = (): never => {
    throw new PythonError('ValueError', `invalid literal for int() with base ${base}: ${quoteExcerpt(text)}`);
  };
  const clean = asciiDigits(trim(text)).toLowerCase();
  const named = /^[+-]?0([xob])/.exec(clean)?.[1] ?? '';
  const prefixed = PREFIXES[named] !== undefined && (base === 0 || PREFIXES[named] === base);
  const [, sign = '', written = ''] = INTEGER.exec(prefixed ? clean.replace(/0[xob]_?/, '') : clean) ?? [];
  const digits = written.replaceAll('_', '');
  if (digits === '') return refuseLiteral();
  const radix = base === 0 ? (prefixed ? (PREFIXES[named] ?? 10) : 10) : base;
  if (base === 0 && !prefixed && /^0+[1-9]/.test(digits)) return refuseLiteral();
  const powerOfTwo = (radix & (radix - 1)) === 0;
  if (digits.length > MOST_DIGITS && !powerOfTwo) {
    throw new PythonError(
      'ValueError',
      `Exceeds the limit (${MOST_DIGITS} digits) for integer string conversion: value has ${digits.length} digits; use sys.set_int_max_str_digits() to increase the limit`,
    );
  }
  for (const digit of digits) if (!(Number.parseInt(digit, 36) < radix)) return refuseLiteral();
  const mark = { 16: '0x', 8: '0o', 2: '0b', 10: '' }[radix];
  let result = 0n;
  if (mark !== undefined) result = BigInt(mark + digits);
  else for (const digit of digits) result = result * BigInt(radix) + BigInt(Number.parseInt(digit, 36));
  return sign === '-' ? -result : result;
}

/** Text without Python's white space around it. */
function trim(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isSpace(text.charAt(start))) start += 1;
  while (end > start && isSpace(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function quoteExcerpt(text: string): string {
  return showQuoted(text.length > 200 ? text.slice(0, 200) : text);
}

function parseFloat_(text: string): number {
  const clean = asciiDigits(trim(text)).toLowerCase();
  const special = /^([+-]?)(inf|infinity|nan)$/.exec(clean);
  if (special) return special[2] === 'nan' ? Number.NaN : special[1] === '-' ? -Infinity : Infinity;
  if (!/^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/.test(clean)) {
    throw new PythonError('ValueError', `could not convert string to float: ${showQuoted(text)}`);
  }
  return Number(clean.replaceAll('_', ''));
}
