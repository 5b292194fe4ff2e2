/**
 * Where JavaScript goes by a value without asking it: an unknown value is a Proxy, which is always true and never equal to
 * anything, and no trap sees it. Each such place becomes a call of the guest's `__lens` (`guest/runtime.ts`) that is told
 * the number of the decision. Where syntax shows that no operand can be unknown, the text stays.
 */
import type { SourceRange } from '../graph/types';
import { type CodePart, childOf, fieldOf, partsOf } from './nodes';
import { unwrap } from './places';
import { boundNames, isFunctionPart, parametersOf } from './scopes';

/**
 * The question that a decision puts, to be answered by yes or no:
 * - `truth`: is the value true? `loop`: the same, again and again
 * - `given`: is there a value (not null, not undefined)? `default`: the same, where a default stands in
 * - `equal`, `order`, `instance`, `member`: does the comparison hold? `case`: does the case apply?
 * - `items`: has it elements to go through? `properties`: has it properties to copy?
 */
export type DecisionKind =
  | 'truth'
  | 'loop'
  | 'given'
  | 'default'
  | 'equal'
  | 'order'
  | 'instance'
  | 'member'
  | 'case'
  | 'items'
  | 'properties';

export interface Decision {
  readonly kind: DecisionKind;
  /** What is decided on: the condition, the comparison, the case. */
  readonly range: SourceRange;
  readonly text: string;
  /** The answer that stands first: what ordinary code expects of a value that is there. */
  readonly usual: boolean;
}

/** What is to be written around and in place of nodes. */
export interface Marks {
  wrap(part: CodePart, before: string, after: string): void;
  replace(token: CodePart, text: string): void;
  /** Right behind the `{` of a function's body, or before the expression that is its body. */
  atStart(own: CodePart, text: string): void;
}

const LONGEST_TEXT = 120;
const usualYes: readonly DecisionKind[] = ['given', 'default', 'items', 'properties'];
const equality = new Set(['===', '!==', '==', '!=']);
const order: Readonly<Record<string, string>> = { '<': 'less', '<=': 'atMost', '>': 'more', '>=': 'atLeast' };

export class Decisions {
  readonly list: Decision[] = [];
  /** Comparisons of numbers alone. */
  private readonly settled = new Set<CodePart>();

  constructor(
    private readonly text: string,
    private readonly rangeOf: (part: CodePart) => SourceRange,
    private readonly marks: Marks,
    /** Whether an identifier is written otherwise in the text that runs. */
    private readonly isRenamed: (use: CodePart) => boolean,
  ) {}

  /** Marks what a node decides; its children are visited later. */
  visit(part: CodePart): void {
    switch (part.type) {
      case 'if_statement':
      case 'ternary_expression':
        this.condition(fieldOf(part, 'condition'), 'truth');
        return;
      case 'while_statement':
      case 'do_statement':
        this.condition(fieldOf(part, 'condition'), 'loop');
        return;
      case 'for_statement':
        this.loop(part);
        return;
      case 'for_in_statement':
        this.value(fieldOf(part, 'right'), 'items', 'items');
        return;
      case 'unary_expression':
        this.unary(part);
        return;
      case 'binary_expression':
        this.binary(part);
        return;
      case 'augmented_assignment_expression':
        this.logicalAssignment(part);
        return;
      case 'member_expression':
      case 'subscript_expression':
        if (childOf(part, 'optional_chain')) this.value(fieldOf(part, 'object'), 'given', 'given');
        return;
      case 'call_expression': {
        // A method keeps its `this`.
        const callee = childOf(part, '?.') || childOf(part, 'optional_chain') ? fieldOf(part, 'function') : undefined;
        if (callee?.type === 'identifier') this.value(callee, 'given', 'given');
        return;
      }
      case 'switch_statement':
        this.choice(part);
        return;
      case 'spread_element': {
        const isObject = part.parent?.type === 'object';
        const value = partsOf(part)[0];
        if (isObject) this.value(value, 'properties', 'spread');
        else this.value(value, 'items', 'items');
        return;
      }
      case 'variable_declarator':
        this.destructuring(fieldOf(part, 'name'), fieldOf(part, 'value'));
        return;
      case 'assignment_expression':
        this.destructuring(fieldOf(part, 'left'), fieldOf(part, 'right'));
        return;
      default:
        if (isFunctionPart(part)) this.defaults(part);
    }
  }

