import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { applyEdits } from '../../src/advise/applyEdits';
import { advise } from '../../src/advise/engine';
import { rules } from '../../src/advise/rules/index';
import { extractModel } from '../../src/extract/extract';
import { listModels } from '../../src/extract/models';
import { leastLogistic, leastLogisticOfSoftmax } from '../../src/graph/leastLoss';
import { elements } from '../../src/graph/ops/rule';
import { trainingGraph } from '../../src/graph/train';
import type { Graph, TensorData, TensorType } from '../../src/graph/types';
import { lower } from '../../src/lower/lower';
import { encodeModel } from '../../src/onnx/encode';
import { isOutsideModels, modelOf, pricedFinding } from '../../src/price/finding';
import type { PricedVersion, PricePlan } from '../../src/price/plan';
import { planPrice } from '../../src/price/planPrice';
import type { Quantity } from '../../src/price/report';
import { pricedCodes } from '../../src/price/rules';
import { conclusions, figure } from '../../src/price/words';
import { runPrice } from '../../src/run/price';
import { priceGraph } from '../../src/run/priceGraph';
import type { Runtime } from '../../src/run/runtime';
import { extractCase } from '../support/modelCases';
import { wasmRuntime } from '../support/ort';
import { inRoot } from '../support/paths';
import { mixed, ruledInput, ruledNoise } from '../support/rule';
import { ruledWeights } from '../support/runModel';
import { testSyntax } from '../support/syntax';

type Measured = Partial<Record<Quantity, number>>;

interface PriceCase {
  readonly code: string;
  readonly expression: string;
  readonly shape: readonly number[];
  readonly written: Measured;
  readonly mended: Measured;
}

const file = inRoot('test/fixtures/prices/models.py');
const text = readFileSync(file, 'utf8');
const cases = JSON.parse(readFileSync(inRoot('test/fixtures/prices/expected.json'), 'utf8')) as PriceCase[];

/** Findings of a text with the models that they are about. */
async function findingsOf(of: string) {
  const source = { file, text: of, version: 0 };
  const models = await listModels(testSyntax(), source);
  const found = await advise(testSyntax(), source);
  return found.map((advice) => ({ finding: pricedFinding(advice, of), expression: modelOf(advice, models, of) }));
}

/** Targets by the rule: classes, one class of each row, or a yes and a no. */
function targetOf({ loss, written }: PricePlan, type: TensorType): TensorData {
  const count = elements(type.shape);
  const [classes, isExclusive] =
    loss.at === 'scores'
      ? [written.graph.values[written.scores]?.type.shape[loss.classes] ?? 1, loss.isExclusive]
      : [loss.task.kind === 'classes' ? loss.task.classes : 1, true];
  if (!isExclusive) return Float32Array.from(mixed('target', count), (u) => (u >= 0 ? 1 : 0));
  const classAt = (u: number) => Math.floor(((u + 1) / 2) * classes);
  if (!type.dtype.includes('float')) return Int32Array.from(mixed('target', count), classAt);
  const target = new Float32Array(count);
  Array.from(mixed('target', count / classes), classAt).forEach((own, row) => {
    target[row * classes + own] = 1;
  });
  return target;
}

const head = `import torch
import torch.nn.functional as F
from torch import nn
`;

const inputs = [{ shape: [16, 6], dtype: 'float32' as const }];

/** The model of a text by itself. */
async function graphOf(of: string, expression = 'Net'): Promise<Graph> {
  const source = { read: async () => ({ file, text: of, version: 0 }), resolve: async () => undefined };
  const shape = expression === 'Net' ? inputs : undefined;
  const found = await extractModel({ syntax: testSyntax(), source, file, expression, ...(shape && { inputs: shape }) });
  assert.ok(found.ok, found.ok ? '' : found.problem.message);
  return found.graph;
}

