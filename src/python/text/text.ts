/** Text as Python counts it, in code points; JavaScript counts UTF-16 units, of which some characters have two. */

const PAIR = /[\ud800-\udbff][\udc00-\udfff]/;

/** `len(text)`. */
export function textLength(text: string): number {
  return PAIR.test(text) ? [...text].length : text.length;
}

/** The characters, one by one; the text itself where each has one unit. */
export function characters(text: string): string | readonly string[] {
  return PAIR.test(text) ? [...text] : text;
}

/** `text[start:end]` for 0 ≤ start ≤ end. */
export function part(text: string, start: number, end: number): string {
  const found = characters(text);
  return typeof found === 'string' ? found.slice(start, end) : found.slice(start, end).join('');
}

/** Python's white space, which is not JavaScript's. */
export const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const ONE_SPACE = new RegExp(`^[${SPACE}]$`);

export const isSpace = (character: string): boolean => ONE_SPACE.test(character);

/** What `repr` shows as it is: no controls, no separators but the space, nothing unassigned. */
export const isPrintable = (character: string): boolean => character === ' ' || !/[\p{C}\p{Z}]/u.test(character);

/** First letters where a capital begins a word that goes on small. */
const TITLES = new Map(
  ['ǆǅ', 'Ǆǅ', 'ǅǅ', 'ǉǈ', 'Ǉǈ', 'ǈǈ', 'ǌǋ', 'Ǌǋ', 'ǋǋ', 'ǳǲ', 'Ǳǲ', 'ǲǲ'].map((pair) => [
    pair.charAt(0),
    pair.charAt(1),
  ]),
);

function titleCase(character: string): string {
  const upper = character.toUpperCase();
  return (
    TITLES.get(character) ?? (upper.length > character.length ? upper.charAt(0) + upper.slice(1).toLowerCase() : upper)
  );
}

export function capitalise(text: string): string {
  const [first] = text;
  if (first === undefined) return '';
  return titleCase(first) + text.slice(first.length).toLowerCase();
}

/** `str.title`: each letter behind what has no case is a capital. */
export function title(text: string): string {
  let result = '';
  let inside = false;
  for (const character of text) {
    result += inside ? character.toLowerCase() : titleCase(character);
    inside = /\p{Cased}/u.test(character);
  }
  return result;
}

export function isTitle(text: string): boolean {
  let inside = false;
  let any = false;
  for (const character of text) {
    const capital = /[\p{Uppercase}\p{Lt}]/u.test(character);
    const small = /\p{Lowercase}/u.test(character);
    if ((capital && inside) || (small && !inside)) return false;
    inside = capital || small;
    any ||= inside;
  }
  return any;
}

/** `str.swapcase`. */
export function swapCase(text: string): string {
  return Array.from(text, (c) => {
    if (/\p{Uppercase}/u.test(c)) return c.toLowerCase();
    return /\p{Lowercase}/u.test(c) ? c.toUpperCase() : c;
  }).join('');
}

/** `str.casefold`: what is equal but for case becomes equal. */
export function foldCase(text: string): string {
  return Array.from(text, (c) => (c === 'ı' ? c : c === 'İ' ? c.toLowerCase() : c.toUpperCase().toLowerCase())).join(
    '',
  );
}

/** Digits with a value but no place in decimal numbers: ², ①. */
const OTHER_DIGITS =
  '\\xb2\\xb3\\xb9\\u2070\\u2074-\\u2079\\u2080-\\u2089\\u2460-\\u2468\\u2474-\\u247c\\u2488-\\u2490\\u24ea\\u24f5-\\u24fd\\u24ff\\u2776-\\u277e\\u2780-\\u2788\\u278a-\\u2792';

/** `str.isdigit` and its kin by name: whether there are characters, all of them of one kind. */
export const TESTS: Readonly<Record<string, RegExp>> = {
  isdigit: new RegExp(`^[\\p{Nd}${OTHER_DIGITS}]+$`, 'u'),
  isdecimal: /^\p{Nd}+$/u,
  isnumeric: /^[\p{N}一二三四五六七八九十百千万億兆零〇]+$/u,
  isalpha: /^\p{L}+$/u,
  isalnum: /^[\p{L}\p{N}]+$/u,
  isspace: new RegExp(`^[${SPACE}]+$`),
  isidentifier: /^[\p{XID_Start}_]\p{XID_Continue}*$/u,
  isascii: /^[\0-\x7f]*$/,
  isupper: /^(?=.*\p{Uppercase})[^\p{Lowercase}\p{Lt}]*$/su,
  islower: /^(?=.*\p{Lowercase})[^\p{Uppercase}\p{Lt}]*$/su,
};

/** Decimal digits of other scripts as ASCII's. */
export function asciiDigits(text: string): string {
  return text.replace(/[^\0-\x7f]/gu, (c) => {
    if (!/\p{Nd}/u.test(c)) return c;
    const code = c.codePointAt(0) ?? 0;
    // Digits stand in runs of ten, whose first is a zero; runs begin behind what is no digit or at a tenth digit.
    let zero = code;
    while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1)) && code - zero < 9) zero -= 1;
    return String(code - zero);
  });
}
