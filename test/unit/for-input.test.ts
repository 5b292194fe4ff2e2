import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { catalogue, defaultParameters, findActivation } from '../../src/activations/catalogue';
import { type Extraction, extractModel } from '../../src/extract/extract';
import { parseInputSpec } from '../../src/extract/spec';
import { readInTraining } from '../../src/extract/training';
import { GraphBuilder } from '../../src/graph/builder';
import { ModelValues } from '../../src/graph/evaluate/model';
import { initialise } from '../../src/graph/initialise';
import type { Graph } from '../../src/graph/types';
import { randomInputs } from '../../src/run/inputs';
import { whyUntaught } from '../../src/run/measures/learning';
import { Draw, elementsOf, type OperatorCase } from '../support/drawInputs';
import { drawActivation, drawOperator } from '../support/drawOperators';
import { type Dense, evaluate } from '../support/evaluate';
import { inRoot } from '../support/paths';
import { MemorySource } from '../support/python';
import { testSyntax } from '../support/syntax';

interface Case {
  readonly model: string;
  /** Of a body of `forward`, instead of a model. */
  readonly body?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly { readonly shape: readonly number[]; readonly data: readonly number[] }[];
}

const folder = inRoot('test', 'fixtures', 'forInput');
const all: readonly Case[] = JSON.parse(readFileSync(`${folder}/expected.json`, 'utf8'));
const cases = all.filter(({ body }) => body === undefined);
const bodies = all.filter(({ body }) => body !== undefined);
const text = readFileSync(`${folder}/models.py`, 'utf8');

const read = (expression: string, inputs: readonly string[] | undefined, forInput = true, source = text) =>
  extractModel({
    syntax: testSyntax(),
    source: new MemorySource({ 'model.py': source }),
    file: 'model.py',
    expression,
    inputs: inputs?.map(parseInputSpec),
    forInput,
  });

function graphOf(found: Extraction): Graph {
  assert.ok(found.ok, found.ok ? '' : found.problem.message);
  return found.graph;
}

/** What a graph computes of its example with its first weights, by the reference evaluator. */
function run(graph: Graph): Dense[] {
  const known = new Map<number, Dense>();
  const give = (value: number, data: ArrayLike<number>) =>
    known.set(value, { shape: graph.values[value]?.type.shape ?? [], data: Float64Array.from(data) });
  for (const [id, data] of initialise(graph, 0).entries()) give(graph.storages[id]?.value ?? -1, data);
  for (const { value, data } of graph.example ?? []) give(value, data);
  evaluate(graph, known);
  return graph.outputs.map(({ value }) => known.get(value) ?? assert.fail('an output is missing'));
}

