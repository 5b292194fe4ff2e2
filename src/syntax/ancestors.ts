/**
 * The way up a tree. tree-sitter finds a node's parent from the root downwards, so a walk upwards made of `parent` takes
 * the square of its length; here each node on the way is found once a tree.
 */
import type { Node, Tree } from 'web-tree-sitter';
import { PerNode } from './perNode';

/** Nesting beyond which nothing is looked at: far more than a person writes, and little enough for any walk. */
export const MAX_NESTING = 1000;

/** A part of a text that is nested too deeply to be looked at. */
export interface TooDeep {
  readonly start: number;
  readonly end: number;
  /** Lines and UTF-16 columns from 0. */
  readonly row: number;
  readonly column: number;
  readonly endRow: number;
  readonly endColumn: number;
}

interface Step {
  readonly node: Node;
  readonly start: number;
  readonly end: number;
}

class Ancestors {
  private readonly parents = new Map<number, Node | null>();
  /** From the root to where the last search ended: the next one is most often nearby. */
  private readonly path: Step[];
  /** By their start. */
  readonly tooDeep = new Map<number, TooDeep>();
  private last: TooDeep | undefined;

  constructor(root: Node) {
    this.parents.set(root.id, null);
    this.path = [stepTo(root)];
  }

  parent(node: Node): Node | null {
    const known = this.parents.get(node.id);
    if (known !== undefined) return known;
    this.walkTo(node, Number.POSITIVE_INFINITY);
    return this.parents.get(node.id) ?? null;
  }

  /** The smallest node around a part of the text; undefined where it is nested too deeply. */
  at(root: Node, start: number, end: number): Node | undefined {
    if (this.last && start >= this.last.start && start < this.last.end) return undefined;
    const node = root.descendantForIndex(start, end);
    return node && this.isReached(node) ? node : undefined;
  }

  isReached(node: Node): boolean {
    if (this.parents.has(node.id)) return true;
    if (this.last && node.startIndex > this.last.start && node.startIndex < this.last.end) return false;
    const edge = this.walkTo(node, MAX_NESTING);
    if (!edge) return true;
    const { startPosition: from, endPosition: to } = edge.node;
    const place = { row: from.row, column: from.column, endRow: to.row, endColumn: to.column };
    this.last = { start: edge.start, end: edge.end, ...place };
    this.tooDeep.set(edge.start, this.last);
    return false;
  }

  /** Notes the parents down to a node; where it lies deeper than `limit`, gives the node at that depth instead. */
  private walkTo(node: Node, limit: number): Step | undefined {
    const { path } = this;
    const target = stepTo(node);
    for (let top = path.at(-1); path.length > 1 && top && !surrounds(top, target); top = path.at(-1)) path.pop();
    for (;;) {
      const top = path.at(-1) as Step;
      if (path.length > limit) return top;
      const child = top.node.childWithDescendant(node);
      if (!child || child.id === node.id) {
        this.parents.set(node.id, top.node);
        return undefined;
      }
      this.parents.set(child.id, top.node);
      path.push(stepTo(child));
    }
  }
}

function stepTo(node: Node): Step {
  return { node, start: node.startIndex, end: node.endIndex };
}

/** Whether a node is surely above another; of two with the same extent either may be. */
function surrounds(outer: Step, inner: Step): boolean {
  return outer.start <= inner.start && outer.end >= inner.end && outer.end - outer.start > inner.end - inner.start;
}

const known = new WeakMap<Tree, Ancestors>();

function ancestorsIn(tree: Tree): Ancestors {
  let found = known.get(tree);
  if (!found) {
    found = new Ancestors(tree.rootNode);
    known.set(tree, found);
  }
  return found;
}

/** The node around another; null for the root. */
export function parentOf(node: Node): Node | null {
  return ancestorsIn(node.tree).parent(node);
}

/** The smallest node around a part of the text; undefined where it is nested too deeply to be looked at. */
export function nodeAt(root: Node, start: number, end: number): Node | undefined {
  return ancestorsIn(root.tree).at(root, start, end);
}

/** Whether a node is not nested too deeply to be looked at. */
export function isReached(node: Node): boolean {
  return ancestorsIn(node.tree).isReached(node);
}

/** What `nodeAt` was asked for and is nested too deeply. */
export function nodesTooDeep(tree: Tree): Iterable<TooDeep> {
  return known.get(tree)?.tooDeep.values() ?? [];
}

/** A question that a node's nearest ancestors decide; each node's answer is found once a tree. */
export class Climb<T> {
  private readonly answers = new PerNode<T>();

  /**
   * @param decide the answer where a node and its child tell, undefined where the next above must
   * @param otherwise the answer where none does
   */
  constructor(
    private readonly decide: (parent: Node, child: Node) => T | undefined,
    private readonly otherwise: T,
  ) {}

  from(node: Node): T {
    const passed: Node[] = [];
    let child = node;
    let found = this.answers.get(child);
    while (found === undefined) {
      passed.push(child);
      const parent = parentOf(child);
      found = parent ? this.decide(parent, child) : this.otherwise;
      if (found === undefined && parent) found = this.answers.get(parent);
      if (parent) child = parent;
    }
    for (const each of passed) this.answers.set(each, found);
    return found;
  }
}

/** Finds the nearest node around another whose type a pattern matches; null where there is none. */
export function climbTo(types: RegExp): Climb<Node | null> {
  return new Climb<Node | null>((at) => (types.test(at.type) ? at : undefined), null);
}

/** The node some steps up; null above the root. */
export function ancestorOf(node: Node, steps: number): Node | null {
  let at: Node | null = node;
  for (let i = 0; at && i < steps; i++) at = parentOf(at);
  return at;
}
