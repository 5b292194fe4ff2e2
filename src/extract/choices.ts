/** What a builder is told so that it makes a certain class: `if args.model == 'small': return Small()`, `{'small': Small}[name]`. */
import type { Expr, FunctionCode, Program, Stmt } from '../python/syntax/ast';
import { walk } from '../python/syntax/survey';
import { lastName, topLevelStatements } from './slice';

/** A parameter, or a part of one by its path, and what it has to be. */
export interface MakingChoice {
  readonly name: string;
  readonly text: string;
}

/** Tables of a file by their names: `MODELS = {'small': Small}`. */
type Tables = ReadonlyMap<string, Extract<Expr, { kind: 'dict' }>>;

/** What a function of a program is told so that it comes to one of some names; undefined where it does not choose by a text. */
export function choiceOf(program: Program, code: FunctionCode, names: ReadonlySet<string>): MakingChoice | undefined {
  const parameters = new Set(code.parameters.map(({ name }) => name));
  const tables = tablesIn([...program.body, ...code.body]);
  const chosen = (expr: Expr, text: string): MakingChoice | undefined => {
    const path = pathOf(expr);
    const [root] = path ?? [];
    return path && root !== undefined && parameters.has(root) ? { name: path.join('.'), text } : undefined;
  };
  for (const node of walk(code.body, false)) {
    if (node.kind === 'if' && mentions(node.consequence, names)) {
      for (const [expr, text] of comparisonsIn(node.condition)) {
        const found = chosen(expr, text);
        if (found) return found;
      }
    }
    const [table, key] = lookedUp(node, tables);
    const text = table && key ? keyOf(table, names) : undefined;
    const found = key && text !== undefined ? chosen(key, text) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** Tables at a file's own level that have one of the names, and under which key: `ENCODERS = {'b0': {'encoder': Encoder}}`. */
export function tablesWith(program: Program, names: ReadonlySet<string>): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, table] of tablesIn([...topLevelStatements(program.body)])) {
    const key = keyOf(table, names);
    if (key !== undefined) found.set(name, key);
  }
  return found;
}

/** Functions of a program that look a parameter up in a table, or in what holds all of it: by which parameter. */
export function readersOf(program: Program, table: string): ReadonlyMap<string, string> {
  const tables = new Set([table]);
  const statements = [...topLevelStatements(program.body)];
  for (const statement of statements) {
    const value = statement.kind === 'expression' || statement.kind === 'assign' ? statement.value : undefined;
    if (!value || !mentions(value, tables)) continue;
    // `ENCODERS.update(resnets)`, `ENCODERS = {**resnets, **others}`
    const holder =
      statement.kind === 'assign'
        ? statement.targets[0]
        : value.kind === 'call' && value.callee.kind === 'attribute' && value.callee.name === 'update'
          ? value.callee.object
          : undefined;
    if (holder?.kind === 'name' && (value.kind === 'dict' || value.kind === 'call')) tables.add(holder.name);
  }
  const found = new Map<string, string>();
  for (const statement of statements) {
    if (statement.kind !== 'function') continue;
    const parameters = new Set(statement.code.parameters.map(({ name }) => name));
    for (const node of walk(statement.code.body, false)) {
      if (node.kind !== 'subscript' || node.object.kind !== 'name' || !tables.has(node.object.name)) continue;
      const path = pathOf(node.index);
      const [root] = path ?? [];
      if (path && root !== undefined && parameters.has(root)) found.set(statement.code.name, path.join('.'));
    }
  }
  return found;
}

function tablesIn(body: readonly Stmt[]): Tables {
  const found = new Map<string, Extract<Expr, { kind: 'dict' }>>();
  for (const statement of body) {
    if (statement.kind !== 'assign' || statement.value.kind !== 'dict') continue;
    for (const target of statement.targets) if (target.kind === 'name') found.set(target.name, statement.value);
  }
  return found;
}

/** `TABLE[key]`, `TABLE.get(key)` */
function lookedUp(node: Expr | Stmt, tables: Tables): [Extract<Expr, { kind: 'dict' }>?, Expr?] {
  const tableOf = (expr: Expr) => (expr.kind === 'dict' ? expr : tables.get(expr.kind === 'name' ? expr.name : ''));
  if (node.kind === 'subscript') return [tableOf(node.object), node.index];
  if (node.kind === 'call' && node.callee.kind === 'attribute' && node.callee.name === 'get')
    return [tableOf(node.callee.object), node.args[0]?.value];
  return [];
}

/** Texts that a comparison holds an attribute of some object against: `opt.dataset == 'faces'`. */
export function textsFor(condition: Expr, name: string): string[] {
  return comparisonsIn(condition).flatMap(([expr, text]) => {
    const path = pathOf(expr) ?? [];
    return path.length > 1 && path.at(-1) === name ? [text] : [];
  });
}

/** The key under which a table has one of the names. */
function keyOf({ entries }: Extract<Expr, { kind: 'dict' }>, names: ReadonlySet<string>): string | undefined {
  const found = entries.find(({ value }) => mentions(value, names));
  return found?.key?.kind === 'constant' && typeof found.key.value === 'string' ? found.key.value : undefined;
}

/** What a condition compares with texts: `x == 'a'`, `x in ('a', 'b')`, `'a' in x`, `x.startswith('a')`. */
function comparisonsIn(condition: Expr): [Expr, string][] {
  const textOf = (expr: Expr | undefined) =>
    expr?.kind === 'constant' && typeof expr.value === 'string' ? expr.value : undefined;
  if (condition.kind === 'boolean') return [...comparisonsIn(condition.left), ...comparisonsIn(condition.right)];
  if (condition.kind === 'call' && lastName(condition.callee) === 'startswith') {
    const text = textOf(condition.args[0]?.value);
    return text !== undefined && condition.callee.kind === 'attribute' ? [[condition.callee.object, text]] : [];
  }
  const [only] = condition.kind === 'compare' && condition.rest.length === 1 ? condition.rest : [];
  if (condition.kind !== 'compare' || !only) return [];
  const { left } = condition;
  const { operator, right } = only;
  const first =
    right.kind === 'tuple' || right.kind === 'list' || right.kind === 'set' ? textOf(right.items[0]) : undefined;
  const [own, other] = [textOf(left), operator === 'in' ? first : textOf(right)];
  if (operator !== '==' && operator !== 'in') return [];
  if (other !== undefined) return [[left, other]];
  return own !== undefined ? [[right, own]] : [];
}

/** `args.model.name` of a parameter, what only changes its letters left out. */
function pathOf(expr: Expr): string[] | undefined {
  if (expr.kind === 'name') return [expr.name];
  if (expr.kind === 'call' && expr.callee.kind === 'attribute' && /^(lower|upper|strip)$/.test(expr.callee.name))
    return pathOf(expr.callee.object);
  if (expr.kind === 'attribute') {
    const path = pathOf(expr.object);
    return path && [...path, expr.name];
  }
  if (expr.kind === 'subscript' && expr.index.kind === 'constant' && typeof expr.index.value === 'string') {
    const path = pathOf(expr.object);
    return path && [...path, expr.index.value];
  }
  return undefined;
}

function mentions(root: unknown, names: ReadonlySet<string>): boolean {
  for (const node of walk(root)) {
    if ((node.kind === 'name' || node.kind === 'attribute') && names.has(node.name)) return true;
  }
  return false;
}
