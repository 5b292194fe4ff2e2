import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { main } from '../../src/cli';
import { librariesFor } from '../../src/cli/libraries';
import { environmentOf } from '../../src/source/environments';
import { isLibraryFile, LibrarySource } from '../../src/source/libraries';
import { NodeSource } from '../../src/source/node';
import { testReader } from '../support/reader';

/** A library like those in the wild: star exports, a registry, imports of what nobody needs. */
const zoo = {
  'zoo/__init__.py':
    'from .version import __version__\nfrom .models import *\nfrom .registry import create\nimport pandas\n',
  'zoo/version.py': "__version__ = '1.0'\n",
  'zoo/registry.py': [
    '_entrypoints = {}',
    'def register(fn):',
    '    _entrypoints[fn.__name__] = fn',
    '    return fn',
    'def create(name, **kwargs):',
    '    if name not in _entrypoints:',
    "        raise RuntimeError(f'Unknown model ({name})')",
    '    return _entrypoints[name](**kwargs)',
  ].join('\n'),
  'zoo/models/__init__.py': 'from .tiny import *\nfrom .big import *\n',
  'zoo/models/tiny.py': [
    'from torch import nn',
    'from zoo.registry import register',
    'from helpers import width',
    "__all__ = ['Tiny', 'tiny']",
    'class Tiny(nn.Module):',
    '    def __init__(self, num_classes=1000):',
    '        super().__init__()',
    '        self.conv = nn.Conv2d(3, width(4), 3)',
    '        self.act = nn.GELU()',
    '        self.pool = nn.AdaptiveAvgPool2d(1)',
    '        self.head = nn.Linear(width(4), num_classes)',
    '    def forward(self, x):',
    '        return self.head(self.pool(self.act(self.conv(x))).flatten(1))',
    '@register',
    'def tiny(**kwargs):',
    '    return Tiny(**kwargs)',
  ].join('\n'),
  'zoo/models/big.py': 'import pandas as pd\nframe = pd.read_csv("x")\nhelper = width = None\n',
  'helpers.py': 'def width(n):\n    return 2 * n\n',
};

