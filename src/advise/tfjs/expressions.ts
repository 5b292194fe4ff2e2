import { keyName, stringText } from '../../detect/typescript/bindings';
import type { Code } from './code';
import type { ScriptProperty, ScriptScope } from './memory';
import type { ScriptRun } from './run';
import { bindPattern, classOf, functionOf, libraryName, memberName, readName } from './scopes';
import {
  chooseOf,
  constantOf,
  many,
  nothing,
  numberOf,
  possibilities,
  type ScriptArgument,
  type ScriptConstant,
  type ScriptValue,
  truthOf,
  unknown,
} from './values';

export function evaluateExpression(run: ScriptRun, code: Code, scope: ScriptScope): ScriptValue {
  switch (code.type) {
    case 'identifier':
    case 'shorthand_property_identifier':
      return readName(run, code, scope);
    case 'this':
      return scope.receiver ?? unknown;
    case 'string':
    case 'template_string':
      return evaluateText(run, code, scope);
    case 'number': {
      const value = Number(code.text.replaceAll('_', ''));
      return Number.isNaN(value) ? unknown : constantOf(value);
    }
    case 'true':
      return constantOf(true);
    case 'false':
      return constantOf(false);
    case 'null':
      return constantOf(null);
    case 'undefined':
      return nothing;
    case 'member_expression':
    case 'subscript_expression':
      return evaluateMember(run, code, scope);
    case 'call_expression':
      return evaluateCall(run, code, scope);
    case 'new_expression': {
      const made = code.field('constructor');
      return made ? run.construct(run.evaluate(made, scope), argumentsOf(run, code, scope), code) : unknown;
    }
    case 'object':
      return evaluateObject(run, code, scope);
    case 'array':
      return evaluateArray(run, code, scope);
    case 'arrow_function':
    case 'function_expression': {
      const own = functionOf(code, scope, undefined);
      run.noteFunction(own);
      return own;
    }
    case 'class':
      return classOf(run, code, scope);
    case 'ternary_expression':
      return evaluateChoice(run, code, scope);
    case 'binary_expression':
      return evaluateBinary(run, code, scope);
    case 'unary_expression':
      return evaluateUnary(run, code, scope);
    case 'assignment_expression':
    case 'augmented_assignment_expression':
      return assign(run, code, scope);
    case 'update_expression':
      return step(run, code, scope);
    case 'sequence_expression':
      return code.children.map((each) => run.evaluate(each, scope)).at(-1) ?? unknown;
    case 'type_assertion':
      return code.children.length ? run.evaluate(code.children.at(-1) as Code, scope) : unknown;
    case 'parenthesized_expression':
    case 'as_expression':
    case 'satisfies_expression':
    case 'non_null_expression':
    case 'await_expression':
    case 'instantiation_expression':
      return code.children[0] ? run.evaluate(code.children[0], scope) : unknown;
    default:
      // What is inside runs all the same: elements of JSX, a template's substitutions.
      if (!/type|identifier|regex|comment/.test(code.type)) for (const each of code.children) run.evaluate(each, scope);
      return unknown;
  }
}

function evaluateText(run: ScriptRun, code: Code, scope: ScriptScope): ScriptValue {
  const plain = stringText(code.node);
  if (plain !== undefined) return constantOf(plain, code);
  let text = '';
  let isKnown = true;
  for (const part of code.children) {
    const value = part.type === 'template_substitution' && part.children[0] && run.evaluate(part.children[0], scope);
    if (!value) text += part.text;
    else if (value.kind === 'constant') text += String(value.value);
    else isKnown = false;
  }
  return isKnown && code.type === 'template_string' ? constantOf(text, code) : unknown;
}

function evaluateMember(run: ScriptRun, code: Code, scope: ScriptScope): ScriptValue {
  const object = code.field('object');
  if (!object) return unknown;
  if (object.type === 'super') return unknown;
  const holder = run.evaluate(object, scope);
  const name = memberName(run, code, scope);
  const found = name === undefined ? unknown : run.member(holder, name);
  if (found.kind !== 'unknown' && found.kind !== 'method') return found;
  if (found.kind === 'method' && holder.kind !== 'unknown' && holder.kind !== 'method') return found;
  const named = libraryName(run, code);
  return named.kind === 'library' ? named : found;
}

