import { itemAt } from '../graph/access';
import type { CallArgument, Expr } from '../python/syntax/ast';
import { anyOfZoo } from './libraries';
import { elementsOf, truthOf, turnsOf } from './queries';
import { fieldOf, partOfRecord, partsOfTuple } from './records';
import { type FlowRun, placeIn, runBranch } from './run';
import { lookUp } from './scopes';
import { assign } from './statements';
import type { Frame, HeldContents } from './store';
import {
  chooseOf,
  constantOf,
  type FlowArgument,
  type FlowMapping,
  type FlowPlace,
  type FlowSequence,
  type FlowValue,
  isSame,
  type KnownConstant,
  possibilities,
  unknown,
} from './values';

/** Elements of a comprehension over what is not known; its second is another object than its first. */
const ELEMENTS = 2;
const MAX_COUNT = 24;

export function evaluateExpression(run: FlowRun, expression: Expr, frame: Frame): FlowValue {
  // Most expressions are names and constants.
  if (expression.kind === 'name') return lookUp(run, frame, expression);
  if (expression.kind === 'constant') return constantValue(expression.value);
  const at = placeIn(frame.file, expression.span, expression);
  const evaluate = (inner: Expr) => run.evaluate(inner, frame);
  switch (expression.kind) {
    case 'attribute':
      return run.attribute(evaluate(expression.object), expression.name, at);
    case 'call':
      return evaluateCall(run, expression, frame, at);
    case 'subscript':
      return subscript(run, evaluate(expression.object), expression.index, frame, at);
    case 'binary': {
      const left = evaluate(expression.left);
      return binary(run, expression.operator, left, evaluate(expression.right), at);
    }
    case 'unary': {
      const operand = evaluate(expression.operand);
      if (operand.kind === 'constant' && typeof operand.value === 'number' && expression.operator === '-')
        return constantOf(-operand.value);
      return operator(run, `unary ${expression.operator}`, [operand], at);
    }
    case 'not': {
      const truth = truthOf(evaluate(expression.operand), run.store);
      return truth === undefined ? unknown : constantOf(!truth);
    }
    case 'boolean': {
      const left = evaluate(expression.left);
      const truth = truthOf(left, run.store);
      if (truth !== undefined) return truth === (expression.operator === 'and') ? evaluate(expression.right) : left;
      const step = { branch: run.newId(), isSure: false, isEnded: false };
      const right = runBranch(run, step, () => evaluate(expression.right));
      if (expression.operator === 'and' && truthOf(right, run.store) === false) return right;
      return chooseOf([left, right]);
    }
    case 'compare':
      return compare(run, expression, frame, at);
    case 'conditional': {
      const truth = truthOf(evaluate(expression.condition), run.store);
      if (truth !== undefined) return evaluate(truth ? expression.consequence : expression.otherwise);
      const branch = run.newId();
      const within = (inner: Expr) => runBranch(run, { branch, isSure: false, isEnded: false }, () => evaluate(inner));
      const first = within(expression.consequence);
      return chooseOf([first, within(expression.otherwise)]);
    }
    case 'lambda':
      return {
        kind: 'function',
        code: expression.code,
        at,
        frame,
        receiver: undefined,
        owner: undefined,
        decorators: [],
      };
    case 'tuple':
    case 'list':
      return makeSequence(run, expression.kind, elementsIn(run, expression.items, frame), at);
    case 'dict': {
      const isOpen = expression.entries.some(({ key }) => key?.kind !== 'constant');
      const entries = expression.entries.map(({ key, value }) => [key, evaluate(value)] as const);
      for (const [, value] of entries) run.use(value);
      const known = isOpen ? [] : entries;
      const keys = known.map(([key]) => String(key?.kind === 'constant' ? key.value : ''));
      return makeMapping(run, { keys, items: known.map(([, value]) => value), isOpen }, at);
    }
    case 'comprehension':
      return comprehension(run, expression, frame, at);
    case 'walrus': {
      const value = evaluate(expression.value);
      run.bind(frame, expression.name, value);
      return value;
    }
    case 'starred':
    case 'await':
      return evaluate(expression.value);
    case 'fstring':
      return textOfParts(expression, evaluate);
    case 'yield': {
      if (expression.value) run.use(evaluate(expression.value));
      return unknown;
    }
    case 'set':
      for (const item of expression.items) evaluate(item);
      return unknown;
    default:
      return unknown;
  }
}

