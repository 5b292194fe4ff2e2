import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { main } from '../../src/cli';
import { terminal } from '../../src/cli/terminal';
import { detect } from '../../src/detect/detect';
import type { ActivationSite } from '../../src/detect/site';
import { explainInside, explainRuns, explainSite, type HoverOptions } from '../../src/explain/hover';
import { extractModel } from '../../src/extract/extract';
import { excerpt, fileName, LINE, lines, MESSAGE, notice, oneLine, VALUE } from '../../src/language/legible';
import { code, link, md } from '../../src/language/markdown';
import { type Language, languages, list, say, sentence } from '../../src/language/say';
import { NodeSource } from '../../src/source/node';
import { acting, hostile, long, ordinary } from '../support/hostile';
import { testReader } from '../support/reader';
import { testSyntax } from '../support/syntax';

const links = {
  explain: 'command:explain?%5B%5D',
  compare: 'command:compare?%5B%5D',
  documentation: 'https://docs.pytorch.org/x.html#a.b',
};
const image =
  /<img [^<>]*src="data:image\/svg\+xml;base64,[\w+/=]*">|!\[[^[\]]*\]\(data:image\/svg\+xml;base64,[\w+/=]*\|width=\d+,height=\d+\)/g;

/** Markdown without our images, with nothing in the place of what is escaped and a backtick in that of code. */
function bare(markdown: string): string {
  const inert = /\\[!-/:-@[-`{-~]|(`+)(?!`)(?:(?!\n[ \t]*\n)[\s\S])*?(?<!`)\1(?!`)/g;
  return markdown.replace(image, '').replace(inert, (_, ticks) => (ticks ? '`' : ''));
}

/** Where its links lead. */
const addresses = (markdown: string) => [...bare(markdown).matchAll(/\]\(([^)]*)\)/g)].map(([, to]) => to ?? '');

/**
 * What acts in Markdown, in order. Two texts that have the same are rendered to the same blocks, links, images and tags;
 * it is stricter than any renderer.
 */
