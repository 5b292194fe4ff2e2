import * as vscode from 'vscode';
import { languageOf } from '../detect/language';
import { formOf, type ModelForm } from '../reader/forms';
import type { LanguageId } from '../syntax/syntax';

/** The editor's languages that the extension reads, and the grammar for each; JavaScript is a part of TSX. */
const grammars: Readonly<Record<string, LanguageId>> = {
  python: 'python',
  typescript: 'typescript',
  typescriptreact: 'tsx',
  javascript: 'tsx',
  javascriptreact: 'tsx',
};

/** Documents that the extension reads, whatever file system they come from. */
export const selector: vscode.DocumentSelector = Object.keys(grammars).map((language) => ({ language }));

/** Python's documents. */
export const pythonSelector: vscode.DocumentSelector = { language: 'python' };

/** The grammar of a document; undefined where it is none that the extension reads. */
export function grammarOf({ languageId }: vscode.TextDocument): LanguageId | undefined {
  return Object.hasOwn(grammars, languageId) ? grammars[languageId] : undefined;
}

/** Whether a file, open or not, is Python's. */
export function isPython(file: string): boolean {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === file);
  return open ? grammarOf(open) === 'python' : (languageOf(file) ?? 'python') === 'python';
}

/** What a file's model is written in: the language of the open document says it, else the file's name. */
export function modelFormOf(file: string): ModelForm {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === file);
  const grammar = open && grammarOf(open);
  if (grammar === undefined) return formOf(file);
  return grammar === 'python' ? 'python' : 'tfjs';
}
