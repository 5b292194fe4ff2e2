import { detectTree } from '../detect/detect';
import { finish } from '../detect/python/detect';
import { type Imported, Names } from '../detect/python/names';
import type { ActivationSite } from '../detect/site';
import { type Skipped, toSkipped } from '../detect/skipped';
import { type FindModule, followFlow } from '../flow/flow';
import type { Language } from '../language/say';
import { convertProgram } from '../python/syntax/convert';
import type { SourceText } from '../source/source';
import { nodesTooDeep } from '../syntax/ancestors';
import type { Syntax, Tree } from '../syntax/syntax';
import type { Advice } from './advice';
import { isOn, type RuleSettings, withSeverity } from './configuration';
import { FileNodes } from './fileNodes';
import { Ignores } from './ignore';
import { rules } from './rules/index';
import { Texts } from './texts';

/** Files that a text imports, parsed. */
export interface Neighbours {
  readonly find: FindModule;
  readonly texts: readonly SourceText[];
}

export interface AdviseOptions {
  readonly settings?: RuleSettings;
  readonly language?: Language;
  /** What names from other files mean, where that is known. */
  readonly imported?: Imported;
  /** Is told what was not looked at. */
  readonly tell?: (skipped: Skipped) => void;
  /** Files of the workspace that take part. */
  readonly neighbours?: Neighbours;
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

/** What code says that PyTorch is in, its imports left out or not. */
const mayBeAbout = /torch|\bnn\.|\bF\.|Loss\(/;

/** The same for a tree that the caller owns; yields where it can be interrupted, and the tree must stay until the end. */
export function* adviseTree(
  tree: Tree,
  text: SourceText,
  { settings = {}, language = 'en', imported, sites, neighbours, tell }: AdviseOptions = {},
): Generator<void, Advice[]> {
  if (!mayBeAbout.test(text.text) && !imported?.size) return [];
  const root = tree.rootNode;
  const known = sites ?? (yield* detectTree(tree, 'python', text, imported)).sites;
  const names = new Names(root, text.text, imported);
  const nodes = yield* FileNodes.read(root, text.text);
  const flow = yield* followFlow(convertProgram(tree, text.file), neighbours?.find);
  const texts = new Texts([text, ...(neighbours?.texts ?? [])]);
  const context = { root, text, names, nodes, sites: known, flow, texts, language };
  const found: Advice[] = [];
  for (const rule of rules) {
    if (!isOn(rule, settings)) continue;
    for (const advice of yield* rule.check(context)) found.push(withSeverity(advice, settings));
  }
  for (const each of nodesTooDeep(tree)) tell?.(toSkipped(each, text.file));
  const ignores = new Ignores(text.text);
  return found
    .filter((advice) => !ignores.has(advice))
    .sort((a, b) => a.range.line - b.range.line || a.range.column - b.range.column);
}
