import assert from 'node:assert/strict';
import { type ActivationId, catalogue, defaultParameters, entryOf } from '../../src/activations/catalogue';
import { operationOf } from '../../src/activations/operation';
import { hiddenSites, swapSites } from '../../src/compare/sites';
import { GraphBuilder } from '../../src/graph/builder';
import { withGain } from '../../src/graph/gain';
import { countParameters, SwapError, swap } from '../../src/graph/swap';
import type { ActivationParameters } from '../../src/graph/types';
import { type Dense, evaluate } from '../support/evaluate';
import { smallCnn } from '../support/models';

const gelu = entryOf('gelu');
const prelu = entryOf('prelu');
const glu = entryOf('glu');
const geglu = entryOf('geglu');
const softmax = entryOf('softmax');

describe('swap sites', () => {
  const graph = smallCnn();
  const sites = swapSites(graph);

  it('gather what one place in the source makes', () => {
    assert.deepEqual(
      sites.map(({ activation, paths, nodes }) => [activation, paths, nodes.length]),
      [
        ['relu', ['blocks.0.act', 'blocks.1.act'], 2],
        ['relu', [''], 1],
        ['relu', [''], 1],
        ['softmax', [''], 1],
      ],
    );
    assert.equal(sites[0]?.source?.line, 10);
    assert.equal(new Set(sites.map(({ id }) => id)).size, sites.length);
  });

  it('that are hidden are chosen, the softmax at the end is not', () => {
    assert.deepEqual(
      hiddenSites(graph),
      sites.slice(0, 3).map(({ id }) => id),
    );
  });

  it('leave gates and final squashers alone', () => {
    const sigmoid = { kind: 'activation', activation: 'sigmoid', parameters: {} } as const;
    const head = {
      ...graph,
      nodes: graph.nodes.map((node) =>
        node.op.kind === 'activation' && node.op.activation === 'softmax' ? { ...node, op: sigmoid } : node,
      ),
    };
    assert.equal(hiddenSites(head).length, 3);
  });
});

