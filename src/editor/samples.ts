import * as vscode from 'vscode';

/** A model that comes with the extension, to try it on. */
interface Sample {
  readonly file: string;
  /** Its model. */
  readonly expression: string;
  readonly about: string;
}

/** Those that the package has (see `.vscodeignore`), the quickest first. */
export const samples = (): readonly Sample[] => [
  { file: 'mlp.py', expression: 'MLP', about: vscode.l10n.t('A small perceptron for tables') },
  { file: 'cifar_cnn.py', expression: 'CifarCNN', about: vscode.l10n.t('A convolutional network for small images') },
  { file: 'vit.py', expression: 'ViT', about: vscode.l10n.t('A vision transformer') },
  { file: 'mistakes.py', expression: 'Classifier', about: vscode.l10n.t('A classifier with three mistakes') },
];

/** Opens a copy of a sample that may be edited, and is not saved anywhere. */
export async function openSample(extensionUri: vscode.Uri, file: string): Promise<vscode.TextDocument> {
  const uri = vscode.Uri.from({ scheme: 'untitled', path: file });
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One, preview: false });
  // It is open already, as it was left.
  if (document.getText() !== '') return document;
  const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(extensionUri, 'samples', file));
  const edit = new vscode.WorkspaceEdit();
  edit.insert(uri, new vscode.Position(0, 0), new TextDecoder().decode(bytes));
  await vscode.workspace.applyEdit(edit);
  return document;
}
