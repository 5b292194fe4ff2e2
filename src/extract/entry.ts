import type { SourceRange } from '../graph/types';
import { say } from '../language/say';
import type { Eval } from '../python/natives/context';
import { ExtractionError } from '../python/natives/errors';
import { evaluate, evaluateArguments } from '../python/run/expressions';
import { loadModule } from '../python/run/imports';
import type { Interpreter } from '../python/run/interpreter';
import type { Expr, Program, Stmt } from '../python/syntax/ast';
import { mainBlock, walk } from '../python/syntax/survey';
import { PyFunction, Scope } from '../python/values/scope';
import { PyClass, type PyInstance, PyTuple, PythonError, type PyValue, Unknown } from '../python/values/values';
import { framework } from '../torch/framework';

/** A class or builder needs an argument that nothing in the file gives. */
export class NeedsArgument extends Error {
  override name = 'NeedsArgument';
  constructor(
    readonly callee: string,
    readonly parameters: readonly string[],
    readonly range: SourceRange | undefined,
    /** What was asked for: `Net`, `Net(3)`. */
    private readonly text: string,
  ) {
    super(`${callee} needs ${parameters.join(', ')}`);
  }

  /** The call with places for what is missing: `Net(3, num_classes=)`. */
  get draft(): string {
    const given = /\((.*?),?\s*\)\s*$/s.exec(this.text)?.[1] ?? '';
    const missing = this.parameters.map((name) => `${name}=`);
    return `${this.callee}(${[given.trim(), ...missing].filter(Boolean).join(', ')})`;
  }
}

/** A model's own name is nowhere in the file, or is no model. */
export class NoModel extends Error {
  override name = 'NoModel';
}

/** The file's own scope, and what its `__main__` block sets to plain values. */
export function* enter(ctx: Interpreter, program: Program, name: string): Eval<Scope> {
  const module = yield* loadModule(ctx, program, name);
  const scope = new Scope('function', new Scope('module', undefined, module), module);
  yield* ctx.runInFile(program.file, function* (): Eval<null> {
    for (const statement of mainBlock(program.body)) {
      if (statement.kind !== 'assign' || !isPlain(statement.value)) continue;
      try {
        const value = yield* evaluate(ctx, statement.value, scope);
        for (const target of statement.targets) if (target.kind === 'name') scope.names.set(target.name, value);
      } catch (error) {
        // A value that is not known here is not needed here.
        if (!(error instanceof PythonError) && !(error instanceof ExtractionError && error.kind === 'unsupported'))
          throw error;
      }
    }
    return null;
  });
  return scope;
}

/** Whether an expression only puts values together: no call, so nothing is built or run. */
function isPlain(expr: Expr): boolean {
  for (const node of walk(expr)) {
    if (node.kind === 'call' || node.kind === 'comprehension' || node.kind === 'lambda' || node.kind === 'broken')
      return false;
  }
  return true;
}

/** Evaluates what the reader asked for, and calls it where it is a class or a function. */
export function* makeModel(
  ctx: Interpreter,
  program: Program,
  expression: Expr,
  text: string,
  scope: Scope,
): Eval<PyInstance> {
  let value: PyValue;
  const named = expression.kind === 'call' ? expression.callee : expression;
  const isKnown = (name: string): boolean => scope.lookup(name) !== undefined || ctx.builtins.has(name);
  // `from models import *` may have it.
  if (named.kind === 'name' && !isKnown(named.name) && scope.module.stars.length === 0) {
    throw new NoModel(say('There is no {0} in this file', named.name));
  }
  const callee = expression.kind === 'call' ? yield* evaluate(ctx, expression.callee, scope) : undefined;
  if (callee !== undefined && expression.kind === 'call') {
    const { args, keywords } = yield* evaluateArguments(ctx, expression.args, scope);
    const given = new Set(keywords?.keys() ?? []);
    const missing = requiredParameters(callee)
      .slice(args.length)
      .filter((name) => !given.has(name));
    if (missing.length > 0) {
      throw new NeedsArgument(text.replace(/\(.*$/s, ''), missing, placeOf(callee, program), text);
    }
    value = yield* ctx.run(callee, args, keywords);
  } else value = yield* evaluate(ctx, expression, scope);
  if (value instanceof Unknown) return ctx.refuseUnknown(value, text);
  if (value instanceof PyClass || value instanceof PyFunction) {
    value = yield* callWithKnown(ctx, program, value, text, scope);
  }
  if (value instanceof PyTuple) value = value.items.find((item) => framework.isModule(ctx, item)) ?? value;
  if (value instanceof Unknown) return ctx.refuseUnknown(value, text);
  if (!framework.isModule(ctx, value)) throw new NoModel(say('{0} is not a torch.nn.Module', text));
  return value;
}

/** Calls a class or builder with its defaults, else with the arguments of a call in the file. */
function* callWithKnown(
  ctx: Interpreter,
  program: Program,
  callee: PyClass | PyFunction,
  text: string,
  scope: Scope,
): Eval<PyValue> {
  const required = requiredParameters(callee);
  if (required.length === 0) return yield* ctx.run(callee);
  const name = callee instanceof PyClass ? callee.name : callee.code.name;
  for (const call of callsOf(program.body, name)) {
    try {
      const { args, keywords } = yield* evaluateArguments(ctx, call.args, scope);
      if ([...args, ...(keywords?.values() ?? [])].some((value) => value instanceof Unknown)) continue;
      ctx.span = call.span;
      ctx.note(say('{0} is built with the arguments of this call', name));
      return yield* ctx.run(callee, args, keywords);
    } catch (error) {
      if (!(error instanceof PythonError) || error.type !== 'NameError') throw error;
    }
  }
  throw new NeedsArgument(text, required, placeOf(callee, program), text);
}

/** Calls of `name` outside the functions and classes of the file first, then all. */
function callsOf(body: readonly Stmt[], name: string): Extract<Expr, { kind: 'call' }>[] {
  const found: Extract<Expr, { kind: 'call' }>[] = [];
  for (const deep of [false, true]) {
    for (const node of walk(body, deep)) {
      if (node.kind === 'call' && node.callee.kind === 'name' && node.callee.name === name && !found.includes(node)) {
        found.push(node);
      }
    }
  }
  return found;
}

/** Names of positional and keyword parameters without a default, `self` left out. */
export function requiredParameters(callee: PyValue): string[] {
  const initialise = callee instanceof PyClass ? callee.lookup('__init__') : callee;
  if (!(initialise instanceof PyFunction)) return [];
  const own = callee instanceof PyClass ? initialise.parameters.slice(1) : initialise.parameters;
  return own
    .filter((p) => p.default === undefined && p.kind !== 'varargs' && p.kind !== 'varkeywords')
    .map((p) => p.name);
}

function placeOf(callee: PyValue, program: Program): SourceRange | undefined {
  if (callee instanceof PyClass) return callee.range;
  if (!(callee instanceof PyFunction)) return undefined;
  for (const node of walk(program.body)) {
    if (node.kind === 'function' && node.code === callee.code) return { file: program.file, ...node.span };
  }
  return undefined;
}
