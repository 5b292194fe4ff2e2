import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { say, speak } from '../../src/language/say';
import { speakIn } from '../../src/language/speakIn';
import { type Literal, literalsOf } from '../support/literals';
import { inRoot } from '../support/paths';

const translated = (room: string): Record<string, string> =>
  JSON.parse(readFileSync(inRoot('l10n', 'core', `${room}.zh-cn.json`), 'utf8'));
const rooms = readdirSync(inRoot('l10n', 'core')).map((file) => file.replace('.zh-cn.json', ''));
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

  it('have a Chinese translation by their room, and none to spare', () => {
    const byRoom = new Map<string, Set<string>>(rooms.map((room) => [room, new Set()]));
    for (const { file, text } of said) {
      const room = file.split('/')[1] ?? '';
      assert.ok(byRoom.has(room), `${file} speaks, and l10n/core has no ${room}.zh-cn.json`);
      byRoom.get(room)?.add(text);
    }
    for (const [room, texts] of byRoom) assert.deepEqual(Object.keys(translated(room)).sort(), [...texts].sort(), room);
  });

  it('keep every place of a value, and are Chinese', () => {
    for (const room of rooms)
      for (const [english, chinese] of Object.entries(translated(room))) {
        assert.deepEqual(places(chinese), places(english), english);
        assert.match(chinese, /\p{Script=Han}/u, english);
      }
  });

  it('say the same in every room', () => {
    const all = new Map<string, string>();
    for (const room of rooms)
      for (const [english, chinese] of Object.entries(translated(room))) {
        assert.equal(all.get(english) ?? chinese, chinese, `${english} in ${room}`);
        all.set(english, chinese);
      }
  });

  it('are said in the language that was chosen', () => {
    for (const room of rooms) {
      const [[english, chinese] = ['', '']] = Object.entries(translated(room));
      speakIn('zh-cn');
      assert.equal(say(english), chinese, room);
      speakIn('en');
      assert.equal(say(english), english, room);
    }
    speakIn('zh-cn');
    assert.equal(say('{0} is empty', 'x.csv'), 'x.csv 为空');
  });
});
