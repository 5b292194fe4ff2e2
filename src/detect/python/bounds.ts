/** Bounds and masks: the same values as ReLU or a step, but a network's activation only where they are all that is done. */
import { catalogue } from '../../activations/catalogue';
import { climbTo, parentOf } from '../../syntax/ancestors';
import type { Node } from '../../syntax/syntax';
import { firstChild } from '../range';

/** Inputs that are no layer's output. */
const notValues =
  /(^|[_.])(masks?|ids?|idx|index|indices|positions?|coords?|rows?|cols?|row|floor|image|images|img|labels?|targets?|lengths?|counts?|lr|step|steps|epoch|timesteps?|schedule)($|[_.[(])/i;

/** Whether a formula that amounts to a bound bounds something else than a layer's output. */
export function isMereBound(activation: string, node: Node, input: Node): boolean {
  const also = catalogue.get(activation)?.alsoComputes;
  if (also === undefined) return false;
  if (notValues.test(input.text)) return true;
  if (isWholeWork(node)) return false;
  // A comparison in a model makes masks far more often than an activation.
  return (
    also === 'mask' || !/^(forward|__call__)$/.test(functionAround.from(node)?.childForFieldName('name')?.text ?? '')
  );
}

const functionAround = climbTo(/^function_definition$/);

/** Whether an expression is what a function or lambda returns. */
function isWholeWork(node: Node): boolean {
  let at = node;
  for (let parent = parentOf(at); parent; at = parent, parent = parentOf(at)) {
    if (parent.type === 'return_statement') return true;
    if (parent.type === 'lambda') return parent.childForFieldName('body')?.id === at.id;
    if (parent.type === 'assignment') return isReturnedNext(parent);
    if (!/^(parenthesized_expression|conditional_expression)$/.test(parent.type)) return false;
  }
  return false;
}

/** `y = …` before `return y`. */
function isReturnedNext(assignment: Node): boolean {
  const next = parentOf(assignment)?.nextNamedSibling;
  const value = next?.type === 'return_statement' ? firstChild(next) : undefined;
  return value !== undefined && value.text === assignment.childForFieldName('left')?.text;
}
