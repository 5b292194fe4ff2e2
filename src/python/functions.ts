import type { Expr, FunctionCode } from './ast';
import { evaluate } from './expressions';
import type { Interpreter } from './interpreter';
import { PyGenerator } from './iteration';
import type { Eval } from './native';
import { bind, type Parameter } from './parameters';
import { PyFunction, Scope } from './scope';
import { execute, Return } from './statements';
import type { Keywords, PyValue } from './values';

/** `def` or `lambda`: defaults are evaluated now. */
export function* makeFunction(ctx: Interpreter, code: FunctionCode, scope: Scope): Eval<PyFunction> {
  const parameters: Parameter[] = [];
  for (const parameter of code.parameters) {
    const { name, kind } = parameter;
    const written: Expr | undefined = parameter.default;
    parameters.push(written ? { name, kind, default: yield* evaluate(ctx, written, scope) } : { name, kind });
  }
  const owner = scope.kind === 'class' && scope.definingClassName ? `${scope.definingClassName}.` : '';
  return new PyFunction(code, parameters, scope, owner + code.name);
}

/** Calls a function defined in Python. */
export function* callFunction(
  ctx: Interpreter,
  fn: PyFunction,
  args: readonly PyValue[],
  keywords: Keywords | undefined,
): Eval<PyValue> {
  if (fn.note) ctx.graph.note(fn.note);
  fn.note = undefined;
  const bound = bind(fn.qualifiedName, fn.parameters, args, keywords);
  const scope = new Scope('function', fn.scope, fn.scope.module, fn.code);
  for (const [name, value] of bound.values) scope.names.set(name, value);
  const first = fn.parameters[0];
  if (first && fn.scope.kind === 'class') scope.self = bound.values.get(first.name);
  const file = fn.scope.module.file ?? ctx.file;
  if (fn.code.generator) {
    return new PyGenerator(ctx.within(file, () => runBody(ctx, fn.code, scope)));
  }
  ctx.meter.enter(fn.qualifiedName);
  try {
    return yield* ctx.within(file, () => runBody(ctx, fn.code, scope));
  } finally {
    ctx.meter.leave();
  }
}

function* runBody(ctx: Interpreter, code: FunctionCode, scope: Scope): Eval<PyValue> {
  const outcome = yield* execute(ctx, code.body, scope);
  return outcome instanceof Return ? outcome.value : null;
}
