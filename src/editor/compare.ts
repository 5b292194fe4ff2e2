import * as vscode from 'vscode';
import type { SourceRange } from '../graph/types';
import type { CompareTarget } from '../protocol/model';
import type { StoredComparison } from '../protocol/stored';
import type { ChosenModel } from './chooseModel';
import { commands } from './commands';
import type { Documents } from './documents';
import { findTarget } from './findTarget';
import { selector } from './languages';
import { wholeOf } from './notebooks';
import { onnxFile } from './onnxTabs';

/** What the commands need of the editor. */
interface Comparing {
  readonly documents: Documents;
  /** @param stored what was measured earlier, to be shown whatever the code has become */
  readonly open: (request: CompareTarget, stored?: StoredComparison) => void;
  readonly chooseWeights: (request: CompareTarget) => Promise<string | undefined>;
  /** Asks for a model where none stands in front. */
  readonly chooseModel: () => Promise<ChosenModel | undefined>;
}

/** The command behind the CodeLens, the menus, the key, the palette and the hover's link, and the same with a checkpoint. */
export function register({ documents, open, chooseWeights, chooseModel }: Comparing): vscode.Disposable {
  const choose = (argument: unknown) => findTarget({ documents, chooseModel }, argument);
  return vscode.Disposable.from(
    vscode.commands.registerCommand(commands.compare, async (argument?: unknown) => {
      const chosen = await choose(argument);
      if (chosen) open(chosen.target, chosen.stored);
    }),
    vscode.commands.registerCommand(commands.compareWithWeights, async (argument?: unknown) => {
      const chosen = await choose(argument);
      if (!chosen) return;
      const weights = await chooseWeights(chosen.target);
      if (weights !== undefined) open({ ...chosen.target, weights });
    }),
  );
}

/** The explainer's button: the file it was opened from, else the one in the active or a visible editor, else one that is chosen. */
export function fromExplainer({ open, chooseModel }: Pick<Comparing, 'open' | 'chooseModel'>) {
  return async (activation: string, source: SourceRange | undefined): Promise<void> => {
    const { activeTextEditor, visibleTextEditors } = vscode.window;
    const editors = [activeTextEditor, ...visibleTextEditors];
    const editor = editors.find((each) => each && vscode.languages.match(selector, each.document) > 0);
    const file = source?.file ?? (onnxFile(undefined) ?? editor?.document.uri)?.toString();
    const target = file === undefined ? (await chooseModel())?.target : { file: wholeOf(file) };
    if (target) open({ ...target, activation });
  };
}