describe('prices', function () {
  this.timeout(60_000);
  let runtime: Runtime;
  before(async () => {
    runtime = await wasmRuntime();
  });
  after(() => runtime.dispose());

  /** One run with weights, inputs, target and noise by the rule. */
  async function measure(plan: PricePlan, version: PricedVersion, one: PriceCase): Promise<Measured> {
    const { graph, target, read } = priceGraph(plan, version, 'wasm');
    const weights = ruledWeights(graph);
    for (const [k, storage] of trainingGraph(version.graph).noise.entries())
      weights[storage] = ruledNoise(k, graph.storages[storage]?.type.shape ?? []);
    const lowered = lower(graph, { mode: 'evaluation', weights: 'constant', device: 'wasm' });
    const session = await runtime.createSession(encodeModel(lowered, weights), 'plain');
    try {
      const data = [ruledInput(0, { shape: one.shape, dtype: 'float32' }), targetOf(plan, target)];
      return read(await session.run(runtime.feeds(lowered.inputs.map((value, i) => ({ value, data: data[i] ?? [] })))));
    } finally {
      await session.release();
    }
  }

  /** The prices of all findings of a text that can be measured. */
  async function pricesOf(of: string) {
    const all = (await findingsOf(of)).filter(({ finding }) => pricedCodes.includes(finding.code));
    const reports = [];
    for (const { finding, expression } of all)
      reports.push(await runPrice({ finding, model: { graph: await graphOf(of, expression) } }, runtime));
    return reports;
  }

  for (const one of cases) {
    it(`are PyTorch's: ${one.code} of ${one.expression}`, async () => {
      const found = (await findingsOf(text)).filter(
        ({ finding, expression }) => finding.code === one.code && expression === one.expression,
      );
      assert.equal(found.length, 1, 'one finding is about this model');
      const [{ finding }] = found as [(typeof found)[0]];
      const inputs = [{ shape: one.shape, dtype: 'float32' as const }];
      const [plain, training] = await Promise.all(
        [false, true].map((trained) => extractCase({ ...one, file, inputs }, trained)),
      );
      assert.ok(plain?.ok && training?.ok);
      const plan = planPrice(finding, { graph: plain.graph, training: training.graph });
      for (const [name, wanted] of [
        ['written', one.written],
        ['mended', one.mended],
      ] as const) {
        const got = await measure(plan, plan[name], one);
        for (const quantity of plan.quantities) {
          const [value, judged] = [got[quantity], wanted[quantity]];
          if (name === 'mended' && quantity === 'dead') continue;
          assert.ok(value !== undefined && judged !== undefined, `${name} ${quantity}: ${value}, ${judged}`);
          assert.ok(Math.abs(value - judged) <= 1e-4 * Math.abs(judged), `${name} ${quantity}: ${value}, ${judged}`);
        }
      }
    });
  }

  it('are the same where the mistake is harmless, for both have the same weights, inputs and targets', async () => {
    const [report] = await pricesOf(`${head}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.last = nn.Linear(6, 4)

    def forward(self, x):
        return F.log_softmax(self.last(x), dim=1)

def train(x, y):
    return F.cross_entropy(Net()(x), y)
`);
    assert.ok(report);
    assert.equal(report.subject.code, 'log-softmax-before-cross-entropy');
    for (const { written, mended } of report.quantities)
      for (const [i, value] of written.entries())
        assert.ok(Math.abs(value - (mended[i] ?? 0)) <= 1e-5 * Math.abs(value));
    assert.deepEqual(conclusions(report), ['The gradient at the last layer is about the same without LogSoftmax.']);
  });

  it('tell what was measured, for how many seeds, and what algebra says of the loss', async () => {
    const report = await pricesOf(text).then((all) => all.find(({ model }) => model === 'Classifier'));
    assert.ok(report);
    assert.equal(report.seeds, 8);
    assert.ok(report.quantities.every(({ written, mended }) => written.length === 8 && mended.length === 8));
    assert.deepEqual(report.least, { written: Math.log1p(6 / Math.E), mended: 0, classes: 7 });
    const [gradient, least] = conclusions(report);
    assert.match(gradient ?? '', /^The gradient at the last layer is \d[\d.]* times as large without Softmax/);
    assert.equal(least, 'With 7 classes the loss cannot fall below 1.17; without Softmax, it can reach 0.');
  });

  it('say that what the caller does was put behind the model', async () => {
    const report = await pricesOf(text).then((all) => all.find(({ model }) => model === 'Logits'));
    assert.ok(report?.subject.isAppended);
    assert.match(conclusions(report).at(-1) ?? '', /stands outside of the model/);
  });

  it('begin the mended model with the weights that the fix gives it', async () => {
    for (const [call, act] of [
      ["nn.init.kaiming_normal_(self.first.weight, nonlinearity='relu')", 'F.selu'],
      ["nn.init.kaiming_uniform_(self.first.weight, nonlinearity='relu')", 'F.selu'],
      ["nn.init.kaiming_normal_(self.first.weight, a=0.2, nonlinearity='leaky_relu')", 'nn.LeakyReLU(0.01)'],
      ["nn.init.xavier_uniform_(self.first.weight, gain=nn.init.calculate_gain('relu'))", 'torch.tanh'],
    ] as const) {
      const code = `${head}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(6, 24)
        self.last = nn.Linear(24, 3)
        ${call}

    def forward(self, x):
        return self.last(${act}(self.first(x)))
`;
      const [advice] = (await advise(testSyntax(), { file, text: code, version: 0 })).filter(({ code: found }) =>
        /init/.test(found),
      );
      assert.ok(advice, `${call} is found`);
      const edits = advice.fixes[0]?.edits;
      assert.ok(edits, `${call} has a fix`);
      const { mended, written } = planPrice(pricedFinding(advice, code), { graph: await graphOf(code) });
      const fixed = await graphOf(applyEdits(code, edits));
      const deviations = ({ storages }: Graph) =>
        storages.map(({ initialiser }) =>
          initialiser.kind === 'normal' ? initialiser.deviation : initialiser.kind === 'uniform' ? initialiser.high : 0,
        );
      const [got, wanted] = [deviations(mended.graph), deviations(fixed)];
      for (const [i, value] of got.entries())
        assert.ok(Math.abs(value - (wanted[i] ?? -1)) < 1e-6, `${call}: ${value}`);
      assert.notDeepEqual(got, deviations(written.graph));
    }
  });

  it('are refused where the model does not run the place', async () => {
    const two = `${text}
class Other(nn.Module):
    def __init__(self):
        super().__init__()
        self.last = nn.Linear(20, 3)

    def forward(self, x):
        return self.last(x)
`;
    const [first] = await findingsOf(two);
    assert.ok(first);
    const graph = await graphOf(two, 'Other');
    assert.throws(() => planPrice(first.finding, { graph }), /Other does not run this place/);
  });

  it('are of rules that exist', () => {
    const codes = new Set(rules.map(({ code }) => code));
    assert.deepEqual(
      pricedCodes.filter((code) => !codes.has(code)),
      [],
    );
  });
});

