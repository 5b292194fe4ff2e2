import assert from 'node:assert/strict';
import type { InFile, ShownActivation } from '../../src/protocol/explain';
import { violations } from '../support/accessibility';
import { openPanel, type PageOptions, type PanelPage } from '../support/browser';
import { detailedReport } from '../support/reports';
import type { Theme } from '../support/themes';

/** Drawn as the host's formulas are, with what must not reach the page. */
const formula =
  '<svg xmlns="http://www.w3.org/2000/svg" width="12ex" height="3ex" viewBox="0 0 120 30" style="vertical-align: -1ex">' +
  '<g fill="currentColor" stroke="none"><path d="M0 10h100v10z"/></g><script>window.hit = 1</script></svg>';

function message(change: Partial<ShownActivation> = {}): ShownActivation {
  return {
    type: 'show',
    activation: 'elu',
    title: 'ELU',
    parameters: { alpha: 1 },
    formula: { value: formula, derivative: formula },
    source: { file: 'model.py', line: 3, column: 0, endLine: 3, endColumn: 6 },
    ...change,
  };
}

const place = (line: number) => ({ file: 'file:///model.py', line, column: 4, endLine: line, endColumn: 10 });

/** What the host tells of a file with two places, of which one is known in its model. */
function fileMessage(change: Partial<InFile> = {}): InFile {
  return {
    type: 'inFile',
    activation: 'elu',
    label: 'models/model.py',
    sites: [
      { source: place(11), text: 'nn.ELU', role: 'In `Net()`: 3 of 4 ELU; after a linear layer' },
      { source: place(41), text: 'F.elu' },
    ],
    ...change,
  };
}

