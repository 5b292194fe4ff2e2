import { say } from '../../language/say';
import type { Eval, Obstacles } from '../natives/context';
import { ExtractionError } from '../natives/errors';
import type { CallArgument, Expr, FormatPart } from '../syntax/ast';
import { convert } from '../text/format';
import { formatValue } from '../text/formatSpec';
import { PyGenerator } from '../values/iteration';
import { Scope } from '../values/scope';
import {
  type Keywords,
  PyClass,
  PyDict,
  PyInstance,
  PyLate,
  PyList,
  PyModule,
  PySet,
  PySlice,
  PyTensor,
  PyTuple,
  PythonError,
  type PyValue,
  typeName,
  Unknown,
} from '../values/values';
import { findAttribute, isDeferred, moduleMember } from './attributes';
import { ENTRY } from './combine';
import { compare } from './comparisons';
import { arithmeticOf, isArithmetic } from './direct';
import { makeFunction } from './functions';
import type { Interpreter } from './interpreter';
import { settle, starMember } from './late';
import { binaryOperation, unaryOperation } from './operators';
import { assign } from './statements';
import { getItem } from './subscripts';
import { takesWeights, weightsFor } from './weights';

/** Constants and names need no generator of their own: most of what is evaluated. */
function leaf(ctx: Interpreter, expr: Expr, scope: Scope): PyValue | undefined {
  if (expr.kind === 'constant') return expr.value;
  if (expr.kind !== 'name') return undefined;
  const found = lookupName(ctx, expr, scope);
  return found instanceof PyLate ? found.value : found;
}

function lookupName(ctx: Interpreter, expr: Extract<Expr, { kind: 'name' }>, scope: Scope): PyValue {
  const own = scope.lookup(expr.name);
  if (own !== undefined) {
    if (ctx.tracer && own instanceof PyTensor) ctx.tracer.onValue('name', expr.span, own);
    return rememberReference(ctx, own, expr);
  }
  const found = ctx.builtins.get(expr.name);
  if (found !== undefined) return found;
  if (expr.name === '__class__' && scope.definingClass) return scope.definingClass;
  const { module } = scope;
  if (module.stars.length > 0) {
    return new PyLate(function* () {
      const starry = yield* starMember(ctx, module, expr.name);
      if (starry === undefined) throw new PythonError('NameError', `name '${expr.name}' is not defined`);
      return starry;
    });
  }
  ctx.span = expr.span;
  throw new PythonError('NameError', `name '${expr.name}' is not defined`);
}

/** A class that remembers where it was named keeps the first such place on its way through names and arguments. */
function rememberReference(ctx: Interpreter, value: PyValue, expr: Expr): PyValue {
  if (!(value instanceof PyClass) || !value.remembersReference || value.reference) return value;
  return value.withReference({ file: ctx.file, ...expr.span });
}

export function evaluate(ctx: Interpreter, expr: Expr, scope: Scope): Eval<PyValue> {
  return ctx.obstacles ? evaluateOrPass(ctx, ctx.obstacles, expr, scope) : evaluateOne(ctx, expr, scope);
}

function* evaluateOrPass(ctx: Interpreter, obstacles: Obstacles, expr: Expr, scope: Scope): Eval<PyValue> {
  try {
    return yield* evaluateOne(ctx, expr, scope);
  } catch (error) {
    return obstacles.pass(error);
  }
}