/** `f"fc{i}"`, where the code tells every part and none is formatted. */
function textOfParts({ parts }: Extract<Expr, { kind: 'fstring' }>, evaluate: (inner: Expr) => FlowValue): FlowValue {
  const texts = parts.map((part) => {
    if (typeof part === 'string') return part;
    const value = evaluate(part.value);
    const isPlain = value.kind === 'constant' && /^(?:string|number)$/.test(typeof value.value);
    const isFormatted = part.conversion !== '' || part.specification.length > 0 || part.label !== '';
    return isPlain && !isFormatted ? String(value.value) : undefined;
  });
  return texts.includes(undefined) ? unknown : constantOf(texts.join(''));
}

function constantValue(value: unknown): FlowValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
    return constantOf(value);
  return typeof value === 'bigint' ? constantOf(Number(value)) : unknown;
}

export function makeSequence(
  run: FlowRun,
  form: FlowSequence['form'],
  elements: Omit<HeldContents, 'keys'>,
  at: FlowPlace,
): FlowSequence {
  const id = run.newId();
  for (const each of elements.items) run.use(each);
  run.store.fill(id, { ...elements, keys: [] });
  return { kind: 'sequence', id, form, at };
}

function makeMapping(run: FlowRun, contents: HeldContents, at: FlowPlace): FlowMapping {
  const id = run.newId();
  run.store.fill(id, contents);
  return { kind: 'mapping', id, at };
}

function elementsIn(run: FlowRun, items: readonly Expr[], frame: Frame): { items: FlowValue[]; isOpen: boolean } {
  const found: FlowValue[] = [];
  let isOpen = false;
  for (const item of items) {
    const value = run.evaluate(item, frame);
    if (item.kind !== 'starred') found.push(value);
    else {
      const inner = elementsOf(value, run.store);
      if (inner) for (const each of inner) found.push(each);
      else isOpen = true;
    }
  }
  return { items: found, isOpen };
}

function evaluateCall(
  run: FlowRun,
  expression: Extract<Expr, { kind: 'call' }>,
  frame: Frame,
  at: FlowPlace,
): FlowValue {
  const callee = run.evaluate(expression.callee, frame);
  const args: FlowArgument[] = [];
  for (const { value, form, name } of expression.args) {
    const found = run.evaluate(value, frame);
    const place = placeIn(frame.file, value.span, value);
    if (form === 'plain') args.push({ value: found, at: place, name: undefined, isSpread: false });
    else if (form === 'keyword') args.push({ value: found, at: place, name, isSpread: false });
    else args.push(...unpackedArguments(run, form, found, place));
  }
  return run.call(callee, args, at);
}

/** `*args`, `**kwargs` */
function unpackedArguments(
  run: FlowRun,
  form: CallArgument['form'],
  found: FlowValue,
  at: FlowPlace,
): readonly FlowArgument[] {
  if (form === 'star') {
    const elements = elementsOf(found, run.store);
    if (elements) return elements.map((each) => ({ value: each, at, name: undefined, isSpread: false }));
  } else if (found.kind === 'mapping') {
    const { items, keys, isOpen } = run.store.contents(found.id);
    if (!isOpen) return items.map((each, index) => ({ value: each, at, name: itemAt(keys, index), isSpread: false }));
  }
  run.use(found);
  return [{ value: found, at, name: form === 'star' ? undefined : '**', isSpread: true }];
}

