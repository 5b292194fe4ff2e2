import { itemAt } from '../graph/access';
import type { CallArgument, Expr } from '../python/syntax/ast';
import { makeMapping, makeSequence } from './collections';
import { comprehensionValue } from './comprehensions';
import { anyOfZoo } from './libraries';
import { binaryValue, comparisonValue, operatorResult } from './operators';
import { elementsOf, truthOf } from './queries';
import { fieldOf, partOfRecord, partsOfTuple } from './records';
import { type FlowRun, placeIn, runBranch } from './run';
import { lookUp } from './scopes';
import type { Frame } from './store';
import { chooseOf, constantOf, type FlowArgument, type FlowPlace, type FlowValue, unknown } from './values';

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
      return binaryValue(run, expression.operator, left, evaluate(expression.right), at);
    }
    case 'unary': {
      const operand = evaluate(expression.operand);
      if (operand.kind === 'constant' && typeof operand.value === 'number' && expression.operator === '-')
        return constantOf(-operand.value);
      return operatorResult(run, `unary ${expression.operator}`, [operand], at);
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
      return comparisonValue(run, expression, frame, at);
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
      return comprehensionValue(run, expression, frame, at);
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

/** What an attribute of a tensor, or of what is not known, is. */
export function tensorAttribute(run: FlowRun, object: FlowValue, name: string, at: FlowPlace): FlowValue {
  // Written as attributes, they are the tensor seen otherwise; everything else may be a method.
  return /^(T|mT|H|data|real|imag|grad|weight|bias)$/.test(name)
    ? operatorResult(run, `.${name}`, [object], at)
    : { kind: 'method', receiver: object, name };
}
