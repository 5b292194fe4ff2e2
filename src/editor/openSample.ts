import * as vscode from 'vscode';
import { commands } from './commands';
import { pick } from './notices';
import { openSample, samples } from './samples';

/** The command that opens a model to try things on, named by a link of the walkthrough or chosen. */
export function register(extensionUri: vscode.Uri): vscode.Disposable {
  return vscode.commands.registerCommand(commands.openSample, async (argument?: unknown) => {
    const all = samples();
    const items = all.map(({ file, about }) => ({ label: file, description: about, file }));
    const title = vscode.l10n.t('Open a sample');
    const chosen = all.find(({ file }) => file === argument) ?? (await pick(items, { title }));
    if (chosen) await openSample(extensionUri, chosen.file);
  });
}
