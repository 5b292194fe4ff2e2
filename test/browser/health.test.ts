import assert from 'node:assert/strict';
import { GraphBuilder } from '../../src/graph/builder';
import type { Graph, StateEntry } from '../../src/graph/types';
import type { HealthReport } from '../../src/health/report';
import { violations } from '../support/accessibility';
import { openPanel, type PageOptions, type PanelPage } from '../support/browser';
import { healthOf } from '../support/healths';
import type { Theme } from '../support/themes';

const at = (line: number) => ({ file: 'file:///net.py', line, column: 8, endLine: line, endColumn: 20 });

/** Linear layers with an activation behind each, their biases all one number. */
function chain(activation: string, bias: number, depth = 4): Graph {
  const builder = new GraphBuilder();
  const state: StateEntry[] = [];
  const parameter = (name: string, shape: number[], value?: number) => {
    const bound = 1 / Math.sqrt(shape.at(-1) ?? 1);
    const initialiser =
      value === undefined
        ? ({ kind: 'uniform', low: -bound, high: bound } as const)
        : ({ kind: 'constant', value } as const);
    const storage = builder.storage({ dtype: 'float32', shape }, true, initialiser);
    state.push({ name, storage, kind: 'parameter', persistent: true });
    return builder.storageAt(storage).value;
  };
  const x = builder.input({ dtype: 'float32', shape: [16, 20] });
  let y = x;
  for (let i = 0; i < depth; i++) {
    builder.origin = { path: `layers.${i}`, call: 0, source: at(8 + i) };
    const [weight, offset] = [
      parameter(`layers.${i}.weight`, [20, 20]),
      parameter(`layers.${i}.bias`, [20], i === 1 ? bias : 0),
    ];
    y = builder.emit1({ kind: 'linear' }, y, weight, offset);
    builder.origin = { path: '', call: 0, source: at(8 + i) };
    y = builder.emit1({ kind: 'activation', activation, parameters: {} }, y);
  }
  y = builder.emit1({ kind: 'linear' }, y, parameter('head.weight', [10, 20]), null);
  return builder.finish({ name: 'Net', inputs: [{ name: 'x', value: x }], outputs: [{ name: 'y', value: y }], state });
}

const reading = { type: 'reading', label: 'net.py' };
const model = { type: 'model', graph: chain('relu', -20), label: 'net.py', expression: 'Net' };

