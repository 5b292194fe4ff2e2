import assert from 'node:assert/strict';
import { extractModel } from '../../src/extract/extract';
import { initialValues } from '../../src/graph/initialise';
import type { Graph } from '../../src/graph/types';
import { findingsOf } from '../../src/health/findings';
import type { HealthLayer, HealthMeasures, HealthReport } from '../../src/health/report';
import { ALIKE, DEAD, EXCESS, FACTOR, GREAT_EXCESS, NOISY } from '../../src/health/thresholds';
import { conditionsOf, listLooked, verdictOf } from '../../src/health/words';
import { runHealth } from '../../src/run/health';
import type { Runtime } from '../../src/run/runtime';
import { smallCnn } from '../support/models';
import { wasmRuntime } from '../support/ort';
import { testSyntax } from '../support/syntax';

const file = '/health/net.py';
const head = `import torch
import torch.nn.functional as F
from torch import nn

`;

/** A stack of linear layers of one width, each with its activation, and a head. */
const stack = (depth: number, activation: string, more = '', width = 64) => `${head}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(${width}, ${width}) for _ in range(${depth})])
        self.head = nn.Linear(${width}, 10)
${more.replace(/^(?=.)/gm, '        ')}

    def forward(self, x):
        for layer in self.layers:
            x = ${activation}(layer(x))
        return self.head(x)
`;

const kaiming = `for layer in self.layers:
    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    nn.init.zeros_(layer.bias)
`;

const siren = `for index, layer in enumerate(self.layers):
    bound = 1 / 64 if index == 0 else (6 / 64) ** 0.5 / 30
    nn.init.uniform_(layer.weight, -bound, bound)
`;

const resnet = `${head}
class Block(nn.Module):
    def __init__(self, ins, outs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(ins, outs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outs)
        self.conv2 = nn.Conv2d(outs, outs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outs)
        self.down = nn.Conv2d(ins, outs, 1, stride, bias=False) if ins != outs else nn.Identity()
        if ZERO:
            nn.init.zeros_(self.bn2.weight)

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(y)) + self.down(x))


class Net(nn.Module):
    """ResNet-18, narrow."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(8)
        widths = [8, 8, 8, 16, 16, 32, 32, 64, 64]
        self.blocks = nn.Sequential(*[Block(a, b, 1 if a == b else 2) for a, b in zip(widths, widths[1:])])
        self.fc = nn.Linear(64, 10)

    def forward(self, x):
        x = self.blocks(F.relu(self.bn(self.stem(x))))
        return self.fc(x.mean((2, 3)))
`;

const gpt = `${head}
class Block(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.ln1, self.ln2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.attention = nn.MultiheadAttention(d, 4, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(d, 4 * d), nn.GELU(), nn.Linear(4 * d, d))

    def forward(self, x):
        y = self.ln1(x)
        x = x + self.attention(y, y, y, need_weights=False)[0]
        return x + self.mlp(self.ln2(x))


class Net(nn.Module):
    def __init__(self, vocabulary=100, d=32, depth=6):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, d)
        self.places = nn.Embedding(16, d)
        self.blocks = nn.Sequential(*[Block(d) for _ in range(depth)])
        self.ln = nn.LayerNorm(d)
        self.head = nn.Linear(d, vocabulary, bias=False)
        self.apply(self.start)
        TIED

    def start(self, module):
        if isinstance(module, (nn.Linear, nn.Embedding)):
            nn.init.normal_(module.weight, std=0.02)

    def forward(self, tokens):
        x = self.tokens(tokens) + self.places(torch.arange(tokens.shape[1]))
        return self.head(self.ln(self.blocks(x)))
`;

const selu = `for layer in self.layers:
    nn.init.kaiming_normal_(layer.weight, nonlinearity="linear")
    nn.init.zeros_(layer.bias)
`;

type Inputs = readonly { readonly shape: readonly number[]; readonly dtype: 'float32' | 'int64' }[];
const features: Inputs = [{ shape: [16, 64], dtype: 'float32' }];
const images: Inputs = [{ shape: [8, 3, 16, 16], dtype: 'float32' }];
const tokens: Inputs = [{ shape: [8, 16], dtype: 'int64' }];

/** Milliseconds: what is left out where a machine is slow is another matter. */
const budget = 180_000;

