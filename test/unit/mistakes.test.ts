import assert from 'node:assert/strict';
import { catalogue } from '../../src/activations/catalogue';
import { mistakes, mistakesOf } from '../../src/activations/mistakes/index';
import type { RuleSettings } from '../../src/advise/configuration';
import { advise } from '../../src/advise/engine';
import { rules } from '../../src/advise/rules/index';
import { testSyntax } from '../support/syntax';

const head = 'import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n';
/** With the rule asked for, where it has to be. */
const find = async (body: string, rule: string) => {
  const isOptional = rules.some(({ code, isOptional }) => code === rule && isOptional);
  const settings: RuleSettings = isOptional ? { [rule]: 'information' } : {};
  const found = await advise(testSyntax(), { file: 'a.py', text: `${head}${body}\n`, version: 1 }, { settings });
  return found.map(({ code }) => code);
};

describe('mistakes of the explainer', () => {
  for (const { rule, of, wrong, right } of mistakes)
    it(`${rule} of ${of.join(', ')}: is found before, and not after`, async () => {
      assert.ok(
        rules.some(({ code }) => code === rule),
        'no such rule',
      );
      for (const id of of) assert.ok(catalogue.has(id), id);
      assert.deepEqual(await find(wrong, rule), [rule]);
      assert.deepEqual(await find(right, rule), []);
    });

  it('are listed with what is about one activation alone first', () => {
    const found = mistakesOf('selu').map(({ rule }) => rule);
    assert.deepEqual(found.slice(0, 3).sort(), ['selu-batchnorm', 'selu-dropout', 'selu-init']);
    assert.deepEqual(mistakesOf('serf'), []);
  });
});