describe('health panel', function () {
  this.timeout(600_000);
  let panel: PanelPage | undefined;
  afterEach(async () => {
    const problems = panel?.problems ?? [];
    await panel?.close();
    panel = undefined;
    assert.deepEqual(problems, []);
  });

  async function open(options: PageOptions = {}): Promise<PanelPage> {
    const opened = await openPanel('health', options);
    await opened.message('ready');
    await opened.send(opened.resources);
    await opened.send(reading);
    return opened;
  }

  const button = (name: string | RegExp) => panel?.page.getByRole('button', { name, exact: true });

  it('checks in its worker, and hands over what was found', async () => {
    panel = await open();
    await panel.send(model);
    const { report } = (await panel.message('report', 590_000)) as unknown as { report: HealthReport };
    assert.deepEqual(
      report.findings.map(({ rule, severity }) => `${severity} ${rule}`),
      ['error dead'],
    );
    assert.equal(report.layers.length, 4);
    const text = await panel.page.locator('main').innerText();
    assert.match(text, /Found: 1 error\./);
    assert.match(text, /All of its units are off/);
    assert.match(text, /At the start of training: random weights as the code draws them, \d draws/);
    await button('2 ReLU, line 10')?.first().click();
    const { source } = (await panel.message('reveal')) as unknown as { source: { line: number } };
    assert.equal(source.line, 9);
    await button('Check again')?.click();
    await panel.message('again');
    await panel.page.getByText('Weights: initial, as PyTorch draws them').waitFor();
    await button('Use a checkpoint…')?.click();
    assert.equal((await panel.message('weights')).choose, true);
  });

  it('says of a healthy model that nothing was found, and what was looked at', async () => {
    panel = await open();
    await panel.send({ ...model, graph: chain('relu', 0, 3) });
    const { report } = (await panel.message('report', 590_000)) as unknown as { report: HealthReport };
    assert.deepEqual(report.findings, []);
    await panel.page.getByText('Nothing found.').waitFor();
    await panel.page.getByText('gradient by layer').waitFor();
  });

  it('shows what was checked before, without running again', async () => {
    panel = await open();
    await panel.send({ ...model, report: healthOf() });
    await panel.page.getByText('Found: 1 error, 1 warning, 1 note.').waitFor();
    await panel.page.getByText('and 3 more').waitFor();
    assert.ok(!panel.posted.some((each) => (each as { type: string }).type === 'report'));
    const rows = panel.page.getByRole('table').getByRole('row');
    assert.equal(await rows.count(), 5);
    assert.match(await rows.nth(3).innerText(), /not finite/);
  });

  it('can be cancelled, and begun again', async () => {
    panel = await open();
    await panel.send({ ...model, graph: chain('tanh', 0, 60) });
    await button('Cancel')?.click();
    await panel.page.getByText('Cancelled before the end.').waitFor();
    await button('Check again')?.click();
    await panel.message('again');
  });

  it('says why a model cannot be read, and where', async () => {
    panel = await open();
    await panel.send({ type: 'unreadable', message: 'width is given nowhere', source: at(2) });
    await panel.page.getByText('width is given nowhere').waitFor();
    await button('Line 3')?.click();
    await panel.message('reveal');
  });

  it('says that the code has changed, and takes it back', async () => {
    panel = await open();
    await panel.send({ ...model, report: healthOf() });
    await panel.send({ type: 'stale', isStale: true });
    await panel.page.getByText('The code has changed since the model was read').waitFor();
    await panel.send({ type: 'stale', isStale: false });
    await panel.page.getByText('The code has changed').waitFor({ state: 'detached' });
  });

  const acting = '<img src=x onerror=alert(1)> [a](command:x) <script>alert(1)</script> \u202e';

  it('shows hostile text as text', async () => {
    panel = await open();
    const report = healthOf();
    const findings = report.findings.map((each) => ({
      ...each,
      message: acting,
      advice: acting,
      places: [{ title: acting, path: acting }],
    }));
    await panel.send({ ...model, expression: acting, label: acting, report: { ...report, findings } });
    await panel.page.getByRole('table').waitFor();
    assert.equal(await panel.page.locator('main img, main a[href^="command:"], main script').count(), 0);
  });

  it('speaks Chinese', async () => {
    panel = await open({ language: 'zh-cn' });
    await panel.send({ ...model, report: healthOf() });
    await panel.page.getByRole('heading', { name: '检查结果' }).waitFor();
    await panel.page.getByText('发现：1 个错误, 1 个警告, 1 条提示。').waitFor();
  });

  it('does not scroll sideways at 400 pixels', async () => {
    panel = await open({ viewport: { width: 400, height: 800 } });
    await panel.send({ ...model, report: healthOf() });
    await panel.page.getByRole('table').waitFor();
    const [scroll, client] = await panel.page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    assert.ok(Number(scroll) <= Number(client), `${scroll} > ${client}`);
    // Nor does the table, whose rows are laid below each other and stay rows.
    const inner = await panel.page.locator('.scroll').evaluate((each) => each.scrollWidth - each.clientWidth);
    assert.ok(inner <= 0, `${inner} pixels of the table are hidden`);
    assert.equal(await panel.page.getByRole('table').getByRole('row').count(), 5);
    assert.equal(await panel.page.getByRole('rowheader').count(), 4);
  });

  for (const theme of ['light', 'dark', 'hc-light', 'hc-dark'] satisfies Theme[])
    it(`has no accessibility violation, ${theme}`, async () => {
      panel = await open({ theme });
      await panel.send({ ...model, report: healthOf() });
      await panel.page.getByRole('table').waitFor();
      assert.deepEqual(panel.problems, []);
      const found = await violations(panel.page);
      await panel.close();
      panel = undefined;
      assert.deepEqual(found, []);
    });
});