function subscript(run: FlowRun, object: FlowValue, index: Expr, frame: Frame, at: FlowPlace): FlowValue {
  const chosen = run.evaluate(index, frame);
  const of = (each: FlowValue): FlowValue => {
    if (each.kind === 'sequence' || each.kind === 'mapping') {
      const { items, keys, isOpen, isUniform } = run.store.contents(each.id);
      if (index.kind === 'slice' && isUniform) return each;
      if (index.kind === 'slice' && each.kind === 'sequence' && !isOpen) {
        const bound = (side: Expr | undefined) => side && run.evaluate(side, frame);
        const [start, stop] = [bound(index.start), bound(index.stop)];
        const isKnown = [start, stop].every((side) => side === undefined || side.kind === 'constant');
        if (isKnown && !index.step) {
          const number = (side: FlowValue | undefined) =>
            side?.kind === 'constant' && typeof side.value === 'number' ? side.value : undefined;
          return makeSequence(run, each.form, { items: items.slice(number(start), number(stop)), isOpen: false }, at);
        }
        return unknown;
      }
      if (chosen.kind === 'constant' && each.kind === 'mapping') {
        const place = keys.indexOf(String(chosen.value));
        if (place < 0 && typeof chosen.value === 'number' && !isOpen) return partOfRecord(items, chosen.value);
        return (place >= 0 ? items[place] : undefined) ?? (isUniform ? chooseOf(items) : unknown);
      }
      if (chosen.kind === 'constant' && typeof chosen.value === 'number' && !isOpen)
        return items.at(chosen.value) ?? unknown;
      // Some element: each of them may be it.
      return isOpen && !isUniform ? unknown : chooseOf(items);
    }
    if (each.kind === 'choice') return chooseOf(each.of.map(of));
    if (each.kind === 'instance' && chosen.kind === 'constant') {
      const part =
        typeof chosen.value === 'number'
          ? partsOfTuple(run, each)?.at(chosen.value)
          : fieldOf(run, each, String(chosen.value));
      if (part) return part;
    }
    if (each.kind === 'library' && each.name === 'torchvision.models.__dict__')
      return { ...each, name: chosen.kind === 'constant' ? `torchvision.models.${chosen.value}` : anyOfZoo };
    if (each.kind === 'unknown' || each.kind === 'library') return unknown;
    return run.record({
      op: '[]',
      inputs: [each],
      args: [{ value: chosen, at: placeIn(frame.file, index.span), name: undefined, isSpread: false }],
      layer: undefined,
      form: 'operator',
      at,
      isMaybe: false,
      isAssumed: false,
    });
  };
  return of(object);
}

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '//': (a, b) => Math.floor(a / b),
  '%': (a, b) => ((a % b) + b) % b,
  '**': (a, b) => a ** b,
};

function binary(run: FlowRun, sign: string, left: FlowValue, right: FlowValue, at: FlowPlace): FlowValue {
  if (left.kind === 'constant' && right.kind === 'constant') {
    const [a, b] = [left.value, right.value];
    const compute = arithmetic[sign];
    if (typeof a === 'number' && typeof b === 'number' && compute) return constantOf(compute(a, b));
    return typeof a === 'string' && typeof b === 'string' && sign === '+' ? constantOf(a + b) : unknown;
  }
  const [first, second] = [elementsOf(left, run.store), elementsOf(right, run.store)];
  if (sign === '+' && first && second && left.kind === 'sequence')
    return makeSequence(run, left.form, { items: [...first, ...second], isOpen: false }, at);
  if (sign === '*' && first && left.kind === 'sequence') {
    const times = right.kind === 'constant' ? Number(right.value) : ELEMENTS;
    const items = Array.from({ length: Math.min(times, MAX_COUNT) }, () => first).flat();
    return makeSequence(run, left.form, { items, isOpen: false }, at);
  }
  return operator(run, sign, [left, right], at);
}

function operator(run: FlowRun, op: string, inputs: readonly FlowValue[], at: FlowPlace): FlowValue {
  return run.record({
    op,
    inputs,
    args: [],
    layer: undefined,
    form: 'operator',
    at,
    isMaybe: false,
    isAssumed: false,
  });
}

function compare(
  run: FlowRun,
  { left, rest }: Extract<Expr, { kind: 'compare' }>,
  frame: Frame,
  at: FlowPlace,
): FlowValue {
  const values = [run.evaluate(left, frame), ...rest.map((each) => run.evaluate(each.right, frame))];
  const [first = unknown, second = unknown] = values;
  const sign = rest.length === 1 ? rest[0]?.operator : undefined;
  if (sign === undefined) return unknown;
  const known = compareValues(run, sign, first, second);
  if (known !== undefined) return constantOf(known);
  // A comparison of tensors is a mask.
  return /^(?:[<>]=?|[=!]=)$/.test(sign) && [first, second].some(({ kind }) => kind === 'result')
    ? operator(run, sign, [first, second], at)
    : unknown;
}