describe('models that go by values, read for one input', () => {
  const plain = 'import torch.nn as nn\nNet = nn.Sequential(nn.Linear(3, 2), nn.ReLU())\n';
  const check = (graph: Graph, outputs: Case['outputs']) => {
    const found = run(graph);
    assert.deepEqual(
      found.map(({ shape }) => shape),
      outputs.map(({ shape }) => shape),
    );
    for (const [i, { data }] of outputs.entries())
      data.forEach((each, at) => {
        const own = found[i]?.data[at] ?? Number.NaN;
        assert.ok(Math.abs(own - each) <= 1e-5 * Math.max(1, Math.abs(each)), `${i}[${at}]: ${own}, not ${each}`);
      });
  };
  for (const [index, { model, inputs, outputs }] of cases.entries())
    it(`compute what PyTorch does: ${model} ${index}`, async () => check(graphOf(await read(model, inputs)), outputs));
  for (const { body = '', inputs, outputs } of bodies)
    it(`compute what PyTorch does: ${body}`, async () => {
      const head = ['import math', 'import numpy as np', 'import torch', 'import torch.nn as nn'];
      const lines = body.split('\n').map((line) => `        ${line}`);
      const source = [...head, 'import torch.nn.functional as F', 'class Net(nn.Module):', '    def forward(self, x):'];
      check(graphOf(await read('Net', inputs, true, [...source, ...lines, ''].join('\n'))), outputs);
    });

  for (const model of new Set(cases.map((each) => each.model)))
    it(`are refused for any, with the way out: ${model}`, async () => {
      const shapes = cases
        .find((each) => each.model === model)
        ?.inputs.map((each) => {
          const spec = parseInputSpec(each);
          return 'shape' in spec ? { shape: spec.shape, dtype: spec.dtype } : spec;
        });
      const found = await extractModel({
        syntax: testSyntax(),
        source: new MemorySource({ 'model.py': text }),
        file: 'model.py',
        expression: model,
        inputs: shapes,
      });
      assert.ok(!found.ok);
      assert.equal(found.problem.goesByValues, true, found.problem.message);
    });

  it("choose boxes by torchvision's operator as by a loop", async () => {
    const loop = text.slice(
      text.indexOf('        chosen = []'),
      text.indexOf('        return boxes[chosen], best[chosen]'),
    );
    const source = text.replace(loop, '        chosen = torch.ops.torchvision.nms(boxes, best, 0.3)\n');
    const of = cases.filter(({ model }) => model === 'Detector');
    assert.ok(of.length > 0 && source !== text);
    for (const { inputs } of of) {
      const [own, expected] = await Promise.all([source, text].map((each) => read('Detector', inputs, true, each)));
      assert.deepEqual(own && run(graphOf(own)), expected && run(graphOf(expected)));
    }
  });

  it('say so, and at which lines by what', async () => {
    const { notes, example } = graphOf(await read('Branch', cases[0]?.inputs));
    const told = notes.map(({ message, source }) => `${(source?.line ?? -1) + 1} ${message}`);
    assert.match(told[0] ?? '', /read for one input, with its first weights.*all that is measured is of this one/);
    const line = text.split('\n').findIndex((each) => each.includes('h.mean() > 0.1')) + 1;
    assert.ok(told.includes(`${line} Read for this input: what this line goes by is False`), told.join('\n'));
    assert.equal(example?.length, 1);
  });

  it('go by the weights of a checkpoint, where those are given', async () => {
    const kinds = ({ nodes }: Graph) => nodes.flatMap(({ op }) => (op.kind === 'activation' ? [op.activation] : []));
    const request = {
      syntax: testSyntax(),
      source: new MemorySource({ 'model.py': text }),
      file: 'model.py',
      expression: 'Branch',
      inputs: cases[0]?.inputs.map(parseInputSpec),
      forInput: true,
    };
    assert.deepEqual(kinds(graphOf(await extractModel(request))), ['tanh']);
    const weights = [{ name: 'a.bias', data: Float32Array.of(9, 9, 9) }];
    const graph = graphOf(await extractModel({ ...request, weights }));
    assert.deepEqual(kinds(graph), ['relu']);
    assert.match(graph.notes[0]?.message ?? '', /with the weights that were given/);
  });

  it('are measured with that input', async () => {
    const graph = graphOf(await read('Branch', cases[0]?.inputs));
    for (const seed of [0, 7]) assert.deepEqual(randomInputs(graph, seed)[0], graph.example?.[0]?.data);
    assert.match(whyUntaught(graph) ?? '', /read for one input: short training runs.*are left out/);
    assert.equal(whyUntaught(graphOf(await read('Net', ['1x3'], true, plain))), undefined);
  });

  it('that are not given values are read for one that is drawn, always the same', async () => {
    const [first, again] = await Promise.all([read('Experts', ['2x3x4']), read('Experts', ['2x3x4'])]);
    const graph = graphOf(first);
    assert.deepEqual(graph.example, graphOf(again).example);
    const data = Array.from(graph.example?.[0]?.data ?? []);
    assert.equal(data.length, 24);
    assert.ok(new Set(data).size > 20 && data.every((each) => Math.abs(each) < 5));
    // The same weights decide as are run.
    for (const { data: own } of run(graph)) assert.ok(own.every(Number.isFinite));
    const lengths = graphOf(await read('Lengths', ['2x5x3', 'lengths=2:int64']));
    assert.deepEqual(Array.from(lengths.example?.[1]?.data ?? []), [3, 3]);
  });

  it('keep what does not go by values as it is', async () => {
    const graph = graphOf(await read('Net', ['1x3'], true, plain));
    assert.equal(graph.example, undefined);
    assert.deepEqual(graph.notes, []);
  });

  it('give what the constructor drew no say', async () => {
    const drawn = `import torch, torch.nn as nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 2)
        if self.a.weight.sum() > 0:
            self.a = nn.Linear(3, 4)
    def forward(self, x):
        return self.a(x)
`;
    const found = await read('Net', ['1x3'], true, drawn);
    assert.ok(!found.ok);
    assert.match(found.problem.message, /drawn at random/);
  });

  it('are read in training by the statistics of the batch', async () => {
    const source = `import torch, torch.nn as nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(2)
    def forward(self, x):
        y = self.norm(x)
        return torch.relu(y) if y.max() > 3 else torch.tanh(y)
`;
    const inputs = ['tensor([[9.0, 1.0], [8.0, 2.0], [7.0, 0.0]])'].map(parseInputSpec);
    const request = {
      syntax: testSyntax(),
      source: new MemorySource({ 'model.py': source }),
      file: 'model.py',
      expression: 'Net',
      inputs,
      forInput: true,
    };
    const graph = graphOf(await extractModel(request));
    const kinds = ({ nodes }: Graph) => nodes.flatMap(({ op }) => (op.kind === 'activation' ? [op.activation] : []));
    assert.deepEqual(kinds(graph), ['relu']);
    const { graph: training } = await readInTraining(request, graph, inputs);
    assert.deepEqual(training && kinds(training), ['tanh']);
  });
});

