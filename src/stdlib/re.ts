import { say, sentence } from '../language/say';
import { type NativeArguments, numberOf } from '../python/natives/arguments';
import type { Context } from '../python/natives/context';
import { type NativeFunction, native, nativeClass, property } from '../python/natives/native';
import { PyDict, PyInstance, PyList, PyTuple, PythonError, type PyValue, Unknown } from '../python/values/values';
import { type Regex, RegexError, translate, withOwnGroups } from './pattern';

/** What trying a pattern may take: the text's length to the power of the pattern's open-ended repetitions. */
const MAX_TRIES = 2 ** 28;
/** `re.I | re.M | re.S | re.X` by their values in Python. */
const FLAGS: Readonly<Record<string, bigint>> = { A: 256n, I: 2n, M: 8n, S: 16n, X: 64n, U: 32n, L: 4n };
const LONG = { ASCII: 'A', IGNORECASE: 'I', MULTILINE: 'M', DOTALL: 'S', VERBOSE: 'X', UNICODE: 'U' } as const;

/** `re`, by JavaScript's engine. Patterns that could take for ever are errors. */
export function reModule(ctx: Context): Record<string, PyValue> {
  const { object } = ctx.classes;
  // Stands for an exception of its own, which no code tells from it.
  const errors = ctx.classes.exceptions.get('ValueError') ?? object;
  const Match = nativeClass(
    'Match',
    [object],
    {
      group: native('self, *groups', (own, args) => {
        const match = matchOf(args.get('self'));
        const wanted = args.rest('groups').map((key) => group(own, match, key));
        return wanted.length > 1 ? new PyTuple(wanted) : (wanted[0] ?? (wanted.length ? null : match[0]));
      }),
      __getitem__: native('self, key', (own, args) => group(own, matchOf(args.get('self')), args.get('key'))),
      groups: native(
        'self, default=None',
        (_, args) => new PyTuple([...matchOf(args.get('self'))].slice(1).map((text) => text ?? args.get('default'))),
      ),
      groupdict: native('self, default=None', (_, args) =>
        PyDict.from(
          Object.entries(matchOf(args.get('self')).groups ?? {}).map(
            ([name, text]) => [name, text ?? args.get('default')] as const,
          ),
        ),
      ),
      start: native('self, group=0', (own, args) => BigInt(spanOf(own, args)[0])),
      end: native('self, group=0', (own, args) => BigInt(spanOf(own, args)[1])),
      span: native('self, group=0', (own, args) => new PyTuple(spanOf(own, args).map(BigInt))),
      lastindex: property((_, self) => {
        const last = matchOf(self).findLastIndex((text, index) => index > 0 && text !== undefined);
        return last > 0 ? BigInt(last) : null;
      }),
      string: property((_, self) => matchOf(self).input),
    },
    're',
  );
  const found = (match: RegExpExecArray | null): PyValue => {
    if (!match) return null;
    const made = new PyInstance(Match);
    matches.set(made, match);
    return made;
  };
  /** What a search looks through: text from a place on, which what stands before may still be looked at from. */
  type Search = (pattern: Regex, text: string, from: number) => PyValue;
  const searches: Record<string, Search> = {
    search: (pattern, text, from) => found(execute(pattern, text, from, 'g')),
    match: (pattern, text, from) => found(execute(pattern, text, from, 'y')),
    fullmatch: (pattern, text, from) => found(execute(pattern, text, from, 'y', '(?![\\s\\S])')),
    findall: (pattern, text, from) =>
      new PyList(
        executeAll(pattern, text, from).map((match) => {
          const groups = match.slice(1).map((each) => each ?? '');
          return groups.length > 1 ? new PyTuple(groups) : (groups[0] ?? match[0]);
        }),
      ),
    finditer: (pattern, text, from) => new PyList(executeAll(pattern, text, from).map(found)),
  };
  const place = (value: PyValue, length: number): number => {
    const number = numberOf(value);
    return number === undefined ? length : Math.min(Math.max(number, 0), length);
  };
  const Pattern = nativeClass(
    'Pattern',
    [object],
    {
      groups: property((own, self) => BigInt(patternOf(own, self, null).groups.length - 1)),
      groupindex: property((own, self) =>
        PyDict.from(patternOf(own, self, null).names.map(([name, group]) => [name, BigInt(group)])),
      ),
      flags: property((own, self) =>
        patternOf(own, self, null).letters.reduce((bits, letter) => bits | (FLAGS[letter.toUpperCase()] ?? 0n), 32n),
      ),
      pattern: property((_, self) => (self instanceof PyInstance ? (self.fields.get('source') ?? '') : '')),
      ...Object.fromEntries(
        Object.entries(searches).map(([name, run]) => [
          name,
          native('self, string, pos=0, endpos=None', (own, args) => {
            if (args.get('string') instanceof Unknown) return args.get('string');
            const whole = args.string('string');
            const text = whole.slice(0, place(args.get('endpos'), whole.length));
            const pattern = requireAffordable(own, patternOf(own, args.get('self'), null), text);
            return run(pattern, text, place(args.get('pos'), text.length));
          }),
        ]),
      ),
      split: native('self, string, maxsplit=0', (own, args) =>
        split(patternOf(own, args.get('self'), null), own, args.string('string'), args.int('maxsplit')),
      ),
      sub: native('self, repl, string, count=0', (own, args) =>
        substitute(
          own,
          patternOf(own, args.get('self'), null),
          args.get('repl'),
          args.string('string'),
          args.int('count'),
          found,
        ),
      ),
    },
    're',
  );
  const compile = (own: Context, source: PyValue, flags: PyValue): PyValue => {
    if (source instanceof PyInstance && patterns.has(source)) return source;
    const made = new PyInstance(Pattern);
    made.fields.set('source', source);
    patterns.set(made, patternOf(own, source, flags));
    return made;
  };
  const functions: Record<string, NativeFunction> = Object.fromEntries(
    Object.entries(searches).map(([name, run]) => [
      name,
      native('pattern, string, flags=0', (own, args) =>
        args.get('string') instanceof Unknown
          ? args.get('string')
          : run(
              requireAffordable(own, patternOf(own, args.get('pattern'), args.get('flags')), args.string('string')),
              args.string('string'),
              0,
            ),
      ),
    ]),
  );
  return {
    ...FLAGS,
    ...Object.fromEntries(Object.entries(LONG).map(([name, short]) => [name, FLAGS[short] ?? 0n])),
    ...functions,
    Pattern,
    Match,
    error: errors,
    RegexError: errors,
    compile: native('pattern, flags=0', (own, args) => compile(own, args.get('pattern'), args.get('flags'))),
    escape: native('pattern', (_, args) =>
      args
        .string('pattern')
        .replace(/[\s!-/:-@[-^`{-~]/g, '\\$&')
        .replace(/\\([!"%',/:;<=>@`])/g, '$1'),
    ),
    split: native('pattern, string, maxsplit=0, flags=0', (own, args) =>
      split(patternOf(own, args.get('pattern'), args.get('flags')), own, args.string('string'), args.int('maxsplit')),
    ),
    subn: native('pattern, repl, string, count=0, flags=0', (own, args) => {
      const pattern = patternOf(own, args.get('pattern'), args.get('flags'));
      const counted = { times: 0 };
      const [repl, text, most] = [args.get('repl'), args.string('string'), args.int('count')];
      const result = substitute(own, pattern, repl, text, most, found, counted);
      return new PyTuple([result, BigInt(counted.times)]);
    }),
    sub: native('pattern, repl, string, count=0, flags=0', (own, args) =>
      substitute(
        own,
        patternOf(own, args.get('pattern'), args.get('flags')),
        args.get('repl'),
        args.string('string'),
        args.int('count'),
        found,
      ),
    ),
  };
}

