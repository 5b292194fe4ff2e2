import { say } from '../language/say';
import type { Interpreter } from './interpreter';
import { PyIterator } from './iteration';
import { NativeFunction } from './native';
import { PyFunction } from './scope';
import { indexOf } from './subscripts';
import {
  Ellipsis,
  identityOf,
  PyBoundMethod,
  PyClass,
  PyDevice,
  PyDict,
  PyDtype,
  PyList,
  PyModule,
  PyObject,
  PyRange,
  PySet,
  PySingleton,
  PySlice,
  PyTensor,
  PyTuple,
  PythonError,
  type PyValue,
  typeName,
  Unknown,
} from './values';

/** `str(value)`. */
export function showStr(ctx: Interpreter, value: PyValue): string {
  if (typeof value === 'string') return value;
  if (value instanceof PyObject && !(value instanceof PyClass)) {
    const method = ctx.typeOf(value).lookup('__str__');
    if (method !== undefined) return String(ctx.call(method, [value]));
  }
  return showRepr(ctx, value);
}

/** `repr(value)`. */
export function showRepr(ctx: Interpreter, value: PyValue, depth = 0): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return showFloat(value);
  if (typeof value === 'string') return quote(value);
  if (depth > 20) return '...';
  const inner = (item: PyValue): string => showRepr(ctx, item, depth + 1);
  if (!(value instanceof PyClass) && !(value instanceof Unknown)) {
    const method = ctx.typeOf(value).lookup('__repr__');
    if (method !== undefined) return String(ctx.call(method, [value]));
  }
  if (value instanceof PyList) return `[${value.items.map(inner).join(', ')}]`;
  if (value instanceof PyTuple) return `(${value.items.map(inner).join(', ')}${value.items.length === 1 ? ',' : ''})`;
  if (value instanceof PyDict) {
    const entries = value.entries();
    const body = `{${entries.map(([key, item]) => `${inner(key)}: ${inner(item)}`).join(', ')}}`;
    if (value.cls?.mro.some((cls) => cls.name === 'OrderedDict')) {
      return `${value.cls.name}([${entries.map(([key, item]) => `(${inner(key)}, ${inner(item)})`).join(', ')}])`;
    }
    if (value.cls?.name === 'defaultdict') return `defaultdict(${inner(value.factory)}, ${body})`;
    return body;
  }
  if (value instanceof PySet) {
    const body = `{${[...value].map(inner).join(', ')}}`;
    if (value.frozen) return value.size === 0 ? 'frozenset()' : `frozenset(${body})`;
    return value.size === 0 ? 'set()' : body;
  }
  if (value instanceof PyRange) {
    return `range(${value.start}, ${value.stop}${value.step === 1n ? '' : `, ${value.step}`})`;
  }
  if (value instanceof PySlice) return `slice(${inner(value.start)}, ${inner(value.stop)}, ${inner(value.step)})`;
  if (value instanceof PyClass) {
    return `<class '${value.module === 'builtins' ? '' : `${value.module}.`}${value.qualifiedName}'>`;
  }
  if (value instanceof PyFunction) return `<function ${value.qualifiedName} at ${address(value)}>`;
  if (value instanceof NativeFunction) return `<built-in function ${value.name}>`;
  if (value instanceof PyBoundMethod) return `<bound method of ${inner(value.self)}>`;
  if (value instanceof PyModule) return `<module '${value.name}'>`;
  if (value === Ellipsis) return 'Ellipsis';
  if (value instanceof PySingleton) return value.name;
  if (value instanceof PyDtype) return `torch.${value.dtype}`;
  if (value instanceof PyDevice) return `device(type='${value.type}')`;
  if (value instanceof PyTensor) return `tensor(..., size=(${value.type.shape.join(', ')}))`;
  if (value instanceof PyIterator) return `<generator object at ${address(value)}>`;
  if (value instanceof Unknown) return '<unknown>';
  const cls = ctx.typeOf(value);
  return `<${cls.module === 'builtins' ? '' : `${cls.module}.`}${cls.name} object at ${address(value)}>`;
}

function address(value: PyObject): string {
  return `0x${(0x7f0000000000 + identityOf(value) * 16).toString(16)}`;
}

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

function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  let body = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (character === '\\' || character === mark) body += `\\${character}`;
    else if (character === '\n') body += '\\n';
    else if (character === '\r') body += '\\r';
    else if (character === '\t') body += '\\t';
    else if (code < 32 || code === 127) body += `\\x${code.toString(16).padStart(2, '0')}`;
    else body += character;
  }
  return mark + body + mark;
}