function* evaluateOne(ctx: Interpreter, expr: Expr, scope: Scope): Eval<PyValue> {
  if (ctx.meter.step()) yield* ctx.pause();
  switch (expr.kind) {
    case 'constant':
      return expr.value;
    case 'imaginary':
      return ctx.call(ctx.builtins.get('complex') ?? null, [0, expr.value]);
    case 'name': {
      const found = lookupName(ctx, expr, scope);
      return found instanceof PyLate ? rememberReference(ctx, yield* settle(ctx, found), expr) : found;
    }
    case 'attribute': {
      const object = leaf(ctx, expr.object, scope) ?? (yield* evaluate(ctx, expr.object, scope));
      ctx.span = expr.span;
      const found = findAttribute(ctx, object, expr.name);
      if (object instanceof PyModule && (found === undefined || isDeferred(found)))
        return yield* moduleMember(ctx, object, expr.name, found);
      if (isDeferred(found)) return yield* ctx.run(found.callee, found.args);
      if (found === undefined) throw ctx.attributeError(object, expr.name);
      if (found instanceof PyTensor) ctx.tracer?.onValue('name', expr.span, found);
      return rememberReference(ctx, found, expr);
    }
    case 'call':
      return yield* call(ctx, expr, scope);
    case 'subscript': {
      const object = leaf(ctx, expr.object, scope) ?? (yield* evaluate(ctx, expr.object, scope));
      const index = leaf(ctx, expr.index, scope) ?? (yield* evaluate(ctx, expr.index, scope));
      ctx.span = expr.span;
      return yield* getItem(ctx, object, index);
    }
    case 'slice':
      return new PySlice(
        expr.start ? yield* evaluate(ctx, expr.start, scope) : null,
        expr.stop ? yield* evaluate(ctx, expr.stop, scope) : null,
        expr.step ? yield* evaluate(ctx, expr.step, scope) : null,
      );
    case 'binary': {
      const left = leaf(ctx, expr.left, scope) ?? (yield* evaluate(ctx, expr.left, scope));
      const right = leaf(ctx, expr.right, scope) ?? (yield* evaluate(ctx, expr.right, scope));
      ctx.span = expr.span;
      return binaryOperation(ctx, expr.operator, left, right, false);
    }
    case 'unary': {
      const operand = yield* evaluate(ctx, expr.operand, scope);
      ctx.span = expr.span;
      return unaryOperation(ctx, expr.operator, operand);
    }
    case 'not': {
      const operand = yield* evaluate(ctx, expr.operand, scope);
      ctx.span = expr.span;
      return operand instanceof Unknown ? operand : !ctx.truth(operand);
    }
    case 'boolean': {
      const left = yield* evaluate(ctx, expr.left, scope);
      ctx.span = expr.left.span;
      if (ctx.truth(left) === (expr.operator === 'or')) return left;
      return yield* evaluate(ctx, expr.right, scope);
    }
    case 'compare': {
      let left = yield* evaluate(ctx, expr.left, scope);
      let result: PyValue = true;
      for (const [index, { operator, right }] of expr.rest.entries()) {
        const value = yield* evaluate(ctx, right, scope);
        ctx.span = expr.span;
        result = compare(ctx, operator, left, value);
        if (index < expr.rest.length - 1 && !ctx.truth(result)) return result;
        left = value;
      }
      return result;
    }
    case 'conditional': {
      const condition = yield* evaluate(ctx, expr.condition, scope);
      ctx.span = expr.condition.span;
      return yield* evaluate(ctx, ctx.truth(condition) ? expr.consequence : expr.otherwise, scope);
    }
    case 'lambda':
      return yield* makeFunction(ctx, expr.code, scope);
    case 'tuple':
      return new PyTuple(yield* items(ctx, expr.items, scope));
    case 'list':
      return new PyList(yield* items(ctx, expr.items, scope));
    case 'set':
      return new PySet(yield* items(ctx, expr.items, scope));
    case 'dict': {
      const dict = new PyDict();
      for (const { key, value } of expr.entries) {
        if (key) dict.set(yield* evaluate(ctx, key, scope), yield* evaluate(ctx, value, scope));
        else {
          const entries = mapping(ctx, yield* evaluate(ctx, value, scope));
          ctx.meter.container(entries.length, say('This dict'), ENTRY);
          for (const [name, item] of entries) dict.set(name, item);
        }
      }
      return dict;
    }
    case 'comprehension':
      return yield* comprehension(ctx, expr, scope);
    case 'fstring': {
      let text = '';
      for (const part of expr.parts) text += typeof part === 'string' ? part : yield* formatField(ctx, part, scope);
      return text;
    }
    case 'starred':
      throw new ExtractionError('syntax', "can't use starred expression here", ctx.range);
    case 'walrus': {
      const value = yield* evaluate(ctx, expr.value, scope);
      let owner = scope;
      while (owner.comprehension && owner.parent) owner = owner.parent;
      owner.assign(expr.name, value);
      return value;
    }
    case 'yield':
      return yield* yieldExpression(ctx, expr, scope);
    case 'await':
      return yield* evaluate(ctx, expr.value, scope);
    case 'broken':
      ctx.span = expr.span;
      throw new ExtractionError('syntax', say('This is not valid Python: {0}', expr.text.split('\n', 1)[0]), ctx.range);
  }
}

