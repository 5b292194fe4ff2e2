import { excerpt, MESSAGE } from './legible';

/** Languages that everything is written in, as the editor names them. */
export const languages = ['en', 'zh-cn'] as const;
export type Language = (typeof languages)[number];

/** The one of them that a display language means; every other one reads English. */
export function displayLanguage(display: string): Language {
  return languages.find((each) => each === display.toLowerCase()) ?? 'en';
}

/** Translations of messages, by the English text that the code holds. */
export type Translations = Readonly<Record<string, string>>;

let translations: Translations = {};

/** Sets the language of every later message of this process or worker; without a call they are English. */
export function speak(words: Translations): void {
  translations = words;
}

/** Entries of a list that are named; the rest is counted. */
export const LISTED = 20;

/** What a message tells of: text of a file is shortened, a list is read out to some length. */
type MessageValue = string | number | bigint | boolean | undefined | Sentence | readonly (string | number)[];

/** A message inside of another, which may be longer than a value. */
class Sentence {
  constructor(readonly text: string) {}
}

/** Another message, or what somebody else's code says, as a value of `say`. */
export function sentence(text: string): Sentence {
  return new Sentence(text);
}

/**
 * A message for people, in the language that the host chose: `say('There is no {0} in {1}.', name, file)`. The text is
 * a literal, so that a test finds what lacks a translation; what Python and PyTorch say themselves is quoted in their
 * words and never passes through here. Values are made legible and cut.
 */
export function say(text: string, ...values: readonly MessageValue[]): string {
  const words = translations[text] ?? text;
  if (values.length === 0) return words;
  return words.replace(/\{(\d)\}/g, (place, index) =>
    Number(index) < values.length ? valueText(values[Number(index)]) : place,
  );
}

/** Names or sizes with commas between them: the first twenty, and how many more there are. */
export function list(items: readonly (string | number)[]): string {
  const named = items.slice(0, LISTED).map(valueText).join(', ');
  const rest = items.length - LISTED;
  return rest > 0 ? say('{0}, and {1} more', new Sentence(named), rest) : named;
}

function valueText(value: MessageValue): string {
  if (typeof value === 'string') return excerpt(value);
  if (value instanceof Sentence) return excerpt(value.text, MESSAGE);
  if (typeof value === 'object') return list(value);
  return value === undefined ? '?' : String(value);
}
