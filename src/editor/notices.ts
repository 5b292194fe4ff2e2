import * as vscode from 'vscode';
import { excerpt, MESSAGE, notice } from '../language/legible';

/** The door to notifications and questions, where the editor makes links of text: commands of any name among them. */
export function inform(text: string): void {
  void vscode.window.showInformationMessage(notice(text));
}

export function warn(text: string): void {
  void vscode.window.showWarningMessage(notice(text));
}

/** Tells something, and offers to do what follows from it; whether that was chosen. */
export async function offer(text: string, action: string): Promise<boolean> {
  return (await vscode.window.showInformationMessage(notice(text), action)) === action;
}

/** Says what went wrong. */
export function fail(error: unknown): void {
  void vscode.window.showErrorMessage(notice(error instanceof Error ? error.message : String(error)));
}

/** Asks before something is done that can't be undone by closing a question: nothing else goes on until it is answered. */
export async function askWhether(question: string, detail: string, action: string): Promise<boolean> {
  const options = { modal: true, detail: notice(detail) };
  return (await vscode.window.showWarningMessage(notice(question), options, action)) === action;
}

/** Lets the user pick one of a few; undefined where they think better of it. */
export function pick<Item extends vscode.QuickPickItem>(
  items: readonly Item[],
  options: vscode.QuickPickOptions & { readonly title: string },
): Thenable<Item | undefined> {
  return vscode.window.showQuickPick(items, { ...options, title: excerpt(options.title) });
}

interface InputPrompt extends Omit<vscode.InputBoxOptions, 'validateInput'> {
  readonly title: string;
  readonly prompt: string;
  /** What is wrong with an answer; undefined: nothing. */
  readonly problemOf: (answer: string) => string | undefined;
}

/** Asks for a line of text, which has to be right; undefined where the user thinks better of it. */
export function ask({ title, prompt, problemOf, ...options }: InputPrompt): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    ...options,
    title: excerpt(title, MESSAGE),
    prompt: notice(prompt),
    ignoreFocusOut: true,
    validateInput: (answer) => {
      const why = problemOf(answer);
      return why === undefined ? undefined : notice(why);
    },
  });
}

/** Shows in the editor's frame that something is being done. */
export function progress<Result>(title: string, work: () => Promise<Result>): Thenable<Result> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: notice(title) }, work);
}

/** How far a long piece of work is, in a notification that ends it on request. */
export interface Advance {
  readonly report: (what: string, percent: number) => void;
  readonly token: vscode.CancellationToken;
}

/** Shows a long piece of work that the user asked for, and may end. */
export function longProgress(title: string, work: (advance: Advance) => Promise<void>): Thenable<void> {
  const options = { location: vscode.ProgressLocation.Notification, title: notice(title), cancellable: true };
  return vscode.window.withProgress(options, (shown, token) =>
    work({ report: (what, increment) => shown.report({ message: notice(what), increment }), token }),
  );
}

/** An entry of the status bar, hidden until it has something to say. */
export function statusEntry(
  id: string,
  name: string,
  command: string,
): { readonly show: (text: string) => void } & vscode.Disposable {
  const item = vscode.window.createStatusBarItem(id, vscode.StatusBarAlignment.Left);
  item.name = name;
  item.command = command;
  return {
    show: (text) => {
      item.text = `$(checklist) ${notice(text)}`;
      item.show();
    },
    dispose: () => item.dispose(),
  };
}
