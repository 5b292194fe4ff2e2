/** Settings that code hands on: to what it builds, to its base, from a script to an object that builds the model. */
import assert from 'node:assert/strict';
import type { ExtractRequest } from '../../src/extract/extract';
import { countParameters } from '../../src/graph/swap';
import { readAmong } from '../support/project';

const head = 'import torch\nimport torch.nn as nn\n';
/** A model with `inputs * outputs` weights. */
const net = (name: string, inputs: string, outputs: string, parameters = 'config', base = 'nn.Module', first = '') => `
class ${name}(${base}):
    def __init__(self, ${parameters}):
        super().__init__()${first && `\n        ${first}`}
        self.fc = nn.Linear(${inputs}, ${outputs}, bias=False)
    def forward(self, x):
        return self.fc(x).relu()
`;

/** All weights of what is read, and what is said of it. */
async function built(files: Record<string, string>, asked: Partial<ExtractRequest> = {}): Promise<[number, string]> {
  const found = await readAmong(files, asked);
  assert.ok(found.ok, found.ok ? '' : found.problem.message);
  return [countParameters(found.graph).all, found.graph.notes.map(({ message }) => message).join(' | ')];
}

async function refusal(files: Record<string, string>, asked: Partial<ExtractRequest> = {}): Promise<string> {
  const found = await readAmong(files, asked);
  assert.ok(!found.ok, 'it was read');
  return found.problem.message;
}

const configuration = `class TowerConfig:
    def __init__(self, first=3, last=4, rate=0.1, extra=2):
        self.first, self.last, self.rate, self.extra = first, last, rate, extra
`;
const inner = net('Inner', 'config.first', 'config.last', 'config', 'nn.Module', 'self.rate = config.rate');

describe('settings that are only handed on', () => {
  const ways: Readonly<Record<string, string>> = {
    'to a class': 'def build(config, **kwargs):\n    return Inner(config, **kwargs)\n'.replaceAll(', **kwargs', ''),
    'by keyword': 'def build(config):\n    return Inner(config=config)\n',
    'as a part': 'def build(options):\n    return Inner(options.tower)\n',
    'by another function': 'def tower(cfg):\n    return Inner(cfg)\ndef build(config):\n    return tower(config)\n',
  };
  for (const [title, text] of Object.entries(ways))
    it(`are those of which everything is read there: ${title}`, async () => {
      const whole =
        title === 'as a part' ? `${configuration}class Options:\n    tower = TowerConfig()\n` : configuration;
      const files = { 'a.py': head + inner + text, 'setup/configuration.py': whole };
      const imported = { ...files, 'a.py': `from setup.configuration import *\n${files['a.py']}` };
      assert.equal((await built(imported, { expression: 'build' }))[0], 12);
      assert.equal((await built(files, { expression: 'build' }))[0], 12);
    });

  const heads: Readonly<Record<string, string>> = {
    'a part of its own': `
class Head(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.inner = Inner(config)
    def forward(self, x):
        return self.inner(x)
`,
    'its base': '\nclass Head(Inner):\n    def __init__(self, config):\n        super().__init__(config)\n',
    'a base with another name for it': `
class Base(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.fc = nn.Linear(cfg.first, cfg.last, bias=False)
        self.rate = cfg.rate
    def forward(self, x):
        return self.fc(x).relu()
class Head(Base):
    def __init__(self, config):
        super().__init__(config)
`,
    'a method': `
class Head(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.fc = self.make(config)
    def make(self, own):
        self.rate = own.rate
        return nn.Linear(own.first, own.last, bias=False)
    def forward(self, x):
        return self.fc(x).relu()
`,
  };
  for (const [title, text] of Object.entries(heads))
    it(`by a class: to ${title}`, async () => {
      const files = {
        'a.py': `${head}from configuration import TowerConfig\n${inner}${text}`,
        'configuration.py': configuration,
      };
      const [weights, told] = await built(files, { expression: 'Head' });
      assert.equal(weights, 12);
      assert.match(told, /^Head is built with TowerConfig\(\) as its config/);
    });

  it('are not those that have other names', async () => {
    const text = `${head}from configuration import OtherConfig\n${inner}def build(config):\n    return Inner(config)\n`;
    const other = 'class OtherConfig:\n    def __init__(self):\n        self.rate = 0.1\n        self.depth = 3\n';
    assert.match(
      await refusal({ 'a.py': text, 'configuration.py': other }, { expression: 'build' }),
      /needs the argument/,
    );
  });

  it('are found in a file of settings', async () => {
    const text = `${head}${inner.replaceAll('config.', 'config.tower.')}def build(config):\n    return Inner(config)\n`;
    const files = { 'a.py': text, 'b.yaml': 'tower: {first: 5, last: 4, rate: 0.1}\n' };
    const found = await readAmong(files, { expression: 'build' });
    assert.ok(found.ok, found.ok ? '' : found.problem.message);
    assert.equal(countParameters(found.graph).all, 20);
  });
});

