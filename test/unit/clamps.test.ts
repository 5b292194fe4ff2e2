import assert from 'node:assert/strict';
import { Names } from '../../src/detect/python/names';
import { clampAt } from '../../src/resolve/clamps';
import { testSyntax } from '../support/syntax';

const head = `import torch
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 8)
        self.norm = nn.LayerNorm(8)
        self.fc2 = nn.Linear(8, 2)
        self.scale = 3

    def forward(self, x, boxes):
`;

async function isRelu(body: string): Promise<boolean> {
  const text = `${head}${body
    .split('\n')
    .map((line) => `        ${line}\n`)
    .join('')}`;
  const tree = await testSyntax().parse('python', text);
  try {
    const names = new Names(tree.rootNode, text);
    const lines = text.split('\n');
    const line = lines.findIndex((each) => /clamp|max/.test(each));
    const column = lines[line]?.search(/clamp|max/) ?? 0;
    const site = clampAt({ file: 'a.py', root: tree.rootNode, names, sites: [] }, { line, column });
    if (site) assert.equal(site.activation, 'relu');
    return site !== undefined;
  } finally {
    tree.delete();
  }
}

describe('a bound at zero between layers', () => {
  for (const body of [
    'return self.fc2(self.fc1(x).clamp(min=0))',
    'x = self.fc1(x)\nx = x.clamp(min=0)\nreturn self.fc2(x)',
    'h = torch.clamp(self.norm(self.fc1(x)), min=0.0)\ny = h * 2\nreturn self.fc2(h)',
    'h = self.fc1(x).clamp_(0)\nreturn self.fc2(h)',
    'h = torch.maximum(self.fc1(x), torch.zeros_like(x))\nreturn self.fc2(h)',
    'h = self.fc1(x)\nreturn self.fc2(h.clamp_min(0).flatten(1))',
  ])
    it(`is a ReLU: ${body.replace(/\n/g, '; ')}`, async () => assert.equal(await isRelu(body), true));

  for (const body of [
    'return boxes.clamp(min=0)',
    'return self.fc2(self.fc1(x).clamp(min=0, max=1))',
    'return self.fc2(self.fc1(x).clamp(max=0))',
    'return self.fc2(self.fc1(x).clamp(min=1e-6))',
    'return self.fc2(x.clamp(min=0))',
    'return self.fc1(x).clamp(min=0)',
    'x = self.fc1(x)\nh = x.clamp(min=0)\nh = boxes\nreturn self.fc2(h)',
    'values = torch.max(self.fc1(x), 0)\nreturn self.fc2(values)',
    'return self.scale(self.fc1(x).clamp(min=0))',
  ])
    it(`is none: ${body.replace(/\n/g, '; ')}`, async () => assert.equal(await isRelu(body), false));
});