const SPECIFICATION = /^(?:(.)?([<>=^]))?([+\- ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/su;

/** `format(value, specification)`. */
export function formatValue(ctx: Interpreter, value: PyValue, specification: string): string {
  if (specification === '') return ctx.str(value);
  if (value instanceof PyObject) {
    const method = ctx.typeOf(value).lookup('__format__');
    if (method !== undefined) return String(ctx.call(method, [value, specification]));
  }
  const parsed = SPECIFICATION.exec(specification);
  if (!parsed) throw new PythonError('ValueError', 'Invalid format specifier');
  const [, fill, align, sign = '-', alternate, zero, width = '0', group, precision, type] = parsed;
  ctx.meter.container(Number(width) + Number(precision ?? 0), say('This text'));
  let negative = '';
  let body: string;
  const number = typeof value === 'bigint' || typeof value === 'number' || (typeof value === 'boolean' && type);
  if (number) {
    body = formatNumber(
      value as number | bigint | boolean,
      type,
      precision === undefined ? undefined : Number(precision),
    );
    if (body.startsWith('-')) {
      negative = '-';
      body = body.slice(1);
    } else if (sign !== '-') negative = sign;
    if (alternate && type && 'xXob'.includes(type)) negative += `0${type}`;
    if (group) body = body.replace(/^\d+/, (digits) => digits.replace(/\B(?=(\d{3})+$)/g, group));
  } else {
    if (type && type !== 's') {
      throw new PythonError('ValueError', `Unknown format code '${type}' for object of type '${typeName(value)}'`);
    }
    body = ctx.str(value);
    if (precision !== undefined) body = body.slice(0, Number(precision));
  }
  const where = align ?? (zero && number ? '=' : number ? '>' : '<');
  return pad(negative, body, Number(width), where, fill ?? (zero ? '0' : ' '));
}

function pad(sign: string, body: string, width: number, align: string, fill: string): string {
  const space = Math.max(0, width - sign.length - [...body].length);
  if (align === '=') return sign + fill.repeat(space) + body;
  if (align === '<') return sign + body + fill.repeat(space);
  if (align === '^') return fill.repeat(space >> 1) + sign + body + fill.repeat(space - (space >> 1));
  return fill.repeat(space) + sign + body;
}

function formatNumber(
  value: number | bigint | boolean,
  type: string | undefined,
  precision: number | undefined,
): string {
  const integer = typeof value !== 'number';
  if (integer && (type === undefined || type === 'd' || type === 'n')) return BigInt(value).toString();
  if (integer && type && 'xXob'.includes(type)) {
    const text = BigInt(value).toString(type === 'b' ? 2 : type === 'o' ? 8 : 16);
    return type === 'X' ? text.toUpperCase() : text;
  }
  if (integer && type === 'c') return String.fromCodePoint(Number(value));
  const x = Number(value);
  if (!Number.isFinite(x)) return showFloat(x);
  switch (type) {
    case 'f':
    case 'F':
      return fixed(x, precision ?? 6);
    case '%':
      return `${fixed(x * 100, precision ?? 6)}%`;
    case 'e':
    case 'E': {
      const text = exponent(x.toExponential(Math.min(precision ?? 6, 100)));
      return type === 'E' ? text.toUpperCase() : text;
    }
    case undefined:
      return precision === undefined ? showFloat(x) : general(x, precision, true);
    case 'g':
    case 'G':
      return general(x, precision ?? 6, false);
    default:
      throw new PythonError('ValueError', `Unknown format code '${type}' for object of type '${typeName(value)}'`);
  }
}

function fixed(x: number, digits: number): string {
  const text = rounded(Math.abs(x), Math.min(digits, 400));
  return x < 0 || Object.is(x, -0) ? `-${text}` : text;
}

/** Decimal digits of a number from 0, its exact binary value rounded half to even, as C's `printf` does. */
export function rounded(x: number, digits: number): string {
  if (Number.isSafeInteger(x)) return digits > 0 ? `${x}.${'0'.repeat(digits)}` : String(x);
  let exponent = 0;
  let fraction = x;
  for (; !Number.isInteger(fraction); exponent++) fraction *= 2;
  const denominator = 1n << BigInt(exponent);
  const scaled = BigInt(fraction) * 10n ** BigInt(digits);
  let whole = scaled / denominator;
  const twice = 2n * (scaled % denominator);
  if (twice > denominator || (twice === denominator && whole % 2n === 1n)) whole += 1n;
  const text = whole.toString().padStart(digits + 1, '0');
  return digits > 0 ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text;
}

function general(x: number, precision: number, keepPoint: boolean): string {
  const digits = Math.max(1, Math.min(precision, 100));
  if (x === 0) return keepPoint ? '0.0' : '0';
  const power = Number(x.toExponential(digits - 1).split('e')[1]);
  if (power < -4 || power >= digits) {
    const [mantissa = '', tail = ''] = x.toExponential(digits - 1).split('e');
    return exponent(`${mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa}e${tail}`);
  }
  const text = x.toFixed(Math.max(0, digits - 1 - power));
  const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return keepPoint && !short.includes('.') ? `${short}.0` : short;
}

/** `template % values`. */
export function formatPercent(ctx: Interpreter, template: string, values: PyValue): string {
  const args = values instanceof PyTuple ? values.items : [values];
  let next = 0;
  const take = (): PyValue => {
    if (next >= args.length) throw new PythonError('TypeError', 'not enough arguments for format string');
    next += 1;
    return args[next - 1] ?? null;
  };
  const text = template.replace(
    /%(?:\((.*?)\))?([-+ 0#]*)(\*|\d+)?(?:\.(\*|\d+))?[hlL]?([a-zA-Z%])/g,
    (
      _whole,
      key: string | undefined,
      flags: string,
      width: string | undefined,
      precision: string | undefined,
      type: string,
    ) => {
      if (type === '%') return '%';
      const size = width === '*' ? String(indexOf(ctx, take())) : (width ?? '');
      const digits = precision === '*' ? String(indexOf(ctx, take())) : precision;
      const value = key === undefined ? take() : values instanceof PyDict ? (values.get(key) ?? null) : null;
      const left = flags.includes('-') ? '<' : flags.includes('0') && !'sr'.includes(type) ? '' : '>';
      const zero = flags.includes('0') && left === '' ? '0' : '';
      const sign = flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
      const dot = digits === undefined ? '' : `.${digits}`;
      if (type === 'c' && typeof value === 'string') return formatValue(ctx, value, left + size);
      if (type === 's') return formatValue(ctx, ctx.str(value), left + size + dot);
      if (type === 'r' || type === 'a') return formatValue(ctx, ctx.repr(value), left + size + dot);
      if ('diu'.includes(type)) {
        if (typeof value !== 'bigint' && typeof value !== 'number' && typeof value !== 'boolean') {
          throw new PythonError('TypeError', `%${type} format: a number is required, not ${typeName(value)}`);
        }
        return formatValue(ctx, BigInt(Math.trunc(Number(value))), `${left}${sign}${zero}${size}d`);
      }
      return formatValue(ctx, value, `${left}${sign}${zero}${size}${dot}${type}`);
    },
  );
  if (next < args.length && !(values instanceof PyDict)) {
    throw new PythonError('TypeError', 'not all arguments converted during string formatting');
  }
  return text;
}

/** `template.format(*args, **keywords)`. */
export function formatTemplate(
  ctx: Interpreter,
  template: string,
  args: readonly PyValue[],
  keywords: ReadonlyMap<string, PyValue>,
): string {
  let automatic = 0;
  const field = (text: string): string => {
    const inner = /^([^!:]*)(?:!([rsa]))?(?::([\s\S]*))?$/.exec(text);
    const path = inner?.[1] ?? '';
    const head = /^[^.[]*/.exec(path)?.[0] ?? '';
    let value: PyValue | undefined;
    if (head === '' || /^\d+$/.test(head)) value = args[head === '' ? automatic++ : Number(head)];
    else value = keywords.get(head);
    if (value === undefined) {
      if (/^\d*$/.test(head))
        throw new PythonError('IndexError', 'Replacement index out of range for positional args tuple');
      throw new PythonError('KeyError', ctx.repr(head));
    }
    for (const part of path.slice(head.length).matchAll(/\.(\w+)|\[([^\]]*)\]/g)) {
      const name = part[1];
      const key = part[2] ?? '';
      const index: PyValue = /^\d+$/.test(key) ? BigInt(key) : key;
      value = name === undefined ? ctx.item(value, index) : ctx.getattr(value, name);
    }
    const shown =
      inner?.[2] === 'r' || inner?.[2] === 'a' ? ctx.repr(value) : inner?.[2] === 's' ? ctx.str(value) : value;
    const specification = (inner?.[3] ?? '').replace(/\{([^{}]*)\}/g, (_, nested: string) => field(nested));
    return formatValue(ctx, shown, specification);
  };
  return template.replace(/\{\{|\}\}|\{((?:[^{}]|\{[^{}]*\})*)\}/g, (whole, text: string | undefined) => {
    if (whole === '{{') return '{';
    if (whole === '}}') return '}';
    return field(text ?? '');
  });
}
