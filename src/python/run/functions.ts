import type { Eval } from '../natives/context';
import { bind, type Parameter } from '../natives/parameters';
import type { Expr, FunctionCode } from '../syntax/ast';
import { PyFunction, Scope } from '../values/scope';
import { type Keywords, PyLate, PyTuple, type PyValue } from '../values/values';
import { evaluate } from './expressions';
import type { Interpreter } from './interpreter';
import { execute, Return } from './statements';

/** `def` or `lambda`: defaults are evaluated now. */
export function* makeFunction(ctx: Interpreter, code: FunctionCode, scope: Scope): Eval<PyFunction> {
  const parameters: Parameter[] = [];
  const late = new Map<string, Expr>();
  for (const parameter of code.parameters) {
    const { name, kind } = parameter;
    const written: Expr | undefined = parameter.default;
    if (!written) parameters.push({ name, kind });
    else if (waits(written, scope)) {
      late.set(name, written);
      parameters.push({ name, kind, default: null });
    } else parameters.push({ name, kind, default: yield* evaluate(ctx, written, scope) });
  }
  const made = new PyFunction(code, parameters, scope, scope.qualifiedName(code.name));
  if (late.size > 0) made.lateDefaults = late;
  return made;
}

/** Whether an expression is a part of something imported that nothing has used so far. */
function waits(expr: Expr, scope: Scope): boolean {
  let root = expr;
  while (root.kind === 'attribute') root = root.object;
  const found = root.kind === 'name' ? scope.lookup(root.name) : undefined;
  return found instanceof PyLate && found.value === undefined;
}

function* settleDefaults(ctx: Interpreter, fn: PyFunction, late: ReadonlyMap<string, Expr>): Eval<void> {
  fn.lateDefaults = undefined;
  const values = new Map<string, PyValue>();
  yield* ctx.runInFile(fn.scope.module.file ?? ctx.file, function* (): Eval<null> {
    for (const [name, expr] of late) values.set(name, yield* evaluate(ctx, expr, fn.scope));
    return null;
  });
  fn.parameters = fn.parameters.map((each) => {
    const value = values.get(each.name);
    return value === undefined ? each : { ...each, default: value };
  });
}

/** Calls a function defined in Python. */
export function* callFunction(
  ctx: Interpreter,
  fn: PyFunction,
  args: readonly PyValue[],
  keywords: Keywords | undefined,
): Eval<PyValue> {
  const { around } = fn;
  return yield* around ? around(() => callPlain(ctx, fn, args, keywords)) : callPlain(ctx, fn, args, keywords);
}

function* callPlain(
  ctx: Interpreter,
  fn: PyFunction,
  args: readonly PyValue[],
  keywords: Keywords | undefined,
): Eval<PyValue> {
  if (fn.results) {
    const { results } = fn;
    const key = new PyTuple([...args, ...[...(keywords ?? [])].flat()]);
    const known = results.get(key);
    if (known !== undefined) return known;
    const result = yield* callBody(ctx, fn, args, keywords);
    results.set(key, result);
    return result;
  }
  return yield* callBody(ctx, fn, args, keywords);
}

function* callBody(
  ctx: Interpreter,
  fn: PyFunction,
  args: readonly PyValue[],
  keywords: Keywords | undefined,
): Eval<PyValue> {
  if (fn.note) ctx.graph.note(fn.note);
  fn.note = undefined;
  if (fn.lateDefaults) yield* settleDefaults(ctx, fn, fn.lateDefaults);
  const bound = bind(fn.qualifiedName, fn.parameters, args, keywords);
  const scope = new Scope('function', fn.scope, fn.scope.module, fn.code);
  scope.owner = `${fn.qualifiedName}.<locals>.`;
  for (const [name, value] of bound.values) scope.names.set(name, value);
  const first = fn.parameters[0];
  if (first && fn.scope.kind === 'class') scope.self = bound.values.get(first.name);
  const file = fn.scope.module.file ?? ctx.file;
  if (fn.code.generator) {
    return ctx.generator(file, () => runBody(ctx, fn.code, scope));
  }
  ctx.meter.enter(fn.qualifiedName);
  scope.caller = ctx.scope;
  try {
    const result = yield* ctx.runInFile(file, () => runBody(ctx, fn.code, scope));
    ctx.observer?.onReturn(fn, result, bound.values);
    return result;
  } finally {
    ctx.meter.leave();
    scope.caller = undefined;
  }
}

function* runBody(ctx: Interpreter, code: FunctionCode, scope: Scope): Eval<PyValue> {
  for (const { name, span } of ctx.tracer ? code.parameters : []) {
    const value = scope.names.get(name);
    if (span && value !== undefined) ctx.tracer?.onValue('name', span, value);
  }
  const outcome = yield* execute(ctx, code.body, scope);
  return outcome instanceof Return ? outcome.value : null;
}
