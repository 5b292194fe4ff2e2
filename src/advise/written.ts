/** The place of an activation that a model writes out, as a site that can be replaced. */
import { rangeOf } from '../detect/range';
import type { ActivationSite } from '../detect/site';
import type { SourceRange } from '../graph/types';
import type { Node, Tree } from '../syntax/syntax';

/** What a model's graph says of the place: which activation, and what stands there. */
export interface WrittenOut {
  readonly activation: string;
  readonly as: 'expression' | 'call' | 'module';
  /** The class of the autograd Function or of the module. */
  readonly name?: string;
}

/**
 * The site at a place where a model writes an activation out: the whole expression, the call of an autograd Function, or
 * the construction of the module that does nothing else.
 * @returns undefined where the text doesn't say by itself that this is it: `act()` may construct any class
 */
export function writtenSite(
  tree: Tree,
  place: SourceRange,
  { activation, as, name }: WrittenOut,
): ActivationSite | undefined {
  const node = nodeExactlyAt(tree, place);
  if (!node) return undefined;
  const expression = rangeOf(node, place.file);
  const site = { activation, framework: 'pytorch', expression, parameters: {} } as const;
  if (as === 'expression') return { ...site, form: 'formula', range: expression, text: node.text };
  const callee = node.type === 'call' ? node.childForFieldName('function') : undefined;
  if (!callee || name === undefined) return undefined;
  const words = callee.text.split('.');
  if (as === 'call') {
    const isApply = words.at(-1) === 'apply' && words.at(-2) === name;
    return isApply ? { ...site, form: 'formula', range: expression, text: node.text } : undefined;
  }
  if (words.at(-1) !== name) return undefined;
  return { ...site, form: 'module', range: rangeOf(callee, place.file), text: callee.text };
}

/**
 * The same in TensorFlow.js code: the whole formula, or the construction of the layer that does nothing else.
 * @param sites what the file names by itself, its formulas among them
 */
export function writtenTfjsSite(
  tree: Tree,
  sites: readonly ActivationSite[],
  place: SourceRange,
  { activation, as, name }: WrittenOut,
): ActivationSite | undefined {
  const node = nodeExactlyAt(tree, place);
  if (!node) return undefined;
  const expression = rangeOf(node, place.file);
  if (as !== 'module')
    return sites.find(
      (site) =>
        site.framework === 'tfjs' &&
        site.form === 'formula' &&
        site.activation === activation &&
        isAt(node, site.expression),
    );
  const constructed = node.type === 'new_expression' ? node.childForFieldName('constructor') : null;
  if (!constructed || name === undefined || constructed.text.split('.').at(-1) !== name) return undefined;
  const range = rangeOf(constructed, place.file);
  return { activation, framework: 'tfjs', form: 'module', range, expression, parameters: {}, text: constructed.text };
}

/** The node that begins and ends with a place. */
function nodeExactlyAt(tree: Tree, place: SourceRange): Node | undefined {
  const { line, column, endLine, endColumn } = place;
  const node = tree.rootNode.descendantForPosition({ row: line, column }, { row: endLine, column: endColumn });
  return node && isAt(node, place) ? node : undefined;
}

function isAt(node: Node, { line, column, endLine, endColumn }: SourceRange): boolean {
  const { startPosition: start, endPosition: end } = node;
  return start.row === line && start.column === column && end.row === endLine && end.column === endColumn;
}