  private loop(part: CodePart): void {
    const condition = conditionOf(part);
    if (condition && isCounted(part, this.text)) this.settled.add(condition);
    else this.condition(condition, 'loop');
  }

  private add(kind: DecisionKind, part: CodePart, usual = usualYes.includes(kind)): number {
    const text = this.text.slice(part.start, Math.min(part.end, part.start + LONGEST_TEXT));
    return this.list.push({ kind, range: this.rangeOf(part), text, usual }) - 1;
  }

  /** An expression of which only the truth counts. */
  private condition(part: CodePart | undefined, kind: 'truth' | 'loop'): void {
    if (!part) return;
    const inner = unwrap(part);
    const left = fieldOf(inner, 'left');
    const right = fieldOf(inner, 'right');
    const operator = operatorOf(inner);
    if (inner.type === 'sequence_expression') {
      this.condition(partsOf(inner).at(-1), kind);
      return;
    }
    if (inner.type === 'ternary_expression') {
      this.condition(fieldOf(inner, 'consequence'), kind);
      this.condition(fieldOf(inner, 'alternative'), kind);
      return;
    }
    // Its left side is a condition by itself.
    if (left && (operator === '&&' || operator === '||')) {
      this.condition(right, kind);
      return;
    }
    if (isKnown(inner, this.text)) return;
    this.marks.wrap(inner, `__lens.test(${this.add(kind, inner)},`, ')');
  }

  private value(part: CodePart | undefined, kind: DecisionKind, helper: string): void {
    if (!part || isKnown(unwrap(part), this.text)) return;
    this.marks.wrap(part, `__lens.${helper}(${this.add(kind, part)},`, ')');
  }

  private unary(part: CodePart): void {
    const operator = operatorOf(part);
    const argument = fieldOf(part, 'argument');
    if (!argument) return;
    if (operator === '!') {
      this.condition(argument, 'truth');
      return;
    }
    const token = part.children[0];
    if (operator !== 'typeof' || !token || isKnown(unwrap(argument), this.text)) return;
    if (argument.type === 'identifier' && !this.isRenamed(argument)) {
      // What nobody declares has a type too.
      const name = this.text.slice(argument.start, argument.end);
      this.marks.replace(token, `(typeof ${name}==="undefined"?"undefined":__lens.type(`);
      this.marks.wrap(argument, '', '))');
      return;
    }
    this.marks.replace(token, '__lens.type(');
    this.marks.wrap(argument, '', ')');
  }

  private binary(part: CodePart): void {
    const left = fieldOf(part, 'left');
    const right = fieldOf(part, 'right');
    const token = part.children.find(({ isNamed, start }) => !isNamed && left !== undefined && start >= left.end);
    if (!left || !right || !token) return;
    if (token.type === '&&' || token.type === '||') {
      this.condition(left, 'truth');
      return;
    }
    if (token.type === '??') {
      this.value(left, 'given', 'given');
      return;
    }
    const bothKnown = isKnown(unwrap(left), this.text) && isKnown(unwrap(right), this.text);
    if (bothKnown || left.type === 'private_property_identifier' || this.settled.has(part)) return;
    const comparison = order[token.type];
    if (equality.has(token.type)) {
      const helper = token.type.length === 3 ? 'equal' : 'alike';
      const not = token.type.startsWith('!') ? '!' : '';
      this.compare(part, token, `${not}__lens.${helper}(${this.add('equal', part)},`);
    } else if (comparison) this.compare(part, token, `__lens.${comparison}(${this.add('order', part)},`);
    else if (token.type === 'instanceof') this.compare(part, token, `__lens.instance(${this.add('instance', part)},`);
    else if (token.type === 'in') this.compare(part, token, `__lens.has(${this.add('member', part)},`);
  }

