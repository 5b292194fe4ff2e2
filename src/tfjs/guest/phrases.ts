/** What is said to people from here: names of phrases, which the host turns into words of their language. */
import type { marks, Phrases } from '../phrases';

const [OPEN, BETWEEN, CLOSE]: typeof marks = ['⦗', '⦙', '⦘'];

/** A phrase of the host's table, to stand alone or inside of other text. */
export function phrase<Name extends keyof Phrases>(name: Name, ...values: Parameters<Phrases[Name]>): string {
  return `${OPEN}${[name, ...values].join(BETWEEN)}${CLOSE}`;
}

/** A text with phrases that is cut to a length; those that are cut through are closed. */
export function clip(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const cut = text.slice(0, longest);
  const open = cut.split(OPEN).length - cut.split(CLOSE).length;
  return `${cut}…${CLOSE.repeat(Math.max(0, open))}`;
}
