import assert from 'node:assert/strict';
import { openTestPage } from '../support/browser';

describe('a page as the editor gives it', () => {
  it('talks to its host, has WebGPU, and refuses what its content policy refuses', async () => {
    const panel = await openTestPage('harness', { theme: 'light', state: { kept: 1 } });
    assert.deepEqual(await panel.message('state'), { type: 'state', state: { kept: 1 } });
    assert.deepEqual(panel.problems, []);
    await panel.send({ type: 'adapter' });
    assert.equal((await panel.message('adapter')).found, true);
    await panel.send({ type: 'eval' });
    assert.match(String((await panel.message('refused')).message), /unsafe-eval/);
    assert.equal(await panel.page.evaluate(() => document.body.className), 'vscode-light');
    await panel.close();
  });
});
