import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { extractModel } from '../../src/extract/extract';
import { libraries } from '../../src/extract/libraries';
import { inRoot } from '../support/paths';
import { MemorySource, printed } from '../support/python';
import { testSyntax } from '../support/syntax';

const cases = JSON.parse(readFileSync(inRoot('test/fixtures/einops.json'), 'utf8')) as {
  code: string;
  result?: unknown;
  error?: string;
}[];

const head = `import json
import torch
from einops import einsum, pack, parse_shape, rearrange, reduce, repeat, unpack
from einops.layers.torch import Rearrange, Reduce

x = torch.arange(24.0).reshape(2, 3, 4)

def plain(value):
    return value.tolist() if isinstance(value, torch.Tensor) else value

`;

/** Numbers as single precision has them. */
const rounded = (value: unknown): unknown =>
  typeof value === 'number' ? Number(value.toPrecision(5)) : Array.isArray(value) ? value.map(rounded) : value;

describe('einops, against einops', () => {
  for (const { code, result, error } of cases) {
    it(`${code}${error === undefined ? '' : ' is refused'}`, async () => {
      const file = `${head}print(json.dumps(plain(${code})))\n`;
      const [line = ''] = await printed({ 'a.py': file }, 'a.py', {}, libraries);
      if (error === undefined) assert.deepEqual(rounded(JSON.parse(line)), rounded(result), line);
      // What unpacking in Python says of a pattern without an arrow, we say of the pattern.
      else assert.ok(line.includes(error.startsWith('not enough values') ? 'has no arrow' : error), line);
    });
  }

  it('a vision transformer written with einops is the one written without', async () => {
    const vit = (patches: string, heads: string, join: string, token: string) => `import torch
from torch import nn
from einops import rearrange, repeat
from einops.layers.torch import Rearrange

class Flat(nn.Module):
    def forward(self, x):
        b, c, h, w = x.shape
        return x.view(b, c, h // 4, 4, w // 4, 4).permute(0, 2, 4, 3, 5, 1).reshape(b, -1, 16 * c)

class Attention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.to_qkv = nn.Linear(dim, dim * 3, bias=False)
        self.to_out = nn.Linear(dim, dim)
    def forward(self, x):
        b, n, d = x.shape
        q, k, v = (${heads} for t in self.to_qkv(x).chunk(3, dim=-1))
        out = (q @ k.transpose(-1, -2) * (d // self.heads) ** -0.5).softmax(-1) @ v
        return self.to_out(${join})

class ViT(nn.Module):
    def __init__(self, dim=16):
        super().__init__()
        self.to_patch = nn.Sequential(${patches}, nn.LayerNorm(48), nn.Linear(48, dim))
        self.cls = nn.Parameter(torch.randn(1, 1, dim))
        self.attention = Attention(dim, 4)
        self.head = nn.Sequential(nn.GELU(), nn.Linear(dim, 10))
    def forward(self, img):
        x = self.to_patch(img)
        x = torch.cat((${token}, x), dim=1)
        x = x + self.attention(x)
        return self.head(x[:, 0])
`;
    const read = async (text: string) => {
      const found = await extractModel({
        syntax: testSyntax(),
        source: new MemorySource({ 'm.py': text }),
        file: 'm.py',
        expression: 'ViT()',
        inputs: [{ shape: [2, 3, 8, 12], dtype: 'float32' }],
      });
      assert.ok(found.ok, found.ok ? '' : found.problem.message);
      const { graph } = found;
      return {
        state: graph.state.map(({ name, storage }) => [name, graph.storages[storage]?.type.shape]),
        outputs: graph.outputs.map(({ value }) => graph.values[value]?.type.shape),
        kinds: graph.nodes.map(({ op }) => op.kind).filter((kind) => !['reshape', 'permute', 'expand'].includes(kind)),
      };
    };
    const einops = await read(
      vit(
        "Rearrange('b c (h p1) (w p2) -> b (h w) (p1 p2 c)', p1=4, p2=4)",
        "rearrange(t, 'b n (h d) -> b h n d', h=self.heads)",
        "rearrange(out, 'b h n d -> b n (h d)')",
        "repeat(self.cls, '1 1 d -> b 1 d', b=img.shape[0])",
      ),
    );
    const plain = await read(
      vit(
        'Flat()',
        't.view(b, n, self.heads, -1).transpose(1, 2)',
        'out.transpose(1, 2).reshape(b, n, d)',
        'self.cls.expand(img.shape[0], -1, -1)',
      ),
    );
    assert.deepEqual(einops, plain);
  });
});
