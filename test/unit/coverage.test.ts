import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { standardLibrary } from '../../src/stdlib/index';
import { torchLibrary } from '../../src/torch/index';
import { lacks, namesOf, suggest } from '../../src/torch/names';
import { coverage, ours, page, share } from '../support/coverage';
import { inRoot } from '../support/paths';
import { printed } from '../support/python';

const file = inRoot('docs', 'coverage.md');
const run = (lines: readonly string[]) =>
  printed({ 'a.py': ['import torch, torch.nn as nn, torch.nn.functional as F', ...lines].join('\n') }, 'a.py', {}, [
    standardLibrary,
    torchLibrary,
  ]);

describe("PyTorch's names", () => {
  it('stand in docs/coverage.md as our namespaces have them', () => {
    const text = page();
    if (process.env.COVERAGE_WRITE) writeFileSync(file, text);
    assert.equal(readFileSync(file, 'utf8'), text);
  });

  it('are read nearly wherever code uses them', () => {
    const { read, all } = share([...coverage().values()].flat());
    assert.ok(all > 150_000, `${all} uses`);
    assert.ok(read / all > 0.95, `${read} of ${all}`);
  });

  it('are all that our namespaces have', () => {
    const extra = [...ours()].flatMap(([namespace, names]) =>
      [...names].filter((name) => lacks(namespace, name)).map((name) => `${namespace}.${name}`),
    );
    assert.ok([...ours().values()].reduce((sum, names) => sum + names.size, 0) > 1000);
    assert.deepEqual(extra, []);
  });
});

describe('names that PyTorch lacks', () => {
  const cases: readonly (readonly [expression: string, message: string])[] = [
    ['nn.LeakRelu(0.1)', "module 'torch.nn' has no attribute 'LeakRelu'. Did you mean: 'LeakyReLU'?"],
    ['nn.Relu()', "module 'torch.nn' has no attribute 'Relu'. Did you mean: 'ReLU'?"],
    ['nn.GeLU()', "module 'torch.nn' has no attribute 'GeLU'. Did you mean: 'GELU'?"],
    ['nn.Swish()', "module 'torch.nn' has no attribute 'Swish'. Did you mean: 'SiLU'?"],
    ['nn.Batchnorm2d(3)', "module 'torch.nn' has no attribute 'Batchnorm2d'. Did you mean: 'BatchNorm2d'?"],
    ['F.Relu(x)', "module 'torch.nn.functional' has no attribute 'Relu'. Did you mean: 'relu'?"],
    ['F.swish(x)', "module 'torch.nn.functional' has no attribute 'swish'. Did you mean: 'silu'?"],
    ['torch.gelu(x)', "module 'torch' has no attribute 'gelu'. Did you mean: 'torch.nn.functional.gelu'?"],
    ['torch.view(x, -1)', "module 'torch' has no attribute 'view'. Did you mean: 'torch.Tensor.view'?"],
    ['torch.concatinate([x, x])', "module 'torch' has no attribute 'concatinate'. Did you mean: 'concatenate'?"],
    [
      'nn.init.xavier_unifrom_(x)',
      "module 'torch.nn.init' has no attribute 'xavier_unifrom_'. Did you mean: 'xavier_uniform_'?",
    ],
    ['x.veiw(-1)', "'Tensor' object has no attribute 'veiw'. Did you mean: 'view'?"],
    ['x.cat(x)', "'Tensor' object has no attribute 'cat'. Did you mean: 'torch.cat'?"],
    ['nn.Quux()', "module 'torch.nn' has no attribute 'Quux'"],
  ];
  for (const [expression, message] of cases)
    it(`raise AttributeError and name what is near: ${expression}`, async () => {
      const lines = ['x = torch.ones(3)', 'try:', `    ${expression}`, 'except AttributeError as e:', '    print(e)'];
      assert.deepEqual(await run(lines), [message]);
    });

  it('are no attributes to hasattr, and those that are only not read are', async () => {
    const lines = [
      'x = torch.ones(3)',
      'print(hasattr(nn, "Relu"), hasattr(torch, "gelu"), hasattr(x, "cat"), hasattr(F, "fish"))',
    ];
    assert.deepEqual(await run(lines), ['False False False False']);
    assert.deepEqual(
      await run(['print(hasattr(nn, "SyncBatchNorm"), hasattr(torch, "geqrf"), hasattr(F, "conv_tbc"))']),
      ['True True True'],
    );
  });

  it('can not be imported', async () => {
    const lines = ['try:', '    from torch.nn import Relu', 'except ImportError as e:', '    print(e)'];
    assert.deepEqual(await run(lines), ["cannot import name 'Relu' from 'torch.nn'. Did you mean: 'ReLU'?"]);
  });

  it('are found whatever else stands near', () => {
    for (const [namespace, wrong, right] of [
      ['torch.nn', 'sequential', 'Sequential'],
      ['torch.nn', 'MultiHeadAttention', 'MultiheadAttention'],
      ['torch.nn', 'MaxPooling2d', 'MaxPool2d'],
      ['torch.nn', 'HardSwish', 'Hardswish'],
      ['torch.nn.functional', 'maxpool2d', 'max_pool2d'],
      ['torch', 'sofmax', 'softmax'],
    ] as const)
      assert.equal(suggest(namespace, wrong), right);
    // A longer name with two letters swapped is found again.
    const names = [...(namesOf('torch.nn') ?? [])].filter((name) => /^[A-Z][A-Za-z]{7,}\w*$/.test(name));
    assert.ok(names.length > 100);
    const found = names.filter(
      (name) => suggest('torch.nn', `${name.slice(0, 3)}${name[4]}${name[3]}${name.slice(5)}`) === name,
    );
    assert.ok(found.length > 0.95 * names.length, `${found.length} of ${names.length}`);
  });
});
