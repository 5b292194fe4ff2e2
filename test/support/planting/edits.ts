import type { Node } from '../../../src/syntax/syntax';
import type { SceneFile } from './scene';

/** A fault in a file of a scene: the text with it, and the rules that name it, of which one has to. */
export interface Plant {
  readonly kind: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
  readonly codes: readonly string[];
}

/** Replaces nodes of a file's tree. */
export function plant(
  { file, text }: SceneFile,
  kind: string,
  codes: readonly string[],
  edits: readonly (readonly [Node, string])[],
): Plant {
  const ordered = edits.toSorted(([a], [b]) => b.startIndex - a.startIndex);
  let changed = text;
  for (const [node, words] of ordered)
    changed = changed.slice(0, node.startIndex) + words + changed.slice(node.endIndex);
  const line = (ordered.at(-1)?.[0].startPosition.row ?? 0) + 1;
  return { kind, file, line, text: changed, codes };
}

/** A call with other arguments. */
export function callWith(call: Node, args: readonly string[]): string {
  return `${call.childForFieldName('function')?.text}(${args.join(', ')})`;
}
