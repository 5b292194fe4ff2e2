import assert from 'node:assert/strict';
import { GraphBuilder } from '../../src/graph/builder';
import type { Graph } from '../../src/graph/types';
import type { PriceReport } from '../../src/price/report';
import { violations } from '../support/accessibility';
import { openPanel, type PageOptions, type PanelPage } from '../support/browser';
import { priceOf } from '../support/prices';
import type { Theme } from '../support/themes';

const range = { file: 'file:///net.py', line: 8, column: 15, endLine: 8, endColumn: 30 };

/** A linear layer for ten classes and a softmax. */
function classifier(): Graph {
  const builder = new GraphBuilder();
  const x = builder.input({ dtype: 'float32', shape: [16, 20] });
  const weight = builder.storage({ dtype: 'float32', shape: [10, 20] }, true, {
    kind: 'uniform',
    low: -0.22,
    high: 0.22,
  });
  builder.origin = { path: '', call: 0, source: range };
  const scores = builder.emit1({ kind: 'linear' }, x, builder.storageAt(weight).value, null);
  const output = builder.emit1({ kind: 'activation', activation: 'softmax', parameters: { dim: 1 } }, scores);
  return builder.finish({
    name: 'Net',
    inputs: [{ name: 'x', value: x }],
    outputs: [{ name: 'output', value: output }],
    state: [{ name: 'last.weight', storage: weight, kind: 'parameter', persistent: true }],
  });
}

const code = 'softmax-before-cross-entropy';
const finding = {
  type: 'finding',
  code,
  message: 'This softmax feeds a cross-entropy loss.',
  place: 'net.py, line 9',
  fix: 'Remove the softmax',
};
const model = {
  type: 'model',
  finding: { code, range, related: [], isOutside: false },
  graph: classifier(),
};

describe('price panel', function () {
  this.timeout(600_000);
  let panel: PanelPage | undefined;
  afterEach(async () => {
    const problems = panel?.problems ?? [];
    await panel?.close();
    panel = undefined;
    assert.deepEqual(problems, []);
  });

  async function open(options: PageOptions = {}): Promise<PanelPage> {
    const opened = await openPanel('price', options);
    await opened.message('ready');
    await opened.send(opened.resources);
    await opened.send(finding);
    return opened;
  }

  const button = (name: string) => panel?.page.getByRole('button', { name, exact: true });

  it('measures in its worker, and hands over what was measured', async () => {
    panel = await open();
    await panel.send(model);
    const { report } = (await panel.message('report', 590_000)) as unknown as { report: PriceReport };
    assert.equal(report.seeds, 8);
    assert.equal(report.least?.classes, 10);
    const [gradient] = report.quantities;
    assert.ok(gradient?.written.every((size, i) => size > 0 && (gradient.mended[i] ?? 0) > 2 * size));
    const text = await panel.page.locator('main').innerText();
    assert.match(text, /times as large without Softmax/);
    assert.match(text, /With 10 classes the loss cannot fall below 1\.46/);
    assert.match(text, /At initialisation, on made-up inputs: Net, batch 16, 8 seeds/);
    const rows = panel.page.getByRole('table').getByRole('row');
    assert.equal(await rows.count(), 4);
    assert.match(await rows.nth(1).innerText(), /Gradient at the last layer/);
    await button('Measure again')?.click();
    await panel.message('again');
  });

  it('shows what was measured before, without running again', async () => {
    panel = await open();
    await panel.send({ ...model, report: priceOf() });
    await panel.page.getByText('×10').waitFor();
    assert.ok(!panel.posted.some((each) => (each as { type: string }).type === 'report'));
    await panel.page.getByText('The model was read with a batch of one.').waitFor();
  });

  it('says why a model cannot be read, or a finding not be measured', async () => {
    panel = await open();
    await panel.send({ type: 'unreadable', message: 'line 3: width is given nowhere' });
    await panel.page.getByText('width is given nowhere').waitFor();
    await panel.send(finding);
    await panel.send({
      ...model,
      finding: { ...model.finding, code: 'softmax-before-nll', range: { ...range, line: 70, endLine: 70 } },
    });
    await panel.page.getByText('Net does not run this place').waitFor();
  });

  it('mends what was found when asked, and says why it could not', async () => {
    panel = await open();
    await panel.send({ ...model, report: priceOf() });
    await button('Remove the softmax')?.click();
    const asked = await panel.message('fix');
    await panel.send({ type: 'reply', id: asked.id, error: 'This finding is gone' });
    await panel.page.getByText('This finding is gone').waitFor();
    await button('Remove the softmax')?.click();
    const again = await panel.message('fix');
    await panel.send({ type: 'reply', id: again.id, ok: null });
    await panel.page.getByText('The code was changed.').waitFor();
    assert.equal(await button('Remove the softmax')?.isVisible(), false);
  });

  it('says that the code has changed, and shows its place when asked', async () => {
    panel = await open();
    await panel.send({ ...model, report: priceOf() });
    await panel.send({ type: 'stale' });
    await panel.page.getByText('The code has changed since the model was read').waitFor();
    await button('net.py, line 9')?.click();
    await panel.message('reveal');
  });

  it('takes that back where the model is the same, and says where the finding is now', async () => {
    panel = await open();
    await panel.send({ ...model, report: priceOf() });
    await panel.send({ type: 'stale' });
    await panel.page.getByText('The code has changed since the model was read').waitFor();
    await panel.send({ type: 'fresh', place: 'net.py, line 11' });
    await button('net.py, line 11')?.waitFor();
    assert.equal(await panel.page.getByText('The code has changed since the model was read').count(), 0);
  });

  const acting = '<img src=x onerror=alert(1)> [a](command:x) <script>alert(1)</script> \u202e';

  it('shows hostile text as text', async () => {
    panel = await open();
    await panel.send({ ...finding, message: acting, fix: acting, place: acting });
    await panel.send({ ...model, report: { ...priceOf(), model: acting, notes: [acting] } });
    await panel.page.getByRole('table').waitFor();
    assert.equal(await panel.page.locator('main img, main a[href^="command:"], main script').count(), 0);
  });

  it('speaks Chinese', async () => {
    panel = await open({ language: 'zh-cn' });
    await panel.send({ ...model, report: priceOf() });
    await panel.page.getByRole('heading', { name: '结论' }).waitFor();
    await panel.page.getByText('最后一层的梯度是原来的 10 倍').waitFor();
  });

  it('does not scroll sideways at 400 pixels', async () => {
    panel = await open({ viewport: { width: 400, height: 800 } });
    await panel.send({ ...model, report: priceOf() });
    await panel.page.getByRole('table').waitFor();
    const [scroll, client] = await panel.page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    assert.ok(Number(scroll) <= Number(client), `${scroll} > ${client}`);
  });

  for (const theme of ['light', 'dark', 'hc-light', 'hc-dark'] satisfies Theme[])
    it(`has no accessibility violation, ${theme}`, async () => {
      panel = await open({ theme });
      await panel.send({ ...model, report: priceOf() });
      await panel.page.getByRole('table').waitFor();
      if (process.env.PRICE_PICTURES)
        await panel.page.screenshot({ path: `${process.env.PRICE_PICTURES}/${theme}.png` });
      assert.deepEqual(panel.problems, []);
      const found = await violations(panel.page);
      await panel.close();
      panel = undefined;
      assert.deepEqual(found, []);
    });
});
