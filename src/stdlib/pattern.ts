/**
 * Python's patterns as JavaScript's: letters and digits of all scripts, possessive repetitions, flags of a group, and
 * what `.`, `^` and `$` are in Python.
 */
import { itemAt } from '../graph/access';

/** A pattern, ready to be tried. */
export interface Regex {
  /** With the flags `d` and `v`. */
  readonly regexp: RegExp;
  /** As Python has it. */
  readonly source: string;
  /** JavaScript's number of each of Python's groups, 0 for the whole. */
  readonly groups: readonly number[];
  /** Python's numbers of those that have a name. */
  readonly names: readonly (readonly [name: string, group: number])[];
  /** Its flags: `i`, `m`, `s`, `x`, `a`. */
  readonly letters: readonly string[];
}

/** Why a pattern is none, or is not read. */
export class RegexError extends Error {
  constructor(
    message: string,
    /** A pattern that Python has and this reader has not. */
    readonly isPython = false,
  ) {
    super(message);
  }
}

interface Flags {
  /** Capitals and small letters are alike: said by a group, where JavaScript has one flag for the whole. */
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
  readonly x: boolean;
  readonly a: boolean;
}

const SPACES = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const END = '(?![\\s\\S])';
const START = '(?<![\\s\\S])';
/** In front of the names of groups that are not Python's. */
const OWN = '__own';

const CONTROLS: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', a: '\x07' };

/** What a class of characters has between its brackets. */
function classOf(letter: string, flags: Flags): string {
  const kinds: Readonly<Record<string, readonly [unicode: string, ascii: string]>> = {
    w: ['\\p{L}\\p{N}_', 'a-zA-Z0-9_'],
    d: ['\\p{Nd}', '0-9'],
    s: [SPACES, ' \\t-\\r'],
  };
  return itemAt(kinds[letter.toLowerCase()] ?? ['', ''], flags.a ? 1 : 0);
}

/** A character as itself, in a class or outside. */
function literal(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  return /^[A-Za-z0-9_]$/.test(character) ? character : `\\u{${point.toString(16)}}`;
}

const isAlike = (character: string) => character.toLowerCase() !== character.toUpperCase();
const bothCases = (character: string) =>
  [...new Set([character.toLowerCase(), character.toUpperCase()])].filter((each) => [...each].length === 1);

/** @throws RegexError where it is no pattern, or one that is not read */
export function translate(source: string, letters: string): Regex {
  return new Translation(source, letters).run();
}

class Translation {
  private at = 0;
  private readonly out: string[] = [];
  /** JavaScript's groups so far, and Python's among them. */
  private count = 0;
  private readonly groups = [0];
  private readonly names: (readonly [name: string, group: number])[] = [];
  private own = 0;
  private readonly whole: string;
  private readonly text: readonly string[];

  constructor(
    private readonly source: string,
    letters: string,
  ) {
    // Flags in front are those of the whole.
    const inline = /^\(\?([aimsxuL]+)\)/.exec(source);
    this.whole = letters + (inline?.[1] ?? '');
    this.text = [...source];
    this.at = inline ? inline[0].length : 0;
  }

  run(): Regex {
    const has = (letter: string) => this.whole.includes(letter);
    const flags: Flags = { i: false, m: has('m'), s: has('s'), x: has('x'), a: has('a') };
    this.alternatives(flags);
    if (this.at < this.text.length) throw new RegexError('unbalanced parenthesis');
    return {
      regexp: new RegExp(this.out.join(''), `dv${has('i') ? 'i' : ''}`),
      source: this.source,
      groups: this.groups,
      names: this.names,
      letters: ['i', 'm', 's', 'x', 'a'].filter(has),
    };
  }

  /** The character at hand; none at the end. */
  private get next(): string {
    return this.at < this.text.length ? itemAt(this.text, this.at) : '';
  }

  private peek(text: string): boolean {
    for (const [i, character] of [...text].entries()) if (this.text[this.at + i] !== character) return false;
    return true;
  }