describe('swap', () => {
  const graph = smallCnn();
  const sites = swapSites(graph);
  const nodes = sites.slice(0, 3).flatMap((site) => site.nodes);

  it('changes the chosen nodes and nothing else', () => {
    const swapped = swap(graph, [nodes[0] ?? -1], gelu, { approximate: 'tanh' });
    const changed = swapped.nodes.flatMap((node, i) => (node === graph.nodes[i] ? [] : [i]));
    assert.deepEqual(changed, [nodes[0]]);
    assert.deepEqual(swapped.nodes[nodes[0] ?? -1]?.op, {
      kind: 'activation',
      activation: 'gelu',
      parameters: { approximate: 'tanh' },
    });
    assert.deepEqual(swapped.state, graph.state);
    assert.deepEqual(graph, smallCnn());
  });

  it('gives PReLU one slope a module, named as PyTorch names it', () => {
    const swapped = swap(graph, nodes, prelu, { num_parameters: 1, init: 0.25 });
    const added = swapped.state.filter(({ name }) => !graph.state.some((entry) => entry.name === name));
    assert.deepEqual(
      added.map(({ name }) => name),
      ['blocks.0.act.weight', 'blocks.1.act.weight', 'prelu.weight', 'prelu_1.weight'],
    );
    const [first] = added;
    const storage = swapped.storages[first?.storage ?? -1];
    assert.deepEqual(storage?.initialiser, { kind: 'constant', value: 0.25 });
    assert.deepEqual(storage?.type.shape, [1]);
    assert.equal(countParameters(swapped).all - countParameters(graph).all, 4);
    const names = swapped.state.map(({ name }) => name);
    assert.equal(names.indexOf('blocks.0.act.weight'), names.indexOf('blocks.0.norm.running_var') + 1);
    assert.deepEqual(swapped.storages.slice(0, graph.storages.length), graph.storages);
  });

  it('shares the slope between calls of one module', () => {
    const [index = -1] = nodes;
    const node = graph.nodes[index];
    assert.ok(node);
    const twice = { ...graph, nodes: [...graph.nodes, { ...node, call: 1 }] };
    const swapped = swap(twice, [index, graph.nodes.length], prelu, { num_parameters: 1, init: 0.25 });
    assert.equal(countParameters(swapped).all - countParameters(graph).all, 1);
    assert.equal(swapped.nodes[index]?.inputs[1], swapped.nodes.at(-1)?.inputs[1]);
  });

  it('gives what each activation learns, from the settings, one for a layer or one for each channel', () => {
    const learned = (id: ActivationId, given: ActivationParameters = {}) => {
      const entry = entryOf(id);
      const swapped = swap(graph, nodes, entry, { ...defaultParameters(entry), ...given });
      return swapped.state
        .filter(({ name }) => !graph.state.some((before) => before.name === name))
        .map(({ name, storage }) => {
          const { type, initialiser, trainable } = swapped.storages[storage] ?? {};
          assert.ok(trainable && initialiser?.kind === 'constant');
          return `${name} [${type?.shape}] ${Number(initialiser.value.toFixed(4))}`;
        });
    };
    assert.deepEqual(learned('smu', { mu: 4 }), [
      'blocks.0.act.mu [1] 4',
      'blocks.1.act.mu [1] 4',
      'smu.mu [1] 4',
      'smu_1.mu [1] 4',
    ]);
    // Images have their channels in dimension 1, what comes from a linear layer in the last one.
    assert.deepEqual(learned('snake'), [
      'blocks.0.act.alpha [8,1,1] 1',
      'blocks.1.act.alpha [12,1,1] 1',
      'snake.alpha [12] 1',
      'snake_1.alpha [12] 1',
    ]);
    assert.deepEqual(learned('star_relu').slice(0, 2), [
      'blocks.0.act.scale [1] 0.8944',
      'blocks.0.act.bias [1] -0.4472',
    ]);
    // Before a softplus: log(e^0.8 − 1), and of 0.8 − 0.5.
    assert.deepEqual(learned('xielu').slice(0, 2), [
      'blocks.0.act.alpha_p [1] 0.2034',
      'blocks.0.act.alpha_n [1] -1.0502',
    ]);
    assert.throws(
      () => learned('xielu', { alpha_n: 0.5 }),
      /xIELU has no start for its weight alpha_n at alpha_p = 0.8, alpha_n = 0.5, beta = 0.5/,
    );
    // Fixed numbers, as their authors have them unless told otherwise.
    for (const id of ['aptx', 'leaky_relu', 'elu'] as const) assert.deepEqual(learned(id), []);
  });

  it('begins with the function that the settings say', () => {
    for (const entry of catalogue.values()) {
      if (!entry.learned || !entry.value) continue;
      const parameters = defaultParameters(entry);
      const builder = new GraphBuilder();
      const x = builder.input({ dtype: 'float64', shape: [1, 41] });
      const y = builder.emit1(operationOf(entryOf('relu')), x);
      const before = builder.finish({
        name: 'One',
        inputs: [{ name: 'x', value: x }],
        outputs: [{ name: 'y', value: y }],
        state: [],
      });
      const after = swap(before, [0], entry, parameters);
      const data = Float64Array.from({ length: 41 }, (_, i) => (i - 20) / 4);
      const known = new Map<number, Dense>([[x, { shape: [1, 41], data }]]);
      for (const { value, type, initialiser } of after.storages) {
        assert.ok(initialiser.kind === 'constant');
        known.set(value, { shape: type.shape, data: new Float64Array(type.shape[0] ?? 1).fill(initialiser.value) });
      }
      evaluate(after, known);
      const wanted = Array.from(data, (at) => entry.value?.(at, parameters) ?? Number.NaN);
      known.get(y)?.data.forEach((got, i) => {
        assert.ok(Math.abs(got - (wanted[i] ?? 0)) < 1e-6, `${entry.id} at ${data[i]}: ${got}, wanted ${wanted[i]}`);
      });
      assert.ok(known.get(y));
    }
  });

  it('takes PReLU out again, slopes and all', () => {
    const swapped = swap(swap(graph, nodes, prelu, { num_parameters: 1, init: 0.25 }), nodes, gelu, {});
    assert.deepEqual(swapped.state, graph.state);
    assert.ok(nodes.every((index) => swapped.nodes[index]?.inputs.length === 1));
  });

  it('puts one gated unit in the place of another, where the widths allow it', () => {
    const builder = new GraphBuilder();
    const x = builder.input({ dtype: 'float32', shape: [2, 8, 6] });
    const y = builder.emit1(operationOf(glu, { dim: 1 }), x);
    const z = builder.emit1(operationOf(entryOf('swiglu')), y);
    const gates = builder.finish({
      name: 'Gates',
      inputs: [{ name: 'x', value: x }],
      outputs: [{ name: 'y', value: z }],
      state: [],
    });
    assert.equal(swap(gates, [1], geglu, {}).nodes[1]?.op.kind, 'activation');
    assert.deepEqual(swap(gates, [1], glu, {}).nodes[1]?.op, {
      kind: 'activation',
      activation: 'glu',
      parameters: { dim: 2 },
      halves: true,
    });
    assert.throws(
      () => swap(gates, [0], geglu, {}),
      /along the last dimension, and glu at the model along dimension 1/,
    );
    assert.throws(() => swap(gates, [0], gelu, {}), /halves its input, and GELU keeps its width/);
  });

  it('draws the weights before it anew with a gain, when asked', () => {
    const gains = { relu: Math.SQRT2, gelu: 1.5 };
    const gainOf = ({ activation }: { activation: string }) => gains[activation as keyof typeof gains];
    const outputs = nodes.flatMap((index) => graph.nodes[index]?.outputs ?? []);
    const drawn = withGain(swap(graph, nodes.slice(0, 1), gelu, {}), outputs, gainOf);
    const initial = (name: string) => {
      const storage = drawn.state.find((entry) => entry.name === name)?.storage ?? -1;
      return [drawn.storages[storage]?.initialiser, drawn.storages[storage] === graph.storages[storage]];
    };
    const normal = (deviation: number) => ({ kind: 'normal', mean: 0, deviation });
    // Through the batch norm, to the convolution before it: 3 channels of 3 × 3.
    assert.deepEqual(initial('blocks.0.conv.weight'), [normal(1.5 / Math.sqrt(27)), false]);
    assert.deepEqual(initial('blocks.1.conv.weight'), [normal(Math.SQRT2 / Math.sqrt(72)), false]);
    assert.equal(initial('blocks.0.conv.bias')[1], true);
  });

  it('refuses what makes no sense, and says why', () => {
    assert.throws(
      () => swap(graph, nodes, glu, {}),
      (error) => error instanceof SwapError && /half as wide as blocks\.0\.act/.test(error.message),
    );
    assert.throws(() => swap(graph, nodes, softmax, { dim: 1 }), /blocks\.0\.act works on each element alone/);
    assert.throws(
      () => swap(graph, nodes, prelu, { num_parameters: 5, init: 0.25 }),
      /PReLU with 5 weights does not fit blocks\.0\.act, which has 8 channels/,
    );
    const last = sites[3]?.nodes ?? [];
    const other = swap(graph, last, entryOf('log_softmax'), { dim: -1 });
    assert.deepEqual(other.nodes[last[0] ?? -1]?.op, {
      kind: 'activation',
      activation: 'log_softmax',
      parameters: { dim: 1 },
    });
  });
});
