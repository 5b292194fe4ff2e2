import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { detectPython, finish, PythonSites } from '../../src/detect/python/detect';
import { inRoot } from '../support/paths';
import { testSyntax } from '../support/syntax';

const folder = inRoot('test', 'fixtures', 'detect');
const texts = readdirSync(folder)
  .filter((file) => file.endsWith('.py'))
  .map((file) => readFileSync(`${folder}/${file}`, 'utf8'));

/** Edits that change, move, add and remove definitions and what they depend on. */
function* versions(text: string): Generator<string> {
  yield text;
  yield `# moved down\n\n${text}`;
  const lines = text.split('\n');
  for (let at = 3; at < lines.length; at += 5) {
    yield lines.toSpliced(at, 1).join('\n');
    yield lines.toSpliced(at, 0, 'y = 1', '').join('\n');
  }
  yield text.replace('import torch.nn as nn', 'import mylib as nn');
  yield text.replace(/torch\.sigmoid/g, 'torch.tanh');
  yield text;
}

describe('detection from version to version', () => {
  texts.forEach((text, index) => {
    it(`what is kept of fixture ${index} gives what a fresh look gives`, async () => {
      const sites = new PythonSites();
      for (const version of versions(text)) {
        const tree = await testSyntax().parse('python', version);
        const source = { file: 'a.py', text: version, version: 1 };
        assert.deepEqual(finish(sites.update(tree, source, new Map())), detectPython(tree, source));
        tree.delete();
      }
    });
  });

  it('parses in slices what it parses at once, texts in turns', async () => {
    const long = readFileSync(inRoot('samples', 'vit.py'), 'utf8').repeat(60);
    const [a, b] = await Promise.all([testSyntax().parse('python', long), testSyntax().parse('python', 'x = 1\n')]);
    assert.equal(a.rootNode.endIndex, long.length);
    assert.equal(b.rootNode.endIndex, 6);
    assert.ok(!a.rootNode.hasError);
    a.delete();
    b.delete();
  });
});