  private compare(part: CodePart, token: CodePart, call: string): void {
    this.marks.wrap(part, call, ')');
    this.marks.replace(token, ',');
  }

  /** `a ||= b`: `(__lens.test(0,a)||(a = b))`, where reading `a` twice does nothing. */
  private logicalAssignment(part: CodePart): void {
    const left = fieldOf(part, 'left');
    const token = part.children.find(({ type }) => /^(\|\||&&|\?\?)=$/.test(type));
    if (!left || !token || !/^(identifier|member_expression)$/.test(left.type)) return;
    const target = this.text.slice(left.start, left.end);
    if (!/^[\w$]+(?:\.[\w$#]+)*$/.test(target) || this.isRenamed(firstOf(left))) return;
    const operator = token.type.slice(0, -1);
    const isGiven = operator === '??';
    const id = this.add(isGiven ? 'given' : 'truth', left);
    const test = `__lens.${isGiven ? 'given' : 'test'}(${id},${target})`;
    this.marks.wrap(part, `(${test}${operator}(`, '))');
    this.marks.replace(token, '=');
  }

  private choice(part: CodePart): void {
    const subject = fieldOf(part, 'value');
    const inner = subject && unwrap(subject);
    const cases = partsOf(fieldOf(part, 'body')).flatMap((each) => fieldOf(each, 'value') ?? []);
    if (!inner || (isKnown(inner, this.text) && cases.every((each) => isKnown(unwrap(each), this.text)))) return;
    const id = this.list.length;
    for (const each of cases) this.marks.wrap(each, `__lens.case(${this.add('case', each)},${id},`, ')');
    this.marks.wrap(inner, `__lens.subject(${id},`, ')');
  }

  /** `{units = 32} = config`: the properties of an unknown that have a default may not be there. */
  private destructuring(pattern: CodePart | undefined, value: CodePart | undefined): void {
    if (pattern?.type !== 'object_pattern' || !value || isKnown(unwrap(value), this.text)) return;
    const keys: string[] = [];
    for (const each of partsOf(pattern)) {
      const key = defaultedKey(each, this.text);
      if (key !== undefined) keys.push(`${key}:${this.add('default', each)}`);
    }
    if (keys.length > 0) this.marks.wrap(value, '__lens.open(', `,{${keys.join()}})`);
  }

  /** `units = 32` of a parameter: an unknown argument may be none. */
  private defaults(own: CodePart): void {
    const texts: string[] = [];
    const find = (part: CodePart): void => {
      const value = fieldOf(part, /assignment_pattern$/.test(part.type) ? 'right' : 'value');
      const [name, ...others] = boundNames(part);
      const isOne = name && others.length === 0;
      const isDefaulted = /(assignment_pattern|_parameter)$/.test(part.type) && value;
      if (isDefaulted && isOne && /identifier/.test(targetOf(part)?.type ?? '') && this.isPlain(value)) {
        const target = this.text.slice(name.start, name.end);
        const value2 = this.text.slice(value.start, value.end);
        texts.push(`${target}=__lens.otherwise(${this.add('default', part)},${target},()=>(${value2}))`);
      }
      if (/pattern$|_parameter$/.test(part.type)) for (const each of partsOf(part)) if (each !== value) find(each);
    };
    for (const each of parametersOf(own)) find(each);
    if (texts.length > 0) this.marks.atStart(own, texts.join());
  }

  /** Whether an expression can be written once more, as it is, on one line. */
  private isPlain(value: CodePart): boolean {
    if (/[\n\r]|\/[/*]/.test(this.text.slice(value.start, value.end))) return false;
    const check = (part: CodePart): boolean =>
      (!part.isNamed || plain.has(part.type)) &&
      !(/identifier$/.test(part.type) && this.isRenamed(part)) &&
      part.children.every(check);
    return check(value);
  }
}

const plain = new Set([
  'number',
  'string',
  'true',
  'false',
  'null',
  'undefined',
  'identifier',
  'property_identifier',
  'shorthand_property_identifier',
  'member_expression',
  'array',
  'object',
  'pair',
  'call_expression',
  'new_expression',
  'arguments',
  'this',
]);

/** `a` of `a.b.c`. */
function firstOf(part: CodePart): CodePart {
  let at = part;
  for (let next = fieldOf(at, 'object'); next; next = fieldOf(at, 'object')) at = next;
  return at;
}

/** What a pattern or a parameter with a default binds. */
function targetOf(part: CodePart): CodePart | undefined {
  return fieldOf(part, 'pattern') ?? fieldOf(part, 'left');
}

/** The key of a part of an object pattern that has a default, as it is written in an object. */
function defaultedKey(part: CodePart, text: string): string | undefined {
  const written = (key: CodePart | undefined) => key && text.slice(key.start, key.end);
  if (part.type === 'object_assignment_pattern') return written(fieldOf(part, 'left'));
  const hasDefault = part.type === 'pair_pattern' && fieldOf(part, 'value')?.type === 'assignment_pattern';
  const key = hasDefault ? fieldOf(part, 'key') : undefined;
  return key?.type === 'computed_property_name' ? undefined : written(key);
}

function conditionOf(loop: CodePart): CodePart | undefined {
  const found = fieldOf(loop, 'condition');
  if (found?.type === 'expression_statement') return partsOf(found)[0];
  return found?.isNamed && found.type !== 'empty_statement' ? found : undefined;
}

/** `for (let i = 0; i < 3; i++)`: numbers alone. */
function isCounted(loop: CodePart, text: string): boolean {
  const condition = conditionOf(loop);
  const index = condition && fieldOf(condition, 'left');
  const declarators = partsOf(fieldOf(loop, 'initializer'));
  const [first, ...others] = declarators;
  const name = first && fieldOf(first, 'name');
  return (
    others.length === 0 &&
    condition !== undefined &&
    index?.type === 'identifier' &&
    name?.type === 'identifier' &&
    text.slice(index.start, index.end) === text.slice(name.start, name.end) &&
    fieldOf(first, 'value')?.type === 'number' &&
    fieldOf(condition, 'right')?.type === 'number' &&
    operatorOf(condition) in order
  );
}

/** The operator of a unary or binary expression. */
export function operatorOf(part: CodePart): string {
  if (!/^(unary|binary)_expression$/.test(part.type)) return '';
  const left = fieldOf(part, 'left');
  return part.children.find(({ isNamed, start }) => !isNamed && (!left || start >= left.end))?.type ?? '';
}

const known = new Set([
  'number',
  'string',
  'regex',
  'true',
  'false',
  'null',
  'undefined',
  'object',
  'array',
  'arrow_function',
  'function_expression',
  'generator_function',
  'class',
]);
const truths = new Set([...equality, ...Object.keys(order), 'instanceof', 'in', '!']);

/** Whether an expression is no unknown value, whatever its parts are. */
function isKnown(part: CodePart, text: string): boolean {
  if (known.has(part.type)) return true;
  if (part.type === 'template_string') return !part.children.some(({ type }) => type === 'template_substitution');
  if (part.type === 'identifier') return text.slice(part.start, part.end) === 'undefined';
  const operator = operatorOf(part);
  if (truths.has(operator) || operator === 'void') return true;
  const argument = operator === '-' || operator === '+' ? fieldOf(part, 'argument') : undefined;
  return argument?.type === 'number';
}
