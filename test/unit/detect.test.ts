import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { detect } from '../../src/detect/detect';
import { languageOf } from '../../src/detect/language';
import { parametersOf, unknownParameters } from '../../src/detect/parameters';
import { expectations } from '../support/carets';
import { inRoot } from '../support/paths';
import { testSyntax } from '../support/syntax';

const folder = inRoot('test', 'fixtures', 'detect');

describe('detection in fixtures', () => {
  const files = readdirSync(folder).filter((file) => /\.(py|[cm]?[jt]sx?)$/.test(file));
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

  it('any mix of lines is read without complaint, circles of names included', async () => {
    const files = readdirSync(folder).filter((file) => file.startsWith('tfjs_'));
    const lines = files.flatMap((file) => readFileSync(`${folder}/${file}`, 'utf8').split('\n'));
    const circles = ['var a = b;', 'var b = a;', 'var a = tf.exp(b);', 'const tf = tf.layers;', 'a = b;', 'b(a)(b);'];
    const line = fc.oneof(fc.constantFrom(...lines), fc.constantFrom(...circles));
    const text = fc
      .array(line, { maxLength: 60, size: 'max' })
      .map((all) => ["import * as tf from '@tensorflow/tfjs'", ...all].join('\n'));
    await fc.assert(
      fc.asyncProperty(text, async (each) => {
        await detect(testSyntax(), { file: 'a.ts', text: each, version: 1 });
      }),
      { numRuns: 300 },
    );
  });

  it("TF.js's own defaults are what its spellings run with", async () => {
    const written = [
      'tf.layers.leakyReLU()',
      'tf.leakyRelu(x)',
      'tf.layers.leakyReLU({ alpha: 0.1 })',
      'tf.softmax(x)',
    ];
    const text = `import * as tf from '@tensorflow/tfjs';\n${written.join('\n')}`;
    const sites = await detect(testSyntax(), { file: 'a.ts', text, version: 1 });
    assert.deepEqual(
      sites.map((site) => parametersOf(site)),
      [0.3, 0.2, 0.1].map((negative_slope) => ({ negative_slope, inplace: false })).concat([{ dim: -1 }] as never),
    );
  });

  it('the language follows from the name of the file', () => {
    const names = [
      'a.py',
      'a.pyi',
      'a.ts',
      'a.mts',
      'a.cts',
      'a.tsx',
      'a.jsx',
      'a.js',
      'a.mjs',
      'file:///a.cjs',
      'a.json',
    ];
    const [python, typescript, tsx] = ['python', 'typescript', 'tsx'] as const;
    const expected = [python, python, typescript, typescript, typescript, tsx, tsx, tsx, tsx, tsx, undefined];
    assert.deepEqual(names.map(languageOf), expected);
  });

  for (const file of ['forms.py', 'tfjs_forms.ts', 'tfjs_formulas.ts', 'tfjs_flow.ts'])
    it(`any prefix of ${file} is read without complaint`, async () => {
      const text = readFileSync(`${folder}/${file}`, 'utf8');
      for (let end = 0; end < text.length; end += 37)
        await detect(testSyntax(), { file, text: text.slice(0, end), version: end });
    });
});
