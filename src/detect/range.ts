import type { SourceRange } from '../graph/types';
import { PerNode } from '../syntax/perNode';
import type { Node } from '../syntax/syntax';

/** Where a node stands; lines and UTF-16 columns from 0. */
export function rangeOf(node: Node, file: string, end: Node = node): SourceRange {
  const { row: line, column } = node.startPosition;
  const { row: endLine, column: endColumn } = end.endPosition;
  return { file, line, column, endLine, endColumn };
}

/** The named children that are code. */
export function children(node: Node | null | undefined): Node[] {
  return (node?.namedChildren ?? []).filter((child): child is Node => child !== null && child.type !== 'comment');
}

/** The first of the named children that are code. */
export function firstChild(node: Node | null | undefined): Node | undefined {
  let child = node?.firstNamedChild;
  while (child?.type === 'comment') child = child.nextNamedSibling;
  return child ?? undefined;
}

const places = new PerNode<ReadonlyMap<number, number>>();

/** A child's place among the named children that are code, from 0; -1 where it is none. A list is counted once. */
export function placeIn(list: Node, child: Node): number {
  const all = places.of(list, () => new Map(children(list).map(({ id }, place) => [id, place])));
  return all.get(child.id) ?? -1;
}

/** An expression without the parentheses around it. */
export function stripParentheses(node: Node): Node {
  let inner = node;
  while (inner.type === 'parenthesized_expression' && inner.namedChildCount === 1) {
    const next = firstChild(inner);
    if (!next) break;
    inner = next;
  }
  return inner;
}