async function open(options: PageOptions = {}, change: Partial<ShownActivation> = {}): Promise<PanelPage> {
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
    assert.match((await readout()) ?? '', /x = 5\.\d+, f\(x\) = 5\.\d+, f′\(x\) = 1/);
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

  it('says first what it is for, then where it stands in the file, then draws it', async () => {
    panel = await open({ viewport: { width: 750, height: 800 } });
    await panel.send(fileMessage({ measured: detailedReport(['relu', 'elu']), depth: 7 }));
    const { page } = panel;
    await page.getByText('In your file').waitFor();
    assert.match(await page.locator('.purpose').innerText(), /^For networks without normalisation.*; not /);
    const order = await page.evaluate(() =>
      ['.purpose', '.in-file', '.curve-plot', '.stack'].map(
        (each) => document.querySelector(each)?.getBoundingClientRect().top ?? 0,
      ),
    );
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
    );
    // The plot begins on the first screen.
    assert.ok((order[2] ?? 1e9) < 500, `the plot begins at ${order[2]}`);
    const text = await page.locator('.in-file').innerText();
    assert.match(text, /models\/model\.py/);
    assert.match(text, /3 of 4 ELU/);
    assert.match(text, /Measured in the last comparison of CifarCNN/);
    assert.match(text, /Forward/);
    await page.getByRole('button', { name: 'Go to ELU in line 42' }).click();
    assert.equal((await panel.message('goTo')).site, 1);
    await page.getByRole('button', { name: 'Replace ELU in line 12' }).click();
    assert.equal((await panel.message('replace')).site, 0);
  });

  it('says what the file lacks, and that nothing was measured', async () => {
    panel = await open();
    await panel.send(fileMessage({ sites: [] }));
    await panel.page.getByText('ELU does not stand in models/model.py.').waitFor();
    await panel.page.getByText('This file has not been compared yet.').waitFor();
    await panel.send({ type: 'inFile', activation: 'elu', sites: [] });
    await panel.page.getByText('No file with code that is read is open.').waitFor();
    const report = detailedReport(['relu']);
    await panel.send(fileMessage({ measured: { ...report, plan: { ...report.plan, sites: [] } } }));
    await panel.page.getByText(/The last comparison of CifarCNN .* did not have ELU/).waitFor();
    // What is of another activation comes too late.
    await panel.send(fileMessage({ activation: 'gelu', label: 'late.py' }));
    await panel.page.waitForTimeout(100);
    assert.doesNotMatch(await panel.page.locator('.in-file').innerText(), /late\.py/);
  });

  it('shows the dip of functions that have one, over several pixels', async () => {
    for (const activation of ['gelu', 'silu', 'mish']) {
      panel = await open({}, { activation, parameters: {} });
      const depth = await panel.page.evaluate(() => {
        const path = [...document.querySelectorAll('.curve-plot .chart path')].at(-1);
        const heights =
          (path?.getAttribute('d') ?? '').match(/-?[\d.]+,-?[\d.]+/g)?.map((pair) => Number(pair.split(',')[1])) ?? [];
        return Math.max(...heights) - (heights[0] ?? 0);
      });
      assert.ok(depth >= 12, `${activation}: ${depth} pixels`);
      await panel.close();
    }
    panel = undefined;
  });

  it('draws jumps as jumps', async () => {
    panel = await open({}, { activation: 'hardshrink', parameters: { lambd: 0.5 } });
    // Three pieces: a move to begin each, and no line between them.
    assert.equal(((await curve()) ?? '').match(/M/g)?.length, 3);
  });

  it('draws the inputs of the model beneath, where they were measured, else normal ones', async () => {
    panel = await open();
    const beneath = panel.page.locator('vscode-dropdown[data-key="beneath"]');
    const value = () => beneath.evaluate((each: HTMLSelectElement) => each.value);
    const bars = () => panel?.page.locator('.curve-plot .chart rect').count();
    assert.equal(await value(), 'normal');
    assert.ok(((await bars()) ?? 0) > 20);
    const report = detailedReport(['elu']);
    const measured = {
      ...report,
      candidates: report.candidates.map((candidate) => ({
        ...candidate,
        signal: candidate.signal?.map((layer) => ({ ...layer, inputs: { low: 1, high: 3, counts: [1, 3, 2, 1] } })),
      })),
    };
    await panel.send(fileMessage({ measured }));
    await panel.page.waitForTimeout(150);
    assert.equal(await value(), 'model');
  });

  const stackNumbers = async () => panel?.page.locator('.stack-summary').innerText();

  it('computes a stack as deep as the model, by keyboard as well, in a moment', async () => {
    panel = await open({}, { activation: 'sigmoid', parameters: {} });
    await panel.send(fileMessage({ activation: 'sigmoid', depth: 7 }));
    await panel.page.getByText('7 in your model').waitFor();
    assert.match((await stackNumbers()) ?? '', /Sigmoid: after 7 layers/);
    await slider('Layers')?.press('ArrowRight');
    await panel.page.getByText('Sigmoid: after 8 layers').waitFor();
    const deeper = await stackNumbers();
    // Three of them, each with its end said.
    assert.equal(deeper?.match(/after 8 layers/g)?.length, 3);
    await panel.page.locator('.stack vscode-checkbox').click();
    await panel.page.waitForTimeout(100);
    assert.notEqual(await stackNumbers(), deeper);
    const milliseconds = await panel.page.evaluate(async () => {
      const input = document.querySelector<HTMLInputElement>('.stack-depth input[type=range]');
      if (!input) throw new Error('no slider');
      const times: number[] = [];
      for (let depth = 14; depth < 24; depth += 1) {
        // What is drawn in a frame is timed, not the wait for it.
        let start = 0;
        requestAnimationFrame(() => {
          start = performance.now();
        });
        input.value = String(depth);
        input.dispatchEvent(new Event('input'));
        await new Promise(requestAnimationFrame);
        times.push(performance.now() - start);
      }
      return times.sort((a, b) => a - b)[5] ?? 0;
    });
    console.log(`      ${milliseconds.toFixed(1)} ms a change of depth`);
    assert.ok(milliseconds < 150, `${milliseconds} ms`);
  });

  it('keeps the choices of the stack, and says why gated units have none', async () => {
    const first = await open();
    await first.page.getByRole('spinbutton', { name: 'Layers' }).fill('30');
    await first.page.getByText('ELU: after 30 layers').waitFor();
    const state = first.state();
    await first.close();
    panel = await open({ state });
    assert.equal(await panel.page.getByRole('spinbutton', { name: 'Layers' }).inputValue(), '30');
    await panel.send(message({ activation: 'swiglu', title: 'SwiGLU', parameters: {} }));
    await panel.page.getByText('It does not act on each element alone').waitFor();
  });

  it('draws a dot for each published cell, says whether tables disagree, and puts the own measurement first', async () => {
    panel = await open({}, { activation: 'gelu', parameters: {} });
    await panel.send(fileMessage({ activation: 'gelu', measured: detailedReport(['relu', 'gelu']) }));
    const { page } = panel;
    await page.getByText(/Your comparison of CifarCNN/).waitFor();
    const rows = page.locator('.evidence-rows > li');
    const cifar = rows.filter({ hasText: 'CIFAR-10 (median)' });
    assert.equal(await cifar.locator('.dot').count(), 3);
    assert.equal(await cifar.locator('.dot[data-own]').count(), 1);
    assert.match(await cifar.innerText(), /GELU 7\.89 · ReLU 8\.16 · ELU 8\.41/);
    assert.match(await page.locator('.duel').first().innerText(), /Beside ReLU: ahead in \d+ rows, behind in \d+/);
    assert.match(await page.locator('.evidence').innerText(), /The tables disagree/);
    // Better is to the right: the least error is.
    const at = await cifar.locator('.dot[data-own]').evaluate((each) => Number(each.getAttribute('cx')));
    assert.ok(at > 250, `${at}`);
  });

  it('says for each task what is known, or that nothing is', async () => {
    panel = await open({}, { activation: 'gelu', parameters: {} });
    const { page } = panel;
    const row = (task: string) => page.locator('.belongs tbody tr').filter({ hasText: task });
    assert.equal(await page.locator('.belongs tbody tr').count(), 8);
    assert.match(await row('Speech').innerText(), /no published comparison known to us/);
    await row('Detection').getByRole('button').click();
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Detection');
  });

  it('shows mistakes as code before and after, and opens their rules', async () => {
    panel = await open({}, { activation: 'selu', parameters: {} });
    const { page } = panel;
    const mistake = page.locator('.mistakes > li').filter({ hasText: 'selu-init' });
    assert.match(await mistake.innerText(), /nonlinearity="relu"[\s\S]*nonlinearity="linear"/);
    await mistake.getByRole('button', { name: 'Rule selu-init' }).click();
    assert.equal((await panel.message('rule')).code, 'selu-init');
  });

  it('speaks of the parameters that are set', async () => {
    panel = await open({}, { activation: 'leaky_relu', title: 'LeakyReLU', parameters: { negative_slope: 0.1 } });
    await panel.page.getByText('a negative unit learns 10 times slower').waitFor();
    await panel.page.getByRole('spinbutton', { name: 'negative_slope' }).fill('0.5');
    await panel.page.getByText('a negative unit learns 2 times slower').waitFor();
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
    await panel.send(fileMessage({ measured: detailedReport(['relu', 'elu']), depth: 7 }));
    await panel.page.getByText('你的模型有 7 层').waitFor();
    await panel.page.getByRole('button', { name: '替换第 12 行的 ELU' }).waitFor();
  });

  it('does not scroll sideways at 400 pixels', async () => {
    panel = await open({ viewport: { width: 400, height: 800 } });
    await panel.send(fileMessage({ measured: detailedReport(['relu', 'elu']), depth: 7 }));
    await panel.page.getByText('Measured in').first().waitFor();
    const [scroll, client] = await panel.page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    assert.ok(Number(scroll) <= Number(client), `${scroll} > ${client}`);
  });

  for (const theme of ['light', 'dark', 'hc-light', 'hc-dark'] satisfies Theme[])
    it(`has no accessibility violation, ${theme}`, async () => {
      panel = await open({ theme });
      await panel.send(fileMessage({ measured: detailedReport(['relu', 'elu']), depth: 7 }));
      await panel.page.getByText('Measured in').first().waitFor();
      // axe-core adds styles of its own, which the content policy refuses.
      assert.deepEqual(panel.problems, []);
      const found = await violations(panel.page);
      await panel.close();
      panel = undefined;
      assert.deepEqual(found, []);
    });
});
