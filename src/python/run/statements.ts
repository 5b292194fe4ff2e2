import { itemAt } from '../../graph/access';
import { say, sentence } from '../../language/say';
import { shortName } from '../../source/path';
import type { Eval, Obstacles } from '../natives/context';
import { ExtractionError } from '../natives/errors';
import { traceGuarded, traceWritten } from '../natives/trace';
import type { Expr, Span, Stmt } from '../syntax/ast';
import { boundNames, walk } from '../syntax/survey';
import { errorFor, instanceOf } from '../values/exceptions';
import type { PyIterator } from '../values/iteration';
import { PyFunction, type Scope } from '../values/scope';
import { PyClass, PyInstance, PyList, PyTuple, PythonError, type PyValue, Unknown } from '../values/values';
import { defineClass } from './classes';
import { drawnBranch } from './drawnBranch';
import { evaluate } from './expressions';
import { makeFunction } from './functions';
import { uncheckedBranch } from './guards';
import { importFrom, importNames } from './imports';
import type { Interpreter } from './interpreter';
import { maskedAssignment } from './maskedAssignment';
import { binaryOperation } from './operators';
import { matches } from './patterns';
import { deleteItem, getItem, setItem } from './subscripts';

/** How a block ended, where it did not simply reach its end. */
export class Return {
  constructor(readonly value: PyValue) {}
}
export type Outcome = Return | 'break' | 'continue' | undefined;