describe('health', function () {
  this.timeout(240_000);
  let runtime: Runtime;
  before(async () => {
    runtime = await wasmRuntime();
  });
  after(() => runtime.dispose());

  async function graphOf(text: string, inputs: Inputs): Promise<Graph> {
    const source = { read: async () => ({ file, text, version: 0 }), resolve: async () => undefined };
    const found = await extractModel({ syntax: testSyntax(), source, file, expression: 'Net', inputs });
    assert.ok(found.ok, found.ok ? '' : found.problem.message);
    return found.graph;
  }

  async function check(text: string, inputs: Inputs = features): Promise<HealthReport> {
    const graph = await graphOf(text, inputs);
    return runHealth({ graph, file, budget }, runtime, () => {}, new AbortController().signal);
  }

  const told = ({ findings }: HealthReport) => findings.map(({ rule, severity }) => `${severity} ${rule}`).sort();

  const healthy: readonly (readonly [name: string, text: string, inputs: Inputs])[] = [
    ['a small MLP with default weights', stack(3, 'F.relu'), features],
    ['six layers with default weights', stack(6, 'F.relu'), features],
    ['twenty layers of ReLU with weights drawn for it', stack(20, 'F.relu', kaiming), features],
    ['a ResNet-18 with batch norm', resnet.replace('ZERO', 'False'), images],
    ['a GPT with layer norm', gpt.replace('TIED', ''), tokens],
    ['a SELU stack as its authors draw it', stack(16, 'F.selu', selu), features],
    [
      'a SIREN as its authors draw it',
      stack(8, 'F.relu', siren).replace('F.relu(layer(x))', 'torch.sin(30 * layer(x))'),
      features,
    ],
  ];
  it('tells the layers of a container where they are constructed, and others where they are called', async () => {
    const text = `from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(64, 64),
            nn.ReLU(),
            nn.Linear(64, 64),
            nn.ReLU(),
        )
        self.act = nn.Tanh()
    def forward(self, x):
        return self.act(self.layers(x)) * 2
`;
    const { layers } = await check(text);
    assert.deepEqual(
      layers.map(({ path, line }) => [path, line]),
      [
        ['layers.1', 7],
        ['layers.3', 9],
        ['act', 13],
      ],
    );
  });

  for (const [name, text, inputs] of healthy)
    it(`finds nothing in ${name}`, async () => {
      const report = await check(text, inputs);
      assert.deepEqual(told(report), []);
      // Batch norms have no statistics yet.
      const left = text.includes('BatchNorm') ? ['what 8 bits cost by layer'] : [];
      assert.deepEqual(listLooked(report).left, left);
      assert.equal(verdictOf(report), 'Nothing found.');
      assert.equal(report.seeds, 5);
    });

  const scale = 'for layer in self.layers:\n    nn.init.normal_(layer.weight, std=';
  const broken: readonly (readonly [name: string, text: string, inputs: Inputs, found: readonly string[]])[] = [
    ['twenty layers of sigmoid', stack(20, 'torch.sigmoid'), features, ['warning alike', 'warning vanishing-gradient']],
    [
      'twenty layers of tanh with default weights',
      stack(20, 'torch.tanh'),
      features,
      ['information initial-scale', 'warning alike', 'warning vanishing-gradient'],
    ],
    [
      'twelve layers of ReLU with default weights',
      stack(12, 'F.relu'),
      features,
      ['information initial-scale', 'warning alike', 'warning vanishing-gradient'],
    ],
    [
      'twelve of them without biases',
      stack(12, 'F.relu').replaceAll(', 64) for', ', 64, bias=False) for'),
      features,
      ['information initial-scale', 'warning vanishing-gradient', 'warning vanishing-signal'],
    ],
    [
      'weights ten times too large before ReLU',
      stack(8, 'F.relu', `${kaiming}    layer.weight.data *= 10\n`),
      features,
      ['information initial-scale', 'warning exploding-gradient', 'warning exploding-signal'],
    ],
    [
      'weights ten times too large before tanh',
      stack(4, 'torch.tanh', `${scale}1.25)\n`),
      features,
      ['information eight-bits', 'information initial-scale', 'warning saturated'],
    ],
    [
      'a ReLU whose biases are -10',
      stack(4, 'F.relu', 'nn.init.constant_(self.layers[1].bias, -10)\n'),
      features,
      ['error dead'],
    ],
    [
      'a head that begins at zero',
      stack(3, 'F.relu', 'nn.init.zeros_(self.head.weight)\n'),
      features,
      ['information zero-output'],
    ],
    ['residual branches that begin at zero', resnet.replace('ZERO', 'True'), images, ['information zero-branch']],
    [
      'a layer inside that begins at zero',
      stack(3, 'F.relu', 'nn.init.zeros_(self.layers[1].weight)\n'),
      features,
      ['warning zero-inside'],
    ],
    [
      'a head ten times too large',
      stack(3, 'F.gelu', 'nn.init.normal_(self.head.weight, std=20)\n'),
      features,
      ['warning first-loss'],
    ],
    [
      'a GPT whose head is tied to default embeddings',
      gpt.replace('TIED', 'self.head.weight = self.tokens.weight').replace('self.apply(self.start)', ''),
      tokens,
      ['warning first-loss'],
    ],
    [
      'numbers that overflow',
      stack(4, 'F.relu', `${scale}1e12)\n`),
      features,
      ['error not-finite', 'information initial-scale'],
    ],
    [
      'a part that nothing learns from',
      stack(3, 'F.relu').replace('self.head(x)', 'self.head(x.detach())'),
      features,
      ['information no-gradient'],
    ],
  ];
  for (const [name, text, inputs, wanted] of broken)
    it(`names ${name}`, async () => assert.deepEqual(told(await check(text, inputs)), wanted));

  it('points at the lines, with the number and what to do', async () => {
    const report = await check(stack(4, 'F.relu', 'nn.init.constant_(self.layers[1].bias, -10)\n'));
    const [dead] = report.findings;
    assert.match(
      dead?.message ?? '',
      /^All of its units are off: for none of the 16 samples .* Its inputs lie between -1\d(\.\d+)? and -[89]\.\d+\.$/,
    );
    assert.match(dead?.advice ?? '', /bias/);
    const line = stack(4, 'F.relu', 'one\n')
      .split('\n')
      .findIndex((each) => each.includes('F.relu(layer(x))'));
    assert.deepEqual(
      dead?.places.map(({ layer, title, source }) => [layer, title, source?.file, source?.line]),
      [[2, 'ReLU', file, line]],
    );
    const zero = await check(stack(3, 'F.relu', 'nn.init.zeros_(self.head.weight)\n'));
    assert.equal(zero.drawnOutput, true);
    assert.ok((zero.layers[0]?.norm ?? 0) > 0, 'the gradient is told with random weights in its place');
    const [place] = zero.findings[0]?.places ?? [];
    const head = stack(3, 'F.relu')
      .split('\n')
      .findIndex((each) => each.includes('self.head = '));
    assert.deepEqual([place?.title, place?.path, place?.source?.line], ['head.weight', 'head', head]);
  });

  it('judges a checkpoint by what does not depend on drawn weights', async () => {
    const graph = await graphOf(stack(3, 'F.relu', 'nn.init.constant_(self.layers[1].bias, -10)\n'), features);
    const values = graph.storages.map((storage, id) => ({ storage: id, data: initialValues(storage, id, 7) }));
    const given = { graph, file, budget, weights: { name: 'net.pt', values } };
    const run = (weights: typeof given) => runHealth(weights, runtime, () => {}, new AbortController().signal);
    const report = await run(given);
    assert.deepEqual(told(report), ['warning dead']);
    assert.match(conditionsOf(report), /^With the weights of net\.pt, on made-up inputs: 5 draws, batch 16\.$/);
    const head = graph.state.find(({ name }) => name === 'head.weight')?.storage;
    const blank = values.map((each) => (each.storage === head ? { ...each, data: each.data.map(() => 0) } : each));
    const zero = await run({ ...given, weights: { name: 'net.pt', values: blank } });
    assert.deepEqual(told(zero), ['warning dead', 'warning zero-output']);
    assert.match(zero.findings.find(({ rule }) => rule === 'zero-output')?.message ?? '', /is zero in net\.pt/);
  });

  it('looks at a model without activations too', async () => {
    const linear = stack(1, '').replace('x = (layer(x))', 'x = layer(x)');
    const report = await check(linear);
    assert.deepEqual([told(report), report.layers], [[], []]);
    assert.ok(listLooked(report).left.includes('gradient by layer'));
    assert.ok(Math.abs((report.loss ?? 0) - (report.chance ?? 0)) < 1);
  });

  it('can be cancelled', async () => {
    const graph = await graphOf(stack(3, 'F.relu'), features);
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    await assert.rejects(
      runHealth({ graph, file }, runtime, () => {}, controller.signal),
      /enough/,
    );
  });
});

