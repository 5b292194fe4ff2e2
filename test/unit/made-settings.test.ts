/** Models whose settings are made elsewhere in the project: trees of defaults, command lines, classes and functions. */
import assert from 'node:assert/strict';
import type { ExtractRequest } from '../../src/extract/extract';
import { countParameters } from '../../src/graph/swap';
import { readAmong } from '../support/project';

const head = 'import torch\nimport torch.nn as nn\n';
/** A model with `inputs * outputs` weights. */
const net = (name: string, inputs: string, outputs: string, parameters = 'config', first = '') => `
class ${name}(nn.Module):
    def __init__(self, ${parameters}):
        super().__init__()${first && `\n        ${first.replaceAll('\n', '\n        ')}`}
        self.fc = nn.Linear(${inputs}, ${outputs}, bias=False)
    def forward(self, x):
        return self.fc(x).relu()
`;

/** All weights of what is read, and what is said of its arguments. */
async function built(files: Record<string, string>, asked: Partial<ExtractRequest> = {}): Promise<[number, string]> {
  const found = await readAmong(files, asked);
  assert.ok(found.ok, found.ok ? '' : found.problem.message);
  return [countParameters(found.graph).all, found.argumentOrigin?.message ?? ''];
}

async function refusal(files: Record<string, string>, asked: Partial<ExtractRequest> = {}): Promise<string> {
  const found = await readAmong(files, asked);
  assert.ok(!found.ok, 'it was read');
  return found.problem.message;
}

/** A network that reads its sizes one level down. */
const nested = head + net('Tower', 'own.first_width', 'own.last_width', 'config', 'own = config.tower');

const tree = (make: string, node: string) => `${make}
_C = ${node}()
_C.tower = ${node}()
_C.tower.first_width = 3
_C.tower.last_width = 4
_C.tower.kind = 'plain'
_C.data = ${node}()
_C.data.sizes = (8, 8)
_C.data.rate = 0.5
def get_defaults():
    return _C.clone()
`;

const trees: Readonly<Record<string, string>> = {
  yacs: tree('from yacs.config import CfgNode as CN', 'CN'),
  'yacs by its module': tree('import yacs.config', 'yacs.config.CfgNode'),
  "yacs in a class of the project's own": tree(
    'import yacs.config\nclass Node(yacs.config.CfgNode):\n    def __init__(self, init_dict=None, key_list=None, new_allowed=False):\n        super().__init__(init_dict, key_list, new_allowed)\n    def as_dict(self):\n        return dict(self)',
    'Node',
  ),
  fvcore: tree('from fvcore.common.config import CfgNode', 'CfgNode'),
};

