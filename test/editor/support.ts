import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Api } from '../../src/editor/api';

export const extensionId = 'activation-lens.activation-lens';

export function extension(): vscode.Extension<Api> {
  const found = vscode.extensions.getExtension<Api>(extensionId);
  assert.ok(found, `${extensionId} is not installed in this editor`);
  return found;
}

export async function activate(): Promise<Api> {
  return extension().activate();
}

/** Opens a Python text in an editor; it is not saved anywhere. */
export function openPython(content: string): Promise<vscode.TextEditor> {
  return openText('python', content);
}

/** The same for another language. */
export async function openText(language: string, content: string): Promise<vscode.TextEditor> {
  // An untitled text that was just closed may still be emptied under the name that the next one gets.
  return eventually('the text in an editor', async () => {
    const document = await vscode.workspace.openTextDocument({ language, content });
    // One that is being closed can't be shown.
    const editor = await Promise.resolve(vscode.window.showTextDocument(document, vscode.ViewColumn.One)).catch(
      () => undefined,
    );
    return editor && document.getText() === content ? editor : undefined;
  });
}

export function sampleUri(name: string): vscode.Uri {
  return vscode.Uri.joinPath(extension().extensionUri, 'samples', name);
}

export async function openSample(name: string): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(sampleUri(name), { viewColumn: vscode.ViewColumn.One });
}

/** Providers start after their editor: asks again until there is an answer that holds. */
export async function eventually<T>(
  what: string,
  get: () => T | undefined | PromiseLike<T | undefined>,
  timeout = 120_000,
): Promise<T> {
  for (const start = Date.now(); Date.now() - start < timeout; ) {
    const value = await get();
    if (value !== undefined) return value;
    await pause(50);
  }
  throw new Error(`not within ${timeout} ms: ${what}`);
}

/** The next event that holds, and what was seen instead where none comes. */
export function next<T, U extends T>(
  event: vscode.Event<T>,
  what: string,
  is: (value: T) => value is U,
  timeout = 150_000,
): Promise<U> {
  return new Promise((resolve, reject) => {
    const seen: string[] = [];
    const subscription = event((value) => {
      if (is(value)) finish(() => resolve(value));
      else seen.push(JSON.stringify(value)?.slice(0, 400) ?? '');
    });
    const timer = setTimeout(
      () => finish(() => reject(new Error(`not within ${timeout} ms: ${what}; seen:\n${seen.join('\n')}`))),
      timeout,
    );
    const finish = (end: () => void) => {
      clearTimeout(timer);
      subscription.dispose();
      end();
    };
  });
}

/** What the lenses of a document say. */
export async function lensTitles(document: vscode.TextDocument): Promise<string[]> {
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    document.uri,
    100,
  );
  return found.flatMap(({ command }) => command?.title ?? []);
}

export const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** Changes a setting for the time of a test. */
export async function withSetting(name: string, value: unknown, body: () => Promise<void>): Promise<void> {
  const configuration = () => vscode.workspace.getConfiguration('activationLens');
  const before = configuration().inspect(name)?.globalValue;
  await configuration().update(name, value, vscode.ConfigurationTarget.Global);
  try {
    await body();
  } finally {
    await configuration().update(name, before, vscode.ConfigurationTarget.Global);
  }
}

export async function closeAll(): Promise<void> {
  const isAllClosed = () =>
    vscode.window.tabGroups.all.every((group) => group.tabs.length === 0) &&
    vscode.workspace.textDocuments.every((document) => !document.isUntitled || document.isClosed);
  // What was typed just now may not count as unsaved yet: then the editor asks whether to keep it, and closes nothing.
  await eventually('every tab and untitled text is closed', async () => {
    // Unsaved texts would ask whether to keep them.
    for (const { document, viewColumn } of vscode.window.visibleTextEditors) {
      if (!document.isDirty) continue;
      await vscode.window.showTextDocument(document, viewColumn);
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    }
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    // The command returns before the last tab is gone: closing must not reach into the next test.
    for (let waits = 0; waits < 40 && !isAllClosed(); waits++) await pause(50);
    return isAllClosed() || undefined;
  });
}

/** The position of the first occurrence of some text, moved into it by `offset`. */
export function positionOf(document: vscode.TextDocument, text: string, offset = 1): vscode.Position {
  const index = document.getText().indexOf(text);
  assert.notEqual(index, -1, `${text} is not in the document`);
  return document.positionAt(index + offset);
}
