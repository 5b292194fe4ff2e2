import * as vscode from 'vscode';

/** Why a page may not load from a folder; undefined where it may. */
export function refusal(folder: vscode.Uri): string | undefined {
  // `/`, and `/c:/` on Windows.
  if (!/^\/?([a-z]:\/?)?$/i.test(folder.path)) return undefined;
  return vscode.l10n.t(
    'The panel can only load files from a folder, and not from the top of a disk, because it could then load every file. Move the file into a folder.',
  );
}

/**
 * Lets a page load from a folder. A new one starts the page anew, which then asks for everything again.
 * @returns whether it is new
 */
export function admit(webview: vscode.Webview, folder: vscode.Uri): boolean {
  const isInside = (root: vscode.Uri) =>
    root.scheme === folder.scheme &&
    root.authority === folder.authority &&
    `${folder.path}/`.startsWith(`${root.path}/`);
  const roots = webview.options.localResourceRoots ?? [];
  if (roots.some(isInside)) return false;
  webview.options = { enableScripts: true, localResourceRoots: [...roots, folder] };
  return true;
}
