import assert from 'node:assert/strict';
import { extractModel } from '../../src/extract/extract';
import { formatInputSpecs, parseInputSpec } from '../../src/extract/spec';
import { MemorySource } from '../support/python';
import { testSyntax } from '../support/syntax';

const head = 'import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n';

async function inputsOf(text: string): Promise<string> {
  const source = new MemorySource({ 'model.py': head + text });
  const found = await extractModel({ syntax: testSyntax(), source, file: 'model.py', expression: 'Net' });
  return found.ok ? formatInputSpecs(found.inputs) : `!${found.problem.message}`;
}

const model = (fields: string, body: string, parameters = 'x'): string => `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        ${fields.replaceAll('\n', '\n        ')}
    def forward(self, ${parameters}):
        ${body.replaceAll('\n', '\n        ')}
`;
const weight = (...shape: number[]) => `self.weight = nn.Parameter(torch.randn(${shape.join(', ')}))`;

describe('inputs by the weights that functions are given', () => {
  const cases: [what: string, text: string, inputs: string][] = [
    ['a convolution', model(weight(4, 5, 3, 3), 'return F.conv2d(x, self.weight, padding=1)'), '1x5x32x32'],
    ['one of groups', model(weight(6, 2, 3), 'return F.conv1d(x, self.weight, groups=3)'), '1x6x32'],
    ['a transposed one', model(weight(5, 4, 2, 2), 'return F.conv_transpose2d(x, self.weight)'), '1x5x32x32'],
    ['a linear function', model(weight(4, 7), 'return F.linear(x, self.weight * 0.5)'), '1x7'],
    ['a product', model(weight(9, 4), 'return torch.matmul(x.relu(), self.weight)'), '1x9'],
    ['a product that is added', model(weight(4, 9), 'return torch.addmm(torch.ones(4), x, self.weight.t())'), '1x9'],
    ['an operator', model(weight(9, 4), 'w = self.weight.to(x)\nreturn x @ w'), '1x9'],
    ['a table', model(weight(11, 4), 'return F.embedding(x, self.weight)'), '1x16:int64'],
    ['scales of channels', model(weight(1, 6, 1, 1), 'return x * self.weight'), '1x6x32x32'],
    ['a bias', model(weight(6), 'return (x + self.weight).relu()'), '1x6'],
    [
      'what is scaled by itself before',
      model(weight(4, 7), 'x = x * torch.rsqrt((x ** 2).mean(1, keepdim=True))\nreturn F.linear(x, self.weight)'),
      '1x7',
    ],
    [
      'a function of the file',
      `def project(x, w):\n    x = F.relu(x)\n    return F.linear(x, w)\n${model(weight(4, 7), 'return project(x, self.weight)')}`,
      '1x7',
    ],
    [
      'two linear functions over two dimensions',
      model(
        'self.time = nn.Linear(12, 12)\nself.fc = nn.Linear(5, 4)',
        'x = x + self.time(x.transpose(1, 2)).transpose(1, 2)\nreturn self.fc(x)',
      ),
      '1x12x5',
    ],
    [
      'the first of several layers in a loop',
      model(
        'self.layers = nn.ModuleList([nn.Linear(6, 6) for _ in range(2)])\nself.other = nn.Conv1d(3, 3, 1)',
        'for i in range(2):\n    x = self.layers[i](x)\nreturn x',
      ),
      '1x6',
    ],
    [
      'rows of all positions',
      model(
        'self.gate = nn.Linear(64, 4)',
        'B, T, C = x.size()\nx = x.view(-1, C)\nreturn self.gate(x).view(B, T, -1)',
      ),
      '1x16x64',
    ],
    [
      'rows by the last dimension',
      model('self.gate = nn.Linear(64, 4)', 'x = x.reshape(-1, x.shape[-1])\nreturn self.gate(x)'),
      '1x64',
    ],
    ['an image in a row', model('self.fc = nn.Linear(784, 4)', 'return self.fc(x.view(-1, 784))'), '1x1x28x28'],
    [
      'a function with a backward of its own, a filter for each channel',
      `class Blur(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x, kernel):\n        return F.conv2d(x, kernel, padding=1, groups=x.shape[1])\nblur = Blur.apply\n${model(
        'self.kernel = torch.ones(6, 1, 3, 3)',
        'return blur(x, self.kernel.type_as(x)) + Blur.apply(x, self.kernel)',
      )}`,
      '1x6x32x32',
    ],
    [
      'as many dimensions as what is stretched over it',
      model(
        'self.fc = nn.Linear(6, 32)',
        'scale, shift = self.fc(cond).chunk(2, -1)\nreturn x * scale[:, :, None, None] + shift[:, :, None, None]',
        'x, cond',
      ),
      '1x16x32x32, 1x6',
    ],
    [
      'features beside a sequence',
      model(
        'self.norm = nn.LayerNorm(6)\nself.a = nn.MultiheadAttention(6, 2, batch_first=True)',
        'image = self.norm(image)\nreturn self.a(text, image, image)[0]',
        'image, text',
      ),
      '1x16x6, 1x16x6',
    ],
    [
      'features beside what is unpacked as a sequence',
      model(
        'self.norm = nn.LayerNorm(6)\nself.fc = nn.Linear(6, 6)',
        'b, n, c = text.shape\nreturn self.fc(text) @ self.norm(image).transpose(-2, -1)',
        'image, text',
      ),
      '1x16x6, 1x16x6',
    ],
    [
      'a length that is asserted by its name',
      model(
        'self.size = (8, 8)\nself.fc = nn.Linear(16, 4)',
        'H, W = self.size\nB, L, C = x.shape\nassert L == H * W\nreturn self.fc(x.view(B, H, W, C))',
      ),
      '1x64x16',
    ],
    [
      'a norm by its function',
      model(
        'self.shape = (6,)\nself.w = nn.Parameter(torch.ones(6))',
        'return F.layer_norm(x.permute(0, 2, 3, 1), self.shape, self.w)',
      ),
      '1x6x32x32',
    ],
    [
      'numbers of rows and columns',
      model('self.p = 2', 'return x.view(x.shape[0], h, w, -1).mean(3)', 'x, h, w'),
      '1x64, 4:int, 4:int',
    ],
    [
      'columns of indices, and numbers beside them',
      model(
        'self.e = nn.ModuleList([nn.Embedding(n, 4) for n in (5, 6, 7)])\nself.fc = nn.Linear(15, 2)',
        'x = torch.cat([e(kinds[:, i]) for i, e in enumerate(self.e)], 1)\nreturn self.fc(torch.cat([x, values], 1))',
        'kinds, values',
      ),
      '1x3:int64, 1x3',
    ],
    [
      'steps',
      model(
        'self.fc = nn.Linear(6, 2)',
        'a = t[:, None].float() * torch.arange(3)[None]\nreturn self.fc(torch.cat([a.cos(), a.sin()], -1))',
        't',
      ),
      '1:int64',
    ],
    [
      'what a dictionary has, the mask as long as the text',
      model(
        'self.e = nn.Embedding(9, 5)',
        "ids, mask = batch['input_ids'], batch['attention_mask']\nreturn (self.e(ids) * mask.unsqueeze(-1)).sum(1)",
        'batch',
      ),
      '{input_ids: 1x16:int64, attention_mask: 1x16:bool}',
    ],
    [
      'what has a mask beside it',
      model('self.fc = nn.Linear(6, 1)', 'return self.fc(x).squeeze(-1).masked_fill(mask, 0)', 'x, mask'),
      '1x16x6, 1x16:bool',
    ],
    [
      'dimensions that are documented by names which the model has',
      model(
        'self.num_queries = 7\nself.width = 5',
        '"""x: (batch, num_queries, width)"""\nreturn torch.eye(7) @ x @ torch.eye(5)',
      ),
      '1x7x5',
    ],
    [
      'an image that is made of a row',
      model('self.rnn = nn.GRU(28, 8, batch_first=True)', 'return self.rnn(x.view(-1, 28, 28))[0]'),
      '1x1x28x28',
    ],
    [
      'what a dictionary has under a key that the model keeps',
      model(
        "self.key = 'class'\nself.e = nn.Embedding(9, 5)",
        'if key is None:\n    key = self.key\nreturn self.e(batch[key][:, None])',
        'batch, key=None',
      ),
      '{class: 1:int64}',
    ],
    [
      'channels that are put together from pixels',
      model(
        'self.conv = nn.Conv2d(12, 4, 3)',
        'x = torch.cat([x[..., ::2, ::2], x[..., 1::2, ::2], x[..., ::2, 1::2], x[..., 1::2, 1::2]], 1)\nreturn self.conv(x)',
      ),
      '1x3x32x32',
    ],
    [
      'channels that are put together from two inputs',
      model('self.conv = nn.Conv2d(6, 4, 3)', 'return self.conv(torch.cat([x, low], 1))', 'x, low'),
      '1x3x32x32, 1x3x32x32',
    ],
    ['NumPy names of a sum', model('self.fc = nn.Linear(5, 4)', 'return self.fc(x).sum(axis=1, keepdims=True)'), '1x5'],
  ];
  for (const [what, text, inputs] of cases) it(what, async () => assert.equal(await inputsOf(text), inputs));
});

