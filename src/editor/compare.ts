import * as vscode from 'vscode';
import type { ModelCandidate } from '../extract/extract';
import type { SourceRange } from '../graph/types';
import type { CompareTarget } from '../protocol/model';
import { commands } from './commands';
import type { Documents } from './documents';
import { selector } from './languages';
import { inform } from './notices';
import { onnxFile } from './onnxTabs';
import { toRange } from './ranges';
import { isReachable, parseCompareTarget } from './targets';

/** The command behind the CodeLens, the menus, the key and the hover's link, and the same with a checkpoint. */
export function register(
  documents: Documents,
  open: (request: CompareTarget) => void,
  chooseWeights: (request: CompareTarget) => Promise<string | undefined>,
): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand(commands.compare, async (argument?: unknown) => {
      const request = await requestFor(documents, argument);
      if (request) open(request);
    }),
    vscode.commands.registerCommand(commands.compareWithWeights, async (argument?: unknown) => {
      const request = await requestFor(documents, argument);
      if (!request) return;
      const weights = await chooseWeights(request);
      if (weights !== undefined) open({ ...request, weights });
    }),
  );
}

/** The explainer's button: the file it was opened from, else the one in the active or a visible editor. */
export function fromExplainer(open: (request: CompareTarget) => void) {
  return (activation: string, source: SourceRange | undefined): void => {
    const { activeTextEditor, visibleTextEditors } = vscode.window;
    const editors = [activeTextEditor, ...visibleTextEditors];
    const editor = editors.find((each) => each && vscode.languages.match(selector, each.document) > 0);
    const file = source?.file ?? (onnxFile(undefined) ?? editor?.document.uri)?.toString();
    if (file) open({ file, activation });
    else sayOpenFirst();
  };
}

async function requestFor(documents: Documents, argument: unknown): Promise<CompareTarget | undefined> {
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
  if (!document || vscode.languages.match(selector, document) === 0) {
    sayOpenFirst();
    return undefined;
  }
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

function sayOpenFirst(): void {
  inform(
    vscode.l10n.t(
      'Open a file with a PyTorch or TensorFlow.js model, or an ONNX file, first, then compare its activation functions.',
    ),
  );
}