describe('library folders', () => {
  let folder: string;
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'activation-lens-')));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const at = (...parts: string[]) => join(folder, ...parts);

  function write(files: Readonly<Record<string, string>>, below = ''): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(at(below, name)), { recursive: true });
      writeFileSync(at(below, name), text);
    }
  }

  async function extract(...argv: string[]) {
    let out = '';
    let err = '';
    const io = { reader: testReader(), out: (text: string) => (out += text), err: (text: string) => (err += text) };
    const code = await main(['extract', '--json', ...argv], io);
    return { code, err, found: code === 0 ? JSON.parse(out) : undefined };
  }

  const user = 'from zoo import tiny\nmodel = tiny(num_classes=10)\n';

  it('a model of a library in the environment beside the file, read from its text', async () => {
    write({ 'project/train.py': user, 'project/.venv/pyvenv.cfg': 'home = /nowhere/bin\n' });
    write(zoo, 'project/.venv/lib/python3.12/site-packages');
    const { err, found } = await extract(at('project', 'train.py'));
    assert.equal(err, '');
    assert.equal(found.parameters, 8 * 27 + 8 + 80 + 10);
    const [activation] = found.activations;
    assert.match(activation.file, /site-packages.zoo.models.tiny\.py$/);
    assert.equal(activation.line, 9);
  });

  it('a registry: where a name is missing, the imports that register it run', async () => {
    write({ 'train.py': "import zoo\nmodel = zoo.create('tiny', num_classes=5)\n" });
    write(zoo, 'libs');
    const { err, found } = await extract(at('train.py'), '--library', at('libs'));
    assert.equal(err, '');
    assert.deepEqual(found.outputs[0].shape, [1, 5]);
  });

  it('a registry: only the imports run whose module defines the name', async () => {
    write({ 'train.py': "import zoo\nmodel = zoo.create('tiny_v1', num_classes=5)\n" });
    write(zoo, 'libs');
    write({
      'libs/zoo/models/__init__.py': 'from .odd import *\nfrom .tiny import *\n',
      'libs/zoo/models/odd.py': "raise RuntimeError('not on this machine')\n",
      'libs/zoo/models/tiny.py': `${zoo['zoo/models/tiny.py']}\n@register\ndef tiny_v1(**kwargs):\n    return Tiny(**kwargs)\n`,
    });
    const { err, found } = await extract(at('train.py'), '--library', at('libs'));
    assert.equal(err, '');
    assert.deepEqual(found.outputs[0].shape, [1, 5]);
  });

  it('that holds no layers is there, and none of its text is looked at', async () => {
    const text = `import torch.nn as nn
import pandas as pd
import pandas.core.frame as frames
try:
    import pandas
    assert hasattr(pandas, '__version__')
    width = 3
except (ImportError, AssertionError):
    width = 7
table = pd.read_csv('x.csv')
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(width, 5 if pd is not None else 6)
    def forward(self, x):
        return self.fc(x)
def by_columns():
    return nn.Linear(len(table.columns), 2)
def by_frame():
    return nn.Sequential(*[nn.Linear(each, 2) for each in frames.widths])
`;
    write({ 'project/net.py': text });
    write({ 'pandas/__init__.py': 'raise ImportError("read")', 'pandas/core/frame.py': 'def (' }, 'lib/site-packages');
    const read = (name: string) =>
      extract(`${at('project', 'net.py')}:${name}`, '--library', at('lib', 'site-packages'));
    assert.equal((await read('Net')).found?.parameters, 3 * 5 + 5);
    assert.match((await read('by_columns')).err, /because pandas\.read_csv is not read: that package holds no layers/);
    assert.match((await read('by_frame')).err, /because pandas\.core\.frame\.widths is not read/);
  });

  it('without the folder, the message says what is missing and the way out', async () => {
    write({ 'train.py': user });
    const { code, err } = await extract(at('train.py'));
    assert.equal(code, 2);
    assert.match(err, /because zoo is neither in the workspace nor in a library folder.*select the Python that has it/);
  });

  it('a folder that is not there is an error', async () => {
    write({ 'train.py': user });
    const { code, err } = await extract(at('train.py'), '--library', at('nowhere'));
    assert.equal(code, 2);
    assert.match(err, /--library .*nowhere: there is no such folder/);
  });

  it('a library’s own imports do not lead into the project', async () => {
    write({ 'project/setup.py': '', 'project/helpers.py': 'def width(n):\n    return 1\n', 'project/train.py': user });
    write(zoo, 'libs');
    const { found } = await extract(at('project', 'train.py'), '--library', at('libs'));
    assert.equal(found.parameters, 8 * 27 + 8 + 80 + 10);
    const source = new LibrarySource(new NodeSource(), [at('libs')]);
    assert.equal(await source.resolve(at('project', 'train.py'), 'helpers', 0), at('project', 'helpers.py'));
    assert.equal(await source.resolve(at('libs', 'zoo', 'x.py'), 'helpers', 0), at('libs', 'helpers.py'));
  });

  it('a project’s package in src is read, and as it is installed where it is', async () => {
    write({ 'made/setup.py': '', 'made/src/own/net.py': '', 'made/src/zoo/__init__.py': '', 'made/tests/x.py': '' });
    write(zoo, 'libs');
    const source = new LibrarySource(new NodeSource(), [at('libs')]);
    const resolve = (from: string, module: string) => source.resolve(at('made', from), module, 0);
    assert.equal(await resolve('tests/x.py', 'own.net'), at('made', 'src', 'own', 'net.py'));
    assert.equal(await resolve('tests/x.py', 'zoo'), at('libs', 'zoo', '__init__.py'));
    assert.equal(await resolve('src/own/net.py', 'zoo'), at('made', 'src', 'zoo', '__init__.py'));
  });

  it('a library’s data is what lies below the file that asks for it', async () => {
    const net = `import os, pkgutil
from torch import nn

def pruned(name='thin'):
    data = pkgutil.get_data(__name__, os.path.join('_widths', name + '.txt'))
    return nn.Sequential(*[nn.Linear(4, int(width)) for width in data.decode('utf-8').strip().split()])
`;
    write({
      'project/setup.py': '',
      'project/_widths/own.txt': '9',
      'project/train.py': 'from slim.net import pruned\n',
    });
    write({ 'slim/__init__.py': '', 'slim/net.py': net, 'slim/_widths/thin.txt': '3\n', 'own.txt': '5' }, 'libs');
    const read = (name: string) =>
      extract(`${at('project', 'train.py')}:pruned(${name})`, '--library', at('libs'), '--input', '1x4');
    const { err, found } = await read('');
    assert.equal(err, '');
    assert.equal(found.parameters, 15);
    assert.match((await read("'own'")).err, /_widths\/own\.txt' is no text file of the project/);
    const source = new LibrarySource(new NodeSource(), [at('libs')]);
    assert.equal(await source.locate(at('libs', 'slim', 'net.py'), 'own.txt'), undefined);
  });

  it('a package inside another one is not the library of its name', async () => {
    write({
      'project/setup.py': '',
      'project/net/__init__.py': '',
      'project/net/ops/__init__.py': '',
      'project/net/ops/zoo/__init__.py': '',
      'project/net/ops/zoo/norm.py': '',
      'project/zoo2/__init__.py': '',
      'project/net/zoo2/__init__.py': '',
    });
    write(zoo, 'libs');
    const source = new LibrarySource(new NodeSource(), [at('libs')]);
    const inside = at('project', 'net', 'ops', 'zoo', 'norm.py');
    assert.equal(await source.resolve(inside, 'zoo', 0), at('libs', 'zoo', '__init__.py'));
    assert.equal(await source.resolve(inside, 'norm', 0), at('project', 'net', 'ops', 'zoo', 'norm.py'));
    const other = at('project', 'net', 'zoo2', '__init__.py');
    assert.equal(await source.resolve(other, 'zoo2', 0), at('project', 'zoo2', '__init__.py'));
  });

  it("a checkpoint's configuration is found in the hub's cache, and nothing else of it", async () => {
    const revision = '0123456789'.repeat(4);
    write({
      'project/setup.py': '',
      'project/net.py': [
        'import torch.nn as nn',
        'from transformers import PretrainedConfig',
        'class Config(PretrainedConfig):',
        '    def __init__(self, width=4, **kwargs):',
        '        super().__init__(**kwargs)',
        '        self.width = width',
        'def made(name):',
        '    return nn.Linear(Config.from_pretrained(name).width, 2)',
      ].join('\n'),
      'home/hub/models--me--tiny/refs/main': revision,
      [`home/hub/models--me--tiny/snapshots/${revision}/config.json`]: '{"width": 6}',
      'home/hub/models--me--odd/refs/main': '../../..',
    });
    const hub = await librariesFor(at('project', 'net.py'), [], { HF_HOME: at('home') });
    assert.deepEqual(hub, [at('home', 'hub')]);
    const source = new LibrarySource(new NodeSource(), hub);
    const ask = (name: string) => source.locate(at('project', 'net.py'), `<hub>/models--${name}`);
    assert.equal(await ask('me--tiny'), at('home', 'hub', 'models--me--tiny', 'snapshots', revision, 'config.json'));
    for (const other of ['me--odd', 'me--none', 'me--tiny/refs/main', '..']) assert.equal(await ask(other), undefined);
    const { found } = await extract(`${at('project', 'net.py')}:made('me/tiny')`, '--library', at('home', 'hub'));
    assert.equal(found.parameters, 14);
  });

  it('environments: active ones, editable installs, the system’s packages', async () => {
    write({
      'active/pyvenv.cfg': `home = ${at('usr', 'bin')}\ninclude-system-site-packages = true\n`,
      'active/lib/python3.11/site-packages/editable.pth': `import sys; sys.path.append("x")\n${at('work', 'zoo', 'src')}\n`,
      'usr/lib/python3/dist-packages/a.py': '',
      'usr/lib/python3.11/os.py': '',
      'work/model.py': '',
    });
    const file = at('work', 'model.py');
    const expected = [
      at('active', 'lib', 'python3.11', 'site-packages'),
      at('work', 'zoo', 'src'),
      at('usr', 'lib', 'python3', 'dist-packages'),
    ];
    assert.deepEqual(await librariesFor(file, [], { VIRTUAL_ENV: at('active') }), expected);
    assert.deepEqual(await librariesFor(file, [], { CONDA_PREFIX: at('active') }), expected);
    assert.deepEqual(await librariesFor(file, [at('work')], { VIRTUAL_ENV: at('active') }), [at('work'), ...expected]);
    assert.deepEqual(await librariesFor(file, [], {}), []);
  });

  it('the environment that an interpreter belongs to', () => {
    assert.equal(environmentOf('/work/.venv/bin/python3.11'), '/work/.venv');
    assert.equal(environmentOf('C:\\work\\.venv\\Scripts\\python.exe'), 'C:\\work\\.venv');
    assert.equal(environmentOf('C:\\miniconda\\python.exe'), 'C:\\miniconda');
    assert.equal(environmentOf('/opt/conda/envs/vision/'), '/opt/conda/envs/vision');
  });

  it('a library’s files are told from the project’s', () => {
    assert.ok(isLibraryFile('/env/lib/a.py', ['/env/lib']));
    assert.ok(isLibraryFile('C:\\env\\lib\\a.py', ['C:/env/lib/']));
    assert.ok(!isLibraryFile('/env/library/a.py', ['/env/lib']));
  });
});
