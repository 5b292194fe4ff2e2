/**
 * Every state of the compare panel, in four themes and two languages and at three widths: what it says, nothing cut off
 * sideways, no accessibility violation. `STATE_PICTURES=FOLDER` keeps a picture of each, to be looked at.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Report } from '../../src/compare/report';
import { violations } from '../support/accessibility';
import { openPanel, type PageOptions, type PanelPage, showTheme, textIsRead } from '../support/browser';
import { detailedReport, modelMessage, reportOf, sites } from '../support/reports';
import type { Theme } from '../support/themes';

const ids = ['leaky_relu', 'prelu', 'gelu', 'silu', 'hardswish'];
const themes = ['light', 'dark', 'hc-light', 'hc-dark'] satisfies Theme[];
const languages = ['en', 'zh-cn'] as const;
const pictures = process.env.STATE_PICTURES;

/** The panel before anything was read. */
async function start(options: PageOptions): Promise<PanelPage> {
  const panel = await openPanel('compare', { answer: textIsRead, ...options });
  await panel.message('ready');
  const worker = panel.resources.worker.replace(
    'dist/webview/runner.worker.js',
    'out/test/browser/pages/fakeRunner.js',
  );
  await panel.send({ ...panel.resources, worker });
  return panel;
}

/** With a model, and what is kept of it. */
async function withReport(options: PageOptions, report: Report, change: Parameters<typeof modelMessage>[0] = {}) {
  const panel = await start(options);
  await panel.send({ type: 'stored', report, key: modelMessage().key });
  await panel.send(modelMessage(change));
  await row(panel, 'hardswish').waitFor();
  return panel;
}

const row = (panel: PanelPage, id: string) => panel.page.locator(`tr[data-candidate="${id}"]`);
const press = (panel: PanelPage, key: string) => panel.page.locator(`[data-key="${key}"]`).first().click();

/** A run that measures one candidate and does not end by itself. */
async function midRun(options: PageOptions): Promise<PanelPage> {
  const panel = await start(options);
  await panel.send(modelMessage({ budget: 0, autostart: true }));
  await row(panel, 'leaky_relu').waitFor();
  return panel;
}

interface State {
  /** Brings the panel there. */
  readonly open: (options: PageOptions) => Promise<PanelPage>;
  /** What it must say, in English and in Chinese. */
  readonly says: readonly [RegExp, RegExp];
}

const states: Readonly<Record<string, State>> = {
  empty: { open: start, says: [/Compare activations/, /比较激活函数/] },
  reading: {
    open: async (options) => {
      const panel = await start(options);
      await panel.send({ type: 'reading' });
      return panel;
    },
    says: [/Reading/, /读取/],
  },
  asking: {
    open: async (options) => {
      const panel = await start(options);
      await panel.send({
        type: 'unreadable',
        obstacles: [{ message: 'Encoder needs a value for in_dim', ...(sites[0] && { source: sites[0].source }) }],
        parts: [],
        models: ['Encoder(in_dim=…)', 'Block(16)'],
      });
      return panel;
    },
    says: [/Encoder needs a value for in_dim/, /Encoder needs a value for in_dim/],
  },
  ready: {
    open: async (options) => {
      const panel = await start(options);
      await panel.send(modelMessage());
      return panel;
    },
    says: [/11,968/, /11,968/],
  },
  measuring: { open: midRun, says: [/Cancel/, /取消/] },
  partial: {
    open: (options) => withReport(options, { ...reportOf(ids, true, ['silu', 'prelu']), complete: false }),
    says: [/Incomplete/, /不完整/],
  },
  done: { open: (options) => withReport(options, detailedReport(ids)), says: [/LeakyReLU/, /LeakyReLU/] },
  stale: {
    open: async (options) => {
      const panel = await withReport(options, detailedReport(ids));
      await panel.send({ type: 'stale' });
      return panel;
    },
    says: [/has changed since/, /之后发生了变化|已更改|改变/],
  },
  applied: {
    open: async (options) => {
      const panel = await withReport(options, detailedReport(ids));
      await press(panel, 'use-gelu');
      await panel.send({ type: 'reply', id: (await panel.message('apply')).id, ok: { edits: 2 } });
      return panel;
    },
    says: [/2 edits/, /2/],
  },
  cancelled: {
    open: async (options) => {
      const panel = await midRun(options);
      await press(panel, 'cancel');
      return panel;
    },
    says: [/Cancelled/, /已取消/],
  },
  failed: {
    open: async (options) => {
      const panel = await start(options);
      await panel.send({
        type: 'unreadable',
        obstacles: [{ message: 'torch.linalg.svd is not supported', ...(sites[0] && { source: sites[0].source }) }],
        parts: [{ path: 'encoder', name: 'Encoder' }],
        models: [],
      });
      return panel;
    },
    says: [/torch\.linalg\.svd is not supported/, /torch\.linalg\.svd is not supported/],
  },
  'no GPU': {
    open: (options) => {
      const { environment, ...report } = detailedReport(ids);
      const onCpu = {
        runtime: environment.runtime,
        threads: 1,
        backend: 'wasm' as const,
        fallback: 'This browser has no WebGPU.',
      };
      return withReport(options, { ...report, environment: onCpu });
    },
    says: [/WebAssembly|CPU/, /WebAssembly|CPU/],
  },
  'software GPU': {
    open: (options) => withReport(options, detailedReport(ids)),
    says: [/software/i, /软件/],
  },
  restored: {
    open: async (options) => {
      const before = await withReport(options, detailedReport(ids));
      await before.page.waitForTimeout(200);
      const state = before.state();
      await before.close();
      const panel = await start({ ...options, state });
      await row(panel, 'hardswish').waitFor();
      return panel;
    },
    says: [/LeakyReLU/, /LeakyReLU/],
  },
};

