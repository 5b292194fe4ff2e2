import { displayLanguage, type Language } from '../../src/language/say';
import { en } from './texts.en';
import { zhCn } from './texts.zh-cn';

/** The words of both panels. English is the measure: other languages have the same keys. */
export type Texts = typeof en;

/** The language that the host wrote into `<html lang>`. */
export function pageLanguage(lang: string = document.documentElement.lang): Language {
  return displayLanguage(lang);
}

const texts: Readonly<Record<Language, Texts>> = { en, 'zh-cn': zhCn };

export function textsFor(language: Language): Texts {
  return texts[language];
}
