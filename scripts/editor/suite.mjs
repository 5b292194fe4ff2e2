// Runs the in-editor suite (test/editor) inside a real VS Code: the desktop's where it can be had, else the browser's.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'node:util';
import { inRoot } from '../lib/paths.mjs';
import { runAndKeep } from '../lib/process.mjs';
import { copyWorkspace, openEditor } from './browserEditor.mjs';
import { screen, whyNotDownloadable } from './desktop.mjs';

const suite = inRoot('out', 'test', 'editor', 'index.cjs');
const webSuite = inRoot('out', 'test', 'editor', 'web.cjs');
const minutesToEnd = 25;
const minutesToStart = 5;

/** What the suite prints before its first test, and the counts that it prints after its last (test/editor/index.ts). */
const startLine = 'in-editor suite: started';

function counts(text) {
  const found = [...text.matchAll(/in-editor suite: (\d+) passed, (\d+) failed/g)].at(-1);
  const failing = [...text.matchAll(/in-editor suite: failed: (.*)/g)].map(([, line]) => line);
  return found && { passed: Number(found[1]), failed: Number(found[2]), failing };
}

/** A suite that said nothing, or ended badly after saying that all was well, has failed. */
function judge(text, code) {
  const found = counts(text);
  if (!found || found.passed + found.failed === 0) {
    console.log(`the in-editor suite reported no result (exit ${code})`);
    return { passed: 0, failed: 1 };
  }
  return code !== 0 && found.failed === 0 ? { ...found, failed: 1 } : found;
}

/** Runs a module's `run()` in desktop VS Code. */
async function runInDesktop(tests, { web = false } = {}) {
  const workspace = copyWorkspace(inRoot('samples'));
  try {
    const [program, ...args] = [...(await screen()), process.execPath, inRoot('scripts', 'editor', 'runDesktop.mjs')];
    const { code, text } = await runAndKeep(program, [...args, tests, workspace.folder, ...(web ? ['web'] : [])]);
    return judge(text, code);
  } finally {
    workspace.remove();
  }
}

/** Runs a module's `run()` in the browser editor. */
async function runInBrowser(tests, { web = false } = {}) {
  let text = '';
  let started = false;
  let end;
  const exit = new Promise((resolve) => {
    end = resolve;
  });
  const editor = await openEditor({
    workspace: inRoot('samples'),
    tests,
    web,
    prepare: async (page) => {
      await page.exposeFunction('codeAutomationLog', (_type, args) => {
        const line = format(...args);
        text += `${line}\n`;
        // Before the suite starts, only the workbench talks: about services that nobody signed in to.
        started ||= line.includes(startLine);
        if (started) console.log(line);
      });
      await page.exposeFunction('codeAutomationExit', (code) => end(code));
    },
  });
  const timers = [
    setTimeout(() => started || end(`not started within ${minutesToStart} minutes`), minutesToStart * 60_000),
    setTimeout(() => end(`no end within ${minutesToEnd} minutes`), minutesToEnd * 60_000),
  ];
  try {
    const code = await exit;
    if (!counts(text)) console.log(text);
    return judge(text, code);
  } finally {
    for (const timer of timers) clearTimeout(timer);
    await editor.close();
  }
}

/**
 * Runs both suites in the same editor: the large one in the extension host of Node, the small one in the web worker's.
 * @returns {Promise<import('../lib/stages.mjs').Counts>}
 */
export async function runEditorSuite() {
  const reason = await whyNotDownloadable();
  const inEditor = reason ? runInBrowser : runInDesktop;
  console.log(
    reason
      ? `in the browser editor: desktop VS Code can't be downloaded, ${reason}`
      : 'in desktop VS Code, through @vscode/test-electron',
  );
  const total = await inEditor(suite);
  console.log("in the same editor's web worker extension host");
  const web = await inEditor(webSuite, { web: true });
  return {
    passed: total.passed + web.passed,
    failed: total.failed + web.failed,
    failing: [...(total.failing ?? []), ...(web.failing ?? [])],
  };
}

/**
 * What the extension takes to activate, to answer hovers, to list a model's sites and to follow a keystroke with advice and shapes, each in a fresh browser editor;
 * and what models that are open take of memory.
 * @returns {Promise<{ what: string, value: number, unit: string }[]>}
 */
export async function editorTimes() {
  return [
    ...(await timesOf('times', 'hovers over nothing')),
    ...(await timesOf('siteTimes', 'the site list of another model')),
    ...(await timesOf('adviceTimes', 'a keystroke to a problem gone')),
    ...(await timesOf('shapeTimes', 'nine more models that are open with their shapes')),
  ];
}

/** @param {string} last what is measured last; without it the extension did not activate, or something failed */
async function timesOf(name, last) {
  const empty = mkdtempSync(join(tmpdir(), 'activation-lens-empty-'));
  let end;
  const ended = new Promise((resolve) => {
    end = resolve;
  });
  let text = '';
  const editor = await openEditor({
    workspace: empty,
    tests: inRoot('out', 'test', 'editor', `${name}.cjs`),
    prepare: async (page) => {
      await page.exposeFunction('codeAutomationLog', (_type, args) => {
        text += `${format(...args)}\n`;
      });
      await page.exposeFunction('codeAutomationExit', () => end());
    },
  });
  const timer = setTimeout(end, minutesToStart * 60_000);
  await ended;
  clearTimeout(timer);
  await editor.close();
  rmSync(empty, { recursive: true, force: true });
  const found = [...text.matchAll(/(?:time|memory) of ([^:]+): ([\d.]+) (ms|MB)/g)];
  if (!found.some(([, what]) => what === last)) throw new Error(`not all was measured:\n${text}`);
  return found.map(([, what, value, unit]) => ({ what, value: Number(value), unit }));
}
