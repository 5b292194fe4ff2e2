import assert from 'node:assert/strict';
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
    // What it met first; the draft has them all.
    assert.deepEqual(problem.parameters, ['features']);
    assert.equal(problem.draft, 'createModel(features=, classes=)');
    assert.equal(problem.source?.line, 5);
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
});