function evaluateCall(run: ScriptRun, code: Code, scope: ScriptScope): ScriptValue {
  const callee = code.field('function');
  if (!callee) return unknown;
  const loaded = /^(import|require)$/.test(callee.text) ? libraryName(run, code) : unknown;
  if (loaded.kind === 'library') return loaded;
  if (callee.type === 'super') {
    const { receiver } = scope;
    const args = argumentsOf(run, code, scope);
    if (receiver?.kind === 'object') callSuper(run, receiver, args, scope);
    return unknown;
  }
  const called = run.evaluate(callee, scope);
  return run.call(called, argumentsOf(run, code, scope), code);
}

/** `super(…)`: the constructor of the class that the one around extends. */
function callSuper(run: ScriptRun, receiver: ScriptValue, args: readonly ScriptArgument[], scope: ScriptScope): void {
  const own = scope.owner;
  const base = own?.base;
  if (receiver.kind === 'object' && base?.kind === 'class') run.initialise(base, receiver, args);
}

export function argumentsOf(run: ScriptRun, call: Code, scope: ScriptScope): readonly ScriptArgument[] {
  const list = call.field('arguments');
  if (list?.type !== 'arguments') return [];
  return list.children.flatMap((at): ScriptArgument[] => {
    if (at.type !== 'spread_element') return [{ value: run.evaluate(at, scope), at }];
    return spreadItems(run, at, scope).map((value) => ({ value, at }));
  });
}

/** The elements that `...x` gives in a list. */
function spreadItems(run: ScriptRun, code: Code, scope: ScriptScope): readonly ScriptValue[] {
  const value = code.children[0] ? run.evaluate(code.children[0], scope) : unknown;
  return value.kind === 'array' ? run.memory.contents(value.id).items : [many];
}

function evaluateArray(run: ScriptRun, code: Code, scope: ScriptScope): ScriptValue {
  const items = code.children.flatMap((each) =>
    each.type === 'spread_element' ? spreadItems(run, each, scope) : [run.evaluate(each, scope)],
  );
  return run.newArray(items);
}

function evaluateObject(run: ScriptRun, code: Code, scope: ScriptScope): ScriptValue {
  const made = { kind: 'object', id: run.newId(), cls: undefined, at: code } as const;
  const properties = new Map<string, ScriptProperty>();
  let isOpen = false;
  const inside = { ...scope, receiver: made };
  for (const part of code.children) {
    if (part.type === 'pair') {
      const name = keyName(part.field('key')?.node ?? null);
      const at = part.field('value');
      if (!at) continue;
      const value = at.type === 'function_expression' ? noteMethod(run, at, inside) : run.evaluate(at, scope);
      if (name === undefined) isOpen = true;
      else properties.set(name, { value, at });
    } else if (part.type === 'shorthand_property_identifier')
      properties.set(part.text, { value: readName(run, part, scope), at: part });
    else if (part.type === 'method_definition') {
      const name = keyName(part.field('name')?.node ?? null);
      if (name !== undefined) properties.set(name, { value: noteMethod(run, part, inside), at: part });
    } else if (part.type === 'spread_element') {
      const value = part.children[0] ? run.evaluate(part.children[0], scope) : unknown;
      isOpen = spreadInto(run, value, properties) || isOpen;
    }
  }
  run.memory.fill(made.id, { properties, isOpen });
  return made;
}

function noteMethod(run: ScriptRun, code: Code, scope: ScriptScope): ScriptValue {
  const own = functionOf(code, scope);
  run.noteFunction(own);
  return own;
}

/** @returns whether there may be more properties than the code tells */
function spreadInto(run: ScriptRun, value: ScriptValue, properties: Map<string, ScriptProperty>): boolean {
  if (value.kind === 'constant') return false;
  if (value.kind !== 'object') {
    // What stands before it may be overwritten.
    for (const [name, each] of properties) properties.set(name, { ...each, value: chooseOf([each.value, unknown]) });
    return true;
  }
  const contents = run.memory.contents(value.id);
  for (const [name, each] of contents.properties) properties.set(name, each);
  return contents.isOpen;
}

function evaluateChoice(run: ScriptRun, code: Code, scope: ScriptScope): ScriptValue {
  const [condition, yes, no] = ['condition', 'consequence', 'alternative'].map((each) => code.field(each));
  if (!condition || !yes || !no) return unknown;
  const truth = truthOf(run.evaluate(condition, scope));
  if (truth !== undefined) return run.evaluate(truth ? yes : no, scope);
  return evaluateEither(run, [yes, no], scope);
}