const patterns = new WeakMap<PyInstance, Regex>();
const matches = new WeakMap<PyInstance, RegExpExecArray>();

function matchOf(self: PyValue): RegExpExecArray {
  const match = self instanceof PyInstance ? matches.get(self) : undefined;
  if (!match) throw new PythonError('TypeError', 'this is not a match');
  return match;
}

/** Begin and end of a group; (−1, −1) where it took no part. */
function spanOf(ctx: Context, args: NativeArguments): readonly [number, number] {
  const match = matchOf(args.get('self'));
  const key = args.get('group');
  group(ctx, match, key);
  const span = typeof key === 'bigint' ? match.indices?.[Number(key)] : match.indices?.groups?.[String(key)];
  return span ?? [-1, -1];
}

function group(ctx: Context, match: RegExpExecArray, key: PyValue): PyValue {
  const number = typeof key === 'bigint' ? Number(key) : undefined;
  const known = number === undefined ? Object.hasOwn(match.groups ?? {}, String(key)) : number in match;
  if (!known) ctx.raise('IndexError', 'no such group');
  return (number === undefined ? match.groups?.[String(key)] : match[number]) ?? null;
}

/** One match; `flag` is `y` for one that begins at the place itself. */
function execute(pattern: Regex, text: string, from: number, flag: 'g' | 'y', behind = ''): RegExpExecArray | null {
  const { source, flags } = pattern.regexp;
  const regexp = new RegExp(behind === '' ? source : `(?:${source})${behind}`, flags + flag);
  regexp.lastIndex = from;
  const match = regexp.exec(text);
  return match && withOwnGroups(match, pattern);
}

function executeAll(pattern: Regex, text: string, from = 0): RegExpExecArray[] {
  const regexp = new RegExp(pattern.regexp.source, `${pattern.regexp.flags}g`);
  regexp.lastIndex = from;
  return Array.from(text.matchAll(regexp), (match) => withOwnGroups(match, pattern));
}

