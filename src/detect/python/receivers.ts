/** Whether what stands before `.relu()` is surely no tensor: an object of a class, a number, a table. */
import { nodeAt, parentOf } from '../../syntax/ancestors';
import { PerNode } from '../../syntax/perNode';
import type { Node } from '../../syntax/syntax';
import { children, firstChild, stripParentheses } from '../range';
import { pytorchSpellings } from '../spellings';
import { classAround } from './bindings';
import type { Names } from './names';

/** `yes`: something else; `number`: a plain one, which beside a tensor makes a tensor; `maybe`: a tensor, it seems. */
type Otherness = 'yes' | 'number' | 'maybe';

const MAX_DEPTH = 8;

const plain =
  /^(string|list|tuple|dictionary|set|lambda|none|true|false|list_comprehension|set_comprehension|dictionary_comprehension|generator_expression)$/;
/** Classes whose objects are tensors or may hold one in their place. */
const tensors = /(Tensor|Variable|Parameter|Buffer|Scalar|Image|Mask|Boxes|Proxy|Symbol|Array)\w*$/;
/** What is no tensor by its name. */
const others = /(^|_)(optimi[sz]er|scheduler|model|module|env|agent|config|cfg|backend)$/;
/** Types of plain values. */
const builtin = /^(str|bytes|dict|list|tuple|set|type|object|Dict|List|Tuple|Set|Callable|np\.ndarray)$/;

/**
 * Whether a receiver is surely no tensor.
 * @param method its own class in the file may have a method of this name
 */
export function isOtherObject(receiver: Node, method: string, names: Names): boolean {
  const found = otherness(receiver, names, 0);
  return found !== 'maybe' || (isUnknown(receiver, names) && isMethodOfFile(method, names));
}

function otherness(node: Node, names: Names, depth: number): Otherness {
  const inner = stripParentheses(node);
  if (depth > MAX_DEPTH) return 'maybe';
  const next = (part: Node | null | undefined): Otherness => (part ? otherness(part, names, depth + 1) : 'maybe');
  if (plain.test(inner.type)) return 'yes';
  switch (inner.type) {
    case 'integer':
    case 'float':
      return 'number';
    case 'unary_operator':
      return next(inner.childForFieldName('argument'));
    case 'binary_operator': {
      const sides = [next(inner.childForFieldName('left')), next(inner.childForFieldName('right'))];
      if (sides.includes('yes')) return 'yes';
      return sides.every((side) => side === 'number') ? 'number' : 'maybe';
    }
    case 'conditional_expression': {
      const [value] = children(inner);
      return next(value);
    }
    case 'call':
      return ofCall(inner, names);
    case 'attribute':
      return others.test(inner.childForFieldName('attribute')?.text ?? '') ? 'yes' : 'maybe';
    case 'identifier': {
      if (others.test(inner.text)) return 'yes';
      const type = annotationOf(inner, names);
      if (type) return ofType(type, names);
      const value = names.onlyBinding(inner)?.value;
      return next(value);
    }
    default:
      return 'maybe';
  }
}

/** `Model()`, `optim.SGD(…)`: an object of that class, unless it is one of tensors. */
function ofCall(call: Node, names: Names): Otherness {
  const callee = call.childForFieldName('function');
  if (!callee || !/^(identifier|attribute)$/.test(callee.type)) return 'maybe';
  const name = (callee.type === 'attribute' ? callee.childForFieldName('attribute') : callee)?.text ?? '';
  if (callee.type === 'identifier' && /^(float|int|len|str|list|dict|tuple|set|open|range)$/.test(name))
    return names.binding(callee) ? 'maybe' : 'yes';
  if (!/^[A-Z]/.test(name) || tensors.test(name)) return 'maybe';
  const isDefined = callee.type === 'identifier' && names.binding(callee) !== undefined;
  const isClass = isDefined || names.qualifiedName(callee) !== undefined;
  // A class whose base is a tensor gives tensors.
  const base = isDefined ? baseNames(callee, names) : '';
  return isClass && !tensors.test(base) && !/Function\b/.test(base) ? 'yes' : 'maybe';
}

function baseNames(name: Node, names: Names): string {
  const definition = names.definition(name);
  return definition?.type === 'class_definition' ? (definition.childForFieldName('superclasses')?.text ?? '') : '';
}

function ofType(type: Node, names: Names): Otherness {
  const inner = firstChild(type) ?? type;
  if (/^(float|int|bool|complex)$/.test(inner.text)) return 'number';
  if (builtin.test(inner.text)) return 'yes';
  if (inner.type !== 'identifier' || tensors.test(inner.text)) return 'maybe';
  const definition = names.definition(inner);
  if (definition?.type !== 'class_definition') return 'maybe';
  return tensors.test(definition.childForFieldName('superclasses')?.text ?? '') ? 'maybe' : 'yes';
}

/** The annotation of the parameter or variable that an identifier reads. */
function annotationOf(use: Node, names: Names): Node | undefined {
  const target = names.bindingName(use);
  const holder = target && parentOf(target);
  return /^(typed_parameter|typed_default_parameter|assignment)$/.test(holder?.type ?? '')
    ? (holder?.childForFieldName('type') ?? undefined)
    : undefined;
}

/** Nothing tells what a name or an attribute holds: a parameter, a field, what a call of somebody's gives. */
function isUnknown(receiver: Node, names: Names): boolean {
  const inner = stripParentheses(receiver);
  if (inner.type !== 'call') return true;
  const callee = inner.childForFieldName('function');
  return !(callee && names.qualifiedName(callee)?.startsWith('torch'));
}

const methodsOfFile = new PerNode<ReadonlySet<string>>();

/** Whether a class of the file that is no module has a method of this name: then an unknown object may be of it. */
function isMethodOfFile(method: string, names: Names): boolean {
  const found = methodsOfFile.of(names.root, () => new Set(methodsIn(names)));
  return found.has(method);
}

function* methodsIn(names: Names): Generator<string> {
  for (const [index, name] of names.definedFunctions(tensorMethods())) {
    const node = nodeAt(names.root, index, index + name.length);
    const definition = node && parentOf(node);
    const holder = definition?.type === 'function_definition' ? classAround.from(definition) : null;
    const isOfClass = holder !== null && parentOf(parentOf(definition ?? holder) ?? holder)?.id === holder.id;
    if (isOfClass && !isModuleOrTensor(holder)) yield name;
  }
}

function isModuleOrTensor(definition: Node): boolean {
  const field = (name: string) => definition.childForFieldName(name)?.text ?? '';
  return /Module|Tensor/.test(`${field('name')} ${field('superclasses')}`);
}

let definitions: RegExp | undefined;

/** Where a text defines a function that is called as a method of tensors is. */
export function tensorMethods(): RegExp {
  definitions ??= new RegExp(`def[ \\t]+(${[...pytorchSpellings().methods.keys()].join('|')})(?=[ \\t]*\\()`, 'g');
  return definitions;
}
