import type { Browser, Page } from 'playwright-core';
import type { Webview } from 'vscode';
import { Uri } from 'vscode';
import { launchBrowser } from '../../scripts/lib/browser.mjs';
import { html, type Page as Panel } from '../../src/panel/html';
import { PageServer } from './server';
import { type Theme, themeKinds, variables } from './themes';

interface Shared {
  readonly browser: Browser;
  readonly server: PageServer;
}

/** Every test file is a bundle of its own: what they share lives on the global object. */
const holder = globalThis as { activationLensBrowser?: Promise<Shared> };

/** The browser and the server of this test run, started at the first need and closed after the last test. */
function shared(): Promise<Shared> {
  holder.activationLensBrowser ??= (async () => ({
    browser: await launchBrowser(),
    server: await PageServer.start(),
  }))();
  return holder.activationLensBrowser;
}

/** Closes what this run shares; the next page starts it anew. */
export async function closeBrowser(): Promise<void> {
  const running = holder.activationLensBrowser;
  if (!running) return;
  holder.activationLensBrowser = undefined;
  const { browser, server } = await running;
  await browser.close();
  await server.close();
}

// Benchmarks have no such end: they close it themselves.
(globalThis as { after?: typeof after }).after?.('closes the browser', closeBrowser);

export interface PageOptions {
  readonly theme?: Theme;
  /** The editor's display language: `en`, `zh-cn`. */
  readonly language?: string;
  /** What the page kept with `setState` before. */
  readonly state?: unknown;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** What the host answers at once; undefined: nothing. */
  readonly answer?: (message: unknown) => unknown;
}

/** Answers as a host that has the text read before each run of the compare panel. */
export const textIsRead = (message: unknown): unknown => {
  const { type, id } = message as { type: string; id?: string };
  return type === 'refresh' ? { type: 'reply', id, ok: null } : undefined;
};