function* call(ctx: Interpreter, expr: Extract<Expr, { kind: 'call' }>, scope: Scope): Eval<PyValue> {
  if (expr.callee.kind === 'name' && expr.callee.name === 'super' && expr.args.length === 0) {
    return zeroArgumentSuper(ctx, scope);
  }
  const callee = leaf(ctx, expr.callee, scope) ?? (yield* evaluate(ctx, expr.callee, scope));
  const { args, keywords } = yield* (takesWeights(callee) ? weightsFor : evaluateArguments)(
    ctx,
    expr.args,
    scope,
    callee,
  );
  ctx.span = expr.span;
  ctx.scope = scope;
  const result = yield* ctx.run(callee, args, keywords);
  ctx.tracer?.onValue('call', expr.span, result, expr.callee.span);
  return result;
}

function zeroArgumentSuper(ctx: Interpreter, scope: Scope): PyValue {
  if (!scope.definingClass || scope.self === undefined) ctx.raise('RuntimeError', 'super(): no arguments');
  return ctx.makeSuper(scope.definingClass, scope.self ?? null);
}

export function* evaluateArguments(
  ctx: Interpreter,
  written: readonly CallArgument[],
  scope: Scope,
  /** What is called, for messages. */
  callee: PyValue = null,
): Eval<{ args: PyValue[]; keywords: Keywords | undefined }> {
  const args: PyValue[] = [];
  let keywords: Map<string, PyValue> | undefined;
  for (const argument of written) {
    const value = leaf(ctx, argument.value, scope) ?? (yield* evaluate(ctx, argument.value, scope));
    if (argument.form === 'plain') args.push(value);
    else if (argument.form === 'star')
      for (const item of yield* ctx.collect(value, afterStar(ctx, callee))) args.push(item);
    else {
      keywords ??= new Map();
      if (argument.form === 'keyword') keywords.set(argument.name, value);
      else {
        for (const [key, item] of mapping(ctx, value, () => calleeText(ctx, callee))) {
          const name = ctx.str(key);
          if (keywords.has(name)) {
            ctx.raise('TypeError', `${calleeText(ctx, callee)} got multiple values for keyword argument '${name}'`);
          }
          keywords.set(name, item);
        }
      }
    }
  }
  return { args, keywords };
}

/** How CPython names what is called. */
function calleeText(ctx: Interpreter, callee: PyValue): string {
  const module = ctx.lookup(callee, '__module__');
  const name = ctx.lookup(callee, '__qualname__');
  if (typeof name !== 'string') return `${typeName(callee)} object`;
  return `${typeof module === 'string' && module !== 'builtins' ? `${module}.` : ''}${name}()`;
}

const afterStar =
  (ctx: Interpreter, callee: PyValue) =>
  (name: string): string =>
    `${calleeText(ctx, callee)} argument after * must be an iterable, not ${name}`;

/** Entries of a mapping: what `**` takes. `callee` names what is called; absent in a dict. */
function mapping(ctx: Interpreter, value: PyValue, callee?: () => string): (readonly [PyValue, PyValue])[] {
  if (value instanceof PyDict) return value.entries();
  if (value instanceof Unknown) return ctx.refuseUnknown(value, say('these keyword arguments'));
  // A native whose entries are not known has this to say that they can't be arguments.
  const refusal = value instanceof PyInstance ? value.cls.lookup('__unpack__') : undefined;
  if (refusal !== undefined) ctx.call(refusal, [value]);
  if (value instanceof PyInstance && ctx.lookup(value, 'keys') !== undefined) {
    return ctx
      .list(ctx.call(ctx.getattr(value, 'keys')))
      .map((key) => [key, ctx.call(ctx.getattr(value, '__getitem__'), [key])] as const);
  }
  return ctx.raise(
    'TypeError',
    callee
      ? `${callee()} argument after ** must be a mapping, not ${typeName(value)}`
      : `'${typeName(value)}' object is not a mapping`,
  );
}

function* items(ctx: Interpreter, written: readonly Expr[], scope: Scope): Eval<PyValue[]> {
  const result: PyValue[] = [];
  for (const item of written) {
    if (item.kind === 'starred') {
      const given = yield* evaluate(ctx, item.value, scope);
      for (const each of yield* ctx.collect(given, (name) => `Value after * must be an iterable, not ${name}`))
        result.push(each);
    } else result.push(leaf(ctx, item, scope) ?? (yield* evaluate(ctx, item, scope)));
  }
  return result;
}

