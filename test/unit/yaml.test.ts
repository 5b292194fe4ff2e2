import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { standardLibrary } from '../../src/stdlib/index';
import { yamlLibrary } from '../../src/yaml/index';
import { inRoot } from '../support/paths';
import { printed } from '../support/python';

const libraries = [standardLibrary, yamlLibrary];
const run = (files: Record<string, string>) => printed(files, 'a/main.py', {}, libraries);

describe('YAML', () => {
  it('is what PyYAML makes of it, words and documents', async () => {
    const cases: [string, string | null][] = JSON.parse(
      readFileSync(inRoot('test', 'fixtures', 'yaml', 'expected.json'), 'utf8'),
    );
    const code = cases.map(
      ([text]) =>
        `try:\n    print(repr(yaml.safe_load(${JSON.stringify(text)})))\nexcept Exception:\n    print('refused')\n`,
    );
    const lines = await run({ 'a/main.py': `import yaml\n${code.join('')}` });
    const wrong = cases.flatMap(([text, expected], index) => {
      const found = lines[index];
      // A refusal is never wrong; a date is one.
      const isRefusal = found === 'refused' || found?.startsWith('!') || found?.includes('unknown');
      return isRefusal || found === expected || (found === 'nan' && expected === 'nan')
        ? []
        : [[text, expected, found]];
    });
    assert.equal(lines.length, cases.length);
    assert.deepEqual(wrong, []);
    const refused = lines.filter((line) => line === 'refused').length;
    assert.ok(refused <= cases.filter(([, expected]) => expected === null).length + 5, `${refused} refused`);
  });
});

describe('files of the project', () => {
  it('are read where the code names them, beside it or above it', async () => {
    const files = {
      'a/main.py': `import json, os, yaml
with open('conf.json') as f:
    print(json.load(f)['width'])
with open(os.path.join('conf', 'base.yaml')) as f:
    print(yaml.safe_load(f)['model']['depth'])
print(open('conf.json').readlines()[0].strip(), yaml.safe_load('# nothing\\n\\n  # at all'))
for line in open('conf/base.yaml'):
    print(repr(line))
`,
      'a/conf.json': '{"width": 12}\n',
      'conf/base.yaml': 'model:\n  depth: 3\n',
    };
    assert.deepEqual(await run(files), ['12', '3', '{"width": 12} None', "'model:\\n'", "'  depth: 3\\n'"]);
  });

  it('that are not there, or written, are unknown', async () => {
    const text = `x = open('nowhere.json')\nif x:\n    z = print(1)\ny = open('conf.json', 'w')\nif y:\n    z = print(2)\n`;
    const lines = await run({ 'a/main.py': text, 'a/conf.json': '{}' });
    assert.match(lines.join('\n'), /'nowhere\.json' is no text file of the project[^\n]*\n[^\n]*files are not opened/);
  });

  it('give OmegaConf its settings, with attributes; what it would compute stays unknown', async () => {
    const text = `from omegaconf import OmegaConf
cfg = OmegaConf.load('c.yaml')
print(cfg.model.width, cfg['model']['lr'], cfg.get('x', 7))
cfg = OmegaConf.merge(cfg, OmegaConf.create({'model': {'width': 2}}), OmegaConf.from_cli())
print(cfg.model.width, cfg.model.lr, OmegaConf.to_container(cfg)['model']['width'])
print(hasattr(cfg, 'nothing'))
cfg.model.lr = None
print(cfg.model.lr, OmegaConf.select(cfg, 'model.lr', default=1))
print(OmegaConf.select(cfg, 'model.width'), OmegaConf.select(cfg, 'a.b', default=4), OmegaConf.select(cfg, 'sizes[1]'))
n = cfg.name + 'x'
if n: z = print(1)
`;
    const lines = await run({
      'a/main.py': text,
      'a/c.yaml': `model:\n  width: 5\n  lr: 1e-3\nname: \${model.width}\nsizes: [3, 8]\n`,
    });
    assert.deepEqual(lines.slice(0, 5), ['5 0.001 7', '2 0.001 2', 'False', 'None None', '2 4 8']);
    assert.match(lines[5] ?? '', /is not resolved/);
  });

  it("are selected, changed and made of data classes as OmegaConf's own", async () => {
    const text = `from omegaconf import OmegaConf, II, SI, MISSING, open_dict, DictConfig
from dataclasses import dataclass, field
from typing import List, Optional, Any
print(II('model.dropout'), SI('\${x}'))
cfg = OmegaConf.create({'a': {'b': [1, {'c': 2}], 'n': None}, 'm': '???', 'lr': 1e-3})
print(OmegaConf.select(cfg, 'a.b[1].c'), OmegaConf.select(cfg, 'a.b.0'), OmegaConf.select(cfg, 'a.x'), OmegaConf.select(cfg, 'a.x', default=4), OmegaConf.select(cfg, 'a.n', default=5), OmegaConf.select(cfg, 'm', default=6), OmegaConf.select(cfg, 'm'))
print(OmegaConf.is_missing(cfg, 'm'), OmegaConf.is_missing(cfg, 'lr'), OmegaConf.is_missing(cfg, 'zz'), OmegaConf.is_missing(cfg, 'a.m'))
print(sorted(OmegaConf.missing_keys(cfg)))
OmegaConf.update(cfg, 'a.q.r', 7)
OmegaConf.update(cfg, 'a', {'s': 1})
print(cfg.a.q.r, cfg.a.s, cfg.a.b[0])
with open_dict(cfg) as c:
    c.extra = 1
print(cfg.extra, OmegaConf.is_dict(cfg), OmegaConf.is_config({}), OmegaConf.is_dict({}))
@dataclass
class Inner:
    act: str = 'relu'
    drop: float = 0.1
@dataclass
class Model:
    dim: int = MISSING
    depth: int = 3
    inner: Inner = field(default_factory=Inner)
    sizes: List[int] = field(default_factory=lambda: [1, 2])
    req: Any = None
s = OmegaConf.structured(Model)
print(s.depth, s.inner.act, s.sizes[1], OmegaConf.is_missing(s, 'dim'), OmegaConf.to_container(s))
s2 = OmegaConf.structured(Model(dim=5))
m = OmegaConf.merge(s2, OmegaConf.create({'inner': {'drop': 1}, 'sizes': [4]}))
print(m.inner.drop, m.sizes[0], m.dim, len(m.sizes), s2.inner.drop)
m2 = OmegaConf.merge(Model(dim=2), {'depth': 9})
print(m2.dim, m2.depth, m2.inner.act)
print(OmegaConf.masked_copy(cfg, ['lr']), OmegaConf.from_dotlist(['a.b=3', 'c=x', 'd=[1,2]', 'e=1e-3', 'f=null']))
d = OmegaConf.create({'x': 1}).copy(); d.y = 2
print(d, 'x' in d, d.get('z', 3), d.get('x', 3), cfg.a.n, hasattr(d, 'none'))
`;
    assert.deepEqual(await run({ 'a/main.py': text }), [
      `\${model.dropout} \${x}`,
      '2 1 None 4 None 6 None',
      'True False False False',
      "['m']",
      '7 1 1',
      '1 True False False',
      "3 relu 2 True {'dim': '???', 'depth': 3, 'inner': {'act': 'relu', 'drop': 0.1}, 'sizes': [1, 2], 'req': None}",
      '1.0 4 5 1 0.1',
      '2 9 relu',
      "{'lr': 0.001} {'a': {'b': 3}, 'c': 'x', 'd': [1, 2], 'e': 0.001, 'f': None}",
      "{'x': 1, 'y': 2} True 3 1 None False",
    ]);
  });
});
