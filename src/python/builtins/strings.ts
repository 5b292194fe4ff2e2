import { itemAt } from '../../graph/access';
import { say } from '../../language/say';
import type { NativeArguments } from '../natives/arguments';
import type { Context } from '../natives/context';
import { type NativeFunction, native, nativeClass } from '../natives/native';
import { indexOf } from '../run/subscripts';
import { formatTemplate } from '../text/formatTemplate';
import {
  capitalise,
  characters,
  foldCase,
  isPrintable,
  isSpace,
  isTitle,
  part,
  SPACE,
  swapCase,
  TESTS,
  textLength,
  title,
} from '../text/text';
import {
  makePlain,
  type PyClass,
  PyDict,
  PyList,
  PyStaticMethod,
  PyTuple,
  PythonError,
  type PyValue,
  plainOf,
  typeName,
} from '../values/values';

type Text = (text: string, args: NativeArguments, ctx: Context) => PyValue;

function method(parameters: string, body: Text): NativeFunction {
  return native(parameters === '' ? 'self, /' : `self, ${parameters}`, (ctx, args) => {
    const text = args.string('self');
    ctx.spend(text.length >> 6);
    return body(text, args, ctx);
  });
}

/** A method that makes as much text as it is given, or up to three times that: `ŉ` has a capital of two letters. */
function textMethod(change: (text: string) => string): NativeFunction {
  return method('', (text, _, ctx) => {
    room(ctx, text.length);
    return change(text);
  });
}

function strings(ctx: Context, values: readonly string[]): PyList {
  ctx.meter.container(values.length, say('This list'));
  return new PyList([...values]);
}

/** Asks the budget for a text of this many characters. */
function room(ctx: Context, size: number): void {
  ctx.meter.text(size);
}

function strip(text: string, chosen: string | undefined, left: boolean, right: boolean): string {
  const found = characters(text);
  const drop = (character: string): boolean => (chosen === undefined ? isSpace(character) : chosen.includes(character));
  let [start, end] = [0, found.length];
  while (left && start < end && drop(itemAt(found, start))) start += 1;
  while (right && end > start && drop(itemAt(found, end - 1))) end -= 1;
  return typeof found === 'string' ? found.slice(start, end) : found.slice(start, end).join('');
}

/** The part of a text that `start` and `end` name, and where it begins; undefined where they are past each other. */
function region(text: string, args: NativeArguments, ctx: Context): { text: string; start: number } | undefined {
  if (args.isNone('start') && args.isNone('end')) return { text, start: 0 };
  const length = textLength(text);
  const place = (name: string, otherwise: number): number => {
    if (args.isNone(name)) return otherwise;
    const index = indexOf(ctx, args.get(name));
    return index < 0 ? Math.max(index + length, 0) : index;
  };
  const [start, end] = [place('start', 0), Math.min(place('end', length), length)];
  return start > end ? undefined : { text: part(text, start, end), start };
}

const RANGE = 'start=None, end=None, /';

/** `find` and `rfind`: −1 where there is none. */
function place(last: boolean, missing: () => number): NativeFunction {
  return method(`sub, ${RANGE}`, (text, args, ctx) => {
    const wanted = args.string('sub');
    const found = region(text, args, ctx);
    const at = found ? (last ? found.text.lastIndexOf(wanted) : found.text.indexOf(wanted)) : -1;
    return BigInt(found && at >= 0 ? found.start + textLength(found.text.slice(0, at)) : missing());
  });
}

const raiseNotFound = (): never => {
  throw new PythonError('ValueError', 'substring not found');
};

function affix(name: string, test: (text: string, part: string) => boolean): NativeFunction {
  return method(`prefix, ${RANGE}`, (text, args, ctx) => {
    const value = args.get('prefix');
    const found = region(text, args, ctx);
    if (typeof value !== 'string' && !(value instanceof PyTuple)) {
      throw new PythonError('TypeError', `${name} first arg must be str or a tuple of str, not ${typeName(value)}`);
    }
    const parts = value instanceof PyTuple ? value.items : [value];
    return parts.some((each) => {
      if (typeof each === 'string') return found !== undefined && test(found.text, each);
      throw new PythonError('TypeError', `tuple for ${name} must only contain str, not ${typeName(each)}`);
    });
  });
}

const WORD = new RegExp(`[^${SPACE}]+`, 'g');

/** `split` at white space, from the left or the right. */
function words(text: string, limit: number, fromRight: boolean): string[] {
  const found = text.match(WORD) ?? [];
  if (limit < 0 || found.length <= limit) return found;
  if (limit === 0) return [strip(text, undefined, !fromRight, fromRight)];
  const places = [...text.matchAll(WORD)].map((match) => match.index);
  if (fromRight) {
    const cut = found.length - limit;
    const last = itemAt(places, cut - 1) + itemAt(found, cut - 1).length;
    return [text.slice(0, last), ...found.slice(cut)];
  }
  return [...found.slice(0, limit), text.slice(itemAt(places, limit))];
}