describe('what follows from algebra', () => {
  const messagesOf = async (code: string) =>
    (await advise(testSyntax(), { file, text: `${head}${code}`, version: 0 })).map(({ message }) => message).join('\n');

  it('stands in the messages where the code tells the sizes', async () => {
    const pair = await messagesOf('model = nn.Sequential(nn.Linear(784, 256), nn.Linear(256, 10))\n');
    assert.match(pair, new RegExp(`Its ${784 * 10} weights would do what these ${784 * 256 + 256 * 10} do`));
    const shares = await messagesOf(`
def train(x, y):
    model = nn.Sequential(nn.Linear(8, 5), nn.Softmax(dim=1))
    return F.binary_cross_entropy_with_logits(model(x), y)
`);
    const least = (Math.log1p(Math.exp(-1)) + 4 * Math.LN2) / 5;
    assert.ok(shares.includes(`one of 5 classes is true the loss cannot fall below ${least.toFixed(2)}`), shares);
  });
});

describe('least losses', () => {
  it('are reached by the scores that are best, and by no others', () => {
    const loss = (shares: readonly number[]) =>
      shares.reduce((sum, p, i) => sum + Math.log1p(Math.exp(i === 0 ? -p : p)), 0) / shares.length;
    for (const classes of [2, 5, 30]) {
      const best = leastLogisticOfSoftmax(classes);
      assert.ok(Math.abs(loss([1, ...new Array<number>(classes - 1).fill(0)]) - best) < 1e-12);
      for (let seed = 0; seed < 200; seed++) {
        const raw = Array.from(mixed(`shares${seed}`, classes), (u) => Math.exp(6 * u));
        const sum = raw.reduce((total, each) => total + each, 0);
        assert.ok(loss(raw.map((each) => each / sum)) >= best);
      }
    }
    const { yes, no } = leastLogistic(0, 1);
    assert.ok(Math.abs(yes - 0.3132616875) < 1e-9 && Math.abs(no - Math.LN2) < 1e-12);
  });
});

