import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { swapSites } from '../../src/compare/sites';
import { detectPython } from '../../src/detect/python/detect';
import { extractModel } from '../../src/extract/extract';
import { resolveSites } from '../../src/resolve/join';
import { inRoot } from '../support/paths';
import { testSyntax } from '../support/syntax';

/** A model whose activations come by every road: default, argument, table, partial, alias, a name held for later. */
const code = `
import functools
import torch
from torch import nn
from torch.nn import SiLU as Act

table = {'hard': nn.Hardswish}

class Block(nn.Module):
    def __init__(self, act_layer=nn.ReLU):
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.act = act_layer()
        assert isinstance(self.act, (act_layer, nn.Module))

    def forward(self, x):
        return self.act(self.fc(x))

class Net(nn.Module):
    def __init__(self, act=nn.GELU):
        super().__init__()
        leaky = functools.partial(nn.LeakyReLU, 0.1)
        assert act == nn.GELU and act is nn.GELU
        self.blocks = nn.Sequential(Block(), Block(act), Block(table['hard']), Block(leaky) if False else Block(Act))
        self.last = leaky()
        assert isinstance(self.last, nn.LeakyReLU) and not isinstance(self.last, nn.ReLU)

    def forward(self, x):
        return self.last(self.blocks(x))
`;

async function extracted(file: string, text: string, expression?: string) {
  const source = {
    read: async (name: string) => (name === file ? { file, text, version: 1 } : undefined),
    resolve: async () => undefined,
  };
  const found = await extractModel({ syntax: testSyntax(), source, file, expression });
  assert.ok(found.ok, found.ok ? '' : found.problem.message);
  return found.graph;
}

describe('the place that a swap edits', () => {
  it('is where the class was named, however it came to be called', async () => {
    const graph = await extracted('net.py', code, 'Net');
    const lines = code.split('\n');
    const named = swapSites(graph).map(({ activation, source }) => {
      assert.ok(source);
      return `${activation}: ${lines[source.line]?.slice(source.column, source.endColumn)} on line ${source.line}`;
    });
    const on = (text: string) => lines.findIndex((line) => line.includes(text));
    assert.deepEqual(named, [
      `relu: nn.ReLU on line ${on('act_layer=nn.ReLU')}`,
      `gelu: nn.GELU on line ${on('act=nn.GELU')}`,
      `hardswish: nn.Hardswish on line ${on("'hard'")}`,
      `silu: Act on line ${on('Block(Act)')}`,
      `leaky_relu: nn.LeakyReLU on line ${on('partial(')}`,
    ]);
  });

  for (const name of ['resnet.py', 'vit.py', 'cifar_cnn.py', 'mlp.py']) {
    it(`is a site that detection finds, for every activation of samples/${name}`, async () => {
      const file = inRoot('samples', name);
      const text = readFileSync(file, 'utf8');
      const graph = await extracted(file, text);
      const tree = await testSyntax().parse('python', text);
      const { unnamed } = resolveSites(graph, detectPython(tree, { file, text, version: 1 }));
      tree.delete();
      assert.deepEqual(
        unnamed.map((index) => graph.nodes[index]?.path),
        [],
      );
    });
  }
});
