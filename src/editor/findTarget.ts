import * as vscode from 'vscode';
import type { ModelCandidate } from '../extract/extract';
import type { CompareTarget } from '../protocol/model';
import type { ChosenModel } from './chooseModel';
import type { Documents } from './documents';
import { selector } from './languages';
import { wholeOf } from './notebooks';
import { inform } from './notices';
import { onnxFile } from './onnxTabs';
import { toRange } from './ranges';
import { isReachable, parseCompareTarget } from './targets';

/** What finding a model needs of the editor. */
export interface TargetPlaces {
  readonly documents: Documents;
  /** Asks for a model where none stands in front. */
  readonly chooseModel: () => Promise<ChosenModel | undefined>;
}

/** The model that a command is about: its argument's, the one in front, else one that is chosen. */
export async function findTarget(
  { documents, chooseModel }: TargetPlaces,
  argument: unknown,
): Promise<ChosenModel | undefined> {
  const target = await requestFor(documents, argument);
  if (target) return { target };
  if (argument === undefined) return chooseModel();
  // A link may name any file.
  inform(vscode.l10n.t('Only files that are open or in the workspace are compared.'));
  return undefined;
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
