import * as vscode from 'vscode';
import { isPicture } from '../data/user/pictures';
import type { ChosenFiles } from '../panel/compareServices';
import { mostDataFiles } from '../protocol/compare';
import type { ModelRequest } from '../protocol/model';
import { warn } from './notices';

/** Folders that are looked into. */
const mostFolders = 2_000;

const nameOf = ({ path }: vscode.Uri) => path.slice(path.lastIndexOf('/') + 1);

/** Asks for a file or a folder of images. */
export async function chooseData({ file }: ModelRequest): Promise<ChosenFiles | undefined> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Data for short training runs'),
      openLabel: vscode.l10n.t('Learn from this'),
      defaultUri: vscode.Uri.joinPath(vscode.Uri.parse(file, true), '..'),
      canSelectFiles: true,
      canSelectFolders: true,
    })) ?? [];
  if (!uri) return undefined;
  const { type } = await vscode.workspace.fs.stat(uri);
  if (!(type & vscode.FileType.Directory)) {
    return { label: nameOf(uri), folder: vscode.Uri.joinPath(uri, '..'), files: [{ path: nameOf(uri), uri }] };
  }
  const files = await picturesIn(uri);
  if (files.length === 0) {
    warn(vscode.l10n.t('There is no .png or .jpg in {0}.', nameOf(uri)));
    return undefined;
  }
  return { label: nameOf(uri), folder: uri, files };
}

async function picturesIn(root: vscode.Uri): Promise<ChosenFiles['files']> {
  const files: { path: string; uri: vscode.Uri }[] = [];
  const folders = [root];
  for (let i = 0; i < folders.length && i < mostFolders && files.length < mostDataFiles; i++) {
    const folder = folders[i];
    if (!folder) break;
    for (const [name, type] of await vscode.workspace.fs.readDirectory(folder)) {
      const uri = vscode.Uri.joinPath(folder, name);
      // Links are not followed: they may go round in circles.
      if (type === vscode.FileType.Directory) folders.push(uri);
      else if (type === vscode.FileType.File && isPicture(name))
        files.push({ path: uri.path.slice(root.path.length + 1), uri });
    }
  }
  return files.slice(0, mostDataFiles);
}
