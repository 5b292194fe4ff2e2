import type { Activation } from '../../activations/types';
import type { Scalar } from '../../graph/types';
import { say } from '../../language/say';
import type { Node } from '../../syntax/syntax';
import { children, stripParentheses } from '../range';
import type { SiteArgument } from '../site';
import type { Names } from './names';

/** Functional forms whose arguments after the tensor stand in another order than the module's. */
const functionalOrder: Readonly<Record<string, readonly string[]>> = {
  rrelu: ['lower', 'upper', 'training', 'inplace'],
  prelu: ['weight'],
  gelu: [],
};

/**
 * A call's arguments by the catalogue's parameter names.
 * @param skip how many positional arguments come first that are no parameters (the tensor; `partial`'s function)
 */
export function readArguments(
  list: Node | null,
  activation: Activation,
  form: 'module' | 'function',
  skip: number,
  names: Names,
): Record<string, SiteArgument> {
  const found: Record<string, SiteArgument> = {};
  const own = activation.parameters.map(({ name }) => name);
  const order = form === 'function' ? (functionalOrder[activation.id] ?? own) : own;
  let position = -skip;
  let spread: string | undefined;
  for (const argument of children(list)) {
    if (argument.type === 'list_splat' || argument.type === 'dictionary_splat') {
      spread = argument.text;
      continue;
    }
    const keyword = argument.type === 'keyword_argument';
    const name = keyword ? argument.childForFieldName('name')?.text : order[position++];
    const value = keyword ? argument.childForFieldName('value') : argument;
    if (name && value && own.includes(name)) found[name] = read(value, names);
  }
  if (spread !== undefined)
    for (const name of own)
      found[name] ??= { expression: spread, reason: say('may be among the arguments that are unpacked here') };
  return found;
}

/**
 * The arguments of an activation that a function of somebody's applies, where the function is called: `dim` of
 * `softmax(x, dim=-1)` for `def softmax(x, dim): return F.softmax(x, dim=dim)`.
 * @param inside as the function writes them
 */
export function argumentsHandedOn(
  inside: Readonly<Record<string, SiteArgument>>,
  call: Node | null | undefined,
  names: Names,
): Readonly<Record<string, SiteArgument>> {
  if (Object.values(inside).every((argument) => 'value' in argument)) return inside;
  const given = new Map(
    children(call?.childForFieldName('arguments'))
      .filter(({ type }) => type === 'keyword_argument')
      .map((each) => [each.childForFieldName('name')?.text, each.childForFieldName('value')]),
  );
  return Object.fromEntries(
    Object.entries(inside).map(([name, argument]) => {
      const value = 'value' in argument ? undefined : given.get(argument.expression);
      return [name, value ? read(value, names) : argument];
    }),
  );
}

function read(node: Node, names: Names): SiteArgument {
  const value = constant(node, names);
  if (value !== undefined) return { value };
  return { expression: node.text, reason: unknownValue() };
}

/** Why an argument has no value, for people. */
export const unknownValue = (): string => say('its value is known only when the code runs');

/** The value of a plain constant expression, names of constants followed. */
export function constant(node: Node, names: Names, depth = 0): Scalar | undefined {
  const inner = stripParentheses(node);
  const text = inner.text;
  if (inner.type === 'true') return true;
  if (inner.type === 'false') return false;
  if (inner.type === 'integer' || inner.type === 'float') {
    const value = Number(text.replaceAll('_', ''));
    return Number.isNaN(value) ? undefined : value;
  }
  if (inner.type === 'string') return /^(['"])([^'"\\{}]*)\1$/.exec(text)?.[2];
  if (inner.type === 'unary_operator' || inner.type === 'binary_operator') return arithmetic(inner, names, depth);
  if (inner.type === 'identifier' && depth < 5) {
    const value = names.onlyBinding(inner)?.value;
    return value ? constant(value, names, depth + 1) : undefined;
  }
  return undefined;
}

function arithmetic(node: Node, names: Names, depth: number): Scalar | undefined {
  if (depth > 20) return undefined;
  const operator = node.childForFieldName('operator')?.text;
  const number = (field: string) => {
    const child = node.childForFieldName(field);
    const value = child ? constant(child, names, depth + 1) : undefined;
    return typeof value === 'number' ? value : undefined;
  };
  const operand = number('argument');
  if (operand !== undefined) return operator === '-' ? -operand : operator === '+' ? operand : undefined;
  const [a, b] = [number('left'), number('right')];
  if (a === undefined || b === undefined) return undefined;
  if (operator === '+') return a + b;
  if (operator === '-') return a - b;
  if (operator === '*') return a * b;
  if (operator === '/') return b === 0 ? undefined : a / b;
  if (operator === '//') return b === 0 ? undefined : Math.floor(a / b);
  return operator === '**' ? a ** b : undefined;
}