/** A panel's page outside of the editor, with the editor's side played by the test. */
export interface PanelPage {
  readonly page: Page;
  /** What the page posted to its host, in order. */
  readonly posted: readonly unknown[];
  /** The state last kept with `setState`. */
  readonly state: () => unknown;
  /** Errors of the page, refusals of its content policy included, in order. Empty at the end of a good test. */
  readonly problems: readonly string[];
  /** Where the runtime's files are, as the host tells the compare panel. */
  readonly resources: {
    readonly type: 'resources';
    readonly wasm: string;
    readonly worker: string;
  };
  /** Posts a message as the host does. */
  send(message: unknown): Promise<void>;
  /** The next message of this type that was not waited for yet, earlier ones included. */
  message(type: string, timeout?: number): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/** Opens a panel's built page (`dist/webview/…`) with the HTML and the content policy that the extension gives it. */
export async function openPanel(name: Panel['name'], options: PageOptions = {}): Promise<PanelPage> {
  const { server } = await shared();
  return open(options, panelHtml(server, name, options.language ?? 'en'));
}

/**
 * Opens a page of the tests' own, `test/browser/pages/<name>.ts`, under the same content policy: for testing charts
 * and controls by themselves.
 */
export async function openTestPage(name: string, options: PageOptions = {}): Promise<PanelPage> {
  const { server } = await shared();
  const page = panelHtml(server, 'explain', options.language ?? 'en')
    .replace(/<link[^>]*>/, '')
    .replace('/dist/webview/explain.js', `/out/test/browser/pages/${name}.js`);
  return open(options, page);
}

/** Shows an open page in another of the editor's themes, as the editor does: by its variables. */
export async function showTheme(page: Page, theme: Theme): Promise<void> {
  await page.evaluate(
    ({ kind, variables: values }) => {
      const { style } = document.documentElement;
      // A theme may lack what the one before had.
      for (const name of [...style]) if (name.startsWith('--vscode-')) style.removeProperty(name);
      for (const [name, value] of Object.entries(values)) style.setProperty(name, value);
      document.body.className = document.body.className.replace(/vscode-\S+/g, '').trim();
      document.body.classList.add(kind);
      document.body.dataset.vscodeThemeKind = kind;
    },
    { kind: themeKinds[theme], variables: variables(theme) },
  );
}

function panelHtml(server: PageServer, name: Panel['name'], language: string): string {
  const webview: Pick<Webview, 'asWebviewUri' | 'cspSource'> = {
    cspSource: server.resources,
    asWebviewUri: (uri) => ({ toString: () => `${server.resources}${uri.path}` }) as Uri,
  };
  return html(webview as Webview, Uri.file('/'), { name, title: name, language });
}

async function open(options: PageOptions, content: string): Promise<PanelPage> {
  const { browser, server } = await shared();
  const context = await browser.newContext({ viewport: options.viewport ?? { width: 900, height: 900 } });
  const page = await context.newPage();
  const posted: unknown[] = [];
  const problems: string[] = [];
  const waiting = new Set<() => void>();
  const taken = new Set<unknown>();
  let state = options.state;

  page.on('pageerror', (error) => problems.push(error.stack ?? error.message));
  page.on('console', (line) => {
    if (line.type() === 'error') problems.push(line.text());
  });
  await page.exposeFunction('activationLensPost', (message: unknown) => {
    posted.push(message);
    const answer = options.answer?.(message);
    if (answer !== undefined) void page.evaluate((data) => window.postMessage(data, '*'), answer);
    for (const wake of waiting) wake();
  });
  await page.exposeFunction('activationLensSave', (value: unknown) => {
    state = value;
  });
  const theme = options.theme ?? 'dark';
  await page.addInitScript(actAsEditor, { state, kind: themeKinds[theme], variables: variables(theme) });
  await page.goto(server.add(content));

  return {
    page,
    posted,
    problems,
    state: () => state,
    resources: {
      type: 'resources',
      wasm: `${server.resources}/dist/ort/ort-wasm-simd-threaded.jspi.wasm`,
      worker: `${server.resources}/dist/webview/runner.worker.js`,
    },
    send: (message) => page.evaluate((data) => window.postMessage(data, '*'), message),
    message: (type, timeout = 50_000) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = posted.find((each) => isOfType(each, type) && !taken.has(each));
          if (!found) return;
          taken.add(found);
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found as Record<string, unknown>);
        };
        const timer = setTimeout(() => {
          waiting.delete(look);
          const said = [JSON.stringify(posted).slice(0, 2000), ...problems].join('\n');
          reject(new Error(`the page posted no "${type}" within ${timeout} ms; it posted:\n${said}`));
        }, timeout);
        waiting.add(look);
        look();
      }),
    close: () => context.close(),
  };
}

const isOfType = (message: unknown, type: string): boolean =>
  typeof message === 'object' && message !== null && 'type' in message && message.type === type;

/** Runs in the page before its own scripts: what the editor's frame around a webview provides. */
function actAsEditor(given: { state: unknown; kind: string; variables: Record<string, string> }): void {
  const host = window as unknown as {
    activationLensPost(message: unknown): void;
    activationLensSave(state: unknown): void;
    acquireVsCodeApi?: () => unknown;
  };
  let state = given.state;
  let acquired = false;
  host.acquireVsCodeApi = () => {
    if (acquired) throw new Error('An instance of the VS Code API has already been acquired');
    acquired = true;
    return {
      // The editor copies messages by structured clone; what can't be cloned fails there, so it fails here.
      postMessage: (message: unknown) => host.activationLensPost(structuredClone(message)),
      getState: () => state,
      setState: (value: unknown) => {
        state = structuredClone(value);
        host.activationLensSave(state);
        return value;
      },
    };
  };
  document.addEventListener('DOMContentLoaded', () => {
    for (const [name, value] of Object.entries(given.variables))
      document.documentElement.style.setProperty(name, value);
    document.body.classList.add(given.kind);
    document.body.dataset.vscodeThemeKind = given.kind;
    document.body.style.cssText +=
      'background-color: var(--vscode-editor-background); color: var(--vscode-foreground); font: 13px system-ui; margin: 0; padding: 0 20px;';
  });
}
