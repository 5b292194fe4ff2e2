/** What of a call is known where some of its arguments are not: plain values, as they are written. */
import type { SourceRange } from '../graph/types';
import { type Keywords, PyClass, PyDict, PyList, PyTuple, type PyValue, Unknown } from '../python/values/values';

export interface CallParts {
  /** By the names of parameters. */
  readonly known: ReadonlyMap<string, string>;
  /** What is given there and could not be read. */
  readonly unknown: readonly string[];
  readonly source: SourceRange;
}

/**
 * The plain arguments of a call, by the names of parameters.
 * @param file of what is called, whose own classes are named
 * @returns undefined where none is known
 */
export function partsOf(
  parameters: readonly { readonly name: string }[],
  args: readonly PyValue[],
  keywords: Keywords | undefined,
  source: SourceRange,
  file: string | undefined,
): CallParts | undefined {
  const named = new Map<string, PyValue>(keywords);
  for (const [index, value] of args.entries()) {
    const name = parameters[index]?.name;
    if (name === undefined) return undefined;
    named.set(name, value);
  }
  const known = new Map<string, string>();
  const unknown: string[] = [];
  for (const [name, value] of named) {
    const text = writtenText(value, file);
    if (text === undefined) unknown.push(name);
    else known.set(name, text);
  }
  return known.size > 0 ? { known, unknown, source } : undefined;
}

/** A value as it is written in Python; undefined of what is not plain. */
function writtenText(value: PyValue, file: string | undefined): string | undefined {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'bigint') return `${value}`;
  if (typeof value === 'number') return Number.isFinite(value) ? decimal(value) : undefined;
  if (typeof value === 'string') return /^[^'\\\n\r]{0,80}$/.test(value) ? `'${value}'` : undefined;
  if (value instanceof Unknown) return undefined;
  if (value instanceof PyClass) return value.range && value.range.file === file ? value.name : undefined;
  if (!(value instanceof PyList || value instanceof PyTuple) || value instanceof PyDict) return undefined;
  const items = value.items.map((item) => writtenText(item, file));
  if (items.length > MOST || items.some((item) => item === undefined)) return undefined;
  if (value instanceof PyList) return `[${items.join(', ')}]`;
  return items.length === 1 ? `(${items[0]},)` : `(${items.join(', ')})`;
}

/** Whether a value is not known, or a list, a tuple or a table holds one that is not. */
export function holdsUnknown(value: PyValue, depth = 0): boolean {
  if (value instanceof Unknown) return true;
  if (depth >= DEEPEST || !(value instanceof PyList || value instanceof PyTuple || value instanceof PyDict))
    return false;
  const items = value instanceof PyDict ? [...value.values()] : value.items;
  return items.slice(0, MOST).some((item) => holdsUnknown(item, depth + 1));
}

/** How many lists stand inside of one another. */
const DEEPEST = 3;
/** Values of one list. */
const MOST = 32;

const decimal = (value: number): string =>
  Number.isInteger(value) && Math.abs(value) < 1e15 ? `${value}.0` : `${value}`;
