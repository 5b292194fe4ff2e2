import * as vscode from 'vscode';
import { languageOf } from '../detect/language';
import { isSearched, MOST_CHARACTERS } from '../extract/callers';
import type { SourceRange } from '../graph/types';
import { isNotebook } from '../source/notebookSource';
import { ignoreSlow, type LanguageId, type Syntax } from '../syntax/syntax';
import { modelsIn } from './listedModels';
import { WorkspaceSource } from './source';
import { excludedFiles } from './workspaceCalls';

/** A model of a file; of an ONNX file the file itself. */
export interface WorkspaceModel {
  readonly file: vscode.Uri;
  /** Absent: the file is the model. */
  readonly model?: { readonly name: string; readonly expression: string; readonly range: SourceRange };
}

/** Files that are looked at, the ones nearest to the top of the workspace first. */
const MOST_FILES = 3000;
/** Models of one file that are told, and of all. */
const MOST_IN_FILE = 8;
const MOST = 300;
/** Milliseconds for all: who is choosing waits no longer for what is not there yet. */
const LONGEST = 20_000;
const SOURCES = '**/*.{py,ipynb,ts,tsx,mts,cts,js,jsx,mjs,cjs,onnx}';

/** A text of Python in which no model is made has none of these words. */
const mayMakeTorchModels = (text: string) => /\bnn\b|\btorch|Module\b|Sequential\b|[Mm]odel\b/.test(text);

/**
 * The models of a workspace's files, file by file, by syntax alone: no model is read for it, and no code is run.
 * Ends where it is cancelled, and at the limits above.
 */
export async function* findWorkspaceModels(
  syntax: Syntax,
  token: vscode.CancellationToken,
): AsyncGenerator<readonly WorkspaceModel[]> {
  const end = Date.now() + LONGEST;
  const source = new WorkspaceSource();
  const files = await vscode.workspace.findFiles(SOURCES, excludedFiles(), MOST_FILES, token);
  let characters = 0;
  let found = 0;
  for (const file of files.sort(compareDepth)) {
    if (token.isCancellationRequested || Date.now() > end || found >= MOST || characters > MOST_CHARACTERS) return;
    if (/\.onnx$/i.test(file.path)) {
      found += 1;
      yield [{ file }];
      continue;
    }
    const grammar = languageOf(file.path);
    // A file that can't be read has no model, and the next is looked at.
    const text = grammar && (await source.read(file.toString()).catch(() => undefined));
    if (!text || !isSearched(text.file, text.text.length)) continue;
    characters += text.text.length;
    const models = (await modelsOf(syntax, text, grammar)).slice(0, MOST_IN_FILE);
    found += models.length;
    if (models.length > 0) yield models.map((model) => ({ file, model }));
  }
}

async function modelsOf(syntax: Syntax, text: Parameters<typeof modelsIn>[1], grammar: LanguageId) {
  if (grammar === 'python' && !mayMakeTorchModels(text.text)) return [];
  return (await modelsIn(syntax, text, grammar).catch(ignoreSlow)) ?? [];
}

/** Source before notebooks, what is near the workspace's top before what is deep in it. */
function compareDepth(a: vscode.Uri, b: vscode.Uri): number {
  const depth = ({ path }: vscode.Uri) => path.split('/').length + (isNotebook(path) ? 0.5 : 0);
  return depth(a) - depth(b) || (a.path < b.path ? -1 : 1);
}