describe('inputs that are given by value', () => {
  const source = `import torch, torch.nn as nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(9, 4)
    def forward(self, ids, mask, x):
        h = self.table(ids)
        return h[mask], torch.nonzero(ids == 3), x * ids.max()
`;
  it('are known where code goes by them, without being asked for', async () => {
    const inputs = ['tensor([3, 0, 3])', 'tensor([True, False, True])', 'tensor([2.0])'];
    const graph = graphOf(await read('Net', inputs, false, source));
    const shapes = graph.outputs.map(({ value }) => graph.values[value]?.type.shape);
    assert.deepEqual(shapes, [[2, 4], [2, 1], [1]]);
    // Nothing reads the mask any more.
    assert.deepEqual(
      graph.inputs.map(({ name }) => name),
      ['ids', 'x'],
    );
    assert.match(graph.notes.map(({ message }) => message).join('\n'), /ids has the values that were given/);
    assert.deepEqual(Array.from(randomInputs(graph, 1)[0] ?? []), [3, 0, 3]);
  });

  it('keep their shape where others are changed', async () => {
    const found = await read('Net', ['tensor([3])', 'tensor([True])', '1'], false, source);
    assert.ok(found.ok);
    assert.deepEqual(graphOf(found).values[graphOf(found).outputs[0]?.value ?? -1]?.type.shape, [1, 4]);
  });
});

/** What an operator makes of its inputs, computed while a model is read and by the reference evaluator. */
function bothOf({ op, inputs }: OperatorCase, seed: number): readonly [readonly Dense[], readonly Dense[]] {
  const builder = new GraphBuilder();
  const known = new Map<number, Dense>();
  const ids = inputs.map((input, i) => {
    if (!input) return null;
    const dtype = input.dtype ?? 'float64';
    const value = builder.input({ dtype, shape: input.shape });
    const data = Float64Array.from(input.data ?? elementsOf(input, i, seed), (each) =>
      dtype === 'float64' ? Math.fround(each) : each,
    );
    known.set(value, { shape: input.shape, data });
    return value;
  });
  const outputs = builder.emit(op, ids);
  const values = new ModelValues(builder, {
    elements: (value) => known.get(value)?.data ?? assert.fail(),
    activation: (inner, { activation, parameters }, [x, ...weights]) => {
      const entry = findActivation(activation) ?? assert.fail();
      return entry.forward(inner, x ?? assert.fail(), { ...defaultParameters(entry), ...parameters }, weights);
    },
    // Half of the draws go the one way, half the other.
    valueOf: ({ activation, parameters }) => {
      const entry = findActivation(activation) ?? assert.fail();
      const { value } = entry;
      return value && !entry.learned && seed % 2
        ? (x) => value(x, { ...defaultParameters(entry), ...parameters })
        : undefined;
    },
    spend: () => undefined,
    training: false,
  });
  const own = outputs.map((value) => ({
    shape: builder.type(value).shape,
    data: Float64Array.from(values.of(value)),
  }));
  const graph = builder.finish({ name: op.kind, inputs: [], outputs: [], state: [] });
  evaluate(graph, known);
  return [own, outputs.map((value) => known.get(value) ?? assert.fail())];
}

describe('operators that are computed while a model is read', () => {
  const check = (draw: (d: Draw) => OperatorCase, runs: number) =>
    fc.assert(
      fc.property(fc.gen(), (g) => {
        const d = new Draw(g);
        const drawn = draw(d);
        // Of numbers, Python's words mean something else; the graph joins conditions with them alone.
        fc.pre(!(drawn.op.kind === 'binary' && ['and', 'or'].includes(drawn.op.function)));
        const [own, expected] = bothOf(drawn, d.seed());
        for (const [i, { shape, data }] of expected.entries()) {
          assert.deepEqual(own[i]?.shape, shape);
          data.forEach((each, at) => {
            const found = own[i]?.data[at] ?? Number.NaN;
            const isSame = Object.is(found, each) || Math.abs(found - each) <= 1e-5 * Math.max(1, Math.abs(each));
            assert.ok(isSame, `${i}[${at}]: ${found}, not ${each}`);
          });
        }
      }),
      { numRuns: runs, seed: 1 },
    );
  for (const [kind, draw] of Object.entries(drawOperator)) it(kind, () => check(draw as (d: Draw) => OperatorCase, 40));
  for (const entry of catalogue.values()) {
    if (!entry.random) it(entry.id, () => check((d) => drawActivation(d, entry), 5));
  }
});
