import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type Extraction, extractModel } from '../../src/extract/extract';
import { parseInputSpec } from '../../src/extract/spec';
import { initialise } from '../../src/graph/initialise';
import type { Graph, TensorData } from '../../src/graph/types';
import { backward, gradientOf } from '../support/backward';
import { type Dense, evaluate } from '../support/evaluate';
import { inRoot } from '../support/paths';
import { MemorySource } from '../support/python';
import { testSyntax } from '../support/syntax';

interface Case {
  readonly model: string;
  readonly inputs: readonly string[];
  readonly state: Readonly<Record<string, readonly number[]>>;
  readonly outputs: readonly { readonly shape: readonly number[]; readonly data: readonly number[] }[];
}

const folder = inRoot('test', 'fixtures', 'geometric');
const cases: readonly Case[] = JSON.parse(readFileSync(`${folder}/expected.json`, 'utf8'));
const models = readFileSync(`${folder}/models.py`, 'utf8');

const read = (expression: string | undefined, inputs?: readonly string[], text = models) =>
  extractModel({
    syntax: testSyntax(),
    source: new MemorySource({ 'models.py': text }),
    file: 'models.py',
    expression,
    inputs: inputs?.map(parseInputSpec),
  });

function graphOf(found: Extraction): Graph {
  assert.ok(found.ok, found.ok ? '' : found.problem.message);
  return found.graph;
}

const shapeOf = (graph: Graph, value: number) => graph.values[value]?.type.shape ?? [];

/** Weights that make.py fills its models with, too. */
function fill(graph: Graph): TensorData[] {
  const data = initialise(graph, 0);
  const state = graph.state.filter(({ persistent }) => persistent);
  for (const [i, { name, storage }] of state.entries()) {
    const type = graph.storages[storage]?.type;
    if (!type?.dtype.includes('float')) continue;
    const count = type.shape.reduce((product, size) => product * size, 1);
    data[storage] = Float32Array.from({ length: count }, (_, k) => {
      const value = Math.sin(k * 1.7 + i) * 0.5;
      return name.endsWith('running_var') ? Math.abs(value) + 0.5 : value;
    });
  }
  return data;
}

function run(graph: Graph): Dense[] {
  const known = new Map<number, Dense>();
  const give = (value: number, data: ArrayLike<number>) =>
    known.set(value, { shape: shapeOf(graph, value), data: Float64Array.from(data) });
  for (const [id, data] of fill(graph).entries()) give(graph.storages[id]?.value ?? -1, data);
  for (const { value, data } of graph.example ?? []) give(value, data);
  evaluate(graph, known);
  return graph.outputs.map(({ value }) => known.get(value) ?? assert.fail('an output is missing'));
}

describe('models of PyTorch Geometric, without the library', () => {
  for (const { model, inputs, state, outputs } of cases)
    it(`have its state and compute what it does: ${model}`, async () => {
      const graph = graphOf(await read(model, inputs));
      const own = graph.state.filter(({ persistent }) => persistent);
      assert.deepEqual(
        own.map(({ name, storage }) => [name, graph.storages[storage]?.type.shape]),
        Object.entries(state),
      );
      const found = run(graph);
      assert.deepEqual(
        found.map(({ shape }) => shape),
        outputs.map(({ shape }) => shape),
      );
      for (const [i, { data }] of outputs.entries())
        data.forEach((each, at) => {
          const value = found[i]?.data[at] ?? Number.NaN;
          assert.ok(Math.abs(value - each) <= 1e-5 * Math.max(1, Math.abs(each)), `${i}[${at}]: ${value}, not ${each}`);
        });
    });

  const alone: Readonly<Record<string, string>> = {
    GCN: 'x 8x5',
    WeightedGCN: 'x 8x5, edge_weight 16',
    SAGE: 'x 8x5',
    GAT: 'x 8x5',
    EdgeAttention: 'x 8x5, edge_attr 16x2',
    GIN: 'data.x 8x5',
    Pools: 'x 8x5, edge_attr 16x3, batch 8',
    Steps: 'x 8x5',
    Own: 'x 8x5, edge_attr 16x3',
    Chain: 'x 8x5',
    Whole: 'x 8x5',
    Pairs: 'x 8x5',
  };
  for (const [model, expected] of Object.entries(alone))
    it(`are fed with a graph, which is said: ${model}`, async () => {
      const graph = graphOf(await read(model));
      const fed = graph.inputs.map(({ name, value }) => `${name} ${shapeOf(graph, value).join('x')}`);
      assert.equal(fed.join(', '), expected);
      assert.match(
        graph.notes.map(({ message }) => message).join('\n'),
        /The input is (?:a graph of 8 nodes in a ring with 16 edges: the model is read for these|two graphs of 4 nodes in rings: the model is read for their) edges/,
      );
      for (const { data } of run({ ...graph, example: exampleOf(graph) })) assert.ok(data.every(Number.isFinite));
    });

  it('hand their gradients through messages', async () => {
    for (const model of ['GCN', 'MaxSAGE', 'GAT', 'Own']) {
      const graph = graphOf(await read(model, cases.find((each) => each.model === model)?.inputs));
      const names = graph.state.flatMap(({ name, kind }) => (kind === 'parameter' ? [name] : []));
      const found = backward(graph, new Set(names)).outputs.map(({ name }) => name);
      for (const name of names) assert.ok(found.includes(gradientOf(name)), `${model}: ${name}`);
    }
  });

  it('name what only the library itself has', async () => {
    const text = (from: string, name: string, use: string) => `import torch.nn as nn
from ${from} import ${name}
from torch_geometric.nn.norm import GraphNorm
from torch_geometric.utils.num_nodes import maybe_num_nodes
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = GraphNorm(4)
        ${use}
    def forward(self, x, edge_index):
        return self.a(x) * maybe_num_nodes(edge_index, x.size(0))
`;
    for (const [from, name] of [
      ['torch_geometric.nn', 'HGTConv'],
      ['torch_geometric.nn.conv', 'RGCNConv'],
      ['torch_geometric.nn', 'global_sort_pool'],
    ] as const) {
      const found = await read('Net', ['6x4', 'tensor([[0], [1]])'], text(from, name, `self.b = ${name}(4, 4, 2)`));
      assert.ok(!found.ok);
      assert.match(
        found.problem.message,
        new RegExp(`${name} is read from PyTorch Geometric's own text alone; select`),
      );
      graphOf(await read('Net', ['6x4', 'tensor([[0], [1]])'], text(from, name, 'pass')));
    }
  });

  it('refuse edges that only a run knows where loops are to be told from others', async () => {
    const found = await read('GCN', ['6x5', '2x8:int64']);
    assert.ok(!found.ok);
    assert.match(found.problem.message, /depends on the values of edge_index/);
    const free = graphOf(await read('SAGE', ['6x5', '2x8:int64']));
    assert.deepEqual(
      free.inputs.map(({ name }) => name),
      ['x', 'edge_index'],
    );
  });
});

