import { nodeAt, parentOf } from '../syntax/ancestors';
import type { Node } from '../syntax/syntax';
import type { RuleContext } from './rule';

/**
 * The identifiers of a file that a pattern matches, in order: searching text costs a fraction of walking a tree. What is
 * nested too deeply is left out. Yields where it can be interrupted.
 * @param pattern global; the identifier begins where its last group does, or the match without groups
 */
export function* wordNodes(
  { root, text }: Pick<RuleContext, 'root' | 'text'>,
  pattern: RegExp,
  isWanted: (word: string, start: number) => boolean = () => true,
): Generator<void, Node[]> {
  const found: Node[] = [];
  for (const match of text.text.matchAll(pattern)) {
    const word = match.at(-1) ?? '';
    const start = match.index + match[0].lastIndexOf(word);
    if (!isWanted(word, start)) continue;
    yield;
    const node = nodeAt(root, start, start + word.length);
    // The word may stand in a comment, a text or another word.
    if (node?.type === 'identifier' && node.startIndex === start && node.endIndex === start + word.length)
      found.push(node);
  }
  return found;
}

/** The call whose callee a word is, or ends. */
export function callOfWord(word: Node): Node | undefined {
  const parent = parentOf(word);
  const callee = parent?.type === 'attribute' && parent.childForFieldName('attribute')?.id === word.id ? parent : word;
  const call = callee === word ? parent : parentOf(callee);
  return call?.type === 'call' && call.childForFieldName('function')?.id === callee.id ? call : undefined;
}
