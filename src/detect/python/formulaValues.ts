/** Turns expressions of Python into values at some points, by which a written-out activation is recognised. */

import { defaultParameters } from '../../activations/catalogue';
import { points, recognise } from '../../activations/recognise';
import type { Activation } from '../../activations/types';
import { itemAt } from '../../graph/access';
import { erf } from '../../graph/evaluate/erf';
import { python } from '../../syntax/identifiers';
import type { Node } from '../../syntax/syntax';
import { children, firstChild, stripParentheses } from '../range';
import { type Next, Readings } from '../readings';
import { lastWord, pytorchSpellings } from '../spellings';
import { constant } from './arguments';
import { attributeValue, type FormulaReading, FREE, freeNames, parameterValue } from './formulaParameters';
import type { Names } from './names';

/** Where expressions are evaluated: where formulas are told apart, and where constants are told from functions. */
const ALL_POINTS = [...points, 1, 2];
/** How deep an expression may be, the constants included that it reads. */
const MAX_DEPTH = 24;
/** What an activation is a clamp by. */
const BOUNDS: [string, string] = ['min_val', 'max_val'];

/** An expression's values at `ALL_POINTS`. */
type Values = Float64Array;

const variable: Values = Float64Array.from(ALL_POINTS);
const constantValues = (value: number): Values => new Float64Array(ALL_POINTS.length).fill(value);

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
const comparisons: Readonly<Record<string, (a: number, b: number) => number>> = {
  '>': (a, b) => Number(a > b),
  '<': (a, b) => Number(a < b),
  '>=': (a, b) => Number(a >= b),
  '<=': (a, b) => Number(a <= b),
};
const methodOperators: Readonly<Record<string, string>> = {
  mul: '*',
  add: '+',
  sub: '-',
  div: '/',
  true_divide: '/',
  pow: '**',
};

/** What is the same for every input. */
function constantOnly(values: Values | undefined): Values | undefined {
  return values?.at(-2) === values?.at(-1) ? values : undefined;
}

/** Reads expressions as functions of one input. */
export class ValueReader {
  private readonly readings = new Readings<Values>(MAX_DEPTH, (node, next) =>
    node.text === this.input ? variable : this.values(node, (inner) => next(inner && stripParentheses(inner))),
  );
  private readonly formulas = new Map<number, FormulaReading | null>();
  /** The names that were read as numbers that only the run knows. */
  private readonly free = new Set<string>();

  /** @param input the text of the expression that stands for x */
  constructor(
    private readonly input: string,
    private readonly names: Names,
  ) {}

  /** The activation that an expression computes of the input; undefined where it is none, or depends on more. */
  formula(expression: Node): FormulaReading | undefined {
    const node = stripParentheses(expression);
    let found = this.formulas.get(node.id);
    if (found === undefined) {
      const values = this.readings.of(node);
      const recognised = values && recognise(values);
      found = recognised ? { ...recognised, free: freeNames(node, this.free) } : null;
      this.formulas.set(node.id, found);
    }
    return found ?? undefined;
  }

  private values(node: Node, next: Next<Values>): Values | undefined {
    switch (node.type) {
      case 'integer':
      case 'float':
        return constantValues(Number(node.text.replaceAll('_', '')));
      case 'unary_operator': {
        const inner = next(node.childForFieldName('argument'));
        return node.childForFieldName('operator')?.text === '-' ? inner?.map((x) => -x) : undefined;
      }
      case 'binary_operator': {
        const operator = binary[node.childForFieldName('operator')?.text ?? ''];
        return operator && combine(operator, node.childForFieldName('left'), node.childForFieldName('right'), next);
      }
      case 'comparison_operator': {
        const [left, right, more] = children(node);
        const compare = comparisons[node.childForFieldName('operators')?.text ?? ''];
        return compare && !more ? combine(compare, left, right, next) : undefined;
      }
      case 'identifier':
      case 'attribute':
        return this.name(node, next);
      case 'call':
        return this.call(node, next);
      default:
        return undefined;
    }
  }

  /** A constant, or a local variable that stands for one expression. */
  private name(node: Node, next: Next<Values>): Values | undefined {
    if (/^(math|np|numpy|torch)\.pi$/.test(node.text)) return constantValues(Math.PI);
    const value = constant(node, this.names);
    if (typeof value === 'number') return constantValues(value);
    const parameter = parameterValue(node, this.names);
    if (parameter === FREE) this.free.add(node.text);
    if (parameter !== undefined) return constantValues(parameter);
    const bound = node.type === 'identifier' ? this.names.onlyBinding(node) : undefined;
    if (node.type === 'attribute') return constantOnly(next(attributeValue(node)));
    if (!bound?.value || bound.index > node.startIndex) return undefined;
    // What the input is must be the same there and here.
    const input = python.at(this.input, 0);
    if (this.names.isReboundBetween(node, input, bound.value.startIndex, node.startIndex)) return undefined;
    return next(bound.value);
  }

