import { say } from '../../language/say';
import { numberOf } from '../arguments';
import { interpreter } from '../builtins/types';
import { showFloat } from '../format';
import type { Interpreter } from '../interpreter';
import { type Context, native } from '../native';
import { PyDict, PyList, PyTuple, PythonError, type PyValue, typeName, Unknown } from '../values';

/** A string or a number of JSON. */
const TOKEN = /"(?:\\.|[^"\\])*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** Marks integers among strings. */
const INTEGER = '\0int';

/** `json`: text only, no files. */
export function jsonModule(ctx: Interpreter): Record<string, PyValue> {
  return {
    loads: native('s', (own, args) => {
      if (args.get('s') instanceof Unknown) return args.get('s');
      let value: unknown;
      try {
        // Numbers keep how they were written: `1` is an int, `1.0` a float.
        const marked = args
          .string('s')
          .replace(TOKEN, (token) => (/^-?\d+$/.test(token) ? JSON.stringify(INTEGER + token) : token));
        value = JSON.parse(marked);
      } catch (error) {
        throw new PythonError('ValueError', error instanceof Error ? error.message : String(error));
      }
      return fromJson(own, value);
    }),
    dumps: native('obj, *, indent=None, sort_keys=False, **kwargs', (own, args) =>
      args.get('obj') instanceof Unknown ? args.get('obj') : toJson(own, args.get('obj'), args.bool('sort_keys'), 0),
    ),
    load: native('fp', () => new Unknown(say('files are not opened'), ctx.range)),
    dump: native('*args, **kwargs', () => null),
    JSONDecodeError: ctx.classes.exceptions.get('ValueError') ?? ctx.classes.object,
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

function toJson(ctx: Context, value: PyValue, sorted: boolean, depth: number): string {
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
  if (typeof value === 'string') return quoted(value);
  const inner = (item: PyValue) => toJson(ctx, item, sorted, depth + 1);
  if (value instanceof PyList || value instanceof PyTuple) return `[${value.items.map(inner).join(', ')}]`;
  if (value instanceof PyDict) {
    const entries = value
      .entries()
      .map(([key, item]) => [typeof key === 'string' ? key : toJson(ctx, key, sorted, depth), item] as const);
    if (sorted) entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${quoted(key)}: ${inner(item)}`).join(', ')}}`;
  }
  const number = numberOf(value);
  if (number !== undefined) return interpreter(ctx).str(value);
  throw new PythonError('TypeError', `Object of type ${typeName(value)} is not JSON serializable`);
}

/** Text as JSON with ASCII characters alone, as Python writes it. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
