import { itemAt } from '../../graph/access';
import type { Expr, Stmt } from './ast';

type AnyNode = Expr | Stmt;

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'kind' in value && 'span' in value;
}

/** Every expression and statement below (and including) a node, outermost first; into no constant's value. */
export function* walk(root: unknown, intoFunctions = true): Generator<AnyNode> {
  const rest = [root];
  while (rest.length > 0) {
    const next = rest.pop();
    if (typeof next !== 'object' || next === null || next instanceof Set) continue;
    if (isNode(next)) {
      yield next;
      if (next.kind === 'constant') continue;
      if (!intoFunctions && (next.kind === 'function' || next.kind === 'class' || next.kind === 'lambda')) continue;
    }
    pushParts(rest, next);
  }
}

/** What a node or a list holds, the last on top: names, numbers and places hold nothing. */
function pushParts(rest: unknown[], holder: object): void {
  if (Array.isArray(holder)) {
    for (let i = holder.length - 1; i >= 0; i--) rest.push(holder[i]);
    return;
  }
  const parts = holder as Readonly<Record<string, unknown>>;
  const keys = Object.keys(parts);
  for (let i = keys.length - 1; i >= 0; i--) {
    const key = keys[i] as string;
    const part = parts[key];
    if (typeof part === 'object' && key !== 'span') rest.push(part);
  }
}

/** Names that a statement binds in its own scope. */
export function boundNames(statement: Stmt): Set<string> {
  const names = new Set<string>();
  const target = (expr: Expr): void => {
    if (expr.kind === 'name') names.add(expr.name);
    else if (expr.kind === 'tuple' || expr.kind === 'list') expr.items.forEach(target);
    else if (expr.kind === 'starred') target(expr.value);
  };
  for (const node of walk(statement, false)) {
    if (node.kind === 'assign') node.targets.forEach(target);
    else if (node.kind === 'annotation' || node.kind === 'augmented' || node.kind === 'for') target(node.target);
    else if (node.kind === 'with') for (const item of node.items) if (item.target) target(item.target);
    if (node.kind === 'function') names.add(node.code.name);
    else if (node.kind === 'class') names.add(node.name);
    else if (node.kind === 'import') {
      for (const item of node.names) names.add(item.alias ?? itemAt(item.module.split('.'), 0));
    } else if (node.kind === 'from') for (const item of node.names) names.add(item.alias ?? item.name);
  }
  return names;
}

/** Whether a statement outside any function is a training loop: it runs the backward pass or steps an optimiser. */
export function trains(statement: Stmt): boolean {
  if (statement.kind === 'function' || statement.kind === 'class') return false;
  for (const node of walk(statement, false)) {
    if (node.kind !== 'call' || node.callee.kind !== 'attribute') continue;
    if (node.callee.name === 'backward' || node.callee.name === 'zero_grad') return true;
  }
  return false;
}

/**
 * The imports of a package that loads itself lazily: a branch for type checkers names what it has, and the other puts a
 * loader of the package's own in its place (`sys.modules[__name__] = …`). Undefined for any other statement.
 */
export function lazyImports(statement: Stmt): readonly Stmt[] | undefined {
  if (statement.kind !== 'if' || !names(statement.condition, 'TYPE_CHECKING')) return undefined;
  const replaces = statement.otherwise.some(
    (other) =>
      other.kind === 'assign' &&
      other.targets.some((target) => target.kind === 'subscript' && names(target.object, 'modules')),
  );
  if (!replaces) return undefined;
  const found: Stmt[] = [];
  for (const each of statement.consequence)
    for (const node of walk(each, false)) if (node.kind === 'import' || node.kind === 'from') found.push(node);
  return found;
}

/** Whether an expression holds a name, alone or as an attribute. */
function names(expression: Expr, name: string): boolean {
  for (const node of walk(expression))
    if ((node.kind === 'name' || node.kind === 'attribute') && node.name === name) return true;
  return false;
}

/** Functions that hand back what they are given, with other weights or prepared to be trained. */
const HANDS_BACK = /^(?:\w*_)?(?:train|fit|finetune|fine_tune|load|resume|restore|prepare|initialize|setup)(?:_\w*)?$/i;

/**
 * Names that a statement gives to a function that trains, loads or prepares them, and takes back: `model = train(model)`.
 * They are what they were before.
 */
export function returnedNames(statement: Stmt): ReadonlySet<string> {
  if (statement.kind !== 'assign' || statement.value.kind !== 'call') return new Set();
  const { callee, args } = statement.value;
  const called = callee.kind === 'name' || callee.kind === 'attribute' ? callee.name : '';
  if (!HANDS_BACK.test(called)) return new Set();
  const given = new Set(args.flatMap(({ value }) => (value.kind === 'name' ? [value.name] : [])));
  return new Set([...boundNames(statement)].filter((name) => given.has(name)));
}

/** The body of `if __name__ == '__main__':`, where a file has one. */
export function mainBlock(body: readonly Stmt[]): readonly Stmt[] {
  for (const statement of body) {
    if (statement.kind !== 'if' || statement.condition.kind !== 'compare') continue;
    const { left, rest } = statement.condition;
    const right = rest[0]?.right;
    const sides = [left, right];
    if (
      sides.some((side) => side?.kind === 'name' && side.name === '__name__') &&
      sides.some((side) => side?.kind === 'constant' && side.value === '__main__')
    ) {
      return statement.consequence;
    }
  }
  return [];
}

/** Whether to evaluate an expression once more may do something once more. */
export function acts(expr: Expr): boolean {
  for (const node of walk(expr)) if (ACTS.has(node.kind)) return true;
  return false;
}

const ACTS = new Set(['call', 'comprehension', 'walrus', 'yield', 'await', 'lambda', 'broken']);
