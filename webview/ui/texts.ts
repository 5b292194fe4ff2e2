import type { Language } from '../../src/language/say';
import { en } from './texts.en';
import { zhCn } from './texts.zh-cn';

/** The words of both panels. English is the measure: other languages have the same keys. */
export type Texts = typeof en;

/** The language that the host wrote into `<html lang>`; anything but Chinese is shown in English. */
export function pageLanguage(lang: string = document.documentElement.lang): Language {
  return lang.toLowerCase().startsWith('zh') ? 'zh-cn' : 'en';
}

export function textsFor(language: Language): Texts {
  return language === 'zh-cn' ? zhCn : en;
}
