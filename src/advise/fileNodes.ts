import { children } from '../detect/range';
import { isReached } from '../syntax/ancestors';
import { countBefore } from '../syntax/sorted';
import type { Node } from '../syntax/syntax';

/** Characters of a file that are searched at once. */
const CHUNK = 20_000;
/** Longer expressions name no variable and no attribute. */
const LONGEST_NAME = 200;

const types = ['call', 'class_definition', 'assignment', 'subscript', 'for_statement', 'for_in_clause'];

/**
 * What rules look for in a file, by the names that they look for it under, found in one pass: a rule that searched the
 * class for each of its layers would take the square of it. What is nested too deeply is left out.
 */
export class FileNodes {
  readonly calls: Node[] = [];
  readonly classes: Node[] = [];
  private readonly classesByName = new Map<string, Node>();
  /** By what is assigned to. */
  private readonly assignments = new Map<string, Node[]>();
  /** By what is run, hooked or changed part by part. */
  private readonly takings = new Map<string, Node[]>();

  /** Yields where it can be interrupted. */
  static *read(root: Node, text: string): Generator<void, FileNodes> {
    const found = new FileNodes();
    let from = { row: 0, column: 0 };
    for (let start = 0; start < text.length; start += CHUNK) {
      const to = positionBehind(from, text.slice(start, start + CHUNK));
      for (const node of root.descendantsOfType(types, from, to)) {
        // Nodes that reach in from the chunk before were found there.
        if (node && node.startIndex >= start && isReached(node)) found.add(node);
      }
      from = to;
      yield;
    }
    return found;
  }

  /** The first class of a name. */
  classNamed(name: string): Node | undefined {
    return this.classesByName.get(name);
  }

  /** What the assignments to a name, such as `self.act`, give to it inside of a node. */
  assignedValues(name: string, inside: Node): Node[] {
    return nodesWithin(this.assignments.get(name), inside).flatMap((each) => each.childForFieldName('right') ?? []);
  }

  /** Whether a container is run, hooked or changed part by part inside of a node. */
  isTakenApart(name: string, inside: Node): boolean {
    return nodesWithin(this.takings.get(name), inside).length > 0;
  }

  private add(node: Node): void {
    switch (node.type) {
      case 'call': {
        this.calls.push(node);
        const callee = node.childForFieldName('function');
        const method = callee?.childForFieldName('attribute')?.text ?? '';
        if (/^(insert|append|extend|children|modules)$/.test(method))
          place(this.takings, callee?.childForFieldName('object'), node);
        if (!/^(enumerate|list|zip|reversed|len)$/.test(callee?.text ?? '')) return;
        for (const argument of children(node.childForFieldName('arguments')))
          place(this.takings, argument.type === 'list_splat' ? children(argument)[0] : argument, node);
        return;
      }
      case 'class_definition': {
        this.classes.push(node);
        const name = node.childForFieldName('name')?.text ?? '';
        if (!this.classesByName.has(name)) this.classesByName.set(name, node);
        return;
      }
      case 'assignment':
        place(this.assignments, node.childForFieldName('left'), node);
        return;
      case 'subscript':
        place(this.takings, node.childForFieldName('value'), node);
        return;
      default:
        place(this.takings, node.childForFieldName('right'), node);
    }
  }
}

function place(all: Map<string, Node[]>, name: Node | null | undefined, node: Node): void {
  if (!name || name.endIndex - name.startIndex > LONGEST_NAME) return;
  const { text } = name;
  const known = all.get(text);
  if (known) known.push(node);
  else all.set(text, [node]);
}

function nodesWithin(placed: readonly Node[] | undefined, { startIndex, endIndex }: Node): Node[] {
  if (!placed) return [];
  const before = (index: number) => countBefore(placed, index, (node) => node.startIndex);
  return placed.slice(before(startIndex), before(endIndex));
}

/** Where a text ends that begins at a position. */
function positionBehind({ row, column }: { row: number; column: number }, text: string) {
  const last = text.lastIndexOf('\n');
  if (last < 0) return { row, column: column + text.length };
  let breaks = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) breaks++;
  return { row: row + breaks, column: text.length - last - 1 };
}
