import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { detect } from '../../src/detect/detect';
import { parametersOf, unknownParameters } from '../../src/detect/parameters';
import { expectations } from '../support/carets';
import { inRoot } from '../support/paths';
import { testSyntax } from '../support/syntax';

const folder = inRoot('test', 'fixtures', 'detect');

describe('detection in fixtures', () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.py'));
  assert.ok(files.length > 0);
  for (const file of files)
    it(file, async () => {
      const text = readFileSync(`${folder}/${file}`, 'utf8');
      const sites = await detect(testSyntax(), { file, text, version: 1 });
      const found = sites.map(({ range, activation, form, parameters, text: name }) => {
        assert.equal(text.split('\n')[range.line]?.slice(range.column, range.endColumn), name);
        const written = Object.entries(parameters).map(
          ([key, argument]) => `${key}=${'value' in argument ? JSON.stringify(argument.value) : '?'}`,
        );
        return [`${range.line + 1}:${range.column}-${range.endColumn}`, activation, form, ...written].join(' ');
      });
      assert.deepEqual(found, expectations(text));
    });

  it('what is known is laid over the defaults', async () => {
    const text = 'import torch.nn as nn\na = nn.Softplus(threshold=k, beta=3)\n';
    const [site] = await detect(testSyntax(), { file: 'a.py', text, version: 1 });
    assert.ok(site);
    assert.deepEqual(parametersOf(site), { beta: 3, threshold: 20 });
    assert.deepEqual(unknownParameters(site), ['threshold']);
  });

  it('any prefix of a file is read without complaint', async () => {
    const text = readFileSync(`${folder}/forms.py`, 'utf8');
    for (let end = 0; end < text.length; end += 37)
      await detect(testSyntax(), { file: 'a.py', text: text.slice(0, end), version: end });
  });
});
