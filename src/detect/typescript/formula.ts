import { catalogue, defaultParameters } from '../../activations/catalogue';
import { points, type Recognised, recognise } from '../../activations/recognise';
import { firstElements, itemAt } from '../../graph/access';
import { parentOf } from '../../syntax/ancestors';
import { typescript, WordSearch } from '../../syntax/identifiers';
import type { Node } from '../../syntax/syntax';
import { children } from '../range';
import { type Next, Readings } from '../readings';
import { argumentList } from './arguments';
import { isFunction } from './bindings';
import { isWrapper, stripCasts, type TypeScriptNames } from './names';
import { operations } from './operations';
import { constant, definiteValue } from './values';

/** A written-out activation in the source. */
export interface WrittenFormula extends Recognised {
  readonly root: Node;
  /** What the formula is applied to, where it is first read. */
  readonly input: Node;
  /** Expressions that are parts of it: the root, and the constants that only it reads. */
  readonly parts: readonly Node[];
  /** Every place in it that is the input: what stands there is no part of the formula. */
  readonly inputs: readonly Node[];
}

/** Where formulas are evaluated: where they are told apart, and where a clamp has long been reached. */
const places: readonly number[] = [...points, -20, -10];

interface Operation {
  readonly name: string;
  readonly operands: readonly Node[];
}

/** A part of a formula. */
interface Term {
  /** At `places`. */
  readonly values: readonly number[];
  /** Names of the operations that it is made of. */
  readonly used: ReadonlySet<string>;
  /** Where it reads the input. */
  readonly inputs: readonly Node[];
  /** Where the earliest constant that it reads is defined. */
  readonly earliest: number;
  /** The activation that it computes, once that was asked. */
  formula?: Recognised | null;
}

const nothing: Omit<Term, 'values'> = { used: new Set(), inputs: [], earliest: Number.POSITIVE_INFINITY };
const variable = (node: Node): Term => ({ ...nothing, values: places, inputs: [node] });

/** The innermost operations of formulas: where one may start. */
export const formulaStarts = new WordSearch(typescript, [
  ...['sigmoid', 'tanh', 'erf', 'softplus', 'logSigmoid', 'exp', 'expm1', 'maximum', 'minimum', 'clipByValue'],
  ...['relu', 'relu6', 'where', 'abs'],
]);

const aliases: Readonly<Record<string, string>> = { clipByValue: 'clip' };
const sameValue = /^(clone|cast|toFloat|asType|keep|variable)$/;
/** What makes of a clamped difference a loss, a width or a margin. */
const reducing = /^(mean|sum|sub|div|minimum|maximum|log|sqrt|min|max)$/;
const MAX_DEPTH = 24;
/** Characters of an expression that may be a formula's variable: a longer one is not written twice by hand. */
const MAX_INPUT = 2000;

/** Reads arithmetic on tensors, in TF.js's functions and methods. */
/** Whether values are kept in a range far beyond the points: `clipByValue(0, 255)` bounds an image. */
function isCut(outermost: Operation | undefined, { activation, parameters }: Recognised): boolean {
  const entry = catalogue.get(activation);
  if (outermost?.name !== 'clip' || outermost.operands.length < 3 || !entry?.value) return false;
  return entry.value(FAR, { ...defaultParameters(entry), ...parameters }) >= FAR;
}

/** Beyond what people bound anything by. */
const FAR = 1e9;

export class FormulaReader {
  private readonly known = new Map<number, Operation | undefined>();
  private readonly texts = new Map<number, string>();
  private readonly definitions = new Map<number, Node>();
  private readonly numbers = new Map<number, number | undefined>();
  /** By the text of the input. */
  private readonly terms = new Map<string, Readings<Term>>();

  constructor(private readonly names: TypeScriptNames) {}

  /** The largest formula around an operation; undefined where there is none beyond the operation itself. */
  formulaAround(start: Node): WrittenFormula | undefined {
    const own = this.operation(start);
    if (!own) return undefined;
    const roots = this.roots(start);
    // One operation alone under its own name is no formula.
    if (roots.length === 1 && !/^(maximum|minimum|clip|log|log1p|where)$/.test(own.name)) return undefined;
    const inputs = own.operands.flatMap((operand) => this.inputs(operand, 0));
    for (const { root, parts } of roots)
      for (const input of inputs) {
        const term = this.termsOf(this.textOf(input)).of(stripCasts(root));
        if (!term) continue;
        if (term.formula === undefined) term.formula = recognise(term.values) ?? null;
        const found = term.formula;
        if (found && isCut(this.operation(root), found)) continue;
        if (found && this.isWritten(root, input, found, term))
          return { ...found, root, input, parts: [root, ...parts], inputs: term.inputs };
      }
    return undefined;
  }

