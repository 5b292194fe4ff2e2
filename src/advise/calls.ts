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

/** The nearest call around a node. */
export const callAround = climbTo(/^call$/);
