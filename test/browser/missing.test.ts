import assert from 'node:assert/strict';
import { openPanel } from '../support/browser';

const place = { file: 'file:///w/needs_arg.py', line: 4, column: 0, endLine: 4, endColumn: 9 };
const needsArgument = {
  type: 'unreadable',
  obstacles: [
    {
      message:
        'Encoder needs the argument in_dim: int, which nothing in needs_arg.py gives; write it: Encoder(in_dim=…) (needs_arg.py:5)',
      source: place,
    },
  ],
  parts: [],
  models: ['Encoder'],
  draft: 'Encoder(in_dim=)',
};

describe('what is missing of a model', () => {
  it('is asked for in the panel: the call to complete', async () => {
    const panel = await openPanel('compare', { viewport: { width: 750, height: 800 } });
    await panel.send({ type: 'reading' });
    await panel.send(needsArgument);
    const { page } = panel;
    const field = page.locator('.banner vscode-text-field');
    assert.equal(await field.evaluate((node) => (node as HTMLInputElement).value), 'Encoder(in_dim=)');
    await field.locator('input').fill('Encoder(in_dim=64)');
    await field.locator('input').press('Enter');
    const asked = panel.posted.find((each) => (each as { type: string }).type === 'read');
    assert.equal((asked as { expression?: string }).expression, 'Encoder(in_dim=64)');
    // The bar's field has it, too.
    await page.locator('summary[data-key="popover-model"]').click();
    const own = page.locator('details[open] vscode-text-field').first();
    assert.equal(await own.evaluate((node) => (node as HTMLInputElement).value), 'Encoder(in_dim=)');
    assert.deepEqual(panel.problems, []);
    await panel.close();
  });

  it('is asked for in the panel: the shape of the input', async () => {
    const panel = await openPanel('compare');
    const { draft: _, ...rest } = needsArgument;
    await panel.send({ ...rest, obstacles: [{ message: 'The input of Net cannot be told' }], needsInput: true });
    const field = panel.page.locator('.banner vscode-text-field input');
    await field.fill('1x3x32x32');
    await field.press('Enter');
    const asked = panel.posted.find((each) => (each as { type: string }).type === 'read');
    assert.equal((asked as { input?: string }).input, '1x3x32x32');
    await panel.close();
  });
});