  /** The function or method of a tensor that a call applies. */
  private operation(node: Node): Operation | undefined {
    const call = stripCasts(node);
    if (!this.known.has(call.id)) this.known.set(call.id, this.readOperation(call));
    return this.known.get(call.id);
  }

  private readOperation(call: Node): Operation | undefined {
    const callee = call.type === 'call_expression' ? call.childForFieldName('function') : null;
    if (!callee) return undefined;
    const list = argumentList(call);
    const full = this.names.qualifiedName(callee);
    if (full !== undefined) return full.startsWith('tf.') ? operationNamed(full.slice(3), list) : undefined;
    const object = callee.type === 'member_expression' ? callee.childForFieldName('object') : null;
    if (!object || /^(Math|super|this)$/.test(object.text) || this.names.qualifiedName(object) !== undefined)
      return undefined;
    return operationNamed(callee.childForFieldName('property')?.text ?? '', [object, ...list]);
  }

  /** What may be the variable of a formula that holds an operand, the largest first. */
  private inputs(node: Node, depth: number): Node[] {
    const inner = stripCasts(node);
    if (depth > 5 || this.number(inner) !== undefined) return [];
    const deeper = this.operation(this.definiteValue(inner))?.operands ?? [];
    const here = inner.endIndex - inner.startIndex > MAX_INPUT ? [] : [inner];
    return [...here, ...deeper.flatMap((each) => this.inputs(each, depth + 1))].slice(0, 12);
  }

  /** Operations that hold a call, through constants and `tf.tidy` too, the outermost first. */
  private roots(start: Node): { readonly root: Node; readonly parts: readonly Node[] }[] {
    const found = [{ root: start, parts: [] as readonly Node[] }];
    for (let at = 0; at < found.length && found.length < MAX_DEPTH; at++) {
      const { root, parts } = found[at] as (typeof found)[number];
      const outer = this.enclosingParts(root).slice(0, MAX_DEPTH);
      for (const next of outer) found.push({ root: next.node, parts: [...parts, ...next.parts] });
    }
    return found.reverse();
  }

  private enclosingParts(node: Node, depth = 0): { readonly node: Node; readonly parts: readonly Node[] }[] {
    const parent = parentOf(node);
    if (!parent || depth > 8) return [];
    if (isWrapper(parent)) return this.enclosingParts(parent, depth);
    const call = parent.type === 'arguments' || parent.type === 'member_expression' ? parentOf(parent) : undefined;
    if (call?.type === 'call_expression') return this.operation(call) ? [{ node: call, parts: [] }] : [];
    if (parent.type !== 'variable_declarator') return [];
    const name = parent.childForFieldName('name');
    const binding = name?.type === 'identifier' ? this.names.binding(name) : undefined;
    if (!binding?.value || (!binding.constant && this.names.assignedValues(binding).length > 0)) return [];
    const uses = this.names.references(binding);
    const parts = uses.length === 1 ? [binding.value] : [];
    return uses
      .slice(0, 4)
      .flatMap((use) =>
        this.enclosingParts(use, depth + 1).map((next) => ({ ...next, parts: [...parts, ...next.parts] })),
      );
  }

  private termsOf(input: string): Readings<Term> {
    let terms = this.terms.get(input);
    if (!terms) {
      terms = new Readings(MAX_DEPTH, (node, next) =>
        this.textOf(node) === input ? variable(node) : this.term(node, (part) => next(part && stripCasts(part))),
      );
      this.terms.set(input, terms);
    }
    return terms;
  }

  private term(node: Node, next: Next<Term>): Term | undefined {
    const number = this.number(node);
    if (number !== undefined) return { ...nothing, values: places.map(() => number) };
    const same = this.passedValue(node);
    if (same) return next(same);
    const value = this.definiteValue(node);
    if (value.id !== node.id) {
      const term = next(value);
      return term && { ...term, earliest: Math.min(term.earliest, value.startIndex), formula: undefined };
    }
    const operation = this.operation(node);
    const known = operation && operations().get(operation.name);
    if (!operation || !known) return undefined;
    const { operate, activation = operation.name } = known;
    const terms: Term[] = [];
    for (const operand of operation.operands) {
      const term = next(operand);
      if (!term) return undefined;
      terms.push(term);
    }
    return {
      values: places.map((_, i) => operate(...terms.map(({ values }) => itemAt(values, i)))),
      used: new Set([activation, ...terms.flatMap(({ used }) => [...used])]),
      inputs: terms.flatMap(({ inputs }) => inputs),
      earliest: Math.min(...terms.map(({ earliest }) => earliest), Number.POSITIVE_INFINITY),
    };
  }

