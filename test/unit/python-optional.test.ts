import assert from 'node:assert/strict';
import { extractModel } from '../../src/extract/extract';
import { MemorySource, printed } from '../support/python';
import { testSyntax } from '../support/syntax';

describe('modules that may be missing', () => {
  const cases: [string, string, string[]][] = [
    [
      'a handler for it',
      'try:\n    import flash_attn\n    has = True\nexcept ImportError:\n    has = False',
      ['False'],
    ],
    [
      'ModuleNotFoundError',
      'try:\n    from apex import amp\nexcept ModuleNotFoundError:\n    has = 2\nelse:\n    has = 1',
      ['2'],
    ],
    ['bare', 'try:\n    import xformers.ops as xops\nexcept:\n    xops = None\nhas = xops', ['None']],
    ['in a tuple', 'try:\n    import triton\nexcept (ImportError, OSError):\n    has = 3', ['3']],
    ['one that is there', 'try:\n    import helper\n    has = helper.x\nexcept ImportError:\n    has = 0', ['7']],
    ['the standard library', 'try:\n    import math\n    has = 1\nexcept ImportError:\n    has = 0', ['1']],
    ['a name of a module', 'try:\n    from helper import y as has\nexcept ImportError:\n    has = 8', ['8']],
    ['find_spec', 'import importlib.util\nhas = importlib.util.find_spec("apex") is not None', ['False']],
    ['find_spec of a file', 'import importlib.util\nhas = importlib.util.find_spec("helper") is not None', ['True']],
    ['import_module', 'import importlib\nhas = importlib.import_module("helper").x', ['7']],
    ['no handler for it', 'try:\n    import apex\n    has = 1\nexcept ValueError:\n    has = 2', ['1']],
  ];
  for (const [name, code, expected] of cases) {
    it(name, async () => {
      const lines = await printed({ 'a.py': `${code}\nprint(has)\n`, 'helper.py': 'x = 7\n' }, 'a.py');
      assert.deepEqual(lines, expected);
    });
  }

  it('the model’s notes say which was read', async () => {
    const text = `import torch.nn as nn
try:
    from flash_attn import flash_attn_func
except ImportError:
    flash_attn_func = None

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.act = nn.GELU() if flash_attn_func is None else nn.ReLU()
        self.fc = nn.Linear(3, 2)
    def forward(self, x):
        return self.act(self.fc(x))
`;
    const source = new MemorySource({ 'net.py': text });
    const found = await extractModel({ syntax: testSyntax(), source, file: 'net.py' });
    assert.ok(found.ok, found.ok ? '' : found.problem.message);
    assert.ok(found.graph.nodes.some(({ op }) => op.kind === 'activation' && op.activation === 'gelu'));
    assert.match(
      found.graph.notes.map(({ message }) => message).join(),
      /flash_attn was not found; the code for where/,
    );
  });

  it('an assertion about values that the run alone knows is taken to hold', async () => {
    const text = `import torch.nn as nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 2)
    def forward(self, x):
        y = self.fc(x)
        assert (y == y).all()
        assert y.sum() > 0 or y.shape[-1] == 2, 'positive'
        return y
`;
    const source = new MemorySource({ 'net.py': text });
    const found = await extractModel({ syntax: testSyntax(), source, file: 'net.py' });
    assert.ok(found.ok, found.ok ? '' : found.problem.message);
  });
});

describe('modules below a package', () => {
  const files = {
    'pkg/__init__.py': '',
    'pkg/sub/__init__.py': '',
    'pkg/sub/m.py': 'x = 7\n',
    'pkg/other.py': 'y = 1\n',
  };
  const cases: readonly (readonly [imports: string, expression: string, printed: string])[] = [
    ['import pkg\nfrom pkg.sub.m import x', 'pkg.sub.m.x', '7'],
    ['from pkg.sub import m\nimport pkg', 'pkg.sub.m.x', '7'],
    ['import pkg.sub.m', 'pkg.sub.m.x', '7'],
    ['import pkg.sub.m as m\nimport pkg as p', 'p.sub.m.x + m.x', '14'],
    ['import pkg\nimport pkg.other', '(pkg.other.y, hasattr(pkg, "sub"))', '(1, False)'],
    ['import pkg', '(hasattr(pkg, "sub"), getattr(pkg, "sub", 3), pkg.sub.m.x)', '(False, 3, 7)'],
  ];
  for (const [imports, expression, expected] of cases)
    it(`are its attributes once an import names them: ${imports.replaceAll('\n', '; ')}`, async () => {
      const code = `${imports}\nprint(${expression})\n`;
      assert.deepEqual(await printed({ ...files, 'a.py': code }, 'a.py'), [expected]);
    });
});

describe('why a statement could not be read', () => {
  const cases: readonly (readonly [code: string, reason: string])[] = [
    ["x = {}['leaky_relu']", "!KeyError: 'leaky_relu' at a.py:1"],
    ['assert 1 > 2', '!AssertionError at a.py:1'],
    ["assert 1 > 2, 'too small'", '!too small at a.py:1'],
    ['x = [][3]', '!list index out of range at a.py:1'],
  ];
  for (const [code, reason] of cases)
    it(`has the kind of error where its words alone say little: ${code}`, async () => {
      assert.deepEqual(await printed({ 'a.py': `${code}\n` }, 'a.py'), [reason]);
    });
});
