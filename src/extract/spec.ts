import { say } from '../language/say';
import { python, pythonName } from '../syntax/identifiers';
import { dtypeNamed, formatElements, parseElements, type TensorSpec } from './elements';

export type { TensorSpec } from './elements';

/** A plain value of Python; `form` tells numbers apart. */
export interface ConstantSpec {
  readonly constant: null | boolean | number | string;
  readonly form?: 'int' | 'float';
}

/** What one parameter of `forward` takes: a tensor, a plain value, or several of them put together. */
export type InputValue =
  | TensorSpec
  | ConstantSpec
  | { readonly form: 'tuple' | 'list'; readonly items: readonly InputValue[] }
  | { readonly form: 'dict'; readonly entries: readonly (readonly [key: string, value: InputValue])[] }
  /** An object of a class of the code, by what it holds: it is made without its `__init__`. */
  | {
      readonly form: 'object';
      readonly cls: string;
      readonly entries: readonly (readonly [key: string, value: InputValue])[];
    };

/** A model input as given: `name` picks a parameter of `forward`. */
export type InputSpec = InputValue & { readonly name?: string };

const CONSTANTS: ReadonlyMap<string, null | boolean> = new Map([
  ['None', null],
  ['True', true],
  ['False', false],
]);

const OPEN = '([{';
const CLOSE = ')]}';

const named = new RegExp(`^\\s*(${python.name})\\s*=\\s*(.*)$`, 'su');
const keyed = new RegExp(`^\\s*(?:(['"])(.*?)\\1|(${python.name}))\\s*[=:]\\s*(.*)$`, 'su');
const written = /^([\d\s×xX,*]*?)\s*(?::\s*(\w+))?$/;
const numeral = /^(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)\s*:\s*(int|float)$/;
const text = /^(['"])(.*)\1$/s;
const object = new RegExp(`^(${python.name}(?:\\.${python.name})*)\\s*\\(`, 'u');

/**
 * `1x3x32x32`, `2x16:int64`, `mask=1x16:bool`; `None`, `True`, `3:int`, `0.5:float`, `'text'`; and put together
 * `(1x2x8, 1x2x8)`, `[1x3x32x32, 1x3x64x64]`, `{ids: 1x16:int64, mask: 1x16:bool}`, `Batch(image=1x3x32x32, mask=None)`;
 * elements, where they matter: `tensor([[0, 1], [1, 0]])`.
 * @throws Error saying what is wrong with the text.
 */
export function parseInputSpec(text: string): InputSpec {
  const [, name, rest] = named.exec(text) ?? [];
  if (name === undefined) return parseValue(text, text);
  return { name: pythonName(name), ...parseValue(rest ?? '', text) };
}

/** Several, separated by commas or spaces outside brackets. @throws Error naming the part that is none. */
export function parseInputSpecs(text: string): InputSpec[] {
  return split(text, /[,\s]/).map(parseInputSpec);
}

function parseValue(part: string, whole: string): InputValue {
  const value = part.trim();
  const open = value === '' ? -1 : OPEN.indexOf(value.slice(0, 1));
  if (open >= 0) {
    if (value.length < 2 || value.at(-1) !== CLOSE[open]) throw new Error(say('"{0}" is not closed', value));
    const parts = split(value.slice(1, -1), /,/);
    if (open < 2) {
      const items = parts.map((item) => parseValue(item, whole));
      const [only] = items;
      // Parentheses around one thing are no tuple, as in Python.
      if (open === 0 && only && items.length === 1 && !/,\s*\)$/.test(value)) return only;
      return { form: open === 0 ? 'tuple' : 'list', items };
    }
    return { form: 'dict', entries: parts.map((item) => parseEntry(item, whole)) };
  }
  const tensor = parseElements(value);
  if (tensor) return tensor;
  const cls = object.exec(value)?.[1];
  if (cls !== undefined) {
    const inside = value.slice(value.indexOf('('));
    if (!inside.endsWith(')')) throw new Error(say('"{0}" is not closed', value));
    const parts = split(inside.slice(1, -1), /,/);
    return {
      form: 'object',
      cls: cls.split('.').map(pythonName).join('.'),
      entries: parts.map((item) => parseEntry(item, whole)),
    };
  }
  const constant = CONSTANTS.get(value);
  if (constant !== undefined) return { constant };
  const quoted = text.exec(value);
  if (quoted) return { constant: quoted[2] ?? '' };
  const [, number, form] = numeral.exec(value) ?? [];
  if (number !== undefined && form !== undefined) return numberSpec(Number(number), form as 'int' | 'float', value);
  return parseTensor(value, whole);
}

function numberSpec(constant: number, form: 'int' | 'float', value: string): ConstantSpec {
  const fits = form === 'int' ? Number.isSafeInteger(constant) : Number.isFinite(constant);
  if (!fits) throw new Error(say('"{0}" is not a number of that kind', value));
  return { constant, form };
}

function parseEntry(item: string, whole: string): [string, InputValue] {
  const entry = keyed.exec(item);
  if (!entry) throw new Error(say('"{0}" is not a key with its value, such as ids: 1x16:int64', item.trim()));
  return [entry[2] ?? entry[3] ?? '', parseValue(entry[4] ?? '', whole)];
}

function parseTensor(value: string, whole: string): TensorSpec {
  const parsed = written.exec(value);
  if (!parsed) throw new Error(say('"{0}" is not a shape', whole));
  const [, sizes = '', type = 'float32'] = parsed;
  const shape = sizes.trim() === '' ? [] : sizes.split(/\s*[×x,*]\s*/i).map(Number);
  // An empty sequence between others may be meant: `1x0x256`.
  const isInner = (axis: number) => axis > 0 && axis < shape.length - 1;
  const wrong = shape.find((size, axis) => !Number.isSafeInteger(size) || size < (isInner(axis) ? 0 : 1));
  if (wrong !== undefined || (shape.length === 0 && !value.includes(':')))
    throw new Error(say('"{0}" is not a shape', whole));
  return { shape, dtype: dtypeNamed(type) };
}

/** The parts of a text between separators that stand outside brackets and quotes; no empty ones. */
function split(whole: string, separator: RegExp): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = '';
  let part = '';
  for (const sign of whole) {
    if (quote) quote = sign === quote ? '' : quote;
    else if (sign === '"' || sign === "'") quote = sign;
    else if (OPEN.includes(sign)) depth += 1;
    else if (CLOSE.includes(sign)) depth -= 1;
    if (depth <= 0 && !quote && separator.test(sign)) {
      parts.push(part);
      part = '';
    } else part += sign;
  }
  return [...parts, part].filter((each) => each.trim() !== '');
}

