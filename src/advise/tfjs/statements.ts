import { keyName } from '../../detect/typescript/bindings';
import type { Code } from './code';
import type { ScriptScope } from './memory';
import type { Completion, ScriptRun } from './run';
import { bindPattern, classOf, functionOf } from './scopes';
import { nothing, type ScriptValue, truthOf, unknown } from './values';

/** Loops over what the code does not tell run this often: the second time sees what the first has left. */
const TURNS = 2;
/** Loops that the code counts out are followed this far. */
const MAX_TURNS = 24;

export function executeStatement(run: ScriptRun, code: Code, scope: ScriptScope): Completion {
  switch (code.type) {
    case 'program':
    case 'statement_block':
    case 'else_clause':
    case 'finally_clause':
    case 'labeled_statement':
    case 'class_static_block':
      return executeAll(run, code.children, scope);
    case 'export_statement': {
      const inner = code.field('declaration') ?? code.field('value');
      return inner ? executeStatement(run, inner, scope) : 'normal';
    }
    case 'lexical_declaration':
    case 'variable_declaration':
      for (const each of code.children) declare(run, each, scope);
      return 'normal';
    case 'function_declaration':
    case 'generator_function_declaration':
      declareFunction(run, code, scope);
      return 'normal';
    case 'class_declaration':
    case 'abstract_class_declaration':
      declareClass(run, code, scope);
      return 'normal';
    case 'enum_declaration':
      declareEnum(run, code, scope);
      return 'normal';
    case 'internal_module':
    case 'module':
      return code.field('body') ? run.execute(code.field('body') as Code, scope) : 'normal';
    case 'if_statement':
      return executeIf(run, code, scope);
    case 'for_statement':
      return loopCounting(run, code, scope);
    case 'for_in_statement':
      return loopOver(run, code, scope);
    case 'while_statement':
    case 'do_statement':
      evaluateField(run, code, 'condition', scope);
      return repeat(run, code.field('body'), scope);
    case 'switch_statement':
      return executeSwitch(run, code, scope);
    case 'try_statement':
      return executeTry(run, code, scope);
    case 'return_statement':
      run.noteReturn(code.children[0] ? run.evaluate(code.children[0], scope) : nothing);
      return run.leave('return');
    case 'throw_statement':
      evaluateAll(run, code.children, scope);
      return 'left';
    case 'break_statement':
      return run.leave('break');
    case 'continue_statement':
      return run.leave('continue');
    case 'expression_statement':
      evaluateAll(run, code.children, scope);
      return 'normal';
    case 'import_statement':
    case 'interface_declaration':
    case 'type_alias_declaration':
    case 'ambient_declaration':
    case 'function_signature':
    case 'empty_statement':
    case 'comment':
      return 'normal';
    default:
      run.evaluate(code, scope);
      return 'normal';
  }
}

function executeAll(run: ScriptRun, body: readonly Code[], scope: ScriptScope): Completion {
  for (const statement of body) {
    const completion = run.execute(statement, scope);
    if (completion === 'left') return completion;
  }
  return 'normal';
}

function evaluateAll(run: ScriptRun, parts: readonly Code[], scope: ScriptScope): void {
  for (const part of parts) run.evaluate(part, scope);
}

function evaluateField(run: ScriptRun, code: Code, field: string, scope: ScriptScope): ScriptValue {
  const found = code.field(field);
  return found ? run.evaluate(found, scope) : unknown;
}

function declare(run: ScriptRun, declarator: Code, scope: ScriptScope): void {
  const name = declarator.field('name');
  if (!name) return;
  const value = declarator.field('value');
  bindPattern(run, name, value ? run.evaluate(value, scope) : nothing, scope);
}

function declareFunction(run: ScriptRun, code: Code, scope: ScriptScope): void {
  const own = functionOf(code, scope, undefined);
  const name = code.field('name');
  if (name) bindPattern(run, name, own, scope);
  run.noteFunction(own);
}

function declareClass(run: ScriptRun, code: Code, scope: ScriptScope): void {
  const cls = classOf(run, code, scope);
  const name = code.field('name');
  if (name) bindPattern(run, name, cls, scope);
}

function declareEnum(run: ScriptRun, code: Code, scope: ScriptScope): void {
  const id = run.newId();
  run.memory.fill(id, {});
  for (const member of code.field('body')?.children ?? []) {
    const name = keyName((member.field('name') ?? member).node);
    const value = member.field('value');
    if (name !== undefined) run.memory.setProperty(id, name, value ? run.evaluate(value, scope) : unknown, member);
  }
  const name = code.field('name');
  if (name) bindPattern(run, name, { kind: 'object', id, cls: undefined, at: code }, scope);
}

