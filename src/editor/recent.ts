import * as vscode from 'vscode';
import type { StoredComparison } from '../protocol/stored';
import { commands } from './commands';
import { inform, pick } from './notices';
import { recentItem } from './recentItems';
import { NoRoomError, type ReportFiles, ReportStore } from './reportStore';

/** The command that lists the last comparisons, and opens one again with its results. */
export function register(store: ReportStore, open: (comparison: StoredComparison) => void): vscode.Disposable {
  return vscode.commands.registerCommand(commands.recent, async () => {
    const comparisons = await store.all();
    if (comparisons.length === 0) {
      inform(vscode.l10n.t('No comparison has been measured in this workspace yet.'));
      return;
    }
    const items = comparisons.map((comparison) => ({ ...recentItem(comparison), comparison }));
    const chosen = await pick(items, {
      title: vscode.l10n.t('Open a recent comparison'),
      matchOnDescription: true,
      matchOnDetail: true,
    });
    if (chosen) open(chosen.comparison);
  });
}

/** Why a comparison was not kept, in words of the editor. */
export function describeUnkept(error: unknown): Error {
  if (!(error instanceof NoRoomError)) return error instanceof Error ? error : new Error(String(error));
  const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
  return new Error(
    vscode.l10n.t(
      'The comparison is too large to be kept: {0} MB, of {1} MB at most. Export it to have it later.',
      megabytes(error.size),
      megabytes(error.room),
    ),
  );
}

/** Reports in a folder of the workspace's storage; of the user's where no folder is open. */
export function storeIn({ storageUri, globalStorageUri }: vscode.ExtensionContext): ReportStore {
  const folder = vscode.Uri.joinPath(storageUri ?? globalStorageUri, 'reports');
  const at = (name: string) => vscode.Uri.joinPath(folder, name);
  const { fs } = vscode.workspace;
  const files: ReportFiles = {
    list: async () => {
      // Nothing was kept yet.
      const found = await Promise.resolve(fs.readDirectory(folder)).catch(() => []);
      return Promise.all(
        found.map(async ([name]) => {
          const { size, mtime } = await fs.stat(at(name));
          return { name, size, written: mtime };
        }),
      );
    },
    read: async (name) => fs.readFile(at(name)),
    write: async (name, bytes) => {
      await fs.createDirectory(folder);
      await fs.writeFile(at(name), bytes);
    },
    remove: async (name) => fs.delete(at(name)),
  };
  return new ReportStore(files);
}
