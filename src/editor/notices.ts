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

/** Milliseconds between two looks of a list that grows: it stays under the hand. */
const GROWTH = 150;

/**
 * Lets the user pick one while more are being found; undefined where they think better of it. The search ends with the choice.
 * @param find calls `show` with all that is found by now, as often as it likes
 */
export async function pickWhileFinding<Item extends vscode.QuickPickItem>(
  { title, placeHolder }: { readonly title: string; readonly placeHolder: string },
  find: (show: (items: readonly Item[]) => void, token: vscode.CancellationToken) => Promise<void>,
): Promise<Item | undefined> {
  const list = vscode.window.createQuickPick<Item>();
  Object.assign(list, { title: excerpt(title), placeholder: excerpt(placeHolder), busy: true });
  Object.assign(list, { matchOnDescription: true, matchOnDetail: true, keepScrollPosition: true });
  const search = new vscode.CancellationTokenSource();
  let latest: readonly Item[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const draw = () => {
    timer = undefined;
    const [active] = list.activeItems;
    // The first one that can be chosen is the editor's choice, and stays so; another one is the user's.
    const isFirst = active === list.items.find(({ kind }) => kind !== vscode.QuickPickItemKind.Separator);
    list.items = latest;
    const again = latest.find(
      ({ label, description }) => label === active?.label && description === active.description,
    );
    if (again && !isFirst) list.activeItems = [again];
  };
  try {
    return await new Promise<Item | undefined>((resolve, reject) => {
      list.onDidAccept(() => {
        const [chosen] = list.selectedItems;
        if (chosen) resolve(chosen);
      });
      list.onDidHide(() => resolve(undefined));
      list.show();
      const show = (items: readonly Item[]) => {
        // The first entries are there at once.
        const isFirst = latest.length === 0;
        latest = items;
        if (isFirst) draw();
        else timer ??= setTimeout(draw, GROWTH);
      };
      find(show, search.token).then(() => {
        list.busy = false;
      }, reject);
    });
  } finally {
    clearTimeout(timer);
    search.cancel();
    search.dispose();
    list.dispose();
  }
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

/** How an entry of the status bar looks, and what a click on it runs. */
interface StatusStyle {
  /** A name of the editor's own icons. */
  readonly icon: string;
  readonly command: string;
  readonly isLeft: boolean;
}

/** What is said of an entry besides its text: to the pointer, and to a screen reader, which says nothing of icons. */
interface StatusWords {
  readonly tooltip: string;
  readonly label: string;
}

/** An entry of the status bar. */
export interface StatusEntry extends vscode.Disposable {
  show(text: string, words?: StatusWords): void;
  hide(): void;
}

/** Makes an entry of the status bar, hidden until it has something to say. */
export function statusEntry(id: string, name: string, { icon, command, isLeft }: StatusStyle): StatusEntry {
  const { Left, Right } = vscode.StatusBarAlignment;
  const item = vscode.window.createStatusBarItem(id, isLeft ? Left : Right);
  item.name = name;
  item.command = command;
  return {
    show: (text, words) => {
      // Between dollars and brackets stand icons.
      item.text = `$(${icon}) ${excerpt(text).replaceAll('$(', '$ (')}`;
      item.tooltip = words && notice(words.tooltip);
      item.accessibilityInformation = words && { label: excerpt(words.label) };
      item.show();
    },
    hide: () => item.hide(),
    dispose: () => item.dispose(),
  };
}
