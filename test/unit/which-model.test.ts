import assert from 'node:assert/strict';
import { mayUse } from '../../src/extract/callers';
import type { Extraction } from '../../src/extract/extract';
import { parseSetting } from '../../src/extract/given';
import { countParameters } from '../../src/graph/swap';
import { readAmong } from '../support/project';

type Options = { readonly expression?: string; readonly set?: readonly string[] };

async function read(files: Record<string, string>, options: Options = {}): Promise<Extraction> {
  const settings = options.set?.map(parseSetting);
  return readAmong(files, { expression: options.expression, settings });
}

/** All parameters of what is read, and what is said of its arguments. */
async function built(files: Record<string, string>, options?: Options): Promise<[number, string]> {
  const found = await read(files, options);
  assert.ok(found.ok, found.ok ? '' : found.problem.message);
  const { source } = found.argumentOrigin ?? {};
  const from = source ? `${source.file}:${source.line + 1}` : '';
  return [countParameters(found.graph).all, from];
}

async function refusal(files: Record<string, string>, options?: Options): Promise<string> {
  const found = await read(files, options);
  assert.ok(!found.ok, 'it was read');
  return found.problem.message;
}

const head = 'import argparse\nimport torch\nimport torch.nn as nn\n';
/** A model with `inputs * outputs` weights. */
const net = (parameters: string, inputs: string, outputs: string, name = 'Net') =>
  `class ${name}(nn.Module):
    def __init__(self${parameters && `, ${parameters}`}):
        super().__init__()
        self.fc = nn.Linear(${inputs}, ${outputs}, bias=False)
    def forward(self, x):
        return self.fc(x).relu()
`;
const plain = head + net('width, depth=2', 'width', 'depth');

describe('files that may use a name', () => {
  const uses: [string, boolean][] = [
    ['y = Net(3)', true],
    ['build(norm=Net)', true],
    ['from a import Net', false],
    ['from a import Net as Body', true],
    ['  class Net(nn.Module):', false],
    ['def Net():', false],
    ['y = MyNet(3) + Nets', false],
    ['from a import Net\nNet()', true],
    ['name: Net', true],
  ];
  for (const [text, expected] of uses) it(text, () => assert.equal(mayUse(text, 'Net'), expected));

  it('looks at each place of a text once, whatever it is', () => {
    const half = 500_000;
    for (const text of [`${'\n'.repeat(half)}from a import Net`, `${' '.repeat(half)}MyNet`, 'xNet '.repeat(half / 5)])
      assert.equal(mayUse(text, 'Net'), false);
  });
});

