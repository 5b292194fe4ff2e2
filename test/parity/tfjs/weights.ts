import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type * as core from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { itemAt } from '../../../src/graph/access';
import { initialise } from '../../../src/graph/initialise';
import type { Graph, ValueId } from '../../../src/graph/types';
import { type AppliedWeights, applyWeights, requireExact } from '../../../src/weights/apply';
import { readBeside, readWeights } from '../../../src/weights/read';
import { type Dense, evaluate } from '../../support/evaluate/index';
import { readSource } from '../../support/tfjs/heldSource';
import { distance } from '../../support/tfjs/judge';
import { fixture, makeInLibrary, savedModel } from '../../support/tfjs/sources';
import { inputValues, tf } from '../../support/tfjs/truth';

const file = fixture('saved/fresh.ts');
const base = fixture('saved/base/model.json');

async function graphOf(expression: string): Promise<Graph> {
  const { extraction } = await readSource(file, expression);
  assert.ok(extraction.ok, extraction.ok ? '' : extraction.problem.message);
  return extraction.graph;
}

async function apply(
  graph: Graph,
  file: Uint8Array,
  bytesOf: (path: string) => Promise<Uint8Array>,
): Promise<AppliedWeights> {
  const applied = applyWeights(graph, readWeights(file, 'model.json', await readBeside(file, bytesOf)));
  requireExact(graph.name, applied);
  return applied;
}

/** @throws AssertionError where the outputs are not those of the library's model */
function holdOutputs(graph: Graph, { values }: AppliedWeights, model: layers.LayersModel, below?: number): void {
  const [input, output] = [itemAt(graph.inputs, 0).value, itemAt(graph.outputs, 0).value];
  const { shape } = itemAt(graph.values, input).type;
  const fed = inputValues(
    3,
    shape.reduce((a, b) => a * b, 1),
    below,
  );
  const known = new Map<ValueId, Dense>();
  const put = (value: ValueId, data: ArrayLike<number>) => {
    known.set(value, { shape: itemAt(graph.values, value).type.shape, data: Float64Array.from(data) });
  };
  put(input, fed);
  initialise(graph, 0, values).forEach((data, id) => {
    put(itemAt(graph.storages, id).value, data);
  });
  evaluate(graph, known);
  const wanted = model.predict(tf.tensor(fed, [...shape])) as core.Tensor;
  const apart = distance(known.get(output)?.data ?? [], wanted.dataSync());
  assert.ok(apart <= 1e-5, `${apart} away`);
}

describe('weights that the library saved', () => {
  for (const [expression, order] of [
    ['named()', undefined],
    ['numbered()', 'shape'],
  ] as const)
    it(`of a file, for ${expression}`, async () => {
      const graph = await graphOf(expression);
      const applied = await apply(graph, await readFile(base), (path) => readFile(join(dirname(base), path)));
      assert.equal(applied.order, order);
      holdOutputs(graph, applied, await tf.loadLayersModel(savedModel(base)));
    });

  for (const [expression, below] of [
    ['numbered()', undefined],
    ['recurrent()', 11],
  ] as const)
    it(`with other numbers, and with those of its optimiser, for ${expression}`, async () => {
      const graph = await graphOf(expression);
      const model = await makeInLibrary(file, expression);
      assert.ok(model instanceof layers.LayersModel);
      model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
      let [text, bytes] = ['', new Uint8Array()];
      await model.save(
        {
          async save({ modelTopology, weightSpecs, weightData }) {
            text = JSON.stringify({ modelTopology, weightsManifest: [{ paths: ['w.bin'], weights: weightSpecs }] });
            bytes = new Uint8Array(weightData as ArrayBuffer);
            return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
          },
        },
        { includeOptimizer: true },
      );
      const applied = await apply(graph, new TextEncoder().encode(text), async () => bytes);
      assert.equal(applied.order, 'kind');
      holdOutputs(graph, applied, model, below);
    });
});
