import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ActivationId, catalogue, isCandidate, isGatedCandidate } from '../../src/activations/catalogue';
import { operationOf } from '../../src/activations/operation';
import type { Activation } from '../../src/activations/types';
import { classLines, classNameOf } from '../../src/exports/script/formula';
import { type ScriptModel, scriptOf } from '../../src/exports/script/script';
import { sweepNameOf, sweepOf } from '../../src/exports/script/sweep';
import { readModelFile, readModelText, reportOn } from '../support/exportedReports';
import { relativeError } from '../support/ops';
import { inRoot } from '../support/paths';

const python = process.env.ACTIVATION_LENS_PYTHON ?? 'python3';

interface Results {
  readonly swapped: Readonly<Record<string, readonly string[]>>;
  readonly selection: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
  readonly runs: readonly { readonly candidate: string; readonly seed: number; readonly loss: number | null }[];
  readonly summary: readonly {
    readonly candidate: string;
    readonly loss: number | null;
    readonly differs: boolean | null;
  }[];
}

const small = [
  '--seeds',
  '2',
  '--rates',
  '1e-3,3e-3',
  '--steps',
  '2',
  '--batch',
  '8',
  '--samples',
  '32',
  '--device',
  'cpu',
];

function inFolder<Result>(work: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'exported-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a script of a model; @returns what it printed, and what it wrote */
function runScript(model: ScriptModel, candidates: readonly ActivationId[], options: readonly string[] = small) {
  return inFolder((folder) => {
    const script = join(folder, 'compare.py');
    writeFileSync(script, scriptOf(reportOn(model, candidates), model));
    const printed = spawnSync(python, ['-W', 'ignore', script, '--out', join(folder, 'out'), ...options], {
      encoding: 'utf8',
      cwd: folder,
    });
    assert.equal(printed.status, 0, `${printed.stdout}\n${printed.stderr}`);
    const results = JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8')) as Results;
    const csv = readFileSync(join(folder, 'out.csv'), 'utf8').trim().split(/\r?\n/);
    return { results, csv, out: printed.stdout };
  });
}

const calling = `
import torch
from torch import nn
import torch.nn.functional as F
from torch.nn.functional import relu
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(6, 16)
        self.act = nn.ReLU(inplace=True)
        self.layers = nn.ModuleList(nn.Linear(16, 16) for _ in range(3))
        self.encoder = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, activation=F.relu, batch_first=True)
        self.c = nn.Linear(16, 3)
    def forward(self, x):
        h = self.a(x)
        self.act(h)
        for layer in self.layers:
            h = F.relu(layer(h))
        h = h - 0.5
        torch.relu_(h)
        h = relu(self.layers[0](h)) + torch.relu(h - 0.1)
        h = self.encoder(h.unsqueeze(1)).squeeze(1)
        return self.c((h - 0.2).relu())
if __name__ == '__main__':
    Net()(torch.randn(2, 6))
`;

/** Stands in for Ray Tune, which is not at hand: every point of the grid, one after the other. */
const rayStandIn = `
import itertools
class TuneConfig:
    def __init__(self, metric, mode): pass
def grid_search(values): return {"grid_search": values}
def with_resources(run, resources): return run
class Result:
    def __init__(self, config, metrics): self.config, self.metrics, self.error = config, metrics, None
class Tuner:
    def __init__(self, run, param_space, tune_config): self.run, self.space = run, param_space
    def fit(self):
        grid = [v["grid_search"] if isinstance(v, dict) and "grid_search" in v else [v] for v in self.space.values()]
        configs = [dict(zip(self.space, point)) for point in itertools.product(*grid)]
        return [Result(config, self.run(config)) for config in configs]
`;

/** Small models for each task, and a call of each. */
const tasks: readonly (readonly [task: string, body: string, made: string])[] = [
  [
    'classes of tokens',
    `class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.e, self.act, self.l = nn.Embedding(50, 16), nn.ReLU(), nn.Linear(16, 4)
    def forward(self, ids, mask):
        return self.l(self.act(self.e(ids) * mask.unsqueeze(-1)).mean(1))`,
    'Net()(ids=torch.randint(0, 50, (8, 12)), mask=torch.ones(8, 12))',
  ],
  [
    'classes of places',
    `class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(3, 16, 5, padding=2), nn.ReLU(), nn.Conv2d(16, 3, 5, padding=2))
    def forward(self, x):
        return self.net(x)[:, :2]`,
    'Net()(torch.randn(2, 3, 12, 12))',
  ],
  [
    'two classes',
    `class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1))
    def forward(self, x):
        return self.net(x)`,
    'Net()(torch.randn(2, 8))',
  ],
  [
    'next tokens',
    `class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.e, self.act, self.l = nn.Embedding(30, 16), nn.ReLU(), nn.Linear(16, 30)
    def forward(self, ids):
        return {'hidden': self.l(self.act(self.e(ids)))}`,
    'Net()(torch.randint(0, 30, (4, 10)))',
  ],
  [
    'the token behind the last',
    `class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.e, self.act, self.l = nn.Embedding(12, 32), nn.ReLU(), nn.Linear(32, 12)
    def forward(self, ids):
        return self.l(self.act(self.e(ids)))[:, -1]`,
    'Net()(torch.randint(0, 12, (4, 10)))',
  ],
  [
    'masked tokens',
    `class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.e = nn.Embedding(8, 32)
        self.c = nn.TransformerEncoderLayer(32, 2, 64, dropout=0.0, activation='relu', batch_first=True)
        self.act, self.n, self.l = nn.ReLU(), nn.Conv1d(32, 32, 3, padding=1), nn.Linear(32, 8)
    def forward(self, ids):
        h = self.c(self.e(ids))
        return self.l(self.act(self.n(h.transpose(1, 2))).transpose(1, 2))`,
    'Net()(torch.randint(0, 8, (4, 16)))',
  ],
  [
    'masks',
    `criterion = nn.BCEWithLogitsLoss()
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(3, 16, 5, padding=2), nn.ReLU(), nn.Conv2d(16, 1, 5, padding=2))
    def forward(self, x):
        return self.net(x)`,
    'Net()(torch.randn(2, 3, 12, 12))',
  ],
  [
    'logarithms of chances',
    `class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 3), nn.LogSoftmax(dim=1))
    def forward(self, x):
        return self.net(x)
criterion = nn.NLLLoss()`,
    'Net()(torch.randn(4, 20))',
  ],
  [
    'reconstruction',
    `class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 16), nn.ReLU(), nn.Linear(16, 20))
    def forward(self, x):
        return self.net(x)`,
    'Net()(torch.randn(4, 20))',
  ],
  [
    'numbers',
    `class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.f, self.r = nn.Linear(24, 16), nn.GRU(4, 16, batch_first=True)
        self.act, self.l = nn.ReLU(), nn.Linear(16, 6)
    def forward(self, pair):
        x, h = pair
        return self.l(self.act(self.f(x.flatten(1)) + self.r(x, h)[1][0])).view(-1, 3, 2)
criterion = nn.SmoothL1Loss(beta=0.5)`,
    'Net()((torch.randn(4, 6, 4), torch.zeros(1, 4, 16)))',
  ],
];

const writtenOut = `
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.act = nn.Linear(6, 16), nn.Linear(16, 3), nn.ReLU()
    def forward(self, x):
        h = self.a(x); h = h * torch.sigmoid(h)
        return self.b(self.act(self.a(h[:, :6])))
if __name__ == '__main__':
    Net()(torch.randn(2, 6))
`;

/** A model of a text, in a file that is there until the test ends. */
async function readWritten(text: string): Promise<ScriptModel> {
  const folder = mkdtempSync(join(tmpdir(), 'written-'));
  folders.push(folder);
  const file = join(folder, 'model.py');
  writeFileSync(file, text);
  return readModelFile(file);
}
const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('the exported script', function () {
  this.timeout(300_000);

  const samples: Readonly<Record<string, { readonly expression?: string; readonly places: readonly number[] }>> = {
    'mlp.py': { places: [3] },
    'cifar_cnn.py': { places: [7] },
    'vit.py': { expression: 'ViT(depth=2)', places: [2] },
    'resnet.py': { places: [13] },
  };
  for (const [name, { expression, places }] of Object.entries(samples)) {
    it(`compares candidates in samples/${name}`, async () => {
      const model = await readModelFile(inRoot('samples', name), expression);
      const { results, csv, out } = runScript(model, ['silu', 'snake', 'prelu']);
      const names = ['baseline', 'silu', 'snake', 'prelu'];
      assert.deepEqual(
        results.summary.map(({ candidate }) => candidate),
        names,
      );
      for (const each of names.slice(1)) assert.deepEqual([results.swapped[each]?.length], places, out);
      assert.deepEqual(results.swapped.baseline, []);
      assert.equal(csv.length, 1 + 2 * names.length);
      // Two seeds can't tell anything apart, and the table says so; but candidates are other functions.
      assert.match(out, /2 seeds can't bear an interval for 3 candidates: use --seeds 7 or more/);
      assert.deepEqual([...new Set(results.summary.map(({ differs }) => differs))], [null]);
      for (const seed of [0, 1]) {
        const losses = results.runs.filter((run) => run.seed === seed).map(({ loss }) => loss);
        assert.equal(new Set(losses).size, names.length, out);
        assert.ok(losses.every((loss) => loss !== null && Number.isFinite(loss)));
      }
      for (const each of names) {
        assert.match(out, new RegExp(`^${each}  `, 'm'));
        assert.deepEqual(Object.keys(results.selection[each] ?? {}), ['0.001', '0.003']);
      }
    });
  }

  it('has a sweep beside it that compiles, and chooses rates by what the script does with them', async () => {
    const model = await readModelFile(inRoot('samples', 'mlp.py'));
    const losses = runScript(model, ['silu']).results.selection;
    inFolder((folder) => {
      const [script, sweep] = ['it\'s "a"-run.py', sweepNameOf('it\'s "a"-run.py')].map((name) => join(folder, name));
      assert.ok(script && sweep);
      writeFileSync(script, scriptOf(reportOn(model, ['silu']), model));
      writeFileSync(sweep, sweepOf('it\'s "a"-run.py'));
      execFileSync(python, ['-m', 'py_compile', sweep]);
      mkdirSync(join(folder, 'ray'));
      writeFileSync(join(folder, 'ray', '__init__.py'), '');
      writeFileSync(join(folder, 'ray', 'tune.py'), rayStandIn);
      const printed = execFileSync(python, ['-W', 'ignore', sweep, ...small], { encoding: 'utf8', cwd: folder });
      for (const [candidate, byRate] of Object.entries(losses))
        for (const [rate, loss] of Object.entries(byRate))
          assert.ok(
            printed.includes(`${candidate}, rate ${rate}: validation loss ${Number(loss?.toPrecision(6))}`),
            printed,
          );
    });
  });

  it('gives a model the same result under two names', async () => {
    const model = await readModelFile(inRoot('samples', 'cifar_cnn.py'));
    const { results } = runScript(model, ['relu'], [...small, '--seeds', '1']);
    const [site] = results.swapped.relu ?? [];
    assert.match(site ?? '', /^block1\.act1 \(ReLU, cifar_cnn\.py:15\)$/);
    const other = await readModelText(readFileSync(inRoot('samples', 'mlp.py'), 'utf8'), inRoot('samples', 'mlp.py'));
    const same = runScript(other, ['relu'], small).results.runs;
    const [first, second] = same;
    assert.equal(first?.loss, second?.loss);
  });

  it('swaps calls of functions by the module that makes them, and learns what they learn', async () => {
    const model = await readWritten(calling);
    const { results, out } = runScript(model, ['gelu', 'snake', 'hardtanh']);
    // The tensor that is written over in place, both calls of one line, the encoder's own, those behind a loop.
    assert.deepEqual(
      results.swapped.snake?.map((label) => label.replace(/ \(.*/, '')),
      ['act', ...new Array(5).fill("calls in the model's own forward"), 'calls in encoder'],
      out,
    );
    assert.ok(results.runs.every(({ loss }) => loss !== null));
  });

  it('computes with swapped calls what the same code with other calls computes', async () => {
    const model = await readWritten(calling);
    const direct = calling.replace('nn.ReLU(inplace=True)', 'nn.Tanh()').replace('self.act(h)', 'h = self.act(h)');
    const other = await readWritten(direct.replaceAll('relu', 'tanh'));
    const of = (results: Results, candidate: string) =>
      results.runs.filter((run) => run.candidate === candidate).map(({ loss }) => loss);
    const swapped = runScript(model, ['tanh']).results;
    assert.deepEqual(of(swapped, 'tanh'), of(runScript(other, ['relu']).results, 'baseline'));
    assert.notDeepEqual(of(swapped, 'tanh'), of(swapped, 'baseline'));
  });

  for (const [task, body, made] of tasks) {
    it(`makes data up from which ${task} can be learnt`, async () => {
      const model = await readWritten(
        `import torch\nfrom torch import nn\n${body}\nif __name__ == '__main__':\n    ${made}\n`,
      );
      const options = [
        '--seeds',
        '1',
        '--selection-seeds',
        '1',
        '--rates',
        '3e-3',
        '--batch',
        '32',
        '--samples',
        '256',
        '--device',
        'cpu',
      ];
      const lossAfter = (steps: number) => {
        const [run] = runScript(model, ['silu'], [...options, '--steps', `${steps}`]).results.runs;
        return run?.loss ?? Number.NaN;
      };
      const [first, last] = [lossAfter(1), lossAfter(150)];
      assert.ok(last < 0.9 * first, `${first} before, ${last} after`);
    });
  }

  it('says which places it can not swap, and goes on without them when told to', async () => {
    const model = await readWritten(writtenOut);
    inFolder((folder) => {
      const script = join(folder, 'compare.py');
      writeFileSync(script, scriptOf(reportOn(model, ['mish']), model));
      const run = (...options: string[]) =>
        spawnSync(python, ['-W', 'ignore', script, '--out', join(folder, 'out'), ...small, ...options], {
          encoding: 'utf8',
        });
      const stopped = run();
      assert.equal(stopped.status, 1);
      assert.match(
        stopped.stderr,
        /not swapped: SiLU, model\.py:9: it is written out in the code.*self\.act = nn\.SiLU\(\)/,
      );
      const partial = run('--partly');
      assert.equal(partial.status, 0, partial.stderr);
      assert.match(partial.stdout, /mish: swapped at 1 places/);
    });
  });

  it('writes activations that PyTorch lacks as the catalogue defines them', () => {
    const isOwn = (entry: Activation) =>
      (isCandidate(entry) || isGatedCandidate(entry)) && entry.spellings.modules === undefined;
    const entries = [...catalogue.values()].filter(isOwn);
    assert.ok(entries.length > 12, `${entries.length}`);
    const points = [-6.5, -3, -1.25, -0.5, -0.01, 0.01, 0.75, 1.5, 4, 9];
    const lines = entries.flatMap((entry) => [
      ...classLines(classNameOf(entry), entry, operationOf(entry).parameters),
      `x = torch.tensor(${JSON.stringify(points)}, dtype=torch.float64, requires_grad=True)`,
      `y = ${classNameOf(entry)}(${entry.learned?.some(({ per }) => per === 'channel') ? '[1]' : ''}).double()(x)`,
      'y.sum().backward()',
      'print(json.dumps([y.tolist(), x.grad.tolist()]))',
    ]);
    const printed = execFileSync(python, ['-'], {
      encoding: 'utf8',
      input: ['import json, torch', 'import torch.nn as nn', ...lines].join('\n'),
    });
    const made = printed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as [number[], number[]]);
    for (const [i, entry] of entries.entries()) {
      const { parameters } = operationOf(entry);
      const [values, slopes] = made[i] ?? [[], []];
      const expected = entry.row
        ? entry.row(points, parameters)
        : points.map((x) => entry.value?.(x, parameters) ?? NaN);
      assert.ok(relativeError(values, expected) < 1e-6, `${entry.id}: ${values} instead of ${expected}`);
      if (entry.row) continue;
      const derivatives = points.map((x) => entry.derivative?.(x, parameters) ?? NaN);
      assert.ok(relativeError(slopes, derivatives) < 1e-6, `${entry.id}: ${slopes} instead of ${derivatives}`);
    }
  });

  it('makes nothing but data of names in a file', async () => {
    const file = '/tmp/it\'s "a"\n# model\u2028\u202e.py';
    const model = { ...(await readWritten(calling)), path: file, expression: 'Net()\nraise SystemExit(3)' };
    const report = reportOn(model, ['gelu']);
    const named = { ...report, model: { ...report.model, name: 'Net\nraise SystemExit(3)', file } };
    const text = scriptOf(named, model);
    assert.doesNotMatch(text, /[^\n\x20-\x7e]/);
    const tree = execFileSync(
      python,
      [
        '-c',
        'import ast, sys; print([type(s).__name__ for s in ast.parse(sys.stdin.read()).body if isinstance(s, (ast.Raise, ast.Expr))])',
      ],
      {
        input: text,
        encoding: 'utf8',
      },
    );
    assert.equal(tree.trim(), "['Expr']");
  });
});
