import type { SourceText } from '../source/source';
import type { LanguageId, Syntax, Tree } from '../syntax/syntax';
import { languageOf } from './language';
import { detectPython } from './python';
import type { ActivationSite } from './site';
import { detectTypeScript, mentionsTensorFlow } from './typescript';

/** The activations that a text names; parses it and frees the tree. A file of no known ending is read as Python. */
export async function detect(syntax: Syntax, text: SourceText): Promise<ActivationSite[]> {
  const language = languageOf(text.file) ?? 'python';
  if (!mayName(language, text.text)) return [];
  const tree = await syntax.parse(language, text.text);
  try {
    return detectTree(tree, language, text);
  } finally {
    tree.delete();
  }
}

/** The same in a tree that the caller owns. */
export function detectTree(tree: Tree, language: LanguageId, text: SourceText): ActivationSite[] {
  return language === 'python' ? detectPython(tree, text) : detectTypeScript(tree, text);
}

/** Whether a text is worth a parse. */
export function mayName(language: LanguageId, text: string): boolean {
  return language === 'python' ? text.includes('torch') : mentionsTensorFlow(text);
}
