import assert from 'node:assert/strict';
import { extractModel } from '../../src/python/extract';
import { ExtractionError } from '../../src/python/native';
import { MemorySource, printed } from '../support/python';
import { testSyntax } from '../support/syntax';

async function ends(text: string, pattern: RegExp): Promise<void> {
  const started = performance.now();
  await assert.rejects(printed({ 'm.py': text }, 'm.py', { steps: 300_000, milliseconds: 2000 }), (error) => {
    assert.ok(error instanceof ExtractionError, String(error));
    assert.equal(error.kind, 'budget');
    assert.match(error.message, pattern);
    return true;
  });
  // Ten times its budget: a busy machine is no fault of ours.
  assert.ok(performance.now() - started < 20_000);
}

describe('hostile Python', () => {
  it('while True', () => ends('while True:\n    pass\n', /more than 300000 steps/));
  it('a loop in a comprehension', () =>
    ends('x = [i for i in iter(int, 1)] if False else [0 for _ in range(10**12)]\n', /steps|elements/));
  it('recursion', () => ends('def f(n):\n    return f(n + 1)\nf(0)\n', /f\(\) is called \d+ calls deep/));
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
      '    print("never")',
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
