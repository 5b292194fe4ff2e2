/** Languages that everything is written in; every other display language reads English. */
export type Language = 'en' | 'zh-cn';

/** Translations of messages, by the English text that the code holds. */
export type Translations = Readonly<Record<string, string>>;

let translations: Translations = {};

/** Sets the language of every later message of this process or worker; without a call they are English. */
export function speak(words: Translations): void {
  translations = words;
}

/**
 * A message for people, in the language that the host chose: `say('There is no {0} in {1}.', name, file)`. The text is
 * a literal, so that a test finds what lacks a translation; what Python and PyTorch say themselves is quoted in their
 * words and never passes through here.
 */
export function say(text: string, ...values: readonly (string | number | bigint | boolean | undefined)[]): string {
  const words = translations[text] ?? text;
  if (values.length === 0) return words;
  return words.replace(/\{(\d)\}/g, (place, index) => String(values[Number(index)] ?? place));
}
