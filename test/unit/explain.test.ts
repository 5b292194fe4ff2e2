import assert from 'node:assert/strict';
import { catalogue, defaultParameters } from '../../src/activations/catalogue';
import { sectionTitles } from '../../src/activations/prose';
import { detect } from '../../src/detect/detect';
import { detectPython } from '../../src/detect/python/detect';
import type { ActivationSite } from '../../src/detect/site';
import { curveImage } from '../../src/explain/curve';
import { documentationOf } from '../../src/explain/documentation';
import { explainInside, explainSite } from '../../src/explain/hover';
import { base64 } from '../../src/explain/image';
import { palettes, type ThemeKind } from '../../src/explain/palette';
import { explainJson, explainText } from '../../src/explain/text';
import { words } from '../../src/explain/words';
import { type Language, languages } from '../../src/language/say';
import { testSyntax } from '../support/syntax';

const links = { explain: 'command:explain', compare: 'command:compare', documentation: 'https://docs.pytorch.org/' };
const themes = Object.keys(palettes) as ThemeKind[];

async function sitesOf(code: string): Promise<ActivationSite[]> {
  const text = `import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n${code}\n`;
  const tree = await testSyntax().parse('python', text);
  try {
    return detectPython(tree, { file: 'a.py', text, version: 1 });
  } finally {
    tree.delete();
  }
}

async function siteOf(code: string): Promise<ActivationSite> {
  const [site] = await sitesOf(code);
  assert.ok(site, `no site in ${code}`);
  return site;
}

/** What is drawn; the image that only holds the plot apart from the text shows nothing. */
function images(markdown: string): string[] {
  return [...markdown.matchAll(/data:image\/svg\+xml;base64,([\w+/=]+)/g)]
    .map(([, data = '']) => Buffer.from(data, 'base64').toString('utf8'))
    .filter((svg) => /<(path|text)/.test(svg));
}

async function tfjsMarkdown(line: string, language: Language = 'en'): Promise<string> {
  const text = `import * as tf from '@tensorflow/tfjs';\n${line}\n`;
  const [site] = await detect(testSyntax(), { file: 'a.ts', text, version: 1 });
  const activation = site && catalogue.get(site.activation);
  assert.ok(site && activation, `no site in ${line}`);
  const documentation = documentationOf(site, activation) ?? '';
  const { markdown } = explainSite(site, { theme: 'dark', language, links: { ...links, compare: '', documentation } });
  return markdown.replace(/<img[^>]*>|!\[[^\]]*\]\([^)]*\)/g, '');
}

const page = 'https://js.tensorflow.org/api/latest/#';
const tfjsHovers: readonly (readonly [string, RegExp, string])[] = [
  [
    'tf.layers.leakyReLU()',
    /^\*\*LeakyReLU\*\*.*`alpha` is 0\.3 here: TensorFlow\.js's default, not PyTorch's/s,
    'layers.leakyReLU',
  ],
  ['tf.layers.leakyReLU({ alpha: 0.1 })', /^\*\*LeakyReLU \(alpha = 0\.1\)\*\*/, 'layers.leakyReLU'],
  ['tf.leakyRelu(x)', /`alpha` is 0\.2 here/, 'leakyRelu'],
  ["tf.layers.dense({ activation: 'gelu_new' })", /^\*\*GELU \(approximate = tanh\)\*\*/, 'layers.activation'],
  [
    "tf.layers.dense({ activation: 'hardSigmoid' })",
    /its slope is 1\/5, where the plot's is 1\/6/,
    'layers.activation',
  ],
  ['tf.layers.reLU({ maxValue: 6 })', /^\*\*ReLU6\*\*/, 'layers.reLU'],
  ['tf.layers.thresholdedReLU()', /`theta` is 1 here/, 'layers.thresholdedReLU'],
  ['tf.softmax(x)', /^\*\*Softmax\*\*/, 'softmax'],
  ['tf.mul(x, tf.sigmoid(x))', /^\*\*SiLU\*\*/, 'layers.activation'],
  ['tf.ones([1]).logSigmoid()', /^\*\*LogSigmoid\*\*/, 'logSigmoid'],
];

describe("the hover of TensorFlow.js's activations", () => {
  for (const [line, words, anchor] of tfjsHovers)
    it(line, async () => {
      const markdown = await tfjsMarkdown(line);
      assert.match(markdown, words);
      assert.ok(markdown.includes(`(${page}${anchor})`), markdown);
      assert.doesNotMatch(markdown, /PyTorch chooses|pytorch\.org|Compare/);
    });
});

