// How long somebody waits for a comparison, in the browser editor: from the click on the lens over a model to the first
// number, the first ratio to the model as written, the verdict, and the end.
import { inRoot } from '../lib/paths.mjs';
import { openEditor } from './browserEditor.mjs';

const samples = ['mlp.py', 'cifar_cnn.py', 'vit.py', 'resnet.py'];
const marks = ['number', 'ratio', 'verdict', 'end'];

/** Milliseconds after which a comparison is given up. */
const patience = 600_000;

const settings = {
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
};

/** Runs in every frame of the editor, before its own scripts: notes when the panel first shows what is waited for. */
function watchPanel() {
  const rows = () => [...document.querySelectorAll('tr[data-candidate]')];
  const cells = (row) => [...row.querySelectorAll('td.decides')].map(({ textContent }) => textContent).join(' ');
  /** Hidden in mid-run. */
  const run = () => /** @type {HTMLElement | null} */ (document.querySelector('[data-key="run"]'));
  const isShown = {
    number: () => rows().some((row) => /\d/.test(cells(row))),
    ratio: () => rows().some((row) => /\d×/.test(cells(row))),
    verdict: () => !/^(Measuring…)?$/.test(document.querySelector('.answer')?.textContent ?? ''),
    end: () => rows().length > 1 && run()?.offsetParent !== null,
  };
  let seen = {};
  globalThis.activationLensTimes = {
    of: () => seen,
    forget: () => {
      seen = {};
    },
  };
  setInterval(() => {
    for (const [name, holds] of Object.entries(isShown)) if (!(name in seen) && holds()) seen[name] = Date.now();
  }, 20);
}

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** The frame whose panel has reached its end, and when what was shown there. */
async function waitForEnd(page, since) {
  for (let at = Date.now(); at - since < patience; at = Date.now()) {
    await pause(100);
    for (const frame of page.frames()) {
      const seen = await frame.evaluate(() => globalThis.activationLensTimes?.of()).catch(() => undefined);
      if (seen?.end >= since) return { frame, seen };
    }
  }
  throw new Error(`no comparison ended within ${patience} ms`);
}

/** The lens over a sample's model. */
async function openSample(page, name) {
  const file = page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).first();
  await file.waitFor({ timeout: 60_000 });
  await file.dblclick();
  await page.locator('.tab.active', { hasText: name }).waitFor();
  const lens = page.locator('.codelens-decoration a').first();
  const isShown = (timeout) =>
    lens.waitFor({ timeout }).then(
      () => true,
      () => false,
    );
  await lens.waitFor({ state: 'attached', timeout: 120_000 });
  // A model may stand below what is in sight.
  await page.locator('.editor-instance .view-lines').first().hover();
  for (let tries = 0; !(await isShown(tries === 0 ? 5000 : 500)); tries++) {
    if (tries === 20) throw new Error(`no lens over the model of ${name}`);
    await page.mouse.wheel(0, 200);
  }
  return lens;
}

const closeAll = async (page) => {
  await page.keyboard.press('Control+K');
  await page.keyboard.press('Control+W');
  await pause(500);
};

/** The panel that waits for somebody to begin. */
async function findPanel(page) {
  for (const end = Date.now() + 60_000; Date.now() < end; await pause(100))
    for (const frame of page.frames())
      if (
        await frame
          .locator('[data-key="run"]:not([disabled])')
          .isVisible()
          .catch(() => false)
      )
        return frame;
  throw new Error('no panel came to its Run within a minute');
}

/** Has the panel run on the GPU from now on, whatever kind it is of. */
async function chooseGpu(frame) {
  await frame.locator('[data-key="popover-device"]').click();
  await frame.locator('[data-key="device"]').click();
  await frame.locator('vscode-option[value="webgpu"]').click();
  await frame.locator('[data-key="popover-device"]').click();
}

/** From the click on the lens: reading and starting included. */
async function timeFromLens(page, lens) {
  const since = Date.now();
  await lens.click();
  return { since, seen: (await waitForEnd(page, since)).seen };
}

/** From the click on Run, on a GPU that was asked for: the panel begins on the CPU by itself. */
async function timeOnGpu(page, lens, isChosen) {
  await lens.click();
  const frame = await findPanel(page);
  if (!isChosen) await chooseGpu(frame);
  await frame.evaluate(() => globalThis.activationLensTimes.forget());
  const since = Date.now();
  await frame.locator('[data-key="run"]').click();
  return { since, seen: (await waitForEnd(page, since)).seen };
}

const devices = {
  CPU: { autostart: true, time: timeFromLens },
  'GPU in software': { autostart: false, time: timeOnGpu },
};

/**
 * @param {object} options
 * @param {number} options.rounds editors that are opened a device, one after the other: the first sample of each starts the
 *   threads, and none has results of before
 * @param {boolean} options.software also on the GPU in software, chosen before the run
 * @returns {Promise<{ sample: string, device: string, mark: string, values: number[] }[]>} milliseconds; infinite where the
 *   comparison ended without
 */
export async function comparisonTimes({ rounds, software }) {
  const asked = Object.entries(devices).filter(([device]) => software || device === 'CPU');
  const found = samples.flatMap((sample) =>
    asked.flatMap(([device]) => marks.map((mark) => ({ sample, device, mark, values: [] }))),
  );
  for (let round = 0; round < rounds; round++)
    for (const [device, { autostart, time }] of asked) {
      const editor = await openEditor({
        workspace: inRoot('samples'),
        settings: { ...settings, 'activationLens.compare.autostart': autostart },
        prepare: async (page) => {
          await page.context().addInitScript(watchPanel);
        },
      });
      try {
        const { page } = editor;
        for (const [i, sample] of samples.entries()) {
          const lens = await openSample(page, sample);
          // What came before is over: the editor draws its lenses once more.
          await pause(1500);
          const { since, seen } = await time(page, lens, i > 0);
          const told = marks.map((mark) => `${mark} ${mark in seen ? `${seen[mark] - since} ms` : 'never'}`);
          console.error(`${sample}, ${device}: ${told.join(', ')}`);
          for (const row of found)
            if (row.sample === sample && row.device === device)
              row.values.push((seen[row.mark] ?? Number.POSITIVE_INFINITY) - since);
          await closeAll(page);
        }
      } finally {
        await editor.close();
      }
    }
  return found;
}
