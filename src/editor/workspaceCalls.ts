import * as vscode from 'vscode';
import { isSearched, MOST_CHARACTERS, mayUse, NEAR_CHARACTERS, NEAR_FILES, rankByDistance } from '../extract/callers';
import { callerEndings, maySayHow } from '../reader/forms';
import { isNotebook } from '../source/notebookSource';
import type { SourceText } from '../source/source';
import { grammarOf, modelFormOf } from './languages';
import { WorkspaceSource } from './source';

/** Files of a workspace that are searched. */
const MOST = 5000;
/** Files that are read at once. */
const TOGETHER = 16;
/** What holds no code of the user's, besides what the editor leaves out of its own search. */
const LIBRARIES = ['node_modules', 'site-packages', 'dist-packages', '.venv', 'venv', 'env', '__pycache__', '.git'];

type Callers = (name: string, file: string) => Promise<readonly string[]>;

/** Searches the whole workspace for uses of names: for what the user asked for. Its files are read once. */
export function workspaceCallers(signal: AbortSignal): Callers {
  return searchOnce(signal, MOST_CHARACTERS, async (file) => {
    const end = new vscode.CancellationTokenSource();
    const cancel = () => end.cancel();
    signal.addEventListener('abort', cancel);
    try {
      const pattern = `**/*.{${callerEndings[modelFormOf(file)].join(',')}}`;
      return await vscode.workspace.findFiles(pattern, excludedFiles(file), MOST, end.token);
    } finally {
      signal.removeEventListener('abort', cancel);
      end.dispose();
    }
  });
}

/** Looks at open editors and the files of the same folder alone, and no further than a hover is worth. */
export function folderCallers(signal: AbortSignal): Callers {
  return searchOnce(signal, NEAR_CHARACTERS, async (file) => {
    const form = modelFormOf(file);
    const here = vscode.Uri.parse(file, true);
    const folder = vscode.Uri.joinPath(here, '..');
    const beside = await vscode.workspace.fs.readDirectory(folder).then(
      (entries) =>
        entries.flatMap(([each, type]) =>
          type === vscode.FileType.File && maySayHow(each, form) && !isNotebook(each)
            ? [vscode.Uri.joinPath(folder, each)]
            : [],
        ),
      () => [],
    );
    const open = vscode.workspace.textDocuments
      .filter((document) => (grammarOf(document) === 'python' ? form === 'python' : form === 'tfjs'))
      .map(({ uri }) => uri);
    const uris = [...new Map([...open, ...beside].map((uri) => [uri.toString(), uri])).values()];
    return uris.slice(0, NEAR_FILES);
  });
}

/** A search of texts that are read for the first name that is asked for: one reading asks for many. */
function searchOnce(
  signal: AbortSignal,
  characters: number,
  find: (file: string) => Promise<readonly vscode.Uri[]>,
): Callers {
  let texts: Promise<SourceText[]> | undefined;
  return async (name, file) => {
    texts ??= find(file).then((uris) => readAll(uris, signal, characters));
    const found = (await texts).flatMap((text) => (mayUse(text.text, name) ? [text.file] : []));
    return rankByDistance(found, file);
  };
}

async function readAll(uris: readonly vscode.Uri[], signal: AbortSignal, characters: number): Promise<SourceText[]> {
  const source = new WorkspaceSource();
  const found: SourceText[] = [];
  let seen = 0;
  for (let at = 0; at < uris.length && !signal.aborted && seen < characters; at += TOGETHER) {
    const names = uris.slice(at, at + TOGETHER).map((uri) => uri.toString());
    const texts = await Promise.all(names.map((each) => source.read(each).catch(() => undefined)));
    for (const text of texts) {
      if (!text || !isSearched(text.file, text.text.length)) continue;
      seen += text.text.length;
      if (seen <= characters) found.push(text);
    }
  }
  return found;
}

/** What the editor leaves out of its search, and libraries, as a pattern. @param file whose folder's settings count */
export function excludedFiles(file?: string): string {
  const scope = file === undefined ? undefined : vscode.Uri.parse(file, true);
  const settings = ['files', 'search'].flatMap((section) =>
    Object.entries(vscode.workspace.getConfiguration(section, scope).get<Record<string, unknown>>('exclude') ?? {}),
  );
  // A pattern with alternatives can't stand among alternatives.
  const patterns = settings.flatMap(([pattern, on]) => (on === true && !/[{}]/.test(pattern) ? [pattern] : []));
  return `{${[...patterns, ...LIBRARIES.map((folder) => `**/${folder}/**`)].join(',')}}`;
}
