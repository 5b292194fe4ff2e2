import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { catalogue, defaultParameters } from '../../src/activations/catalogue';
import { reportKey } from '../../src/compare/key';
import { resolvePlan } from '../../src/compare/plan';
import type { Report } from '../../src/compare/report';
import { hiddenSites, swapSites } from '../../src/compare/sites';
import { standingOf, withPlacesOf } from '../../src/compare/standing';
import { parseInputSpecs } from '../../src/extract/spec';
import type { Graph } from '../../src/graph/types';
import { NodeSource } from '../../src/source/node';
import { smallCnn } from '../support/models';
import { inRoot } from '../support/paths';
import { readAmong } from '../support/project';
import { testReader } from '../support/reader';

const text = `import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 8)
        self.act = nn.ReLU()
        self.middle = nn.Linear(8, 8)
        self.last = nn.Linear(8, 2)

    def forward(self, x):
        h = F.relu(self.middle(self.act(self.first(x))))
        return self.last(h).softmax(-1)

`;

async function read(code: string, input = '3x4'): Promise<Graph> {
  const extraction = await readAmong({ 'm.py': code }, { inputs: parseInputSpecs(input) });
  assert.ok(extraction.ok, extraction.ok ? '' : extraction.problem.message);
  return extraction.graph;
}
const keyOf = async (code: string) => reportKey({ graph: await read(code) });

describe('the key of a report', () => {
  it('stays where only text, names or the activations change', async () => {
    const key = await keyOf(text);
    const same = {
      'a comment': text.replace('class', '# a comment\n\nclass'),
      'a moved line': text.replace(/( *self\.act = .*\n)( *self\.middle = .*\n)/, '$2$1'),
      'another name of a layer': text.replaceAll('self.middle', 'self.second'),
      'GELU at one site': text.replace('nn.ReLU()', 'nn.GELU()'),
      'a weight that is learnt': text.replace('nn.ReLU()', 'nn.PReLU(8)').replace('F.relu', 'F.silu'),
      'one that is written out': text.replace('F.relu(self.middle', '(lambda h: h * torch.sigmoid(h))(self.middle'),
      'numbers of its own': text.replace(
        'F.relu(self.middle',
        '(lambda h: 0.5 * h * (1 + torch.erf(h / 1.41421356237)))(self.middle',
      ),
    };
    for (const [what, code] of Object.entries(same)) {
      assert.notEqual(code, text, what);
      assert.equal(await keyOf(code), key, what);
    }
  });

  it('is another one for another model, input, weights or data', async () => {
    const graph = await read(text);
    const keys = new Map([[reportKey({ graph }), 'as it is']]);
    const add = (what: string, key: string) => {
      assert.equal(keys.get(key), undefined, what);
      keys.set(key, what);
    };
    const other = {
      width: text.replaceAll('8)', '9)').replaceAll('(8', '(9'),
      'no bias': text.replace('4, 8', '4, 8, bias=False'),
      'a normalisation': text
        .replace('self.middle(self.act(', 'self.middle(F.layer_norm(self.act(')
        .replace('(x))))', '(x)), (8,))))'),
      dropout: text.replace('self.last(h)', 'self.last(F.dropout(h, 0.1, self.training))'),
      'shared weights': text.replace('self.last(h)', 'self.last(self.middle(h))'),
      'one activation less': text.replace('F.relu(self.middle(self.act(self.first(x))))', 'self.middle(self.first(x))'),
      'no gradient': text.replace('self.last(h)', 'self.last(h.detach())'),
      'a frozen layer': text.replace('    def forward', '        self.first.requires_grad_(False)\n\n    def forward'),
      'other initial values': text.replace(
        '    def forward',
        '        nn.init.zeros_(self.last.weight)\n\n    def forward',
      ),
    };
    for (const [what, code] of Object.entries(other)) {
      assert.notEqual(code, text, what);
      add(what, await keyOf(code));
    }
    add('another batch', reportKey({ graph: await read(text, '5x4') }));
    add('a checkpoint', reportKey({ graph, weights: 'a.pt 10 1' }));
    add('another checkpoint', reportKey({ graph, weights: 'a.pt 10 2' }));
    add('data', reportKey({ graph, data: 'iris.csv' }));
    add('other branches as it trains', reportKey({ graph, training: smallCnn() }));
    // A checkpoint is laid over by name.
    const renamed = await read(text.replaceAll('self.middle', 'self.second'));
    add('other names under a checkpoint', reportKey({ graph: renamed, weights: 'a.pt 10 1' }));
  });

  it('tells samples and test models from each other', async () => {
    const keys = new Map<string, string>();
    const files = ['samples', 'test/fixtures/models'].map(async (folder) =>
      (await readdir(inRoot(folder))).map((name) => inRoot(folder, name)),
    );
    let count = 0;
    for (const file of (await Promise.all(files)).flat().filter((name) => /\.(py|ts|onnx)$/.test(name))) {
      const { extraction } = await testReader().read({ file, choosesSizes: true }, { source: new NodeSource() });
      if (!extraction.ok) continue;
      const key = reportKey({ graph: extraction.graph });
      assert.equal(keys.get(key), undefined, file);
      keys.set(key, file);
      count += 1;
    }
    assert.ok(count >= 7, [...keys.values()].join());
  }).timeout(180_000);
});

