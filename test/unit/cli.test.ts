import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { main } from '../../src/cli';
import { readOnnx } from '../../src/fromOnnx/read';
import { initialise } from '../../src/graph/initialise';
import type { HealthReport } from '../../src/health/report';
import { lower } from '../../src/lower/lower';
import { encodeModel } from '../../src/onnx/encode';
import { NodeSource } from '../../src/source/node';
import { wasmRuntime } from '../support/ort';
import { inRoot } from '../support/paths';
import { testReader } from '../support/reader';
import { testSyntax } from '../support/syntax';

describe('the command line', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'activation-lens-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  }
  const at = (...parts: string[]) => join(folder, ...parts);
  const read = (...parts: string[]) => readFileSync(at(...parts), 'utf8');

  async function run(...argv: string[]) {
    let out = '';
    let err = '';
    const code = await main(argv, {
      syntax: testSyntax(),
      reader: testReader(),
      openRuntime: wasmRuntime,
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
    });
    return { code, out, err };
  }

  const model = 'from torch import nn\nact = nn.LeakyReLU(0.2, inplace=flag)\n';
  const wrong = 'import torch\ny = x * torch.sigmoid(x)\n';

  it('lists all commands', async () => {
    const { code, out } = await run('--help');
    assert.equal(code, 0);
    for (const name of ['detect', 'explain', 'lint', 'check', 'extract', 'compare', 'beside', 'mcp'])
      assert.match(out, new RegExp(`^  ${name} `, 'm'));
  });

  it('reads ONNX files: detect, extract, compare', async () => {
    const file = inRoot('samples', 'digits.onnx');
    const detected = await run('detect', '--json', file);
    assert.deepEqual([detected.code, detected.err], [0, '']);
    const sites = JSON.parse(detected.out) as { path: string; activation: string; form: string }[];
    assert.deepEqual(
      sites.map(({ path, activation, form }) => [path, activation, form]),
      [
        ['/stem/stem.2/Mul', 'hardswish', 'written out'],
        ['/body/body.2/Mul', 'hardswish', 'written out'],
        ['/Relu', 'relu', 'node'],
        ['/Sigmoid', 'sigmoid', 'node'],
        ['/act/Mul_1', 'gelu', 'written out'],
      ],
    );
    const extracted = await run('extract', file, '--json', '--set', 'batch=5', '--onnx', at('again.onnx'));
    assert.equal(extracted.code, 0, extracted.err);
    const { inputs, outputs, parameters } = JSON.parse(extracted.out);
    assert.deepEqual(inputs, [{ name: 'image', dtype: 'float32', shape: [5, 1, 28, 28] }]);
    assert.deepEqual(outputs, [{ name: 'logits', dtype: 'float32', shape: [5, 10] }]);
    assert.equal(parameters, 7766);
    const again = await run('detect', at('again.onnx'));
    assert.equal(again.out.trim().split('\n').length, sites.length);
    const shaped = await run('extract', file, '--json', '--input', '3x1x28x28');
    assert.deepEqual(JSON.parse(shaped.out).outputs[0].shape, [3, 10]);
    const compared = await run(
      'compare',
      file,
      '--with',
      'relu,silu',
      '--budget',
      '1',
      '--measure',
      'cost,signal',
      '--json',
    );
    assert.equal(compared.code, 0, compared.err);
    assert.match(compared.out, /"silu"/);
  });

  it('compare --decide: answers in one line and with its exit code', async () => {
    const learns = ['--learn-budget', '1', '--seeds', '2', '--search-seeds', '1', '--rates', '0.01'];
    const short = ['--with', 'silu', '--budget', '0.5', '--measure', 'cost', ...learns];
    const file = inRoot('samples', 'mlp.py');
    const { code, out, err } = await run('compare', file, ...short, '--decide');
    assert.match(out, /^worth a GPU run: [^\n]+; SiLU: [^\n]+\n$/, err);
    assert.equal(code, /^worth a GPU run: yes/.test(out) ? 0 : /^worth a GPU run: no\b(?!t)/.test(out) ? 1 : 3);
  });

  it('compare: writes what is to be kept, and says what can not be', async () => {
    const measured = ['--with', 'silu', '--budget', '0.5', '--measure', 'signal'];
    const files = ['--csv', at('kept.csv'), '--markdown', at('kept.md'), '--script', at('kept.py')];
    const kept = await run('compare', inRoot('samples', 'mlp.py'), ...measured, ...files);
    assert.match(kept.out, /(learns better is not measured yet|Nothing is measured yet)/);
    assert.equal(kept.code, 0, kept.err);
    assert.match(kept.out, /Signal/);
    assert.match(kept.err, /wrote .*kept\.py/);
    assert.match(read('kept.csv'), /^silu,SiLU,,dead,share,/m);
    assert.match(read('kept.md'), /\| SiLU \|/);
    assert.match(read('kept.py'), /"silu": lambda fit: nn\.SiLU\(\)/);
    assert.match(read('kept.py'), /^MODEL_FILE = ".*samples\/mlp\.py"$/m);
    const refused = await run('compare', inRoot('samples', 'digits.onnx'), ...measured, ...files);
    assert.equal(refused.code, 2);
    assert.match(refused.out, /Signal/, 'the report is printed all the same');
    assert.match(refused.err, /--script .*kept\.py: digits\.onnx is no PyTorch model/);
    const full = await run('compare', inRoot('samples', 'mlp.py'), ...measured, '--csv', at('nowhere/kept.csv'));
    assert.equal(full.code, 2);
    assert.match(full.err, /--csv .*kept\.csv: it can't be written/);
  });

  it('check: says what is wrong with a model as it stands, and ends by how bad it is', async () => {
    const healthy = await run('check', inRoot('samples', 'mlp.py'), '--fail-on', 'information');
    assert.equal(healthy.code, 0, healthy.err);
    assert.match(healthy.out, /Nothing found\.\n$/);
    assert.match(healthy.out, /Looked at: .*gradient by layer/);
    write({
      'off.py':
        'from torch import nn\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.one = nn.Linear(8, 8)\n        self.act = nn.ReLU()\n        self.head = nn.Linear(8, 4)\n        nn.init.ZERO\n\n    def forward(self, x):\n        return self.head(self.act(self.one(x)))\n',
    });
    const fault = (text: string) => write({ 'net.py': read('off.py').replace('nn.init.ZERO', text) });
    fault('nn.init.constant_(self.one.bias, -20)');
    const off = await run('check', at('net.py'), '--input', '16x8');
    assert.equal(off.code, 1, off.err);
    assert.match(off.out, /net\.py:12: 1 ReLU \(act\): error: All of its units are off.* \[dead\]\n {4}what to do: /);
    assert.match(off.out, /Found: 1 error\.\n$/);
    fault('nn.init.zeros_(self.head.weight)');
    const note = ['check', at('net.py'), '--input', '16x8', '--json', '--budget', '120'];
    const quiet = await run(...note);
    assert.equal(quiet.code, 0, 'a note is no reason to fail');
    const { findings, seeds } = JSON.parse(quiet.out) as HealthReport;
    assert.deepEqual([findings.map(({ rule }) => rule), seeds], [['zero-output'], 5]);
    assert.equal((await run(...note, '--fail-on', 'information')).code, 1);
    assert.equal((await run('check', at('nowhere.py'))).code, 2);
    assert.equal((await run('check', at('net.py'), '--fail-on', 'never')).code, 2);
  });

  it('extract --swap: writes a model with another activation, of an ONNX file or of source', async () => {
    const file = inRoot('samples', 'digits.onnx');
    const activationsIn = async (name: string) =>
      (JSON.parse((await run('detect', '--json', at(name))).out) as { activation: string }[]).map(
        ({ activation }) => activation,
      );
    const all = await run('extract', file, '--swap', 'silu', '--onnx', at('all.onnx'));
    assert.equal(all.code, 0);
    assert.match(all.err, /^note: Its weights are those of the file, .* train it further before you use it\n$/);
    assert.deepEqual(await activationsIn('all.onnx'), ['silu', 'silu', 'silu', 'sigmoid', 'silu']);
    const one = await run('extract', file, '--swap', 'GELU', '--at', '/Relu', '--onnx', at('one.onnx'));
    assert.equal(one.code, 0, one.err);
    assert.deepEqual(await activationsIn('one.onnx'), ['hardswish', 'hardswish', 'gelu', 'sigmoid', 'gelu']);
    write({
      'net.py':
        'from torch import nn\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.layers = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))\n\n    def forward(self, x):\n        return self.layers(x)\n',
    });
    const python = await run('extract', at('net.py'), '--swap', 'mish', '--at', 'layers.1', '--onnx', at('net.onnx'));
    assert.equal(python.code, 0, python.err);
    assert.deepEqual(await activationsIn('net.onnx'), ['mish']);
    const problems: readonly (readonly [string[], RegExp])[] = [
      [['--swap', 'silu'], /say with --onnx where/],
      [['--at', '/Relu', '--onnx', at('x.onnx')], /say with --swap what/],
      [['--swap', 'zelu', '--onnx', at('x.onnx')], /"zelu" is no activation/],
      [['--swap', 'silu', '--at', '/Gone', '--onnx', at('x.onnx')], /no activation at \/Gone; it has them at \/stem/],
      [['--swap', 'silu', '--onnx', file], /that is the model itself/],
      [
        ['--swap', 'zelu', '--onnx', at('x.onnx'), '--set', 'batch=two'],
        /--set batch=two: write the name of a size and a number/,
      ],
    ];
    for (const [options, message] of problems) {
      const { code, err } = await run('extract', file, ...options);
      assert.equal(code, 2, err);
      assert.match(err, message);
    }
    assert.deepEqual(await activationsIn('all.onnx'), ['silu', 'silu', 'silu', 'sigmoid', 'silu']);
  });

  it('says what stands in the way of an ONNX file, and the way out', async () => {
    const whole = readFileSync(inRoot('samples', 'digits.onnx'));
    writeFileSync(at('cut.onnx'), whole.subarray(0, whole.length / 2));
    const cut = await run('extract', at('cut.onnx'));
    assert.deepEqual([cut.code, /cut off or damaged/.test(cut.err)], [2, true]);
    const part = await run('extract', inRoot('samples', 'digits.onnx'), '--part', 'stem');
    assert.match(part.err, /--part: for models in Python/);
    const other = await run('extract', inRoot('samples', 'digits.onnx'), '--input', '1x3x28x28');
    assert.match(other.err, /Axis 1 of image is 1 in the file, not 3/);
    const size = await run('extract', inRoot('samples', 'digits.onnx'), '--set', 'bacth=3');
    assert.match(size.err, /no size open that is called bacth; it leaves open batch/);
    const named = await run('extract', `${inRoot('samples', 'digits.onnx')}:Net`);
    assert.match(named.err, /an ONNX file holds one model/);
    for (const command of ['extract', 'compare', 'detect']) {
      const none = await run(command, at('none.onnx'));
      assert.deepEqual([none.code, /there is no such file/.test(none.err)], [2, true]);
    }
  });

  it('asks for the sizes that an ONNX file leaves open, and lists its activations without them', async () => {
    write({
      'net.py': 'from torch import nn\n\nnet = nn.Sequential(nn.Conv2d(3, 4, 3), nn.SiLU(), nn.Conv2d(4, 2, 3))\n',
    });
    const written = await run('extract', at('net.py:net'), '--input', '1x3x8x8', '--onnx', at('net.onnx'));
    assert.equal(written.code, 0, written.err);
    const graph = await readOnnx(new Uint8Array(readFileSync(at('net.onnx'))));
    const lowered = lower(graph, { mode: 'evaluation', weights: 'constant' });
    const inputs = lowered.inputs.map((input) => ({ ...input, openAxes: [undefined, undefined, 'height', 'w'] }));
    writeFileSync(at('open.onnx'), encodeModel({ ...lowered, inputs }, initialise(graph, 0)));
    const asked = await run('extract', at('open.onnx'));
    assert.equal(asked.code, 2);
    assert.match(asked.err, /leaves sizes of its inputs open; give them: height .*\n/);
    assert.match(asked.err, /^sizes are given with --set 'height=224' --set 'w=224'\n$/m);
    const half = await run('extract', at('open.onnx'), '--set', 'height=9');
    assert.match(half.err, /^sizes are given with --set 'w=224'\n$/m);
    for (const given of [
      ['--set', 'height=9', '--set', 'w=7'],
      ['--input', '1x3x9x7'],
    ]) {
      const read = await run('extract', at('open.onnx'), '--json', ...given);
      assert.deepEqual(JSON.parse(read.out).outputs[0].shape, [1, 2, 5, 3]);
    }
    const both = await run('extract', at('open.onnx'), '--set', 'w=8', '--input', '1x3x9x7');
    assert.match(both.err, /The size w is given as 8 and as 7/);
    const detected = await run('detect', at('open.onnx'));
    assert.match(detected.out, /: silu \(written out\)\n$/);
  });

  it('detect --json: places from 1, parameters as values or with the reason', async () => {
    write({ 'a.py': model });
    const { code, out, err } = await run('detect', '--json', at('a.py'));
    assert.deepEqual([code, err], [0, '']);
    assert.deepEqual(JSON.parse(out), [
      {
        file: at('a.py'),
        line: 2,
        column: 7,
        endLine: 2,
        endColumn: 19,
        activation: 'leaky_relu',
        form: 'module',
        framework: 'pytorch',
        parameters: {
          negative_slope: 0.2,
          inplace: { expression: 'flag', reason: 'its value is known only when the code runs' },
        },
        text: 'nn.LeakyReLU',
      },
    ]);
  });

  it('columns count UTF-16 units', async () => {
    write({ 'a.py': 'from torch import nn\ns = "😀"; a = nn.ReLU()\n' });
    const [site] = JSON.parse((await run('detect', '--json', at('a.py'))).out);
    assert.deepEqual([site.column, site.endColumn], [15, 22]);
  });

  it('detect and lint read TypeScript and JavaScript', async () => {
    const line = "model.add(tf.layers.dense({ units: 1, activation: 'relu' }));\n";
    const text = `import * as tf from '@tensorflow/tfjs';\n${line}`;
    const names = ['a.ts', 'b.tsx', 'c.js', 'd.jsx', 'e.mjs', 'f.cjs', 'g.mts', 'h.cts'];
    write({ ...Object.fromEntries(names.map((name) => [name, text])), 'i.json': text, 'j.py': model });
    const { code, out } = await run('detect', folder);
    assert.equal(code, 0);
    const expected = names.map((name) => `${at(name)}:2:52: relu (string) relu`);
    assert.deepEqual(out.split('\n').slice(0, -1), [
      ...expected,
      `${at('j.py')}:2:7: leaky_relu (module) nn.LeakyReLU`,
    ]);
    assert.equal((await run('lint', folder)).code, 0);
    write({ 'a.ts': text.replace("'relu'", "'Relu'") });
    const { code: found, out: problems } = await run('lint', '--format', 'concise', folder);
    assert.equal(found, 1);
    assert.match(problems, /a\.ts:2:51: error: .* \[tfjs-unknown-activation\]\n$/);
  });

  it("explain takes TF.js's names, with TF.js's defaults and page", async () => {
    const { out } = await run('explain', 'tf.layers.leakyReLU');
    assert.match(out, /^LeakyReLU \(negative_slope = 0\.3\)/);
    assert.match(out, /https:\/\/js\.tensorflow\.org\/api\/latest\/#layers\.leakyReLU/);
    assert.match(
      (await run('explain', 'tf.leakyRelu', '--param', 'negative_slope=0.05')).out,
      /negative_slope = 0\.05/,
    );
  });

  it('walks folders without what git ignores, hidden folders and node_modules', async () => {
    write({
      '.git/HEAD': '',
      '.gitignore': 'build/\n*.gen.py\n!keep.gen.py\n',
      'a.py': model,
      'x.gen.py': model,
      'keep.gen.py': model,
      'build/b.py': model,
      'sub/.gitignore': '/c.py\n',
      'sub/c.py': model,
      'sub/deep/c.py': model,
      '.hidden/d.py': model,
      'node_modules/e.py': model,
      'notes.txt': model,
    });
    const files = JSON.parse((await run('detect', '--json', folder)).out).map((site: { file: string }) => site.file);
    assert.deepEqual(files, [at('a.py'), at('keep.gen.py'), at('sub', 'deep', 'c.py')]);
    const below = JSON.parse((await run('detect', '--json', at('sub'))).out);
    assert.equal(below.length, 1, "the repository's rules hold in a folder below too");
    const twice = JSON.parse((await run('detect', '--json', at('a.py'), folder)).out);
    assert.equal(twice.length, 3, 'a file that is named twice is read once');
  });

  it('a file of a folder that is not text is named and left out; a named one is an error', async () => {
    write({ 'a.py': model, 'b.py': 'x = 0\0torch' });
    const walked = await run('detect', '--json', folder);
    assert.equal(walked.code, 0);
    assert.equal(JSON.parse(walked.out).length, 1);
    assert.equal(walked.err, `${at('b.py')} is not text; left out\n`);
    const named = await run('detect', '--json', at('b.py'));
    assert.deepEqual(named, { code: 2, out: '', err: `${at('b.py')} is not text\n` });
  });

  it('lint: text, and 1 where there are problems', async () => {
    write({ 'a.py': wrong, 'b.py': model });
    const { code, out } = await run('lint', '--format', 'concise', folder);
    assert.equal(code, 1);
    assert.match(out, /a\.py:2:5: information: .* \[handwritten-silu\]\n$/);
    assert.deepEqual(await run('lint', at('b.py')), { code: 0, out: '', err: '' });
  });

  it('lint joins a model and its loss, however the files are named, and tells each finding once', async () => {
    write({
      'net.py':
        'from torch import nn\n\n\nclass Net(nn.Module):\n    def forward(self, x):\n        return x.softmax(1)\n',
      'train.py': 'from torch import nn\nfrom net import Net\n\nloss = nn.CrossEntropyLoss()(Net()(x), y)\n',
    });
    const before = process.cwd();
    process.chdir(folder);
    try {
      for (const path of ['.', 'net.py', 'train.py', './train.py', at('net.py')]) {
        const { out } = await run('lint', '--format', 'concise', path);
        assert.match(out, /^\S*net\.py:6:16: warning: .* \[softmax-before-cross-entropy\]\n$/, path);
      }
      write({
        'net.py': `${'from torch import nn\n\n\nclass Net(nn.Module):\n    def forward(self, x):\n        return x.softmax(1)\n'}\n\nloss = nn.CrossEntropyLoss()(Net()(x), y)\n`,
      });
      const both = await run('lint', '--format', 'concise', '.');
      assert.equal(both.out.split('\n').length, 2, both.out);
    } finally {
      process.chdir(before);
    }
  });

  it('lint --models reads the models, and joins them with losses in other files', async () => {
    write({
      'net.py': [
        'from torch import nn',
        '',
        'class Net(nn.Module):',
        '    def __init__(self):',
        '        super().__init__()',
        '        for i, made in enumerate((nn.Linear(8, 4), nn.Softmax(dim=1))):',
        "            self.add_module(f'layer{i}', made)",
        '',
        '    def forward(self, x):',
        '        for name in self._modules:',
        '            x = getattr(self, name)(x)',
        '        return x',
        '',
      ].join('\n'),
      'train.py': 'from torch import nn\nfrom net import Net\n\nloss = nn.CrossEntropyLoss()(Net()(x), y)\n',
      'open.py':
        'from torch import nn\n\nclass Open(nn.Module):\n    def forward(self, x):\n        return unknown(x)\n',
    });
    assert.deepEqual(await run('lint', folder), { code: 0, out: '', err: '' });
    for (const path of ['', 'net.py', 'train.py']) {
      const { code, out, err } = await run('lint', '--models', '--format', 'concise', at(path));
      assert.equal(code, 1);
      assert.match(out, /^\S*net\.py:6:52: warning: .* \[softmax-before-cross-entropy\]\n$/, path);
      if (path === '') assert.match(err, /^\d of \d models were read\n$/);
    }
    const { out: sarif } = await run('lint', '--models', '--format', 'sarif', folder);
    assert.equal(JSON.parse(sarif).runs[0].results.length, 1);
    const { code } = await run('lint', '--models', '--ignore', 'softmax-before-cross-entropy', folder);
    assert.equal(code, 0);
  });

  it('lint --models tells what PyTorch would refuse', async () => {
    const text = readFileSync(inRoot('test', 'fixtures', 'faults', 'linear_chain.py'), 'utf8');
    write({ 'chain.py': text });
    assert.deepEqual(await run('lint', folder), { code: 0, out: '', err: '' });
    const { code, out } = await run('lint', '--models', '--format', 'concise', folder);
    assert.equal(code, 1);
    assert.match(out, /^\S*chain\.py:17:16: error: mat1 and mat2 shapes cannot be multiplied .* \[cannot-run\]\n$/);
  });

  it('lint takes what a project sets of its rules, and names what it can not read there', async () => {
    write({ 'a.py': wrong, 'pyproject.toml': '[tool.activation-lens.rules]\nhandwritten-silu = "off"\n' });
    assert.deepEqual(await run('lint', folder), { code: 0, out: '', err: '' });
    write({ 'pyproject.toml': '[tool.activation-lens.rules]\nhandwritten-silu = "error"\n' });
    assert.match((await run('lint', '--format', 'concise', folder)).out, /: error: /);
    for (const [text, why] of [
      ['[tool.activation-lens.rules]\nno-such-rule = "off"\n', /pyproject\.toml, no-such-rule is no rule/],
      ['[tool.activation-lens.rules]\nhandwritten-silu = "loud"\n', /pyproject\.toml, rules\.handwritten-silu/],
      ['[tool.activation-lens\n', /pyproject\.toml can’t be read/],
    ] as const) {
      write({ 'pyproject.toml': text });
      const { code, err } = await run('lint', at('a.py'));
      assert.equal(code, 2);
      assert.match(err, why);
    }
  });

  it('lint --measure tells what a finding costs its model, or why that can not be told', async function () {
    this.timeout(60_000);
    const net = (width: string) => `import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.last = nn.Linear(20, ${width})

    def forward(self, x):
        return F.softmax(self.last(x), dim=1)


def train(x, y):
    return F.cross_entropy(Net()(x), y)
`;
    write({ 'net.py': net('7'), 'other.py': net('7 + unknown()'), 'b.py': wrong });
    const { out } = await run('lint', '--measure', at('net.py'));
    assert.match(out, / = measured: The gradient at the last layer is [\d.]+ times as large without Softmax/);
    assert.match(out, / = With 7 classes the loss cannot fall below 1\.17; without Softmax, it can reach 0\./);
    assert.match(out, / = At initialisation, on made-up inputs: Net, batch 16, 8 seeds\./);
    const [found] = JSON.parse((await run('lint', '--measure', '--format', 'json', at('net.py'))).out);
    assert.equal(found.measured.report.quantities[0].quantity, 'gradient');
    assert.equal(found.measured.report.quantities[0].written.length, 8);
    const log = JSON.parse((await run('lint', '--measure', '--format', 'sarif', at('net.py'))).out);
    assert.deepEqual(log.runs[0].results[0].properties.measured.conclusions, found.measured.conclusions);
    assert.match((await run('lint', '--measure', at('other.py'))).out, / = not measured: .*unknown/);
    assert.doesNotMatch((await run('lint', '--measure', at('b.py'))).out, /measured/);
    assert.equal((await run('lint', '--measure', '-')).code, 2);
  });

  it('lint --format json', async () => {
    write({ 'a.py': wrong });
    const { code, out } = await run('lint', '--format', 'json', folder);
    assert.equal(code, 1);
    const [found] = JSON.parse(out);
    assert.deepEqual(
      [found.file, found.line, found.column, found.endLine, found.endColumn, found.code, found.severity],
      [at('a.py'), 2, 5, 2, 25, 'handwritten-silu', 'information'],
    );
    write({ 'a.py': model });
    assert.deepEqual(await run('lint', '--format', 'json', folder), { code: 0, out: '[]\n', err: '' });
  });

  it('lint --format sarif', async () => {
    write({ 'a b.py': wrong });
    const log = JSON.parse((await run('lint', '--format', 'sarif', folder)).out);
    assert.equal(log.version, '2.1.0');
    assert.equal(log.runs.length, 1);
    const [{ tool, results, columnKind }] = log.runs;
    assert.equal(columnKind, 'utf16CodeUnits');
    const known = tool.driver.rules.map(({ id }: { id: string }) => id);
    assert.equal(results.length, 1);
    const [{ ruleId, level, message, locations }] = results;
    assert.ok(known.includes(ruleId));
    assert.equal(level, 'note');
    assert.ok(message.text);
    const { artifactLocation, region } = locations[0].physicalLocation;
    assert.match(artifactLocation.uri, /^file:\/\/.*a%20b\.py$/);
    assert.deepEqual(region, { startLine: 2, startColumn: 5, endLine: 2, endColumn: 25 });
  });

  it('explain: by id, title or spelling, with parameters', async () => {
    for (const name of ['leaky_relu', 'LeakyReLU', 'nn.LeakyReLU', 'torch.nn.LeakyReLU']) {
      const { code, out } = await run('explain', name, '--param', 'negative_slope=0.2', 'inplace=true', '--json');
      assert.equal(code, 0);
      const told = JSON.parse(out);
      assert.equal(told.id, 'leaky_relu');
      assert.deepEqual(told.parameters, { negative_slope: 0.2, inplace: true });
    }
    assert.equal(JSON.parse((await run('explain', '--json', '--param', 'alpha=2', 'elu')).out).parameters.alpha, 2);
    assert.match((await run('explain', 'gelu')).out, /^GELU/);
  });

  const misuse: readonly (readonly [string[], RegExp])[] = [
    [['explain', 'reloo'], /^reloo is not an activation function known here; known are relu, /],
    [['explain', 'relu', '--param', 'slope=1'], /^ReLU has no parameter slope; it has inplace/],
    [['explain', 'elu', '--param', 'alpha=big'], /^--param alpha=big: alpha is a number/],
    [['explain', 'gelu', '--param', 'approximate=erf'], /^--param approximate=erf: approximate is one of none, tanh/],
    [['detect', '/no/such.py'], /^\/no\/such\.py: there is no such file or folder/],
    [['detect'], /missing required argument/],
    [['lint', '--format', 'xml', '.'], /'--format <format>' argument 'xml' is invalid/],
    [['extract', 'model.txt'], /^model\.txt is not a Python/],
    [['frobnicate'], /unknown command 'frobnicate'/],
  ];
  for (const [argv, message] of misuse)
    it(`2 and one line first: ${argv.join(' ')}`, async () => {
      const { code, out, err } = await run(...argv);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err.split('\n')[0] ?? '', message);
    });

  it('--weights: a checkpoint that fits is taken, one that doesn’t is refused with every key', async () => {
    const net = inRoot('test', 'fixtures', 'weights', 'net.py');
    const weights = (name: string) => inRoot('test', 'fixtures', 'weights', name);
    const input = ['--input', '1x1x8x8'];
    const read = (name: string) =>
      run('extract', net, ...input, '--weights', weights(name), '--onnx', at(`${name}.onnx`));
    assert.deepEqual((await read('checkpoint.pth')).code, 0);
    assert.deepEqual((await read('plain.npz')).code, 0);
    assert.ok(readFileSync(at('checkpoint.pth.onnx')).equals(readFileSync(at('plain.npz.onnx'))));
    const other = await read('other.pt');
    assert.equal(other.code, 2);
    assert.match(other.err, /other\.pt: Error\(s\) in loading state_dict for Net:\n {2}Missing key\(s\)/);
    assert.match((await read('evil.pt')).err, /posix\.system/);
    const compared = await run('compare', net, ...input, '--weights', weights('other.pt'));
    assert.match(compared.err, /size mismatch for classifier\.weight/);
  });

  it('--weights: those of a TensorFlow.js model are named by its model.json', async () => {
    const saved = (...path: string[]) => inRoot('test', 'fixtures', 'tfjs', 'saved', ...path);
    const read = (model: string) =>
      run('extract', `${saved('fresh.ts')}:${model}`, '--weights', saved('base', 'model.json'));
    assert.equal((await read('named()')).code, 0);
    assert.equal((await read('numbered()')).code, 0);
    const { code, err } = await read('numbered(7)');
    assert.equal(code, 2);
    assert.match(err, /model\.json: The weights do not fit sequential.*:\n.*dense_Dense1\/kernel.*\n.*classes\/kernel/);
    const shard = saved('base', 'group1-shard1of2.bin');
    const refused = await run('extract', `${saved('fresh.ts')}:named()`, '--weights', shard);
    assert.match(refused.err, /choose the model\.json/);
  });

  it('what can’t be read is told whole, with the parts that can: --part reads one', async () => {
    const lines = [
      'import torch',
      'from torch import nn',
      'class Net(nn.Module):',
      '    def __init__(self):',
      '        super().__init__()',
      '        self.stem = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())',
      '    def forward(self, x):',
      '        y = torch.fft.hfft2(self.stem(x))',
      '        return y + torch.linalg.qr(x)',
    ];
    write({ 'a.py': lines.join('\n') });
    const { code, err } = await run('extract', at('a.py'));
    const [first, second, third] = err.split('\n');
    assert.equal(code, 2);
    assert.match(first ?? '', /a\.py:8:13: torch\.fft\.hfft2 is not read yet/);
    assert.match(second ?? '', /a\.py:9:20: torch\.linalg\.qr of values that are known only when/);
    assert.equal(third, 'can be read by itself: --part stem (Sequential)');
    const part = await run('extract', at('a.py'), '--part', 'stem', '--json');
    assert.deepEqual([part.code, part.err], [0, '']);
    assert.deepEqual(JSON.parse(part.out).tensors[0], { name: 'stem.0.weight', shape: [4, 3, 3, 3] });
  });

  it('what is missing is asked for in the terminal’s words', async () => {
    const text = `import torch
from torch import nn
class Net(nn.Module):
    def __init__(self, table, more):
        super().__init__()
        self.fc = nn.Linear(table['width'], more.width)
    def forward(self, x):
        return self.fc(x)
class Odd(nn.Module):
    def forward(self, x):
        return x.view(3, 1, 2) @ x.view(2, 1, 3)
`;
    write({ 'net.py': text });
    const { code, err } = await run('extract', `${at('net.py')}:Net`);
    assert.equal(code, 2);
    assert.match(err, /gives; write them: Net\(table=…, more=…\) \(net\.py:3\)$/m);
    assert.ok(err.includes(`the call is written after the file: ${at('net.py')}:Net(table=…, more=…)\n`));
    assert.match(err, /^or give --set table=VALUE, --set more=VALUE$/m);
    const odd = await run('extract', `${at('net.py')}:Odd`);
    assert.match(odd.err, /^the input is given with --input /m);
  });

  it('modules are looked for up to the project’s root and no further', async () => {
    write({ 'helper.py': '', 'project/setup.py': '', 'project/shared.py': '', 'project/pkg/model.py': '' });
    const source = new NodeSource();
    const from = at('project', 'pkg', 'model.py');
    assert.equal(await source.resolve(from, 'shared', 0), at('project', 'shared.py'));
    assert.equal(await source.resolve(from, 'helper', 0), undefined);
  });
});