/** Ones for what is not known. */
const exampleOf = (graph: Graph) =>
  graph.inputs.map(({ value }) => {
    const known = graph.example?.find((each) => each.value === value);
    const count = shapeOf(graph, value).reduce((product, size) => product * size, 1);
    return known ?? { value, data: new Float32Array(count).fill(1) };
  });

describe('scripts that train graph networks', () => {
  const script = (classes: string, making: string) => `import torch
import torch.nn.functional as F
import torch_geometric.transforms as T
from torch_geometric.datasets import Planetoid
from torch_geometric.loader import NeighborLoader
from torch_geometric.nn import GATConv, GCNConv
dataset = Planetoid(root='data/Cora', name='Cora', transform=T.NormalizeFeatures())
data = dataset[0]
loader = NeighborLoader(data, num_neighbors=[10, 10], batch_size=32)
${classes}
${making}
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
def train():
    model.train()
    out = model(data.x, data.edge_index)
    loss = F.cross_entropy(out[data.train_mask], data.y[data.train_mask])
    loss.backward()
    optimizer.step()
for epoch in range(200):
    train()
`;
  const net = `class Net(torch.nn.Module):
    def __init__(self, features, hidden, classes, heads):
        super().__init__()
        self.a = GATConv(features, hidden, heads, dropout=0.6)
        self.b = GCNConv(hidden * heads, classes)
    def forward(self, x, edge_index):
        x = F.elu(self.a(F.dropout(x, p=0.6, training=self.training), edge_index))
        return self.b(x, edge_index)`;
  it('are read by what is known of their set of graphs', async () => {
    const found = await read(
      undefined,
      undefined,
      script(net, 'model = Net(dataset.num_features, 8, dataset.num_classes, heads=2)'),
    );
    const graph = graphOf(found);
    assert.deepEqual(shapeOf(graph, graph.inputs[0]?.value ?? -1), [8, 1433]);
    assert.deepEqual(shapeOf(graph, graph.outputs[0]?.value ?? -1), [8, 7]);
    assert.deepEqual(
      graph.notes.map(({ message }) => message).filter((each) => each.includes('dropout')),
      [],
    );
  });

  it('ask for the numbers of one that is not', async () => {
    const text = script(net, 'model = Net(dataset.num_features, 8, dataset.num_classes, heads=2)').replaceAll(
      "'Cora'",
      "'Mine'",
    );
    const found = await read('Net', undefined, text);
    assert.ok(!found.ok);
    assert.match(found.problem.message, /features, hidden, classes|how many features and classes Mine has/);
  });
});

describe('torch_scatter', () => {
  it('gives what its documentation shows', async () => {
    const text = `import torch, torch.nn as nn
from torch_scatter import scatter, scatter_add, scatter_max, scatter_mean, scatter_softmax
class Net(nn.Module):
    def forward(self, src, index):
        out, arg = scatter_max(src, index, dim=-1)
        return out, arg, scatter_mean(src, index[0], dim=1), scatter_softmax(src, index), scatter(src, index, reduce='min')
`;
    const inputs = [
      'tensor([[2.0, 0.0, 1.0, 4.0, 3.0], [0.0, 2.0, 1.0, 3.0, 4.0]])',
      'tensor([[4, 5, 4, 2, 3], [0, 0, 2, 2, 1]])',
    ];
    const [out, arg, mean, share, least] = run(graphOf(await read('Net', inputs, text)));
    assert.deepEqual(Array.from(out?.data ?? []), [0, 0, 4, 3, 2, 0, 2, 4, 3, 0, 0, 0]);
    assert.deepEqual(Array.from(arg?.data ?? []), [5, 5, 3, 4, 0, 1, 1, 4, 3, 5, 5, 5]);
    assert.deepEqual(Array.from(mean?.data ?? []), [0, 0, 4, 3, 1.5, 0, 0, 0, 3, 4, 0.5, 2]);
    const e = Math.exp(1);
    assert.ok(Math.abs((share?.data[0] ?? 0) - e / (e + 1)) < 1e-6);
    assert.deepEqual(Array.from(least?.data ?? []), [0, 0, 4, 3, 1, 0, 0, 4, 1, 0, 0, 0]);
  });
});
