import assert from 'node:assert/strict';
import { catalogue, defaultParameters, isCandidate } from '../../src/activations/catalogue';
import { points } from '../../src/activations/recognise';
import type { Activation } from '../../src/activations/types';
import { swapSites } from '../../src/compare/sites';
import { readOnnx } from '../../src/fromOnnx/read';
import { GraphBuilder } from '../../src/graph/builder';
import { initialise } from '../../src/graph/initialise';
import type { ActivationParameters, Graph } from '../../src/graph/types';
import { lower } from '../../src/lower/lower';
import { encodeModel } from '../../src/onnx/encode';

/** A layer, an activation, and another layer. */
function between(activation: string, parameters: ActivationParameters): Graph {
  const builder = new GraphBuilder();
  const input = builder.input({ dtype: 'float32', shape: [2, 3] }, 'x');
  const layer = (x: number) => {
    const storage = builder.storage({ dtype: 'float32', shape: [3, 3] }, true, { kind: 'uniform', low: -1, high: 1 });
    return builder.emit1({ kind: 'linear' }, x, builder.storageAt(storage).value, null);
  };
  const bent = builder.emit1({ kind: 'activation', activation, parameters }, layer(input));
  const output = layer(bent);
  return builder.finish({
    name: 'net',
    inputs: [{ name: 'x', value: input }],
    outputs: [{ name: 'y', value: output }],
    state: [0, 1].map((storage) => ({ name: `w${storage}`, storage, kind: 'parameter', persistent: true })),
  });
}

const candidates = [...catalogue.values()].filter((entry) => isCandidate(entry) && !entry.transparent);

/** Those that a formula is not told by, or whose values another entry has. */
const told = ({ unrecognised }: Activation) => !unrecognised;

describe('an activation that our writer takes apart', () => {
  for (const entry of candidates.filter(told)) {
    for (const device of ['wasm', 'webgpu'] as const) {
      it(`is found again: ${entry.id} for ${device}`, async () => {
        const graph = between(entry.id, defaultParameters(entry));
        const lowered = lower(graph, { mode: 'evaluation', weights: 'constant', device });
        const sites = swapSites(await readOnnx(encodeModel(lowered, initialise(graph, 0))));
        assert.equal(sites.length, 1, JSON.stringify(sites));
        const [site] = sites;
        const found = site && catalogue.get(site.activation);
        assert.ok(site && found?.value && entry.value);
        for (const x of points) {
          const wanted = entry.value(x, defaultParameters(entry));
          const value = found.value(x, { ...defaultParameters(found), ...site.parameters });
          assert.ok(Math.abs(value - wanted) <= 1e-3 * (1 + Math.abs(wanted)), `${x}: ${value}, not ${wanted}`);
        }
      });
    }
  }
});