/** Everything that is closed at first. */
const openAll = ({ page }: PanelPage) =>
  page.evaluate(() => {
    for (const each of document.querySelectorAll<HTMLDetailsElement>('main details, #root details'))
      if (!each.querySelector(':scope > [data-key^="popover-"]')) each.open = true;
  });

const overflow = ({ page }: PanelPage) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe('states of the compare panel', function () {
  this.timeout(120_000);
  let panel: PanelPage | undefined;
  afterEach(async () => {
    await panel?.close();
    panel = undefined;
  });

  for (const [name, { open, says }] of Object.entries(states))
    for (const [index, language] of languages.entries())
      it(`${name}, ${language}`, async () => {
        panel = await open({ language, theme: 'light', viewport: { width: 750, height: 800 } });
        await panel.page.waitForTimeout(150);
        assert.match(await panel.page.locator('body').innerText(), says[index] ?? /^$/);
        // axe-core adds styles of its own, which the content policy refuses: what is the page's own is looked at before.
        assert.deepEqual(panel.problems, []);
        const picture = async (what: string, fullPage = false) => {
          if (pictures)
            await panel?.page.screenshot({ path: join(pictures, `${name}-${language}-${what}.png`), fullPage });
        };
        await picture('first');
        await openAll(panel);
        for (const theme of themes) {
          await showTheme(panel.page, theme);
          await panel.page.waitForTimeout(50);
          await picture(theme, true);
          assert.deepEqual(await violations(panel.page), [], theme);
        }
        for (const width of [400, 2000]) {
          await panel.page.setViewportSize({ width, height: 800 });
          await panel.page.waitForTimeout(100);
          await picture(String(width), true);
          assert.ok((await overflow(panel)) <= 0, `${await overflow(panel)} px too wide at ${width}`);
        }
      });

  it('hidden: what is measured meanwhile is kept, and shown afterwards', async () => {
    panel = await start({});
    // A hidden page draws no frames.
    await panel.page.evaluate(() => {
      const { requestAnimationFrame: draw } = window;
      const waiting: FrameRequestCallback[] = [];
      window.requestAnimationFrame = (callback) => waiting.push(callback);
      Object.assign(window, {
        activationLensShow: () => {
          window.requestAnimationFrame = draw;
          for (const callback of waiting.splice(0)) draw(callback);
        },
      });
    });
    await panel.send(modelMessage({ budget: 100, autostart: true }));
    const { report } = (await panel.message('report')) as unknown as { report: Report };
    assert.equal(report.complete, true);
    assert.equal(await row(panel, 'gelu').count(), 0);
    await panel.page.evaluate(() => (window as unknown as { activationLensShow(): void }).activationLensShow());
    await row(panel, 'gelu').waitFor();
    assert.deepEqual(panel.problems, []);
  });
});
