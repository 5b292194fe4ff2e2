import { detectPython } from '../detect/python/detect';
import { type Imported, Names } from '../detect/python/names';
import type { ActivationSite } from '../detect/site';
import type { Language } from '../language/say';
import type { SourceText } from '../source/source';
import type { Syntax, Tree } from '../syntax/syntax';
import type { Advice } from './advice';
import { isIgnored } from './ignore';
import { rules } from './rules/index';

export interface AdviseOptions {
  /** Codes of rules that are turned off. */
  readonly off?: ReadonlySet<string>;
  readonly language?: Language;
  /** What names from other files mean, where that is known. */
  readonly imported?: Imported;
  /** The text's sites, where they are known already. */
  readonly sites?: readonly ActivationSite[];
}

/** What the rules find in a Python text, in order; parses it and frees the tree. */
export async function advise(syntax: Syntax, text: SourceText, options: AdviseOptions = {}): Promise<Advice[]> {
  const tree = await syntax.parse('python', text.text);
  try {
    return adviseTree(tree, text, options);
  } finally {
    tree.delete();
  }
}

/** The same for a tree that the caller owns. */
export function adviseTree(
  tree: Tree,
  text: SourceText,
  { off, language = 'en', imported, sites = detectPython(tree, text, imported) }: AdviseOptions = {},
): Advice[] {
  if (!text.text.includes('torch') && !imported?.size) return [];
  const root = tree.rootNode;
  const names = new Names(root, text.text, imported);
  const context = { root, text, names, sites, language };
  const lines = text.text.split('\n');
  return rules
    .filter(({ code }) => !off?.has(code))
    .flatMap((rule) => rule.check(context))
    .filter((advice) => !isIgnored(lines, advice))
    .sort((a, b) => a.range.line - b.range.line || a.range.column - b.range.column);
}
