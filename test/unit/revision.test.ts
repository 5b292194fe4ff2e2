import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { main } from '../../src/cli';
import { checkOut, parseRevision } from '../../src/cli/revision';
import { wasmRuntime } from '../support/ort';
import { testReader } from '../support/reader';
import { testSyntax } from '../support/syntax';

const net = (width: number) =>
  `import torch.nn as nn\nfrom parts import act\n\nclass Net(nn.Sequential):\n    def __init__(self):\n        super().__init__(nn.Linear(4, ${width}), act(), nn.Linear(${width}, 2))\n\nnet = Net()\n`;

describe('a file as a revision of Git has it', () => {
  let folder = '';
  const git = (...parameters: string[]) =>
    execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@x', ...parameters], {
      cwd: folder,
      encoding: 'utf8',
    });
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'lens-git-'));
    git('init', '-q');
    write('models/net.py', net(8));
    write('models/parts.py', 'import torch.nn as nn\nact = nn.ReLU\n');
    write('models/data.bin', 'x');
    symlinkSync('/etc/passwd', join(folder, 'models', 'link.py'));
    git('add', '-A');
    git('commit', '-qm', 'one');
    write('models/net.py', net(16));
    write('models/parts.py', 'import torch.nn as nn\nact = nn.Tanh\n');
    git('add', 'models/parts.py');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('is told from other targets', () => {
    assert.deepEqual(parseRevision('HEAD~1:a/b.py:Net(x=1)'), { revision: 'HEAD~1', rest: 'a/b.py:Net(x=1)' });
    assert.deepEqual(parseRevision('v1.2:b.py'), { revision: 'v1.2', rest: 'b.py' });
    assert.deepEqual(parseRevision('@:b.py'), { revision: '@', rest: 'b.py' });
    for (const target of ['model.py', 'model.py:Net', 'C:\\model.py', 'lab.ipynb:Net()'])
      assert.equal(parseRevision(target), undefined, target);
  });

  it('is taken out with the code beside it, and without links; the repository stays as it is', async () => {
    const status = git('status', '--porcelain');
    const out = await checkOut('HEAD', join(folder, 'models', 'net.py'));
    const beside = (name: string) => join(dirname(out.file), name);
    assert.equal(readFileSync(out.file, 'utf8'), net(8));
    assert.match(readFileSync(beside('parts.py'), 'utf8'), /ReLU/);
    for (const name of ['link.py', 'data.bin']) assert.ok(!existsSync(beside(name)), name);
    assert.equal(git('status', '--porcelain'), status);
    await out.dispose();
    assert.ok(!existsSync(out.file));
  });

  it('is taken out without the programs that the repository names', async () => {
    const mark = join(folder, 'ran');
    writeFileSync(join(folder, '.git', 'info', 'attributes'), '*.py filter=own\n');
    git('config', 'filter.own.smudge', `touch ${mark}; cat`);
    const out = await checkOut('HEAD', join(folder, 'models', 'net.py'));
    assert.equal(readFileSync(out.file, 'utf8'), net(8));
    await out.dispose();
    assert.ok(!existsSync(mark));
    git('config', '--unset', 'filter.own.smudge');
    rmSync(join(folder, '.git', 'info', 'attributes'));
  });

  it('is refused where there is none, with the reason', async () => {
    const file = join(folder, 'models', 'net.py');
    await assert.rejects(checkOut('nope', file), /nope is no revision of the repository/);
    await assert.rejects(checkOut('--help', file), /--help is no revision/);
    await assert.rejects(checkOut('HEAD', join(folder, 'models', 'none.py')), /HEAD has no file models\/none\.py/);
    await assert.rejects(checkOut('HEAD', join(tmpdir(), 'x.py')), /not a git repository/);
  });

  it('is laid beside the file as it is now', async () => {
    const lines: string[] = [];
    const out = (text: string) => {
      lines.push(text);
    };
    const here = process.cwd();
    process.chdir(folder);
    try {
      const io = { out, err: () => undefined, syntax: testSyntax(), reader: testReader(), openRuntime: wasmRuntime };
      assert.equal(await main(['beside', 'HEAD:models/net.py:net', 'models/net.py:net', '--budget', '2'], io), 0);
    } finally {
      process.chdir(here);
    }
    const text = lines.join('');
    assert.match(text, /HEAD:models\/net\.py:net`: `Net`, 58 parameters/);
    assert.match(text, /`models\/net\.py:net`: `Net`, 114 parameters/);
    assert.match(text, /\| forward pass \| .* ms \| .* ms \|/);
  }).timeout(60_000);
});
