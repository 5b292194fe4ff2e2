import * as vscode from 'vscode';
import { catalogue, findActivation } from '../activations/catalogue';
import type { Activation } from '../activations/types';
import type { ActivationSite, Framework } from '../detect/site';
import { commands } from './commands';
import type { Documents } from './documents';
import { fail, inform, pick } from './notices';
import { contains } from './ranges';
import { Refusal, replaceAt } from './replacement';

/** Writes another activation where the cursor stands. */
export function register(documents: Documents): vscode.Disposable {
  return vscode.commands.registerCommand(commands.replace, async (argument?: unknown) => {
    const editor = vscode.window.activeTextEditor;
    const sites = editor ? await documents.sites(editor.document) : [];
    const site = sites.findLast((each) => editor && contains(each.expression, editor.selection.active));
    if (!editor || !site) {
      inform(vscode.l10n.t('Place the cursor on an activation function first.'));
      return;
    }
    const { document } = editor;
    const { version } = document;
    const activation = findActivation(typeof argument === 'string' ? argument : ((await pickFor(site)) ?? ''));
    if (!activation) return;
    try {
      if (document.version !== version) throw new Refusal(vscode.l10n.t('The file has changed meanwhile.'));
      await replaceAt(documents, [{ range: site.expression }], activation.id);
    } catch (error) {
      fail(error);
    }
  });
}

/** Whether the framework has a name for it, so that it can be written. */
function isSpelled({ spellings }: Activation, framework: Framework): boolean {
  if (framework === 'tfjs') return spellings.tfjs !== undefined;
  return spellings.modules !== undefined || spellings.functional !== undefined;
}

async function pickFor({ activation: now, framework }: ActivationSite): Promise<string | undefined> {
  const items = [...catalogue.values()]
    .filter((entry) => entry.id !== now && entry.shape !== 'gated' && !entry.random && isSpelled(entry, framework))
    .map((entry) => ({ label: entry.title, description: entry.id, id: entry.id }));
  const title = vscode.l10n.t('Replace {0} by', catalogue.get(now)?.title ?? now);
  return (await pick(items, { title, matchOnDescription: true }))?.id;
}