  private take(text: string): boolean {
    if (!this.peek(text)) return false;
    this.at += [...text].length;
    return true;
  }

  /** Up to a closing parenthesis or the end. */
  private alternatives(given: Flags): void {
    let flags = given;
    while (this.at < this.text.length && !this.peek(')')) {
      const from = this.out.length;
      const next = this.atom(flags);
      if (next !== undefined) flags = next;
      else if (this.out.length > from) this.repetition(from, flags);
    }
  }

  /** One thing that may be repeated. @returns the flags from here on, where it sets some */
  private atom(flags: Flags): Flags | undefined {
    const character = itemAt(this.text, this.at);
    this.at += 1;
    if (flags.x && /\s/.test(character)) return undefined;
    if (flags.x && character === '#') {
      while (this.at < this.text.length && !this.peek('\n')) this.at += 1;
      return undefined;
    }
    switch (character) {
      case '|':
        this.out.push('|');
        return flags;
      case '.':
        this.out.push(flags.s ? '[\\s\\S]' : '[^\\n]');
        return undefined;
      case '^':
        this.out.push(flags.m ? '(?<![^\\n])' : START);
        return undefined;
      case '$':
        this.out.push(flags.m ? `(?=\\n|${END})` : `(?=\\n?${END})`);
        return undefined;
      case '[':
        this.out.push(this.set(flags));
        return undefined;
      case '(':
        return this.group(flags);
      case '\\':
        this.escape(flags);
        return undefined;
      case '*':
      case '+':
      case '?':
        throw new RegexError(`nothing to repeat at position ${this.at - 1}`);
      default:
        this.push(character, flags);
        return undefined;
    }
  }

  private push(character: string, flags: Flags): void {
    const both = flags.i && isAlike(character) ? bothCases(character) : [character];
    this.out.push(both.length === 1 ? literal(character) : `[${both.map(literal).join('')}]`);
  }

  /** `*`, `+?`, `{2,}+` behind what stands in `out` from there on. */
  private repetition(from: number, flags: Flags): void {
    while (flags.x && /\s/.test(this.next)) this.at += 1;
    const rest = this.text.slice(this.at, this.at + 30).join('');
    const counted = /^\{(\d*)(,?)(\d*)\}/.exec(rest);
    const isCount = counted && (counted[1] !== '' || counted[2] !== '');
    const [mark] = /^[*+?]/.exec(rest) ?? (isCount && counted[0] !== '{,}' ? counted : []);
    if (mark === undefined) return;
    this.at += mark.length;
    const written = counted && isCount ? `{${counted[1] || '0'}${counted[2]}${counted[3]}}` : mark;
    // Nothing but a place: JavaScript repeats no look around.
    const atom = this.out.splice(from).join('');
    const repeated = `${/^\(\?<?[=!]/.test(atom) ? `(?:${atom})` : atom}${written}`;
    if (this.take('+')) this.out.push(this.commit(repeated, atom));
    else this.out.push(this.take('?') ? `${repeated}?` : repeated);
    if (/^[*+?]$/.test(this.next)) throw new RegexError(`multiple repeat at position ${this.at}`);
  }

