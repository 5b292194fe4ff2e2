import { swapSites } from '../../src/compare/sites';
import { extractModel } from '../../src/extract/extract';
import { NodeSource } from '../../src/source/node';
import { type Bench, median } from '../support/bench';
import { closeBrowser, openPanel, type PanelPage, textIsRead } from '../support/browser';
import { inRoot } from '../support/paths';
import { modelMessage } from '../support/reports';
import { testSyntax } from '../support/syntax';

/** Milliseconds: what is waited for longer is felt. */
const PAINT = 300;
const INPUT = 50;
const rounds = 7;

/** From the start of loading to the first words on the page. */
const firstPaint = ({ page }: PanelPage): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) =>
        new PerformanceObserver((list) => {
          const found = list.getEntriesByName('first-contentful-paint')[0];
          if (found) resolve(found.startTime);
        }).observe({ type: 'paint', buffered: true }),
      ),
  );

/** Opens and closes a setting of the bar by keys while a comparison runs; from each key to the next frame, in milliseconds. */
async function inputDelays(panel: PanelPage): Promise<number[]> {
  const { page } = panel;
  await page.locator('[data-key="popover-input"]').focus();
  await page.evaluate(() => {
    const delays: number[] = [];
    Object.assign(window, { activationLensDelays: delays });
    // The event's own time is that of the key, however late the page gets to it.
    window.addEventListener(
      'keydown',
      ({ timeStamp }) => requestAnimationFrame(() => setTimeout(() => delays.push(performance.now() - timeStamp))),
      { capture: true },
    );
  });
  for (let key = 0; key < 40; key++) {
    await page.keyboard.press('Enter');
    await page.waitForTimeout(60);
  }
  return page.evaluate(() => (window as unknown as { activationLensDelays: number[] }).activationLensDelays);
}

/** How soon the compare panel is there, and how soon it answers to keys in mid-run, in a browser outside of the editor. */
export const bench: Bench = async () => {
  const file = inRoot('samples', 'cifar_cnn.py');
  const extraction = await extractModel({ syntax: testSyntax(), source: new NodeSource(), file });
  if (!extraction.ok) throw new Error(extraction.problem.message);
  const { graph } = extraction;
  const sites = swapSites(graph);
  const paints: number[] = [];
  const delays: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const panel = await openPanel('compare', { answer: textIsRead });
    paints.push(await firstPaint(panel));
    await panel.message('ready');
    await panel.send(panel.resources);
    const selected = sites.map(({ id }) => id);
    await panel.send(modelMessage({ graph, sites, selected, budget: 10_000, autostart: true }));
    await panel.page.locator('tr[data-candidate]').first().waitFor({ timeout: 120_000 });
    delays.push(...(await inputDelays(panel)));
    await panel.close();
  }
  await closeBrowser();
  const sorted = delays.toSorted((a, b) => a - b);
  const late = sorted[Math.floor(0.95 * sorted.length)] ?? Number.NaN;
  const paint = median(paints);
  return [
    {
      what: "the compare panel's first paint",
      value: paint,
      unit: 'ms',
      peer: `its limit, ${PAINT} ms`,
      ratio: paint / PAINT,
    },
    {
      what: 'a key in mid-run, 95 of 100',
      value: late,
      unit: 'ms',
      peer: `its limit, ${INPUT} ms`,
      ratio: late / INPUT,
    },
  ];
};