describe('which model a file means', () => {
  const cases: [string, string, number][] = [
    [
      'a variable of main, of any name',
      `${plain}def main():\n    thing = Net(5, depth=3)\n    thing.train()\nif __name__ == '__main__':\n    main()\n`,
      15,
    ],
    [
      'a variable below __main__',
      `${plain}if __name__ == '__main__':\n    n = 4\n    thing = Net(n)\n    print(thing)\n`,
      8,
    ],
    [
      'a variable of a function that __main__ calls',
      `${plain}def run(n):\n    m = Net(n)\n    m.eval()\nif __name__ == '__main__':\n    run(7)\n`,
      14,
    ],
    [
      'the outermost of several',
      `${plain}${net('inner', '3', '1', 'Outer')}if __name__ == '__main__':\n    a = Net(5)\n    b = Outer(a)\n`,
      3,
    ],
    [
      'what was changed afterwards',
      `${plain}def main():\n    m = Net(5)\n    m.fc = nn.Linear(2, 2, bias=False)\n    m.train()\nmain()\n`,
      4,
    ],
    [
      'what a wrapper holds',
      `${plain}def main():\n    m = Net(5)\n    m = nn.DataParallel(m).to('cpu')\nif __name__ == '__main__':\n    main()\n`,
      10,
    ],
    [
      'what a condition chooses',
      `${plain}if __name__ == '__main__':\n    kind = 'b'\n    if kind == 'a':\n        m = Net(2)\n    else:\n        m = Net(6)\n`,
      12,
    ],
    [
      'what the first turn of a loop makes',
      `${plain}if __name__ == '__main__':\n    for width in [3, 4]:\n        m = Net(width)\n        for x in range(9):\n            m(torch.ones(1, 3)).sum().backward()\n`,
      6,
    ],
    [
      'what a training function hands back',
      `${plain}def train_model(m, n):\n    for x in n:\n        m(x)\n    return m\ndef main():\n    m = Net(5)\n    m.fc = nn.Linear(3, 2, bias=False)\n    m, log = train_model(m, [1, 2])\n    m.eval()\nif __name__ == '__main__':\n    main()\n`,
      6,
    ],
    [
      'the same at the level of the file',
      `${plain}def train(m, n):\n    return m.missing(n)\nm = Net(5)\nm.fc = nn.Linear(4, 2, bias=False)\nm = train(m, 3)\nm.eval()\n`,
      8,
    ],
    [
      'what is told by a data set of the file',
      `${head}from torch.utils.data import Dataset, DataLoader\n${net('n', 'n', '3')}class Words(Dataset):\n    def __init__(self, text):\n        self.size = len(set(text))\n    def __len__(self):\n        return self.size\nif __name__ == '__main__':\n    words = Words('abcab')\n    loader = DataLoader(words, batch_size=4)\n    m = Net(words.size)\n    for x in loader:\n        m(x)\n    m.eval()\n`,
      9,
    ],
    [
      'past what is not there',
      `import nowhere\n${plain}def main():\n    data = nowhere.load('x')\n    m = Net(5)\n    for batch in data:\n        m(batch)\nif __name__ == '__main__':\n    main()\n`,
      10,
    ],
  ];
  for (const [what, text, expected] of cases) {
    it(what, async () => assert.equal((await built({ 'a.py': text }))[0], expected));
  }

  it('a variable that holds an imported model', async () => {
    const files = {
      'train.py': `${head}from net import Net\nmodel = None\ndef main():\n    model = Net(5, 3)\nif __name__ == '__main__':\n    main()\n`,
      'net.py': plain,
    };
    assert.equal((await built(files))[0], 15);
  });

  it('what a wrapper holds is fed as it is alone', async () => {
    const text = `${head}from torch.nn.parallel import DistributedDataParallel as DDP\nclass Net(nn.Module):\n    def __init__(self, n):\n        super().__init__()\n        self.a = nn.Linear(n, 3)\n        self.b = nn.Linear(4, 3)\n    def forward(self, x, y):\n        return self.a(x) + self.b(y)\ndef main():\n    model = Net(5)\n    model = DDP(model, device_ids=[0])\n    model.train()\nif __name__ == '__main__':\n    main()\n`;
    const found = await read({ 'a.py': text });
    assert.ok(found.ok, found.ok ? '' : found.problem.message);
    assert.deepEqual(
      found.graph.inputs.map(({ value }) => found.graph.values[value]?.type.shape),
      [
        [1, 5],
        [1, 4],
      ],
    );
  });

  it('no variable that holds something else', async () => {
    const text = `${plain}class Wrap:\n    def __init__(self, m):\n        self.m = m\ndef wrap(m):\n    return Wrap(m)\nfirst_net = wrap(3)\nfirst_net.eval()\nsecond = Net(5)\nsecond.eval()\n`;
    assert.equal((await built({ 'a.py': text }))[0], 10);
  });

  it('a variable by its name, wherever it is bound', async () => {
    const text = `${plain}def main(args):\n    small = Net(args.w)\n    big = Net(9)\nif __name__ == '__main__':\n    p = argparse.ArgumentParser()\n    p.add_argument('--w', type=int, default=4)\n    main(p.parse_args())\n`;
    assert.equal((await built({ 'a.py': text }, { expression: 'big' }))[0], 18);
    assert.equal((await built({ 'a.py': text }, { expression: 'small' }))[0], 8);
  });

  it('no helper is what a message is about', async () => {
    const text = `${head}${net('dim', 'dim', 'dim', 'Block')}def pick(kind, dim):\n    return Block(dim)\nclass Net(nn.Module):\n    def __init__(self, dim):\n        super().__init__()\n        self.a = pick('x', dim)\n    def forward(self, x):\n        return self.a(x)\n`;
    assert.match(await refusal({ 'a.py': text }), /^Net needs the argument dim/);
  });
});