describe('inputs beside the first', () => {
  const cases: [what: string, text: string, inputs: string][] = [
    [
      'the state of an LSTM',
      model('self.rnn = nn.LSTM(5, 7, 2, bidirectional=True)', 'return self.rnn(x, state)', 'x, state'),
      '16x1x5, (4x1x7, 4x1x7)',
    ],
    [
      'the state of a projection',
      model('self.rnn = nn.LSTM(5, 7, proj_size=3)', 'return self.rnn(x, hx=state)', 'x, state'),
      '16x1x5, (1x1x3, 1x1x7)',
    ],
    ['the state of a GRU', model('self.rnn = nn.GRU(5, 7)', 'return self.rnn(x, h)', 'x, h'), '16x1x5, 1x1x7'],
    [
      'the state of a cell',
      model('self.e = nn.Linear(9, 5)\nself.rnn = nn.GRUCell(5, 7)', 'return self.rnn(self.e(x), h)', 'x, h'),
      '1x9, 1x7',
    ],
    [
      'what attention looks at',
      model(
        'self.a = nn.MultiheadAttention(8, 2, kdim=6, vdim=4, batch_first=True)',
        'return self.a(q, k, v)[0]',
        'q, k, v',
      ),
      '1x16x8, 1x16x6, 1x16x4',
    ],
    [
      'what is taken out of **kwargs',
      model(
        'self.fc = nn.Linear(5, 4)\nself.of = nn.Linear(3, 4)',
        "return self.fc(x) + self.of(kw['label'])",
        'x, **kw',
      ),
      '1x5, label=1x3',
    ],
    [
      'but not what may be missing there',
      model(
        'self.fc = nn.Linear(5, 4)\nself.of = nn.Linear(3, 4)',
        "x = self.fc(x)\nif 'label' in kw:\n    x = x + self.of(kw['label'])\nreturn x",
        'x, **kw',
      ),
      '1x5',
    ],
    [
      'each of several',
      model(weight(4, 7), 'return torch.cat([F.linear(each, self.weight) for each in xs])', 'xs'),
      '[1x7]',
    ],
    [
      'the classes of a loss',
      model('self.fc = nn.Linear(5, 4)', 'return F.cross_entropy(self.fc(x), y, ignore_index=255)', 'x, y'),
      '1x5, 1:int64',
    ],
    [
      'the classes of a loss alone',
      model('self.loss = nn.NLLLoss()', 'return self.loss(F.log_softmax(x, 1), of)', 'x, of'),
      '1x64, 1:int64',
    ],
    [
      'a skip connection, as large as what it joins',
      model(
        'self.up = nn.ConvTranspose2d(8, 4, 2, 2)\nself.conv = nn.Conv2d(7, 4, 3, padding=1)',
        'return self.conv(torch.cat((self.up(x), skip), 1))',
        'x, skip',
      ),
      '1x8x32x32, 1x3x64x64',
    ],
    [
      'a map with channels of its own, behind what cannot be followed',
      model(
        'self.a = nn.Conv2d(1, 4, 3)\nself.b = nn.Conv2d(6, 4, 1)',
        'h = self.a(x)\nreturn h + self.b(F.interpolate(seg, size=h.shape[2:]))',
        'x, seg',
      ),
      '1x1x28x28, 1x6x28x28',
    ],
    [
      'what a name made out to be classes, put together with the first',
      model('self.fc = nn.Linear(3, 2)', 'return self.fc(torch.cat([x, y]))', 'x, y'),
      '1x3, 1x3',
    ],
    [
      'channels that nothing tells and that become several',
      model(
        'self.conv = nn.Conv2d(6, 4, 3)',
        '"""\nx: of shape (B, C, H, W, 2)\n"""\nb, c, h, w, two = x.shape\nreturn self.conv(x.permute(0, 4, 1, 2, 3).reshape(b, 2 * c, h, w))',
      ),
      '1x3x32x32x2',
    ],
    ['what is put together', model('self.dim = 1', 'return torch.cat(xs, self.dim).relu()', 'xs'), '[1x64, 1x64]'],
  ];
  for (const [what, text, inputs] of cases) it(what, async () => assert.equal(await inputsOf(text), inputs));

  it('have as many dimensions as attention asks', async () => {
    const fields = 'self.a = nn.MultiheadAttention(6, 2, batch_first=True)';
    const source = new MemorySource({
      'model.py': head + model(fields, 'return self.a(x, y[0], y[0])[0]', 'x, y'),
    });
    const inputs = ['1x4x6', '1x5x6'].map(parseInputSpec);
    const found = await extractModel({ syntax: testSyntax(), source, file: 'model.py', expression: 'Net', inputs });
    assert.match(found.ok ? '' : found.problem.message, /expected `key` and `value` to be 3-D but found 2-D and 2-D/);
  });
});
