import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { extractModel } from '../../src/extract/extract';
import { inRoot } from '../support/paths';
import { MemorySource } from '../support/python';
import { testSyntax } from '../support/syntax';

async function read(code: string) {
  const lines = code.split('; ');
  const build = lines.filter((line) => line.startsWith('self.'));
  const rest = lines.filter((line) => !line.startsWith('self.'));
  const head = rest.filter((line) => line.startsWith('import '));
  const text = [
    'import torch, torch.nn as nn, torch.nn.functional as F',
    ...head,
    'class Net(nn.Module):',
    '    def __init__(self):',
    '        super().__init__()',
    '        self.f = nn.Linear(4, 4)',
    ...build.map((line) => `        ${line}`),
    '    def forward(self, x, mask):',
    '        y = self.f(x).relu()',
    ...rest.filter((line) => !head.includes(line)).map((line) => `        ${line}`),
  ].join('\n');
  return extractModel({
    syntax: testSyntax(),
    source: new MemorySource({ 'm.py': text }),
    file: 'm.py',
    expression: 'Net()',
    inputs: [
      { shape: [2, 4], dtype: 'float32' },
      { shape: [2, 4], dtype: 'bool' },
    ],
  });
}

const SIDES = 'write it with torch.where, or keep the side that you mean to compare';
const NUMBER = 'go on computing with the tensor itself, or give the number as an argument';
const PLACES = 'use torch.where or masked_fill, which keep all places';
const RUN = 'which are known only when the model runs';
const LEAVE = 'leave it out to compare the rest of the model';

/** What is refused, in which words, and the same with what the words advise, which is read. */
const cases: readonly (readonly [code: string, message: string, instead: string])[] = [
  [
    'return y if y.mean() > 0 else x',
    `This branch depends on the values of x, ${RUN}; ${SIDES}`,
    'return torch.where(y.mean() > 0, y, x)',
  ],
  ['return y if mask.any() else x', `This branch depends on the values of mask, ${RUN}; ${SIDES}`, 'return y'],
  [
    'return y if (y * mask).sum() > 0 else x',
    `This branch depends on the values of x, mask, ${RUN}; ${SIDES}`,
    'return torch.where((y * mask).sum() > 0, y, x)',
  ],
  ['return y * y.mean().item()', `.item() depends on the values of x, ${RUN}; ${NUMBER}`, 'return y * y.mean()'],
  ['return y * y.tolist()[0][0]', `.tolist() depends on the values of x, ${RUN}; ${NUMBER}`, 'return y * y[0, 0]'],
  ['return y * int(y.sum())', `int() depends on the values of x, ${RUN}; ${NUMBER}`, 'return y * y.sum().trunc()'],
  ['return y * float(y.sum())', `float() depends on the values of x, ${RUN}; ${NUMBER}`, 'return y * y.sum()'],
  [
    'return y * torch.rand(1).item()',
    `.item() depends on values that are drawn at random, or that training or a checkpoint changes; ${NUMBER}`,
    'return y * torch.rand(1)',
  ],
  [
    'return y[y > 0]',
    `The size of what a mask picks out depends on the values of x, ${RUN}; ${PLACES}`,
    'return torch.where(y > 0, y, 0)',
  ],
  [
    'return y[mask]',
    `The size of what a mask picks out depends on the values of mask, ${RUN}; ${PLACES}`,
    'return y.masked_fill(~mask, 0)',
  ],
  [
    'return y[:, : mask.sum()]',
    `A slice depends on the values of mask, ${RUN}; cut at numbers that are known, or use torch.where or masked_fill`,
    'return y.masked_fill(~mask, 0)[:, :2]',
  ],
  [
    'y[mask] = torch.arange(3.0); return y',
    `Where each of several values is written through a mask depends on the values of mask, ${RUN}; ${PLACES}`,
    'return y.masked_fill(mask, 3.0)',
  ],
  [
    'return y.nonzero()',
    `nonzero depends on the values of x, ${RUN}; compute it where the model is built, or work on all places with torch.where`,
    'return torch.where(y != 0, 1, 0)',
  ],
  [
    'return y if torch.equal(x, y) else x',
    `torch.equal depends on the values of x, ${RUN}; leave the check out, or make it where the model is built`,
    'return y',
  ],
  ['return torch.igamma(y, y)', `torch.igamma is not read yet; ${LEAVE}`, 'return y'],
  [
    'return F.ctc_loss(y.log_softmax(-1)[:, None], torch.tensor([[1]]), torch.tensor([2]), torch.tensor([1]))',
    'torch.nn.functional.ctc_loss is not read yet; return what it is computed of instead of the loss',
    'return y.log_softmax(-1)[:, None]',
  ],
  ['return y.igamma(y)', `Tensor.igamma is not read yet; ${LEAVE}`, 'return y'],
  [
    'self.g = nn.FractionalMaxPool2d(2, 1); return self.g(y)',
    `nn.FractionalMaxPool2d is not read yet; ${LEAVE}`,
    'return y',
  ],
  [
    "return F.interpolate(y[None, None], scale_factor=2, mode='lanczos')",
    "interpolate(mode='lanczos') is not read; use mode='bicubic', which comes near it",
    "return F.interpolate(y[None, None], scale_factor=2, mode='bicubic')",
  ],
  [
    'self.e = nn.Embedding(4, 4, max_norm=1.0); return self.e(x.long()) + y[:, None]',
    'embedding(max_norm=…) is not read: it changes the weights while it looks them up; leave max_norm out',
    'self.e = nn.Embedding(4, 4); return self.e(x.long()) + y[:, None]',
  ],
  [
    'self.f.double() if False else None; return self.f.double()(x.double())',
    'Changing the dtype of a module while the model runs is not read; change it where the model is built',
    'self.g = nn.Linear(4, 4).double(); return self.g(x.double())',
  ],
  ['return None', 'forward() returned no tensor but None; return the tensor that is to be compared', 'return y'],
  [
    'return torch.as_strided(y[:, 1:], (2, 2), (1, 2))',
    'as_strided of a tensor that is not contiguous is not read; call contiguous() before it',
    'return torch.as_strided(y[:, 1:].contiguous(), (2, 2), (1, 2))',
  ],
  [
    'return y.repeat_interleave(mask[0].long(), dim=1)',
    'repeat_interleave needs counts that are known; give them as numbers',
    'return y.repeat_interleave(2, dim=1)',
  ],
  [
    'return torch.fft.fft(y).tanh()',
    'tanh of complex numbers is not read; write it with their real and imaginary parts',
    'return torch.fft.fft(y).real.tanh()',
  ],
  [
    'return torch.fft.fft(y)',
    'The model returns complex numbers; return torch.view_as_real(…) of them, or their parts',
    'return torch.view_as_real(torch.fft.fft(y))',
  ],
  [
    'import absent_library; return absent_library.scale(y)',
    'What forward() returns cannot be known from the source, because absent_library is neither in the workspace nor in a library folder that can be read (select the Python that has it, or name the folder), at m.py:2',
    'return y',
  ],
  [
    'return F.leakyrelu(y)',
    "AttributeError: module 'torch.nn.functional' has no attribute 'leakyrelu'. Did you mean: 'leaky_relu'?",
    'return F.leaky_relu(y)',
  ],
];

