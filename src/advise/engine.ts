import { detectTree } from '../detect/detect';
import { finish } from '../detect/python/detect';
import { type Imported, Names } from '../detect/python/names';
import type { ActivationSite } from '../detect/site';
import { type Skipped, toSkipped } from '../detect/skipped';
import type { Language } from '../language/say';
import type { SourceText } from '../source/source';
import { nodesTooDeep } from '../syntax/ancestors';
import type { Syntax, Tree } from '../syntax/syntax';
import type { Advice } from './advice';
import { FileNodes } from './fileNodes';
import { Ignores } from './ignore';
import { rules } from './rules/index';

export interface AdviseOptions {
  /** Codes of rules that are turned off. */
  readonly off?: ReadonlySet<string>;
  readonly language?: Language;
  /** What names from other files mean, where that is known. */
  readonly imported?: Imported;
  /** Is told what was not looked at. */
  readonly tell?: (skipped: Skipped) => void;
  /** The text's sites, where they are known already. */
  readonly sites?: readonly ActivationSite[];
}

/** What the rules find in a Python text, in order; parses it and frees the tree. */
export async function advise(syntax: Syntax, text: SourceText, options: AdviseOptions = {}): Promise<Advice[]> {
  const tree = await syntax.parse('python', text.text);
  try {
    return finish(adviseTree(tree, text, options));
  } finally {
    tree.delete();
  }
}

/** The same for a tree that the caller owns; yields where it can be interrupted, and the tree must stay until the end. */
export function* adviseTree(
  tree: Tree,
  text: SourceText,
  { off, language = 'en', imported, sites, tell }: AdviseOptions = {},
): Generator<void, Advice[]> {
  if (!text.text.includes('torch') && !imported?.size) return [];
  const root = tree.rootNode;
  const known = sites ?? (yield* detectTree(tree, 'python', text, imported)).sites;
  const names = new Names(root, text.text, imported);
  const nodes = yield* FileNodes.read(root, text.text);
  const context = { root, text, names, nodes, sites: known, language };
  const found: Advice[] = [];
  for (const rule of rules) {
    if (off?.has(rule.code)) continue;
    for (const advice of yield* rule.check(context)) found.push(advice);
  }
  for (const each of nodesTooDeep(tree)) tell?.(toSkipped(each, text.file));
  const ignores = new Ignores(text.text);
  return found
    .filter((advice) => !ignores.has(advice))
    .sort((a, b) => a.range.line - b.range.line || a.range.column - b.range.column);
}
