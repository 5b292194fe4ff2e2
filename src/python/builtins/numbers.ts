import { native, nativeClass } from '../native';
import { type PyClass, PyTensor, PythonError, type PyValue, typeName, Unknown } from '../values';

/** `int`, `float`, `bool`. */
export function numberClasses(object: PyClass): Record<'int' | 'float' | 'bool', PyClass> {
  const skip = native('self, *args, **kwargs', () => null);
  const int = nativeClass('int', [object], {
    __new__: native('cls, value=0, base=None', (ctx, args) => {
      const value = args.get('value');
      if (typeof value === 'string') return parseInt_(value, args.optionalInt('base') ?? 10);
      return toInt(
        value,
        (name) => ctx.lookup(value, name),
        (callee) => ctx.call(callee),
      );
    }),
    __init__: skip,
    bit_length: native('self', (_, args) => {
      const value = args.get('self');
      const size = typeof value === 'bigint' ? (value < 0n ? -value : value) : 0n;
      return size === 0n ? 0n : BigInt(size.toString(2).length);
    }),
    conjugate: native('self', (_, args) => args.get('self')),
  });
  const float = nativeClass('float', [object], {
    __new__: native('cls, value=0.0', (ctx, args) => {
      const value = args.get('value');
      if (typeof value === 'string') return parseFloat_(value);
      if (typeof value === 'bigint' || typeof value === 'boolean' || typeof value === 'number') return Number(value);
      if (value instanceof Unknown) return value;
      if (value instanceof PyTensor && value.data?.length === 1) return Number(value.data[0]);
      const method = ctx.lookup(value, '__float__');
      if (method !== undefined) return ctx.call(method);
      throw new PythonError('TypeError', `float() argument must be a string or a number, not '${typeName(value)}'`);
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
  if (value instanceof PyTensor && value.data?.length === 1) return BigInt(Math.trunc(Number(value.data[0])));
  const method = find('__int__') ?? find('__index__');
  if (method !== undefined) return call(method);
  throw new PythonError(
    'TypeError',
    `int() argument must be a string, a bytes-like object or a number, not '${typeName(value)}'`,
  );
}

function parseInt_(text: string, base: number): bigint {
  const clean = text.trim().replaceAll('_', '').toLowerCase();
  const negative = clean.startsWith('-');
  const digits = clean
    .replace(/^[+-]/, '')
    .replace(base === 16 ? /^0x/ : base === 2 ? /^0b/ : base === 8 ? /^0o/ : /^$/, '');
  let result = 0n;
  if (digits === '') throw new PythonError('ValueError', `invalid literal for int() with base ${base}: '${text}'`);
  for (const digit of digits) {
    const value = Number.parseInt(digit, 36);
    if (!(value < base)) throw new PythonError('ValueError', `invalid literal for int() with base ${base}: '${text}'`);
    result = result * BigInt(base) + BigInt(value);
  }
  return negative ? -result : result;
}

function parseFloat_(text: string): number {
  const clean = text.trim().toLowerCase().replaceAll('_', '');
  const special = /^([+-]?)(inf|infinity|nan)$/.exec(clean);
  if (special) return special[2] === 'nan' ? Number.NaN : special[1] === '-' ? -Infinity : Infinity;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(clean)) {
    throw new PythonError('ValueError', `could not convert string to float: '${text}'`);
  }
  return Number(clean);
}