describe('the hover', () => {
  it('what is named without being chosen says so, and what a word sets is in the title', async () => {
    const kinds: readonly (readonly [code: string, title: RegExp, isMention: boolean])[] = [
      ['if isinstance(m, nn.ReLU): pass', /^\*\*ReLU\*\*/, true],
      ['class Mine(nn.LeakyReLU): pass', /^\*\*LeakyReLU\*\*/, true],
      ['ACT2CLS = {"gelu_new": Gelu}', /^\*\*GELU .*approximate.*tanh/, true],
      ['Act.add_factory("swish", make)', /^\*\*SiLU/, true],
      ['net = Unet(act=Act.PRELU)', /^\*\*PReLU\*\*/, false],
      ['block = Block(gate_layer="hard_sigmoid")', /^\*\*Hardsigmoid\*\*/, false],
      ['layer = resolve_act_layer(kwargs, "GELU-tanh")', /^\*\*GELU .*approximate.*tanh/, false],
    ];
    for (const [code, title, isMention] of kinds) {
      const { markdown } = explainSite(await siteOf(code), { theme: 'dark', language: 'en', links });
      assert.match(markdown.replace(/<img[^>]*>|!\[[^\]]*\]\([^)]*\)/g, ''), title, code);
      assert.equal(markdown.includes('Named here, but not chosen'), isMention, code);
    }
  });

  it('shows formula and plot of every entry in every theme and language, small enough', async () => {
    const site = await siteOf('a = nn.ReLU()');
    for (const id of catalogue.keys()) {
      for (const theme of themes) {
        for (const language of languages) {
          const { markdown } = explainSite({ ...site, activation: id }, { theme, language, links });
          const [plot = '', formula = '', ...more] = images(markdown);
          assert.equal(more.length, 0);
          for (const svg of [formula, plot]) {
            assert.match(svg, /^<svg[^>]*xmlns[\s\S]*<\/svg>$/);
            assert.doesNotMatch(svg, /currentColor|NaN|<script/);
          }
          assert.ok(plot.length < 20_000, `${id}: the plot has ${plot.length} characters`);
          assert.ok(markdown.length < 100_000, `${id}: the hover has ${markdown.length} characters`);
          const bullets = markdown.match(/^- /gm) ?? [];
          assert.ok(bullets.length >= 3 && bullets.length <= 5, `${id}: ${bullets.length} trade-offs`);
        }
      }
    }
  });

  it('has this call’s parameters in the formula, and says nothing of one that the text does not tell', async () => {
    const formulaFor = async (line: string) => {
      const site = await siteOf(line);
      return images(explainSite(site, { theme: 'dark', language: 'en', links }).markdown)[1] ?? '';
    };
    const [usual, steep, unknown] = await Promise.all(
      ['a = nn.LeakyReLU()', 'a = nn.LeakyReLU(0.25)', 'a = nn.LeakyReLU(slope)'].map(formulaFor),
    );
    assert.notEqual(usual, steep);
    // a = 0.01 and 0.25 have as many glyphs; nothing is written for what isn't known.
    const glyphs = (svg = '') => svg.match(/<(use|path)/g)?.length ?? 0;
    assert.ok(glyphs(unknown) < glyphs(usual) - 4, `${glyphs(unknown)} of ${glyphs(usual)}`);
    const [erf, tanh] = await Promise.all(['a = nn.GELU()', "a = nn.GELU(approximate='tanh')"].map(formulaFor));
    assert.notEqual(erf, tanh);
  });

  it('holds the plot beside the text in a language of short lines, silently', async () => {
    const site = await siteOf('a = nn.GELU()');
    for (const language of languages) {
      const { markdown } = explainSite(site, { theme: 'dark', language, links });
      const [, width = ''] = /\*\*GELU\*\*<img alt="" width="(\d+)" height="1" /.exec(markdown) ?? [];
      assert.ok(Number(width) > 300, width);
    }
  });

  it('says nothing of PyTorch alone where TensorFlow.js is written, and its names', async () => {
    for (const language of languages) {
      const softmax = await tfjsMarkdown('tf.layers.softmax()', language);
      assert.ok((softmax.match(/^- /gm) ?? []).length >= 2, softmax);
      assert.doesNotMatch(softmax, /CrossEntropyLoss|`dim`/);
      const leaky = await tfjsMarkdown('tf.layers.leakyReLU()', language);
      assert.match(leaky, /^- .*`alpha`/m);
      assert.doesNotMatch(leaky, /negative_slope/);
    }
  });

  it('says where a name in a configuration is not quite the function', async () => {
    const named = async (name: string) =>
      explainSite(await siteOf(`config = dict(hidden_act="${name}")`), { theme: 'dark', language: 'en', links })
        .markdown;
    assert.match(await named('gelu_10'), /clipped to −10 … 10/);
    assert.doesNotMatch(await named('gelu'), /clipped/);
  });

  it('is for a narrow place without what holds the plot apart', async () => {
    const site = await siteOf('a = nn.GELU()');
    const { markdown } = explainSite(site, { theme: 'dark', language: 'en', links, narrow: true });
    assert.match(markdown, /\*\*GELU\*\*\n/);
    assert.doesNotMatch(markdown, /\u00a0/);
  });

  it('plots this call’s parameters and names them', async () => {
    const [small, large] = [
      await siteOf('a = nn.LeakyReLU(0.01)'),
      await siteOf('a = nn.LeakyReLU(0.5, inplace=True)'),
    ];
    const show = (site: ActivationSite) => explainSite(site, { theme: 'dark', language: 'en', links }).markdown;
    assert.notEqual(images(show(small))[0], images(show(large))[0]);
    assert.match(show(large), /LeakyReLU \(negative\\_slope = 0\.5, inplace = True\)/);
    assert.match(show(large), /overwrites the input/);
  });

  it('of a name inside a written-out formula says what it is part of', async () => {
    const [outer, inner] = await sitesOf('def f(x):\n    return x * torch.sigmoid(1.702 * x)');
    assert.ok(outer && inner);
    assert.deepEqual([outer.activation, inner.activation], ['quick_gelu', 'sigmoid']);
    const { markdown } = explainInside(outer, inner, { theme: 'dark', language: 'en', links });
    assert.match(markdown, /^Part of \*\*QuickGELU\*\*, written out here\.\n\n/);
    assert.match(markdown, /\*\*Sigmoid\*\*/);
  });

  it('says what it cannot know', async () => {
    const show = async (code: string) =>
      explainSite(await siteOf(code), { theme: 'light', language: 'en', links }).markdown;
    assert.match(await show('def f(slope):\n    return nn.LeakyReLU(slope)'), /`negative_slope` is `slope` here/);
    assert.match(await show('a = nn.Softmax()'), /No `dim` is given/);
    assert.doesNotMatch(await show('a = nn.Softmax(dim=1)'), /No `dim` is given/);
  });

  it('encodes any text', () => {
    for (const text of ['', 'a', 'ab', 'abc', '−½·√x', '激活函数', '𝜎(x)']) {
      assert.equal(base64(text), Buffer.from(text).toString('base64'));
    }
  });
});

