import { mentionsTensorFlow } from '../../detect/typescript/detect';
import { TypeScriptNames } from '../../detect/typescript/names';
import type { SourceText } from '../../source/source';
import type { Tree } from '../../syntax/syntax';
import type { Advice } from '../advice';
import { isOn, withSeverity } from '../configuration';
import type { AdviseOptions } from '../engine';
import { Ignores } from '../ignore';
import { tfjsRules } from '../rules/tfjs/index';
import { CodeTexts } from '../texts';
import { codeOf } from './code';
import { followScript } from './evaluation';

/**
 * What the rules find in the tree of a TypeScript or JavaScript text, in order. The caller owns the tree, which must stay
 * until the end; yields where it can be interrupted.
 */
export function* adviseScriptTree(
  tree: Tree,
  text: SourceText,
  { settings = {}, language = 'en' }: Pick<AdviseOptions, 'settings' | 'language'> = {},
): Generator<void, Advice[]> {
  if (!mentionsTensorFlow(text.text)) return [];
  const names = new TypeScriptNames(tree.rootNode, text.text);
  if (!names.isTensorFlow) return [];
  const flow = yield* followScript(codeOf(tree.rootNode), names);
  const found = new Map<string, Advice>();
  for (const rule of tfjsRules) {
    if (!isOn(rule, settings)) continue;
    // Code that runs several times is told of once.
    for (const advice of yield* rule.check({ text, flow, language })) {
      const { line, column } = advice.range;
      const key = `${advice.code} ${line}:${column}`;
      if (!found.has(key)) found.set(key, withSeverity(advice, settings));
    }
  }
  const ignores = new Ignores(new CodeTexts([text]));
  return [...found.values()]
    .filter((advice) => !ignores.has(advice))
    .sort((a, b) => a.range.line - b.range.line || a.range.column - b.range.column);
}
