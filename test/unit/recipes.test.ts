import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inRoot } from '../support/paths';

const rooms = readdirSync(inRoot('src')).filter((name) => existsSync(inRoot('src', name, 'README.md')));
const pages = [
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  ...readdirSync(inRoot('docs', 'adding')).map((name) => join('docs', 'adding', name)),
  ...rooms.map((name) => join('src', name, 'README.md')),
];

describe('pages for contributors', () => {
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
