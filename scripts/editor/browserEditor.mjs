// Starts the browser editor and opens a folder in it, with this repository's extension.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, relative, sep } from 'node:path';
import { launchBrowser } from '../lib/browser.mjs';
import { root } from '../lib/paths.mjs';
import { ensureCodeServer } from './codeServer.mjs';
import { serveFolder } from './servers.mjs';

const host = '127.0.0.1';

/** A port that nobody uses at this moment. */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, host, () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address());
      probe.close(() => resolve(port));
    });
  });
}

/** Waits until the server answers, or tells what it printed when it doesn't. */
async function waitForAnswer(address, child, printed) {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) break;
    const answer = await fetch(address).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`the browser editor did not start:\n${printed()}`);
}

/**
 * Starts a server with a data folder of its own, removed at the end.
 * @param {{ port?: number, env?: Record<string, string> }} [options]
 */
export async function startServer({ port, env } = {}) {
  const { node, server } = await ensureCodeServer();
  const chosen = port ?? (await freePort());
  const data = mkdtempSync(join(tmpdir(), 'activation-lens-editor-'));
  const args = [
    ...['--host', host, '--port', String(chosen), '--server-data-dir', data],
    ...['--without-connection-token', '--accept-server-license-terms', '--disable-telemetry'],
    // The smoke-test driver is what makes the workbench take the development folder from the address.
    ...['--disable-workspace-trust', '--enable-smoke-test-driver'],
  ];
  let text = '';
  const child = spawn(node, [server, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece) => {
      text = (text + piece).slice(-20_000);
    });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const address = `http://${host}:${chosen}/`;
  const stop = async () => {
    child.kill();
    await ended;
    rmSync(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    await waitForAnswer(address, child, () => text);
  } catch (error) {
    await stop();
    throw error;
  }
  return { address, stop, ended };
}

const remote = (path) => `vscode-remote://remote${path}`;

/**
 * The address that opens a folder, with an extension under development.
 * @param {string} server its address
 * @param {{ workspace: string, extension?: string, tests?: string }} what `tests`: a module with a `run()`
 */
export function editorAddress(server, { workspace, extension, tests }) {
  const payload = [
    ['skipWelcome', 'true'],
    ...(extension ? [['extensionDevelopmentPath', remote(extension)]] : []),
    ...(tests ? [['extensionTestsPath', remote(tests)]] : []),
  ];
  return `${server}?${new URLSearchParams({ folder: workspace, payload: JSON.stringify(payload) })}`;
}

/**
 * Puts the extension into the page's own extension host, a web worker. The address can't ask for that, only the
 * configuration that the server writes into the page can: so the workbench reads it with our addition.
 */
async function developInPage(page, { extension, tests }) {
  const files = await serveFolder(root);
  const { host } = new URL(files.address);
  const uri = (path) => ({ scheme: 'http', authority: host, path: `/${relative(root, path).split(sep).join('/')}` });
  const developmentOptions = { extensions: [uri(extension)], extensionTestsPath: tests && uri(tests) };
  await page.addInitScript((options) => {
    const read = Element.prototype.getAttribute;
    Element.prototype.getAttribute = function (name) {
      const value = read.call(this, name);
      if (this.id !== 'vscode-workbench-web-configuration' || name !== 'data-settings') return value;
      return JSON.stringify({ ...JSON.parse(value), developmentOptions: options });
    };
  }, developmentOptions);
  return files.stop;
}

/** What every run wants: nothing that starts by itself, asks for an account or for the network. */
const quiet = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'workbench.startupEditor': 'none',
};

/** A copy of a folder that a run may change, with the editor's settings for it. */
export function copyWorkspace(workspace, settings = {}) {
  const parent = mkdtempSync(join(tmpdir(), 'activation-lens-workspace-'));
  const copy = join(parent, basename(workspace));
  cpSync(workspace, copy, { recursive: true });
  mkdirSync(join(copy, '.vscode'), { recursive: true });
  writeFileSync(join(copy, '.vscode', 'settings.json'), JSON.stringify({ ...quiet, ...settings }, undefined, 2));
  return { folder: copy, remove: () => rmSync(parent, { recursive: true, force: true }) };
}

/**
 * A running editor with the extension, as a playwright page. The folder is copied, so nothing of it changes.
 * @param {object} options
 * @param {string} options.workspace folder to open
 * @param {string} [options.extension] the extension's folder: this repository
 * @param {Record<string, unknown>} [options.settings] such as `{ 'workbench.colorTheme': 'Default Light Modern' }`
 * @param {import('playwright-core').BrowserContextOptions} [options.page] such as the viewport and the locale
 * @param {string} [options.tests] a module with a `run()`, started in the extension host
 * @param {boolean} [options.web] run the extension in the page's extension host, a web worker
 * @param {(page: import('playwright-core').Page) => Promise<void>} [options.prepare] before the page is opened
 * @param {Record<string, string>} [options.env] variables for the extension host
 */
export async function openEditor({
  workspace,
  extension = root,
  settings,
  page: pageOptions,
  tests,
  web,
  prepare,
  env,
}) {
  const copy = copyWorkspace(workspace, settings);
  const undo = [copy.remove];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const server = await startServer({ env });
    undo.push(server.stop);
    const browser = await launchBrowser();
    undo.push(() => browser.close());
    // The workbench's content policy names only its own origin; a web extension comes from another.
    const bypassCSP = Boolean(web);
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, bypassCSP, ...pageOptions });
    const page = await context.newPage();
    await prepare?.(page);
    const what = { workspace: copy.folder };
    if (web) undo.push(await developInPage(page, { extension, tests }));
    else Object.assign(what, { extension, tests });
    await page.goto(editorAddress(server.address, what));
    await page.waitForSelector('.monaco-workbench', { timeout: 60_000 });
    return { page, folder: copy.folder, close };
  } catch (error) {
    await close();
    throw error;
  }
}