  /** What is not gone back into once it has matched. */
  private commit(body: string, inside: string): string {
    if (/\((?!\?)|\(\?<[^=!]/.test(inside)) throw new RegexError('a group in what is possessive', true);
    this.own += 1;
    this.count += 1;
    const name = `${OWN}${this.own}`;
    return `(?:(?=(?<${name}>${body}))\\k<${name}>)`;
  }

  private group(flags: Flags): Flags | undefined {
    if (this.take('?#')) {
      while (!this.take(')')) this.skip();
      return undefined;
    }
    for (const look of ['?=', '?!', '?<=', '?<!', '?:']) {
      if (!this.take(look)) continue;
      this.wrap(`(${look}`, flags);
      return undefined;
    }
    if (this.take('?>')) {
      const from = this.out.length;
      this.wrap('(?:', flags);
      const body = this.out.splice(from).join('');
      this.out.push(this.commit(body, body.slice(3)));
      return undefined;
    }
    if (this.take('?P=')) {
      const name = this.readUntil(')');
      if (!this.names.some(([each]) => each === name)) throw new RegexError(`unknown group name '${name}'`);
      this.out.push(`\\k<${name}>`);
      return undefined;
    }
    if (this.take('?P<')) {
      const name = this.readUntil('>');
      if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) throw new RegexError(`bad character in group name '${name}'`);
      this.names.push([name, this.groups.length]);
      this.capture(`(?<${name}>`, flags);
      return undefined;
    }
    if (this.take('?(')) throw new RegexError('a condition in a pattern', true);
    if (this.take('?')) return this.readFlags(flags);
    this.capture('(', flags);
    return undefined;
  }

  /** `(?i:…)`, `(?-s:…)`. */
  private readFlags(flags: Flags): Flags | undefined {
    const written = /^([aimsxuL]*)(?:-([imsx]+))?([:)])/.exec(this.text.slice(this.at, this.at + 20).join(''));
    if (!written) throw new RegexError(`unknown extension ?${this.next}`);
    this.at += written[0].length;
    const [, on = '', off = '', end] = written;
    if (end === ')') throw new RegexError('global flags not at the start of the expression');
    if (off.includes('i') && this.whole.includes('i')) throw new RegexError('(?-i:…) under the flag i', true);
    const set = (letter: 'i' | 'm' | 's' | 'x' | 'a') =>
      (flags[letter] || on.includes(letter)) && !off.includes(letter) && !(letter === 'a' && on.includes('u'));
    this.wrap('(?:', { i: set('i'), m: set('m'), s: set('s'), x: set('x'), a: set('a') });
    return undefined;
  }

  private capture(open: string, flags: Flags): void {
    this.count += 1;
    this.groups.push(this.count);
    this.wrap(open, flags);
  }

  private wrap(open: string, flags: Flags): void {
    const from = this.out.length;
    this.alternatives(flags);
    if (!this.take(')')) throw new RegexError('missing ), unterminated subpattern');
    const body = this.out.splice(from).join('');
    this.out.push(`${open}${body})`);
  }

  private skip(): void {
    if (this.at >= this.text.length) throw new RegexError('missing ), unterminated comment');
    this.at += 1;
  }

  private readUntil(end: string): string {
    let name = '';
    while (!this.take(end)) {
      name += this.next;
      this.skip();
    }
    return name;
  }

