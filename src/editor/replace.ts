import * as vscode from 'vscode';
import { catalogue, findActivation } from '../activations/catalogue';
import { parseProse } from '../activations/prose';
import type { Activation } from '../activations/types';
import type { ActivationSite, Framework } from '../detect/site';
import { parse } from '../protocol/parse';
import { sourceRange } from '../protocol/shapes';
import { commands } from './commands';
import { editAndTell } from './consequences';
import type { Documents } from './documents';
import { fail, inform, pick } from './notices';
import { contains, toRange } from './ranges';
import { Refusal, replaceAt } from './replacement';
import { language } from './surroundings';

/** Writes another activation where the cursor stands, or at a place of the active editor. */
export function register(documents: Documents): vscode.Disposable {
  return vscode.commands.registerCommand(commands.replace, async (argument?: unknown) => {
    const editor = vscode.window.activeTextEditor;
    const sites = editor ? await documents.sites(editor.document) : [];
    const place = parse(sourceRange, argument);
    const isHere = place !== undefined && place.file === editor?.document.uri.toString();
    const at = isHere ? toRange(place).start : editor?.selection.active;
    const site = sites.findLast((each) => at && contains(each.expression, at));
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
      const places = [{ range: site.expression }];
      await editAndTell(documents, [site.expression.file], () => replaceAt(documents, places, activation.id));
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
    .map(({ id, title, prose }) => {
      const { line } = parseProse(prose[language()]);
      return { label: title, description: id, detail: line, id };
    });
  const title = vscode.l10n.t('Replace {0} by', catalogue.get(now)?.title ?? now);
  return (await pick(items, { title, matchOnDescription: true, matchOnDetail: true }))?.id;
}
