/**
 * The statements that some names' values depend on: a script's `main()` opens data, trains and writes files, and the
 * model in it needs five of its lines.
 */
import type { Expr, FunctionCode, Stmt } from '../python/syntax/ast';
import { boundNames, mainBlock, returnedNames, trains, walk } from '../python/syntax/survey';
import { ChosenCalls } from './chosenCalls';
import { lastName } from './lastName';

export { lastName };

export type CallExpr = Extract<Expr, { kind: 'call' }>;
export type FunctionStatement = Extract<Stmt, { kind: 'function' }>;
export type ClassStatement = Extract<Stmt, { kind: 'class' }>;

/** A function around a place, and the class that it is a method of. */
export interface Enclosing {
  readonly code: FunctionCode;
  readonly statement: FunctionStatement;
  readonly cls: ClassStatement | undefined;
}

/** A call of a name, and the functions around it from the outside in. */
export interface CallSite {
  readonly call: CallExpr;
  readonly around: readonly Enclosing[];
  /** Whether it stands at the file's own level, `if __name__ == '__main__':` included. */
  readonly outside: boolean;
  /** What is called is chosen among others as the program runs. */
  readonly chosen?: boolean;
}

/**
 * Calls of `name` (plain, or as a module's attribute, or as what the file calls it, or as one of several to choose from) in
 * the file's order: those that run with the file first.
 */
export function callSites(body: readonly Stmt[], name: string): CallSite[] {
  const found: CallSite[] = [];
  const names = aliasesIn(body, name);
  const main = new Set<unknown>(walk(mainBlock(body), false));
  const refused = new Set<unknown>();
  const choices = new ChosenCalls(body, names);
  visit(body, [], undefined);
  const rank = ({ call, around }: CallSite): number =>
    main.has(call) ? 0 : around.length === 0 ? 1 : around.some(({ cls }) => cls) ? 3 : 2;
  return found.sort((a, b) => rank(a) - rank(b));

  function visit(statements: readonly Stmt[], around: readonly Enclosing[], cls: ClassStatement | undefined): void {
    for (const node of walk(statements, false)) {
      if (expectsRefusal(node)) for (const each of walk(node)) refused.add(each);
      const chosen = node.kind === 'call' && choices.has(node);
      if (node.kind === 'call' && (chosen || names.has(lastName(node.callee) ?? ''))) {
        if (refused.has(node)) continue;
        found.push({ call: node, around, outside: around.length === 0, ...(chosen && { chosen }) });
      } else if (node.kind === 'function') {
        visit(node.code.body, [...around, { code: node.code, statement: node, cls }], undefined);
      } else if (node.kind === 'class') visit(node.body, around, node);
    }
  }
}

/** `with self.assertRaises(ValueError):`, `with pytest.raises(ValueError):`: what stands below is wrong on purpose. */
export function expectsRefusal(node: Expr | Stmt): boolean {
  if (node.kind !== 'with') return false;
  return node.items.some(
    ({ value }) => value.kind === 'call' && /^(assertRaises(Regex)?|raises)$/.test(lastName(value.callee) ?? ''),
  );
}

/** What a file calls something: `import Block as Layer`, `KAN = MultKAN`; its own name first. */
export function aliasesIn(body: readonly Stmt[], name: string): ReadonlySet<string> {
  const names = new Set([name]);
  for (const statement of topLevelStatements(body)) {
    if (statement.kind === 'from') {
      for (const each of statement.names) if (each.name === name && each.alias) names.add(each.alias);
    } else if (statement.kind === 'assign' && statement.value.kind === 'name' && names.has(statement.value.name)) {
      for (const target of statement.targets) if (target.kind === 'name') names.add(target.name);
    }
  }
  return names;
}

/** Statements of the file's own level, inside `if` and `try` too. */
export function* topLevelStatements(body: readonly Stmt[]): Generator<Stmt> {
  for (const statement of body) {
    yield statement;
    if (statement.kind === 'if') {
      if (mainBlock([statement]).length === 0) yield* topLevelStatements(statement.consequence);
      yield* topLevelStatements(statement.otherwise);
    } else if (statement.kind === 'try') {
      yield* topLevelStatements(statement.body);
      for (const handler of statement.handlers) yield* topLevelStatements(handler.body);
    }
  }
}

/** `from_name` of `Net.from_name`. */
export const ownName = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

