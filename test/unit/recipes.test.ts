import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inRoot } from '../support/paths';

const rooms = readdirSync(inRoot('src')).filter((name) => existsSync(inRoot('src', name, 'README.md')));
const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  ...readdirSync(inRoot('docs', 'adding')).map((name) => join('docs', 'adding', name)),
  ...rooms.map((name) => join('src', name, 'README.md')),
];

/** Names of packages, which our code does not use. */
const foreign = new Set(['enableGraphCapture']);

/** Every word of our code. */
const words = new Set(
  ['src', 'webview', 'test', 'scripts', '.']
    .flatMap((folder) =>
      readdirSync(inRoot(folder), { recursive: folder !== '.', encoding: 'utf8' }).map((name) => join(folder, name)),
    )
    .filter((name) => /\.(ts|mjs)$|^package\.json$/.test(name))
    .flatMap((name) => readFileSync(inRoot(name), 'utf8').match(/\w+/g) ?? []),
);

describe('pages for contributors', () => {
  it('name the nouns by the types that the code has', () => {
    const text = readFileSync(inRoot('ARCHITECTURE.md'), 'utf8');
    const [nouns = ''] = /^The nouns are types.*?\n\n/ms.exec(text) ?? [];
    let looked = 0;
    for (const [, names = '', file = ''] of nouns.matchAll(/((?:`\w+`(?:, | and )?)+)\s\(`([\w/.]+)`\)/g))
      for (const [, name = ''] of names.matchAll(/`(\w+)`/g)) {
        looked++;
        assert.match(readFileSync(inRoot(file), 'utf8'), new RegExp(`^export (?:interface|type) ${name}\\b`, 'm'));
      }
    assert.equal(looked, nouns.match(/`[A-Z]\w+`/g)?.length);
    assert.ok(looked >= 8);
  });

  it('are there: for each thing that can be added, for each room with decisions', () => {
    const adding = readdirSync(inRoot('docs', 'adding')).sort();
    for (const page of ['a-language.md', 'a-layer.md', 'a-rule.md', 'an-activation.md'])
      assert.ok(adding.includes(page));
    const contributing = readFileSync(inRoot('CONTRIBUTING.md'), 'utf8');
    for (const page of adding) assert.ok(contributing.includes(`docs/adding/${page}`), page);
    const architecture = readFileSync(inRoot('ARCHITECTURE.md'), 'utf8');
    for (const room of rooms) assert.ok(architecture.includes(`src/${room}/README.md`), room);
  });

  for (const page of pages) {
    const text = readFileSync(inRoot(page), 'utf8');

    it(`${page}: every name of our code that it uses is there`, () => {
      const names = [...text.replace(/^```.*?^```$/gms, '').matchAll(/`([^`\n]+)`/g)].flatMap(([, code = '']) => {
        const [, name = ''] = /^(?:\w+\.)*(\w+)(?:\(.*\))?$/.exec(code) ?? [];
        // Words of English, of commands and of other programs are not told from ours by how they look.
        return /[a-z][A-Z]/.test(name) ? [name] : [];
      });
      assert.deepEqual(
        names.filter((name) => !words.has(name) && !foreign.has(name)),
        [],
      );
    });

    it(`${page}: every link leads to a file`, () => {
      for (const [, target = ''] of text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        assert.ok(existsSync(inRoot(dirname(page), target)), target);
      }
    });

    it(`${page}: every file that it names exists`, () => {
      const room = page.startsWith('src')
        ? readdirSync(inRoot(dirname(page)), { recursive: true, encoding: 'utf8' })
        : [];
      for (const [, name = ''] of text.matchAll(/`([\w./-]+\.(?:ts|mjs|py|md|json)|[\w.-]+\/(?:[\w.-]+\/)*)`/g)) {
        const inRepository = /^(src|test|docs|scripts|webview|l10n|media|samples)\//.test(name);
        if (inRepository) assert.ok(existsSync(inRoot(name)), name);
        else if (room.length > 0 && !name.startsWith('torch/nn/modules')) {
          const bare = name.replace(/\/$/, '');
          assert.ok(
            room.some((file) => file === bare || file.endsWith(`/${bare}`)),
            name,
          );
        }
      }
    });
  }
});
