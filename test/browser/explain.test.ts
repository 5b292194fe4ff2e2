import assert from 'node:assert/strict';
import type { ToExplainPanel } from '../../src/protocol/explain';
import { violations } from '../support/accessibility';
import { openPanel, type PageOptions, type PanelPage } from '../support/browser';
import type { Theme } from '../support/themes';

/** Drawn as the host's formulas are, with what must not reach the page. */
const formula =
  '<svg xmlns="http://www.w3.org/2000/svg" width="12ex" height="3ex" viewBox="0 0 120 30" style="vertical-align: -1ex">' +
  '<g fill="currentColor" stroke="none"><path d="M0 10h100v10z"/></g><script>window.hit = 1</script></svg>';

function message(change: Partial<ToExplainPanel> = {}): ToExplainPanel {
  return {
    type: 'show',
    activation: 'elu',
    parameters: { alpha: 1 },
    formula: { value: formula, derivative: formula },
    source: { file: 'model.py', line: 3, column: 0, endLine: 3, endColumn: 6 },
    ...change,
  };
}

async function open(options: PageOptions = {}, change: Partial<ToExplainPanel> = {}): Promise<PanelPage> {
  const panel = await openPanel('explain', options);
  await panel.message('ready');
  await panel.send(message(change));
  await panel.page.locator('.curve-plot .chart').waitFor();
  return panel;
}

describe('explainer panel', function () {
  this.timeout(60_000);
  let panel: PanelPage | undefined;
  afterEach(async () => {
    const problems = panel?.problems ?? [];
    await panel?.close();
    panel = undefined;
    assert.deepEqual(problems, []);
  });

  const curve = async () => panel?.page.locator('.curve-plot .chart path').last().getAttribute('d');
  const readout = async () => panel?.page.locator('.readout').innerText();
  const slider = (name: string) => panel?.page.getByRole('slider', { name, exact: true });

  it('shows the activation, its formula, facts and sources', async () => {
    panel = await open();
    await panel.page.getByRole('heading', { level: 1, name: 'ELU' }).waitFor();
    assert.equal(await panel.page.locator('.formula-image path').count(), 2);
    assert.equal(await panel.page.locator('.formula-image script').count(), 0);
    assert.match(await panel.page.locator('.facts-table').innerText(), /Largest slope/);
    assert.match(await panel.page.locator('.sources').innerText(), /PyTorch documentation/);
    await panel.page.getByRole('button', { name: 'Opened from line 4' }).click();
    assert.equal(((await panel.message('reveal')).source as { line: number }).line, 3);
    await panel.page.getByRole('button', { name: 'Compare on my model' }).click();
    assert.equal((await panel.message('compare')).activation, 'elu');
  });

  it('draws another curve and other facts when a slider moves', async () => {
    panel = await open();
    const [before, facts] = [await curve(), await panel.page.locator('.facts-table').innerText()];
    await slider('alpha')?.press('End');
    await panel.page.waitForTimeout(100);
    assert.notEqual(await curve(), before);
    assert.notEqual(await panel.page.locator('.facts-table').innerText(), facts);
    await panel.page.getByRole('button', { name: 'Reset to defaults' }).click();
    await panel.page.waitForTimeout(100);
    assert.equal(await curve(), before);
  });

  it('reads f(x) and f′(x) by keyboard and by pointer', async () => {
    panel = await open({}, { activation: 'relu', parameters: {} });
    assert.equal(await readout(), 'x = 1, f(x) = 1, f′(x) = 1');
    await slider('x')?.press('ArrowRight');
    await panel.page.waitForTimeout(50);
    assert.equal(await readout(), 'x = 1.02, f(x) = 1.02, f′(x) = 1');
    await panel.page.getByRole('spinbutton', { name: 'x', exact: true }).fill('-2');
    await panel.page.waitForTimeout(50);
    assert.equal(await readout(), 'x = -2, f(x) = 0, f′(x) = 0');
    const box = await panel.page.locator('.curve-plot .chart').boundingBox();
    assert.ok(box);
    await panel.page.mouse.move(box.x + box.width * 0.9, box.y + box.height / 2);
    await panel.page.waitForTimeout(100);
    assert.match((await readout()) ?? '', /x = 4\.\d+, f\(x\) = 4\.\d+, f′\(x\) = 1/);
  });

  it('keeps up with a slider at the speed of the screen', async () => {
    panel = await open();
    const milliseconds = await panel.page.evaluate(async () => {
      const input = document.querySelector<HTMLInputElement>('.parameters input[type=range]');
      if (!input) throw new Error('no slider');
      const start = performance.now();
      for (let frame = 0; frame < 30; frame += 1) {
        input.value = String(0.5 + frame / 30);
        input.dispatchEvent(new Event('input'));
        await new Promise(requestAnimationFrame);
      }
      return (performance.now() - start) / 30;
    });
    console.log(`      ${milliseconds.toFixed(1)} ms a frame`);
    assert.ok(milliseconds < 100, `${milliseconds} ms a frame`);
  });

  it('draws the siblings over it, and opens them', async () => {
    panel = await open();
    const before = await panel.page.locator('.legend-row .key-pair').count();
    await panel.page.locator('.overlay-row .chips vscode-checkbox').first().click();
    await panel.page.waitForTimeout(100);
    assert.equal(await panel.page.locator('.legend-row .key-pair').count(), before + 1);
    await panel.page.locator('.sibling').first().click();
    await panel.message('explain');
  });

  it('comes back with the parameters that were set', async () => {
    const first = await open();
    await first.page.getByRole('spinbutton', { name: 'alpha' }).fill('2.5');
    await first.page.waitForTimeout(100);
    const state = first.state();
    await first.close();
    panel = await open({ state });
    assert.equal(await panel.page.getByRole('spinbutton', { name: 'alpha' }).inputValue(), '2.5');
  });

  it('says so where the catalogue has no such entry', async () => {
    panel = await openPanel('explain');
    await panel.message('ready');
    await panel.send(message({ activation: 'nothing' }));
    await panel.page.getByText('“nothing” is not in the catalogue.').waitFor();
  });

  it('speaks Chinese', async () => {
    panel = await open({ language: 'zh-cn' });
    await panel.page.getByRole('heading', { name: '计算得出的事实' }).waitFor();
  });

  it('does not scroll sideways at 400 pixels', async () => {
    panel = await open({ viewport: { width: 400, height: 800 } });
    const [scroll, client] = await panel.page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    assert.ok(Number(scroll) <= Number(client), `${scroll} > ${client}`);
  });

  for (const theme of ['light', 'dark', 'hc-light', 'hc-dark'] satisfies Theme[])
    it(`has no accessibility violation, ${theme}`, async () => {
      panel = await open({ theme });
      // axe-core adds styles of its own, which the content policy refuses.
      assert.deepEqual(panel.problems, []);
      const found = await violations(panel.page);
      await panel.close();
      panel = undefined;
      assert.deepEqual(found, []);
    });
});
