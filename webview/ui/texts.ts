import { displayLanguage, type Language } from '../../src/language/say';
import { en } from './texts.en';

/** The words of both panels. English is the measure: other languages have the same keys. */
export type Texts = typeof en;

/** The language that the host wrote into `<html lang>`. */
export function pageLanguage(lang: string = document.documentElement.lang): Language {
  return displayLanguage(lang);
}

/** The words of a language; those of another one than English are loaded for who reads it. */
export async function textsFor(language: Language): Promise<Texts> {
  return language === 'en' ? en : (await import('./texts.zh-cn')).zhCn;
}

/** Messages of the core that this page makes itself, in its language. */
export async function speakAs(language: Language): Promise<void> {
  if (language !== 'en') (await import('../../src/language/speakIn')).speakIn(language);
}
