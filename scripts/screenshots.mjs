// Takes the pictures of the README in a real VS Code: hover, problem with its fix and what it costs, comparison,
// explainer, in both themes.
//   node scripts/screenshots.mjs [OUT_DIR] [light|dark] [hover|advice|shapes|measure|explain|compare ...]
// Build first. Every picture should be looked at before it is committed.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openEditor } from './editor/browserEditor.mjs';
import { inRoot } from './lib/paths.mjs';

const themes = { light: 'Default Light Modern', dark: 'Default Dark Modern' };

const problems = `import torch
import torch.nn as nn
import torch.nn.functional as F


class Swish(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(x)


class Classifier(nn.Module):
    def __init__(self, features: int = 64, classes: int = 10):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(features, 128),
            nn.Linear(128, 64),
            nn.ReLU(),
            nn.Linear(64, classes),
        )

    def forward(self, x):
        return self.layers(x)


def training_loss(model, x, target):
    probabilities = F.softmax(model(x), dim=1)
    return F.cross_entropy(probabilities, target)
`;

const digits = `import torch
from torch import nn


class Digits(nn.Module):
    def __init__(self, hidden: int = 128):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(),
            nn.Linear(28 * 28, hidden),
            nn.ReLU(),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.Linear(hidden, 10),
            nn.Softmax(dim=1),
        )

    def forward(self, image):
        return self.layers(image)


def train(loader):
    model = Digits()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters())
    for image, label in loader:
        optimizer.zero_grad()
        loss = criterion(model(image), label)
        loss.backward()
        optimizer.step()
`;

const settings = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.commandCenter.enabled': false,
  'chat.disableAIFeatures': true,
  'workbench.tips.enabled': false,
  'editor.minimap.enabled': false,
  'editor.fontSize': 14,
  'security.workspace.trust.enabled': false,
  'activationLens.compare.autostart': false,
};

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

async function openFile(page, name) {
  const file = page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).first();
  await file.waitFor({ timeout: 60_000 });
  await file.dblclick();
  await page.locator('.view-line span', { hasText: 'import' }).first().waitFor();
  await page.keyboard.press('Control+B');
  // The setting that hides it may come too late for a fresh window.
  if (await page.locator('.part.auxiliarybar').isVisible()) await page.keyboard.press('Control+Alt+B');
}

async function runCommand(page, name) {
  await page.keyboard.press('F1');
  await page.keyboard.type(name, { delay: 20 });
  await pause(800);
  await page.keyboard.press('Enter');
}

/** Asks every frame again and again until one answers. */
async function askFrames(page, ask) {
  for (let second = 0; second < 180; second++) {
    await pause(1000);
    for (const frame of page.frames()) {
      const answer = await ask(frame).catch(() => undefined);
      if (answer) return answer;
    }
  }
  throw new Error('no frame answered within 180 s');
}

/** The innermost text of a word in the editor. */
const word = (page, text) => page.locator('.view-line span:not(:has(span))').filter({ hasText: text }).first();