const defaults = [...catalogue.values()].map((entry) => ({
  activation: entry.id,
  parameters: defaultParameters(entry),
}));

/** A report of a graph without numbers. */
function reportOf(graph: Graph, activations: readonly string[]): Report {
  const plan = {
    sites: hiddenSites(graph),
    candidates: activations.map((activation) => ({ activation, parameters: {} })),
    seed: 0,
    budget: 0,
    rounds: 1,
  };
  const resolved = resolvePlan(graph, plan);
  const rows = [
    { id: 'baseline', title: 'ReLU', parameters: {}, addedParameters: 0 },
    ...resolved.candidates.map(({ activation: { id, title }, parameters }) => ({
      ...{ id, title, parameters },
      addedParameters: 0,
    })),
  ];
  return {
    version: 1,
    created: '',
    model: { name: graph.name, file: 'm.py', inputs: [], parameters: 0, notes: [] },
    environment: { backend: 'wasm', runtime: '', threads: 1 },
    plan: { sites: resolved.sites, left: resolved.left, seed: 0, budget: 0 },
    candidates: rows,
    complete: true,
  };
}

describe('what a report says of a later reading', () => {
  it('finds its sites, and which candidate stands in the code', async () => {
    const report = reportOf(await read(text), ['gelu', 'leaky_relu', 'silu']);
    const standing = async (code: string) => standingOf(report, swapSites(await read(code)), defaults);
    const gelu = text.replace('nn.ReLU()', 'nn.GELU()').replace('F.relu', 'F.gelu');
    const moved = await standing(`# moved\n${text}`);
    assert.equal(moved?.inCode, 'baseline');
    assert.deepEqual(
      moved.sites.map(({ source }) => source?.line),
      report.plan.sites.map(({ source }) => source && source.line + 1),
    );
    assert.equal((await standing(gelu))?.inCode, 'gelu');
    assert.equal((await standing(text.replaceAll('F.relu', 'F.gelu')))?.inCode, undefined);
    assert.equal((await standing(gelu.replace('nn.GELU()', "nn.GELU(approximate='tanh')")))?.inCode, undefined);
    const leaky = text.replace('nn.ReLU()', 'nn.LeakyReLU()').replace('F.relu(', 'F.leaky_relu(');
    assert.equal((await standing(leaky))?.inCode, 'leaky_relu');
    const written = text.replace('nn.ReLU()', 'nn.SiLU()').replace('F.relu(', '(lambda h: h * torch.sigmoid(h))(');
    assert.equal((await standing(written))?.inCode, 'silu');
  });

  it('is nothing where an activation that was left alone is another one', async () => {
    const report = reportOf(await read(text), ['gelu']);
    const other = text.replace('softmax(-1)', 'sigmoid()');
    assert.equal(reportKey({ graph: await read(other) }), await keyOf(text));
    assert.equal(standingOf(report, swapSites(await read(other)), defaults), undefined);
    assert.equal(standingOf(report, [], defaults), undefined);
  });

  it('moves the lines of layers', async () => {
    const report = reportOf(await read(text), []);
    const layer = { index: 1, path: '', call: 0, line: 15, mean: 1, deviation: 1, zeros: 0, count: 1 };
    const [baseline] = report.candidates;
    assert.ok(baseline);
    const measured = { ...report, candidates: [{ ...baseline, signal: [layer] }] };
    const moved = withPlacesOf(measured, await read(`#\n#\n${text}`));
    assert.deepEqual(moved.candidates[0]?.signal, [{ ...layer, line: 17 }]);
  });
});
