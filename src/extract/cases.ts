/** What tests are run with where decorators tell: `@parameterized.expand(CASES)`, `@pytest.mark.parametrize('width', [8, 16])`. */
import { itemAt } from '../graph/access';
import type { Eval } from '../python/natives/context';
import { evaluate } from '../python/run/expressions';
import type { Interpreter } from '../python/run/interpreter';
import type { Expr, FunctionCode, Program, Stmt } from '../python/syntax/ast';
import { walk } from '../python/syntax/survey';
import type { Scope } from '../python/values/scope';
import { PyList, PyTuple, type PyValue } from '../python/values/values';
import { isTolerable } from './configs';
import { type CallSite, callSites, lastName, ownName } from './slice';

/** What a test is run with once, by its parameters. */
export type TestCase = ReadonlyMap<string, PyValue>;

const DECORATORS = /^(parametrize|expand|product|named_parameters|parameters)$/;

/** Cases of a table that are looked at: some have hundreds. */
const MOST = 64;

type DecoratorCall = Extract<Expr, { kind: 'call' }>;

const tablesOf = (decorators: readonly Expr[]): DecoratorCall[] =>
  decorators.filter(
    (each): each is DecoratorCall => each.kind === 'call' && DECORATORS.test(lastName(each.callee) ?? ''),
  );

/** Whether a function is run with the cases of a table. */
export const hasCases = (statement: Extract<Stmt, { kind: 'function' }>): boolean =>
  tablesOf(statement.decorators).length > 0;

/** Whether a program calls something by its name, or may hand it to tests by a table. */
export function isCalled({ body }: Program, name: string): boolean {
  if (callSites(body, ownName(name)).length > 0) return true;
  for (const node of walk(body)) if (node.kind === 'function' && hasCases(node)) return true;
  return false;
}

/** Calls, in tests that are run with the cases of a table, of what that table gives them: `net(**net_args)`. */
export function casedSites(body: readonly Stmt[]): CallSite[] {
  const names = new Set<string>();
  for (const node of walk(body))
    if (node.kind === 'function' && hasCases(node)) for (const { name } of node.code.parameters) names.add(name);
  return [...names].flatMap((name) =>
    callSites(body, name).filter(({ call, around }) => {
      const inner = around.at(-1);
      const isParameter = inner?.code.parameters.some((each) => each.name === name) === true;
      return isParameter && call.callee.kind === 'name' && hasCases(inner.statement);
    }),
  );
}

/** The cases that a function is run with, as far as they are known. */
export function* casesOf(
  ctx: Interpreter,
  statement: Extract<Stmt, { kind: 'function' }>,
  /** Whether its first parameter is the object that it is a method of. */
  isMethod: boolean,
  scope: Scope,
): Eval<readonly TestCase[]> {
  let cases: readonly TestCase[] = [];
  for (const decorator of tablesOf(statement.decorators)) {
    const own = yield* casesIn(ctx, decorator, namesOf(statement.code, isMethod), scope);
    // Tables that are crossed: the first of each is one case.
    if (cases.length === 0) cases = own;
    else if (own[0]) cases = cases.map((each) => new Map([...each, ...(own[0] ?? [])]));
  }
  return cases;
}

const namesOf = ({ parameters }: FunctionCode, isMethod: boolean): string[] =>
  parameters.slice(isMethod ? 1 : 0).map(({ name }) => name);

function* casesIn(ctx: Interpreter, decorator: DecoratorCall, all: readonly string[], scope: Scope): Eval<TestCase[]> {
  const plain = decorator.args.filter(({ form }) => form === 'plain').map(({ value }) => value);
  const given = (name: string) => decorator.args.find((each) => each.form === 'keyword' && each.name === name)?.value;
  const byName = lastName(decorator.callee) === 'parametrize';
  const table = byName ? (plain[1] ?? given('argvalues')) : plain[0];
  if (!table) return [];
  try {
    const written = byName ? (plain[0] ?? given('argnames')) : undefined;
    const told = written ? yield* evaluate(ctx, written, scope) : undefined;
    const names = told === undefined ? all : yield* namesIn(ctx, told);
    // Of one name in a text each value is the whole case.
    const isBare = typeof told === 'string' && names.length === 1;
    const value = yield* evaluate(ctx, table, scope);
    const rows = itemsOf(value) ?? (yield* ctx.collect(value));
    return rows.slice(0, MOST).flatMap((row) => caseOf(names, row, isBare) ?? []);
  } catch (error) {
    if (!isTolerable(error)) throw error;
    return [];
  }
}

/** `'width, depth'`, `['width', 'depth']` */
function* namesIn(ctx: Interpreter, value: PyValue): Eval<string[]> {
  if (typeof value === 'string') return value.split(',').map((name) => name.trim());
  return (yield* ctx.collect(value)).filter((name): name is string => typeof name === 'string');
}

function caseOf(names: readonly string[], row: PyValue, isBare: boolean): TestCase | undefined {
  const values = isBare ? [row] : (itemsOf(row) ?? [row]);
  if (values.length > names.length) return undefined;
  return new Map(values.map((value, index) => [itemAt(names, index), value]));
}

const itemsOf = (value: PyValue): readonly PyValue[] | undefined =>
  value instanceof PyList || value instanceof PyTuple ? value.items : undefined;
