import * as vscode from 'vscode';
import { type Disk, environmentIn, environmentOf, hubFolder, libraryFolders } from '../source/environments';
import { settings } from './settings';

/** The part of the Python extension's exported interface that is used here. */
interface PythonApi {
  readonly environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
  };
}

/** The file systems of the machine that has a file; folders and files are named by their URIs. */
const diskOf = (file: vscode.Uri): Disk => ({
  list: async (folder) => {
    try {
      return (await vscode.workspace.fs.readDirectory(vscode.Uri.parse(folder, true))).map(([name]) => name);
    } catch {
      return [];
    }
  },
  text: async (file) => {
    try {
      return new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.parse(file, true)));
    } catch {
      return undefined;
    }
  },
  at: (path) => uriOfPath(path, file).toString(),
});

/**
 * URIs of the folders with the libraries that a file imports: those of the user's setting, then those of the Python that
 * is selected for the file: as the Python extension says, else by its setting, else the workspace's own `.venv`. Only
 * folders are looked at; no Python is run and no extension is started.
 */
export async function librariesFor(file: vscode.Uri): Promise<string[]> {
  const named = settings(file).pythonLibraryFolders.flatMap((folder) => locateFolder(folder, file) ?? []);
  const environment = await environmentFolder(file);
  // In a browser there is no such cache.
  const hub = file.scheme === 'file' && globalThis.process ? hubFolder(globalThis.process.env) : undefined;
  return [
    ...named.map(String),
    ...(environment ? await foldersOf(environment, file) : []),
    ...(hub ? [uriOfPath(hub, file).toString()] : []),
  ];
}

interface Lookup {
  readonly at: number;
  readonly folders: Promise<readonly string[]>;
}

/** The last look at each environment, by its folder. */
const lookups = new Map<string, Lookup>();
/** Environments that are remembered. */
const MOST = 8;
/** Milliseconds for which what was found counts: as long as somebody types, and shorter than a library takes to be installed. */
const LIFE = 30_000;

/** An environment's folders of libraries; those found a moment ago, while they are looked for anew: a disk may be far away. */
function foldersOf(environment: string, file: vscode.Uri): Promise<readonly string[]> {
  const before = lookups.get(environment);
  const now = { at: Date.now(), folders: libraryFolders(diskOf(file), environment) };
  lookups.delete(environment);
  lookups.set(environment, now);
  for (const [oldest] of lookups) if (lookups.size > MOST) lookups.delete(oldest);
  return before && now.at - before.at < LIFE ? before.folders : now.folders;
}

/** The environment's folder. */
async function environmentFolder(file: vscode.Uri): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<PythonApi>('ms-python.python');
  const active = extension?.isActive ? extension.exports?.environments?.getActiveEnvironmentPath(file) : undefined;
  const path = active?.path ?? vscode.workspace.getConfiguration('python', file).get<string>('defaultInterpreterPath');
  // The bare name of a program would have to be looked up on the machine's path.
  const interpreter = path && /[\\/]/.test(path) ? locateFolder(path, file) : undefined;
  if (interpreter) return interpreter.with({ path: environmentOf(interpreter.path) }).toString();
  const root = vscode.workspace.getWorkspaceFolder(file)?.uri;
  return root && environmentIn(diskOf(file), root.toString());
}

/** A folder as a setting names it: absolute, or in the workspace. */
function locateFolder(folder: string, file: vscode.Uri): vscode.Uri | undefined {
  const root = vscode.workspace.getWorkspaceFolder(file)?.uri;
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the editor's own variable, as users write it
  const relative = folder.replace('${workspaceFolder}', '.');
  if (/^(?:[\\/]|[A-Za-z]:[\\/])/.test(relative)) return uriOfPath(relative, file);
  return root && vscode.Uri.joinPath(root, relative.replaceAll('\\', '/'));
}

/** A path on the machine that has the file. */
function uriOfPath(path: string, file: vscode.Uri): vscode.Uri {
  const local = vscode.Uri.file(path);
  return file.scheme === 'file' || file.scheme === 'untitled' || file.scheme === 'vscode-notebook-cell'
    ? local
    : file.with({ path: local.path, query: '', fragment: '' });
}
