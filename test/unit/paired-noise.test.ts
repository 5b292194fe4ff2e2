import assert from 'node:assert/strict';
import { catalogue, defaultParameters } from '../../src/activations/catalogue';
import { activationRules } from '../../src/activations/differentiation';
import { extractModel } from '../../src/extract/extract';
import { initialise } from '../../src/graph/initialise';
import { swap } from '../../src/graph/swap';
import { type TrainingGraph, trainingGraph } from '../../src/graph/train';
import { trainingStep } from '../../src/graph/trainingStep';
import type { Graph, TensorData } from '../../src/graph/types';
import { MemorySource } from '../support/python';
import { testSyntax } from '../support/syntax';

/** Every kind of mask, noise of the model's own, and weights before, between and behind the activations. */
const text = `
import torch
import torch.nn as nn
import torch.nn.functional as F

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.norm = nn.BatchNorm2d(8)
        self.act = nn.ReLU()
        self.drop = nn.Dropout2d(0.3)
        self.attend = nn.MultiheadAttention(8, 2, dropout=0.2, batch_first=True)
        self.widen = nn.Linear(8, 16)
        self.head = nn.Linear(8, 4)

    def forward(self, x):
        x = self.drop(self.act(self.norm(self.conv(x))))
        x = x.flatten(2).transpose(1, 2)
        x = F.dropout(F.relu(self.attend(x, x, x)[0]), 0.1, self.training)
        x = x + 0.1 * torch.randn(4, 16, 8)
        return self.head(F.alpha_dropout(F.glu(self.widen(x)), 0.5, self.training)).mean(1)
`;

async function model(): Promise<Graph> {
  const extraction = await extractModel({
    syntax: testSyntax(),
    source: new MemorySource({ 'model.py': text }),
    file: 'model.py',
    expression: 'Model()',
    inputs: [{ shape: [4, 3, 6, 6], dtype: 'float32' }],
    training: true,
  });
  assert.ok(extraction.ok, extraction.ok ? '' : extraction.problem.message);
  return extraction.graph;
}

interface Drawn {
  readonly state: ReadonlyMap<string, TensorData | undefined>;
  readonly noise: readonly (TensorData | undefined)[];
}

function drawn(graph: Pick<TrainingGraph, 'noise'> & Graph, seed: number): Drawn {
  const values = initialise(graph, seed);
  return {
    state: new Map(graph.state.map(({ name, storage }) => [name, values[storage]])),
    noise: graph.noise.map((storage) => values[storage]),
  };
}

const stepOf = (graph: TrainingGraph) =>
  trainingStep(
    graph,
    { kind: 'mse' },
    { kind: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0 },
    activationRules,
  );

describe('what is drawn at random', () => {
  let written: Graph;
  before(async () => {
    written = await model();
  });

  it('is the same for a candidate as for the model as written, whatever the candidate learns', () => {
    const base = trainingGraph(written);
    assert.deepEqual(
      base.noise.map((storage) => base.storages[storage]?.type.shape),
      [
        [4, 8, 1, 1],
        [4, 2, 16, 16],
        [4, 16, 8],
        [4, 16, 8],
        [4, 16, 8],
      ],
      'Dropout2d, attention, dropout, torch.randn, alpha dropout',
    );
    const placesOf = (activation: string) =>
      written.nodes.flatMap(({ op }, i) => (op.kind === 'activation' && op.activation === activation ? [i] : []));
    const [relus, glus] = [placesOf('relu'), placesOf('glu')];
    assert.deepEqual([relus.length, glus.length], [2, 1]);
    const entries = [...catalogue.values()];
    const learning = entries.filter(({ learned, shape }) => learned && shape === 'elementwise');
    assert.ok(learning.length >= 5);
    const gated = entries.filter(({ shape }) => shape === 'gated');
    assert.ok(gated.length >= 5);
    for (const [places, entry] of [
      ...learning.map((each) => [relus, each] as const),
      ...gated.map((each) => [glus, each] as const),
    ]) {
      const candidate = trainingGraph(swap(written, places, entry, defaultParameters(entry)));
      if (entry.learned) assert.ok(candidate.state.length > base.state.length, entry.id);
      for (const seed of [0, 7920]) {
        const [ours, theirs] = [drawn(base, seed), drawn(candidate, seed)];
        assert.deepEqual(theirs.noise, ours.noise, entry.id);
        assert.deepEqual(drawn(stepOf(candidate), seed).noise, ours.noise, `${entry.id}: a step of training`);
        for (const [name, values] of ours.state)
          assert.deepEqual(theirs.state.get(name), values, `${entry.id}: ${name}`);
      }
    }
  });

  it('is another stream for each mask, each weight and each seed', () => {
    const graph = trainingGraph(written);
    const firsts = [0, 1].flatMap((seed) => {
      const { state, noise } = drawn(graph, seed);
      const weights = [...state].flatMap(([name, values]) =>
        /norm|in_proj_bias|out_proj.bias/.test(name) ? [] : [values],
      );
      return [...weights, ...noise].map((values) => values?.[0]);
    });
    assert.equal(firsts.length, 2 * 13);
    assert.equal(new Set(firsts).size, firsts.length);
  });
});