  /** The character that an escape stands for; undefined for a kind of characters, or a place. */
  private readEscape(): string | undefined {
    const next = this.text[this.at];
    if (next === undefined) throw new RegexError('bad escape (end of pattern)');
    const rest = this.text.slice(this.at, this.at + 9).join('');
    const code = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(0[0-7]{0,2}|[1-3][0-7]{2}))/.exec(rest);
    if (code) {
      this.at += code[0].length;
      const hex = code[1] ?? code[2] ?? code[3];
      return String.fromCodePoint(hex === undefined ? Number.parseInt(code[4] ?? '0', 8) : Number.parseInt(hex, 16));
    }
    if (Object.hasOwn(CONTROLS, next)) {
      this.at += 1;
      return CONTROLS[next];
    }
    if (/^[A-Za-z0-9]$/.test(next)) return undefined;
    this.at += 1;
    return next;
  }

  private escape(flags: Flags): void {
    const character = this.readEscape();
    if (character !== undefined) {
      this.push(character, flags);
      return;
    }
    const letter = itemAt(this.text, this.at);
    this.at += 1;
    if (/^[wds]$/i.test(letter)) {
      this.out.push(`[${letter === letter.toUpperCase() ? '^' : ''}${classOf(letter, flags)}]`);
      return;
    }
    const word = `[${classOf('w', flags)}]`;
    const places: Readonly<Record<string, string>> = {
      A: START,
      Z: END,
      b: `(?:(?<=${word})(?!${word})|(?<!${word})(?=${word}))`,
      B: `(?:(?<=${word})(?=${word})|(?<!${word})(?!${word}))`,
    };
    const place = Object.hasOwn(places, letter) ? places[letter] : undefined;
    if (place !== undefined) this.out.push(place);
    else if (/\d/.test(letter)) this.reference(letter);
    else throw new RegexError(`bad escape \\${letter} at position ${this.at - 2}`);
  }

  private reference(first: string): void {
    let digits = first;
    if (/\d/.test(this.next)) {
      digits += itemAt(this.text, this.at);
      this.at += 1;
    }
    const group = this.groups[Number(digits)];
    if (group === undefined) throw new RegexError(`invalid group reference ${digits}`);
    this.out.push(`(?:\\${group})`);
  }

  /** `[a-z_]`: behind the bracket. */
  private set(flags: Flags): string {
    const negated = this.take('^');
    const parts: string[] = [];
    let first = true;
    while (first || !this.peek(']')) {
      const low = this.member(flags, parts);
      first = false;
      if (low === undefined) continue;
      if (this.peek('-') && this.text[this.at + 1] !== ']') {
        this.at += 1;
        const high = this.member(flags, parts);
        if (high === undefined || high < low) throw new RegexError(`bad character range ${low}-${high ?? ''}`);
        parts.push(`${literal(low)}-${literal(high)}`);
        if (flags.i) parts.push(otherCase(low, high));
      } else parts.push((flags.i && isAlike(low) ? bothCases(low) : [low]).map(literal).join(''));
    }
    this.at += 1;
    return `[${negated ? '^' : ''}${parts.join('')}]`;
  }

  /** One character of a set; undefined for a kind of characters, which goes to `parts`. */
  private member(flags: Flags, parts: string[]): string | undefined {
    const character = this.text[this.at];
    if (character === undefined) throw new RegexError('unterminated character set');
    this.at += 1;
    if (character !== '\\') return character;
    const escaped = this.readEscape();
    if (escaped !== undefined) return escaped;
    const letter = itemAt(this.text, this.at);
    this.at += 1;
    if (letter === 'b') return '\b';
    if (!/^[wds]$/i.test(letter)) throw new RegexError(`bad escape \\${letter} at position ${this.at - 2}`);
    const inside = classOf(letter, flags);
    parts.push(letter === letter.toUpperCase() ? `[^${inside}]` : inside);
    return undefined;
  }
}

/** `A-Z` for `a-z`; nothing for a range without letters. */
function otherCase(low: string, high: string): string {
  const letters = /^[a-z]{2}$|^[A-Z]{2}$/.test(low + high);
  const swap = (each: string) => (each === each.toLowerCase() ? each.toUpperCase() : each.toLowerCase());
  if (letters) return `${swap(low)}-${swap(high)}`;
  if (high < 'A' || (low > 'Z' && high < 'a') || (low > 'z' && high < '\x80')) return '';
  throw new RegexError('a range of letters in (?i:…)', true);
}

/** A match with Python's groups alone. */
export function withOwnGroups(match: RegExpExecArray, { groups }: Regex): RegExpExecArray {
  if (groups.length === match.length) return match;
  const pick = <T>(items: readonly T[]): T[] => groups.map((group) => items[group] as T);
  const kept = Object.fromEntries(Object.entries(match.groups ?? {}).filter(([name]) => !name.startsWith(OWN)));
  const spans = match.indices;
  const named = Object.fromEntries(Object.entries(spans?.groups ?? {}).filter(([name]) => !name.startsWith(OWN)));
  const indices = spans && Object.assign(pick(spans), { groups: named });
  return Object.assign(pick(match), {
    index: match.index,
    input: match.input,
    groups: kept,
    indices,
  }) as RegExpExecArray;
}