  /** Text by which two expressions are the same. */
  private textOf(node: Node): string {
    const known = this.texts.get(node.id) ?? node.text.slice(0, 2 * MAX_INPUT).replace(/\s+/g, '');
    this.texts.set(node.id, known);
    return known;
  }

  private definiteValue(node: Node): Node {
    const known = this.definitions.get(node.id) ?? definiteValue(node, this.names);
    this.definitions.set(node.id, known);
    return known;
  }

  private number(node: Node): number | undefined {
    if (!this.numbers.has(node.id)) this.numbers.set(node.id, this.readNumber(node));
    return this.numbers.get(node.id);
  }

  private readNumber(node: Node): number | undefined {
    const value = constant(node, this.names);
    if (typeof value === 'number') return value;
    const callee = node.type === 'call_expression' ? node.childForFieldName('function') : null;
    const name = callee ? this.names.qualifiedName(callee) : undefined;
    if (name === 'tf.scalar') {
      const first = argumentList(node)[0];
      return first && this.number(stripCasts(first));
    }
    if (name === 'tf.onesLike' || name === 'tf.ones') return 1;
    return name === 'tf.zerosLike' || name === 'tf.zeros' ? 0 : undefined;
  }

  /** What a call hands on unchanged: `tf.tidy(() => y)`, `tf.cast(y, 'float32')`, `y.clone()`. */
  private passedValue(node: Node): Node | undefined {
    const callee = node.type === 'call_expression' ? node.childForFieldName('function') : null;
    if (!callee) return undefined;
    const full = this.names.qualifiedName(callee);
    const list = argumentList(node);
    if (full === 'tf.tidy') {
      const body = list.find(isFunction);
      return body && returnedExpression(body);
    }
    if (full !== undefined) return sameValue.test(full.slice(3)) ? list[0] : undefined;
    const isMethod =
      callee.type === 'member_expression' && sameValue.test(callee.childForFieldName('property')?.text ?? '');
    return isMethod ? (callee.childForFieldName('object') ?? undefined) : undefined;
  }

  /** Whether the input is given another value between the constants that the formula reads and its end. */
  private isReassigned(input: Node, root: Node, { earliest }: Term): boolean {
    const inner = stripCasts(input);
    const binding = inner.type === 'identifier' ? this.names.binding(inner) : undefined;
    if (!binding || earliest >= root.startIndex) return false;
    return this.names
      .assignedValues(binding)
      .some(({ startIndex }) => startIndex > earliest && startIndex < root.startIndex);
  }

  /** Whether one of the operations is among those that an expression adds up or negates. */
  private isMadeOf(node: Node, wanted: RegExp, depth = 0): boolean {
    const operation = depth < 6 ? this.operation(this.definiteValue(node)) : undefined;
    if (!operation) return false;
    if (wanted.test(operation.name)) return true;
    const isSum = /^(add|sub|neg)$/.test(operation.name);
    return isSum && operation.operands.some((each) => this.isMadeOf(each, wanted, depth + 1));
  }

  /** Not the activation under its own name, and no clamp that stands for something else. */
  private isWritten(root: Node, input: Node, { activation }: Recognised, term: Term): boolean {
    const operation = this.operation(root);
    if (!operation || term.used.has(activation) || this.isReassigned(input, root, term)) return false;
    // −|x|, in a cross-entropy that can't overflow.
    if (this.isMadeOf(input, /^abs$/)) return false;
    // A mask.
    if (/^(greater|less)(Equal)?$/.test(operation.name)) return false;
    if (!/^(maximum|minimum|clip)$/.test(operation.name)) return true;
    // A clamp to [−1, 1] is more often something else.
    const [lower, low] = firstElements(term.values.slice(points.length), 2);
    if (lower === low && low < 0) return false;
    if (this.isMadeOf(input, /^(sub|mean|sum)$/)) return false;
    const around = this.enclosingParts(root)[0];
    if (around && reducing.test(this.operation(around.node)?.name ?? '')) return false;
    const parent = parentOf(root);
    const method = parent?.type === 'member_expression' ? parent.childForFieldName('property')?.text : undefined;
    const callee = parent?.type === 'arguments' ? parentOf(parent)?.childForFieldName('function') : undefined;
    const outer = method ?? (callee ? this.names.qualifiedName(callee)?.slice(3) : undefined);
    return !reducing.test(outer ?? '');
  }
}

function operationNamed(name: string, operands: readonly Node[]): Operation | undefined {
  const own = aliases[name] ?? name;
  return operations().has(own) ? { name: own, operands } : undefined;
}

/** The one expression that a function returns. */
export function returnedExpression(own: Node): Node | undefined {
  const body = own.childForFieldName('body');
  if (body?.type !== 'statement_block') return body ?? undefined;
  const last = children(body).at(-1);
  return last?.type === 'return_statement' ? children(last)[0] : undefined;
}