describe('a tree of defaults of another file', () => {
  for (const [title, text] of Object.entries(trees))
    it(`is what a model is built with: ${title}`, async () => {
      const [weights, told] = await built({ 'net/tower.py': nested, 'setup/defaults.py': text });
      assert.equal(weights, 12);
      assert.match(told, /^Tower is built with defaults\.py:_C as its config$/);
    });

  const yaml = (name: string, width: number) =>
    `tower:\n  first_width: ${width}\n  kind: ${name}\ndata:\n  rate: 1e-1\n`;
  const named = (key: string, name: string, width: number) =>
    `${key}: ${name}\ntower: {first_width: ${width}}\ndata: {sizes: "(4, 4)", rate: 1e-1}\n`;
  const withName = (text: string) => text.replace('def get', "_C.model_name = 'none'\ndef get");

  for (const [title, text] of Object.entries(trees))
    it(`is changed by the file of settings that names the class: ${title}`, async () => {
      const files = {
        'net/tower.py': nested,
        'setup/defaults.py': withName(text),
        'configs/a.yaml': named('model_name', 'Bridge', 5),
        'configs/b.yaml': named('model_name', 'Tower', 7),
        'configs/c.yaml': named('model_name', 'Tower', 9),
      };
      const [weights, told] = await built(files);
      assert.equal(weights, 28);
      assert.match(told, /_C as its config, changed by b\.yaml, which names it/);
    });

  it('is changed by the one that names its module and the folder of it, where the class is called like others', async () => {
    const files = {
      'models/small/tower.py': nested.replaceAll('Tower', 'Network'),
      'setup/defaults.py': withName(trees.yacs ?? '').replace("_C.model_name = 'none'", "_C.name = ''\n_C.type = ''"),
      'configs/a.yaml': 'name: tower\ntype: large\ntower: {first_width: 5}\n',
      'configs/b.yaml': 'name: tower\ntype: small\ntower: {first_width: 6}\n',
    };
    assert.equal((await built(files))[0], 24);
  });

  it('is changed by the one with the key under which the class is registered', async () => {
    const files = {
      'net/parts.py': nested.replace('\nclass', "\nfrom registry import MODELS\n@MODELS.register('tower-b')\nclass"),
      'registry.py':
        'class Registry:\n    def register(self, key):\n        return lambda made: made\nMODELS = Registry()\n',
      'setup/defaults.py': withName(trees.yacs ?? ''),
      'configs/a.yaml': named('model_name', 'tower-a', 5),
      'configs/b.yaml': named('model_name', 'tower-b', 6),
    };
    assert.equal((await built(files))[0], 24);
  });

  it('is left as it is by files that name nothing of it, or have what it has not', async () => {
    const files = {
      'net/tower.py': nested,
      'setup/defaults.py': withName(trees.yacs ?? ''),
      'configs/a.yaml': yaml('Tower', 5),
      'configs/b.yaml': 'model_name: Tower\ntower: {first_width: 5, other: 3}\n',
      'configs/c.yaml': 'model_name: Tower\ntower: {first_width: wide}\n',
    };
    // A kind is no name, another key is refused, and so is another type.
    assert.deepEqual(await built(files), [12, 'Tower is built with defaults.py:_C as its config']);
  });

  it('is taken with the next file where the code refuses the first', async () => {
    const refuses = 'own = config.tower\nassert own.first_width != 5';
    const files = {
      'net/tower.py': head + net('Tower', 'own.first_width', 'own.last_width', 'config', refuses),
      'setup/defaults.py': withName(trees.yacs ?? ''),
      'configs/a.yaml': named('model_name', 'Tower', 5),
      'configs/b.yaml': named('model_name', 'Tower', 6),
    };
    assert.equal((await built(files))[0], 24);
  });

  it('may be based on another file', async () => {
    const files = {
      'net/tower.py': nested,
      'setup/defaults.py': withName(trees.fvcore ?? ''),
      'configs/a.yaml': '_BASE_: base.yaml\nmodel_name: Tower\ntower: {last_width: 5}\n',
      'configs/base.yaml': 'model_name: Tower\ntower: {first_width: 8}\n',
    };
    assert.equal((await built(files))[0], 40);
  });
});

const flat = (first = '') =>
  head + net('Net', 'args.first_width', 'args.last_width', 'args', `self.rate = args.drop_rate${first}`);
const sizes = 'first_width=3, last_width=4, drop_rate=0.1';
const options =
  "p.add_argument('--first_width', type=int, default=3)\n    p.add_argument('--last-width', type=int, default=4)\n    p.add_argument('--drop_rate', default=0.1)\n";