function split(fromRight: boolean): NativeFunction {
  return method('sep=None, maxsplit=-1', (text, args, ctx) => {
    const separator = args.get('sep');
    const limit = indexOf(ctx, args.get('maxsplit'));
    if (separator === null) return strings(ctx, words(text, limit, fromRight));
    if (typeof separator !== 'string') return ctx.raise('TypeError', `must be str or None, not ${typeName(separator)}`);
    if (separator === '') return ctx.raise('ValueError', 'empty separator');
    const parts = text.split(separator);
    if (limit < 0 || parts.length <= limit + 1) return strings(ctx, parts);
    const cut = fromRight ? parts.length - limit : limit;
    return strings(
      ctx,
      fromRight
        ? [parts.slice(0, cut).join(separator), ...parts.slice(cut)]
        : [...parts.slice(0, cut), parts.slice(cut).join(separator)],
    );
  });
}

const ENDS = '\\n\\r\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029';
const LINE = new RegExp(`\\r\\n|[${ENDS}]`, 'g');

function lines(text: string, keep: boolean): string[] {
  const result: string[] = [];
  let from = 0;
  for (const { 0: end, index } of text.matchAll(LINE)) {
    result.push(text.slice(from, keep ? index + end.length : index));
    from = index + end.length;
  }
  if (from < text.length) result.push(text.slice(from));
  return result;
}

function replace(ctx: Context, text: string, from: string, to: string, count: number): string {
  const every = count < 0 ? Infinity : count;
  // Between all characters, where there is nothing to look for.
  const parts = from === '' ? ['', ...text, ''] : text.split(from);
  const times = Math.min(parts.length - 1, every);
  room(ctx, text.length + times * Math.max(0, to.length - from.length));
  if (times === parts.length - 1) return parts.join(to);
  return parts.slice(0, times).join(to) + (times > 0 ? to : '') + parts.slice(times).join(from);
}

function partition(last: boolean): NativeFunction {
  return method('sep', (text, args) => {
    const separator = args.string('sep');
    if (separator === '') throw new PythonError('ValueError', 'empty separator');
    const at = last ? text.lastIndexOf(separator) : text.indexOf(separator);
    if (at < 0) return new PyTuple(last ? ['', '', text] : [text, '', '']);
    return new PyTuple([text.slice(0, at), separator, text.slice(at + separator.length)]);
  });
}

function padding(place: (space: number, width: number) => number): NativeFunction {
  return method("width, fillchar=' '", (text, args, ctx) => {
    const width = indexOf(ctx, args.get('width'));
    const fill = args.get('fillchar');
    if (typeof fill !== 'string') {
      return ctx.raise('TypeError', `The fill character must be a unicode character, not ${typeName(fill)}`);
    }
    if (textLength(fill) !== 1) ctx.raise('TypeError', 'The fill character must be exactly one character long');
    const space = Math.max(0, width - textLength(text));
    room(ctx, text.length + space * fill.length);
    const left = place(space, width);
    return fill.repeat(left) + text + fill.repeat(space - left);
  });
}

function join(ctx: Context, text: string, value: PyValue): string {
  const items = ctx.finish(ctx.collect(value, () => 'can only join an iterable'));
  let size = 0;
  const parts = items.map((given, index) => {
    const item = plainOf(given);
    if (typeof item !== 'string') {
      throw new PythonError(
        'TypeError',
        `sequence item ${index}: expected str instance, ${ctx.typeOf(item).name} found`,
      );
    }
    size += item.length + (index > 0 ? text.length : 0);
    return item;
  });
  room(ctx, size);
  return parts.join(text);
}

function translate(ctx: Context, text: string, table: PyDict): string {
  let result = '';
  for (const c of text) {
    const to = table.get(BigInt(c.codePointAt(0) ?? 0));
    if (to === undefined) result += c;
    else if (typeof to === 'bigint') result += String.fromCodePoint(Number(to));
    else if (typeof to === 'string') result += to;
    else if (to !== null) ctx.raise('TypeError', 'character mapping must return integer, None or str');
    if (result.length > ctx.meter.budget.container) room(ctx, result.length);
  }
  room(ctx, result.length);
  return result;
}

function translationTable(ctx: Context, args: NativeArguments): PyDict {
  const code = (c: string): bigint => BigInt(c.codePointAt(0) ?? 0);
  const from = args.get('x');
  const table = new PyDict();
  if (args.isNone('y')) {
    if (!(from instanceof PyDict)) {
      return ctx.raise('TypeError', 'if you give only one argument to maketrans it must be a dict');
    }
    for (const [key, value] of from.entries()) {
      if (typeof key === 'string' && textLength(key) !== 1) {
        ctx.raise('ValueError', 'string keys in translate table must be of length 1');
      }
      table.set(typeof key === 'string' ? code(key) : key, value);
    }
    return table;
  }
  const [keys, values] = [[...ctx.str(from)], [...args.string('y')]];
  if (keys.length !== values.length) {
    ctx.raise('ValueError', 'the first two maketrans arguments must have equal length');
  }
  keys.forEach((c, i) => {
    table.set(code(c), code(itemAt(values, i)));
  });
  for (const c of args.optionalString('z') ?? '') table.set(code(c), null);
  return table;
}