describe('the model of code without imports', () => {
  const snippet = `class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.last = nn.Linear(6, 4)

    def forward(self, x):
        return F.softmax(self.last(torch.tanh(x)), dim=1)
`;

  it('is read with what everybody calls the modules of PyTorch', async () => {
    const { nodes } = await graphOf(snippet);
    assert.deepEqual(
      nodes.map(({ op }) => (op.kind === 'activation' ? op.activation : op.kind)),
      ['tanh', 'linear', 'softmax'],
    );
    const [line] = nodes.map(({ source }) => source?.line);
    assert.equal(line, 6, 'lines are those of the snippet');
  });

  it('is not read so where the file binds a name itself, or brings others by a star', async () => {
    for (const first of ['nn = None\n', 'from mine import *\n']) await assert.rejects(graphOf(first + snippet), first);
  });
});

describe('the model of a finding', () => {
  it('is the one in whose code it stands, or that the code around it names', async () => {
    const found = await findingsOf(text);
    assert.deepEqual(
      found.map(({ expression }) => expression),
      cases.map(({ expression }) => expression),
    );
  });

  it('is run by scripts, functions and training steps, and is not by its own methods', () => {
    const lines = [
      'class Net(nn.Module):',
      '    def forward(self, x):',
      '        return self.head(x)',
      '    def head(self, x):',
      '        return torch.softmax(x, 1)',
      '    def training_step(self, batch):',
      '        return loss(torch.softmax(self(batch), 1))',
      'def train(model):',
      '    for x in data:',
      '        y = torch.softmax(model(x), 1)',
      'y = torch.softmax(net(x), 1)',
    ].join('\n');
    assert.deepEqual(
      [2, 4, 6, 9, 10].map((line) => isOutsideModels(lines, line)),
      [false, false, true, true, true],
    );
  });
});

it('figures have three digits', () => {
  assert.deepEqual([0, 1, 12.3456, 0.000123456, 1e-9, 2e7].map(figure), [
    '0',
    '1',
    '12.3',
    '0.000123',
    '1.0e-9',
    '2.0e+7',
  ]);
});

it('pages of rules say what is measured, where something is', () => {
  const pages = ['', '.zh-cn'].flatMap((suffix) =>
    rules.map(({ code }) => [code, readFileSync(inRoot('docs', 'rules', `${code}${suffix}.md`), 'utf8')] as const),
  );
  const telling = pages.filter(([, page]) => /lint --measure/.test(page)).map(([code]) => code);
  assert.deepEqual(telling.sort(), [...pricedCodes, ...pricedCodes].sort());
});
