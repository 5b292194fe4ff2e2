import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import type { Advice } from '../../src/advise/advice';
import { applyEdits } from '../../src/advise/applyEdits';
import type { RuleSettings } from '../../src/advise/configuration';
import { advise } from '../../src/advise/engine';
import { rules } from '../../src/advise/rules/index';
import { expectations } from '../support/carets';
import { inRoot } from '../support/paths';
import { testSyntax } from '../support/syntax';

const head = 'import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n';
const check = (body: string) => advise(testSyntax(), { file: 'a.py', text: head + body, version: 1 });

const wrong: readonly (readonly [string, string, string])[] = [
  ['handwritten-silu', 'y = x * torch.sigmoid(x)\n', 'y = F.silu(x)\n'],
  ['handwritten-silu', 'y = x.sigmoid() * x\n', 'y = F.silu(x)\n'],
  ['handwritten-silu', 'y = x * nn.Sigmoid()(x)\n', 'y = F.silu(x)\n'],
  ['softmax-before-cross-entropy', 'l = F.cross_entropy(F.softmax(z, 1), y)\n', 'l = F.cross_entropy(z, y)\n'],
  [
    'softmax-before-cross-entropy',
    'm = nn.Sequential(nn.Linear(4, 3), nn.Softmax(1))\nc = nn.CrossEntropyLoss()\nl = c(m(x), y)\n',
    'm = nn.Sequential(nn.Linear(4, 3))\nc = nn.CrossEntropyLoss()\nl = c(m(x), y)\n',
  ],
  [
    'no-nonlinearity',
    'm = nn.Sequential(nn.Linear(4, 8), nn.Dropout(), nn.Linear(8, 2))\n',
    'm = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Dropout(), nn.Linear(8, 2))\n',
  ],
];

const right = [
  'y = x * torch.sigmoid(z)\n',
  'y = f(x) * torch.sigmoid(f(x))\n',
  'l = F.cross_entropy(z, F.softmax(t, 1))\n',
  'def predict(z):\n    return F.softmax(z, 1)\nl = F.cross_entropy(z, y)\n',
  'm = nn.Sequential(nn.Linear(64, 4), nn.Linear(4, 64))\n',
  'm = nn.Sequential(nn.Linear(4, 8), nn.LayerNorm(8), nn.Linear(8, 2))\n',
  'y = x * torch.sigmoid(x)  # activation-lens: ignore[handwritten-silu]\n',
];

describe('advice by rule', () => {
  for (const [code, before, after] of wrong)
    it(`${code}: ${before.split('\n')[0]}`, async () => {
      const [found, ...rest] = await check(before);
      assert.equal(found?.code, code);
      assert.deepEqual(rest, []);
      const fixed = applyEdits(head + before, found.fixes[0]?.edits ?? []);
      assert.equal(fixed, head + after);
      assert.deepEqual(await check(after), []);
    });
  for (const body of right) it(`silent: ${body.split('\n')[0]}`, async () => assert.deepEqual(await check(body), []));
});

describe('advice in fixtures', () => {
  const folder = inRoot('test', 'fixtures', 'advise');
  const files = readdirSync(folder).filter((file) => file.endsWith('.py'));
  assert.ok(files.length > 0);
  for (const file of files)
    it(file, async () => {
      const text = readFileSync(`${folder}/${file}`, 'utf8');
      // A rule that has to be asked for is asked for in its own fixture.
      const code = file.replace('.py', '').replaceAll('_', '-');
      const isOptional = rules.some((each) => each.code === code && each.isOptional);
      const settings: RuleSettings = isOptional ? { [code]: 'information' } : {};
      const found = await advise(testSyntax(), { file, text, version: 1 }, { settings });
      assert.deepEqual(
        found.map(({ range, code }) => `${range.line + 1}:${range.column}-${range.endColumn} ${code}`).sort(),
        expectations(text).sort(),
      );
      const count = (all: readonly Advice[], code: string) => all.filter((each) => each.code === code).length;
      for (const { code: own, fixes } of found)
        for (const { edits } of fixes) {
          const after = await advise(testSyntax(), { file, text: applyEdits(text, edits), version: 2 }, { settings });
          // What is mended may show what another rule finds.
          assert.equal(count(after, own), count(found, own) - 1, 'a fix takes its finding away');
          const lost = found.filter(({ code }) => code !== own && count(after, code) < count(found, code));
          assert.deepEqual(
            lost.map(({ code }) => code),
            [],
            'and no other',
          );
        }
      const chinese = await advise(testSyntax(), { file, text, version: 1 }, { settings, language: 'zh-cn' });
      for (const { message, hint } of chinese) assert.match(message + hint, /\p{Script=Han}/u);
    });
});