function expandTabs(ctx: Context, text: string, size: number): string {
  let column = 0;
  let result = '';
  for (const c of text) {
    const width = c === '\t' && size > 0 ? size - (column % size) : 0;
    if (width > 0) room(ctx, result.length + width);
    result += c === '\t' ? ' '.repeat(width) : c;
    column = c === '\n' || c === '\r' ? 0 : c === '\t' ? column + width : column + 1;
  }
  return result;
}

/** `str` with its methods. */
export function stringClass(object: PyClass): PyClass {
  const tests = Object.entries(TESTS).map(([name, test]) => [name, method('', (text) => test.test(text))] as const);
  return nativeClass('str', [object], {
    __new__: native("cls, value='', encoding=None, errors=None", (ctx, args) =>
      makePlain(args.get('cls'), ctx.str(args.get('value'))),
    ),
    __init__: native('self, *args, **kwargs', () => null),
    __len__: method('', (text) => BigInt(textLength(text))),
    ...Object.fromEntries(tests),
    isprintable: method('', (text) => [...text].every(isPrintable)),
    istitle: method('', isTitle),
    upper: textMethod((text) => text.toUpperCase()),
    lower: textMethod((text) => text.toLowerCase()),
    casefold: textMethod(foldCase),
    capitalize: textMethod(capitalise),
    title: textMethod(title),
    swapcase: textMethod(swapCase),
    strip: method('chars=None', (text, args) => strip(text, args.optionalString('chars'), true, true)),
    lstrip: method('chars=None', (text, args) => strip(text, args.optionalString('chars'), true, false)),
    rstrip: method('chars=None', (text, args) => strip(text, args.optionalString('chars'), false, true)),
    split: split(false),
    rsplit: split(true),
    splitlines: method('keepends=False', (text, args, ctx) => strings(ctx, lines(text, args.bool('keepends')))),
    join: method('iterable', (text, args, ctx) => join(ctx, text, args.get('iterable'))),
    replace: method('old, new, count=-1', (text, args, ctx) =>
      replace(ctx, text, args.string('old'), args.string('new'), args.int('count')),
    ),
    startswith: affix('startswith', (text, each) => text.startsWith(each)),
    endswith: affix('endswith', (text, each) => text.endsWith(each)),
    removeprefix: method('prefix', (text, args) => {
      const prefix = args.string('prefix');
      return text.startsWith(prefix) ? text.slice(prefix.length) : text;
    }),
    removesuffix: method('suffix', (text, args) => {
      const suffix = args.string('suffix');
      return suffix && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
    }),
    find: place(false, () => -1),
    rfind: place(true, () => -1),
    index: place(false, raiseNotFound),
    rindex: place(true, raiseNotFound),
    count: method(`sub, ${RANGE}`, (text, args, ctx) => {
      const wanted = args.string('sub');
      const found = region(text, args, ctx);
      if (!found) return 0n;
      return BigInt(wanted === '' ? textLength(found.text) + 1 : found.text.split(wanted).length - 1);
    }),
    partition: partition(false),
    rpartition: partition(true),
    expandtabs: method('tabsize=8', (text, args, ctx) => expandTabs(ctx, text, args.int('tabsize'))),
    translate: method('table', (text, args, ctx) => {
      const table = args.get('table');
      return table instanceof PyDict ? translate(ctx, text, table) : text;
    }),
    maketrans: new PyStaticMethod(native('x, y=None, z=None', translationTable)),
    ljust: padding(() => 0),
    rjust: padding((space) => space),
    center: padding((space, width) => (space >> 1) + (space & width & 1)),
    zfill: method('width', (text, args, ctx) => {
      const sign = /^[+-]/.exec(text)?.[0] ?? '';
      const zeros = Math.max(0, indexOf(ctx, args.get('width')) - textLength(text));
      room(ctx, text.length + zeros);
      return sign + '0'.repeat(zeros) + text.slice(sign.length);
    }),
    format: native('self, *args, **kwargs', (ctx, args) =>
      formatTemplate(ctx, args.string('self'), args.rest('args'), args.keywords('kwargs')),
    ),
    format_map: method('mapping', (text, args, ctx) => {
      const values = new Map<string, PyValue>();
      const mapping = args.get('mapping');
      if (mapping instanceof PyDict) for (const [key, value] of mapping.entries()) values.set(ctx.str(key), value);
      return formatTemplate(ctx, text, [], values);
    }),
    encode: method("encoding='utf-8'", (text) => text),
  });
}
