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
});
