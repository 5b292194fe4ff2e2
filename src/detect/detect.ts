import type { SourceText } from '../source/source';
import type { LanguageId, Syntax, Tree } from '../syntax/syntax';
import { languageOf } from './language';
import { finish, PythonSites } from './python/detect';
import type { ImportIndex } from './python/imports';
import type { Imported } from './python/names';
import type { ActivationSite } from './site';
import type { Skipped } from './skipped';
import { type Detected, detectTypeScript, mentionsTensorFlow } from './typescript/detect';

/**
 * The activations that a text names; parses it and frees the tree. A file of no known ending is read as Python.
 * @param imports where names from other files are looked up; without it they mean nothing
 * @param tell is told what was not looked at
 * @throws ParseError where the text takes too long to parse
 */
export async function detect(
  syntax: Syntax,
  text: SourceText,
  imports?: ImportIndex,
  tell: (skipped: Skipped) => void = () => undefined,
): Promise<readonly ActivationSite[]> {
  const language = languageOf(text.file) ?? 'python';
  const isImporting = imports !== undefined && language === 'python' && /^[ \t]*from[ \t]/m.test(text.text);
  if (!isImporting && !mayName(language, text.text)) return [];
  const imported = language === 'python' ? await imports?.importedMeanings(text) : undefined;
  const tree = await syntax.parse(language, text.text);
  try {
    const { sites, skipped } = finish(detectTree(tree, language, text, imported));
    for (const each of skipped) tell(each);
    return sites;
  } finally {
    tree.delete();
  }
}

/**
 * The same in a tree that the caller owns; yields where it can be interrupted.
 * @param detector keeps what it found of Python for the text's next version
 */
export function* detectTree(
  tree: Tree,
  language: LanguageId,
  text: SourceText,
  imported: Imported = new Map(),
  detector = new PythonSites(),
): Generator<void, Detected> {
  if (language !== 'python') return yield* detectTypeScript(tree, text);
  const sites = yield* detector.update(tree, text, imported);
  return { sites, skipped: detector.skipped };
}

/** Whether a text is worth a parse: most TypeScript has nothing to do with neural networks. */
export function mayName(language: LanguageId, text: string): boolean {
  return language === 'python' || mentionsTensorFlow(text);
}
