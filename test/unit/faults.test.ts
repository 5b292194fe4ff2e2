import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { applyEdits } from '../../src/advise/applyEdits';
import { NodeSource } from '../../src/source/node';
import { expectations } from '../support/carets';
import { faultsIn } from '../support/faults';
import { inRoot } from '../support/paths';

const folder = inRoot('test', 'fixtures', 'faults');

describe('models that PyTorch refuses', () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.py'));
  assert.ok(files.length >= 40);
  for (const name of files)
    it(`${name}: where it fails, and that a fix takes it away`, async () => {
      const file = `${folder}/${name}`;
      const text = readFileSync(file, 'utf8');
      const { told, known } = await faultsIn(file);
      const found = [...told, ...known.filter(({ severity }) => severity === 'error')];
      assert.deepEqual(
        found.map(({ range, code }) => `${range.line + 1}:${range.column}-${range.endColumn} ${code}`),
        expectations(text),
      );
      for (const { range, fixes } of told)
        for (const { edits } of fixes) {
          const after = await faultsIn(file, applyEdits(text, edits));
          assert.ok(!after.told.some((each) => each.range.line === range.line), 'a fix takes its finding away');
        }
    });
});

const head = 'import torch\nfrom torch import nn\nimport torch.nn.functional as F\n\n';

/** A classifier of images of 28 × 28, with what stands behind it. */
const sized = (tail: string, init = 'self', extra = '') => `${head}class Net(nn.Module):
    def __init__(${init}):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3, padding=1)
        self.fc = nn.Linear(8 * 14 * 14, 10)
${extra}
    def forward(self, x):
        x = F.max_pool2d(self.conv(x), 2)
        return self.fc(torch.flatten(x, 1))

${tail}`;

/** A model of one layer and a line of its forward. */
const small = (line: string, init = 'self.fc = nn.Linear(10, 10)', tail = '') => `${head}class Net(nn.Module):
    def __init__(self):
        super().__init__()
        ${init}

    def forward(self, x):
        ${line}

${tail}`;

const silent: Readonly<Record<string, string>> = {
  'an image of another size would do': sized(''),
  'a call that runs as well': sized('net = Net()\nnet(torch.rand(1, 1, 28, 28))\nnet(torch.rand(1, 1, 32, 32))'),
  'the variable holds another model': sized(
    'class Other(nn.Module):\n    def forward(self, x):\n        return x\n\n\ndef test():\n    net = Net()\n    net = Other()\n    net(torch.rand(1, 1, 32, 32))',
  ),
  'a function runs another model under the same name': sized(
    'def one():\n    net = Net()\n    net(torch.rand(1, 1, 28, 28))\n\n\ndef other(net):\n    net(torch.rand(1, 1, 32, 32))',
  ),
  'the model was changed in between': sized(
    'net = Net()\nnet.fc = nn.Linear(8 * 16 * 16, 10)\nnet(torch.rand(1, 1, 32, 32))',
  ),
  'a function may have changed it': sized('net = Net()\nadapt(net)\nnet(torch.rand(1, 1, 32, 32))'),
  'a condition may change it': sized(
    'import sys\nnet = Net()\nif len(sys.argv) > 1:\n    net.fc = nn.Linear(8 * 16 * 16, 10)\nnet(torch.rand(1, 1, 32, 32))',
  ),
  'the input was changed in between': sized(
    'net = Net()\nx = torch.rand(1, 1, 32, 32)\nx.resize_(1, 1, 28, 28)\nnet(x)',
  ),
  'the input is chosen': sized(
    'import sys\nnet = Net()\nif len(sys.argv) > 1:\n    x = torch.rand(1, 1, 28, 28)\nelse:\n    x = torch.rand(1, 1, 32, 32)\nnet(x)',
  ),
  'the call may not run': sized('import sys\nnet = Net()\nif len(sys.argv) > 2:\n    net(torch.rand(1, 1, 32, 32))'),
  'it was built with other arguments': sized(
    'net = Net(16)\nnet(torch.rand(1, 1, 32, 32))',
    'self, size=14',
    '        self.fc = nn.Linear(8 * size * size, 10)',
  ),
  'a test expects it': sized(
    'import pytest\n\n\ndef test():\n    net = Net()\n    with pytest.raises(RuntimeError):\n        net(torch.rand(1, 1, 32, 32))',
  ),
  'the code catches it': small(
    'try:\n            return nn.Linear(3, 3)(self.fc(x))\n        except RuntimeError:\n            return x',
  ),
  'the code raises it': small(
    'raise ValueError(f"expected 3 dimensions, got {x.dim()}")',
    undefined,
    'Net()(torch.rand(1, 10))',
  ),
  'another file may set it': small('return self.head(self.fc(x))'),
  'a value that is set before it runs': small(
    'return self.fc(x) + self.state',
    'self.fc = nn.Linear(10, 10); self.state = None',
  ),
  'its defaults are not what it is used with': `${head}class Net(nn.Module):
    def __init__(self, width=16, hidden=32):
        super().__init__()
        self.a = nn.Linear(10, width)
        self.b = nn.Linear(hidden, 10)

    def forward(self, x):
        return self.b(self.a(x))
`,
  'a comment silences it': small(
    'return self.fc(self.fc2(x))  # activation-lens: ignore[cannot-run]',
    'self.fc = nn.Linear(10, 4); self.fc2 = nn.Linear(10, 5)',
  ),
};

describe('models that run', () => {
  for (const folder of [inRoot('samples'), inRoot('test', 'fixtures', 'models')])
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.py')))
      it(`${name}: nothing is told`, async () => {
        const file = `${folder}/${name}`;
        const { told } = await faultsIn(file, readFileSync(file, 'utf8'), new NodeSource());
        assert.deepEqual(
          told.map(({ range, message }) => `${range.line + 1} ${message}`),
          [],
        );
      });
});

describe('models of which it is not sure that PyTorch refuses them', () => {
  for (const [why, text] of Object.entries(silent))
    it(`says nothing where ${why}`, async () => {
      const { told } = await faultsIn('net.py', text);
      assert.deepEqual(
        told.map(({ message }) => message),
        [],
      );
    });
});
