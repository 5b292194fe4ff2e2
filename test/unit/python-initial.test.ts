import assert from 'node:assert/strict';
import { extractModel } from '../../src/extract/extract';
import { initialise } from '../../src/graph/initialise';
import { MemorySource } from '../support/python';
import { testSyntax } from '../support/syntax';

/** First values of a model's state by name; `lines` stand in its constructor. */
async function stateOf(...lines: string[]): Promise<ReadonlyMap<string, readonly number[]>> {
  const extraction = await read(lines, 'return x');
  assert.ok(extraction.ok, extraction.ok ? '' : extraction.problem.message);
  const { graph } = extraction;
  const values = initialise(graph, 1);
  return new Map(graph.state.map(({ name, storage }) => [name, Array.from(values[storage] ?? [])]));
}

function read(lines: readonly string[], forward: string) {
  const text = [
    'import copy, math, torch',
    'import torch.nn as nn',
    'class Model(nn.Module):',
    '    def __init__(self):',
    '        super().__init__()',
    ...lines.map((line) => `        ${line}`),
    '    def forward(self, x):',
    `        ${forward}`,
  ].join('\n');
  return extractModel({
    syntax: testSyntax(),
    source: new MemorySource({ 'model.py': text }),
    file: 'model.py',
    expression: 'Model()',
    inputs: [{ shape: [2, 3], dtype: 'float32' }],
  });
}

const problem = async (lines: readonly string[], forward: string) => {
  const extraction = await read(lines, forward);
  return extraction.ok ? 'none' : extraction.problem.message;
};

const within = (values: readonly number[] | undefined, low: number, high: number) =>
  values !== undefined && values.length > 0 && values.every((value) => value >= low && value <= high);

