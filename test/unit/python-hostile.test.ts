import assert from 'node:assert/strict';
import { extractModel } from '../../src/extract/extract';
import { libraries } from '../../src/extract/libraries';
import { defaultBudget } from '../../src/python/natives/budget';
import { ExtractionError } from '../../src/python/natives/errors';
import { MemorySource, printed } from '../support/python';
import { testSyntax } from '../support/syntax';

async function ends(text: string, pattern: RegExp): Promise<void> {
  // Time enough for a busy machine to come to the other limits; what no limit ends runs into the test's own.
  await assert.rejects(printed({ 'm.py': text }, 'm.py', { steps: 300_000, milliseconds: 30_000 }), (error) => {
    assert.ok(error instanceof ExtractionError, String(error));
    assert.equal(error.kind, 'budget');
    assert.match(error.message, pattern);
    return true;
  });
}

describe('hostile Python', () => {
  it('while True', () => ends('while True:\n    pass\n', /more than 300000 steps/));
  it('a loop in a comprehension', () =>
    ends('x = [i for i in iter(int, 1)] if False else [0 for _ in range(10**12)]\n', /steps|elements/));
  it('recursion', () => ends('def f(n):\n    return f(n + 1)\nf(0)\n', /f\(\) is called \d+ calls deep/));
  it('recursion through text', async () => {
    await ends("x = 'eval(x)'\neval(x)\n", /eval\(\) is called \d+ calls deep/);
    await ends("x = 'exec(x)'\nexec(x)\n", /exec\(\) is called \d+ calls deep/);
    await ends('for i in iter(int, 1):\n    eval(str(i))\n', /steps/);
  });
  it('recursion through operators', () =>
    ends('class A:\n    def __add__(self, o):\n        return self + o\nA() + A()\n', /calls deep/));
  it('recursion through properties', () =>
    ends('class A:\n    @property\n    def x(self):\n        return self.x\nA().x\n', /calls deep/));
  it('list(range(10**12))', () => ends('x = list(range(10**12))\n', /1000000000000 elements/));
  it('[0] * 10**12', () => ends('x = [0] * 10**12\n', /elements/));
  it("'a' * 10**12", () => ends("x = 'a' * 10**12\n", /elements/));
  it('10**10**10', () => ends('x = 10**10**10\n', /number, in bits/));
  it('1 << 10**12', () => ends('x = 1 << 10**12\n', /number, in bits/));
  it('a list that grows under its own loop', () => ends('x = [1]\nfor v in x:\n    x.append(v)\n', /steps/));
  it('f-string padding', () => ends("x = f'{1:>1000000000000}'\n", /elements/));
  it('ljust', () => ends("x = 'a'.ljust(10**12)\n", /elements/));
  it('an endless generator', () =>
    ends('def g():\n    while True:\n        yield 1\nx = list(g())\n', /steps|elements/));
  it('itertools.count', () => ends('import itertools\nx = list(itertools.count())\n', /steps|elements/));
  it('a doubling list', () => ends('x = [1]\nfor _ in range(100):\n    x = x + x\n', /steps|elements/));
  it('a product of products', () =>
    ends('import itertools\nx = list(itertools.product(range(1000), repeat=6))\n', /elements/));

  describe('sizes within the budget are read', () => {
    const most = defaultBudget.container;
    /** Each gives its size back, so that what is lost on the way is seen. */
    const kinds: Readonly<Record<string, string>> = {
      'list += iterable': 't = []\nt += [1] * N\nprint(len(t))',
      'list + list': 'print(len([0] * (N // 2) + [1] * (N - N // 2)))',
      'a starred list': 'print(len([*[1] * N]))',
      'a starred tuple': 'print(len((*[1] * N, )))',
      'starred arguments': 'def f(*a):\n    return len(a)\nprint(f(*[1] * N))',
      'starred arguments of a native': 'print(sum([max(*[1] * N)] * N))',
      'a slice that is replaced': 't = [0, 1, 2]\nt[1:2] = [1] * (N - 2)\nprint(len(t))',
      'list.extend': 't = []\nt.extend([1] * N)\nprint(len(t))',
      unpacking: 'a, *b = [1] * N\nprint(len(b) + 1)',
      'str.join': 'print(len("".join(["a"] * N)))',
      'str.split': 'print(len(("a " * (N // 2)).split()) * 2)',
      'str.format': 'print(len("{}".format("a" * N)))',
      zip_longest: 'import itertools\nprint(len(list(itertools.zip_longest(*[[1]] * (N // 4)))[0]) * 4)',
      'chain of many': 'import itertools\nprint(len(list(itertools.chain(*[[1]] * (N // 8)))) * 8)',
      'math.hypot': 'import math\nprint(int(math.hypot(*[1.0] * N) ** 2 + 0.5))',
      'math.dist': 'import math\nprint(int(math.dist([2.0] * N, [1.0] * N) ** 2 + 0.5))',
      'sorted, min and sum': 't = [1] * N\nprint(sum(sorted(t)) + min(t) - 1)',
      're.split': 'import re\nprint(len(re.split(",", "," * (N - 1))))',
    };
    for (const [name, code] of Object.entries(kinds)) {
      for (const size of [200_000, most]) {
        // What has to be run for each of two million elements takes more steps than a model's code may.
        const budget = { steps: 50_000_000, milliseconds: 60_000 };
        it(`${name}, ${size}`, async () => {
          const lines = await printed({ 'm.py': `N = ${size}\n${code}\n` }, 'm.py', budget);
          assert.deepEqual(lines, [String(size)]);
        }).timeout(60_000);
      }
    }
    const tensors: Readonly<Record<string, string>> = {
      one_hot: 'print(F.one_hot(torch.zeros(N, dtype=torch.long)).shape[0])',
      'cat of many': 'print(torch.cat([torch.zeros(1)] * N).shape[0])',
      repeat: 'print(torch.ones(1).repeat(N).shape[0])',
      'a tensor of a list': 'print(torch.tensor([*range(N)]).shape[0])',
      'Sequential of many': 'print(len(nn.Sequential(*[nn.ReLU()] * N)))',
      'adaptive pooling': 'print(F.adaptive_max_pool1d(torch.zeros(1, 1, 3), N).shape[2])',
    };
    for (const [name, code] of Object.entries(tensors)) {
      it(`${name}, 200000`, async () => {
        const text = `import torch\nfrom torch import nn\nimport torch.nn.functional as F\nN = 200000\n${code}\n`;
        assert.deepEqual(await printed({ 'm.py': text }, 'm.py', {}, libraries), ['200000']);
      }).timeout(60_000);
    }
  });

  describe('natives that loop over data ask the budget first', () => {
    const shared = 'a, b = [1], [1]\nfor _ in range(60):\n    a, b = [a, a], [b, b]\n';
    const tuples = 't = (int,)\nfor _ in range(60):\n    t = (t, t)\n';
    it('equality of what is shared', () => ends(`${shared}a == b\n`, /more than 300000 steps/));
    it('membership of what is shared', () => ends(`${shared}a in [b]\n`, /more than 300000 steps/));
    it('the order of what is shared', () => ends(`${shared}a < b\n`, /more than 300000 steps/));
    it('isinstance of what is shared', () => ends(`${tuples}isinstance("a", t)\n`, /more than 300000 steps/));
    it('repr of what is shared', () => ends(`${shared}repr(a)\n`, /steps|elements/));
    it('asdict of what is shared', () =>
      ends(
        `from dataclasses import asdict, dataclass\n@dataclass\nclass C:\n    x: list\n${shared}asdict(C(a))\n`,
        /steps|MB/,
      ));
    it('json of what is shared', () => ends(`import json\n${shared}json.dumps(a)\n`, /steps|elements/));
    it('count', () => ends('t = [[1]] * 100000\nfor _ in range(1000):\n    t.count([2])\n', /steps/));
    it('unions', () => ends('s = set(range(100000))\nfor _ in range(1000):\n    s | s\n', /steps|MB/));
    it('slices', () => ends("s = 'a' * 2000000\nfor _ in range(1000):\n    s[::-1]\n", /steps|MB/));
    it('copies', () => ends('t = [1] * 1000000\nfor _ in range(1000):\n    t.copy()\n', /steps|MB/));
    it('items of a dict', () =>
      ends('d = dict.fromkeys(range(50000))\nfor _ in range(1000):\n    d.items()\n', /steps|MB/));
    it('joining', () => ends("','.join(['a' * 1000000] * 200)\n", /elements/));
    it('replacing', () => ends("('a' * 1000000).replace('a', 'a' * 500)\n", /elements/));
    it('translating', () => ends("('a' * 1000000).translate({97: 'b' * 500})\n", /elements/));
    it('str.format', () => ends("('{0}' * 200).format('a' * 1000000)\n", /elements/));
    it('%', () => ends("'%s' * 200 % (('a' * 1000000,) * 200)\n", /elements/));
    it('zfill', () => ends("'1'.zfill(10 ** 9)\n", /elements/));
    it('center', () => ends("'1'.center(10 ** 9, '-')\n", /elements/));
    it('expandtabs', () => ends("('\\t' * 1000).expandtabs(10 ** 6)\n", /elements/));
    it('upper', () => ends("s = 'a' * 2000000\nfor _ in range(1000):\n    s = s.upper()\n", /steps|MB/));
    it('math.prod', () => ends('import math\nmath.prod(range(1, 10 ** 6))\n', /steps|in bits/));
    it('math.factorial', () => ends('import math\nmath.factorial(10 ** 7)\n', /in bits/));
    it('math.comb', () => ends('import math\nmath.comb(10 ** 9, 10 ** 8)\n', /in bits/));
    it('permutations', () => ends('import itertools\nlist(itertools.permutations(range(12)))\n', /steps|elements|MB/));
    it('elements of a counter', () =>
      ends('from collections import Counter\nlist(Counter(a=10 ** 12).elements())\n', /elements/));

    it('what they refuse as CPython does is an exception of the language', async () => {
      const text = [
        'def shown(f):',
        '    try:',
        '        f()',
        '    except ValueError as e:',
        '        print(str(e)[:42])',
        "shown(lambda: int('9' * 1999999))",
        "shown(lambda: f'{1 << 1900000:,}')",
        'shown(lambda: str(1 << 1900000))',
        "shown(lambda: '%d' % (1 << 1900000))",
        'shown(lambda: chr(1 << 40))',
      ].join('\n');
      const limit = 'Exceeds the limit (4300 digits) for intege';
      const lines = [limit, limit, limit, limit, 'chr() arg not in range(0x110000)'];
      assert.deepEqual(await printed({ 'm.py': text }, 'm.py'), lines);
    });

    it('what is shared is one key, and an enumeration of many members is made at once', async () => {
      const text = [
        't, u = (1,), (1,)',
        'for _ in range(60):',
        '    t, u = (t, t), (u, u)',
        'print({t: 1}[u], (u, 1) in {(t, 1)}, (u, 2) in {(t, 1)})',
        'from enum import Enum',
        "E = Enum('E', ['n%d' % i for i in range(20000)])",
        'print(len(E), E.n7.value)',
      ].join('\n');
      assert.deepEqual(await printed({ 'm.py': text }, 'm.py'), ['1 True False', '20000 8']);
    });

    it('a regular expression that goes back over too many choices is refused', async () => {
      const lines = await printed({ 'm.py': "import re\nre.match('(a|a|ab){30}c', 'a' * 30)\nprint('on')\n" }, 'm.py');
      assert.match(lines[0] ?? '', /Matching .* could take too long/);
      assert.equal(lines[1], 'on');
    });
  });

  it('a training loop is passed over, and what it sets is unknown', async () => {
    const text = 'for i in range(10**9):\n    loss = f(i)\n    loss.backward()\nprint("after")\n';
    assert.deepEqual(await printed({ 'm.py': text }, 'm.py'), ['after']);
  });

  it('cyclic imports', async () => {
    const files = {
      'a.py': 'import b\nX = 1\nprint(b.Y, b.get())\n',
      'b.py': 'import a\nY = 2\ndef get():\n    return a.X\n',
    };
    assert.deepEqual(await printed(files, 'a.py'), ['2 1']);
  });

  it('packages, relative imports and star exports', async () => {
    const files = {
      'main.py':
        'from pkg import *\nfrom pkg.sub.mod import g as h\nimport pkg.sub.mod\nprint(f(), h(), pkg.sub.mod.g(), V)\n',
      'pkg/__init__.py': 'from .core import f\nfrom .sub import V\n__all__ = ["f", "V"]\n',
      'pkg/core.py': 'from . import sub\ndef f():\n    return sub.V + 1\n',
      'pkg/sub/__init__.py': 'V = 10\n',
      'pkg/sub/mod.py': 'from ..core import f\nfrom .. import core\ndef g():\n    return f() * 2 + (core.f is f)\n',
    };
    assert.deepEqual(await printed(files, 'main.py'), ['11 23 23 10']);
  });

  it('half-typed code spoils its own statement only', async () => {
    const text = 'a = 1\nb = foo(\nc = 3\n\ndef f():\n    return 5\n\nprint(f())\n';
    const lines = await printed({ 'm.py': text }, 'm.py');
    assert.equal(lines.at(-1), '5');
  });

  it('unreadable libraries matter only where they are used', async () => {
    const text = [
      'import numpy as np',
      'from missing.lib import thing, register',
      'table = np.zeros(3) * 2 + thing(1)[0].x',
      '@register("a")',
      'def f():',
      '    return 1',
      'print(f())',
      'if table:',
      '    table = print("never")',
      'print("still here")',
    ].join('\n');
    const lines = await printed({ 'm.py': text }, 'm.py');
    assert.equal(lines[0], '1');
    assert.match(lines[1] ?? '', /this condition cannot be known from the source, because numpy is neither/);
    assert.equal(lines[2], 'still here');
  });

  it('a million layers', async () => {
    const text =
      'from torch import nn\nclass M(nn.Module):\n    def __init__(self):\n        super().__init__()\n' +
      '        self.all = nn.ModuleList([nn.Linear(2, 2) for _ in range(10**6)])\n' +
      '    def forward(self, x):\n        return x\n';
    const source = new MemorySource({ 'm.py': text });
    const found = await extractModel({ syntax: testSyntax(), source, file: 'm.py' });
    assert.match(found.ok ? '' : found.problem.message, /more than 100000 parameters and buffers.*m\.py:5/);
  });

  it('deep nesting', async () => {
    const text = `x = ${'('.repeat(3000)}1${')'.repeat(3000)}\ny = ${'['.repeat(3000)}${']'.repeat(3000)}\nprint("done")\n`;
    const lines = await printed({ 'm.py': text }, 'm.py');
    assert.equal(lines.at(-1), 'done');
  });

  it('gives the host its turn', async () => {
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    await printed({ 'm.py': 'n = 0\nwhile n < 60000:\n    n += 1\nprint(n)\n' }, 'm.py');
    clearInterval(timer);
    assert.ok(turns >= 2, `${turns} turns`);
  });
});