/** The text that `parseInputSpec` reads as this. */
export function formatInputSpec(spec: InputSpec): string {
  return spec.name === undefined ? formatValue(spec) : `${spec.name}=${formatValue(spec)}`;
}

/** Several, as the panel's field holds them. */
export const formatInputSpecs = (specs: readonly InputSpec[]): string => specs.map(formatInputSpec).join(', ');

function formatValue(value: InputValue): string {
  if ('shape' in value) {
    if (value.values) return formatElements(value, value.values);
    const scalar = value.shape.length === 0;
    return `${value.shape.join('x')}${value.dtype === 'float32' && !scalar ? '' : `:${value.dtype}`}`;
  }
  if ('constant' in value) {
    if (value.form) return `${value.constant}:${value.form}`;
    if (typeof value.constant === 'string')
      return value.constant.includes("'") ? `"${value.constant}"` : `'${value.constant}'`;
    return value.constant === null ? 'None' : value.constant ? 'True' : 'False';
  }
  if (value.form === 'dict') {
    const key = (each: string) =>
      pythonName(each) === each && new RegExp(`^${python.name}$`, 'u').test(each) ? each : `'${each}'`;
    return `{${value.entries.map(([each, inner]) => `${key(each)}: ${formatValue(inner)}`).join(', ')}}`;
  }
  if (value.form === 'object') {
    return `${value.cls}(${value.entries.map(([each, inner]) => `${each}=${formatValue(inner)}`).join(', ')})`;
  }
  const items = value.items.map(formatValue).join(', ');
  return value.form === 'list' ? `[${items}]` : `(${items}${value.items.length === 1 ? ',' : ''})`;
}

/** The same with another tensor for each of which only the shape is given. */
export function mapTensors<T extends InputValue>(value: T, change: (tensor: TensorSpec) => TensorSpec): T {
  if ('shape' in value) return value.values ? value : { ...value, ...change(value) };
  if ('items' in value) return { ...value, items: value.items.map((item) => mapTensors(item, change)) };
  if ('entries' in value) {
    return { ...value, entries: value.entries.map(([key, inner]) => [key, mapTensors(inner, change)] as const) };
  }
  return value;
}

/** The tensors in a value, in order. */
export function tensorsOf(value: InputValue): TensorSpec[] {
  if ('shape' in value) return [value];
  if ('items' in value) return value.items.flatMap(tensorsOf);
  return 'entries' in value ? value.entries.flatMap(([, inner]) => tensorsOf(inner)) : [];
}
