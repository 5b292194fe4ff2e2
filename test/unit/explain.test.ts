import assert from 'node:assert/strict';
import { catalogue, defaultParameters } from '../../src/activations/catalogue';
import { detectPython } from '../../src/detect/python';
import type { ActivationSite } from '../../src/detect/site';
import { curveImage } from '../../src/explain/curve';
import { explainSite } from '../../src/explain/hover';
import { base64 } from '../../src/explain/image';
import { palettes, type ThemeKind } from '../../src/explain/palette';
import { explainJson, explainText } from '../../src/explain/text';
import { words } from '../../src/explain/words';
import { testSyntax } from '../support/syntax';

const links = { explain: 'command:explain', compare: 'command:compare', documentation: 'https://docs.pytorch.org/' };
const themes = Object.keys(palettes) as ThemeKind[];

async function siteOf(code: string): Promise<ActivationSite> {
  const text = `import torch.nn as nn\nimport torch.nn.functional as F\n${code}\n`;
  const tree = await testSyntax().parse('python', text);
  try {
    const [site] = detectPython(tree, { file: 'a.py', text, version: 1 });
    assert.ok(site, `no site in ${code}`);
    return site;
  } finally {
    tree.delete();
  }
}

function images(markdown: string): string[] {
  return [...markdown.matchAll(/data:image\/svg\+xml;base64,([\w+/=]+)/g)].map(([, data = '']) =>
    Buffer.from(data, 'base64').toString('utf8'),
  );
}

describe('the hover', () => {
  it('shows formula and plot of every entry in every theme and language, small enough', async () => {
    const site = await siteOf('a = nn.ReLU()');
    for (const id of catalogue.keys()) {
      for (const theme of themes) {
        for (const language of ['en', 'zh-cn'] as const) {
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
      for (const language of ['en', 'zh-cn'] as const) {
        const text = explainText(activation, defaultParameters(activation), language);
        const { formula, tradeoffs, sources } = words[language];
        for (const part of [activation.title, formula, tradeoffs, sources]) assert.ok(text.includes(part), part);
        assert.doesNotMatch(text, /undefined|NaN|\*\*/);
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
