import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { filesUnder } from '../../scripts/lib/files.mjs';
import { catalogue } from '../../src/activations/catalogue';
import { inRoot } from '../support/paths';

const ids = `'(?:${[...catalogue.keys()].join('|')})'`;

/** A value that is told by its name: compared, a case, looked for in a list. */
const tests = new RegExp(
  [
    `[!=]==?\\s*${ids}`,
    `${ids}\\s*[!=]==?`,
    `\\bcase\\s+${ids}\\s*:`,
    `\\.(?:has|includes|startsWith|indexOf)\\(\\s*${ids}`,
    `new Set(?:<[^>]*>)?\\(\\[[^\\]]*${ids}`,
    `\\[[^\\]]*${ids}[^\\]]*\\]\\.(?:includes|some|indexOf)\\(`,
  ].join('|'),
  'g',
);

/** Words that are spelled as an id and mean something else; each with its reason. */
const others: Readonly<Record<string, RegExp>> = {
  // The cells of recurrent layers, which PyTorch names by what bends their sum.
  'src/graph/compose/recurrent.ts': /'(relu|tanh)'/,
  'src/lower/ops/recurrent.ts': /'(relu|tanh)'/,
  'src/torch/nn/rnn.ts': /'(relu|tanh)'/,
  // What TransformerEncoderLayer's `activation` may say.
  'src/torch/nn/transformer.ts': /'(relu|gelu)'/,
  // `approximate='tanh'`.
  'src/lower/ops/native.ts': /'tanh'/,
  // The name of TF.js's factory, whose class is spelled by itself.
  'src/detect/typescript/tfjsTable.ts': /'prelu'/,
  // A slice's step, a step of training.
  'src/python/run/attributes.ts': /'step'/,
  'src/cli/progress.ts': /'step'/,
};

describe('what is said of an activation', () => {
  it('stands in its entry: nothing else tells one by its id', () => {
    const entries = inRoot('src', 'activations', 'entries');
    const rules = [inRoot('src', 'advise'), inRoot('src', 'price')];
    const files = ['src', 'webview'].flatMap((room) => filesUnder(inRoot(room)));
    const found = files.flatMap((file) => {
      if (!file.endsWith('.ts') || file.startsWith(entries)) return [];
      // A rule is about certain activations, and says which; so does what prices it.
      if (rules.some((room) => file.startsWith(room))) return [];
      const name = relative(inRoot(), file).split('\\').join('/');
      return [...readFileSync(file, 'utf8').matchAll(tests)].flatMap(([hit]) =>
        others[name]?.test(hit) ? [] : [`${name}: ${hit.replace(/\s+/g, ' ')}`],
      );
    });
    assert.deepEqual(found, []);
    const once = new RegExp(tests.source);
    for (const name of Object.keys(others)) assert.match(readFileSync(inRoot(name), 'utf8'), once, name);
  });

  it('is found under the name of its file', () => {
    for (const [id, entry] of catalogue) assert.equal(entry.id, id);
  });
});