describe('with which arguments a model is built', () => {
  const config = 'class Config:\n    width = 6\n    depth = 3\n';
  const take = net('config', 'config.width', 'config.depth');
  const cases: [string, string, number][] = [
    ['a class of settings, by the name of the argument', head + config + take, 18],
    [
      'a data class, by the annotation',
      `${head}from dataclasses import dataclass\n@dataclass\nclass Size:\n    w: int = 4\n    d: int = 5\n${net('s: Size', 's.w', 's.d')}`,
      20,
    ],
    ['an optional annotation in quotes', `${head}${config}${net("c: 'Config | None'", 'c.width', 'c.depth')}`, 18],
    [
      'a named tuple',
      `${head}from typing import NamedTuple\nclass Params(NamedTuple):\n    w: int = 3\n${net('params', 'params.w', '2')}`,
      6,
    ],
    ['a dictionary of the file', `${head}${net('cfg', "cfg['w']", "cfg['d']")}cfg = {'w': 2, 'd': 7}\n`, 14],
    [
      'a function that makes settings',
      `${head}${config}def get_config():\n    c = Config()\n    c.width = 2\n    return c\n${net('cfg', 'cfg.width', 'cfg.extra')}`.replace(
        'c.width = 2',
        'c.width = 2; c.extra = 5',
      ),
      10,
    ],
    [
      'a static method of the model',
      `${head}${config}class Net(nn.Module):\n    @staticmethod\n    def get_default_config():\n        return Config()\n    def __init__(self, config):\n        super().__init__()\n        self.fc = nn.Linear(config.width, 1, bias=False)\n    def forward(self, x):\n        return self.fc(x)\n`
        .replace('class Config', 'class Numbers')
        .replace('Config()', 'Numbers()'),
      6,
    ],
    [
      'a parser that a function returns',
      `${head}${net('args', 'args.w', 'args.d')}def get_args_parser():\n    p = argparse.ArgumentParser(add_help=False)\n    g = p.add_argument_group('g')\n    g.add_argument('--w', default='3', type=int)\n    p.add_argument('-d', '--deep', dest='d', default=4)\n    return p\n`,
      12,
    ],
    [
      'a call in a function whose arguments a call gives',
      `${plain}def make(w, d=4):\n    return Net(w, depth=d)\ndef other():\n    return make(3)\n`,
      12,
    ],
    [
      'a call with what the command line has as default',
      `${plain}def main():\n    p = argparse.ArgumentParser()\n    p.add_argument('--hidden-size', type=int, default=5)\n    p.add_argument('--flag', action='store_true')\n    args, _ = p.parse_known_args()\n    args.hidden_size += 1\n    return Net(args.hidden_size, 3 if args.flag else 2)\n`,
      12,
    ],
    [
      'a call in a method, of an object that a call makes',
      `${plain}class Trainer:\n    def __init__(self, args, data):\n        self.args = args\n        self.data = open(data)\n        self.model = None\n    def build(self):\n        self.model = Net(self.args.w)\nclass A:\n    w = 8\nt = Trainer(A(), 'x')\n`,
      16,
    ],
    [
      'what the class around it gives it',
      `${head}${net('dim, out', 'dim', 'out', 'Block')}class Whole(nn.Module):\n    def __init__(self, dim=4):\n        super().__init__()\n        self.blocks = nn.ModuleList([Block(dim * 2, 3)])\n    def forward(self, x):\n        return self.blocks[0](x)\n`,
      24,
    ],
    [
      'what a class gets that is handed on',
      `${head}${net('dim', 'dim', '2', 'Block')}class Whole(nn.Module):\n    def __init__(self, block=Block):\n        super().__init__()\n        self.a = block(7)\n    def forward(self, x):\n        return self.a(x)\n`,
      14,
    ],
    ['where its own defaults fail', `${head}${net('dim=None', 'dim', '2')}def f():\n    return Net(dim=5)\n`, 10],
    [
      'what a class hands on as keywords',
      `${plain}class Sub(Net):\n    def __init__(self, depth=3, **kwargs):\n        super().__init__(depth=depth, **kwargs)\nm = Sub(width=4)\n`,
      12,
    ],
  ];
  for (const [what, text, expected] of cases) {
    const expression = /class Sub/.test(text) ? 'Sub' : /class Block/.test(text) ? 'Block' : 'Net';
    it(what, async () => assert.equal((await built({ 'a.py': text }, { expression }))[0], expected));
  }

  it('a call of another file, near ones and scripts before tests', async () => {
    const files = {
      'pkg/net.py': plain,
      'pkg/test_net.py': 'from pkg.net import Net\ndef test():\n    Net(1)\n',
      'pkg/train.py':
        "from pkg.net import Net\nimport nowhere\nif __name__ == '__main__':\n    n = nowhere.n\n    a = Net(n)\n    b = Net(4, 3)\n",
    };
    assert.deepEqual(await built(files, { expression: 'Net' }), [12, 'pkg/train.py:6']);
  });

  it('a call that does not fit is told, and not replaced', async () => {
    const text = `${plain}m = Net(3, height=2)\nn = Net(4)\n`;
    assert.match(await refusal({ 'a.py': text }, { expression: 'Net' }), /unexpected keyword argument 'height'/);
  });

  it('a call whose arguments nothing tells is none', async () => {
    const text = `${plain}def f(w):\n    return Net(w)\n`;
    assert.match(await refusal({ 'a.py': text }, { expression: 'Net' }), /^Net needs the argument width/);
  });

  it('options of click and typer give their defaults, and can be set', async () => {
    const click = `import click\n${plain}@click.command()\n@click.option('--net-width', '-w', default=7)\n@click.option('--deep/--flat')\ndef main(net_width, deep):\n    model = Net(net_width, 1 if deep else 2)\n`;
    assert.equal((await built({ 'a.py': click }))[0], 14);
    assert.equal((await built({ 'a.py': click }, { set: ['net_width=3', 'deep=True'] }))[0], 3);
    const needed = click.replace('default=7', 'required=True');
    assert.match(await refusal({ 'a.py': needed }), /needs the argument width/);
    const typer = `import typer\n${plain}def main(w: int = typer.Option(6, help='w'), d: int = typer.Argument(default=2)):\n    model = Net(w, d)\n`;
    assert.equal((await built({ 'a.py': typer }))[0], 12);
    assert.match(await refusal({ 'a.py': typer.replace('Option(6', 'Option(...') }), /needs the argument width/);
  });

  it('a class without a constructor of its own needs what its layer needs', async () => {
    const text =
      'import torch\nimport torch.nn as nn\nclass Norm(nn.LayerNorm):\n    def forward(self, x):\n        return super().forward(x.float())\n';
    assert.match(await refusal({ 'a.py': text }), /^Norm needs the argument normalized_shape/);
    assert.equal((await built({ 'a.py': text }, { set: ['normalized_shape=8'] }))[0], 16);
    assert.equal(
      (await built({ 'a.py': `${text}norm = Norm(8)\nnorm(torch.randn(2, 8))\n` }, { expression: 'Norm' }))[0],
      16,
    );
  });

  it('what a required option gives is asked for, and can be set', async () => {
    const text = `${plain}if __name__ == '__main__':\n    p = argparse.ArgumentParser()\n    p.add_argument('--w', type=int, required=True)\n    p.add_argument('--d', choices=[2, 3], type=int, default=2)\n    args = p.parse_args()\n    model = Net(args.w, args.d)\n`;
    assert.match(await refusal({ 'a.py': text }), /needs the argument width/);
    assert.equal((await built({ 'a.py': text }, { set: ['w=5'] }))[0], 10);
    assert.equal((await built({ 'a.py': text }, { set: ['w=5', 'd=3'] }))[0], 15);
    assert.match(await refusal({ 'a.py': text }, { set: ['w=5', 'd=4'] }), /invalid choice: 4/);
  });

  it('what is set by name: arguments, parts of settings, text', async () => {
    const files = { 'a.py': head + config + net('config, name="x"', 'config.width', 'len(name)') };
    assert.equal((await built(files, { expression: 'Net', set: ['config.width=2', 'name=four'] }))[0], 8);
    const bare = { 'a.py': head + take };
    assert.equal((await built(bare, { expression: 'Net', set: ['config.width=2', 'config.depth=2'] }))[0], 4);
    assert.match(
      await refusal(files, { expression: 'Net', set: ['wide=2'] }),
      /Nothing that Net is built with is called wide/,
    );
    assert.throws(() => parseSetting('3=4'), /not name=value/);
  });

  it('an expression may name what its file does not: usual names, modules with what is below them', async () => {
    const files = {
      'a.py': `import torch\nimport torch.nn as nn\n${net('config, act=nn.ReLU', 'config.width', '1')}`,
      'pkg/__init__.py': '',
      'pkg/parts.py': 'class Config:\n    def __init__(self, width):\n        self.width = width\n',
    };
    const read = async (expression: string) => (await built(files, { expression }))[0];
    assert.equal(await read('Net(SimpleNamespace(width=3))'), 3);
    assert.equal(await read('Net(Namespace(width=4), act=partial(nn.ELU, alpha=0.5))'), 4);
    assert.equal(await read('Net(pkg.parts.Config(5), lambda w: w)'), 5);
    assert.equal(await read('[Net(pkg.parts.Config(w)) for w in (6, 7)][0]'), 6);
    assert.equal(await read('Net(argparse.Namespace(width=int(np.prod((2, 4)))))'), 8);
    assert.match(
      await refusal(files, { expression: 'Net(Config(3))' }),
      /^There is no Config in this file; name it with the module that has it: package\.module\.Config$/,
    );
  });

  it('what is set may be an expression over the names of the file, and a path stays text', async () => {
    const text = `${head}import model\n${net('width, act=None, path=""', 'width', 'len(path) if act is None else len([act().weight])')}`;
    const files = { 'a.py': text, 'model.py': '' };
    const read = async (...set: string[]) => (await built(files, { expression: 'Net', set }))[0];
    assert.equal(await read('width=3', 'act=nn.PReLU'), 3);
    assert.equal(await read('width=2*4', 'act=lambda: nn.PReLU(3)'), 8);
    assert.equal(await read('width=1', 'path=model.pt'), 8);
    assert.equal(await read('width=1', 'path=a/b-c.txt'), 9);
  });

  it('defaults that the code itself refuses are asked for', async () => {
    const text = `${head}class Config:\n    width = None\nclass Net(nn.Module):\n    def __init__(self, config):\n        super().__init__()\n        assert config.width is not None\n        self.fc = nn.Linear(config.width, 1)\n    def forward(self, x):\n        return self.fc(x)\n`;
    assert.match(
      await refusal({ 'a.py': text }, { expression: 'Net' }),
      /^The defaults of config are not enough for Net \(AssertionError\)/,
    );
    assert.equal((await built({ 'a.py': text }, { expression: 'Net', set: ['config.width=3'] }))[0], 4);
  });

  it('settings from the files that the code names', async () => {
    const train = (body: string) =>
      `${head}import json, yaml\nfrom net import Net\ndef main():\n    p = argparse.ArgumentParser()\n    p.add_argument('--config', default='conf/base.yaml')\n    args = p.parse_args()\n${body}    model.train()\nif __name__ == '__main__':\n    main()\n`;
    const files = {
      'net.py': plain,
      'conf/base.yaml': 'net: {width: 6, depth: 3}\n',
      'conf/base.json': '{"width": 7}',
    };
    const yaml = '    with open(args.config) as f:\n        cfg = yaml.safe_load(f)\n    model = Net(**cfg["net"])\n';
    assert.equal((await built({ 'train.py': train(yaml), ...files }))[0], 18);
    const json = "    cfg = json.load(open('conf/base.json'))\n    model = Net(cfg['width'])\n";
    assert.equal((await built({ 'train.py': train(json), ...files }))[0], 14);
    const gone = "    cfg = yaml.safe_load(open('conf/none.yaml'))\n    model = Net(cfg['width'])\n";
    assert.match(
      await refusal({ 'train.py': train(gone), ...files }),
      /'conf\/none\.yaml' is no text file of the project/,
    );
  });

  it('what hydra composes of its files, and instantiates', async () => {
    const train = (body: string) =>
      `${head}import hydra\nfrom net import Net\n@hydra.main(version_base=None, config_path='conf', config_name='config')\ndef main(cfg):\n    net = ${body}\n    net.train()\nif __name__ == '__main__':\n    main()\n`;
    const files = {
      'net.py': plain,
      'conf/config.yaml': 'defaults:\n  - model: small\n  - _self_\nmodel:\n  depth: 5\nlr: 1e-3\n',
      'conf/model/small.yaml': '_target_: net.Net\nwidth: 4\ndepth: 3\n',
    };
    assert.equal((await built({ 'train.py': train('Net(cfg.model.width, cfg.model.depth)'), ...files }))[0], 20);
    assert.equal((await built({ 'train.py': train('hydra.utils.instantiate(cfg.model)'), ...files }))[0], 20);
    const unordered = { ...files, 'conf/config.yaml': 'defaults:\n  - model: small\nmodel:\n  depth: 5\n' };
    assert.match(
      await refusal({ 'train.py': train('Net(cfg.model.width, cfg.model.depth)'), ...unordered }),
      /two files of settings set it/,
    );
  });
});