/** A pattern that can be tried. @throws PythonError ValueError where it is no pattern. */
function patternOf(ctx: Context, pattern: PyValue, flags: PyValue): Regex {
  if (pattern instanceof PyInstance) {
    const known = patterns.get(pattern);
    if (known) return known;
  }
  if (pattern instanceof Unknown)
    return ctx.error('unsupported', say('This pattern cannot be read, because {0}', sentence(pattern.reason)), pattern);
  if (typeof pattern !== 'string') return ctx.raise('TypeError', 'first argument must be string or compiled pattern');
  const bits = typeof flags === 'bigint' ? flags : 0n;
  const letters = Object.entries(FLAGS).flatMap(([name, bit]) => (bits & bit ? [name.toLowerCase()] : []));
  try {
    return translate(pattern, letters.join(''));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof RegexError && !error.isPython) return ctx.raise('ValueError', message);
    return ctx.error(
      'unsupported',
      say('The pattern {0} is not read ({1}); write it without', pattern.slice(0, 60), message),
    );
  }
}

/** The parts of a pattern between the `|` that stand in no group: they are tried one after the other. */
function alternatives(pattern: string): string[] {
  const parts: string[] = [''];
  let depth = 0;
  for (const character of pattern) {
    if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    if (character === '|' && depth === 0) parts.push('');
    else parts.push((parts.pop() ?? '') + character);
  }
  return parts;
}

/** How often an engine may try such a pattern on a text of this length. */
function triesOf(plain: string, length: number): number {
  const open = plain.match(/[*+]|\{\d*,\d*\}/g)?.length ?? 0;
  // Marks behind an opening parenthesis are no repetitions, nor is what makes one lazy.
  const bare = plain.replace(/\((?:\?(?:<?[=!]|[a-zA-Z-]*:|>|P?<\w+>))?/g, '(').replace(/([*+}?])\?/g, '$1');
  const choices = 2 ** (bare.match(/\?/g)?.length ?? 0);
  const nested = /[*+|}][^(]*\)(?:[*+]|\{\d*,\})/.test(bare);
  // A group with choices that is repeated up to a number of times has as many to the power of that number.
  const repeats = [...bare.matchAll(/[*+|}?][^(]*\)\{(?:\d*,)?(\d+)\}/g)].reduce(
    (most, found) => most + Number(found[1]),
    0,
  );
  return (nested ? 2 ** length : length ** (open + 1)) * choices * 4 ** repeats;
}

/**
 * The pattern, where trying it on the text ends soon: an engine that goes back over its choices can take for ever on
 * repetitions inside of repetitions.
 */
function requireAffordable(ctx: Context, pattern: Regex, text: string): Regex {
  // What is possessive is not gone back into; a character is one, whatever it is.
  const plain = pattern.source
    .replace(/\\./g, 'a')
    .replace(/\[\^?\]?[^\]]*\]/g, 'a')
    .replace(/([*+?]|\{\d*,?\d*\})\+/g, '');
  const tries = alternatives(plain).reduce((sum, each) => sum + triesOf(each, text.length), 0);
  if (tries > MAX_TRIES) {
    return ctx.error('unsupported', say('Matching {0} could take too long to be read', pattern.source.slice(0, 60)));
  }
  ctx.spend(text.length);
  return pattern;
}

function split(pattern: Regex, ctx: Context, text: string, most: number): PyList {
  const parts: PyValue[] = [];
  let from = 0;
  for (const match of executeAll(requireAffordable(ctx, pattern, text), text)) {
    if (most > 0 && parts.length >= most) break;
    parts.push(text.slice(from, match.index));
    for (const each of match.slice(1)) parts.push(each ?? null);
    from = match.index + match[0].length;
  }
  parts.push(text.slice(from));
  return new PyList(parts);
}

function substitute(
  ctx: Context,
  pattern: Regex,
  replacement: PyValue,
  text: string,
  most: number,
  found: (match: RegExpExecArray) => PyValue,
  counted = { times: 0 },
): string {
  let result = '';
  let from = 0;
  let count = 0;
  for (const match of executeAll(requireAffordable(ctx, pattern, text), text)) {
    if (most > 0 && count >= most) break;
    count += 1;
    counted.times = count;
    result += text.slice(from, match.index);
    result +=
      typeof replacement === 'string'
        ? expandTemplate(replacement, match)
        : ctx.str(ctx.call(replacement, [found(match)]));
    from = match.index + match[0].length;
  }
  return result + text.slice(from);
}

/** `\1` and `\g<name>` of a replacement. */
function expandTemplate(template: string, match: RegExpExecArray): string {
  return template.replace(/\\(?:(\d+)|g<([^>]+)>|(n|t|\\))/g, (_, number?: string, name?: string, control?: string) => {
    if (control !== undefined) return control === 'n' ? '\n' : control === 't' ? '\t' : '\\';
    const key = number ?? name ?? '';
    return (/^\d+$/.test(key) ? match[Number(key)] : match.groups?.[key]) ?? '';
  });
}
