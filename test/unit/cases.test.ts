import assert from 'node:assert/strict';
import { countParameters } from '../../src/graph/swap';
import { readAmong } from '../support/project';

const head = 'import torch\nimport torch.nn as nn\n';
const net = `${head}
class Net(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        if width > 8:
            raise ValueError('too wide')
        self.fc = nn.Linear(width, depth, bias=False)
    def forward(self, x):
        return self.fc(x).relu()
`;

/** All weights of what `Net` comes to beside a test of it, and the shape of its input. */
async function built(test: string): Promise<[number, readonly number[] | undefined]> {
  const found = await readAmong({
    'net.py': net,
    'test_net.py': `${head}import unittest\nfrom net import Net\n${test}`,
  });
  assert.ok(found.ok, found.ok ? '' : found.problem.message);
  const [input] = found.graph.inputs;
  return [countParameters(found.graph).all, input && found.graph.values[input.value]?.type.shape];
}

describe('arguments that tests are run with', () => {
  const cases: [string, string, number, number[]][] = [
    [
      'a table of parameterized',
      `
CASES = []
for width in [4, 6]:
    for depth in (3,):
        CASES.append([{'width': width, 'depth': depth}, (2, 7, width), (2, 7, depth)])
class TestNet(unittest.TestCase):
    @parameterized.expand(CASES)
    def test_shape(self, arguments, shape, expected):
        net = Net(**arguments)
        with torch.no_grad():
            result = net(torch.randn(shape))
        self.assertEqual(result.shape, expected)
`,
      12,
      [1, 7, 4],
    ],
    [
      'names and values of pytest',
      `
@pytest.mark.parametrize('batch', [2, 3])
@pytest.mark.parametrize('width, depth', [(5, 2), (6, 3)])
def test_shape(width, depth, batch):
    net = Net(width, depth)
    assert net(torch.zeros(batch, 9, width)).shape[-1] == depth
`,
      10,
      [1, 9, 5],
    ],
    [
      'cases of pytest with names of their own, one to be skipped',
      `
import pytest
pytest.importorskip('torch')
pytestmark = pytest.mark.unusual(pytest.whatever)
@pytest.mark.slow
@pytest.mark.parametrize('width, depth', [pytest.param(5, 3, id='small', marks=pytest.mark.skip), (6, 3)])
@pytest.mark.parametrize('batch', [pytest.param(1)])
def test_shape(width, depth, batch):
    net = Net(width, depth)
    net(torch.zeros(batch, 2, width))
`,
      15,
      [1, 2, 5],
    ],
    [
      'a single name of pytest',
      `
@pytest.mark.parametrize(['size'], [((3, 4),)])
def test_other(size):
    Net(*size)
`,
      12,
      [1, 3],
    ],
    [
      'a class of a table',
      `
CASES = [(nn.Linear, {'in_features': 3, 'out_features': 2}), (Net, {'width': 3, 'depth': 7})]
class TestNet(unittest.TestCase):
    @parameterized.expand(CASES)
    def test_shape(self, net, arguments):
        data = torch.rand(4, 2, 3)
        net = net(**arguments).to('cpu')
        net(data)
`,
      21,
      [1, 2, 3],
    ],
    [
      'the case with which the call is reached',
      `
@pytest.mark.parametrize('kind, width', [('a', 2), ('b', 3), ('c', 4), ('net', 5)])
def test_shape(kind, width):
    if kind != 'net':
        net = nn.Linear(width, 2)
    else:
        net = Net(width, 2)
    net(torch.zeros(1, 6, width))
`,
      10,
      [1, 6, 5],
    ],
    [
      'what is set up for all tests of a class',
      `
class TestNet(unittest.TestCase):
    def setUp(self):
        self.width = 6
    def test_shape(self):
        net = Net(self.width, 2)
        net(torch.zeros(1, 5, self.width))
`,
      12,
      [1, 5, 6],
    ],
    [
      'what is set up for tests by a base of theirs',
      `
class Base(unittest.TestCase):
    def setUp(self):
        self.assertEqual(1, 1)
        self.width = 6
        self.data = torch.zeros(1, 5, self.width)
class TestNet(Base):
    @unittest.skipIf(True, 'slow')
    def test_shape(self):
        net = Net(self.width, 2)
        net(self.data)
`,
      12,
      [1, 5, 6],
    ],
    [
      'none that are to be refused',
      `
def test_wide():
    with pytest.raises(ValueError):
        Net(3, 'wrong')
def test_net():
    Net(3, 2)
`,
      6,
      [1, 3],
    ],
    [
      'the next where the first are refused',
      `
@pytest.mark.parametrize('width', [9, 8])
def test_net(width):
    Net(width, 2)(torch.zeros(1, 4, width))
`,
      16,
      [1, 4, 8],
    ],
    [
      'another call where the first is refused',
      'def test_a():\n    Net(9, 2)\ndef test_b():\n    net = Net(7, 2)\n    net(torch.zeros(1, 3, 7))\n',
      14,
      [1, 3, 7],
    ],
  ];
  for (const [what, test, weights, shape] of cases) {
    it(what, async () => assert.deepEqual(await built(test), [weights, shape]));
  }

  it('the test of a file goes before those of others', async () => {
    const files = {
      'net.py': net,
      'tests/test_all.py': `${head}from net import Net\nNet(3, 2)\n`,
      'tests/test_net.py': `${head}from net import Net\nNet(5, 2)\n`,
    };
    const found = await readAmong(files);
    assert.ok(found.ok && countParameters(found.graph).all === 10);
  });
});
