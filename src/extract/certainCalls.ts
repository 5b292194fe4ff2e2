/** Whether a call in a file surely runs the model that was read, on the input that its arguments were found to be. */
import type { SourceRange } from '../graph/types';
import type { Expr, FunctionCode, Program, Stmt } from '../python/syntax/ast';
import { boundNames, mainBlock, walk } from '../python/syntax/survey';
import { expectsRefusal, lastName } from './slice';

type CallExpression = Extract<Expr, { kind: 'call' }>;

/** What is known of the model that was read. */
interface AskedModel {
  /** The class, the builder or the variable that was asked for. */
  readonly name: string;
  readonly program: Program;
  /** Where the call stands whose arguments it was built with. */
  readonly builtAt: SourceRange | undefined;
}

interface Block {
  readonly body: readonly Stmt[];
  readonly code?: FunctionCode;
}

/** Statements in front of a call. */
interface Preceding {
  /** Those that surely ran. */
  readonly before: readonly Stmt[];
  /** All, as far as they may run, what the call stands in as the last one. */
  readonly around: readonly Stmt[];
}

/**
 * Whether a call is one of the model itself, in statements that run one after the other: the model's variable is bound once, to what
 * was read, and only moved and asked for its parameters since; what the arguments need is bound once and not changed in place.
 */
export function isCertainCall(call: CallExpression, statement: Stmt, block: Block, read: AskedModel): boolean {
  const straight = [...straightIn(block.body)];
  const at = straight.indexOf(statement);
  if (at < 0) return false;
  const before = straight.slice(0, at);
  if (before.some(({ kind }) => kind === 'return' || kind === 'raise')) return false;
  // What may run in between, conditions included, and the loop that the call is in.
  const all = [...simpleIn(block.body)];
  const around = all.slice(0, 1 + all.findIndex((each) => [...walk(each, false)].includes(statement)));
  const callee = call.callee.kind === 'attribute' && call.callee.name === 'forward' ? call.callee.object : call.callee;
  const isMade = callee.kind === 'call' && isMakerOf(callee, read);
  if (!isMade && !(callee.kind === 'name' && holdsModelAsRead(callee.name, { before, around }, block, read)))
    return false;
  return isInputCertain(call, { before, around }, block);
}

/** Statements that surely run, in their order; bodies of `with` and `for` count, those of conditions don't. */
function* straightIn(body: readonly Stmt[]): Generator<Stmt> {
  for (const statement of body) {
    if (expectsRefusal(statement)) continue;
    if (statement.kind === 'with' || statement.kind === 'for') yield* straightIn(statement.body);
    else if (statement.kind !== 'if' && statement.kind !== 'while' && statement.kind !== 'try') yield statement;
  }
}

/** `Net()`, `Net(3).to(device)`: built without arguments, or by the very call whose arguments were taken. */
function isMakerOf(expr: Expr, read: AskedModel): boolean {
  if (expr.kind !== 'call') return false;
  const { callee, args, span } = expr;
  const { name, builtAt } = read;
  if (callee.kind === 'attribute' && MOVES.has(callee.name)) return isMakerOf(callee.object, read);
  if (lastName(callee) !== name) return false;
  return builtAt ? builtAt.line === span.line && builtAt.column === span.column : args.length === 0;
}

const MOVES: ReadonlySet<string> = new Set(['to', 'cuda', 'cpu', 'eval', 'train', 'float', 'requires_grad_']);
/** What may be asked of a model that leaves it as it is. */
const ASKED: ReadonlySet<string> = new Set([
  ...MOVES,
  'parameters',
  'named_parameters',
  'modules',
  'named_modules',
  'children',
  'named_children',
  'state_dict',
  'zero_grad',
  'forward',
  '__class__',
]);

/** Whether a variable holds the model as it was read, and nothing before the call may have changed that. */
function holdsModelAsRead(variable: string, { before, around }: Preceding, block: Block, read: AskedModel): boolean {
  const { program, name } = read;
  const own = bindersOf(variable, block.body);
  if (block.code?.parameters.some((parameter) => parameter.name === variable)) return false;
  const outer = [...program.body, ...mainBlock(program.body)];
  const binders = own.length > 0 ? own : bindersOf(variable, outer);
  const [binder] = binders;
  const isOnce = new Set(binders).size === 1 && binder?.kind === 'assign';
  if (!isOnce || (own.length > 0 && !before.includes(binder))) return false;
  // A variable that was asked for was read with all that its file makes of it.
  if (variable !== name && !isMakerOf(binder.value, read)) return false;
  if (variable === name && own.length === 0 && block.code) return false;
  const between = own.length > 0 ? around : [...outer, ...around];
  return between.every((each) => each === binder || leavesAlone(each, variable));
}

/** The simple statements that bind a name. */
function bindersOf(name: string, body: readonly Stmt[]): Stmt[] {
  return [...simpleIn(body)].filter((each) => boundNames(each).has(name));
}

/** All statements of a body and what stands in it, loops and conditions themselves for the names that they bind. */
function* simpleIn(body: readonly Stmt[]): Generator<Stmt> {
  for (const statement of body) {
    if (statement.kind === 'with') yield* simpleIn(statement.body);
    else yield statement;
  }
}

/** Whether a statement does no more with a model than run it, move it, and ask for its parameters. */
function leavesAlone(statement: Stmt, variable: string): boolean {
  const nodes = [...walk(statement, false)];
  const harmless = new Set<unknown>();
  for (const node of nodes) {
    if (node.kind === 'attribute' && ASKED.has(node.name)) harmless.add(node.object);
    if (node.kind !== 'call') continue;
    harmless.add(node.callee);
    if (node.callee.kind === 'name' && /^(print|type|repr|str)$/.test(node.callee.name))
      for (const { value } of node.args) harmless.add(value);
  }
  return nodes.every((node) => node.kind !== 'name' || node.name !== variable || harmless.has(node));
}

/** Whether what a call's arguments need is bound once each, by statements that surely ran, and not changed in place. */
function isInputCertain(call: CallExpression, { before, around }: Preceding, { body, code }: Block): boolean {
  const needed = namesIn(call.args);
  for (let known = 0; known < needed.size; ) {
    known = needed.size;
    for (const name of [...needed])
      for (const binder of bindersOf(name, body)) for (const each of namesIn(binder)) needed.add(each);
  }
  for (const name of needed) {
    if (code?.parameters.some((parameter) => parameter.name === name)) return false;
    const binders = bindersOf(name, body).filter(({ kind }) => kind !== 'function' && kind !== 'class');
    if (binders.length > 1 || binders.some((each) => !before.includes(each))) return false;
  }
  return around.every((statement) =>
    [...walk(statement, false)].every(
      (node) =>
        !(node.kind === 'attribute' && node.object.kind === 'name' && needed.has(node.object.name)) ||
        !/(?:[a-z]_|^data|^shape)$/.test(node.name),
    ),
  );
}

function namesIn(root: unknown): Set<string> {
  const names = new Set<string>();
  for (const node of walk(root)) if (node.kind === 'name') names.add(node.name);
  return names;
}