/** Each may be what is evaluated, and alone. */
function evaluateEither(run: ScriptRun, ways: readonly Code[], scope: ScriptScope): ScriptValue {
  const found: ScriptValue[] = [];
  run.branch(
    ways.map((way) => () => {
      found.push(run.evaluate(way, scope));
      return 'normal';
    }),
  );
  return chooseOf(found);
}

function evaluateBinary(run: ScriptRun, code: Code, scope: ScriptScope): ScriptValue {
  const [left, right] = [code.field('left'), code.field('right')];
  const operator = code.field('operator')?.text ?? '';
  if (!left || !right) return unknown;
  const a = run.evaluate(left, scope);
  if (/^(&&|\|\||\?\?)$/.test(operator)) {
    const isMissing = a.kind === 'constant' && (a.value === null || a.value === undefined);
    const truth = operator === '??' ? (a.kind === 'constant' ? !isMissing : truthOf(a)) : truthOf(a);
    if (truth !== undefined) return truth === (operator === '&&') ? run.evaluate(right, scope) : a;
    let b: ScriptValue = unknown;
    run.branch([
      () => {
        b = run.evaluate(right, scope);
        return 'normal';
      },
      () => 'normal',
    ]);
    // What is let through is there: no possibility that is missing or false.
    const kept = possibilities(a).filter((each) => operator === '&&' || truthOf(each) !== false);
    return chooseOf([...kept, b]);
  }
  const b = run.evaluate(right, scope);
  return a.kind === 'constant' && b.kind === 'constant' ? combine(operator, a, b) : unknown;
}

function combine(operator: string, { value: a }: ScriptConstant, { value: b }: ScriptConstant): ScriptValue {
  if (/^===?$/.test(operator)) return constantOf(a === b || (operator === '==' && a === undefined && b === null));
  if (/^!==?$/.test(operator)) return constantOf(a !== b);
  if (typeof a === 'string' && typeof b === 'string') return operator === '+' ? constantOf(a + b) : unknown;
  if (typeof a !== 'number' || typeof b !== 'number') return unknown;
  const results: Readonly<Record<string, number | boolean>> = {
    '+': a + b,
    '-': a - b,
    '*': a * b,
    '/': a / b,
    '%': a % b,
    '**': a ** b,
    '<': a < b,
    '>': a > b,
    '<=': a <= b,
    '>=': a >= b,
  };
  const found = Object.hasOwn(results, operator) ? results[operator] : undefined;
  return found === undefined ? unknown : constantOf(found);
}

function evaluateUnary(run: ScriptRun, code: Code, scope: ScriptScope): ScriptValue {
  const argument = code.field('argument');
  const value = argument ? run.evaluate(argument, scope) : unknown;
  const operator = code.field('operator')?.text;
  const truth = truthOf(value);
  if (operator === '!') return truth === undefined ? unknown : constantOf(!truth);
  if (operator === 'void') return nothing;
  const number = numberOf(value);
  return number === undefined || (operator !== '-' && operator !== '+')
    ? unknown
    : constantOf(operator === '-' ? -number : number);
}

function assign(run: ScriptRun, code: Code, scope: ScriptScope): ScriptValue {
  const [left, right] = [code.field('left'), code.field('right')];
  if (!left || !right) return unknown;
  const operator = code.field('operator')?.text;
  if (operator === undefined || code.type === 'assignment_expression') {
    const value = run.evaluate(right, scope);
    bindPattern(run, left, value, scope);
    return value;
  }
  const before = run.evaluate(left, scope);
  const by = run.evaluate(right, scope);
  const isChoice = /^(\|\||\?\?|&&)=$/.test(operator);
  const value = isChoice
    ? chooseOf([before, by])
    : before.kind === 'constant' && by.kind === 'constant'
      ? combine(operator.slice(0, -1), before, by)
      : unknown;
  bindPattern(run, left, value, scope);
  return value;
}

function step(run: ScriptRun, code: Code, scope: ScriptScope): ScriptValue {
  const argument = code.field('argument');
  if (!argument) return unknown;
  const before = numberOf(run.evaluate(argument, scope));
  const by = code.text.includes('++') ? 1 : -1;
  bindPattern(run, argument, before === undefined ? unknown : constantOf(before + by), scope);
  return before === undefined ? unknown : constantOf(before);
}
