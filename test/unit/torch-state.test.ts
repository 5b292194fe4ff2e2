import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Runtime } from '../../src/run/runtime';
import { wasmRuntime } from '../support/ort';
import { inRoot } from '../support/paths';
import { differences, excerpt, type StateCase } from '../support/stateCases';

const cases = readFileSync(inRoot('test', 'fixtures', 'state.jsonl'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as StateCase);

describe('models with state', () => {
  let runtime: Runtime;
  let refused = 0;
  before(async () => {
    runtime = await wasmRuntime();
  });
  after(() => runtime.dispose());

  for (const one of cases)
    it(`is what PyTorch says: model ${one.index}`, async () => {
      const found = await differences(one, runtime);
      // A refusal is never wrong.
      refused += Number(found.some((each) => each.startsWith('refused')));
      const wrong = found.filter((each) => !each.startsWith('refused'));
      assert.deepEqual(wrong, [], excerpt(one.text));
    });

  it('most are read', () => {
    const read = cases.filter(({ error }) => !error).length;
    assert.ok(refused <= read / 5, `${refused} of ${read} are refused`);
  });
});