describe('the plot', () => {
  it('leaves a gap where the slope jumps', () => {
    const relu = catalogue.get('relu');
    assert.ok(relu);
    const svg = curveImage(relu, defaultParameters(relu), palettes.dark, words.en);
    const dashed = /<path d="([^"]+)"[^>]*stroke-dasharray[^>]*clip-path/.exec(svg ?? '')?.[1] ?? '';
    assert.equal(dashed.split('M').length - 1, 2);
  });
});

describe('the terminal’s explanation', () => {
  it('has every section in both languages', () => {
    for (const activation of catalogue.values()) {
      for (const language of languages) {
        const text = explainText(activation, defaultParameters(activation), language);
        const { formula, sources } = words[language];
        for (const part of [activation.title, formula, sectionTitles[language].tradeoffs, sources])
          assert.ok(text.includes(part), part);
        assert.doesNotMatch(text, /undefined|: NaN|\*\*/);
      }
    }
  });

  it('is data without infinities', () => {
    for (const activation of catalogue.values()) {
      const json = JSON.parse(JSON.stringify(explainJson(activation, defaultParameters(activation))));
      assert.equal(json.id, activation.id);
      assert.ok(json.tradeoffs.length >= 3);
    }
    const relu = catalogue.get('relu');
    assert.ok(relu);
    assert.deepEqual(explainJson(relu, {}).facts?.range, { low: 0, high: null });
  });
});
