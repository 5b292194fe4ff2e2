import type { Names } from '../detect/python/names';
import { children, unwrapped } from '../detect/range';
import type { Node } from '../syntax/syntax';
import type { RuleContext } from './rule';

/** A call that applies an activation, and the tensor that goes in. */
export interface ActivationCall {
  readonly call: Node;
  readonly input: Node;
  readonly activation: string;
}

/** Applications of the given activations: `F.x(t)`, `torch.x(t)`, `t.x()`, `nn.X()(t)`. */
export function activationCalls({ root, sites }: RuleContext, ids: readonly string[]): ActivationCall[] {
  return sites.flatMap(({ activation, form, expression }) => {
    if (!ids.includes(activation)) return [];
    const start = { row: expression.line, column: expression.column };
    const node = root.descendantForPosition(start, { row: expression.endLine, column: expression.endColumn });
    if (node?.type !== 'call') return [];
    if (form === 'module') {
      const outer =
        node.parent?.type === 'call' && node.parent.childForFieldName('function')?.id === node.id
          ? node.parent
          : undefined;
      const input = outer && inputOf(outer);
      return outer && input ? [{ call: outer, input, activation }] : [];
    }
    const callee = node.childForFieldName('function');
    if (callee?.text.endsWith('_')) return [];
    const input =
      form === 'method' ? callee?.childForFieldName('object') : form === 'function' ? inputOf(node) : undefined;
    return input ? [{ call: node, input, activation }] : [];
  });
}

/** The first positional argument of a call, or the one named `input`. */
export function inputOf(call: Node): Node | undefined {
  const list = children(call.childForFieldName('arguments'));
  const named = list.find(
    (each) => each.type === 'keyword_argument' && /^(input|x)$/.test(each.childForFieldName('name')?.text ?? ''),
  );
  const found = named?.childForFieldName('value') ?? list[0];
  return found && !/splat|keyword_argument/.test(found.type) ? unwrapped(found) : undefined;
}

/** The nearest enclosing node of one of the types. */
export function enclosing(node: Node, ...types: readonly string[]): Node | undefined {
  for (let at = node.parent; at; at = at.parent) if (types.includes(at.type)) return at;
  return undefined;
}

/** What `self.name` is assigned in a class, where that happens once. */
export function attributeValue(owner: Node, name: string): Node | undefined {
  const found = owner
    .descendantsOfType('assignment')
    .filter((each) => each?.childForFieldName('left')?.text === `self.${name}`);
  return found.length === 1 ? (found[0]?.childForFieldName('right') ?? undefined) : undefined;
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
  const block = enclosing(bound.value, 'block', 'module');
  const isInside = (node: Node | undefined) => {
    for (let at: Node | null = use; at; at = at.parent) if (at.id === node?.id) return true;
    return false;
  };
  if (!isInside(block)) return undefined;
  const scope = enclosing(use, 'function_definition', 'lambda', 'class_definition', 'module');
  const isOwn = scope?.id === bound.scope;
  const rivals = names.bindings(use.text).filter((each) => each.scope === bound.scope);
  return isOwn
    ? bound.index < use.startIndex
      ? bound.value
      : undefined
    : rivals.length === 1
      ? bound.value
      : undefined;
}
