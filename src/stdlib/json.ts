import { numberOf } from '../python/natives/arguments';
import type { Context } from '../python/natives/context';
import { native, nativeClass } from '../python/natives/native';
import { showFloat } from '../python/text/decimals';
import { errorFor } from '../python/values/exceptions';
import { PyDict, PyList, PyTuple, PythonError, type PyValue, typeName, Unknown } from '../python/values/values';

/** A string or a number of JSON. */
const TOKEN = /"(?:\\.|[^"\\])*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** Marks integers among strings. */
const INTEGER = '\0int';

/** `json`: text only, no files. */
export function jsonModule(ctx: Context): Record<string, PyValue> {
  const decodeError = nativeClass(
    'JSONDecodeError',
    [ctx.classes.exceptions.get('ValueError') ?? ctx.classes.object],
    {},
    'json.decoder',
  );
  return {
    loads: native('s, **kwargs', (own, args) => {
      if (args.get('s') instanceof Unknown) return args.get('s');
      let value: unknown;
      try {
        // Numbers keep how they were written: `1` is an int, `1.0` a float.
        const marked = args
          .string('s')
          .replace(TOKEN, (token) => (/^-?\d+$/.test(token) ? JSON.stringify(INTEGER + token) : token));
        value = JSON.parse(marked);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        throw errorFor(own.call(decodeError, [message]), (item) => own.str(item));
      }
      return fromJson(own, value);
    }),
    dumps: native('obj, *, indent=None, sort_keys=False, separators=None, **kwargs', (own, args) => {
      if (args.get('obj') instanceof Unknown) return args.get('obj');
      const step = args.get('indent');
      const indent = typeof step === 'string' ? step : step === null ? undefined : ' '.repeat(args.int('indent'));
      const [comma, colon] = args.isNone('separators')
        ? [indent === undefined ? ', ' : ',', ': ']
        : own.list(args.get('separators')).map(String);
      const style = { indent, comma: comma ?? ', ', colon: colon ?? ': ', sorted: args.bool('sort_keys') };
      return toJson(own, args.get('obj'), style, 0);
    }),
    load: native('fp, **kwargs', (own, args) => {
      const file = args.get('fp');
      if (file instanceof Unknown) return file;
      const loads = own.nativeModule('json')?.members.get('loads');
      return own.call(loads ?? null, [own.call(own.getattr(file, 'read'))]);
    }),
    dump: native('*args, **kwargs', () => null),
    JSONDecodeError: decodeError,
  };
}

function fromJson(ctx: Context, value: unknown): PyValue {
  ctx.spend(1);
  if (typeof value === 'string') return value.startsWith(INTEGER) ? BigInt(value.slice(INTEGER.length)) : value;
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value;
  if (Array.isArray(value)) return new PyList(value.map((item: unknown) => fromJson(ctx, item)));
  if (typeof value !== 'object') return null;
  return PyDict.from(
    Object.entries(value).map(([key, item]: [string, unknown]) => [key, fromJson(ctx, item)] as const),
  );
}

/** How JSON is laid out. */
interface Style {
  readonly indent: string | undefined;
  readonly comma: string;
  readonly colon: string;
  readonly sorted: boolean;
}

function toJson(ctx: Context, value: PyValue, style: Style, depth: number): string {
  ctx.spend(1);
  if (depth > 100) throw new PythonError('ValueError', 'Circular reference detected');
  if (value === null) return 'null';
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number')
    return Number.isFinite(value)
      ? showFloat(value)
      : Number.isNaN(value)
        ? 'NaN'
        : value > 0
          ? 'Infinity'
          : '-Infinity';
  if (typeof value === 'string') return quote(value);
  const inner = (item: PyValue) => toJson(ctx, item, style, depth + 1);
  const enclose = (open: string, parts: readonly string[], close: string): string => {
    ctx.meter.text(parts.reduce((sum, part) => sum + part.length + 2, 0));
    if (style.indent === undefined || parts.length === 0) return open + parts.join(style.comma) + close;
    const line = `\n${style.indent.repeat(depth + 1)}`;
    return `${open}${line}${parts.join(style.comma + line)}\n${style.indent.repeat(depth)}${close}`;
  };
  if (value instanceof PyList || value instanceof PyTuple) return enclose('[', value.items.map(inner), ']');
  if (value instanceof PyDict) {
    const entries = value
      .entries()
      .map(([key, item]) => [typeof key === 'string' ? key : toJson(ctx, key, style, depth), item] as const);
    if (style.sorted) entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return enclose(
      '{',
      entries.map(([key, item]) => `${quote(key)}${style.colon}${inner(item)}`),
      '}',
    );
  }
  const number = numberOf(value);
  if (number !== undefined) return ctx.str(value);
  throw new PythonError('TypeError', `Object of type ${typeName(value)} is not JSON serializable`);
}

/** Text as JSON with ASCII characters alone, as Python writes it. */
function quote(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