describe('findings', () => {
  const layer = (index: number, of: Partial<HealthLayer>): HealthLayer => ({
    ...{ index, path: `act${index}`, call: 0, title: 'ReLU' },
    ...{ deviation: 1, zeros: 0.5, saturated: 0.5, dead: 0, similarity: 0.5, norm: 1, silent: 0 },
    ...of,
  });
  const graph = smallCnn();
  const measures = (layers: readonly Partial<HealthLayer>[], more: Partial<HealthMeasures> = {}): HealthMeasures => ({
    layers: layers.map((each, i) => layer(i, each)),
    ...{ batch: 16, seeds: 5, ...more },
  });
  const told = (layers: readonly Partial<HealthLayer>[], more: Partial<HealthMeasures> = {}) =>
    findingsOf(measures(layers, more), graph).map(({ rule, severity }) => `${severity} ${rule}`);

  it('are none where all numbers are good', () => assert.deepEqual(told([{}, {}, {}, {}]), []));

  it('begin at their thresholds', () => {
    assert.deepEqual(told([{ dead: DEAD - 0.01 }, {}]), []);
    assert.deepEqual(told([{ dead: DEAD }, {}]), ['warning dead']);
    assert.deepEqual(told([{ norm: 1 / (FACTOR - 1) }, {}]), []);
    assert.deepEqual(told([{ norm: 0.9 / FACTOR }, {}]), ['warning vanishing-gradient']);
    assert.deepEqual(told([{ norm: 1.1 * FACTOR }, {}]), ['warning exploding-gradient']);
    assert.deepEqual(told([{}, { deviation: 0.9 / FACTOR }]), ['warning vanishing-signal']);
    assert.deepEqual(told([{}, { deviation: 1.1 * FACTOR }]), ['warning exploding-signal']);
    assert.deepEqual(told([{}, { similarity: ALIKE + 1e-6 }]), ['warning alike']);
    assert.deepEqual(told([{}, {}], { loss: 2.3 + EXCESS - 0.1, chance: 2.3 }), []);
    assert.deepEqual(told([{}, {}], { loss: 2.3 + EXCESS + 0.1, chance: 2.3 }), ['information first-loss']);
    assert.deepEqual(told([{}, {}], { loss: 2.3 + GREAT_EXCESS - 0.1, chance: 2.3 }), ['information first-loss']);
    assert.deepEqual(told([{}, {}], { loss: 2.3 + GREAT_EXCESS + 0.1, chance: 2.3 }), ['warning first-loss']);
    const eightBits = { snrTensor: 10, snrChannel: 15 };
    assert.deepEqual(told([{ snrChannel: NOISY + 1 }], { eightBits }), []);
    assert.deepEqual(told([{ snrChannel: NOISY - 1, outliers: 0.01 }], { eightBits }), ['information eight-bits']);
  });

  it('leave out what a batch of one says of units, and all behind what is off or not finite', () => {
    assert.deepEqual(told([{ dead: 0.9 }], { batch: 1 }), []);
    assert.deepEqual(
      told([
        { dead: 1, norm: 0 },
        { similarity: 1, deviation: 1e-9 },
      ]),
      ['error dead'],
    );
    assert.deepEqual(told([{ deviation: null }, { dead: 1, similarity: 1 }]), ['error not-finite']);
    assert.deepEqual(told([{ norm: null }, { norm: null }, {}]), ['error not-finite']);
    assert.deepEqual(told([{}, {}], { loss: null }), ['error not-finite']);
  });

  it('say no more than a note of what depends on made-up inputs, where the weights are a checkpoint’s', () => {
    assert.deepEqual(told([{ dead: 0.9 }, { similarity: 1 }], { weights: 'w.pt', loss: 99, chance: 2 }), [
      'information dead',
      'information alike',
    ]);
  });

  it('name a gradient of exactly zero that nothing explains', () => {
    assert.deepEqual(told([{ norm: 0 }, {}]), ['warning no-gradient']);
    assert.deepEqual(told([{ norm: 0 }, { dead: 1, norm: 0 }]), ['error dead']);
    assert.deepEqual(told([{ norm: undefined }, {}]), ['information no-gradient']);
  });
});
