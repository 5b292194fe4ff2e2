/** Turns expressions of Python into functions of numbers, by whose values a written-out activation is recognised. */
import { defaultParameters } from '../../activations/catalogue';
import { points, type Recognised, recognise } from '../../activations/recognise';
import type { Activation } from '../../activations/types';
import { erf } from '../../graph/evaluate/erf';
import { python } from '../../syntax/identifiers';
import type { Node } from '../../syntax/syntax';
import { children, unwrapped } from '../range';
import { lastWord, pytorchSpellings } from '../spellings';
import { constant } from './arguments';
import type { Names } from './names';

/** A written-out activation: what it is, and of what. */
export interface Formula extends Recognised {
  readonly input: Node;
}

const MAX_DEPTH = 24;

/**
 * What an expression computes of `input`, or undefined where it is no activation, or depends on more than that.
 * @param input the expression that stands for x; it is compared by its text
 */
export function formulaOf(expression: Node, input: Node, names: Names): Formula | undefined {
  const reader = new Reader(input, names);
  let value: (x: number) => number;
  try {
    value = reader.read(unwrapped(expression), 0);
  } catch (error) {
    if (error instanceof NotNumeric) return undefined;
    throw error;
  }
  const found = recognise(points.map(value));
  return found && { ...found, input };
}

type Function = (x: number) => number;

/** Part of an expression has no value that the input alone decides. */
class NotNumeric extends Error {}

const unary: Readonly<Record<string, (x: number) => number>> = {
  exp: Math.exp,
  log: Math.log,
  log1p: Math.log1p,
  expm1: Math.expm1,
  sqrt: Math.sqrt,
  abs: Math.abs,
  erf,
  sin: Math.sin,
  cos: Math.cos,
  square: (x) => x * x,
  neg: (x) => -x,
  reciprocal: (x) => 1 / x,
  sign: Math.sign,
};
/** Methods that leave the values alone. */
const transparent = new Set(['float', 'to', 'type', 'type_as', 'clone', 'contiguous', 'double', 'half']);
const binary: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '**': (a, b) => a ** b,
};
const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
};
const methodOperators: Readonly<Record<string, string>> = {
  mul: '*',
  add: '+',
  sub: '-',
  div: '/',
  true_divide: '/',
  pow: '**',
};

/** Reads an expression as a function of the input. */
class Reader {
  private readonly variable: string;

  constructor(
    input: Node,
    private readonly names: Names,
  ) {
    this.variable = input.text;
  }

  read(node: Node, depth: number): Function {
    if (depth > MAX_DEPTH) throw new NotNumeric();
    if (node.text === this.variable) return (x) => x;
    const next = (inner: Node | null | undefined): Function => {
      if (!inner) throw new NotNumeric();
      return this.read(unwrapped(inner), depth + 1);
    };
    switch (node.type) {
      case 'integer':
      case 'float': {
        const value = Number(node.text.replaceAll('_', ''));
        return () => value;
      }
      case 'unary_operator': {
        const inner = next(node.childForFieldName('argument'));
        if (node.childForFieldName('operator')?.text === '-') return (x) => -inner(x);
        throw new NotNumeric();
      }
      case 'binary_operator': {
        const operator = binary[node.childForFieldName('operator')?.text ?? ''];
        if (!operator) throw new NotNumeric();
        const [a, b] = [next(node.childForFieldName('left')), next(node.childForFieldName('right'))];
        return (x) => operator(a(x), b(x));
      }
      case 'comparison_operator': {
        const [left, right, more] = children(node);
        const compare = comparisons[node.childForFieldName('operators')?.text ?? ''];
        if (!compare || more) throw new NotNumeric();
        const [a, b] = [next(left), next(right)];
        return (x) => Number(compare(a(x), b(x)));
      }
      case 'identifier':
      case 'attribute':
        return this.name(node, next);
      case 'call':
        return this.call(node, next);
      default:
        throw new NotNumeric();
    }
  }

  /** A constant, or a local variable that stands for one expression. */
  private name(node: Node, next: (inner: Node | null | undefined) => Function): Function {
    if (/^(math|np|numpy|torch)\.pi$/.test(node.text)) return () => Math.PI;
    const value = constant(node, this.names);
    if (typeof value === 'number') return () => value;
    const bound = node.type === 'identifier' ? this.names.onlyBinding(node) : undefined;
    if (!bound?.value || bound.index > node.startIndex) throw new NotNumeric();
    // What the input is must be the same there and here.
    const input = python.at(this.variable, 0);
    if (this.names.isReboundBetween(node, input, bound.value.startIndex, node.startIndex)) throw new NotNumeric();
    return next(bound.value);
  }

