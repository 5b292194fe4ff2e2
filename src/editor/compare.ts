import * as vscode from 'vscode';
import type { ModelCandidate } from '../extract/extract';
import type { SourceRange } from '../graph/types';
import type { CompareTarget } from '../protocol/model';
import type { StoredComparison } from '../protocol/stored';
import type { ChosenModel } from './chooseModel';
import { commands } from './commands';
import type { Documents } from './documents';
import { selector } from './languages';
import { wholeOf } from './notebooks';
import { inform } from './notices';
import { onnxFile } from './onnxTabs';
import { toRange } from './ranges';
import { isReachable, parseCompareTarget } from './targets';

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
  const choose = async (argument: unknown): Promise<ChosenModel | undefined> => {
    const target = await requestFor(documents, argument);
    if (target) return { target };
    if (argument === undefined) return chooseModel();
    // A link may name any file.
    inform(vscode.l10n.t('Only files that are open or in the workspace are compared.'));
    return undefined;
  };
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

/** What a command's argument, the cursor or the active editor means; undefined where that is no model. Of a cell: in its notebook. */
async function requestFor(documents: Documents, argument: unknown): Promise<CompareTarget | undefined> {
  const found = await targetFor(documents, argument);
  return found && { ...found, file: wholeOf(found.file) };
}

async function targetFor(documents: Documents, argument: unknown): Promise<CompareTarget | undefined> {
  const target = parseCompareTarget(argument);
  if (target) {
    const { file, site } = target;
    const around = site && target.expression === undefined ? await modelAround(documents, file, site.line) : undefined;
    return around ? { ...target, expression: around.expression } : target;
  }
  const editor = vscode.window.activeTextEditor;
  const named = argument instanceof vscode.Uri ? argument : undefined;
  const onnx = argument === undefined || named ? onnxFile(named) : undefined;
  // It is no text: opening it as one would fail.
  if (onnx && isReachable(onnx.toString())) return { file: onnx.toString() };
  const uri = argument === undefined ? editor?.document.uri : named;
  const document = uri && isReachable(uri.toString()) && (await vscode.workspace.openTextDocument(uri));
  if (!document || vscode.languages.match(selector, document) === 0) return undefined;
  // Where a file was named, the comparison says why there is nothing to compare.
  if (!named && (await documents.models(document)).length === 0) return undefined;
  const file = document.uri.toString();
  const here = editor?.document === document ? editor.selection.active.line : undefined;
  const model = here === undefined ? undefined : await modelAround(documents, file, here);
  return { file, expression: model?.expression };
}

/** The model whose code the line is in; otherwise the reader picks the file's main model. */
async function modelAround(documents: Documents, file: string, line: number): Promise<ModelCandidate | undefined> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(file, true));
  const models = await documents.models(document);
  return models.find((model) => {
    const range = toRange(model.range);
    return range.start.line <= line && line <= range.end.line;
  });
}
