// Finds a Chromium and says how to start it. Imported by scripts and by bundled tests: nothing of ours is imported.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const programFilePaths = (...parts) =>
  [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA]
    .filter((folder) => folder !== undefined)
    .map((folder) => join(folder, ...parts));

const wellKnown = {
  linux: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable'],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [
    ...programFilePaths('Google', 'Chrome', 'Application', 'chrome.exe'),
    ...programFilePaths('Microsoft', 'Edge', 'Application', 'msedge.exe'),
  ],
};

/** The browser to test in: `ACTIVATION_LENS_CHROMIUM`, an installed one, or playwright's own. */
export function findBrowser() {
  const candidates = [
    process.env.ACTIVATION_LENS_CHROMIUM,
    ...(wellKnown[process.platform] ?? []),
    chromium.executablePath(),
  ];
  return candidates.find((file) => file && existsSync(file));
}

/** WebGPU in software, the same everywhere; nothing that asks the network. */
const flags = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Starts the browser. As root its sandbox can't start; playwright leaves it off unless asked.
 * @param {import('playwright-core').LaunchOptions} [options]
 */
export async function launchBrowser(options = {}) {
  const executablePath = findBrowser();
  if (!executablePath) throw new Error(missingBrowser);
  return chromium.launch({ executablePath, ...options, args: [...flags, ...(options.args ?? [])] });
}

/** What a person is told where there is none. */
export const missingBrowser =
  'no Chromium or Chrome was found: install one (Debian: `apt-get install chromium`; elsewhere: ' +
  '`npx playwright-core install chromium`) or name it in ACTIVATION_LENS_CHROMIUM';
