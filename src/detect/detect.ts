import type { SourceText } from '../source/source';
import type { LanguageId, Syntax, Tree } from '../syntax/syntax';
import { languageOf } from './language';
import { detectPython } from './python/detect';
import type { ImportIndex } from './python/imports';
import type { Imported } from './python/names';
import type { ActivationSite } from './site';
import { detectTypeScript, mentionsTensorFlow } from './typescript/detect';

/**
 * The activations that a text names; parses it and frees the tree. A file of no known ending is read as Python.
 * @param imports where names from other files are looked up; without it they mean nothing
 */
export async function detect(syntax: Syntax, text: SourceText, imports?: ImportIndex): Promise<ActivationSite[]> {
  const language = languageOf(text.file) ?? 'python';
  const isImporting = imports !== undefined && language === 'python' && /^[ \t]*from[ \t]/m.test(text.text);
  if (!isImporting && !mayName(language, text.text)) return [];
  const imported = language === 'python' ? await imports?.imported(text) : undefined;
  const tree = await syntax.parse(language, text.text);
  try {
    return detectTree(tree, language, text, imported);
  } finally {
    tree.delete();
  }
}

/** The same in a tree that the caller owns. */
export function detectTree(tree: Tree, language: LanguageId, text: SourceText, imported?: Imported): ActivationSite[] {
  return language === 'python' ? detectPython(tree, text, imported) : detectTypeScript(tree, text);
}

/** Whether a text is worth a parse: most TypeScript has nothing to do with neural networks. */
export function mayName(language: LanguageId, text: string): boolean {
  return language === 'python' || mentionsTensorFlow(text);
}
