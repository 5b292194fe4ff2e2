import { isReached } from '../syntax/ancestors';
import type { Node } from '../syntax/syntax';

/** Characters of a file that are searched at once. */
const CHUNK = 20_000;

/** What rules look for in a file's tree, found in one pass. What is nested too deeply is left out. */
export class FileNodes {
  readonly calls: Node[] = [];

  /** Yields where it can be interrupted. */
  static *read(root: Node, text: string): Generator<void, FileNodes> {
    const found = new FileNodes();
    let from = { row: 0, column: 0 };
    for (let start = 0; start < text.length; start += CHUNK) {
      const to = positionBehind(from, text.slice(start, start + CHUNK));
      for (const node of root.descendantsOfType('call', from, to)) {
        // Nodes that reach in from the chunk before were found there.
        if (node && node.startIndex >= start && isReached(node)) found.calls.push(node);
      }
      from = to;
      yield;
    }
    return found;
  }
}

/** Where a text ends that begins at a position. */
function positionBehind({ row, column }: { row: number; column: number }, text: string) {
  const last = text.lastIndexOf('\n');
  if (last < 0) return { row, column: column + text.length };
  let breaks = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) breaks++;
  return { row: row + breaks, column: text.length - last - 1 };
}
