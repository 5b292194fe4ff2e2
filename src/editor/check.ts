import * as vscode from 'vscode';
import type { HealthServices } from '../panel/healthPanel';
import type { CompareTarget } from '../protocol/model';
import { chooseModel, type ModelPlaces } from './chooseModel';
import { commands } from './commands';
import { findTarget } from './findTarget';
import { labelOf } from './notebooks';
import type { ModelReader } from './reading';
import { revealOrSay } from './reveal';
import { language } from './surroundings';

/** "Check This Model": the command behind the CodeLens, the menus and the palette. */
export function register(
  { documents, extensionUri }: Pick<ModelPlaces, 'documents' | 'extensionUri'>,
  show: (target: CompareTarget) => Promise<void>,
): vscode.Disposable {
  const title = vscode.l10n.t('Check the health of a model');
  const choose = () => chooseModel({ documents, extensionUri, recent: async () => [], title });
  return vscode.commands.registerCommand(commands.check, async (argument?: unknown) => {
    const chosen = await findTarget({ documents, chooseModel: choose }, argument);
    if (chosen) await show(chosen.target);
  });
}

/** What the panel needs of the editor. */
export function services(reader: ModelReader, device: HealthServices['device']): HealthServices {
  return {
    language,
    device,
    label: labelOf,
    read: (request, ask, signal) => reader.read(request, ask, signal),
    reveal: revealOrSay,
  };
}