export function* execute(ctx: Interpreter, body: readonly Stmt[], scope: Scope): Eval<Outcome> {
  for (const statement of body) {
    if (ctx.meter.step()) yield* ctx.pause();
    ctx.span = statement.span;
    const outcome = yield* ctx.obstacles
      ? executeOrPass(ctx, ctx.obstacles, statement, scope)
      : executeOne(ctx, statement, scope);
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}

/** Past a statement that can't be read: what it binds, and what it may return, is unknown. */
function* executeOrPass(ctx: Interpreter, obstacles: Obstacles, statement: Stmt, scope: Scope): Eval<Outcome> {
  try {
    return yield* executeOne(ctx, statement, scope);
  } catch (error) {
    const unknown = obstacles.pass(error);
    obstacles.skipped ??= error;
    for (const name of boundNames(statement)) scope.assign(name, unknown);
    for (const node of walk(statement, false)) if (node.kind === 'return') return new Return(unknown);
    return undefined;
  }
}

export function* executeOne(ctx: Interpreter, statement: Stmt, scope: Scope): Eval<Outcome> {
  switch (statement.kind) {
    case 'expression':
      yield* evaluate(ctx, statement.value, scope);
      return undefined;
    case 'assign':
      try {
        const value = yield* evaluate(ctx, statement.value, scope);
        ctx.span = statement.span;
        for (const target of statement.targets) yield* assign(ctx, target, value, scope);
        // What is written into a part of a tensor says nothing of its shape.
        if (statement.targets.every(({ kind }) => kind !== 'subscript'))
          ctx.tracer?.onValue('statement', statement.span, value);
      } catch (error) {
        if (!(yield* maskedAssignment(ctx, statement, error, scope))) throw error;
      }
      return undefined;
    case 'annotation':
      if (scope.kind === 'class' && statement.target.kind === 'name') {
        annotationsOf(scope).set(statement.target.name, statement.text);
      }
      if (statement.value) {
        const value = yield* evaluate(ctx, statement.value, scope);
        yield* assign(ctx, statement.target, value, scope);
        ctx.tracer?.onValue('statement', statement.span, value);
      }
      return undefined;
    case 'augmented':
      try {
        yield* augmentedAssignment(ctx, statement, scope);
      } catch (error) {
        if (!(yield* maskedAssignment(ctx, statement, error, scope))) throw error;
      }
      return undefined;
    case 'if':
      return yield* execute(ctx, yield* branchOf(ctx, statement, scope), scope);
    case 'for':
      return yield* forLoop(ctx, statement, scope);
    case 'while':
      for (;;) {
        if (ctx.meter.step()) yield* ctx.pause();
        if (!ctx.truth(yield* evaluate(ctx, statement.condition, scope))) {
          return yield* execute(ctx, statement.otherwise, scope);
        }
        const outcome = yield* execute(ctx, statement.body, scope);
        if (outcome === 'break') return undefined;
        if (outcome instanceof Return) return outcome;
      }
    case 'try':
      return yield* tryStatement(ctx, statement, scope);
    case 'with':
      return yield* withStatement(ctx, statement, scope, 0);
    case 'match': {
      const subject = yield* evaluate(ctx, statement.subject, scope);
      for (const option of statement.cases) {
        if (!(yield* matches(ctx, option.pattern, subject, scope))) continue;
        if (option.guard && !ctx.truth(yield* evaluate(ctx, option.guard, scope))) continue;
        return yield* execute(ctx, option.body, scope);
      }
      return undefined;
    }
    case 'function': {
      const decorators = yield* decoratorsOf(ctx, statement.decorators, scope);
      const value = yield* makeFunction(ctx, statement.code, scope);
      scope.assign(statement.code.name, yield* decorate(ctx, value, decorators));
      return undefined;
    }
    case 'class': {
      const decorators = yield* decoratorsOf(ctx, statement.decorators, scope);
      const value = yield* defineClass(ctx, statement, scope);
      scope.assign(statement.name, yield* decorate(ctx, value, decorators));
      return undefined;
    }
    case 'return': {
      const value = statement.value ? yield* evaluate(ctx, statement.value, scope) : null;
      ctx.tracer?.onValue('statement', statement.span, value);
      return new Return(value);
    }
    case 'raise':
      return yield* raiseStatement(ctx, statement, scope);
    case 'assert': {
      if (yield* holds(ctx, statement.condition, scope)) return undefined;
      const message = statement.message ? yield* evaluate(ctx, statement.message, scope) : undefined;
      const text = message === undefined ? '' : ctx.str(message);
      throw traceWritten(new PythonError('AssertionError', text, undefined, message));
    }
    case 'delete':
      for (const target of statement.targets) yield* deleteTarget(ctx, target, scope);
      return undefined;
    case 'import':
      yield* importNames(ctx, statement.names, scope);
      return undefined;
    case 'from':
      yield* importFrom(ctx, statement, scope);
      return undefined;
    case 'pass':
      return undefined;
    case 'break':
      return 'break';
    case 'continue':
      return 'continue';
    case 'broken':
      throw new ExtractionError(
        'syntax',
        say(
          'The text at {0}:{1} is not valid Python: {2}',
          shortName(ctx.range?.file ?? ''),
          statement.span.line + 1,
          firstLine(statement.text),
        ),
        ctx.range,
      );
  }
}

export function firstLine(text: string): string {
  return itemAt(text.split('\n', 1), 0).trim();
}

export function annotationsOf(scope: Scope): Map<string, string> {
  scope.annotations ??= new Map();
  return scope.annotations;
}

interface Decorator {
  readonly callee: PyValue;
  readonly span: Span;
}

/** Decorators are evaluated from the first to the last, before what they decorate is made. */
function* decoratorsOf(ctx: Interpreter, written: readonly Expr[], scope: Scope): Eval<Decorator[]> {
  const result: Decorator[] = [];
  for (const each of written) result.push({ callee: yield* evaluate(ctx, each, scope), span: each.span });
  return result;
}

function* decorate(ctx: Interpreter, value: PyValue, decorators: readonly Decorator[]): Eval<PyValue> {
  let result = value;
  for (const { callee, span } of [...decorators].reverse()) {
    ctx.span = span;
    const decorated = callee instanceof Unknown ? callee : yield* ctx.run(callee, [result]);
    if (decorated instanceof Unknown) notePassedDecorator(ctx, result, decorated);
    else result = decorated;
  }
  return result;
}

/** Said where the function is called, so that libraries that are only imported say nothing. */
function notePassedDecorator(ctx: Interpreter, decorated: PyValue, { reason }: Unknown): void {
  const message = say('This decorator is passed through, because {0}', sentence(reason));
  if (decorated instanceof PyFunction) decorated.note = { message, ...(ctx.range ? { source: ctx.range } : {}) };
  else ctx.note(message);
}

export function* assign(ctx: Interpreter, target: Expr, value: PyValue, scope: Scope): Eval<void> {
  switch (target.kind) {
    case 'name':
      scope.assign(target.name, value);
      return;
    case 'attribute':
      ctx.setattr(yield* evaluate(ctx, target.object, scope), target.name, value);
      return;
    case 'subscript': {
      const object = yield* evaluate(ctx, target.object, scope);
      const index = yield* evaluate(ctx, target.index, scope);
      ctx.span = target.span;
      yield* setItem(ctx, object, index, value);
      return;
    }
    case 'tuple':
    case 'list':
      yield* unpack(ctx, target.items, value, scope);
      return;
    case 'starred':
      yield* assign(ctx, target.value, value, scope);
      return;
    default:
      ctx.span = target.span;
      throw new ExtractionError('syntax', say('This cannot be assigned to'), ctx.range);
  }
}

function* unpack(ctx: Interpreter, targets: readonly Expr[], value: PyValue, scope: Scope): Eval<void> {
  if (value instanceof Unknown) {
    for (const target of targets) yield* assign(ctx, target, new Unknown(value.reason, value.range), scope);
    return;
  }
  const iterator = yield* ctx.iterate(value, (name) => `cannot unpack non-iterable ${name} object`);
  const star = targets.findIndex((target) => target.kind === 'starred');
  const items = star < 0 ? yield* takeFirst(iterator, targets.length + 1) : yield* ctx.collect(iterator);
  if (star < 0 ? items.length !== targets.length : items.length < targets.length - 1) {
    const few = items.length < targets.length;
    ctx.raise(
      'ValueError',
      few
        ? `not enough values to unpack (expected ${star < 0 ? '' : 'at least '}${star < 0 ? targets.length : targets.length - 1}, got ${items.length})`
        : `too many values to unpack (expected ${targets.length})`,
    );
  }
  const after = star < 0 ? 0 : targets.length - star - 1;
  for (const [index, target] of targets.entries()) {
    if (index === star) {
      yield* assign(ctx, target, new PyList(items.slice(star, items.length - after)), scope);
    } else {
      const at = star >= 0 && index > star ? items.length - (targets.length - index) : index;
      yield* assign(ctx, target, items[at] ?? null, scope);
    }
  }
}

/** At most `most` items: an iterator need not end. */
function* takeFirst(iterator: PyIterator, most: number): Eval<PyValue[]> {
  const items: PyValue[] = [];
  while (items.length < most) {
    const item = yield* iterator.step();
    if (item === undefined) break;
    items.push(item);
  }
  return items;
}

function* augmentedAssignment(
  ctx: Interpreter,
  statement: Extract<Stmt, { kind: 'augmented' }>,
  scope: Scope,
): Eval<void> {
  const { target, operator } = statement;
  if (target.kind === 'attribute') {
    const object = yield* evaluate(ctx, target.object, scope);
    const old = yield* ctx.attribute(object, target.name);
    const value = yield* evaluate(ctx, statement.value, scope);
    ctx.span = statement.span;
    ctx.setattr(object, target.name, binaryOperation(ctx, operator, old, value, true));
  } else if (target.kind === 'subscript') {
    const object = yield* evaluate(ctx, target.object, scope);
    const index = yield* evaluate(ctx, target.index, scope);
    const old = yield* getItem(ctx, object, index);
    const value = yield* evaluate(ctx, statement.value, scope);
    ctx.span = statement.span;
    yield* setItem(ctx, object, index, binaryOperation(ctx, operator, old, value, true));
  } else {
    const old = yield* evaluate(ctx, target, scope);
    const value = yield* evaluate(ctx, statement.value, scope);
    ctx.span = statement.span;
    const result = binaryOperation(ctx, operator, old, value, true);
    yield* assign(ctx, target, result, scope);
    ctx.tracer?.onValue('statement', statement.span, result);
  }
}

/** The branch that a condition takes. */
export function* branchOf(ctx: Interpreter, statement: IfStatement, scope: Scope): Eval<readonly Stmt[]> {
  try {
    const condition = yield* evaluate(ctx, statement.condition, scope);
    ctx.span = statement.condition.span;
    return ctx.truth(condition) ? statement.consequence : statement.otherwise;
  } catch (error) {
    const body =
      uncheckedBranch(statement, error, ctx.catching > 0) ?? (yield* drawnBranch(ctx, statement, error, scope));
    if (body === undefined) throw error;
    return body;
  }
}

function* forLoop(ctx: Interpreter, statement: Extract<Stmt, { kind: 'for' }>, scope: Scope): Eval<Outcome> {
  const iterable = yield* evaluate(ctx, statement.iterable, scope);
  ctx.span = statement.iterable.span;
  const iterator = yield* ctx.iterate(iterable);
  for (;;) {
    if (ctx.meter.step()) yield* ctx.pause();
    const item = yield* iterator.step();
    if (item === undefined) return yield* execute(ctx, statement.otherwise, scope);
    yield* assign(ctx, statement.target, item, scope);
    const outcome = yield* execute(ctx, statement.body, scope);
    if (outcome === 'break') return undefined;
    if (outcome instanceof Return) return outcome;
  }
}

/** What cannot be known, of a tensor's values for one, is taken to hold: an assert guards, it does not choose. */
function* holds(ctx: Interpreter, condition: Expr, scope: Scope): Eval<boolean> {
  try {
    const value = yield* evaluate(ctx, condition, scope);
    return value instanceof Unknown || ctx.truth(value);
  } catch (error) {
    if (error instanceof ExtractionError && error.kind === 'unsupported') return true;
    throw error;
  }
}

type IfStatement = Extract<Stmt, { kind: 'if' }>;
type TryStatement = Extract<Stmt, { kind: 'try' }>;

function* tryStatement(ctx: Interpreter, statement: TryStatement, scope: Scope): Eval<Outcome> {
  let outcome: Outcome;
  try {
    let failed = false;
    try {
      outcome = yield* tryBody(ctx, statement, scope);
    } catch (error) {
      if (!(error instanceof PythonError)) throw error;
      failed = true;
      outcome = yield* handle(ctx, statement, error, scope);
    }
    // What fails there is not for this statement's handlers.
    if (!failed && outcome === undefined) outcome = yield* execute(ctx, statement.otherwise, scope);
  } catch (error) {
    if (error instanceof PythonError) {
      exceptionObject(ctx, error);
      const last = yield* whileHandling(ctx, error, () => execute(ctx, statement.last, scope));
      if (last !== undefined) return last;
    }
    throw error;
  }
  const last = yield* execute(ctx, statement.last, scope);
  return last ?? outcome;
}

/** The body of a `try`; a module that is missing is an error in it only where a handler is made for that. */
function* tryBody(ctx: Interpreter, { body, handlers }: TryStatement, scope: Scope): Eval<Outcome> {
  const imports = body.some(({ kind }) => kind === 'import' || kind === 'from');
  const expects = handlers.some(({ type }) => expectsMissing(type, imports)) ? 1 : 0;
  ctx.expectMissing += expects;
  ctx.catching += handlers.length > 0 ? 1 : 0;
  try {
    return yield* execute(ctx, body, scope);
  } catch (error) {
    throw handlers.length > 0 ? traceGuarded(error) : error;
  } finally {
    ctx.expectMissing -= expects;
    ctx.catching -= handlers.length > 0 ? 1 : 0;
  }
}

/** @param imports whether the body has an import of its own: a handler of anything is made for that alone then */
function expectsMissing(type: Expr | undefined, imports: boolean): boolean {
  if (type?.kind === 'tuple') return type.items.some((each) => expectsMissing(each, imports));
  if (type === undefined) return imports;
  return type.kind === 'name' && (MISSING.test(type.name) || (imports && ANYTHING.test(type.name)));
}

const MISSING = /^(ImportError|ModuleNotFoundError)$/;
const ANYTHING = /^(Exception|BaseException)$/;

function* handle(ctx: Interpreter, statement: TryStatement, error: PythonError, scope: Scope): Eval<Outcome> {
  const instance = exceptionObject(ctx, error);
  for (const handler of statement.handlers) {
    if (handler.type) {
      const type = yield* evaluate(ctx, handler.type, scope);
      const types = type instanceof PyTuple ? type.items : [type];
      if (!types.some((cls) => cls instanceof PyClass && ctx.isInstance(instance, cls))) continue;
    }
    if (handler.name) scope.assign(handler.name, instance);
    try {
      return yield* whileHandling(ctx, error, () => execute(ctx, handler.body, scope));
    } finally {
      if (handler.name) scope.delete(handler.name);
    }
  }
  throw error;
}

/** The Python object of an exception that has come here; what is being handled is its context. */
function exceptionObject(ctx: Interpreter, error: PythonError): PyInstance {
  const instance = instanceOf(error, ctx.classes.exceptions);
  error.range ??= ctx.range;
  const around = ctx.handling.at(-1)?.instance;
  if (around && around !== instance && !instance.fields.has('__context__')) instance.fields.set('__context__', around);
  return instance;
}

/** Runs what handles an exception: those that are raised there have it as their context. */
function* whileHandling<T>(ctx: Interpreter, error: PythonError, body: () => Eval<T>): Eval<T> {
  ctx.handling.push(error);
  try {
    return yield* body();
  } catch (other) {
    if (other instanceof PythonError) exceptionObject(ctx, other);
    throw other;
  } finally {
    ctx.handling.pop();
  }
}

function* withStatement(
  ctx: Interpreter,
  statement: Extract<Stmt, { kind: 'with' }>,
  scope: Scope,
  index: number,
): Eval<Outcome> {
  const item = statement.items[index];
  if (!item) return yield* execute(ctx, statement.body, scope);
  const manager = yield* evaluate(ctx, item.value, scope);
  ctx.span = item.value.span;
  if (manager instanceof Unknown) {
    if (item.target) yield* assign(ctx, item.target, manager, scope);
    return yield* withStatement(ctx, statement, scope, index + 1);
  }
  const entered = yield* ctx.run(yield* ctx.attribute(manager, '__enter__'));
  const exit = yield* ctx.attribute(manager, '__exit__');
  if (item.target) yield* assign(ctx, item.target, entered, scope);
  let outcome: Outcome;
  try {
    outcome = yield* withStatement(ctx, statement, scope, index + 1);
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    const instance = exceptionObject(ctx, error);
    const swallowed = yield* whileHandling(ctx, error, () => ctx.run(exit, [instance.cls, instance, null]));
    if (ctx.truth(swallowed)) return undefined;
    throw error;
  }
  yield* ctx.run(exit, [null, null, null]);
  return outcome;
}

function* raiseStatement(ctx: Interpreter, statement: Extract<Stmt, { kind: 'raise' }>, scope: Scope): Eval<never> {
  if (!statement.value) {
    const current = ctx.handling.at(-1);
    if (current) throw current;
    return ctx.raise('RuntimeError', 'No active exception to reraise');
  }
  let value = yield* evaluate(ctx, statement.value, scope);
  ctx.span = statement.span;
  if (value instanceof PyClass) value = yield* ctx.run(value);
  if (value instanceof Unknown)
    return ctx.error('unsupported', say('This raises an exception, and {0}', sentence(value.reason)), value);
  const error = traceWritten(errorFor(value, (item) => ctx.str(item)));
  if (statement.cause && value instanceof PyInstance) {
    let cause = yield* evaluate(ctx, statement.cause, scope);
    if (cause instanceof PyClass) cause = yield* ctx.run(cause);
    if (cause !== null && !(cause instanceof PyInstance && cause.fields.has('args'))) {
      ctx.raise('TypeError', 'exception causes must derive from BaseException');
    }
    value.fields.set('__cause__', cause);
    value.fields.set('__suppress_context__', true);
  }
  throw error;
}

function* deleteTarget(ctx: Interpreter, target: Expr, scope: Scope): Eval<void> {
  if (target.kind === 'name') {
    if (!scope.delete(target.name)) ctx.raise('NameError', `name '${target.name}' is not defined`);
  } else if (target.kind === 'attribute') {
    ctx.delattr(yield* evaluate(ctx, target.object, scope), target.name);
  } else if (target.kind === 'subscript') {
    const object = yield* evaluate(ctx, target.object, scope);
    yield* deleteItem(ctx, object, yield* evaluate(ctx, target.index, scope));
  } else if (target.kind === 'tuple' || target.kind === 'list') {
    for (const item of target.items) yield* deleteTarget(ctx, item, scope);
  }
}
