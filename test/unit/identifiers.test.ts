import assert from 'node:assert/strict';
import fc from 'fast-check';
import { detect } from '../../src/detect/detect';
import { escapePattern, python, pythonName, typescript, WordSearch, Words } from '../../src/syntax/identifiers';
import { testSyntax } from '../support/syntax';

const letters = ['a', 'Z', '_', '$', 'ß', 'é', 'α', 'Я', '斜', '率', '激', 'ƒ', 'ﬁ', 'Ｒ', '𝛼', 'º', 'İ', 'ſ', 'ʹ'];

/** Names of a language out of letters of many scripts, digits and combining marks behind them. */
function namesOf({ name }: typeof python) {
  const whole = new RegExp(`^${name}$`, 'u');
  const first = fc.constantFrom(...letters);
  const rest = fc.array(fc.constantFrom(...letters, '0', '٣', '\u0301', '\u00b7'), { maxLength: 4 });
  return fc
    .tuple(first, rest)
    .map(([start, more]) => start + more.join(''))
    .filter((each) => whole.test(each) && !/^(as|if|in|is|or|do|of|a|f|x)$/.test(each));
}

describe('names of the languages', () => {
  it('are found whole, in every script', () => {
    const places = (text: string, word: string, language = python) => [...new Words(language, text).places(word)];
    assert.deepEqual(places('α αβ βα α.α(α)', 'α'), [0, 8, 10, 12]);
    assert.deepEqual(places('x xä äx x𝛼 𝛼x x', 'x'), [0, 16]);
    assert.deepEqual(places('a $a a$ #a a', 'a', typescript), [0, 9, 11]);
    assert.deepEqual(places('$x x $x', '$x', typescript), [0, 5]);
    assert.equal(python.at('= größe2+1', 2), 'größe2');
    assert.equal(python.at('2größe', 0), '');
    assert.deepEqual(
      Array.from(typescript.in('a.$b + #c'), ([name]) => name),
      ['a', '$b', 'c'],
    );
    assert.deepEqual(
      Array.from(new WordSearch(python, ['relu', 'relu_']).in('ä relu äreluä relu relu_ß relu_'), ({ index }) => index),
      [2, 14, 26],
    );
  });

  it('are what NFKC makes of them in Python', () => {
    assert.equal(pythonName('ﬁlter'), 'filter');
    assert.equal(pythonName('größe'), 'größe');
  });

  it('can be anything in a pattern', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const flags of ['', 'u']) assert.ok(new RegExp(`^${escapePattern(text)}$`, flags).test(text));
      }),
    );
  });

  it('never silence a Python file, and bind what they name', async () => {
    await fc.assert(
      fc.asyncProperty(namesOf(python), namesOf(python), async (slope, module) => {
        fc.pre(pythonName(slope) !== pythonName(module));
        const text =
          `import torch\nimport torch.nn as ${module}\n${slope} = 0.5\n` +
          `a = ${module}.LeakyReLU(${slope})\ndef f(${slope}):\n    return ${slope} * torch.sigmoid(${slope})\n`;
        const sites = await detect(testSyntax(), { file: 'a.py', text, version: 1 });
        assert.deepEqual(
          sites.map(({ activation }) => activation),
          ['leaky_relu', 'silu', 'sigmoid'],
        );
        assert.deepEqual(sites[0]?.parameters, { negative_slope: { value: 0.5 } });
      }),
    );
  });

  it('never silence a TypeScript file, and lead where they are handed', async () => {
    await fc.assert(
      fc.asyncProperty(namesOf(typescript), namesOf(typescript), async (word, library) => {
        fc.pre(word !== library);
        const text =
          `import * as ${library} from '@tensorflow/tfjs';\nconst ${word} = 'relu';\n` +
          `class Q { #${word} = 'elu'; m() { return ${library}.layers.dense({ activation: this.#${word} }); } }\n` +
          `const made = ${library}.layers.dense({ activation: ${word} });\n`;
        const sites = await detect(testSyntax(), { file: 'a.ts', text, version: 1 });
        assert.deepEqual(
          sites.map(({ activation, text: found }) => `${activation} ${found}`),
          ['relu relu', 'elu elu', `relu ${word}`],
        );
      }),
    );
  });

  it('in halves of characters are read without complaint', async () => {
    for (const file of ['a.py', 'a.ts'])
      for (const broken of ['\ud800', '\udc00', 'x\ud83d', '\udfff_x']) {
        const text = `import torch, tensorflow\n${broken} = 1\na = torch.nn.LeakyReLU(${broken})\nb = torch.relu(x)\n`;
        await detect(testSyntax(), { file, text, version: 1 });
      }
  });
});
