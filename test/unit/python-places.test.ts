import assert from 'node:assert/strict';
import { extractModel } from '../../src/extract/extract';
import { MemorySource } from '../support/python';
import { testSyntax } from '../support/syntax';

function read(files: Readonly<Record<string, string>>) {
  return extractModel({
    syntax: testSyntax(),
    source: new MemorySource(files),
    file: 'model.py',
    expression: 'Model()',
    inputs: [{ shape: [2, 3], dtype: 'float32' }],
  });
}

/** `file:line` of each activation, with lines as an editor counts them. */
async function placesOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  const extraction = await read(files);
  assert.ok(extraction.ok, extraction.ok ? '' : extraction.problem.message);
  return extraction.graph.nodes.flatMap(({ op, source }) =>
    op.kind === 'activation' ? [`${op.activation} ${source?.file}:${(source?.line ?? -1) + 1}`] : [],
  );
}

const model = (...forward: string[]) =>
  [
    'import torch.nn as nn',
    'import torch.nn.functional as F',
    'from helper import *',
    'class Model(nn.Module):',
    '    def forward(self, x):',
    ...forward.map((line) => `        ${line}`),
  ].join('\n');

describe('places of nodes', () => {
  it('are those of whoever takes a generator’s values, and of the generator where it makes some itself', async () => {
    const helper = [
      'import torch.nn.functional as F',
      'def twice(x):',
      '    yield F.silu(x)',
      '    yield F.elu(x)',
      'def first(values):',
      '    for each in values:',
      '        return F.tanh(each)',
    ].join('\n');
    const places = await placesOf({
      'helper.py': helper,
      'model.py': model(
        'for each in twice(x):',
        '    x = x + F.relu(each)',
        'each = twice(x)',
        'x = x + F.gelu(next(each))',
        'each.close()',
        'return first(F.mish(y) for y in [x])',
      ),
    });
    assert.deepEqual(places, [
      'silu helper.py:3',
      'relu model.py:7',
      'elu helper.py:4',
      'relu model.py:7',
      'silu helper.py:3',
      'gelu model.py:9',
      'mish model.py:11',
      'tanh helper.py:7',
    ]);
  });

  it('are the caller’s again behind a generator that raised', async () => {
    const helper = 'def failing():\n    yield 1\n    raise KeyError(2)\n';
    const places = await placesOf({
      'helper.py': helper,
      'model.py': model('try:', '    list(failing())', 'except KeyError:', '    x = F.relu(x)', 'return x'),
    });
    assert.deepEqual(places, ['relu model.py:9']);
    const failed = await read({ 'helper.py': helper, 'model.py': model('return list(failing())') });
    assert.ok(!failed.ok);
    assert.deepEqual([failed.problem.source?.file, failed.problem.source?.line], ['helper.py', 2]);
  });
});