describe('first values of what a constructor writes', () => {
  it('come from what was drawn, scaled, shifted and laid out anew', async () => {
    const state = await stateOf(
      'self.a = nn.Parameter(16 ** -0.5 * torch.randn(40, 50))',
      'self.b = nn.Parameter((torch.rand(2000) * 2 - 1) / 4)',
      'self.c = nn.Parameter(-torch.rand(3, 100).t().reshape(10, 30))',
      'self.d = nn.Parameter(torch.ones([]) * math.log(1 / 0.07))',
      'self.e = nn.Linear(2, 3); self.e.bias.data = nn.functional.pad(self.e.bias.data, (0, 0))',
    );
    const a = state.get('a') ?? [];
    assert.ok(Math.abs(Math.sqrt(a.reduce((sum, x) => sum + x * x, 0) / a.length) - 0.25) < 0.02);
    const b = state.get('b');
    assert.ok(within(b, -0.25, 0.25) && Math.min(...(b ?? [])) < -0.2 && Math.max(...(b ?? [])) > 0.2);
    assert.ok(within(state.get('c'), -1, 0));
    assert.ok(within(state.get('d'), 2.65, 2.66));
    assert.ok(within(state.get('e.bias'), -Math.SQRT1_2, Math.SQRT1_2));
  });

  it('are computed from what was drawn, by the same draws', async () => {
    const state = await stateOf(
      'self.f = nn.Parameter(torch.randn(1, 4).expand(3, 4) + torch.randn(3, 1))',
      'self.a = nn.Linear(5, 4)',
      'self.norms = nn.Parameter(self.a.weight.norm(dim=1))',
      'self.unit = nn.Linear(5, 4); self.unit.weight.data = self.unit.weight / self.unit.weight.norm(dim=1, keepdim=True)',
      'self.table = nn.Embedding(3, 4, _weight=torch.rand(3, 4).sort(dim=1).values)',
      'self.mask = nn.Linear(3, 3); self.mask.weight.data *= torch.tril(torch.ones(3, 3))',
      'self.w = nn.utils.weight_norm(nn.Linear(5, 4))',
    );
    const [f, a, unit] = ['f', 'a.weight', 'unit.weight'].map((name) => state.get(name) ?? []);
    const row = (values: readonly number[] | undefined, n: number, width: number) =>
      (values ?? []).slice(n * width, (n + 1) * width);
    const norm = (values: readonly number[]) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));
    const near = (x: number | undefined, y: number | undefined) => Math.abs((x ?? Number.NaN) - (y ?? 0)) < 1e-5;
    // Rows of a sum of a row and a column differ by a constant.
    const steps = row(f, 0, 4).map((x, i) => x - (row(f, 1, 4)[i] ?? 0));
    assert.ok(steps.every((x) => near(x, steps[0])) && !near(steps[0], 0));
    for (let n = 0; n < 4; n++) {
      assert.ok(near(state.get('norms')?.[n], norm(row(a, n, 5))));
      assert.ok(near(norm(row(unit, n, 5)), 1));
      assert.ok(near(state.get('w.weight_g')?.[n], norm(row(state.get('w.weight_v'), n, 5))));
    }
    const table = row(state.get('table.weight'), 1, 4);
    assert.deepEqual(
      table,
      table.toSorted((x, y) => x - y),
    );
    assert.equal(state.get('mask.weight')?.filter((x) => x === 0).length, 3);
  });

  it('are drawn, with a note, where they cannot be followed', async () => {
    const found = await read(
      ['self.w = nn.Parameter(nn.functional.conv1d(torch.randn(1, 1, 6), torch.randn(1, 1, 3)))'],
      'return x',
    );
    assert.ok(found.ok, found.ok ? '' : found.problem.message);
    assert.match(found.graph.notes.map(({ message }) => message).join(), /are not followed; others of the same shape/);
  });

  it('are truncated normals where they are drawn by the inverse of erf, as old PyTorch and libraries do', async () => {
    const state = await stateOf(
      'cut = lambda x: (1 + math.erf(x / math.sqrt(2))) / 2',
      'self.a = nn.Linear(40, 50); w = self.a.weight',
      'with torch.no_grad():',
      '    low, high = cut((-2 - 0.5) / 1), cut((2 - 0.5) / 1)',
      '    w.uniform_(2 * low - 1, 2 * high - 1)',
      '    w.erfinv_().mul_(1.0 * math.sqrt(2)).add_(0.5).clamp_(min=-2, max=2)',
      'self.b = nn.Parameter(torch.erfinv(torch.rand(2000) * 2 - 1))',
    );
    const a = state.get('a.weight') ?? [];
    assert.ok(within(a, -2, 2) && Math.max(...a) > 1.9);
    // The mean of N(0.5, 1) between −2 and 2.
    const mean = a.reduce((sum, x) => sum + x, 0) / a.length;
    assert.ok(Math.abs(mean - 0.3792) < 0.08, String(mean));
    const b = state.get('b') ?? [];
    assert.ok(Math.abs(b.reduce((sum, x) => sum + x * x, 0) / b.length - 0.5) < 0.06);
  });

  it('come from the initialiser, whole or in part', async () => {
    const state = await stateOf(
      'self.a = nn.Linear(3, 4)',
      'nn.init.zeros_(self.a.weight[1])',
      'self.a.bias.data[2:].fill_(7)',
      'self.b = nn.Embedding(3, 2, padding_idx=1)',
      'self.c = nn.Parameter(torch.empty(2, 3)); nn.init.constant_(self.c, 0.5); self.c.data[:, 1] *= 4',
      'w = torch.empty(3); self.d = nn.Parameter(w); nn.init.ones_(w)',
      'self.e = nn.Linear(3, 3); nn.init.zeros_(self.e.weight); self.e.weight.data.diagonal().fill_(1)',
    );
    assert.deepEqual(state.get('e.weight'), [1, 0, 0, 0, 1, 0, 0, 0, 1]);
    assert.deepEqual(state.get('a.weight')?.slice(3, 6), [0, 0, 0]);
    assert.ok(within(state.get('a.weight')?.slice(6), -Math.sqrt(1 / 3), Math.sqrt(1 / 3)));
    assert.notEqual(state.get('a.weight')?.[0], 0);
    assert.deepEqual(state.get('a.bias')?.slice(2), [7, 7]);
    assert.deepEqual(state.get('b.weight')?.slice(2, 4), [0, 0]);
    assert.deepEqual(state.get('c'), [0.5, 2, 0.5, 0.5, 2, 0.5]);
    assert.deepEqual(state.get('d'), [1, 1, 1]);
  });

  it('stay random through sums and products with numbers', async () => {
    const state = await stateOf(
      'self.a = nn.Parameter(torch.rand(50) * 2 + 5)',
      'self.b = nn.Parameter((torch.rand(2, 25) - 0.5).t() / 10)',
      'self.c = nn.Linear(50, 1); self.c.weight.data.uniform_(-1, 1).mul_(0.1).add_(3)',
      'self.register_buffer("d", torch.randn(4, 4)); self.d[0] = 0',
    );
    assert.ok(within(state.get('a'), 5, 7));
    assert.ok(within(state.get('b'), -0.05, 0.05));
    assert.ok(within(state.get('c.weight'), 2.9, 3.1));
    assert.deepEqual(state.get('d')?.slice(0, 4), [0, 0, 0, 0]);
    assert.ok(
      state
        .get('d')
        ?.slice(4)
        .every((value) => value !== 0),
    );
  });

  it('are those of tables that are computed, and can be filled by a checkpoint', async () => {
    const state = await stateOf(
      'pe = torch.zeros(4, 4)',
      'p = torch.arange(4).unsqueeze(1)',
      'pe[:, 0::2] = torch.sin(p * torch.tensor([1.0, 0.1]))',
      'pe[:, 1::2] = torch.cos(p * torch.tensor([1.0, 0.1]))',
      'self.register_buffer("pe", pe.unsqueeze(0).transpose(0, 1))',
      'mask = torch.full((3, 3), float("-inf")); mask = torch.triu(mask, diagonal=1)',
      'self.register_buffer("mask", mask, persistent=False)',
    );
    const expected = [0, 1, 2, 3].flatMap((p) => [Math.sin(p), Math.cos(p), Math.sin(p / 10), Math.cos(p / 10)]);
    const differences = expected.map((value, i) => Math.abs(value - (state.get('pe')?.[i] ?? Number.NaN)));
    assert.ok(Math.max(...differences) < 1e-6);
    assert.deepEqual(state.get('mask')?.slice(0, 3), [0, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  });

  it('of copies are the copy’s own, and ties stay ties', async () => {
    const extraction = await read(
      [
        'self.a = nn.Sequential(nn.Linear(3, 3), nn.LeakyReLU(0.3))',
        'self.b = copy.deepcopy(self.a)',
        'nn.init.zeros_(self.b[0].weight)',
        'self.c = nn.Linear(3, 3)',
        'self.c.weight = nn.Parameter(self.a[0].weight)',
      ],
      'return self.b(self.a(x))',
    );
    assert.ok(extraction.ok);
    const { state, nodes } = extraction.graph;
    const at = (name: string) => state.find((entry) => entry.name === name)?.storage;
    assert.notEqual(at('a.0.weight'), at('b.0.weight'));
    assert.equal(at('a.0.weight'), at('c.weight'));
    const slopes = nodes.flatMap(({ op }) => (op.kind === 'activation' ? [op.parameters.negative_slope] : []));
    assert.deepEqual(slopes, [0.3, 0.3]);
  });

  it('are scaled by the gain that PyTorch calculates', async () => {
    const gains = ["'linear'", "'conv_transpose2d'", "'sigmoid'", "'tanh'", "'relu'", "'leaky_relu', 0.2", "'selu'"];
    const list = gains.map((each) => `nn.init.calculate_gain(${each})`).join(', ');
    const state = await stateOf(`self.gains = nn.Parameter(torch.tensor([${list}]))`);
    const expected = [1, 1, 1, 5 / 3, Math.SQRT2, Math.sqrt(2 / 1.04), 3 / 4].map(Math.fround);
    assert.deepEqual(state.get('gains'), expected);
    const message = await problem(["nn.init.calculate_gain('gelu')"], 'return x');
    assert.match(message, /ValueError: Unsupported nonlinearity gelu/);
  });

  it('are refused where the run would write them and gradients see it', async () => {
    assert.match(
      await problem(['self.w = nn.Linear(3, 3)'], 'self.w.weight.mul_(0.5); return self.w(x)'),
      /Overwriting a parameter while the model runs/,
    );
  });
});

