/** Functions and classes that give an activation by a name: `get_activation(name)`, `class Activation`. */
import { climbTo } from '../../syntax/ancestors';
import { PerNode } from '../../syntax/perNode';
import type { Node } from '../../syntax/syntax';
import { children, firstChild } from '../range';
import { chooses } from './choosing';
import type { Names } from './names';

/** `name` in `def get_activation(name)`, in what it makes of that, and in `class Activation: def __init__(self, name)`. */
export function isParameterOfChoice(node: Node, word: string): boolean {
  const own = functionAround.from(node);
  if (!own || !isChoice(own)) return false;
  const parameters = parametersOf.of(own, () => new Set(parameterNames(own)));
  return parameters.has(word) || (node.type === 'identifier' && chooses(own.childForFieldName('name')?.text));
}

export const functionAround = climbTo(/^function_definition$/);
export const classAround = climbTo(/^class_definition$/);
const parametersOf = new PerNode<ReadonlySet<string>>();

function parameterNames(own: Node): string[] {
  return children(own.childForFieldName('parameters')).flatMap((each) => {
    const name = each.type === 'identifier' ? each : (each.childForFieldName('name') ?? firstChild(each));
    return name?.type === 'identifier' ? [name.text] : [];
  });
}

/** The name of the parameter that takes a call's argument at a position; undefined where the callee is another file's. */
export function parameterAt(callee: Node, position: number, names: Names): string | undefined {
  const definition = callee.text === 'cls' ? classAround.from(callee) : definitionOf(callee, names);
  if (definition?.type !== 'class_definition') return definition ? parameterNames(definition)[position] : undefined;
  const made = children(definition.childForFieldName('body')).find(
    (each) => each.type === 'function_definition' && each.childForFieldName('name')?.text === '__init__',
  );
  return made && parameterNames(made)[position + 1];
}

function definitionOf(callee: Node, names: Names): Node | undefined {
  return callee.type === 'identifier' ? names.definition(callee) : undefined;
}

/** Whether a function's own name, or that of the class which it makes, says that it gives an activation. */
export function isChoice(own: Node): boolean {
  const name = own.childForFieldName('name')?.text;
  if (chooses(name)) return true;
  const holder = name === '__init__' || name === '__new__' ? classAround.from(own) : null;
  return chooses(holder?.childForFieldName('name')?.text);
}
