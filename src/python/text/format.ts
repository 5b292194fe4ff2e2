import type { Context } from '../natives/context';
import { NativeFunction } from '../natives/native';
import { PyIterator } from '../values/iteration';
import { PyFunction } from '../values/scope';
import {
  Ellipsis,
  identityOf,
  PyBoundMethod,
  PyClass,
  PyComplex,
  PyComplexDtype,
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
  plainOf,
  typeName,
  Unknown,
} from '../values/values';
import { showFloat } from './decimals';
import { isPrintable } from './text';

/** `str(value)`. */
export function showStr(ctx: Context, value: PyValue): string {
  if (typeof value === 'string') return value;
  if (value instanceof PyObject && !(value instanceof PyClass)) {
    const method = ctx.typeOf(value).lookup('__str__');
    if (method !== undefined) return requireText(ctx.call(method, [value]), '__str__');
    const plain = plainOf(value);
    if (typeof plain === 'string') return plain;
  }
  return showRepr(ctx, value);
}

/** What a `__str__` or `__repr__` gave. */
function requireText(result: PyValue, name: string): string {
  if (typeof result === 'string') return result;
  if (result instanceof Unknown) return '<unknown>';
  throw new PythonError('TypeError', `${name} returned non-string (type ${typeName(result)})`);
}

/** `repr(value)`. */
export function showRepr(ctx: Context, value: PyValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'bigint') {
    ctx.decimal(value);
    return value.toString();
  }
  if (typeof value === 'number') return showFloat(value);
  if (typeof value === 'string') return quote(value);
  ctx.meter.spend(1);
  // Native containers show their items by the same way: what holds itself is found out here.
  if (ctx.showing.has(value)) return cycle(value);
  ctx.showing.add(value);
  try {
    const method =
      value instanceof PyClass || value instanceof Unknown ? undefined : ctx.typeOf(value).lookup('__repr__');
    if (method !== undefined) return requireText(ctx.call(method, [value]), '__repr__');
    const plain = plainOf(value);
    if (plain !== value) return showRepr(ctx, plain);
    return ctx.nest(() => showOwn(ctx, value));
  } finally {
    ctx.showing.delete(value);
  }
}

/** A container inside of itself. */
function cycle(value: PyObject): string {
  if (value instanceof PyTuple) return '(...)';
  if (value instanceof PyDict) return '{...}';
  return value instanceof PyList && !value.cls ? '[...]' : '...';
}

/** Shown items, joined; asks the budget for the room that they take. */
function joinItems(ctx: Context, items: readonly string[]): string {
  const size = items.reduce((sum, item) => sum + item.length + 2, 0);
  ctx.meter.text(size);
  return items.join(', ');
}

/** `repr` of what has no `__repr__` of its own. */
function showOwn(ctx: Context, value: PyObject): string {
  const inner = (item: PyValue): string => showRepr(ctx, item);
  const list = (items: readonly PyValue[]): string => joinItems(ctx, items.map(inner));
  if (value instanceof PyList) return `[${list(value.items)}]`;
  if (value instanceof PyTuple) return `(${list(value.items)}${value.items.length === 1 ? ',' : ''})`;
  if (value instanceof PyDict) return showDict(ctx, value);
  if (value instanceof PySet) {
    if (value.size === 0) return `${value.frozen ? 'frozenset' : 'set'}()`;
    const body = `{${list([...value])}}`;
    return value.frozen ? `frozenset(${body})` : body;
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
  if (value instanceof PyComplexDtype) return `torch.${value.name}`;
  if (value instanceof PyComplex) return `tensor(..., size=(${value.real.type.shape.join(', ')}), dtype=torch.complex)`;
  if (value instanceof PyDevice) {
    return `device(type='${value.type}'${value.index === null ? '' : `, index=${value.index}`})`;
  }
  if (value instanceof PyTensor) return `tensor(..., size=(${value.type.shape.join(', ')}))`;
  if (value instanceof PyIterator) return `<generator object at ${address(value)}>`;
  if (value instanceof Unknown) return '<unknown>';
  const cls = ctx.typeOf(value);
  return `<${cls.module === 'builtins' ? '' : `${cls.module}.`}${cls.qualifiedName} object at ${address(value)}>`;
}

function showDict(ctx: Context, value: PyDict): string {
  const inner = (item: PyValue): string => showRepr(ctx, item);
  const entries = value.entries();
  if (value.cls?.mro.some((cls) => cls.name === 'OrderedDict')) {
    const pairs = entries.map(([key, item]) => `(${inner(key)}, ${inner(item)})`);
    return `${value.cls.name}(${pairs.length > 0 ? `[${joinItems(ctx, pairs)}]` : ''})`;
  }
  const body = `{${joinItems(
    ctx,
    entries.map(([key, item]) => `${inner(key)}: ${inner(item)}`),
  )}}`;
  return value.cls?.name === 'defaultdict' ? `defaultdict(${inner(value.factory)}, ${body})` : body;
}

function address(value: PyObject): string {
  return `0x${(0x7f0000000000 + identityOf(value) * 16).toString(16)}`;
}

/** `repr` of a text. */
export function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  let body = '';
  for (const character of text) {
    if (character === '\\' || character === mark) body += `\\${character}`;
    else if (character === '\n') body += '\\n';
    else if (character === '\r') body += '\\r';
    else if (character === '\t') body += '\\t';
    else body += isPrintable(character) ? character : escapeCharacter(character);
  }
  return mark + body + mark;
}

/** A character by its number: `\x1f`, `\u2028`. */
function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const [letter, digits] = code < 256 ? ['x', 2] : code < 65536 ? ['u', 4] : ['U', 8];
  return `\\${letter}${code.toString(16).padStart(Number(digits), '0')}`;
}

/** `ascii(value)`, given its `repr`. */
export function escapeNonAscii(text: string): string {
  return text.replace(/[^\0-\x7f]/gu, escapeCharacter);
}

/** `value!r` and the like. */
export function convert(ctx: Context, value: PyValue, conversion: string | undefined): PyValue {
  if (conversion === 's') return ctx.str(value);
  if (conversion === 'r') return ctx.repr(value);
  return conversion === 'a' ? escapeNonAscii(ctx.repr(value)) : value;
}
