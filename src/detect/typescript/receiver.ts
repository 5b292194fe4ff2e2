import type { Node } from '../../syntax/syntax';
import { children } from '../range';
import { bare, type TypeScriptNames } from './names';

/** `yes`: a tensor of TF.js's; `no`: something else; `maybe`: nothing in the file tells. */
export type Likelihood = 'yes' | 'maybe' | 'no';

const MAX_DEPTH = 8;

/** Whether what stands before `.relu()` is a tensor. */
export function isTensor(node: Node, names: TypeScriptNames, depth = 0): Likelihood {
  const inner = bare(node);
  if (depth > MAX_DEPTH) return 'maybe';
  const go = (next: Node | null | undefined): Likelihood => (next ? isTensor(next, names, depth + 1) : 'no');
  switch (inner.type) {
    case 'call_expression':
      return called(inner, names, go);
    case 'identifier':
      return named(inner, names, go);
    case 'member_expression': {
      const object = inner.childForFieldName('object');
      if (names.qualified(inner) !== undefined || object?.type === 'super') return 'no';
      return object?.type === 'this' ? 'maybe' : weaker(go(object));
    }
    case 'subscript_expression':
      return weaker(go(inner.childForFieldName('object')));
    case 'ternary_expression':
      return go(inner.childForFieldName('consequence'));
    case 'array':
      // What `[a, b][0]` gives.
      return 'maybe';
    default:
      return 'no';
  }
}

/** What a container or a method's object tells of what comes out of it. */
function weaker(likelihood: Likelihood): Likelihood {
  return likelihood === 'no' ? 'no' : 'maybe';
}

function called(call: Node, names: TypeScriptNames, go: (node: Node | null | undefined) => Likelihood): Likelihood {
  const callee = call.childForFieldName('function');
  if (!callee) return 'no';
  const name = names.qualified(callee);
  if (name !== undefined)
    return /^tf(\.(layers|model|sequential|initializers|train|data)\b|$)/.test(name) ? 'no' : 'yes';
  if (callee.type === 'identifier') {
    const binding = names.binding(callee);
    // A function of the workspace may well return a tensor; one of another library returns its own things.
    if (binding?.kind === 'import') return /^[./@~#]/.test(binding.module ?? '') ? 'maybe' : 'no';
    return binding && binding.kind !== 'class' ? 'maybe' : 'no';
  }
  if (callee.type !== 'member_expression') return callee.type === 'call_expression' ? 'maybe' : 'no';
  const object = callee.childForFieldName('object');
  const inner = object && bare(object);
  if (inner?.type === 'this') return 'maybe';
  // `tf.layers.dense({…}).apply(x)`, `new Layer().apply(x)`.
  const method = callee.childForFieldName('property')?.text;
  if (method === 'apply' || method === 'predict')
    return inner?.type === 'identifier' && !names.binding(inner) ? 'no' : 'maybe';
  return weaker(go(inner));
}

function named(use: Node, names: TypeScriptNames, go: (node: Node | null | undefined) => Likelihood): Likelihood {
  const binding = names.binding(use);
  if (!binding || names.qualified(use) !== undefined) return 'no';
  if (binding.kind !== 'variable' && binding.kind !== 'parameter') return 'no';
  const type = binding.path.length === 0 ? children(binding.holder.childForFieldName('type'))[0] : undefined;
  if (type) return typed(type, names);
  if (binding.kind === 'parameter') return 'maybe';
  const values = [...(binding.value ? [binding.value] : []), ...(binding.constant ? [] : names.assigned(binding))];
  if (binding.path.length > 0) return values.some((value) => weaker(go(value)) === 'no') ? 'no' : 'maybe';
  const found = values.filter((value) => !/^(null|undefined)$/.test(value.type)).map(go);
  if (found.includes('no')) return 'no';
  return found.length > 0 && found.every((each) => each === 'yes') ? 'yes' : 'maybe';
}

/** What a type annotation says. */
function typed(type: Node, names: TypeScriptNames): Likelihood {
  const each = children(type);
  switch (type.type) {
    case 'union_type':
    case 'intersection_type':
    case 'parenthesized_type':
    case 'readonly_type': {
      const found = each.map((part) => typed(part, names));
      return found.includes('yes') ? 'yes' : found.includes('maybe') ? 'maybe' : 'no';
    }
    case 'array_type':
      return 'no';
    case 'predefined_type':
      return /^(any|unknown)$/.test(type.text) ? 'maybe' : 'no';
    case 'generic_type':
      return each[0] ? typed(each[0], names) : 'no';
    case 'nested_type_identifier':
    case 'type_identifier': {
      if (names.isTensorFlowType(type)) return /(Tensor|Variable|Scalar)[^.<]*$|Rank/.test(type.text) ? 'yes' : 'no';
      if (type.type === 'nested_type_identifier') return 'no';
      // A type parameter (`T extends tf.Tensor`) is bound nowhere else.
      return !names.binding(type) && /^[A-Z]$|Tensor/.test(type.text) ? 'maybe' : 'no';
    }
    default:
      return 'no';
  }
}
