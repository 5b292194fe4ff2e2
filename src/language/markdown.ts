import { excerpt, oneLine, VALUE } from './legible';

declare const brand: unique symbol;

/** Markdown of which every block, link, image and tag is ours; only this file makes some. */
export class Markdown {
  declare private readonly [brand]: true;

  constructor(readonly markdown: string) {}
}

/** Markdown with values in it: md`**${title}** runs ${code(name)}.` What is no Markdown is escaped and shortened. */
export function md(words: TemplateStringsArray, ...values: readonly (Markdown | string | number)[]): Markdown {
  return new Markdown(String.raw({ raw: words }, ...values.map(markdownOf)));
}

/** Markdown that we wrote ourselves: prose of the catalogue, images that we drew. Text of a file never passes here. */
export function ownMarkdown(markdown: string): Markdown {
  return new Markdown(markdown);
}

/** Source text in the typeface of code. A span of code ends at a backtick or a blank line, and so has neither. */
export function code(text: string, most = VALUE): Markdown {
  return new Markdown(`\`${excerpt(text, most).replaceAll('`', "'") || ' '}\``);
}

/** Characters of an address: a hover is cut where it is very long, and what would be left of a link could be anything. */
const ADDRESS = 10_000;

/** A link to an address that we made; the label alone where that is too long, for it may hold text of a file. */
export function link(label: string, uri: string): Markdown {
  if (uri.length > ADDRESS) return md`${label}`;
  const address = oneLine(uri, ADDRESS).replace(
    /[\s<>()[\]\\`"']/g,
    (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return new Markdown(`[${escapeMarkdown(label)}](${address})`);
}

/** Parts with something between them; parts that are empty or left out make none. */
export function joinMarkdown(parts: readonly (Markdown | undefined | false | '')[], between: string): Markdown {
  let text = '';
  for (const part of parts) {
    const { markdown } = part || ownMarkdown('');
    if (markdown) text += `${text && between}${markdown}`;
  }
  return new Markdown(text);
}

const markdownOf = (value: Markdown | string | number): string =>
  value instanceof Markdown ? value.markdown : escapeMarkdown(String(value));

/** Words as they are, wherever they stand: no emphasis, link, tag or entity, and nothing that begins a block. */
function escapeMarkdown(text: string): string {
  const words = excerpt(text);
  // Most words have nothing to escape.
  if (/^[a-z][a-z\d ]*$/i.test(words)) return words;
  return (
    words
      .replace(/[\\`*_{}[\]<>#|!~&:@]/g, '\\$&')
      // The editor's Markdown makes links of addresses by themselves.
      .replace(/www\./gi, (word) => `${word.slice(0, -1)}\\.`)
      .replace(/^[-+=]/, '\\$&')
      .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2')
  );
}
