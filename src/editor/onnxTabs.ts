import * as vscode from 'vscode';

const isOnnxUri = ({ path }: vscode.Uri): boolean => /\.onnx$/i.test(path);

/** The file of a tab, whichever editor shows it. */
function fileOf({ input }: vscode.Tab): vscode.Uri | undefined {
  return input instanceof vscode.TabInputCustom || input instanceof vscode.TabInputText ? input.uri : undefined;
}

/** An ONNX file, named or shown in the active editor, ours or another's; undefined where it is another file. */
export function onnxFile(named: vscode.Uri | undefined): vscode.Uri | undefined {
  const { activeTab } = vscode.window.tabGroups.activeTabGroup;
  const uri = named ?? (activeTab && fileOf(activeTab));
  return uri && isOnnxUri(uri) ? uri : undefined;
}

/** Whether a tab shows a file: binary files are no text documents. */
export function isInTab(file: string): boolean {
  return vscode.window.tabGroups.all.some(({ tabs }) => tabs.some((tab) => fileOf(tab)?.toString() === file));
}

/** The ONNX files that tabs show, each once. */
export function onnxTabs(): vscode.Uri[] {
  const shown = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.flatMap((tab) => fileOf(tab) ?? []));
  return [...new Map(shown.filter(isOnnxUri).map((uri) => [uri.toString(), uri])).values()];
}
