import type { SourceRange } from '../graph/types';
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

/** An expression without the parentheses around it. */
export function unwrapped(node: Node): Node {
  let inner = node;
  while (inner.type === 'parenthesized_expression' && inner.namedChildCount === 1) inner = children(inner)[0] ?? inner;
  return inner;
}