describe('writing where PyTorch refuses', () => {
  const cases: readonly (readonly [code: string, message: RegExp])[] = [
    ['y = x.expand(4, 2, 3); y += 1; return y', /more than one element of the written-to tensor/],
    ['y = torch.zeros(3); y += x; return y', /output with shape \[3\] doesn't match the broadcast shape \[2, 3\]/],
    ['y = torch.arange(3); y += 0.5; return x + y', /result type Float can't be cast to the desired output type Long/],
    ['return x.t().view(6)', /view size is not compatible with input tensor's size and stride/],
    ['y = x.clone(); y[5] = 1; return y', /index 5 is out of bounds for dimension 0 with size 2/],
    ['return x[:, torch.tensor([0, 3])]', /index 3 is out of bounds for dimension 1 with size 3/],
    ['y = x.clone(); y[:, :2] = torch.ones(2, 3); return y', /expanded size of the tensor \(2\) must match/],
    ['return x[x > 0]', /The size of what a mask picks out depends on the values of x/],
    ['y = x.clone(); y[y > 0] = torch.ones(3); return y', /several values is written through a mask/],
    ['y = x.clone(); m = y > 0; y[m] = y[m] + torch.ones(1, 3)[m]; return y', /what a mask picks out depends/],
  ];
  for (const [code, message] of cases) {
    it(code, async () => assert.match(await problem([], code), message));
  }
});
