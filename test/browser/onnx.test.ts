import assert from 'node:assert/strict';
import type { FromOnnxPanel } from '../../src/protocol/onnx';
import { violations } from '../support/accessibility';
import { openPanel, type PageOptions, type PanelPage } from '../support/browser';
import { fileMessage, manySites, onnxModel, onnxSites } from '../support/onnxPages';
import type { Theme } from '../support/themes';

const reading = { type: 'reading', label: 'models/digits.onnx' };

describe('editor of ONNX files', function () {
  this.timeout(60_000);
  let panel: PanelPage | undefined;
  afterEach(async () => {
    const problems = panel?.problems ?? [];
    await panel?.close();
    panel = undefined;
    assert.deepEqual(problems, []);
  });

  async function open(options: PageOptions = {}): Promise<PanelPage> {
    panel = await openPanel('onnx', options);
    await panel.message('ready');
    await panel.send(reading);
    return panel;
  }

  async function openRead(options: PageOptions = {}): Promise<PanelPage> {
    const opened = await open(options);
    await opened.send(fileMessage());
    await opened.send(onnxModel());
    await opened.page.getByRole('list').getByRole('listitem').first().waitFor();
    return opened;
  }

  const button = (name: string) => (panel as PanelPage).page.getByRole('button', { name, exact: true });
  const box = (name: string) => (panel as PanelPage).page.getByRole('checkbox', { name, exact: true });
  const asked = async <K extends FromOnnxPanel['type']>(type: K) =>
    (await panel?.message(type)) as Extract<FromOnnxPanel, { type: K }>;

  it('shows what the file says of itself, then its activations', async () => {
    const { page, send } = await open();
    await page.getByRole('status').filter({ hasText: 'Reading the file' }).waitFor();
    await send(fileMessage());
    await page.getByText('pytorch 2.13.0').waitFor();
    assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'models/digits.onnx');
    const text = await page.locator('main').innerText();
    assert.match(text, /ai\.onnx 18 and pkg\.torch 1|ai\.onnx 18, pkg\.torch 1/);
    assert.match(text, /batch × 1 × 28 × 28/);
    assert.equal(await button('Compare activations').isDisabled(), true);
    await send(onnxModel());
    const items = page.getByRole('list').getByRole('listitem');
    await items.first().waitFor();
    assert.equal(await items.count(), onnxSites.length);
    assert.match(await items.nth(3).innerText(), /Not swapped unless chosen: It is a gate/);
    assert.match(await items.nth(4).innerText(), /LeakyReLU\s+negative_slope=0\.2, written out by the exporter/);
    assert.match(await items.nth(2).innerText(), /and 2 more/);
    assert.match(await page.locator('main').innerText(), /4 of 5 chosen/);
  });

  it('compares at the chosen places, or at one of them', async () => {
    const { page } = await openRead();
    await box('/Sigmoid').click();
    await box('/Relu').click();
    await button('Compare activations').click();
    assert.deepEqual((await asked('compare')).sites, [
      '/stem/stem.2/Mul',
      '/body/body.2/Mul',
      '/act/Mul_1',
      '/Sigmoid',
    ]);
    await page.getByRole('listitem').nth(2).getByRole('button', { name: 'Compare here' }).click();
    assert.deepEqual((await asked('compare')).sites, ['/Relu']);
    await page.getByRole('listitem').nth(2).getByRole('button', { name: 'ReLU', exact: true }).click();
    assert.equal((await asked('explain')).activation, 'relu');
  });

  it('has the model written, and says where, or why not', async () => {
    const { page, send } = await openRead();
    await button('None').click();
    await page.getByText('0 of 5 chosen').waitFor();
    await page.getByRole('button', { name: 'Write with another activation…', disabled: true }).waitFor();
    await box('/Relu').click();
    await button('Write with another activation…').click();
    const first = await asked('write');
    assert.deepEqual(first.sites, ['/Relu']);
    await page.getByRole('button', { name: 'Write with another activation…', disabled: true }).waitFor();
    await send({
      type: 'reply',
      id: first.id,
      ok: { message: 'The model with GELU was written to digits-gelu.onnx.' },
    });
    await page.getByText('was written to digits-gelu.onnx').waitFor();
    await button('Write with another activation…').click();
    await send({ type: 'reply', id: (await asked('write')).id, error: 'GLU splits its input' });
    await page.getByText('GLU splits its input').waitFor();
    await button('Write with another activation…').click();
    await send({ type: 'reply', id: (await asked('write')).id, ok: { message: null } });
    await page.getByText('GLU splits its input').waitFor({ state: 'detached' });
  });

  it('asks for sizes that the file leaves open', async () => {
    const { page, send } = await open();
    await send(fileMessage());
    await send({ type: 'unreadable', message: 'The file leaves sizes open: height', sizes: 'height=224' });
    await page.getByText('The file leaves sizes open: height').waitFor();
    await page.getByText('pytorch 2.13.0').waitFor();
    const field = page.getByRole('textbox', { name: 'Sizes that the file leaves open' });
    assert.equal(await field.inputValue(), 'height=224');
    await button('Read with these').click();
    assert.equal((await asked('again')).sizes, 'height=224');
    await field.fill('height=32');
    await field.press('Enter');
    assert.equal((await asked('again')).sizes, 'height=32');
    await send(reading);
    await send(fileMessage());
    await send(onnxModel());
    await page.getByText('The file leaves sizes open: height').waitFor({ state: 'detached' });
    // Others can still be given.
    assert.equal(await field.isVisible(), true);
  });

  it('says why a file cannot be read, and shows nothing of what it was', async () => {
    const { page, send } = await openRead();
    await send(reading);
    await send({ type: 'unreadable', message: 'The file is cut off or damaged.' });
    await page.getByText('The file is cut off or damaged.').waitFor();
    assert.equal(await page.getByText('pytorch 2.13.0').isVisible(), false);
    assert.equal(await page.getByRole('listitem').count(), 0);
    await button('Read again').click();
    assert.equal((await asked('again')).sizes, undefined);
  });

  it('keeps what was chosen when the file is read again, and after it was hidden', async () => {
    const { page, send } = await openRead();
    await box('/Relu').click();
    await page.getByText('3 of 5 chosen').waitFor();
    await send(reading);
    await send(fileMessage());
    await send(onnxModel(onnxSites.slice(0, 4)));
    await page.getByText('2 of 4 chosen').waitFor();
    const state = panel?.state();
    await panel?.close();
    await open({ state });
    await panel?.send(fileMessage());
    await panel?.send(onnxModel());
    await panel?.page.getByText('2 of 5 chosen').waitFor();
  });

  it('draws thousands of places a part at a time, filtered or not', async () => {
    const { page, send } = await open();
    await send(fileMessage());
    await send(onnxModel(manySites(5000)));
    const items = page.getByRole('listitem');
    await page.getByText('5000 of 5000 chosen').waitFor();
    assert.equal(await items.count(), 200);
    await button('Show 200 more of 4800').click();
    assert.equal(await items.count(), 400);
    const focused = await page.evaluate(() => document.activeElement?.textContent);
    assert.equal(focused, '/layer.200/act/Relu');
    const filter = page.getByRole('textbox', { name: 'Filter' });
    await filter.fill('layer.123');
    await filter.press('Enter');
    await page.waitForFunction(() => document.querySelectorAll('.sites li').length === 11);
    await button('None').click();
    await page.getByText('4989 of 5000 chosen').waitFor();
    await filter.fill('nothing');
    await filter.press('Enter');
    await page.getByText('No activation fits the filter.').waitFor();
  });

  it('is worked by the keyboard', async () => {
    const { page } = await openRead();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    assert.equal((await asked('compare')).sites?.length, 4);
    const names: string[] = [];
    for (let i = 0; i < 8; i++) {
      await page.keyboard.press('Tab');
      names.push(await page.evaluate(() => document.activeElement?.textContent ?? ''));
    }
    assert.deepEqual(names, [
      'Write with another activation…',
      'Read again',
      'Filter',
      'All',
      'None',
      '/stem/stem.2/Mul',
      'Hardswish',
      'Compare here',
    ]);
  });

  const acting = '<img src=x onerror=alert(1)> [a](command:x) <script>alert(1)</script> \u202e';

  it('shows hostile text as text', async () => {
    const { page, send } = await open();
    await send({ type: 'reading', label: acting });
    const value = { name: acting, type: 'float32', axes: [acting] };
    const hostile = {
      ...{ producer: acting, name: acting, inputs: [value], outputs: [value], functions: [acting] },
      operators: [{ operator: acting, count: 1 }],
      external: [acting],
      metadata: { [acting]: acting },
    };
    await send(fileMessage(hostile));
    await send({ ...onnxModel([{ ...(onnxSites[0] as (typeof onnxSites)[0]), paths: [acting] }]), notes: [acting] });
    await page.getByRole('listitem').first().waitFor();
    assert.equal(await page.locator('main img, main a[href^="command:"], main script').count(), 0);
  });

  it('speaks Chinese', async () => {
    const { page } = await openRead({ language: 'zh-cn' });
    await page.getByRole('heading', { name: '激活函数' }).waitFor();
    await page.getByText('除非选中，否则不替换').waitFor();
  });

  for (const width of [320, 400, 1200])
    it(`does not scroll sideways at ${width} pixels`, async () => {
      const { page, send } = await openRead({ viewport: { width, height: 800 } });
      await send(fileMessage({ name: 'a_very_long_name_without_a_single_break_in_it'.repeat(4) }));
      const [scroll, client] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        document.documentElement.clientWidth,
      ]);
      if (process.env.ONNX_PICTURES) await page.screenshot({ path: `${process.env.ONNX_PICTURES}/width-${width}.png` });
      assert.ok(Number(scroll) <= Number(client), `${scroll} > ${client}`);
    });

  for (const theme of ['light', 'dark', 'hc-light', 'hc-dark'] satisfies Theme[])
    it(`has no accessibility violation, ${theme}`, async () => {
      const { page, send } = await openRead({ theme, viewport: { width: 1000, height: 900 } });
      if (process.env.ONNX_PICTURES) await page.screenshot({ path: `${process.env.ONNX_PICTURES}/${theme}.png` });
      assert.deepEqual(panel?.problems, []);
      const found = await violations(page);
      await send(reading);
      await send(fileMessage());
      await send({ type: 'unreadable', message: 'The file leaves sizes open: height', sizes: 'height=224' });
      await page.getByText('The file leaves sizes open: height').waitFor();
      if (process.env.ONNX_PICTURES) await page.screenshot({ path: `${process.env.ONNX_PICTURES}/${theme}-asks.png` });
      const foundAsking = await violations(page);
      // What axe itself adds is refused by the page's policy.
      await panel?.close();
      panel = undefined;
      assert.deepEqual([...found, ...foundAsking], []);
    });
});