function compareValues(run: FlowRun, sign: string, first: FlowValue, second: FlowValue): boolean | undefined {
  const isNone = (value: FlowValue) => value.kind === 'constant' && value.value === null;
  if (sign === 'is' || sign === 'is not' || ((sign === '==' || sign === '!=') && isNone(second))) {
    const isWanted = sign === 'is' || sign === '==';
    if (isNone(second)) {
      if (isNone(first)) return isWanted;
      const isSomething = !/^(unknown|parameter|choice|method)$/.test(first.kind) || first.kind === 'method';
      return isSomething && first.kind !== 'result'
        ? !isWanted
        : first.kind === 'result' && first.form !== 'operator'
          ? !isWanted
          : undefined;
    }
    if (first.kind === 'library' && second.kind === 'library') return isSame(first, second) === isWanted;
    if (first.kind !== 'constant' || second.kind !== 'constant') return undefined;
    return (first.value === second.value) === isWanted;
  }
  if (first.kind !== 'constant') return undefined;
  if ((sign === 'in' || sign === 'not in') && (second.kind === 'sequence' || second.kind === 'mapping')) {
    const { items, keys, isOpen } = run.store.contents(second.id);
    if (isOpen) return undefined;
    const all: readonly (KnownConstant['value'] | undefined)[] =
      second.kind === 'mapping' ? keys : items.map((each) => (each.kind === 'constant' ? each.value : undefined));
    if (all.includes(undefined)) return undefined;
    return all.includes(first.value) === (sign === 'in');
  }
  if (second.kind !== 'constant') return undefined;
  const [a, b] = [first.value, second.value];
  if (sign === '==') return a === b;
  if (sign === '!=') return a !== b;
  if (typeof a !== 'number' || typeof b !== 'number') return undefined;
  if (sign === '<') return a < b;
  if (sign === '>') return a > b;
  if (sign === '<=') return a <= b;
  return sign === '>=' ? a >= b : undefined;
}

function comprehension(
  run: FlowRun,
  expression: Extract<Expr, { kind: 'comprehension' }>,
  frame: Frame,
  at: FlowPlace,
): FlowValue {
  const { clauses, element, form } = expression;
  const [clause] = clauses;
  if (!clause) return unknown;
  const iterated = run.evaluate(clause.iterable, frame);
  const elements = clauses.length === 1 && clause.conditions.length === 0 ? elementsOf(iterated, run.store) : undefined;
  const alike = clauses.length === 1 ? turnsOf(iterated, run.store) : undefined;
  const turns: readonly FlowValue[] = elements ?? alike ?? Array.from({ length: ELEMENTS }, () => unknown);
  const items: FlowValue[] = [];
  const keys: string[] = [];
  for (const each of turns) {
    for (const [index, { target }] of clauses.entries()) assign(run, target, index === 0 ? each : unknown, frame);
    const key = run.evaluate(element, frame);
    keys.push(key.kind === 'constant' ? String(key.value) : `#${keys.length}`);
    items.push(expression.value ? run.evaluate(expression.value, frame) : key);
    if (expression.value) run.use(items.at(-1) ?? unknown);
  }
  if (form === 'set') return unknown;
  if (form === 'dict') {
    const isTold = elements !== undefined && keys.every((key) => !key.startsWith('#'));
    return makeMapping(run, { items, keys, isOpen: !isTold, isUniform: !isTold }, at);
  }
  const isModule = items.some((each) =>
    possibilities(each).some(({ kind }) => /^(layer|instance|sequence)$/.test(kind)),
  );
  return makeSequence(run, 'list', { items, isOpen: !elements && !isModule, isUniform: !elements }, at);
}

/** What an attribute of a tensor, or of what is not known, is. */
export function tensorAttribute(run: FlowRun, object: FlowValue, name: string, at: FlowPlace): FlowValue {
  // Written as attributes, they are the tensor seen otherwise; everything else may be a method.
  return /^(T|mT|H|data|real|imag|grad|weight|bias)$/.test(name)
    ? operator(run, `.${name}`, [object], at)
    : { kind: 'method', receiver: object, name };
}