function acts(markdown: string): string {
  const text = bare(markdown).replace(/\]\([^()\s]*\)/g, ']()');
  return (text.match(/[`<>[\]!*_~|#&\n]|:\/\/|www\.|@/gi) ?? []).join(' ');
}

/** The editor's own pattern for links in notifications and in prompts (`linkedText.ts`). */
const linkedText = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/gi;

const range = { file: 'file:///w/a.py', line: 3, column: 0, endLine: 3, endColumn: 4 };
const options: HoverOptions = { theme: 'dark', language: 'en', links };
function siteWith(change: Partial<ActivationSite>): ActivationSite {
  const site = { activation: 'gelu', form: 'module', framework: 'pytorch', parameters: {}, text: 'nn.GELU' } as const;
  return { ...site, range, expression: range, ...change };
}

/** Hovers with a text of the file in each of the places that have one. */
function hovers(text: string, language: Language): string[] {
  const site = siteWith({});
  const role = { model: text, made: 1, total: 2, after: [], before: [] };
  const runs = { name: text, sites: [site], complete: true, open: [], range };
  const elsewhere = siteWith({ range: { ...range, file: `file:///w/${text}` } });
  const own = { ...options, language };
  return [
    explainSite(siteWith({ parameters: { approximate: { expression: text, reason: text } } }), own),
    explainSite(siteWith({ parameters: { approximate: { value: text } } }), own),
    explainSite(siteWith({ parameters: { [text]: { expression: text, reason: text } } }), own),
    explainSite(siteWith({ form: 'implicit', text }), own),
    explainSite(siteWith({ form: 'string', text }), own),
    explainSite(siteWith({ framework: 'tfjs', text, parameters: { x: { expression: text, reason: text } } }), own),
    explainSite(site, { ...own, role }),
    explainInside(siteWith({ activation: text }), site, own),
    explainRuns(runs, own),
    explainRuns({ ...runs, complete: false, sites: [elsewhere] }, own),
  ].map(({ markdown }) => markdown);
}

describe('text of a file', () => {
  it('is spelled out where it acts, and cut where it has no end', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 5, max: 300 }), (text, most) => {
        for (const made of [oneLine(text, most), excerpt(text, most), fileName(text)])
          assert.doesNotMatch(made, acting);
        assert.ok(oneLine(text, most).length <= most && excerpt(text, most).length <= most);
        assert.doesNotMatch(lines(text).replace(/[\n\t]/g, ''), acting);
        assert.doesNotMatch(excerpt(text, most), / {2}|^ | $/);
      }),
    );
    for (const text of long) {
      assert.ok(excerpt(text).length <= VALUE && oneLine(text).length <= LINE && notice(text).length <= 2 * MESSAGE);
      assert.ok(lines(text).length < 100_000);
    }
    assert.equal(excerpt('a\x1b[2J\u202eb\0'), 'a\\x1b[2J\\u202eb\\x00');
    assert.equal(oneLine('a\nb\t\r'), 'a\\nb\\t\\r');
    assert.equal(excerpt(' a\r\n  b '), 'a b');
    assert.equal(excerpt('😀'.repeat(50), 11), '😀😀😀…😀');
    assert.equal(excerpt(`(${'x'.repeat(400)})`, 9), '(xxxx…xx)');
  });

  it('reads as it is where it is ordinary', () => {
    for (const text of ordinary) {
      for (const made of [excerpt(text), oneLine(text), lines(text), notice(text), say('{0}', text)])
        assert.equal(made, text);
      assert.equal(code(text).markdown, `\`${text}\``);
    }
    assert.equal(lines('a\n\tb\n'), 'a\n\tb\n');
    assert.equal(fileName('file:///w/%E6%A8%A1%20%282%29.py'), '模 (2).py');
    assert.equal(fileName('C:\\m\\100%.py'), '100%.py');
  });

  it('is a value of a message that ends, and a list that is counted', () => {
    assert.equal(say('{0} and {1}', 'a\n{1}', '\u202e').replace('\\u202e', 'R'), 'a {1} and R');
    assert.ok(say('{0}', 'x'.repeat(1e6)).length === VALUE);
    assert.ok(say('{0}', sentence('x'.repeat(1e6))).length === MESSAGE);
    assert.equal(say('{0} of {1}', undefined), '? of {1}');
    const many = Array.from({ length: 6250 }, (_, i) => `Net${i}`);
    assert.equal(list(many.slice(0, 20)), many.slice(0, 20).join(', '));
    assert.equal(say('it has {0}', many), `it has ${many.slice(0, 20).join(', ')}, and 6230 more`);
    assert.equal(say('[{0}]', [2, 3]), '[2, 3]');
  });

  it('makes no block, link, image or tag in Markdown', () => {
    const forms = [
      (text: string) => md`${text}`,
      (text: string) => md`A **${text}** b`,
      (text: string) => md`- ${code(text)} (${text})`,
      (text: string) => md`(${link(text, 'https://own.example/')})`,
    ];
    const usual = forms.map((form) => acts(form('x').markdown));
    fc.assert(
      fc.property(hostile, (text) => {
        assert.deepEqual(
          forms.map((form) => acts(form(text).markdown)),
          usual,
        );
      }),
      { numRuns: 500 },
    );
    assert.equal(link('a', 'file:///w/a) [b](command:x)').markdown, '[a](file:///w/a%29%20%5bb%5d%28command:x%29)');
  });

  for (const language of languages)
    it(`makes none in a hover, which loads nothing (${language})`, () => {
      const usual = hovers('x', language).map(acts);
      const known = [...Object.values(links), 'file:///w/a.py#L4'];
      fc.assert(
        fc.property(hostile, (text) => {
          hovers(text, language).forEach((markdown, i) => {
            assert.equal(acts(markdown), usual[i], markdown.replace(image, ''));
            const elsewhere = addresses(markdown).filter((address) => !known.includes(address));
            for (const address of elsewhere) assert.match(address, /^file:\/\/\/w\/[^\s<>()`]*#L4$/);
          });
        }),
        { numRuns: 100 },
      );
      for (const text of long)
        for (const markdown of hovers(text.slice(0, 400_000), language)) assert.ok(markdown.length < 100_000);
    });

  it('of a whole file makes none in its hovers', async () => {
    const attack =
      '\n\n[click](command:activationLens.compareActivations?%5B%5D)\n\n<img src="https://attacker.example/t.png">\n\n# A heading\n\n';
    const files = [
      ['a.py', `from torch import nn\na = nn.LeakyReLU(slope("""${attack}"""))\n`],
      ['a.py', `from torch import nn\nb = nn.GELU(approximate="a ](command:x) <img src=https://a.b> www.a.b")\n`],
      ['a.py', `from torch import nn\nrnn = (nn  # x${attack.replaceAll('\n\n', '\n\n# ')}\n    .LSTM(3, 4))\n`],
      ['a.py', `from torch import nn\ny = nn.GELU(**{\n\n"${attack.trim().split('\n')[0]}": 1})\n`],
      ['a.ts', `import * as tf from '@tensorflow/tfjs';\ntf.layers.leakyReLU({alpha: g(\`${attack}\`)});\n`],
    ] as const;
    for (const [file, text] of files) {
      const sites = await detect(testSyntax(), { file, text, version: 1 });
      assert.ok(sites.length > 0, text);
      for (const site of sites) {
        const { markdown } = explainSite(site, options);
        assert.deepEqual(addresses(markdown), Object.values(links), markdown);
        assert.doesNotMatch(bare(markdown), /<(?!\s)|^ *#|attacker\.|:\/\/(?!docs\.pytorch)/m);
      }
    }
  });

  it('makes no link in a notification', () => {
    fc.assert(
      fc.property(hostile, hostile, (a, b) => {
        for (const text of [a, `[${a}](command:x${b})`, `[a](https://b.c/${a})`, say('{0}: {1}', a, b)])
          assert.doesNotMatch(notice(text), linkedText);
      }),
    );
    assert.equal(notice('nn # [Repair](command:x?y) .LSTM'), 'nn # [Repair] (command:x?y) .LSTM');
  });

  it('is one line of a terminal and acts on none; JSON is to the byte', () => {
    let out = '';
    const { out: print, json } = terminal((text) => {
      out += text;
    });
    fc.assert(
      fc.property(hostile, (text) => {
        out = '';
        print([`${text}:1:1: relu`, text]);
        assert.equal(out.split('\n').length, 3);
        assert.doesNotMatch(out.replaceAll('\n', ''), acting);
        out = '';
        json({ text });
        assert.equal(out, `${JSON.stringify({ text }, null, 2)}\n`);
      }),
    );
  });
});

describe('a hostile file in the terminal', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'activation-lens-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  async function run(...argv: string[]) {
    let [out, err] = ['', ''];
    const io = {
      syntax: testSyntax(),
      reader: testReader(),
      out: (text: string) => (out += text),
      err: (text: string) => (err += text),
    };
    return { code: await main(argv, io), out, err };
  }
  function write(name: string, text: string): string {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  }
  const clean = (text: string) => assert.doesNotMatch(text.replaceAll('\n', ''), acting);

  it('has one line for each finding, whatever its name and its text', async () => {
    const silu = 'import torch\ny = x * torch.sigmoid("\x1b]0;owned\x07\u202e")\ny = x * torch.sigmoid(x)\n';
    const file = write('a\n\x1b[2Jb.py:1:1: relu \u202e.py', silu);
    for (const [command, count] of [
      ['detect', 3],
      ['lint --format concise', 1],
    ] as const) {
      const { out, err } = await run(...command.split(' '), file);
      clean(out + err);
      assert.equal(err, '');
      assert.ok(out.startsWith(join(folder, 'a\\n\\x1b[2Jb.py:1:1: relu \\u202e.py:')), out);
      assert.equal(out.trimEnd().split('\n').length, count, out);
    }
    const excerpt = await run('lint', file);
    clean(excerpt.out + excerpt.err);
    const { out } = await run('detect', '--json', file);
    assert.equal(JSON.parse(out)[0].file, file);
    assert.equal(out, `${JSON.stringify(JSON.parse(out), null, 2)}\n`);
    const missing = await run('detect', `${file}\nno such`);
    clean(missing.err);
    assert.equal(missing.err.split('\n').length, 2);
  });

  it('ends a message that has no end, and spells out what it holds', async () => {
    const file = write(
      'net.py',
      [
        'from torch import nn',
        'class Net(nn.Module):',
        '    def __init__(self):',
        '        super().__init__()',
        "        raise ValueError('\\x1b[2J\\u202e' + '[a](command:x)' + 'x' * 1900000)",
        '    def forward(self, x):',
        '        return x',
      ].join('\n'),
    );
    const { code: exit, err } = await run('extract', file);
    assert.equal(exit, 2);
    clean(err);
    assert.ok(err.length < 3000, String(err.length));
    assert.match(err, /ValueError: \\x1b\[2J\\u202e/);
    const found = await extractModel({ syntax: testSyntax(), source: new NodeSource(), file });
    assert.ok(!found.ok && found.problem.message.length <= MESSAGE);
    assert.doesNotMatch(notice(found.problem.message), linkedText);
  });

  it('lists the first of many models', async () => {
    const models = Array.from({ length: 300 }, (_, i) => `class Net${i}(nn.Module):\n    pass\n`);
    const { err } = await run('extract', `${write('many.py', `from torch import nn\n${models.join('')}`)}:Missing`);
    assert.match(err, /models in the file: Net\d+(, Net\d+){19}, and 280 more\n/);
  });
});