  private call(node: Node, next: (inner: Node | null | undefined) => Function): Function {
    const callee = node.childForFieldName('function');
    const all = children(node.childForFieldName('arguments'));
    if (!callee || all.some(({ type }) => /splat/.test(type))) throw new NotNumeric();
    const positional = all.filter(({ type }) => type !== 'keyword_argument');
    const qualified = this.names.qualified(callee);
    if (qualified?.startsWith('torch.')) return this.function(qualified, positional, all, next);
    // Of constants only: what NumPy computes of a tensor is no network's.
    if (/^(math|np|numpy)\.(sqrt|exp|log)$/.test(callee.text)) {
      const value = this.function(callee.text, positional, all, next);
      if (value(1) !== value(2)) throw new NotNumeric();
      return value;
    }
    // `nn.Softplus()(x)`
    if (callee.type === 'call') {
      const spelling = pytorchSpellings().names.get(
        this.names.qualified(callee.childForFieldName('function') ?? callee) ?? '',
      );
      if (spelling?.kind !== 'module' || children(callee.childForFieldName('arguments')).length > 0)
        throw new NotNumeric();
      return this.applied(spelling.activation, positional[0], next);
    }
    const object = callee.type === 'attribute' ? callee.childForFieldName('object') : undefined;
    const method = callee.childForFieldName('attribute')?.text.replace(/_$/, '');
    if (!object || !method || qualified) throw new NotNumeric();
    if (transparent.has(method)) return next(object);
    return this.function(`.${method}`, [object, ...positional], [object, ...all], next);
  }

  /** A function of PyTorch, or the method of the same name with its tensor in front. */
  private function(
    name: string,
    positional: readonly Node[],
    all: readonly Node[],
    next: (inner: Node | null | undefined) => Function,
  ): Function {
    const word = lastWord(name).replace(/_$/, '');
    const [first, second, third] = positional;
    const keywords = all.filter(({ type }) => type === 'keyword_argument');
    const isPlain = keywords.every((each) => each.childForFieldName('name')?.text === 'inplace');
    const spelling = name.startsWith('.')
      ? pytorchSpellings().methods.get(word)
      : pytorchSpellings().names.get(name)?.activation;
    if (spelling) {
      // `F.gelu(x, approximate="tanh")` and the like are named already; inside a formula the plain form is what counts.
      if (!isPlain || positional.length > 1) throw new NotNumeric();
      return this.applied(spelling, first, next);
    }
    const operator = binary[methodOperators[word] ?? ''];
    if (operator && positional.length === 2 && keywords.length === 0) {
      const [a, b] = [next(first), next(second)];
      return (x) => operator(a(x), b(x));
    }
    if (word === 'where' && third) {
      const order = name.startsWith('.') ? [second, first, third] : [first, second, third];
      const [condition, a, b] = order.map(next);
      return (x) => (condition?.(x) ? (a?.(x) ?? Number.NaN) : (b?.(x) ?? Number.NaN));
    }
    if (/^(maximum|max|minimum|min)$/.test(word) && positional.length === 2 && keywords.length === 0) {
      // `torch.max(x, 0)` reduces along a dimension.
      if (/^(max|min)$/.test(word) && [first, second].some((each) => each?.type === 'integer')) throw new NotNumeric();
      const pick = word.startsWith('max') ? Math.max : Math.min;
      const [a, b] = [next(first), next(second)];
      return (x) => pick(a(x), b(x));
    }
    if (/^(clamp|clip)$/.test(word)) return this.clamped(positional, keywords, next);
    if (/^(zeros|ones)(_like)?$/.test(word)) return () => (word.startsWith('zeros') ? 0 : 1);
    if (/^(tensor|as_tensor|scalar_tensor)$/.test(word) && first) return next(first);
    const single = unary[word];
    if (single && positional.length === 1 && keywords.length === 0) {
      const inner = next(first);
      return (x) => single(inner(x));
    }
    throw new NotNumeric();
  }

  private clamped(
    [first, low, high]: readonly Node[],
    keywords: readonly Node[],
    next: (inner: Node | null | undefined) => Function,
  ): Function {
    const bound = (name: string, positional: Node | undefined, missing: number): Function => {
      const keyword = keywords.find((each) => each.childForFieldName('name')?.text === name);
      const given = positional ?? keyword?.childForFieldName('value');
      return given && given.type !== 'none' ? next(given) : () => missing;
    };
    const inner = next(first);
    const least = bound('min', low, Number.NEGATIVE_INFINITY);
    const most = bound('max', high, Number.POSITIVE_INFINITY);
    return (x) => Math.min(Math.max(inner(x), least(x)), most(x));
  }

  private applied(
    activation: Activation,
    input: Node | undefined,
    next: (inner: Node | null | undefined) => Function,
  ): Function {
    const { value } = activation;
    if (!value) throw new NotNumeric();
    const parameters = defaultParameters(activation);
    const inner = next(input);
    return (x) => value(inner(x), parameters);
  }
}
