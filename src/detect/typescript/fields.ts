/** Strings that name an activation by what they are given to, where it goes on to another file. */
import { parentOf } from '../../syntax/ancestors';
import type { Node } from '../../syntax/syntax';
import { children, firstChild } from '../range';
import { keyName } from './bindings';
import { isWrapper } from './names';

/** `activation`, `hiddenActivation`, `ACTIVATIONS`. */
const choosing = /(?:^|_|[a-z])(?:activation|Activation|ACTIVATION)(?:s|S)?(?:Fn|Func|Function|Name|Type)?(?![a-z])/;
/** How far what holds a string is looked for. */
const MAX_STEPS = 8;

/** Whether what a string is given to is called an activation: a property, a variable, a parameter, a comparison. */
export function fieldChooses(literal: Node): boolean {
  let at = literal;
  for (let i = 0, parent = parentOf(at); parent && i < MAX_STEPS; i++, at = parent, parent = parentOf(at)) {
    const field = fieldOf(parent, at);
    if (field !== undefined) return field !== null && choosing.test(field);
  }
  return false;
}

/** Whether a string stands in a comparison with an activation, as a case, or in a list of them: it goes nowhere else. */
export function isWeighed(literal: Node): boolean {
  const parent = parentOf(literal);
  const isCase = parent?.type === 'switch_case' || /^[!=]==?$/.test(parent?.childForFieldName('operator')?.text ?? '');
  const isListed =
    parent?.type === 'array' && several.test(wordOf(parentOf(parent)?.childForFieldName('name') ?? null) ?? '');
  return (isCase || isListed) && fieldChooses(literal);
}

const several = /activations$/i;

/** The name of what a node gives to; null where it gives to nothing, undefined where the node around it may tell. */
function fieldOf(holder: Node, at: Node): string | null | undefined {
  const is = (name: string) => holder.childForFieldName(name)?.id === at.id;
  const to = (name: string) => holder.childForFieldName(name);
  if (isWrapper(holder)) return undefined;
  switch (holder.type) {
    case 'array':
      return undefined;
    case 'ternary_expression':
      return is('condition') ? null : undefined;
    case 'binary_expression': {
      if (/^(\|\||\?\?)$/.test(to('operator')?.text ?? '')) return undefined;
      const other = is('left') ? to('right') : to('left');
      return /^[!=]==?$/.test(to('operator')?.text ?? '') ? wordOf(other) : null;
    }
    case 'pair':
      return is('value') ? (keyName(to('key')) ?? null) : null;
    case 'variable_declarator':
      return is('value') ? wordOf(to('name')) : null;
    case 'assignment_expression':
    case 'assignment_pattern':
    case 'object_assignment_pattern':
      return is('right') ? wordOf(to('left')) : null;
    case 'required_parameter':
    case 'optional_parameter':
      return is('value') ? wordOf(to('pattern')) : null;
    case 'public_field_definition':
      return is('value') ? wordOf(to('name')) : null;
    case 'switch_case':
      return is('value') ? wordOf(switchedOn(holder)) : null;
    case 'arguments': {
      const call = parentOf(holder);
      const callee = call?.childForFieldName('function');
      const word = wordOf(callee ?? null);
      // `const [activation, setActivation] = useState('relu')`
      return word !== null && /^use[A-Z]/.test(word) ? undefined : word;
    }
    case 'call_expression':
      return undefined;
    default:
      return null;
  }
}

function switchedOn(part: Node): Node | null {
  const body = parentOf(part);
  const statement = body && parentOf(body);
  return statement?.childForFieldName('value') ?? null;
}

/** The last word of what is read or bound. */
function wordOf(node: Node | null): string | null {
  switch (node?.type) {
    case 'identifier':
    case 'property_identifier':
    case 'shorthand_property_identifier_pattern':
      return node.text;
    case 'member_expression':
      return node.childForFieldName('property')?.text ?? null;
    case 'subscript_expression': {
      const index = node.childForFieldName('index');
      return index?.type === 'string' ? index.text.slice(1, -1) : wordOf(node.childForFieldName('object'));
    }
    case 'parenthesized_expression':
    case 'non_null_expression':
    case 'as_expression':
    case 'array_pattern':
      return wordOf(firstChild(node) ?? null);
    default:
      return null;
  }
}

/** Whether a string is the name of a layer's class in a model's topology. */
export function isClassName(literal: Node): boolean {
  const parent = parentOf(literal);
  const isValue = parent?.type === 'pair' && parent.childForFieldName('value')?.id === literal.id;
  return isValue && /^class_?name$/i.test(keyName(children(parent)[0] ?? null) ?? '');
}