/** `a` of `a.b[0].c`. */
export function rootName(expr: Expr): string | undefined {
  if (expr.kind === 'attribute' || expr.kind === 'subscript') return rootName(expr.object);
  if (expr.kind === 'call') return rootName(expr.callee);
  return expr.kind === 'name' ? expr.name : undefined;
}

/** Names that a piece of code reads or binds. */
export function namesIn(root: unknown): Set<string> {
  const names = new Set<string>();
  for (const node of walk(root)) if (node.kind === 'name') names.add(node.name);
  return names;
}

/** What runs until a node is reached, blocks around it opened: the first turn of a loop, the branch that it stands in. */
export function statementsBefore(body: readonly Stmt[], node: Expr | Stmt): Stmt[] {
  const at = body.findIndex((statement) => contains(statement, node));
  const statement = body[at];
  if (!statement) return [];
  const before = body.slice(0, at);
  const inside = (block: readonly Stmt[]) => block.some((each) => contains(each, node));
  for (const block of blocksOf(statement)) {
    if (inside(block)) return [...before, ...headOf(statement), ...statementsBefore(block, node)];
  }
  return before;
}

/** What has to hold, or not to, for a node to be reached: the conditions of the branches that it stands in. */
export function conditionsAround(body: readonly Stmt[], node: Expr | Stmt): [condition: Expr, holds: boolean][] {
  const statement = body.find((each) => contains(each, node));
  const block = statement && blocksOf(statement).find((each) => each.some((one) => contains(one, node)));
  if (!statement || !block) return [];
  const own: [Expr, boolean][] =
    statement.kind === 'if' ? [[statement.condition, block === statement.consequence]] : [];
  return [...own, ...conditionsAround(block, node)];
}

/**
 * What runs from the start of a body to the end of the block in which a name is bound first: blocks around it are opened,
 * but for those of a condition, which are left as they are.
 */
export function statementsWith(body: readonly Stmt[], name: string): Stmt[] {
  const at = body.findIndex((statement) => boundNames(statement).has(name));
  const statement = body[at];
  if (!statement) return [];
  const isOpen = statement.kind === 'for' || statement.kind === 'while' || statement.kind === 'with';
  if (!isOpen && statement.kind !== 'try') return [...body];
  const inside = blocksOf(statement).find((block) => block.some((each) => boundNames(each).has(name)));
  if (!inside) return [...body];
  return [...body.slice(0, at), ...headOf(statement), ...statementsWith(inside, name), ...body.slice(at + 1)];
}

function contains(statement: Stmt, node: Expr | Stmt): boolean {
  for (const each of walk(statement)) if (each === node) return true;
  return false;
}

function blocksOf(statement: Stmt): (readonly Stmt[])[] {
  switch (statement.kind) {
    case 'if':
      return [statement.consequence, statement.otherwise];
    case 'for':
    case 'while':
      return [statement.body, statement.otherwise];
    case 'with':
      return [statement.body];
    case 'try':
      return [statement.body, statement.otherwise, statement.last, ...statement.handlers.map(({ body }) => body)];
    case 'match':
      return statement.cases.map(({ body }) => body);
    default:
      return [];
  }
}

/** What entering a block binds: a loop's first item, what a `with` is opened as. */
function headOf(statement: Stmt): Stmt[] {
  const { span } = statement;
  const call = (callee: Expr, args: readonly Expr[]): Expr => ({
    kind: 'call',
    span,
    callee,
    args: args.map((value) => ({ value, form: 'plain', name: '' })),
    plain: true,
  });
  if (statement.kind === 'for') {
    const first = call({ kind: 'name', span, name: 'next' }, [
      call({ kind: 'name', span, name: 'iter' }, [statement.iterable]),
    ]);
    return [{ kind: 'assign', span, targets: [statement.target], value: first }];
  }
  if (statement.kind !== 'with') return [];
  return statement.items.flatMap(({ value, target }): Stmt[] => {
    if (!target) return [];
    const entered = call({ kind: 'attribute', span, object: value, name: '__enter__' }, []);
    return [{ kind: 'assign', span, targets: [target], value: entered }];
  });
}

/** What a call does to a model or a setting that changes nothing which its graph shows. */
const PASSIVE =
  /^(train|eval|parameters|named_parameters|state_dict|load_state_dict|zero_grad|step|backward|forward|print_help|print|info|debug|share_memory|summary|save|log|dump|watch)$/;