  private call(node: Node, next: Next<Values>): Values | undefined {
    const callee = node.childForFieldName('function');
    const all = children(node.childForFieldName('arguments'));
    if (!callee || all.some(({ type }) => /splat/.test(type))) return undefined;
    const positional = all.filter(({ type }) => type !== 'keyword_argument');
    const qualified = this.names.qualifiedName(callee);
    if (qualified?.startsWith('torch.')) return this.function(qualified, positional, all, next);
    // Of constants only: what NumPy computes of a tensor is no network's.
    if (/^(math|np|numpy)\.(sqrt|exp|log)$/.test(callee.text)) {
      return constantOnly(this.function(callee.text, positional, all, next));
    }
    // `nn.Softplus()(x)`
    if (callee.type === 'call') {
      const spelling = pytorchSpellings().names.get(
        this.names.qualifiedName(callee.childForFieldName('function') ?? callee) ?? '',
      );
      if (spelling?.kind !== 'module' || firstChild(callee.childForFieldName('arguments'))) return undefined;
      return applyActivation(spelling.activation, positional[0], next);
    }
    const object = callee.type === 'attribute' ? callee.childForFieldName('object') : undefined;
    const method = callee.childForFieldName('attribute')?.text.replace(/_$/, '');
    if (!object || !method || qualified) return undefined;
    if (transparent.has(method)) return next(object);
    return this.function(`.${method}`, [object, ...positional], [object, ...all], next);
  }

  /** A function of PyTorch, or the method of the same name with its tensor in front. */
  private function(
    name: string,
    positional: readonly Node[],
    all: readonly Node[],
    next: Next<Values>,
  ): Values | undefined {
    const word = lastWord(name).replace(/_$/, '');
    const [first, second, third] = positional;
    const keywords = all.filter(({ type }) => type === 'keyword_argument');
    const isPlain = keywords.every((each) => each.childForFieldName('name')?.text === 'inplace');
    const spelling = name.startsWith('.')
      ? pytorchSpellings().methods.get(word)
      : pytorchSpellings().names.get(name)?.activation;
    // `F.gelu(x, approximate="tanh")` and the like are named already; inside a formula the plain form is what counts.
    // `F.hardtanh(x + 3, 0, 6)` is a clamp by another name.
    const isClamp = BOUNDS.every((bound) => spelling?.parameters.some((parameter) => parameter.name === bound));
    if (isClamp && (positional.length > 1 || !isPlain)) return clampValues(positional, keywords, next, BOUNDS);
    if (spelling) return isPlain && positional.length <= 1 ? applyActivation(spelling, first, next) : undefined;
    const operator = binary[methodOperators[word] ?? ''];
    if (operator && positional.length === 2 && keywords.length === 0) return combine(operator, first, second, next);
    if (word === 'where' && third) {
      const [condition, whenTrue] = name.startsWith('.') ? [second, first] : [first, second];
      const chosen = next(condition);
      const a = chosen && next(whenTrue);
      const b = a && next(third);
      return b && chosen.map((each, i) => (each ? a[i] : b[i]) ?? Number.NaN);
    }
    if (/^(maximum|max|minimum|min)$/.test(word) && positional.length === 2 && keywords.length === 0) {
      // `torch.max(x, 0)` reduces along a dimension.
      if (/^(max|min)$/.test(word) && [first, second].some((each) => each?.type === 'integer')) return undefined;
      return combine(word.startsWith('max') ? Math.max : Math.min, first, second, next);
    }
    if (/^(clamp|clip)$/.test(word)) return clampValues(positional, keywords, next);
    if (/^(zeros|ones)(_like)?$/.test(word)) return constantValues(word.startsWith('zeros') ? 0 : 1);
    if (/^(tensor|as_tensor|scalar_tensor)$/.test(word) && first) return next(first);
    const single = unary[word];
    return single && positional.length === 1 && keywords.length === 0 ? next(first)?.map((x) => single(x)) : undefined;
  }
}

function combine(
  operate: (a: number, b: number) => number,
  left: Node | null | undefined,
  right: Node | null | undefined,
  next: Next<Values>,
): Values | undefined {
  const a = next(left);
  const b = a && next(right);
  return b && a.map((value, i) => operate(value, itemAt(b, i)));
}

function clampValues(
  [first, low, high]: readonly Node[],
  keywords: readonly Node[],
  next: Next<Values>,
  [least, most] = ['min', 'max'],
): Values | undefined {
  const limitValues = (name: string | undefined, positional: Node | undefined, missing: number): Values | undefined => {
    const keyword = keywords.find((each) => each.childForFieldName('name')?.text === name);
    const given = positional ?? keyword?.childForFieldName('value');
    return given && given.type !== 'none' ? next(given) : constantValues(missing);
  };
  const inner = next(first);
  const lows = inner && limitValues(least, low, Number.NEGATIVE_INFINITY);
  const highs = lows && limitValues(most, high, Number.POSITIVE_INFINITY);
  return highs && inner.map((x, i) => Math.min(Math.max(x, lows[i] ?? x), highs[i] ?? x));
}

function applyActivation(activation: Activation, input: Node | undefined, next: Next<Values>): Values | undefined {
  const { value } = activation;
  const parameters = defaultParameters(activation);
  return value && next(input)?.map((x) => value(x, parameters));
}
