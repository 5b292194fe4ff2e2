import { parentOf } from '../../syntax/ancestors';
import type { Node } from '../../syntax/syntax';
import { children, firstChild } from '../range';
import { argumentList } from './arguments';
import { bindingAt, functionAround, isFunction, type TypeScriptBinding } from './bindings';
import type { WrittenFormula } from './formula';
import { isWrapper, stripCasts, type TypeScriptNames } from './names';

/** The function or class of the file whose whole work a formula is; undefined where it is part of something larger. */
export function ownActivation(
  { root, input }: Pick<WrittenFormula, 'root' | 'input'>,
  names: TypeScriptNames,
): TypeScriptBinding | undefined {
  const own = functionOf(root, names);
  if (!own || !isArgument(input, own, names, 0)) return undefined;
  if (own.type === 'method_definition') return layerOf(own, names);
  const holder = parentOf(own);
  const name = own.childForFieldName('name') ?? holder?.childForFieldName('name');
  const isBound = own.childForFieldName('name') || holder?.type === 'variable_declarator';
  return isBound && name?.type === 'identifier' ? bindingAt(name) : undefined;
}

/** The function that returns what an expression gives, through `tf.tidy` and a constant. */
function functionOf(node: Node, names: TypeScriptNames, depth = 0): Node | undefined {
  const parent = parentOf(node);
  if (!parent || depth > 8) return undefined;
  if (isWrapper(parent)) return functionOf(parent, names, depth + 1);
  if (parent.type === 'variable_declarator') {
    const name = parent.childForFieldName('name');
    const binding = name?.type === 'identifier' ? bindingAt(name) : undefined;
    const uses = binding ? names.references(binding) : [];
    return uses.length === 1 && uses[0] ? functionOf(uses[0], names, depth + 1) : undefined;
  }
  const isBody = isFunction(parent) && parent.childForFieldName('body')?.id === node.id;
  const own = isBody ? parent : parent.type === 'return_statement' ? functionAround.from(parent) : null;
  if (!own) return undefined;
  const list = parentOf(own);
  const call = list?.type === 'arguments' ? parentOf(list) : undefined;
  const callee = call?.childForFieldName('function');
  if (!call || !callee) return own;
  return names.qualifiedName(callee) === 'tf.tidy' ? functionOf(call, names, depth + 1) : undefined;
}

/** Whether an expression is what the function was called with, taken out of a list at most. */
function isArgument(node: Node, own: Node, names: TypeScriptNames, depth: number): boolean {
  const inner = stripCasts(node);
  if (depth > 6) return false;
  const go = (next: Node | null | undefined) => !!next && isArgument(next, own, names, depth + 1);
  if (inner.type === 'subscript_expression') return go(inner.childForFieldName('object'));
  if (inner.type === 'ternary_expression')
    return go(inner.childForFieldName('consequence')) || go(inner.childForFieldName('alternative'));
  if (inner.type === 'call_expression')
    return (
      inner.childForFieldName('function')?.text.endsWith('getExactlyOneTensor') === true && go(argumentList(inner)[0])
    );
  const binding = inner.type === 'identifier' ? names.binding(inner) : undefined;
  if (binding?.kind === 'parameter')
    return binding.scope.start === own.startIndex && binding.scope.end === own.endIndex;
  if (binding?.kind !== 'variable') return false;
  return go(binding.value) || names.assignedValues(binding).some(go);
}

/** The class that a layer's `call` or an activation's `apply` belongs to. */
function layerOf(method: Node, names: TypeScriptNames): TypeScriptBinding | undefined {
  if (!/^(call|apply)$/.test(method.childForFieldName('name')?.text ?? '')) return undefined;
  const body = parentOf(method);
  const holder = body && parentOf(body);
  const heritage = children(holder).find((child) => child.type === 'class_heritage');
  const clause = firstChild(heritage);
  const base = clause?.type === 'extends_clause' ? clause.childForFieldName('value') : clause;
  if (!holder || !base || !/\.(Layer|Serializable|Activation)$/.test(names.qualifiedName(base) ?? '')) return undefined;
  const name = holder.childForFieldName('name') ?? parentOf(holder)?.childForFieldName('name');
  return name && /identifier$/.test(name.type) ? bindingAt(name) : undefined;
}
