import type { Names } from '../detect/python/names';
import { children, stripParentheses } from '../detect/range';
import { climbTo, parentOf } from '../syntax/ancestors';
import type { Node } from '../syntax/syntax';
import type { RuleContext } from './rule';

/** A call that applies an activation, and the tensor that goes in. */
export interface ActivationCall {
  readonly call: Node;
  readonly input: Node;
  readonly activation: string;
}

/**
 * Applications of the given activations: `F.x(t)`, `torch.x(t)`, `t.x()`, `nn.X()(t)`; undefined where another site was
 * looked at, so that the search can be interrupted.
 */
export function* activationCalls(
  { root, sites }: RuleContext,
  ids: readonly string[],
): Generator<ActivationCall | undefined> {
  for (const { activation, form, expression } of sites) {
    yield undefined;
    if (!ids.includes(activation)) continue;
    const start = { row: expression.line, column: expression.column };
    const node = root.descendantForPosition(start, { row: expression.endLine, column: expression.endColumn });
    if (node?.type !== 'call') continue;
    const callee = node.childForFieldName('function');
    if (form === 'module') {
      const outer = parentOf(node);
      const isCalled = outer?.type === 'call' && outer.childForFieldName('function')?.id === node.id;
      const input = isCalled ? inputOf(outer) : undefined;
      if (isCalled && input) yield { call: outer, input, activation };
    } else if (!callee?.text.endsWith('_')) {
      const input =
        form === 'method' ? callee?.childForFieldName('object') : form === 'function' ? inputOf(node) : undefined;
      if (input) yield { call: node, input, activation };
    }
  }
}

/** The first positional argument of a call, or the one named `input`. */
export function inputOf(call: Node): Node | undefined {
  const list = children(call.childForFieldName('arguments'));
  const named = list.find(
    (each) => each.type === 'keyword_argument' && /^(input|x)$/.test(each.childForFieldName('name')?.text ?? ''),
  );
  const found = named?.childForFieldName('value') ?? list[0];
  return found && !/splat|keyword_argument/.test(found.type) ? stripParentheses(found) : undefined;
}

/** The nearest call, function, block and scope around a node. */
export const callAround = climbTo(/^call$/);
export const functionAround = climbTo(/^function_definition$/);
const blockAround = climbTo(/^(block|module)$/);
const scopeAround = climbTo(/^(function_definition|lambda|class_definition|module)$/);

/** What `self.name` is assigned in a class, where that happens once. */
export function attributeValue({ nodes }: RuleContext, owner: Node, name: string): Node | undefined {
  const found = nodes.assignedValues(`self.${name}`, owner);
  return found.length === 1 ? found[0] : undefined;
}

/** `self.name` → `name`. */
export function selfAttribute(node: Node | null | undefined): string | undefined {
  return node?.type === 'attribute' && node.childForFieldName('object')?.text === 'self'
    ? node.childForFieldName('attribute')?.text
    : undefined;
}

/**
 * The value that a variable surely has where it is read. A value bound inside a branch may not be the one that arrives,
 * nor one of several that a function finds outside itself.
 */
export function valueAt(use: Node, names: Names): Node | undefined {
  const bound = names.binding(use);
  if (!bound?.value) return undefined;
  const block = blockAround.from(bound.value);
  if (!block || use.startIndex < block.startIndex || use.endIndex > block.endIndex) return undefined;
  const isOwn = scopeAround.from(use)?.id === bound.scope;
  const isSure = isOwn ? bound.index < use.startIndex : names.bindingsOf(bound.scope, use.text).length === 1;
  return isSure ? bound.value : undefined;
}