/** Functions that use what they are given, and change nothing of it. */
const USES =
  /train|fit|test|eval|valid|infer|predict|summar|print|save|log|plot|draw|show|export|visual|profil|bench|flops|macs|count|watch|main|run|seed|sample|generate|makedirs|dump|write|open/i;

/** Those of the statements that the names depend on, in order; what they need themselves is added to the names. */
export function sliceFor(body: readonly Stmt[], names: Set<string>): Stmt[] {
  const kept: Stmt[] = [];
  for (const statement of [...body].reverse()) {
    const needed = keep(statement, names);
    if (!needed) continue;
    kept.unshift(needed);
    for (const name of namesIn(needed)) names.add(name);
  }
  return kept;
}

function keep(statement: Stmt, names: Set<string>): Stmt | undefined {
  const binds = () => [...boundNames(statement)].some((name) => names.has(name));
  const slice = (block: readonly Stmt[]) => sliceFor(block, names);
  switch (statement.kind) {
    case 'expression':
      return changes(statement.value, names) ? statement : undefined;
    case 'assign': {
      const same = returnedNames(statement);
      if (same.size > 0 && [...boundNames(statement)].every((name) => same.has(name) || !names.has(name)))
        return undefined;
      return binds() || statement.targets.some((target) => isPartOf(target, names)) ? statement : undefined;
    }
    case 'annotation':
      return statement.value && (binds() || isPartOf(statement.target, names)) ? statement : undefined;
    case 'augmented':
      return binds() || isPartOf(statement.target, names) ? statement : undefined;
    case 'delete':
      return statement.targets.some((target) => isPartOf(target, names)) ? statement : undefined;
    case 'function':
    case 'class':
    case 'import':
    case 'from':
      return binds() ? statement : undefined;
    case 'if': {
      const [otherwise, consequence] = [slice(statement.otherwise), slice(statement.consequence)];
      return consequence.length + otherwise.length > 0 ? { ...statement, consequence, otherwise } : undefined;
    }
    case 'for':
    case 'while': {
      if (trains(statement)) return undefined;
      const items = statement.kind === 'for' ? [...boundNames({ ...statement, body: [], otherwise: [] })] : [];
      // `for p in model.parameters(): p.requires_grad = False` changes the model through what it gives.
      const through = statement.kind === 'for' && [...namesIn(statement.iterable)].some((name) => names.has(name));
      const wanted = through ? new Set([...names, ...items]) : names;
      const once = sliceFor(statement.body, wanted);
      if (once.length === 0) return undefined;
      for (const name of namesIn(once)) names.add(name);
      return { ...statement, body: slice(statement.body), otherwise: slice(statement.otherwise) };
    }
    case 'with': {
      const inside = slice(statement.body);
      return inside.length > 0 || binds() ? { ...statement, body: inside } : undefined;
    }
    case 'try': {
      const last = slice(statement.last);
      const otherwise = slice(statement.otherwise);
      const handlers = statement.handlers.map((handler) => ({ ...handler, body: slice(handler.body) }));
      const inside = slice(statement.body);
      if (inside.length + otherwise.length + last.length === 0 && handlers.every((each) => each.body.length === 0))
        return undefined;
      return { ...statement, body: inside, handlers, otherwise, last };
    }
    case 'match': {
      const cases = statement.cases.map((each) => ({ ...each, body: slice(each.body) }));
      return cases.some((each) => each.body.length > 0) ? { ...statement, cases } : undefined;
    }
    default:
      return undefined;
  }
}

/** `args.x` or `layers[0]` of a name among these. */
function isPartOf(target: Expr, names: ReadonlySet<string>): boolean {
  return (target.kind === 'attribute' || target.kind === 'subscript') && names.has(rootName(target) ?? '');
}

/** Whether an expression's value is dropped, but may change what a name stands for: `parser.add_argument(…)`. */
function changes(expr: Expr, names: ReadonlySet<string>): boolean {
  if (expr.kind !== 'call') return false;
  const called = lastName(expr.callee) ?? '';
  if (PASSIVE.test(called)) return false;
  if (expr.callee.kind === 'attribute' && names.has(rootName(expr.callee) ?? '')) return true;
  if (USES.test(called)) return false;
  return expr.args.some(({ value }) => value.kind === 'name' && names.has(value.name));
}
