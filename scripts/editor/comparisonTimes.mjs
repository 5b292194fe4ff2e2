// How long somebody waits for a comparison, in the browser editor: from the click on the lens over a model to the first
// number, the first ratio to the model as written, the verdict, and the end.
import { inRoot } from '../lib/paths.mjs';
import { openEditor } from './browserEditor.mjs';

const samples = ['mlp.py', 'cifar_cnn.py', 'vit.py', 'resnet.py'];
const marks = ['number', 'ratio', 'verdict', 'end'];

/** Milliseconds after which a comparison is given up. */
const patience = 600_000;

const settings = {
  'activationLens.compare.autostart': true,
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
  return page.locator('.codelens-decoration a').first();
}

const closeAll = async (page) => {
  await page.keyboard.press('Control+K');
  await page.keyboard.press('Control+W');
  await pause(500);
};

/**
 * @param {object} options
 * @param {number} options.rounds editors that are opened, one after the other: the first sample of each starts the threads
 * @param {boolean} options.software also on the GPU in software, which is a click more
 * @returns {Promise<{ sample: string, device: string, mark: string, values: number[] }[]>} milliseconds
 */
export async function comparisonTimes({ rounds, software }) {
  const found = samples.flatMap((sample) =>
    ['CPU', ...(software ? ['GPU in software'] : [])].flatMap((device) =>
      marks.map((mark) => ({ sample, device, mark, values: [] })),
    ),
  );
  const add = (sample, device, since, seen) => {
    for (const row of found)
      if (row.sample === sample && row.device === device) row.values.push(seen[row.mark] - since);
  };
  for (let round = 0; round < rounds; round++) {
    const editor = await openEditor({
      workspace: inRoot('samples'),
      settings,
      prepare: async (page) => {
        await page.context().addInitScript(watchPanel);
      },
    });
    try {
      const { page } = editor;
      for (const sample of samples) {
        const lens = await openSample(page, sample);
        await lens.waitFor({ timeout: 120_000 });
        // What came before is over: the editor draws its lenses once more.
        await pause(1500);
        const clicked = Date.now();
        await lens.click();
        const { frame, seen } = await waitForEnd(page, clicked);
        add(sample, 'CPU', clicked, seen);
        if (software) {
          await frame.evaluate(() => globalThis.activationLensTimes.forget());
          const asked = Date.now();
          await frame.locator('[data-key="try-gpu"]').click();
          add(sample, 'GPU in software', asked, (await waitForEnd(page, asked)).seen);
        }
        await closeAll(page);
      }
    } finally {
      await editor.close();
    }
  }
  return found;
}
