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
import { chooseWeights } from './weights';

/** "Check This Model": the command behind the CodeLens, the menus, the lightbulb and the palette, and the same with a checkpoint. */
export function register(
  { documents, extensionUri }: Pick<ModelPlaces, 'documents' | 'extensionUri'>,
  show: (target: CompareTarget) => Promise<void>,
): vscode.Disposable {
  const title = vscode.l10n.t('Check the health of a model');
  const choose = () => chooseModel({ documents, extensionUri, recent: async () => [], title });
  const find = (argument: unknown) => findTarget({ documents, chooseModel: choose }, argument);
  return vscode.Disposable.from(
    vscode.commands.registerCommand(commands.check, async (argument?: unknown) => {
      const chosen = await find(argument);
      if (chosen) await show(chosen.target);
    }),
    vscode.commands.registerCommand(commands.checkWithWeights, async (argument?: unknown) => {
      const chosen = await find(argument);
      if (!chosen) return;
      const weights = await chooseWeights(chosen.target);
      if (weights !== undefined) await show({ ...chosen.target, weights });
    }),
  );
}

/** What the panel needs of the editor. */
export function services(reader: ModelReader, device: HealthServices['device']): HealthServices {
  return {
    language,
    device,
    label: labelOf,
    read: (request, ask, signal) => reader.read(request, ask, signal),
    reveal: revealOrSay,
    chooseWeights,
  };
}
