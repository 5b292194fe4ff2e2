import { say } from '../../language/say';
import type { NativeArguments } from '../arguments';
import { formatTemplate } from '../format';
import { type Context, type NativeFunction, native, nativeClass } from '../native';
import { type PyClass, PyDict, PyList, PyStaticMethod, PyTuple, PythonError, type PyValue } from '../values';
import { interpreter } from './types';

type Text = (text: string, args: NativeArguments, ctx: Context) => PyValue;

function method(parameters: string, body: Text): NativeFunction {
  return native(parameters === '' ? 'self' : `self, ${parameters}`, (ctx, args) =>
    body(args.string('self'), args, ctx),
  );
}

function strings(values: readonly string[]): PyList {
  return new PyList([...values]);
}

function stripped(text: string, characters: string | undefined, left: boolean, right: boolean): string {
  const drop = (character: string | undefined): boolean =>
    character !== undefined && (characters === undefined ? /\s/.test(character) : characters.includes(character));
  let [start, end] = [0, text.length];
  while (left && start < end && drop(text[start])) start += 1;
  while (right && end > start && drop(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

function affix(text: string, value: PyValue, test: (part: string) => boolean): boolean {
  const parts = value instanceof PyTuple ? value.items : [value];
  return (
    parts.some((part) => {
      if (typeof part === 'string') return test(part);
      throw new PythonError('TypeError', 'startswith first arg must be str or a tuple of str');
    }) && text !== undefined
  );
}

function split(text: string, separator: string | undefined, limit: number): string[] {
  if (separator === undefined) {
    const words = text.trim() === '' ? [] : text.trim().split(/\s+/);
    if (limit < 0 || words.length <= limit + 1) return words;
    const found: string[] = [];
    let rest = text.trimStart();
    for (let i = 0; i < limit; i++) {
      const word = /^\S+/.exec(rest)?.[0] ?? '';
      found.push(word);
      rest = rest.slice(word.length).trimStart();
    }
    return [...found, rest];
  }
  if (separator === '') throw new PythonError('ValueError', 'empty separator');
  const parts = text.split(separator);
  return limit < 0 || parts.length <= limit + 1
    ? parts
    : [...parts.slice(0, limit), parts.slice(limit).join(separator)];
}

function rsplit(text: string, separator: string, limit: number): string[] {
  const parts = text.split(separator);
  if (limit < 0 || parts.length <= limit + 1) return parts;
  const cut = parts.length - limit;
  return [parts.slice(0, cut).join(separator), ...parts.slice(cut)];
}

function replaced(text: string, from: string, to: string, count: number): string {
  if (count < 0) return text.replaceAll(from, () => to);
  let result = text;
  let at = 0;
  for (let i = 0; i < count; i++) {
    const found = result.indexOf(from, at);
    if (found < 0) break;
    result = result.slice(0, found) + to + result.slice(found + from.length);
    at = found + to.length;
  }
  return result;
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase();
}

/** `str` with its methods. */
export function stringClass(object: PyClass): PyClass {
  const padding = (place: (text: string, width: number, fill: string) => string): NativeFunction =>
    method("width, fillchar=' '", (text, args, ctx) => {
      const width = args.int('width');
      interpreter(ctx).meter.container(width, say('This text'));
      return place(text, width, args.string('fillchar'));
    });
  return nativeClass('str', [object], {
    __new__: native("cls, value='', encoding=None, errors=None", (ctx, args) => ctx.str(args.get('value'))),
    __init__: native('self, *args, **kwargs', () => null),
    __len__: method('', (text) => BigInt([...text].length)),
    upper: method('', (text) => text.toUpperCase()),
    lower: method('', (text) => text.toLowerCase()),
    casefold: method('', (text) => text.toLowerCase().replaceAll('ß', 'ss')),
    capitalize: method('', capitalised),
    title: method('', (text) => text.replace(/[A-Za-z]+/g, capitalised)),
    swapcase: method('', (text) =>
      [...text].map((c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())).join(''),
    ),
    strip: method('chars=None', (text, args) => stripped(text, args.optionalString('chars'), true, true)),
    lstrip: method('chars=None', (text, args) => stripped(text, args.optionalString('chars'), true, false)),
    rstrip: method('chars=None', (text, args) => stripped(text, args.optionalString('chars'), false, true)),
    split: method('sep=None, maxsplit=-1', (text, args) =>
      strings(split(text, args.optionalString('sep'), args.int('maxsplit'))),
    ),
    rsplit: method('sep=None, maxsplit=-1', (text, args) => {
      const separator = args.optionalString('sep');
      const limit = args.int('maxsplit');
      return strings(separator === undefined ? split(text, undefined, -1) : rsplit(text, separator, limit));
    }),
    splitlines: method('keepends=False', (text) => strings(text.replace(/\r?\n$/, '').split(/\r?\n/))),
    join: method('iterable', (text, args, ctx) =>
      ctx
        .list(args.get('iterable'))
        .map((item, index) => {
          if (typeof item === 'string') return item;
          throw new PythonError(
            'TypeError',
            `sequence item ${index}: expected str instance, ${ctx.typeOf(item).name} found`,
          );
        })
        .join(text),
    ),
    replace: method('old, new, count=-1', (text, args) =>
      replaced(text, args.string('old'), args.string('new'), args.int('count')),
    ),
    startswith: method('prefix, start=0', (text, args) =>
      affix(text, args.get('prefix'), (part) => text.startsWith(part, args.int('start'))),
    ),
    endswith: method('suffix', (text, args) => affix(text, args.get('suffix'), (part) => text.endsWith(part))),
    removeprefix: method('prefix', (text, args) => {
      const prefix = args.string('prefix');
      return text.startsWith(prefix) ? text.slice(prefix.length) : text;
    }),
    removesuffix: method('suffix', (text, args) => {
      const suffix = args.string('suffix');
      return suffix && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
    }),
    find: method('sub, start=0', (text, args) => BigInt(text.indexOf(args.string('sub'), args.int('start')))),
    rfind: method('sub', (text, args) => BigInt(text.lastIndexOf(args.string('sub')))),
    index: method('sub, start=0', (text, args) => {
      const at = text.indexOf(args.string('sub'), args.int('start'));
      if (at < 0) throw new PythonError('ValueError', 'substring not found');
      return BigInt(at);
    }),
    count: method('sub', (text, args) => BigInt(text.split(args.string('sub')).length - 1)),
    partition: method('sep', (text, args) => {
      const separator = args.string('sep');
      const at = text.indexOf(separator);
      return new PyTuple(at < 0 ? [text, '', ''] : [text.slice(0, at), separator, text.slice(at + separator.length)]);
    }),
    rpartition: method('sep', (text, args) => {
      const separator = args.string('sep');
      const at = text.lastIndexOf(separator);
      return new PyTuple(at < 0 ? ['', '', text] : [text.slice(0, at), separator, text.slice(at + separator.length)]);
    }),
    isdigit: method('', (text) => /^\d+$/.test(text)),
    isnumeric: method('', (text) => /^\d+$/.test(text)),
    isdecimal: method('', (text) => /^\d+$/.test(text)),
    isalpha: method('', (text) => /^\p{L}+$/u.test(text)),
    isalnum: method('', (text) => /^[\p{L}\p{N}]+$/u.test(text)),
    isspace: method('', (text) => /^\s+$/.test(text)),
    istitle: method('', (text) => /\p{L}/u.test(text) && text === text.replace(/[A-Za-z]+/g, capitalised)),
    expandtabs: method('tabsize=8', (text, args) => {
      const size = Math.min(Math.max(args.int('tabsize'), 0), 64);
      let column = 0;
      let result = '';
      for (const c of text) {
        const shown = c === '\t' ? ' '.repeat(size === 0 ? 0 : size - (column % size)) : c;
        column = c === '\n' ? 0 : column + shown.length;
        result += shown;
      }
      return result;
    }),
    translate: method('table', (text, args, ctx) => {
      const table = args.get('table');
      if (!(table instanceof PyDict)) return text;
      const mapped = [...text].map((c) => {
        const to = table.get(BigInt(c.codePointAt(0) ?? 0));
        if (to === undefined) return c;
        return to === null ? '' : typeof to === 'bigint' ? String.fromCodePoint(Number(to)) : ctx.str(to);
      });
      return mapped.join('');
    }),
    maketrans: new PyStaticMethod(
      native('x, y=None, z=None', (ctx, args) => {
        const code = (c: string): bigint => BigInt(c.codePointAt(0) ?? 0);
        const from = args.get('x');
        const table = new PyDict();
        if (from instanceof PyDict) {
          for (const [key, value] of from.entries()) table.set(typeof key === 'string' ? code(key) : key, value);
        } else {
          const to = [...(args.optionalString('y') ?? '')];
          [...ctx.str(from)].forEach((c, i) => {
            table.set(code(c), code(to[i] ?? ''));
          });
        }
        for (const c of args.optionalString('z') ?? '') table.set(code(c), null);
        return table;
      }),
    ),
    isidentifier: method('', (text) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(text)),
    isupper: method('', (text) => /\p{L}/u.test(text) && text === text.toUpperCase()),
    islower: method('', (text) => /\p{L}/u.test(text) && text === text.toLowerCase()),
    ljust: padding((text, width, fill) => text.padEnd(width, fill)),
    rjust: padding((text, width, fill) => text.padStart(width, fill)),
    center: padding((text, width, fill) => {
      const space = Math.max(0, width - text.length);
      const left = (space >> 1) + (space & width & 1);
      return fill.repeat(left) + text + fill.repeat(space - left);
    }),
    zfill: method('width', (text, args) => {
      const sign = /^[+-]/.exec(text)?.[0] ?? '';
      return sign + text.slice(sign.length).padStart(args.int('width') - sign.length, '0');
    }),
    format: native('self, *args, **kwargs', (ctx, args) =>
      formatTemplate(interpreter(ctx), args.string('self'), args.rest('args'), args.keywords('kwargs')),
    ),
    format_map: method('mapping', (text, args, ctx) => {
      const values = new Map<string, PyValue>();
      const mapping = args.get('mapping');
      if (mapping instanceof PyDict) for (const [key, value] of mapping.entries()) values.set(ctx.str(key), value);
      return formatTemplate(interpreter(ctx), text, [], values);
    }),
    encode: method("encoding='utf-8'", (text) => text),
  });
}
