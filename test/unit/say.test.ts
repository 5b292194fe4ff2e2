import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { type Language, languages, say, speak } from '../../src/language/say';
import { speakIn } from '../../src/language/speakIn';
import { type Literal, literalsOf } from '../support/literals';
import { inRoot } from '../support/paths';

/** Of the files of `l10n/core/`: `<room>.<language>.json`. */
const files = readdirSync(inRoot('l10n', 'core')).map((file) => file.split('.'));
const rooms = [...new Set(files.map(([room = '']) => room))];
const translations = languages.filter((language) => language !== 'en');
const translated = (room: string, language: Language): Record<string, string> =>
  JSON.parse(readFileSync(inRoot('l10n', 'core', `${room}.${language}.json`), 'utf8'));
const places = (text: string) => (text.match(/\{\d\}/g) ?? []).sort();

describe('messages of the core', () => {
  let said: Literal[] = [];
  before(async () => {
    const literals = await literalsOf(['src']);
    said = literals.filter(({ callees, isFirst }) => isFirst && callees[0] === 'say');
  });
  afterEach(() => speak({}));

  it('are literals, so that none can lack its translation unseen', () => {
    let calls = 0;
    for (const name of readdirSync(inRoot('src'), { recursive: true, encoding: 'utf8' }))
      if (/\.ts$/.test(name) && !/^language\b/.test(name))
        calls += readFileSync(inRoot('src', name), 'utf8').match(/\bsay\(/g)?.length ?? 0;
    assert.ok(calls > 300);
    assert.equal(said.filter(({ isTemplate, file }) => !isTemplate && !file.startsWith('src/language/')).length, calls);
  });

  it('have a file for each room and language, and none to spare', () => {
    assert.ok(translations.length > 0);
    for (const room of rooms)
      assert.deepEqual(
        files.flatMap(([name, language]) => (name === room ? [language] : [])),
        translations,
        room,
      );
  });

  for (const language of translations)
    describe(language, () => {
      it('has a translation of each by its room, and none to spare', () => {
        const byRoom = new Map<string, Set<string>>(rooms.map((room) => [room, new Set()]));
        for (const { file, text } of said) {
          const room = file.split('/')[1] ?? '';
          assert.ok(byRoom.has(room), `${file} speaks, and l10n/core has no ${room}.${language}.json`);
          byRoom.get(room)?.add(text);
        }
        for (const [room, texts] of byRoom)
          assert.deepEqual(Object.keys(translated(room, language)).sort(), [...texts].sort(), room);
      });

      it('keeps every place of a value, and has words of its own', () => {
        for (const room of rooms)
          for (const [english, words] of Object.entries(translated(room, language))) {
            assert.deepEqual(places(words), places(english), english);
            assert.notEqual(words, english);
            if (language.startsWith('zh')) assert.match(words, /\p{Script=Han}/u, english);
          }
      });

      it('says the same in every room', () => {
        const all = new Map<string, string>();
        for (const room of rooms)
          for (const [english, words] of Object.entries(translated(room, language))) {
            assert.equal(all.get(english) ?? words, words, `${english} in ${room}`);
            all.set(english, words);
          }
      });

      it('is spoken where it was chosen', () => {
        for (const room of rooms) {
          const [[english, words] = ['', '']] = Object.entries(translated(room, language));
          speakIn(language);
          assert.equal(say(english), words, room);
          speakIn('en');
          assert.equal(say(english), english, room);
        }
      });
    });

  it('have their values set in', () => {
    speakIn('zh-cn');
    assert.equal(say('{0} is empty', 'x.csv'), 'x.csv 为空');
  });
});
