/**
 * Text of a file on its way to a person. Names, source text, paths and messages made of them are written by whoever
 * wrote the file: what acts instead of being read (control characters, terminal escapes, characters that turn the order
 * of others round) is spelled out, and what has no end is cut in its middle, where both ends tell what it is.
 */

/** Characters of a value inside of a sentence. */
export const VALUE = 200;
/** Characters of a message inside of another, or in the editor's frame: a notification, a problem. */
export const MESSAGE = 2000;
/** Characters of a line; a path of any system is shorter. */
export const LINE = 5000;
/** Characters of a text of several lines. */
const TEXT = 10_000;

/** What acts or shows nothing; the two joiners are letters of Persian, of Indian languages and of emoji. */
const acting = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Most text, in which nothing acts: told by a pattern that is much faster. */
const isPlain = (text: string) => /^[ -~]*$/.test(text);

/** One line, spaces as they are: for a path, or a line of the terminal. */
export function oneLine(text: string, most = LINE): string {
  if (text.length <= most && isPlain(text)) return text;
  return cut(cut(text, most).replace(acting, spellCharacter), most);
}

/** A piece of a sentence: one line, in which white space is one space. */
export function excerpt(text: string, most = VALUE): string {
  if (text.length <= most && isPlain(text) && !text.includes('  ')) return text.trim();
  // What is far too long is cut before it is looked through.
  const collapsed = cut(text, 16 * most).replace(/[ \t\n\v\f\r\x85\u2028\u2029]+/g, ' ');
  return oneLine(collapsed.trim(), most);
}

/** A text of several lines, which may have been made of other people's: line breaks and tabs stay. */
export function lines(text: string, most = TEXT): string {
  const clean = cut(text, most).replace(/\r\n/g, '\n');
  return cut(
    clean.replace(acting, (character) => (/[\n\t]/.test(character) ? character : spellCharacter(character))),
    most,
  );
}

/**
 * A message for a place where the editor makes links of `[text](scheme:…)`, commands among them (notifications, prompts
 * of its input boxes): none is made of it.
 */
export function notice(text: string, most = MESSAGE): string {
  return lines(text, most).replace(/\](?=\(\s*[a-z][a-z\d+.-]*:)/gi, '] ');
}

/** The last part of a path or URI, as a name for people. */
export function fileName(uri: string): string {
  const name = uri.slice(Math.max(uri.lastIndexOf('/'), uri.lastIndexOf('\\')) + 1);
  try {
    return excerpt(decodeURIComponent(name));
  } catch {
    return excerpt(name);
  }
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const head = Math.ceil((2 * most) / 3) - 1;
  // No half of a character that takes two places is left.
  const begin = text.slice(0, head).replace(/[\ud800-\udbff]$/, '');
  const end = text.slice(text.length - (most - head - 1)).replace(/^[\udc00-\udfff]/, '');
  return `${begin}…${end}`;
}

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function spellCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code < 0x100) return short[character] ?? `\\x${digits.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${digits.padStart(4, '0')}` : `\\u{${digits}}`;
}