const pictures = {
  async hover(page) {
    await openFile(page, 'cifar_cnn.py');
    await page.locator('.codelens-decoration a').first().waitFor({ timeout: 60_000 });
    await word(page, 'ReLU').scrollIntoViewIfNeeded();
    await word(page, 'ReLU').hover();
    await page.locator('.monaco-hover img').first().waitFor({ timeout: 30_000 });
    // What it means in the model is there from the second hover on.
    await page.mouse.move(5, 5);
    await pause(3000);
    await word(page, 'ReLU').hover();
    await page.locator('.monaco-hover', { hasText: 'CifarCNN' }).first().waitFor({ timeout: 30_000 });
    await pause(800);
  },
  async advice(page, folder) {
    writeFileSync(join(folder, 'classifier.py'), problems);
    await openFile(page, 'classifier.py');
    await page.locator('.squiggly-warning, .squiggly-info').first().waitFor({ timeout: 60_000 });
    await page.keyboard.press('F8');
    await page.keyboard.press('Escape');
    await runCommand(page, 'View: Focus Problems');
    await pause(600);
    await word(page, 'sigmoid').click();
    await page.keyboard.press('Control+.');
    await page.locator('.action-widget').first().waitFor();
    await pause(500);
  },
  async shapes(page, folder) {
    const file = join(folder, '.vscode', 'settings.json');
    const shown = { ...JSON.parse(readFileSync(file, 'utf8')), 'activationLens.shapes': 'all' };
    writeFileSync(file, JSON.stringify(shown));
    await openFile(page, 'resnet.py');
    await page.locator('.view-line', { hasText: 'parameters' }).first().waitFor({ timeout: 60_000 });
    await page.keyboard.press('Control+F');
    await page.keyboard.type('return self.act2');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await page.locator('.view-line', { hasText: 'B×' }).first().waitFor({ timeout: 60_000 });
    const line = page.locator('.view-line', { hasText: 'self.bn2(self.conv2(out))' }).first();
    await line.locator('span:not(:has(span))').filter({ hasText: 'conv2' }).first().hover();
    await page.locator('.monaco-hover', { hasText: 'for an input of' }).first().waitFor({ timeout: 30_000 });
    await pause(800);
  },
  async measure(page, folder) {
    writeFileSync(join(folder, 'digits.py'), digits);
    await openFile(page, 'digits.py');
    await page.locator('.squiggly-warning').first().waitFor({ timeout: 60_000 });
    const openLightbulb = async () => {
      await word(page, 'Softmax').click();
      await page.keyboard.press('Control+.');
      await page.locator('.action-widget').first().waitFor();
      await pause(500);
    };
    await openLightbulb();
    await page.locator('.action-widget .monaco-list-row', { hasText: 'Measure this' }).first().click();
    await askFrames(page, (frame) => frame.getByRole('button', { name: 'Measure again' }).isVisible());
    await pause(1500);
    await openLightbulb();
  },
  async explain(page) {
    await openFile(page, 'cifar_cnn.py');
    await page.locator('.codelens-decoration a').first().waitFor({ timeout: 60_000 });
    await runCommand(page, 'Activation Lens: Explain');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'GELU' }).first().waitFor();
    await page.keyboard.type('gelu', { delay: 20 });
    await pause(500);
    await page.keyboard.press('Enter');
    await page.locator('.webview.ready').first().waitFor({ timeout: 30_000 });
    await pause(4000);
  },
  async compare(page) {
    await openFile(page, 'mlp.py');
    await page.locator('.codelens-decoration a').first().click({ timeout: 60_000 });
    const panel = page.locator('.webview.ready').first();
    await panel.waitFor({ timeout: 30_000 });
    // The GPU of the test browser is a program, so it runs on the CPU.
    const frame = await askFrames(page, async (each) => (await each.locator('.toolbar').isVisible()) && each);
    const ended = () => frame.getByRole('button', { name: 'Run again' }).waitFor({ timeout: 300_000 });
    await frame.getByRole('button', { name: 'Run', exact: true }).click();
    await ended();
    await frame.locator('[data-key="verdict-train"]').click();
    await pause(2000);
    await ended();
    await pause(1500);
  },
};

/** The comparison has a table and a chart to show; the measured panel stands beside the code. */
const viewports = { compare: { width: 1560, height: 960 }, measure: { width: 1400, height: 720 } };

const [out = 'media/screenshots', ...only] = process.argv.slice(2);
const folder = resolve(out);
mkdirSync(folder, { recursive: true });
const selectWanted = (names) =>
  names.filter((name) => !only.some((each) => names.includes(each)) || only.includes(name));

for (const theme of selectWanted(Object.keys(themes))) {
  for (const name of selectWanted(Object.keys(pictures))) {
    const editor = await openEditor({
      workspace: inRoot('samples'),
      settings: { ...settings, 'workbench.colorTheme': themes[theme] },
      page: { viewport: viewports[name] ?? { width: 1280, height: 800 } },
    });
    const file = join(folder, `${name}-${theme}.png`);
    try {
      await pictures[name](editor.page, editor.folder);
    } catch (error) {
      console.error(`${name} (${theme}):`, error);
      process.exitCode = 1;
    }
    await editor.page.screenshot({ path: file });
    console.log(file);
    await editor.close();
  }
}