const makers: Readonly<Record<string, string>> = {
  'a function that parses a command line': `import argparse\ndef read_command_line_args():\n    p = argparse.ArgumentParser()\n    ${options}    return p.parse_args()\n`,
  'a script that does': `import argparse\ndef main():\n    p = argparse.ArgumentParser()\n    ${options}    args = p.parse_args()\nif __name__ == '__main__':\n    main()\n`,
  'its mapping in a namespace': `import argparse\nfrom types import SimpleNamespace\ndef make_args():\n    p = argparse.ArgumentParser()\n    ${options}    return SimpleNamespace(**vars(p.parse_args()))\n`,
  'a namespace': `from argparse import Namespace\ndefaults = Namespace(${sizes})\n`,
  'a simple namespace': `import types\nstandard = types.SimpleNamespace(${sizes})\n`,
  easydict: `from easydict import EasyDict as edict\nC = edict()\nC.first_width = 3\nC.last_width = 4\nC.drop_rate = 0.1\n`,
  munch: `from munch import Munch\nC = Munch(${sizes})\n`,
  addict: `from addict import Dict\nempty = Dict()\nC = Dict(${sizes})\n`,
  ml_collections: `import ml_collections\ndef get_small_config():\n    c = ml_collections.ConfigDict()\n    c.first_width = 3\n    c.last_width = 4\n    c.drop_rate = 0.1\n    return c\n`,
  OmegaConf: `from omegaconf import OmegaConf\ndef standard_configs():\n    c = OmegaConf.create()\n    c.first_width = 3\n    c.last_width = 4\n    c.drop_rate = 0.1\n    return c\ndef get_net_config(name='a'):\n    c = standard_configs()\n    c.update(dict(drop_rate=0.2))\n    return c\n`,
  HParams: `import tensorflow as tf\ndef create_hparams(text=None):\n    return tf.contrib.training.HParams(${sizes})\n`,
  'a data class': `from dataclasses import dataclass\n@dataclass\nclass NetConfig:\n    first_width: int = 3\n    last_width: int = 4\n    drop_rate: float = 0.1\n`,
  'a plain class': 'class Settings:\n    first_width = 3\n    last_width = 4\n    drop_rate = 0.1\n',
  'options in a class that parses': `import argparse\nclass Options:\n    def __init__(self):\n        self.parser = argparse.ArgumentParser()\n    def initialize(self):\n        p = self.parser\n    ${options.replaceAll('    p.', '        p.').replace('p.', '    p.')}    def parse(self):\n        self.initialize()\n        self.opt = self.parser.parse_args()\n        return self.opt\n`,
  'options that are declared for a parser': `class BaseOptions:\n    def initialize(self, p):\n        ${options.replaceAll('\n    p.', '\n        p.')}        return p\n    def parse(self):\n        self.opt = self.read()\n        return self.opt\n`,
};

describe('settings that another file makes', () => {
  for (const [title, text] of Object.entries(makers))
    it(`are taken: ${title}`, async () => {
      const [weights, told] = await built({ 'lib/net.py': flat(), 'setup/standard.py': text });
      assert.equal(weights, 12);
      assert.match(told, /^Net is built with standard\.py:.+ as its args$/);
    });

  it('may lack what the class sets itself, or asks for first', async () => {
    const own =
      "\nargs.extra_depth = 2\nself.args = args\nif 'scale' not in self.args:\n    self.args.scale = 2\nself.depth = self.args.extra_depth * args.scale";
    const files = { 'lib/net.py': flat(own), 'setup/standard.py': makers['a script that does'] ?? '' };
    assert.equal((await built(files))[0], 12);
  });

  it('may be read by the methods of a class alone', async () => {
    const text = `${head}class Net(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self._build(cfg)
    def _build(self, cfg):
        self.fc = nn.Linear(cfg.first_width, cfg.last_width, bias=False)
        self.rate = cfg.drop_rate
    def forward(self, x):
        return self.fc(x).relu()
`;
    assert.equal((await built({ 'lib/net.py': text, 'setup/standard.py': makers.easydict ?? '' }))[0], 12);
  });

  it('are not taken where they have few of the names', async () => {
    const files = { 'lib/net.py': flat(), 'setup/standard.py': 'class Settings:\n    first_width = 3\n    rate = 4\n' };
    assert.match(await refusal(files), /needs the argument args/);
  });

  it('are made in JSON and a class with attributes', async () => {
    const files = {
      'lib/net.py': flat(),
      'train.py': `import json\nfrom lib.net import Net\nclass AttrDict(dict):\n    def __init__(self, *args, **kwargs):\n        super().__init__(*args, **kwargs)\n        self.__dict__ = self\ndef main():\n    with open('c.json') as f:\n        h = AttrDict(json.loads(f.read()))\n    net = Net(h)\nmain()\n`,
      'c.json': '{"first_width": 5, "last_width": 4, "drop_rate": 0.5}',
    };
    assert.equal((await built(files))[0], 20);
  });

  it('are made where the script finds the class in a folder that it adds to the search path', async () => {
    for (const added of ["'lib'", "os.path.join(HERE, 'lib')", "str(HERE) + '/lib'"]) {
      const script = `import argparse, os, sys\nHERE = os.path.dirname(os.path.abspath(__file__))\nsys.path.append(${added})\nfrom net import Net\nif __name__ == '__main__':\n    p = argparse.ArgumentParser()\n    ${options}    args = p.parse_args()\n    args.last_width = 6\n    model = nn.DataParallel(Net(args))\n`;
      const [weights, told] = await built({ 'lib/net.py': flat(), 'train.py': script });
      assert.equal(weights, 18);
      assert.equal(told, 'Net is built with the arguments of this call');
    }
  });
});

