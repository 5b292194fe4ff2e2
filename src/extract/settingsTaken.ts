/** What is read of settings by what takes them, and by what those are handed on to: `return Net(config)`. */
import type { Eval } from '../python/natives/context';
import { evaluate } from '../python/run/expressions';
import type { Interpreter } from '../python/run/interpreter';
import type { Expr, FunctionCode } from '../python/syntax/ast';
import { PyFunction, type Scope } from '../python/values/scope';
import { PyClass, type PyValue } from '../python/values/values';
import { type Callee, codeOf, functionOf, isCallee, parametersOf } from './callee';
import { isTolerable } from './configs';
import { type HandedOn, pathsUsed, takersOf } from './settingPaths';

/** What is looked into, and with fewer paths than how many it is needed. */
const MOST = 24;
const ENOUGH = 3;

interface Taker {
  readonly callee: Callee;
  /** The constructor that takes it, where it is that of a base. */
  readonly above?: FunctionCode | undefined;
  readonly parameter: string;
  /** The part of the settings that it takes. */
  readonly path: readonly string[];
}

/** The paths that code reads of its one object of settings; where it reads few itself, with those of what it hands it on to. */
export function* pathsTaken(ctx: Interpreter, callee: Callee, name: string): Eval<Set<string>> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const codes: FunctionCode[] = [];
  const open: Taker[] = [{ callee, parameter: name, path: [] }];
  for (let taker = open.shift(); taker && seen.size < MOST; taker = open.shift()) {
    const { callee: own, parameter, path } = taker;
    const code = taker.above ?? codeOf(own);
    if (!code) continue;
    if (!codes.includes(code)) codes.push(code);
    const key = `${codes.indexOf(code)} ${parameter} ${path.join('.')}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const { read, handed } = pathsUsed(takersOf(own, code, parameter), parameter);
    for (const each of read) found.add([...path, each].join('.'));
    if (seen.size === 1 && read.size >= ENOUGH) break;
    for (const each of handed) {
      const next = yield* takerOf(ctx, own, each);
      if (next) open.push({ ...next, path: [...path, ...each.path] });
    }
  }
  const isPartOf = (path: string): boolean => [...found].some((other) => other.startsWith(`${path}.`));
  return new Set([...found].filter((path) => !isPartOf(path)));
}

/** What settings are handed on to, and as which of its parameters. */
function* takerOf(
  ctx: Interpreter,
  own: Callee,
  { callee, within, at }: HandedOn,
): Eval<Omit<Taker, 'path'> | undefined> {
  const found = methodOf(own, callee, within) ?? (yield* meaningOf(ctx, scopeOf(own, within), callee, within));
  if (!isCallee(found)) return undefined;
  // A method's first is the object itself.
  const parameters = parametersOf(found).slice(
    found instanceof PyFunction && callee.kind === 'attribute' && isOwn(callee.object) ? 1 : 0,
  );
  const parameter = typeof at === 'string' ? at : parameters[at]?.name;
  if (parameter === undefined || !parameters.some((each) => each.name === parameter)) return undefined;
  const isAbove = found instanceof PyFunction && found.code.name === '__init__' && own instanceof PyClass;
  return isAbove ? { callee: own, above: found.code, parameter } : { callee: found, parameter };
}

/** `self.make(config)`, `super().__init__(config)` */
function methodOf(own: Callee, callee: Expr, within: FunctionCode): PyValue | undefined {
  if (!(own instanceof PyClass) || callee.kind !== 'attribute' || !isOwn(callee.object)) return undefined;
  if (callee.object.kind === 'name') return own.lookup(callee.name);
  const holder = own.mro.findIndex(({ members }) => [...members.values()].some((each) => isCode(each, within)));
  return own.mro
    .slice(holder + 1)
    .find(({ members }) => members.has(callee.name))
    ?.members.get(callee.name);
}

const isOwn = (object: Expr): boolean =>
  object.kind === 'name'
    ? object.name === 'self'
    : object.kind === 'call' && object.callee.kind === 'name' && object.callee.name === 'super';

const isCode = (value: PyValue, code: FunctionCode): value is PyFunction =>
  value instanceof PyFunction && value.code === code;

/** Where the names of some code of a class or a function are looked up. */
function scopeOf(own: Callee, within: FunctionCode): Scope | undefined {
  if (!(own instanceof PyClass)) return functionOf(own)?.scope;
  for (const { members } of own.mro) for (const each of members.values()) if (isCode(each, within)) return each.scope;
  return undefined;
}

/** What a name of a file means, `models.Net` as well. */
function* meaningOf(
  ctx: Interpreter,
  scope: Scope | undefined,
  expr: Expr,
  { parameters }: FunctionCode,
): Eval<PyValue | undefined> {
  let root = expr;
  while (root.kind === 'attribute') root = root.object;
  if (!scope || root.kind !== 'name') return undefined;
  const { name } = root;
  if (parameters.some((each) => each.name === name)) return undefined;
  try {
    return yield* evaluate(ctx, expr, scope);
  } catch (error) {
    if (!isTolerable(error)) throw error;
    return undefined;
  }
}