function* comprehension(ctx: Interpreter, expr: Extract<Expr, { kind: 'comprehension' }>, scope: Scope): Eval<PyValue> {
  const first = expr.clauses[0];
  if (!first) return null;
  const source = yield* evaluate(ctx, first.iterable, scope);
  ctx.span = first.iterable.span;
  const inner = new Scope('function', scope, scope.module);
  inner.comprehension = true;
  inner.self = scope.self;
  if (expr.form === 'generator') {
    return ctx.generator(scope.module.file ?? ctx.file, function* (): Eval<PyValue> {
      yield* loop(ctx, expr, 0, inner, source, function* (): Eval<void> {
        yield { kind: 'yield', value: yield* evaluate(ctx, expr.element, inner) };
      });
      return null;
    });
  }
  if (expr.form === 'dict') {
    const dict = new PyDict();
    const { value } = expr;
    yield* loop(ctx, expr, 0, inner, source, function* (): Eval<void> {
      const key = yield* evaluate(ctx, expr.element, inner);
      dict.set(key, value ? yield* evaluate(ctx, value, inner) : null);
    });
    return dict;
  }
  const result: PyValue[] = [];
  const isPlain = !ctx.obstacles && isArithmetic(expr.element);
  yield* loop(ctx, expr, 0, inner, source, function* (): Eval<void> {
    const number = isPlain ? arithmeticOf(ctx, expr.element, inner) : undefined;
    result.push(number ?? (yield* evaluate(ctx, expr.element, inner)));
    if ((result.length & 1023) === 0) ctx.meter.container(1024, say('This comprehension'));
    ctx.meter.requireSize(result.length, say('This comprehension'));
  });
  return expr.form === 'list' ? new PyList(result) : new PySet(result);
}

function* loop(
  ctx: Interpreter,
  expr: Extract<Expr, { kind: 'comprehension' }>,
  level: number,
  scope: Scope,
  source: PyValue,
  body: () => Eval<void>,
): Eval<void> {
  const clause = expr.clauses[level];
  if (!clause) return yield* body();
  const iterator = yield* ctx.iterate(source);
  next: for (;;) {
    if (ctx.meter.step()) yield* ctx.pause();
    const item = yield* iterator.step();
    if (item === undefined) return;
    yield* assign(ctx, clause.target, item, scope);
    for (const condition of clause.conditions) {
      if (!ctx.truth(yield* evaluate(ctx, condition, scope))) continue next;
    }
    const following = expr.clauses[level + 1];
    if (following) {
      yield* loop(ctx, expr, level + 1, scope, yield* evaluate(ctx, following.iterable, scope), body);
    } else yield* body();
  }
}

function* formatField(ctx: Interpreter, part: FormatPart, scope: Scope): Eval<string> {
  const value = yield* evaluate(ctx, part.value, scope);
  let specification = '';
  for (const piece of part.specification) {
    specification += typeof piece === 'string' ? piece : yield* formatField(ctx, piece, scope);
  }
  const conversion = part.conversion || (part.label && !specification ? 'r' : '');
  return part.label + formatValue(ctx, convert(ctx, value, conversion), specification);
}

function* yieldExpression(ctx: Interpreter, expr: Extract<Expr, { kind: 'yield' }>, scope: Scope): Eval<PyValue> {
  const value = expr.value ? yield* evaluate(ctx, expr.value, scope) : null;
  if (!expr.from) return yield { kind: 'yield', value };
  const iterator = yield* ctx.iterate(value);
  const inner = iterator instanceof PyGenerator ? iterator : undefined;
  let item = yield* iterator.step();
  while (item !== undefined) {
    let sent: PyValue;
    try {
      sent = yield { kind: 'yield', value: item };
    } catch (error) {
      // What is thrown in, or closes, is the inner generator's to take.
      if (!inner || !(error instanceof PythonError)) throw error;
      if (error.type === 'GeneratorExit') yield* inner.close();
      if (error.type === 'GeneratorExit') throw error;
      item = yield* inner.throwIn(error);
      continue;
    }
    item = yield* inner ? inner.send(sent) : sent === null ? iterator.step() : sendTo(ctx, value, sent);
  }
  return inner?.result ?? null;
}

/** `yield from` an object of a class with a `send` of its own. */
function* sendTo(ctx: Interpreter, iterator: PyValue, sent: PyValue): Eval<PyValue | undefined> {
  try {
    return yield* ctx.run(yield* ctx.attribute(iterator, 'send'), [sent]);
  } catch (error) {
    if (error instanceof PythonError && error.type === 'StopIteration') return undefined;
    throw error;
  }
}