describe('the class of settings that a class declares', () => {
  const two = `${configuration}class WideConfig(TowerConfig):\n    def __init__(self):\n        super().__init__(first=5)\n`;
  const text = (own: string) => `${head}from configuration import TowerConfig, WideConfig
class Base(nn.Module):
    config_class = WideConfig
${net('Tower', 'config.first', 'config.last', 'config', 'Base').replace('    def __init__', `${own}    def __init__`)}`;

  it('is taken, that of a base as well', async () => {
    assert.equal((await built({ 'a.py': text(''), 'configuration.py': two }, { expression: 'Tower' }))[0], 20);
    const own = '    config_class = TowerConfig\n';
    assert.equal((await built({ 'a.py': text(own), 'configuration.py': two }, { expression: 'Tower' }))[0], 12);
  });

  it('is asked about where its defaults are not enough', async () => {
    const more = text('').replace('config.first', 'config.height');
    const said = await refusal({ 'a.py': more, 'configuration.py': two }, { expression: 'Tower' });
    assert.match(said, /The defaults of config are not enough for Tower/);
  });
});

describe('a tree of defaults', () => {
  const tree = `from yacs.config import CfgNode as CN
_C = CN()
_C.name = ''
_C.tower = CN(new_allowed=True)
`;
  const text = head + net('Tower', 'own.first', 'own.last', 'config: CN', 'nn.Module', 'own = config.tower');

  it('may leave all that is read to a file that names the class', async () => {
    const files = {
      'tower.py': text.replace('import torch\n', 'import torch\nfrom yacs.config import CfgNode as CN\n'),
      'setup/defaults.py': tree,
      'configs/a.yaml': 'name: Bridge\ntower: {first: 5, last: 4, kind: a}\n',
      'configs/b.yaml': 'name: Tower\ntower: {first: 6, last: 4, kind: a}\n',
    };
    const [weights, told] = await built(files, { expression: 'Tower' });
    assert.equal(weights, 24);
    assert.match(told, /^Tower is built with defaults\.py:_C as its config, changed by b\.yaml, which names it/);
  });

  it('is what an annotation says nothing of that names the kind of tree alone', async () => {
    const whole = `${tree}_C.tower.first = 3\n_C.tower.last = 4\n`;
    const files = {
      'tower.py': text.replace('import torch\n', 'import torch\nfrom yacs.config import CfgNode as CN\n'),
      'setup/defaults.py': whole,
    };
    assert.equal((await built(files, { expression: 'Tower' }))[0], 12);
  });
});