function executeIf(run: ScriptRun, code: Code, scope: ScriptScope): Completion {
  const truth = truthOf(evaluateField(run, code, 'condition', scope));
  const ways = ['consequence', 'alternative'].map((field) => () => {
    const body = code.field(field);
    return body ? run.execute(body, scope) : 'normal';
  });
  if (truth !== undefined) return ways[truth ? 0 : 1]?.() ?? 'normal';
  return run.branch(ways);
}

/** A body that runs any number of times. */
function repeat(run: ScriptRun, body: Code | undefined, scope: ScriptScope, before?: () => void): Completion {
  if (!body) return 'normal';
  const turn = () => {
    before?.();
    return run.runUntil(['continue'], () => run.execute(body, scope));
  };
  return run.runUntil(['break'], () => {
    for (let count = 0; count < TURNS; count++) run.branch([turn, () => 'normal']);
    return 'normal';
  });
}

function loopCounting(run: ScriptRun, code: Code, scope: ScriptScope): Completion {
  const [initial, condition, increment, body] = ['initializer', 'condition', 'increment', 'body'].map((each) =>
    code.field(each),
  );
  if (initial) run.execute(initial, scope);
  let isOpen = false;
  const completion = run.runUntil(['break'], () => {
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      const truth = condition && truthOf(evaluateCondition(run, condition, scope));
      isOpen = truth === undefined;
      if (!truth) return 'normal';
      if (body && run.runUntil(['continue'], () => run.execute(body, scope)) === 'left') return 'left';
      if (increment) run.evaluate(increment, scope);
    }
    isOpen = true;
    return 'normal';
  });
  if (!isOpen || completion === 'left') return completion;
  // What the loop counts is any number.
  for (const each of initial?.children ?? []) {
    const name = each.field('name');
    if (name) bindPattern(run, name, unknown, scope);
  }
  return repeat(run, body, scope);
}

/** The condition of a loop stands in a statement of its own. */
function evaluateCondition(run: ScriptRun, condition: Code, scope: ScriptScope): ScriptValue {
  const inner = condition.type === 'expression_statement' ? condition.children[0] : condition;
  return inner ? run.evaluate(inner, scope) : unknown;
}

function loopOver(run: ScriptRun, code: Code, scope: ScriptScope): Completion {
  const [left, right, body] = ['left', 'right', 'body'].map((each) => code.field(each));
  const over = right ? run.evaluate(right, scope) : unknown;
  const items = code.field('operator')?.text === 'of' ? run.elements(over) : undefined;
  if (!items || !left) return repeat(run, body, scope, () => left && bindPattern(run, left, unknown, scope));
  return run.runUntil(['break'], () => {
    for (const item of items) {
      bindPattern(run, left, item, scope);
      if (body && run.runUntil(['continue'], () => run.execute(body, scope)) === 'left') return 'left';
    }
    return 'normal';
  });
}

function executeSwitch(run: ScriptRun, code: Code, scope: ScriptScope): Completion {
  const on = evaluateField(run, code, 'value', scope);
  const cases = code.field('body')?.children ?? [];
  const tests = cases.map((each) => (each.field('value') ? evaluateField(run, each, 'value', scope) : undefined));
  // What one case does not leave, the next goes on with.
  const from = (first: number) => () =>
    run.runUntil(['break'], () => executeAll(run, cases.slice(first).flatMap(bodyOfCase), scope));
  const fallback = tests.indexOf(undefined);
  if (on.kind === 'constant' && tests.every((each) => !each || each.kind === 'constant')) {
    const chosen = tests.findIndex((each) => each?.kind === 'constant' && each.value === on.value);
    const first = chosen >= 0 ? chosen : fallback;
    return first >= 0 ? from(first)() : 'normal';
  }
  const ways = cases.map((_, index) => from(index));
  return run.branch(fallback >= 0 ? ways : [...ways, () => 'normal']);
}

function bodyOfCase(code: Code): readonly Code[] {
  const value = code.field('value');
  return code.children.filter((each) => each !== value);
}

function executeTry(run: ScriptRun, code: Code, scope: ScriptScope): Completion {
  const [body, handler, finalizer] = ['body', 'handler', 'finalizer'].map((each) => code.field(each));
  const rescue = handler?.field('body');
  const parameter = handler?.field('parameter');
  const completion = run.branch([
    () => (body ? run.execute(body, scope) : 'normal'),
    ...(rescue
      ? [
          () => {
            if (parameter) bindPattern(run, parameter, unknown, scope);
            return run.execute(rescue, scope);
          },
        ]
      : []),
  ]);
  return finalizer && run.execute(finalizer, scope) === 'left' ? 'left' : completion;
}
