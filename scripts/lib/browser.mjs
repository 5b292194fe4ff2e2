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

/** WebGPU in software, the same everywhere. */
const inSoftware = ['--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan'];

/** WebGPU on the machine's own GPU, without a screen too. */
const onGpu = [
  '--ignore-gpu-blocklist',
  ...(process.platform === 'linux'
    ? ['--enable-features=Vulkan', '--use-angle=vulkan', '--disable-vulkan-surface']
    : []),
];

/** Nothing that asks the network. */
const flags = [
  '--enable-unsafe-webgpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Starts the browser; with ACTIVATION_LENS_ADAPTER=gpu in the environment it takes the machine's own GPU. As root its
 * sandbox can't start; playwright leaves it off unless asked.
 * @param {import('playwright-core').LaunchOptions} [options]
 */
export async function launchBrowser(options = {}) {
  const executablePath = findBrowser();
  if (!executablePath) throw new Error(missingBrowser);
  const adapter = process.env.ACTIVATION_LENS_ADAPTER === 'gpu' ? onGpu : inSoftware;
  return chromium.launch({ executablePath, ...options, args: [...flags, ...adapter, ...(options.args ?? [])] });
}

/** What a person is told where there is none. */
export const missingBrowser =
  'no Chromium or Chrome was found: install one (Debian: `apt-get install chromium`; elsewhere: ' +
  '`npx playwright-core install chromium`) or name it in ACTIVATION_LENS_CHROMIUM';
