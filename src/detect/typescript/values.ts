import type { Scalar } from '../../graph/types';
import { PerNode } from '../../syntax/perNode';
import type { Node } from '../../syntax/syntax';
import { children } from '../range';
import { keyName, stringText } from './bindings';
import { stripCasts, type TypeScriptNames } from './names';

const MAX_DEPTH = 8;

/** The expression that a name or a property surely stands for; itself where nothing can be followed. */
export function definiteValue(node: Node, names: TypeScriptNames, depth = 0): Node {
  const inner = stripCasts(node);
  if (depth > MAX_DEPTH) return inner;
  const { type } = inner;
  if (type === 'identifier' || type === 'shorthand_property_identifier') {
    const bound = names.binding(inner);
    const isPlain = bound?.kind === 'variable' && bound.value && !bound.path.includes('*');
    if (!isPlain || !bound.value || (!bound.constant && names.assignedValues(bound).length > 0)) return inner;
    let value: Node | undefined = definiteValue(bound.value, names, depth + 1);
    for (const step of bound.path) value = value && property(value, step, names, depth + 1);
    return value ?? inner;
  }
  if (type === 'member_expression') {
    const object = inner.childForFieldName('object');
    const name = inner.childForFieldName('property')?.text;
    const found =
      object && name ? property(definiteValue(object, names, depth + 1), name, names, depth + 1) : undefined;
    return found ?? inner;
  }
  return inner;
}

function property(object: Node, name: string, names: TypeScriptNames, depth: number): Node | undefined {
  const found = object.type === 'object' ? properties(object, names, depth).found.get(name) : undefined;
  return found && definiteValue(found, names, depth + 1);
}

/**
 * The properties of an object literal, spreads of known objects included.
 * `open` is the spread that may hold more, where there is one.
 */
export function properties(object: Node, names: TypeScriptNames, depth = 0): Properties {
  // An object may be asked for any number of its properties, at any depth.
  return (known[Math.min(depth, MAX_DEPTH)] as PerNode<Properties>).of(object, () =>
    readProperties(object, names, depth),
  );
}

interface Properties {
  readonly found: ReadonlyMap<string, Node>;
  readonly open?: Node;
}

const known = Array.from({ length: MAX_DEPTH + 1 }, () => new PerNode<Properties>());

function readProperties(object: Node, names: TypeScriptNames, depth: number): Properties {
  const found = new Map<string, Node>();
  let open: Node | undefined;
  for (const part of children(object)) {
    if (part.type === 'pair') {
      const name = keyName(part.childForFieldName('key'));
      const value = part.childForFieldName('value');
      if (name !== undefined && value) found.set(name, value);
    } else if (part.type === 'shorthand_property_identifier') found.set(part.text, part);
    else if (part.type === 'spread_element') {
      const spread = children(part)[0];
      const value = spread && definiteValue(spread, names, depth + 1);
      if (value?.type === 'object' && depth < MAX_DEPTH) {
        const inner = properties(value, names, depth + 1);
        for (const [name, each] of inner.found) found.set(name, each);
        open = inner.open ?? open;
      } else open = part;
    }
  }
  return { found, open };
}

/** The value of a plain constant expression, names of constants followed. */
export function constant(node: Node, names: TypeScriptNames, depth = 0): Scalar | undefined {
  // One constant may stand in many others, and each is followed once for each depth.
  return constants[depth]?.of(node, () => ({ value: read(node, names, depth) })).value;
}

const constants = Array.from({ length: 21 }, () => new PerNode<{ readonly value: Scalar | undefined }>());

function read(node: Node, names: TypeScriptNames, depth: number): Scalar | undefined {
  const inner = definiteValue(node, names);
  const number = (child: Node | null | undefined) => {
    const value = child ? constant(child, names, depth + 1) : undefined;
    return typeof value === 'number' ? value : undefined;
  };
  const field = (name: string) => inner.childForFieldName(name);
  switch (inner.type) {
    case 'true':
      return true;
    case 'false':
      return false;
    case 'number': {
      const value = Number(inner.text.replaceAll('_', ''));
      return Number.isNaN(value) ? undefined : value;
    }
    case 'string':
    case 'template_string':
      return stringText(inner);
    case 'unary_expression': {
      const value = number(field('argument'));
      const operator = field('operator')?.text;
      return value === undefined ? undefined : operator === '-' ? -value : operator === '+' ? value : undefined;
    }
    case 'binary_expression': {
      const [a, b] = [number(field('left')), number(field('right'))];
      return a === undefined || b === undefined ? undefined : arithmetic(field('operator')?.text, a, b);
    }
    case 'call_expression':
    case 'member_expression':
      return mathematics(inner, number);
    default:
      return undefined;
  }
}

function arithmetic(operator: string | undefined, a: number, b: number): number | undefined {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '**':
      return a ** b;
    default:
      return undefined;
  }
}

const mathConstants: Readonly<Record<string, number>> = {
  PI: Math.PI,
  E: Math.E,
  SQRT2: Math.SQRT2,
  SQRT1_2: Math.SQRT1_2,
  LN2: Math.LN2,
};

/** `Math.PI`, `Math.sqrt(2 / Math.PI)`. */
function mathematics(node: Node, number: (node: Node | undefined) => number | undefined): number | undefined {
  const name = /^Math\.(\w+)/.exec(node.text)?.[1];
  if (name === undefined) return undefined;
  if (node.type === 'member_expression') return mathConstants[name];
  const [a, b] = children(node.childForFieldName('arguments')).map(number);
  if (a === undefined) return undefined;
  if (name === 'sqrt') return Math.sqrt(a);
  if (name === 'exp') return Math.exp(a);
  if (name === 'log') return Math.log(a);
  return name === 'pow' && b !== undefined ? a ** b : undefined;
}
