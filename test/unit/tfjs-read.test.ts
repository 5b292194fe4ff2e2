import assert from 'node:assert/strict';
import { initialise } from '../../src/graph/initialise';
import { MemorySource } from '../support/python';
import { testReader } from '../support/reader';
import { holdSource, readSource } from '../support/tfjs/heldSource';
import { fixture, sourceCases } from '../support/tfjs/sources';

/** A few of every kind; the others are held to the library by `npm run parity test/parity/tfjs.test.ts`. */
const few = [
  'sequential_add.js',
  'functional_merge.ts',
  'custom_layers.ts',
  'op_class.js',
  'seq2seq.ts',
  'activations_all.ts',
  'factories/model.ts',
  'call_sites.ts',
  'elsewhere/model.ts',
  'page_events.js',
  'react_effect.tsx',
  'worker.js',
  'saved/transfer.ts',
];

describe('reading TensorFlow.js models of files', () => {
  for (const each of sourceCases.filter(({ file }) => few.includes(file)))
    it(`${each.file} is what the library makes of it`, () => holdSource(each));

  it('asks for the arguments that nothing gives, with their names and a draft of the call', async () => {
    const { extraction } = await readSource(fixture('questions.ts'));
    assert.ok(!extraction.ok);
    const { problem } = extraction;
    assert.equal(problem.kind, 'needs-argument');
    assert.ok('parameters' in problem && 'draft' in problem);
    assert.deepEqual(problem.parameters, ['features', 'classes']);
    assert.equal(problem.draft, 'createModel(features=, classes=)');
    assert.equal(problem.source?.line, 5);
  });

  it('says which statement of the file failed, and its line, where that leaves no model', async () => {
    const lines = [
      "import * as tf from '@tensorflow/tfjs';",
      'const settings = undefined;',
      'const units = settings.units;',
      'export const createModel = () => void [tf, units];',
    ];
    const read = async (text: string) => {
      const source = new MemorySource({ 'model.ts': text });
      const { extraction } = await testReader().read({ file: 'model.ts', expression: 'createModel()' }, { source });
      assert.ok(!extraction.ok);
      return extraction.problem;
    };
    const problem = await read(lines.join('\n'));
    assert.equal(problem.kind, 'no-model');
    assert.match(
      problem.message,
      /^createModel\(\) gives no .*\. A statement of the file failed: .*'units' of undefined$/,
    );
    assert.equal(problem.source?.line, 2);
    // Where a call failed, that one, in its own line.
    const called = [...lines.slice(0, 2), 'const units = [', '  1,', '  settings.size(),', '][0];', ...lines.slice(3)];
    assert.equal((await read(called.join('\n'))).source?.line, 4);
    // Where nothing failed, it says no more.
    const { message, source } = await read(lines.with(1, 'const settings = { units: 2 };').join('\n'));
    assert.doesNotMatch(message, /failed/);
    assert.equal(source, undefined);
  });

  it('takes the arguments of a call whose values only the calling function has, and says where', async () => {
    const { extraction } = await readSource(fixture('elsewhere/model.ts'));
    assert.ok(extraction.ok);
    assert.match(extraction.argumentOrigin?.message ?? '', /train\.ts:7/);
    // What it is called by reads the same model again.
    const { extraction: again } = await readSource(fixture('elsewhere/model.ts'), extraction.expression);
    assert.ok(again.ok);
    assert.deepEqual(
      again.graph.storages.map(({ type }) => type.shape),
      extraction.graph.storages.map(({ type }) => type.shape),
    );
  });

  it('begins weights that are copied or follow others as those', async () => {
    const { extraction } = await readSource(fixture('soft_update.js'));
    assert.ok(extraction.ok);
    const { graph } = extraction;
    const values = initialise(graph, 0);
    const [w1, , w2, t1, c1, t2] = graph.state.map(({ storage }) => Array.from(values[storage] ?? []));
    const close = (found: readonly number[] = [], wanted: readonly number[] = []) => {
      assert.equal(found.length, wanted.length);
      for (const [index, value] of found.entries()) assert.ok(Math.abs(value - (wanted[index] ?? Number.NaN)) < 1e-6);
    };
    assert.ok(new Set(w1).size > 30);
    close(t1, w1);
    close(t2, w2);
    close(c1, new Array(8).fill(1 - 0.95 ** 3));
  });

  it('gives the methods of a component what its data holds', async () => {
    const { extraction } = await readSource(fixture('component.vue'));
    assert.ok(extraction.ok, extraction.ok ? '' : extraction.problem.message);
    assert.deepEqual(
      extraction.graph.storages.map(({ type }) => type.shape),
      [[3, 12], [12], [12, 1], [1]],
    );
  });
});
