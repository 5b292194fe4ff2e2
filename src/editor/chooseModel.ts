import * as vscode from 'vscode';
import { excerpt, fileName } from '../language/legible';
import type { CompareTarget } from '../protocol/model';
import type { StoredComparison } from '../protocol/stored';
import type { Documents } from './documents';
import { pickWhileFinding } from './notices';
import { onnxTabs } from './onnxTabs';
import { recentItem } from './recentItems';
import { openSample, samples } from './samples';
import { findWorkspaceModels, type WorkspaceModel } from './workspaceModels';

/** What was chosen to be compared, and what was measured of it earlier, where that was chosen. */
export interface ChosenModel {
  readonly target: CompareTarget;
  readonly stored?: StoredComparison;
}

/** Comparisons that are offered again; "Open a Recent Comparison…" has all. */
const RECENT = 5;

interface ModelItem extends vscode.QuickPickItem {
  readonly choose?: () => Promise<ChosenModel>;
}

/** Where models are looked for besides the workspace's files. */
export interface ModelPlaces {
  readonly documents: Documents;
  readonly extensionUri: vscode.Uri;
  readonly recent: () => Promise<readonly StoredComparison[]>;
  /** What it is chosen for; absent: to be compared. */
  readonly title?: string;
}

/**
 * Lets the user choose a model where none stands in front: of ONNX files that are open, of earlier comparisons, of the
 * workspace's files and of the samples. Undefined where they think better of it.
 */
export async function chooseModel({
  documents,
  extensionUri,
  recent,
  title = vscode.l10n.t('Compare the activation functions of a model'),
}: ModelPlaces): Promise<ChosenModel | undefined> {
  const options = {
    title,
    placeHolder: vscode.l10n.t('Choose a model'),
  };
  const open = onnxTabs();
  const isOpen = new Set(open.map(String));
  const chosen = await pickWhileFinding<ModelItem>(options, async (show, token) => {
    let earlier: ModelItem[] = [];
    const found: ModelItem[] = [];
    const all = () =>
      show([
        ...section(
          vscode.l10n.t('open in the editor'),
          open.map((file) => modelItem({ file })),
        ),
        ...section(vscode.l10n.t('recent comparisons'), earlier),
        ...section(vscode.l10n.t('models of the workspace'), found),
        ...section(
          vscode.l10n.t('samples'),
          samples().map(({ file, expression, about }) => ({
            label: vscode.l10n.t('Open a sample: {0}', expression),
            description: about,
            choose: async () => {
              const { uri } = await openSample(extensionUri, file);
              return { target: { file: uri.toString(), expression } };
            },
          })),
        ),
      ]);
    all();
    earlier = (await recent()).slice(0, RECENT).map((stored) => ({
      ...recentItem(stored),
      choose: async () => ({ target: stored.request, stored }),
    }));
    all();
    for await (const models of findWorkspaceModels(documents.syntax, token)) {
      for (const each of models) if (!isOpen.has(each.file.toString())) found.push(modelItem(each));
      all();
    }
  });
  return chosen?.choose?.();
}

/** Entries under a heading; none where there are none. */
function section(label: string, items: readonly ModelItem[]): readonly ModelItem[] {
  return items.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
}

/** The folders of a path; empty at the top of the workspace. */
const folder = (path: string) => excerpt(path.slice(0, Math.max(0, path.lastIndexOf('/'))));

function modelItem({ file, model }: WorkspaceModel): ModelItem {
  const path = vscode.workspace.asRelativePath(file);
  return {
    label: model ? excerpt(model.name) : fileName(file.path),
    description: model ? excerpt(`${path}:${model.range.line + 1}`) : folder(path),
    choose: async () => {
      if (!model) return { target: { file: file.toString() } };
      // The code is what the comparison speaks of.
      await vscode.commands.executeCommand('vscode.open', file, vscode.ViewColumn.One);
      return { target: { file: file.toString(), expression: model.expression } };
    },
  };
}
