import * as vscode from 'vscode';
import type { ModelWeights } from '../protocol/compare';

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

/**
 * A checkpoint as a page loads it, from the folder that it is in, or why it can't.
 * @returns `anew` where the folder is new to the page, which then starts anew and asks again
 */
export function weightsForPage(webview: vscode.Webview, weights: ModelWeights): ModelWeights | 'anew' {
  const file = weights.uri === undefined ? undefined : vscode.Uri.parse(weights.uri, true);
  if (!file) return weights;
  const folder = vscode.Uri.joinPath(file, '..');
  const refused = refusal(folder);
  if (refused !== undefined) return { ...weights, uri: undefined, matched: 0, problems: [refused] };
  if (admit(webview, folder)) return 'anew';
  const pageUri = (uri: vscode.Uri) => webview.asWebviewUri(uri).toString();
  const beside = weights.beside?.map(({ path, uri }) => ({ path, uri: pageUri(vscode.Uri.parse(uri, true)) }));
  return { ...weights, uri: pageUri(file), ...(beside && { beside }) };
}