describe('what a command line must give', () => {
  const script = (option: string, body: string) => `${head}import argparse
p = argparse.ArgumentParser()
p.add_argument('--data', required=True${option})
opt = p.parse_args()
${body}${net('Net', 'width', '4', 'width')}
model = Net(channels)
`;
  const branches =
    "if opt.data in ['faces', 'cars']:\n    frames = open_archive(opt.data)\n    channels = 3\nelif opt.data == 'digits':\n    channels = 1\n";
  const ask = async (text: string, asked: Partial<ExtractRequest> = {}): Promise<[number, string]> => {
    const found = await readAmong({ 'a.py': text }, { expression: 'Net', choosesSizes: true, ...asked });
    assert.ok(found.ok, found.ok ? '' : found.problem.message);
    return [countParameters(found.graph).all, found.graph.notes[0]?.message ?? ''];
  };

  it('is the first that the code compares it with, which is told', async () => {
    const [weights, told] = await ask(script('', branches));
    assert.equal(weights, 12);
    assert.equal(told, 'faces is chosen here for data, which the command line must give; set data to yours');
  });

  it('is the first of its choices', async () => {
    assert.equal((await ask(script(", choices=['digits', 'faces']", branches)))[0], 4);
    assert.equal((await ask(script(', type=int, choices=[2, 3]', 'channels = opt.data * 5\n')))[0], 40);
  });

  it('is the next where the code refuses one', async () => {
    const refuses = "channels = {'b': 2}[opt.data]\nif opt.data == 'a' or opt.data == 'b':\n    pass\n";
    assert.equal((await ask(script('', refuses)))[0], 8);
  });

  it('is asked for unless somebody asked for a reading', async () => {
    const found = await readAmong({ 'a.py': script('', branches) }, { expression: 'Net' });
    assert.ok(!found.ok);
    assert.match(found.problem.message, /needs the argument width/);
  });

  it('is what is set', async () => {
    const settings = [{ name: 'data', text: 'digits' }];
    const [weights, told] = await ask(script('', branches), { settings });
    assert.equal(weights, 4);
    assert.doesNotMatch(told, /chosen/);
  });

  it('is left open where nothing tells it', async () => {
    const text = script(', type=int', 'channels = opt.data\n');
    const found = await readAmong({ 'a.py': text }, { expression: 'Net', choosesSizes: true });
    const said = found.ok ? found.graph.notes.map(({ message }) => message).join() : found.problem.message;
    assert.doesNotMatch(said, /is chosen here for data/);
  });
});
