import assert from 'node:assert/strict';
import { libraries } from '../../src/extract/libraries';
import { printed } from '../support/python';

/** What the libraries' own pages say that these print: none of them is installed here. */
const cases: Readonly<Record<string, readonly [code: string, ...lines: readonly string[]]>> = {
  easydict: [
    `from easydict import EasyDict as edict
c = edict({'a': {'b': [{'c': 1}]}}, z=2)
c.d = dict(e=3)
c.a.f = 4
print(c.a.b[0].c, c.z, c.d.e, c['a']['f'], 'z' in c, hasattr(c, 'nope'), sorted(c))`,
    "1 2 3 4 True False ['a', 'd', 'z']",
  ],
  absl: [
    `from absl import app, flags
FLAGS = flags.FLAGS
WIDTH = flags.DEFINE_integer('width', 13, 'w')
flags.DEFINE_list('names', 'a, b', 'n')
flags.DEFINE_bool('bias', True, 'b')
flags.DEFINE_enum('act', 'relu', ['relu', 'gelu'], 'a')
flags.DEFINE_float('rate', 1, 'r')
def main(argv):
    print(FLAGS.width, WIDTH.value, FLAGS.names, FLAGS.bias, FLAGS.act, FLAGS.rate, FLAGS['width'].value, 'act' in FLAGS)
    FLAGS.width = 5
    print(FLAGS.width, len(argv))
app.run(main)`,
    "13 13 ['a', 'b'] True relu 1.0 13 True",
    '5 1',
  ],
  'HParams of TensorFlow 1': [
    `import tensorflow as tf
h = tf.contrib.training.HParams(width=5, rate=0.5, act='relu', on=True)
h.parse('width=7,rate=1,act=gelu,on=false')
h.add_hparam('depth', 2)
print(h.width, h.rate, h.act, h.on, h.depth, sorted(h.values()), 'width' in h, h.get('no', 3))`,
    "7 1.0 gelu False 2 ['act', 'depth', 'on', 'rate', 'width'] True 3",
  ],
  'TensorFlow where code asks for it': [
    `try:
    import tensorflow as tf
except ImportError:
    tf = None
import importlib.util
print(tf, importlib.util.find_spec('tensorflow'))`,
    'None None',
  ],
  tyro: [
    `import tyro
from dataclasses import dataclass
@dataclass
class Args:
    width: int = 11
def make(width: int = 3):
    return width * 2
print(tyro.cli(Args).width, tyro.cli(make), tyro.cli(Args, default=Args(4)).width)`,
    '11 6 4',
  ],
  'draccus and pyrallis': [
    `import draccus
import pyrallis
from dataclasses import dataclass
@dataclass
class Config:
    width: int = 5
@draccus.wrap()
def main(cfg: Config):
    print(cfg.width)
main(Config(6))
print(pyrallis.parse(config_class=Config).width)`,
    '6',
    '5',
  ],
  simple_parsing: [
    `from dataclasses import dataclass
from simple_parsing import ArgumentParser, parse
from simple_parsing.helpers import list_field
@dataclass
class Options:
    width: int = 5
    sizes: list = list_field(1, 2)
parser = ArgumentParser(description='x')
parser.add_argument('--depth', type=int, default=3)
parser.add_arguments(Options, dest='options')
args = parser.parse_args()
print(args.depth, args.options.width, args.options.sizes, parse(Options).width)`,
    '3 5 [1, 2] 5',
  ],
  HfArgumentParser: [
    `from dataclasses import dataclass, field
from transformers import HfArgumentParser
@dataclass
class ModelArguments:
    width: int = field(default=5, metadata={'help': 'w'})
@dataclass
class DataArguments:
    length: int = 7
model, data = HfArgumentParser((ModelArguments, DataArguments)).parse_args_into_dataclasses()
print(model.width, data.length)
model, data = HfArgumentParser([ModelArguments, DataArguments]).parse_dict({'width': 2, 'length': 3})
print(model.width, data.length)
(only,) = HfArgumentParser(ModelArguments).parse_args_into_dataclasses()
print(only.width)`,
    '5 7',
    '2 3',
    '5',
  ],
  addict: [
    `from addict import Dict
d = Dict({'x': {'y': 1}})
d.a.b.c = 1
print(d.a.b.c, d.x.y, d['q'] == {}, d.to_dict())`,
    "1 1 True {'x': {'y': 1}, 'a': {'b': {'c': 1}}, 'q': {}}",
  ],
  yacs: [
    `from yacs.config import CfgNode as CN
c = CN()
c.MODEL = CN()
c.MODEL.W = 3
d = c.clone()
d.merge_from_list(['MODEL.W', 8])
d.freeze()
print(c.MODEL.W, d.MODEL.W, d['MODEL']['W'], d.is_frozen())
try:
    d.MODEL.W = 4
except AttributeError as error:
    print(error)
try:
    c.merge_from_other_cfg({'ABSENT': 1})
except KeyError as error:
    print(error)`,
    '3 8 8 True',
    'Attempted to set W to 4, but CfgNode is immutable',
    "'Non-existent config key: ABSENT'",
  ],
  ml_collections: [
    `import ml_collections
from ml_collections import config_dict
c = ml_collections.ConfigDict()
c.a = 1
c.m = ml_collections.ConfigDict({'w': 2})
c.p = config_dict.placeholder(int)
print(c.a, c.m.w, c['m']['w'], dict(**c.m), 'a' in c, c.get('q', 5), c.p)
c.update({'m': {'w': 7}})
print(c.m.w, sorted(c.to_dict()))
c.lock()
try:
    c.other = 1
except AttributeError as error:
    print('locked')`,
    "1 2 2 {'w': 2} True 5 None",
    "7 ['a', 'm', 'p']",
    'locked',
  ],
  pydantic: [
    `from typing import List, Optional
from pydantic import BaseModel, Field, field_validator
class Inner(BaseModel):
    w: int = 3
class Config(BaseModel):
    a: int
    b: List[int] = Field(default_factory=list)
    c: Optional[str] = None
    inner: Inner = Inner()
    d: float = Field(0.5, gt=0)
    @field_validator('a')
    @classmethod
    def check(cls, value):
        return value
class More(Config):
    e: bool = True
m = More(a=2, d=0.1)
print(m.a, m.b, m.c, m.inner.w, m.d, m.e)
print(m.model_dump())
try:
    Config()
except ValueError as error:
    print(type(error).__name__)`,
    '2 [] None 3 0.1 True',
    "{'a': 2, 'b': [], 'c': None, 'inner': {'w': 3}, 'd': 0.1, 'e': True}",
    'ValidationError',
  ],
  pkg_resources: [
    "import pkg_resources\nprint(pkg_resources.parse_version('1.2') < pkg_resources.parse_version('1.10'))",
    'True',
  ],
  fvcore: [
    'import torch.nn as nn\nimport fvcore.nn.weight_init as weight_init\nlayer = nn.Linear(3, 2)\nweight_init.c2_msra_fill(layer)\nprint(layer.weight.shape)',
    'torch.Size([2, 3])',
  ],
};

describe('settings of libraries that are not installed', () => {
  for (const [name, [code, ...lines]] of Object.entries(cases))
    it(`are read: ${name}`, async () => {
      assert.deepEqual(await printed({ 'a.py': code }, 'a.py', {}, libraries), lines);
    });

  it('are those of the project where it has a package of such a name', async () => {
    const files = {
      'easydict.py': 'class EasyDict:\n    kind = "own"\n',
      'a.py': 'from easydict import EasyDict\nprint(EasyDict.kind)',
    };
    assert.deepEqual(await printed(files, 'a.py', {}, libraries), ['own']);
  });
});

it('a class of singledispatch that only an annotation names is refused', async () => {
  const code =
    'from functools import singledispatch\n@singledispatch\ndef f(x): return 0\n@f.register\ndef g(x: int): return 1\n';
  const [line] = await printed({ 'a.py': code }, 'a.py', {}, libraries);
  assert.match(line ?? '', /singledispatch by an annotation is not read/);
});
