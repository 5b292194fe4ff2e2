import { countBefore } from './sorted';

/**
 * What each language takes for a name. Every search for names in text goes through here, because `\w` and `\b` know
 * the letters of English alone.
 */
export class Identifiers {
  /** A whole name, as a part of a pattern with the flag `u`. */
  readonly name: string;
  private readonly every: RegExp;
  private readonly here: RegExp;
  private readonly inside: RegExp;
  /** Whether each character of ASCII may stand in a name. */
  private readonly ascii: readonly boolean[];

  /**
   * @param start what a name may begin with, as the inside of a class of characters
   * @param part what may follow, as the inside of a class: `[.${part}]`
   */
  constructor(
    start: string,
    readonly part: string,
  ) {
    this.name = `[${start}][${part}]*`;
    this.every = new RegExp(this.name, 'gu');
    this.here = new RegExp(this.name, 'uy');
    this.inside = new RegExp(`^[${part}]`, 'u');
    this.ascii = Array.from({ length: 128 }, (_, code) => this.inside.test(String.fromCharCode(code)));
  }

  /** Whether what stands between two indices of a text is whole: no part of a longer name. */
  isWhole(text: string, start: number, end: number): boolean {
    return !this.isPart(characterBefore(text, start)) && !this.isPart(text.codePointAt(end));
  }

  /** The name that begins at an index of a text; empty where none does. */
  at(text: string, index: number): string {
    this.here.lastIndex = index;
    return this.here.exec(text)?.[0] ?? '';
  }

  /** All names of a text, keywords and what stands in strings and comments included. */
  in(text: string): IterableIterator<RegExpExecArray> {
    return text.matchAll(this.every);
  }

  private isPart(code: number | undefined): boolean {
    if (code === undefined) return false;
    return this.ascii[code] ?? this.inside.test(String.fromCodePoint(code));
  }
}

/** The character that ends before an index. */
function characterBefore(text: string, index: number): number | undefined {
  const last = text.charCodeAt(index - 1);
  const isLow = last >= 0xdc00 && last <= 0xdfff;
  return index === 0 ? undefined : isLow && index > 1 ? text.codePointAt(index - 2) : last;
}

/** Finds any of some words of ASCII where they stand as whole names. */
export class WordSearch {
  private readonly pattern: RegExp;

  constructor(
    private readonly identifiers: Identifiers,
    words: Iterable<string>,
  ) {
    // The letters of other scripts are looked at only beside a word: a pattern that knows them all is slow.
    this.pattern = new RegExp(`(?<![\\w$])(?:${[...words].map(escapePattern).join('|')})(?![\\w$])`, 'g');
  }

  *in(text: string): Generator<RegExpExecArray> {
    for (const match of text.matchAll(this.pattern))
      if (this.identifiers.isWhole(text, match.index, match.index + match[0].length)) yield match;
  }
}

/** A search for words is worth an index of all of them when others have looked at this many times the text. */
const WORTH = 16;

/** Where a text has words as whole names: searched for one by one, and by an index once that costs less. */
export class Words {
  private spent = 0;
  private index: ReadonlyMap<string, readonly number[]> | undefined;

  constructor(
    private readonly identifiers: Identifiers,
    readonly text: string,
  ) {}

  /** Where a word stands between two indices, in order. */
  *places(word: string, from = 0, to = this.text.length): Generator<number> {
    if (word === '') return;
    const { text, identifiers } = this;
    this.spent += to - from;
    if (this.index || this.spent > WORTH * text.length) {
      this.index ??= this.buildIndex();
      const all = this.index.get(word) ?? [];
      for (let at = countBefore(all, from, (place) => place); at < all.length && (all[at] ?? to) < to; at++)
        yield all[at] as number;
      return;
    }
    // A text that is cut to the range ends a search that finds nothing.
    const part = text.slice(0, to);
    for (let at = part.indexOf(word, from); at >= 0; at = part.indexOf(word, at + word.length))
      if (identifiers.isWhole(text, at, at + word.length)) yield at;
  }

  private buildIndex(): ReadonlyMap<string, readonly number[]> {
    const found = new Map<string, number[]>();
    for (const { 0: word, index } of this.identifiers.in(this.text)) {
      if (!this.identifiers.isWhole(this.text, index, index + word.length)) continue;
      const known = found.get(word);
      if (known) known.push(index);
      else found.set(word, [index]);
    }
    return found;
  }
}

/** Python's names; two that NFKC makes one are one: see `pythonName`. */
export const python = new Identifiers('_\\p{XID_Start}', '\\p{XID_Continue}');

/** The names of TypeScript and JavaScript, without the `#` of private ones. */
export const typescript = new Identifiers('$_\\p{ID_Start}', '$\\u200c\\u200d\\p{ID_Continue}');

/** The name that Python reads: `ﬁ` is `fi`. */
export function pythonName(text: string): string {
  return isAscii(text) ? text : text.normalize('NFKC');
}

/** Whether a text has only characters of ASCII, in which a name can be written in one way alone. */
export function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}

/** Whether a sticky pattern matches at an index of a text. */
export function startsAt(sticky: RegExp, text: string, index: number): boolean {
  sticky.lastIndex = index;
  return sticky.test(text);
}

/** A pattern that matches the very text, with or without the flag `u`. */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
