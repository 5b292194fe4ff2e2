import assert from 'node:assert/strict';
import { defaultParameters, entryOf } from '../../src/activations/catalogue';
import { facts } from '../../src/activations/facts';
import {
  initialisations,
  mostLayers,
  runStack,
  type StackSettings,
  stackWidth,
} from '../../webview/explain/stackModel';

type Known = Parameters<typeof entryOf>[0];

function stack(id: Known, change: Partial<StackSettings> = {}) {
  const entry = entryOf(id);
  const parameters = defaultParameters(entry);
  return runStack(
    {
      value: (x) => entry.value?.(x, parameters) ?? Number.NaN,
      slope: (x) => entry.derivative?.(x, parameters) ?? Number.NaN,
      gain: facts(entry, parameters)?.preservingGain ?? Number.NaN,
    },
    { depth: 20, initialisation: 'kaiming', normalised: false, seed: 1, ...change },
  );
}

/** Of a number of each network, over many draws: one draw of this width scatters. */
const seeds = Array.from({ length: 12 }, (_, seed) => seed);
const typical = (of: (seed: number) => number) =>
  Math.exp(seeds.reduce((sum, seed) => sum + Math.log(of(seed)), 0) / seeds.length);
const average = (of: (seed: number) => number) => seeds.reduce((sum, seed) => sum + of(seed), 0) / seeds.length;

describe('stack of layers', function () {
  this.timeout(60_000);

  it('keeps the second moment with ReLU and Kaiming weights, forwards and backwards', () => {
    const ends = (seed: number) => {
      const layers = stack('relu', { seed });
      return {
        first: layers[0]?.secondMoment ?? 0,
        last: layers.at(-1)?.secondMoment ?? 0,
        back: layers[0]?.gradient ?? 0,
      };
    };
    // In the mean over networks it is kept exactly: N(0, 1) inputs come out of each layer with the second moment 1.
    assert.ok(Math.abs(average((seed) => ends(seed).first) - 1) < 0.1);
    assert.ok(Math.abs(average((seed) => ends(seed).last) - 1) < 0.5, String(average((seed) => ends(seed).last)));
    // A single network scatters around less, since a logarithm is concave: by 5·layers/width in variance (Hanin, 2018).
    const scatter = Math.exp((-5 * 20) / stackWidth / 2);
    const last = typical((seed) => ends(seed).last);
    assert.ok(last > scatter / 1.6 && last < scatter * 1.6, `${last}, expected about ${scatter}`);
    assert.ok(Math.abs(Math.log(typical((seed) => ends(seed).back))) < 0.8);
  });

  it('halves it in every layer with weights of Xavier', () => {
    const ratio = typical((seed) => {
      const layers = stack('relu', { seed, initialisation: 'xavier', depth: 9 });
      return (layers[8]?.secondMoment ?? 0) / (layers[0]?.secondMoment ?? 1);
    });
    assert.ok(ratio > 2 ** -8 / 2 && ratio < 2 ** -8 * 1.5, `${ratio}`);
  });

  it("loses the gradient with Sigmoid, by no less than its largest slope's bound", () => {
    const gradient = typical(
      (seed) => stack('sigmoid', { seed, initialisation: 'xavier', depth: 20 })[0]?.gradient ?? 0,
    );
    // Each layer multiplies by the root of the mean squared slope, at most 1/4.
    assert.ok(gradient < 1e-10, `${gradient}`);
    assert.ok(gradient > 1e-16, `${gradient}`);
  });

  it('settles at mean 0 and variance 1 with SELU and weights of variance 1/n (LeCun)', () => {
    const last = seeds.map((seed) => stack('selu', { seed, initialisation: 'xavier', depth: 24 }).at(-1));
    const mean = last.reduce((sum, layer) => sum + (layer?.mean ?? 9), 0) / last.length;
    const variance = last.reduce((sum, layer) => sum + (layer?.deviation ?? 9) ** 2, 0) / last.length;
    assert.ok(Math.abs(mean) < 0.1, `mean ${mean}`);
    assert.ok(Math.abs(variance - 1) < 0.2, `variance ${variance}`);
  });

  it('keeps the second moment with the gain that suits a function, where that is stable', () => {
    for (const id of ['relu', 'elu', 'tanh', 'selu'] as const) {
      const last = typical(
        (seed) => stack(id, { seed, initialisation: 'suited', depth: 12 }).at(-1)?.secondMoment ?? 0,
      );
      assert.ok(last > 0.25 && last < 4, `${id}: ${last}`);
    }
  });

  it('is linear with the identity: by the weights alone, either way', () => {
    const layers = stack('identity', { initialisation: 'xavier', depth: 12 });
    for (const { secondMoment, gradient } of layers) {
      assert.ok(secondMoment > 0.2 && secondMoment < 5, `${secondMoment}`);
      assert.ok(gradient > 0.2 && gradient < 5, `${gradient}`);
    }
  });

  it('has the same signal in every layer with normalisation, whatever the weights are', () => {
    const layers = stack('relu', { normalised: true, initialisation: 'pytorch', depth: 30 });
    // What a normalised layer gives ReLU is N(0, 1) whatever the weights are.
    for (const { secondMoment } of layers) assert.ok(Math.abs(secondMoment - 0.5) < 0.1, `${secondMoment}`);
    assert.ok((layers[0]?.gradient ?? 0) > 0.05 && (layers[0]?.gradient ?? 0) < 20);
  });

  it("loses ReLU's signal with what PyTorch draws by default, down to its biases", () => {
    const layers = stack('relu', { initialisation: 'pytorch', depth: 20 });
    assert.ok((layers.at(-1)?.secondMoment ?? 1) < 0.02);
    assert.ok((layers[0]?.gradient ?? 1) < 1e-5);
  });

  it('gives the same for the same seed, and says what ran out of range', () => {
    assert.deepEqual(stack('mish', { seed: 3 }), stack('mish', { seed: 3 }));
    assert.notDeepEqual(stack('mish', { seed: 3 }), stack('mish', { seed: 4 }));
    const exploding = stack('relu2', { depth: mostLayers, initialisation: 'kaiming' });
    assert.ok(exploding.some(({ secondMoment }) => !Number.isFinite(secondMoment)) || exploding.length === mostLayers);
    for (const initialisation of initialisations)
      for (const normalised of [false, true])
        assert.equal(stack('gelu', { depth: mostLayers, initialisation, normalised }).length, mostLayers);
  });

  it('is computed while a slider moves', () => {
    for (const id of ['gelu', 'relu', 'silu'] as const) stack(id, { depth: mostLayers });
    const start = performance.now();
    for (const id of ['gelu', 'relu', 'silu'] as const) stack(id, { depth: 24 });
    const milliseconds = performance.now() - start;
    console.log(`      three stacks of 24 layers: ${milliseconds.toFixed(1)} ms`);
    assert.ok(milliseconds < 200, `${milliseconds} ms`);
  });
});
