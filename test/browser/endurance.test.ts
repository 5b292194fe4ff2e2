import assert from 'node:assert/strict';
import { defaultPlan } from '../../src/compare/plan';
import { openTestPage, type PanelPage } from '../support/browser';
import { extractCase } from '../support/modelCases';

describe('the runner in the long run', function () {
  this.timeout(600_000);
  let panel: PanelPage;
  let request: object;

  before(async () => {
    panel = await openTestPage('endurance');
    await panel.message('ready');
    const found = await extractCase({
      file: 'samples/mlp.py',
      expression: 'MLP()',
      inputs: [{ shape: [8, 20], dtype: 'float32' }],
    } as unknown as Parameters<typeof extractCase>[0]);
    assert.ok(found.ok);
    const plan = { ...defaultPlan(found.graph, ['gelu'], { budget: 60_000 }), rounds: 2, seeds: 1 };
    request = { graph: found.graph, file: 'mlp.py', plan };
  });
  after(() => panel.close());

  const ask = async (message: object) => {
    await panel.send({ wasm: panel.resources.wasm, ...message });
    return panel.message('result', 590_000);
  };

  it('names what the GPU refuses, once', async () => {
    const { failure, after: then } = await ask({ type: 'refuse' });
    assert.match(String(failure), /^The GPU refused to run this model \(.+\)\. Choose a smaller batch/);
    assert.equal(then, undefined);
  });

  it('says that the device was lost, and runs again on a new one', async () => {
    const { message, complete, backend } = await ask({ type: 'lose', request });
    assert.match(String(message), /^The GPU was lost \(.*\)\. Close other programs that use it/);
    assert.deepEqual([complete, backend], [true, 'webgpu']);
  });

  it('holds no more GPU memory after fifty comparisons than after a few', async () => {
    const quick = { ...request, plan: { ...(request as { plan: object }).plan, measures: ['signal', 'gradient'] } };
    const { backend, bytes } = (await ask({ type: 'many', request: quick, times: 50 })) as unknown as {
      backend: string;
      bytes: number[];
    };
    assert.equal(backend, 'webgpu');
    assert.equal(bytes.length, 50);
    const settled = Math.max(...bytes.slice(3, 8));
    assert.ok(Math.max(...bytes.slice(8)) <= settled, `${bytes}`);
  });
});
