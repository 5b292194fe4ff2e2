/** Finds written-out activations: where to look, how far the formula reaches, and what is none after all. */
import { catalogue } from '../../activations/catalogue';
import type { Recognised } from '../../activations/recognise';
import { Climb, parentOf } from '../../syntax/ancestors';
import { python } from '../../syntax/identifiers';
import type { Node } from '../../syntax/syntax';
import { children, firstChild, stripParentheses } from '../range';
import { isMereBound } from './bounds';
import { ValueReader } from './formulaValues';
import type { Names } from './names';

/** A formula and the expression that writes it. */
export interface FoundFormula extends Recognised {
  /** Names that stand for the parameters that have the value `FREE`. */
  readonly free?: readonly string[];
  readonly node: Node;
  readonly input: Node;
}

const hint =
  /(?<!\w)(erf|exp|abs|where|clamp|sin|maximum)(?=_?\s*\()|[<>]=?(?=\s*0(?:\.0*)?(?![\w.]))|(?<=(?<![\w.])0(?:\.0{0,9})? ?)[<>]=?/g;
/** What else the line of a hint must have; of a comparison where there is no word. */
const company: Readonly<Record<string, RegExp>> = {
  erf: /./,
  exp: /[-+]|log1p/,
  abs: /\/|div/,
  sin: /\*\*|pow|square/,
  maximum: /\*/,
  where: /[<>]/,
  clamp: /\/ *6|div_?\( *6|mul_?\(/,
  '': /\*/,
};

/**
 * Where a formula may stand that no spelled activation tells of. The rest of the line is looked at first: asking the
 * tree costs more than asking the text.
 */
export function* formulaHints(text: string): Generator<{ readonly index: number; readonly length: number }> {
  let line = '';
  let end = -1;
  /** What the line has, by the word that asks for it: a line may hold any number of hints. */
  let has: Record<string, boolean | undefined> = {};
  for (const { 0: found, 1: word = '', index } of text.matchAll(hint)) {
    // `clamp_` is `clamp` in place.
    const whole = index + word.length + Number(text[index + word.length] === '_');
    if (word && !python.isWhole(text, index, whole)) continue;
    if (index >= end) {
      const next = text.indexOf('\n', index);
      line = text.slice(text.lastIndexOf('\n', index) + 1, next < 0 ? undefined : next);
      end = next < 0 ? text.length : next;
      has = {};
    }
    has[word] ??= company[word]?.test(line);
    if (has[word]) yield { index, length: found.length };
  }
}

const MAX_CLIMB = 14;
const MAX_INPUTS = 6;
/** Characters of an expression that may stand for x: a formula that writes a longer one twice is not written by hand. */
const MAX_INPUT = 2000;

/** Looks for formulas in one part of a file; what an expression computes of an input is found out once. */
export class FormulaSearch {
  /** By the text of the input. */
  private readonly readers = new Map<string, ValueReader>();

  constructor(private readonly names: Names) {}

  /**
   * The formula around a call or comparison, as far out as it reaches.
   * @param trigger a call (`torch.sigmoid(x)`, `x.exp()`) or a comparison (`x > 0`)
   * @param own the activation that the trigger is by itself: alone it is named already
   * @param source the call whose value the trigger, a local variable, holds
   */
  formulaAround(trigger: Node, own: string | undefined, source = trigger): FoundFormula | undefined {
    const around = expressionsAround(trigger, own === undefined);
    if (around.length === 0) return undefined;
    const inputs = inputsOf(source, this.names);
    for (const node of around) {
      const isBare = node.type === 'call' && /^(clamp|clip|max|maximum)_?$/.test(calleeName(node));
      if (node.type === 'call' && isSine(node)) continue;
      for (const [text, input] of inputs) {
        const found = this.reader(text).formula(node);
        if (!found || found.activation === own || isElsewhere(node)) continue;
        // A bound alone is a network's activation least often of all.
        if (isBare && catalogue.get(found.activation)?.alsoComputes === 'bound') continue;
        if (!isMereBound(found.activation, node, input)) return { ...found, input, node };
      }
    }
    return undefined;
  }

  /** What an expression is applied to that is known to write an activation out; undefined where its text doesn't tell. */
  inputOf(expression: Node, activation: string): Node | undefined {
    const node = stripParentheses(expression);
    const { names } = this;
    for (const [text, input] of inputsOf(node, names)) {
      if (this.reader(text).formula(node)?.activation !== activation) continue;
      // What another statement reads may be given another value before this one.
      const isHere = input.startIndex >= node.startIndex && input.endIndex <= node.endIndex;
      if (isHere || names.onlyBinding(input) !== undefined) return input;
    }
    return undefined;
  }

  private reader(input: string): ValueReader {
    let reader = this.readers.get(input);
    if (!reader) {
      reader = new ValueReader(input, this.names);
      this.readers.set(input, reader);
    }
    return reader;
  }
}

/** The last name of a callee: `clamp` of `x.clamp(…)`. */
function calleeName(call: Node): string {
  const callee = call.childForFieldName('function');
  return (callee?.childForFieldName('attribute') ?? callee)?.text ?? '';
}

/** Angles have sines everywhere: alone they are no network's activation. */
const isSine = (call: Node): boolean => /^sin_?$/.test(calleeName(call));

/** The arithmetic that a node takes part in, outermost first. */
function expressionsAround(trigger: Node, itself: boolean): Node[] {
  const found: Node[] = [];
  let at = trigger;
  for (let i = 0, parent = parentOf(at); parent && i < MAX_CLIMB; i++, at = parent, parent = parentOf(at)) {
    const isReceiver = parent.type === 'attribute' && parentOf(parent)?.type === 'call';
    if (parent.type === 'binary_operator' || parent.type === 'unary_operator' || parent.type === 'call') {
      // The callee of a call is no part of its arithmetic, but its receiver is.
      if (parent.type === 'call' && at.type !== 'argument_list' && at.type !== 'attribute') break;
      found.push(parent);
    } else if (!isReceiver && !/^(parenthesized_expression|comparison_operator|argument_list)$/.test(parent.type))
      break;
  }
  // `torch.where(x > 0, …)` and `torch.maximum(x, zeros)` are whole formulas themselves.
  if (itself && trigger.type === 'call') found.push(trigger);
  return found.sort((a, b) => b.endIndex - b.startIndex - (a.endIndex - a.startIndex));
}

/** What may stand for x, by its text: the argument as a whole, and the values in it. */
function inputsOf(trigger: Node, names: Names): [string, Node][] {
  const found = new Map<string, Node>();
  const add = (node: Node) => {
    if (found.size >= MAX_INPUTS || node.endIndex - node.startIndex > MAX_INPUT) return;
    if (!found.has(node.text)) found.set(node.text, node);
  };
  const leaves = (node: Node | null, depth: number): void => {
    if (!node || depth > 8) return;
    const inner = stripParentheses(node);
    switch (inner.type) {
      case 'identifier':
        add(inner);
        // `inner = k * (x + …)`, and then `tanh(inner)`: x stands in both.
        leaves(names.onlyBinding(inner)?.value ?? null, depth + 2);
        break;
      case 'subscript':
        add(inner);
        break;
      case 'attribute':
        if (!names.qualifiedName(inner)) add(inner);
        break;
      case 'binary_operator':
      case 'unary_operator':
      case 'comparison_operator':
        for (const child of children(inner)) leaves(child, depth + 1);
        break;
      case 'call': {
        const callee = inner.childForFieldName('function');
        const receiver = callee && !names.qualifiedName(callee) ? callee.childForFieldName('object') : undefined;
        if (callee && names.qualifiedName(callee)?.startsWith('torch.')) {
          for (const child of children(inner.childForFieldName('arguments'))) leaves(child, depth + 1);
        } else if (receiver && receiver.text !== 'self') {
          leaves(receiver, depth + 1);
        }
        add(inner);
        break;
      }
      default:
    }
  };
  if (trigger.type === 'call') {
    const callee = trigger.childForFieldName('function');
    const first = firstChild(trigger.childForFieldName('arguments'));
    const receiver = callee && !names.qualifiedName(callee) ? callee.childForFieldName('object') : undefined;
    const argument = receiver ?? first;
    if (argument) add(stripParentheses(argument));
  }
  leaves(trigger, 0);
  return [...found].filter(([, node]) => node.id !== trigger.id);
}

/** Backward passes and losses compute with the same functions, but are no network's activations. */
const elsewhere = new Climb<boolean>((at) => {
  // `cost = -(1 - p + 1e-8).log()`
  if (at.type === 'assignment' && costs.test(at.childForFieldName('left')?.text ?? '')) return true;
  if (at.type !== 'function_definition' && at.type !== 'class_definition') return undefined;
  return notNetworks.test(at.childForFieldName('name')?.text ?? '') || undefined;
}, false);
const costs = /(^|_)(cost|loss|nll|kl|log_?p|logprobs?)(_|$)/i;
const notNetworks =
  /(^|_)(back|backward|bwd|grad|gradient)(_|$)|loss|matcher|criterion|entropy|divergence|log_prob|log_abs_det|normalizer|likelihood/i;

const isElsewhere = (node: Node) => elsewhere.from(node);

/**
 * `F.silu(a) * b`, where both factors are halves of one tensor, or two projections of one.
 * @param gate the call of the gate's activation
 */
export function gatedPair(gate: Node, activation: string, names: Names): FoundFormula | undefined {
  const pair = [...catalogue.values()].find((entry) => entry.gate === activation);
  const product = enclosingExpression(gate);
  if (!pair || product?.type !== 'binary_operator') return undefined;
  if (product.childForFieldName('operator')?.text !== '*') return undefined;
  const [left, right] = [product.childForFieldName('left'), product.childForFieldName('right')];
  const other = [left, right].map((each) => each && stripParentheses(each)).find((each) => each && each.id !== gate.id);
  const callee = gate.childForFieldName('function');
  const receiver = callee && !names.qualifiedName(callee) ? callee.childForFieldName('object') : undefined;
  const first = receiver ?? firstChild(gate.childForFieldName('arguments'));
  const input = first && stripParentheses(first);
  if (!input || !other || !(isSplit(input, other, names) || areProjections(input, other))) return undefined;
  return { activation: pair.id, parameters: {}, input, node: product };
}

function enclosingExpression(node: Node): Node | undefined {
  let at = parentOf(node);
  while (at?.type === 'parenthesized_expression') at = parentOf(at);
  return at ?? undefined;
}

const splitting = new RegExp(`(?<![${python.part}])(chunk|split|tensor_split|unbind)\\s*\\(`, 'u');
const ownAttribute = new RegExp(`^self\\.${python.name}$`, 'u');

/** Two names that one `chunk` or `split` gave. */
function isSplit(a: Node, b: Node, names: Names): boolean {
  if (a.type !== 'identifier' || b.type !== 'identifier' || a.text === b.text) return false;
  const source = (node: Node) => names.binding(node)?.unpacked;
  const [from, other] = [source(a), source(b)];
  return from !== undefined && from.id === other?.id && splitting.test(from.text);
}

/** `self.w1(x)` beside `self.w3(x)`. */
function areProjections(a: Node, b: Node): boolean {
  if (a.type !== 'call' || b.type !== 'call') return false;
  const [left, right] = [a.childForFieldName('function')?.text, b.childForFieldName('function')?.text];
  return (
    left !== right &&
    ownAttribute.test(left ?? '') &&
    ownAttribute.test(right ?? '') &&
    a.childForFieldName('arguments')?.text === b.childForFieldName('arguments')?.text
  );
}
