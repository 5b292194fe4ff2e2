import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testSyntax } from '../support/syntax';
import { findModels } from '../zoo/find';
import { groupsOf, kindOf } from '../zoo/report';

describe('the zoo of other checkouts', () => {
  let root = '';
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'zoo-'));
  });
  after(() => rm(root, { recursive: true, force: true }));

  async function census(files: Readonly<Record<string, string>>) {
    const paths: string[] = [];
    for (const [name, text] of Object.entries(files)) {
      paths.push(join(root, name));
      await writeFile(join(root, name), text);
    }
    const { models, exclusions } = await findModels(testSyntax(), root, paths);
    return {
      models: models.map(({ name, kind }) => `${kind} ${name}`),
      exclusions: exclusions.map(({ name, reason }) => `${name}: ${reason}`),
    };
  }

  it('counts modules that no other class of the file builds, and public builders', async () => {
    const found = await census({
      'base.py':
        'from torch import nn\nclass Base(nn.Module):\n    def forward(self, x):\n        raise NotImplementedError\n',
      'net.py': [
        'from base import Base',
        'from torch import nn',
        'class Block(nn.Module):',
        '    def forward(self, x): return x',
        'class Net(Base):',
        '    def __init__(self): self.block = Block()',
        '    def forward(self, x): return self.block(x)',
        'class Wide(Net): pass',
        'class Bag(nn.Module): pass',
        'class Data: pass',
        'def _make(wide):',
        '    model = Wide() if wide else Net()',
        '    return model',
        'def net(): return _make(False).eval()',
        'def count(model): return len(model)',
      ].join('\n'),
      'uses.py': 'import net as n\nfrom net import net as make\ndef built():\n    m = make()\n    return m\n',
      'test_net.py': 'from net import Net\ndef make(): return Net()\n',
    });
    assert.deepEqual(found, {
      models: ['class Net', 'class Wide', 'builder net', 'builder built'],
      exclusions: [
        'Base: its forward is abstract',
        'Block: another class of its file builds it',
        'Bag: it has no forward',
        '_make: a private builder',
        'make: a test',
      ],
    });
  });

  it('groups messages by what is common to them', () => {
    assert.equal(
      kindOf('Net needs the arguments a, b_c, which nothing in net.py gives; write them: Net(a=…)', 'Net'),
      '· needs the arguments ·, which nothing in · gives; write them',
    );
    assert.equal(kindOf("TypeError: 'Foo' object is not callable (foo.py:12)"), '·: … object is not callable');
    const places = [12, 400].map((line) => ({ name: '', where: 'a', message: `shape 1x${line} (a.py:${line})` }));
    assert.deepEqual(groupsOf(places), [{ kind: 'shape #', count: 2, example: 'a: shape 1x12 (a.py:12)' }]);
  });
});
