/** Parameters in written-out formulas: what a model learns or is told, and attributes that hold a constant. */
import type { Recognised } from '../../activations/recognise';
import { climbTo, parentOf } from '../../syntax/ancestors';
import { PerNode } from '../../syntax/perNode';
import type { Node } from '../../syntax/syntax';
import { constant } from './arguments';
import type { Names } from './names';

/** What a parameter is taken for whose value nothing tells: no number that people write. */
export const FREE = 0.37;
/** Names that activations' parameters have. */
const shaping = /(?:^|[._])(?:alpha|beta|(?:negative_)?slope)$/i;
/** Names of what keeps a division from failing. */
const small = /(?:^|[._])(?:eps|epsilon|no_div_by_zero)$/;

/** A formula's activation, and the names of those of its parameters that are `FREE`. */
export interface FormulaReading extends Recognised {
  readonly free: readonly string[];
}

/** Which of some names an expression reads. */
export function freeNames(node: Node, names: ReadonlySet<string>): string[] {
  return [...names].filter((name) => node.text.includes(name));
}

const classAround = climbTo(/^class_definition$/);
const functionAround = climbTo(/^function_definition$/);
const attributeValues = new PerNode<ReadonlyMap<string, readonly Node[]>>();

function valuesOfAttributes(around: Node): ReadonlyMap<string, readonly Node[]> {
  const found = new Map<string, Node[]>();
  for (const each of around.descendantsOfType(['assignment', 'augmented_assignment'])) {
    const [left, right] = [each?.childForFieldName('left'), each?.childForFieldName('right')];
    if (left?.type !== 'attribute' || !right) continue;
    const known = found.get(left.text);
    if (known) known.push(right);
    else found.set(left.text, [right]);
  }
  return found;
}

/**
 * The number that a name stands for as an activation's parameter, `alpha` or `self.beta`: its default where it is a
 * function's parameter that has one, else `FREE`, whose place in the formula then tells which parameter it is. Undefined
 * where the name is none of a parameter's.
 */
export function parameterValue(node: Node, names: Names): number | undefined {
  if (small.test(node.text)) return 0;
  if (!shaping.test(node.text)) return undefined;
  const target = node.type === 'identifier' ? names.bindingName(node) : undefined;
  const holder = target && parentOf(target);
  const written = /^(typed_)?default_parameter$/.test(holder?.type ?? '') ? holder?.childForFieldName('value') : null;
  const value = written ? constant(written, names) : undefined;
  return typeof value === 'number' ? value : FREE;
}

/** What `self.scale` or `gelu._a` stands for, where the class or function around sets it once. */
export function attributeValue(node: Node): Node | undefined {
  const around = (/^self\./.test(node.text) ? classAround : functionAround).from(node);
  const values = around ? attributeValues.of(around, () => valuesOfAttributes(around)).get(node.text) : undefined;
  return values?.length === 1 ? values[0] : undefined;
}