describe('refusals', () => {
  for (const [code, message, instead] of cases) {
    it(`say what, why and what to do: ${code}`, async () => {
      const found = await read(code);
      assert.ok(!found.ok, 'it was read');
      assert.equal(found.problem.message.replace(/ \(m\.py:\d+\)$/, ''), message);
      const mended = await read(instead);
      assert.ok(mended.ok, mended.ok ? '' : mended.problem.message);
    });
  }

  it('name the library whose absence the code itself complains about', async () => {
    const text =
      "try:\n    import absent_lib\nexcept ImportError:\n    absent_lib = None\nimport torch.nn as nn\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        if absent_lib is None: raise RuntimeError('pip install absent-lib')\n";
    const found = await extractModel({
      syntax: testSyntax(),
      source: new MemorySource({ 'm.py': text }),
      file: 'm.py',
      expression: 'Net()',
    });
    assert.ok(!found.ok);
    assert.match(
      found.problem.message,
      /^RuntimeError: pip install absent-lib\. absent_lib is neither in the workspace/,
    );
  });

  it('name it where the error was raised because of it', async () => {
    const text =
      "import torch.nn as nn\ndef load():\n    try:\n        import absent_lib\n    except Exception as e:\n        raise RuntimeError('it does not work') from e\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        load()\n";
    const found = await extractModel({
      syntax: testSyntax(),
      source: new MemorySource({ 'm.py': text }),
      file: 'm.py',
      expression: 'Net()',
    });
    assert.ok(!found.ok);
    assert.match(found.problem.message, /^RuntimeError: it does not work\. absent_lib is neither in the workspace/);
  });

  it('offer no file of another kind, which cannot be opened yet', () => {
    const folder = inRoot('l10n', 'core');
    for (const name of readdirSync(folder)) {
      const messages = Object.keys(JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, string>);
      assert.deepEqual(
        messages.filter((message) => /export .* to ONNX/.test(message)),
        [],
      );
    }
  });
});
