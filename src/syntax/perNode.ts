import type { Node, Tree } from 'web-tree-sitter';

/** What was found out of nodes, for as long as their trees are there: node objects come and go, their ids stay. */
export class PerNode<T> {
  private readonly trees = new WeakMap<Tree, Map<number, T>>();

  get(node: Node): T | undefined {
    return this.trees.get(node.tree)?.get(node.id);
  }

  set(node: Node, value: T): void {
    let nodes = this.trees.get(node.tree);
    if (!nodes) {
      nodes = new Map();
      this.trees.set(node.tree, nodes);
    }
    nodes.set(node.id, value);
  }

  /** What is known of a node, found out where nothing is. */
  of(node: Node, find: () => T): T {
    const known = this.get(node);
    if (known !== undefined) return known;
    const found = find();
    this.set(node, found);
    return found;
  }
}