describe('what the command line of another script must give', () => {
  const model = `${head}${net('Net', 'opt.width', '4', 'opt', 'nn.Module', "assert opt.kind in ('deep', 'flat') and opt.rate > 0")}`;
  const script = (option: string, body: string) => `import argparse
from net import Net
def train(opt):
${body}    model = Net(opt)
p = argparse.ArgumentParser()
p.add_argument('--kind', required=True)
p.add_argument('--rate', type=float, default=0.1)
p.add_argument('--archive', required=True)
${option}
opt = p.parse_args()
train(opt)
`;
  const ask = (text: string) => built({ 'net.py': model, 'train.py': text }, { expression: 'Net', choosesSizes: true });
  const chosen = 'deep is chosen here for kind, which the command line must give; set kind to yours';

  it('is chosen among what the code compares it with; what nothing reads stays open', async () => {
    const [weights, told] = await ask(script('', "    opt.width = 3 if 'deep' in opt.kind else 5\n"));
    assert.equal(weights, 12);
    assert.ok(told.startsWith(`${chosen} | `), told);
    assert.doesNotMatch(told, /archive/);
  });

  for (const [title, body] of Object.entries({
    'a table that it is looked up in': "    opt.width = {'deep': 3}[opt.kind]\n".replace('{', '{'),
    'a table with a name': "    sizes = {'deep': 3, 'flat': 5}\n    opt.width = sizes[opt.kind]\n",
    'a table that it may be in':
      "    sizes = {'deep': 3, 'flat': 5}\n    if opt.kind in sizes.keys():\n        opt.width = sizes[opt.kind]\n",
  }))
    it(`is chosen among the keys of ${title}`, async () => {
      const [weights, told] = await ask(script('', body));
      assert.equal(weights, 12);
      assert.ok(told.includes(chosen), told);
    });
});

describe('what an object holds that builds the model', () => {
  const models = `${head}${net('Small', 'width', '4', 'width')}${net('Large', 'width', '40', 'width')}`;
  const runner = (base: string, own: string, build: string) => `from models import Small, Large
${base}class Runner${base ? '(Base)' : ''}:
${own}    def build(self):
${build}        return model
`;
  const keep = '    def __init__(self, args):\n        self.args = args\n        self.net = self.build()\n';
  const base = `class Base:\n${keep}    def build(self):\n        raise NotImplementedError\n`;
  const hand = '    def __init__(self, args):\n        super().__init__(args)\n';
  const handOver = hand.replaceAll('args', 'cfg').replace('super()', 'super(Runner, self)');
  const build = '        model = Small(self.args.width).cuda()\n        print(self.args.rate, self.args.kind)\n';
  const main = (make = 'Runner(args)') => `import argparse
from runner import Runner
def main():
    p = argparse.ArgumentParser()
    p.add_argument('--width', type=int, default=3)
    p.add_argument('--wide', type=int, default=5)
    p.add_argument('--rate', type=float, default=0.1)
    p.add_argument('--kind', default='small')
    args = p.parse_args()
    runner = ${make}
if __name__ == '__main__':
    main()
`;
  const ask = (text: string, expression = 'Small', script = main()) =>
    built({ 'models.py': models, 'runner.py': text, 'main.py': script }, { expression });

  it('is what another script hands to its class', async () => {
    const [weights, told] = await ask(runner('', keep, build));
    assert.equal(weights, 12);
    assert.match(told, /Runner is built with main\.py:(parse_args\(\)|args) as its args/);
  });

  it('is what its base keeps of that', async () => {
    assert.equal((await ask(runner(base, hand, build)))[0], 12);
    assert.equal((await ask(runner(base, handOver, build)))[0], 12);
    assert.equal((await ask(runner(base, '', build)))[0], 12);
  });

  const table = (call: string) => `        print(self.args.rate)
        models = {'small': Small, 'large': Large}
        width = self.args.width if self.args.kind == 'small' else self.args.wide
        ${call}
`;
  for (const call of [
    'model = models[self.args.kind](width)',
    'model = models.get(self.args.kind)(width)',
    'made = models[self.args.kind]\n        model = made(width)',
  ])
    it(`is told the choice by which a table has the class: ${call.split('\n')[0]}`, async () => {
      assert.equal((await ask(runner('', keep, table(call))))[0], 12);
      assert.equal((await ask(runner('', keep, table(call)), 'Large'))[0], 200);
    });

  it('stays open where the script has other settings', async () => {
    const other = main().replace("'--width', type=int, default=3", "'--height'").replace("'--rate'", "'--speed'");
    const files = { 'models.py': models, 'runner.py': runner('', keep, build), 'main.py': other };
    assert.match(await refusal(files, { expression: 'Small' }), /needs the argument width/);
  });
});
