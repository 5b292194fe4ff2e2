import type { SourceRange } from '../graph/types';
import type { Expr, FunctionCode, Program, Stmt } from '../python/syntax/ast';
import { parseProgram } from '../python/syntax/parse';
import { cachedProgram } from '../python/syntax/programs';
import { boundNames, mainBlock, walk } from '../python/syntax/survey';
import type { SourceText } from '../source/source';
import type { Syntax } from '../syntax/syntax';

/** A class or function of a file that makes a model, or a name that holds one. */
export interface ModelCandidate {
  readonly name: string;
  /** What `extractModel` takes: `ResNet`, `resnet18()`. */
  readonly expression: string;
  /** Covers the `class`, `def` or assignment. */
  readonly range: SourceRange;
  /** Higher is likelier to be what the reader means. */
  readonly score: number;
}

type ClassStatement = Extract<Stmt, { kind: 'class' }>;
type FunctionStatement = Extract<Stmt, { kind: 'function' }>;

/** The models of a file, likeliest first, by syntax alone. */
export async function listModels(syntax: Syntax, text: SourceText): Promise<ModelCandidate[]> {
  const { file, text: code } = text;
  return rankModels(await cachedProgram(syntax, file, code, () => parseProgram(syntax, code, file)));
}

export function rankModels(program: Program): ModelCandidate[] {
  const classes = new Map<string, ClassStatement>();
  const functions = new Map<string, FunctionStatement>();
  for (const statement of topLevelStatements(program.body)) {
    if (statement.kind === 'class') classes.set(statement.name, statement);
    else if (statement.kind === 'function') functions.set(statement.code.name, statement);
  }
  const models = [...classes.values()].filter((cls) => isModel(cls, classes, new Set()));
  const others = new Map(models.map((cls) => [cls, [...namesIn(cls)].filter((name) => name !== cls.name)]));
  const modelNames = new Set(models.map((cls) => cls.name));
  const builders = findBuilders(functions, modelNames);
  const uses = usesIn(program.body, functions, builders);
  const usedByClass = new Set([...others.values()].flat());
  const usedByFunction = new Set<string>();
  for (const name of builders) {
    for (const used of namesIn(functions.get(name))) if (used !== name) usedByFunction.add(used);
  }

  let candidates: ModelCandidate[] = [];
  const range = (statement: Stmt): SourceRange => ({ file: program.file, ...statement.span });
  models.forEach((cls, index) => {
    const use = uses.get(cls.name) ?? 0;
    if (usedByClass.has(cls.name) && use < RUN) return;
    const forward = hasMethod(cls, 'forward', classes);
    const composed = others.get(cls)?.filter((name) => modelNames.has(name)).length ?? 0;
    const score =
      10 +
      (forward ? 5 : 0) +
      use +
      Math.min(composed, 3) / 2 -
      (LOSS_NAME.test(cls.name) ? 10 : 0) -
      // A bare nn.Module without forward stands for something else, such as a place in a list.
      (!forward && cls.args.some(({ value }) => lastName(value) === 'Module') ? 12 : 0) -
      (usedByFunction.has(cls.name) ? 1 : 0) +
      index / 100;
    candidates.push({ name: cls.name, expression: cls.name, range: range(cls), score });
  });
  [...builders].forEach((name, index) => {
    const statement = functions.get(name);
    if (!statement || name.startsWith('_')) return;
    const required = statement.code.parameters.some((p) => isRequired(p));
    const use = uses.get(name) ?? 0;
    const score = 12 + (use > 0 ? use + 2 : 0) - (required ? 8 : 0) - index / 100;
    candidates.push({ name, expression: required ? name : `${name}()`, range: range(statement), score });
  });
  // `model = nn.Sequential(…)` at the file’s own level.
  for (const statement of topLevelStatements(program.body)) {
    const target = statement.kind === 'assign' ? statement.targets[0] : undefined;
    if (statement.kind !== 'assign' || target?.kind !== 'name' || !isSequential(statement.value)) continue;
    candidates.push({ name: target.name, expression: target.name, range: range(statement), score: 11 });
  }
  if (candidates.length === 0) candidates = fromLibraries(program);
  if (candidates.length === 0) {
    for (const cls of models) candidates.push({ name: cls.name, expression: cls.name, range: range(cls), score: 1 });
  }
  return candidates.sort((a, b) => b.score - a.score);
}

/** What being used adds to a score: by what runs when the file does, by a function of which that isn't known. */
const RUN = 15;
const CALLED = 6;

/** Modules that compare a model's output with a target are no models. */
const LOSS_NAME = /(Loss|Criterion|CrossEntropy)$/;

/** How much a file's own use of a name says for it: the first use says most. Builders only name what they build. */
function usesIn(
  body: readonly Stmt[],
  functions: ReadonlyMap<string, FunctionStatement>,
  builders: ReadonlySet<string>,
): Map<string, number> {
  const uses = new Map<string, number>();
  const use = (root: unknown, base: number): void => {
    for (const name of namesIn(root)) if (!uses.has(name)) uses.set(name, base + Math.max(0, 5 - uses.size / 10));
  };
  use(mainBlock(body), RUN);
  const statements = [...topLevelStatements(body)].filter(({ kind }) => kind === 'assign' || kind === 'expression');
  use(statements, RUN);
  const others = [...functions.keys()].filter((name) => !builders.has(name));
  for (let grown = true; grown; ) {
    const run = others.filter((name) => (uses.get(name) ?? 0) >= RUN);
    const before = uses.size;
    for (const name of run) use(functions.get(name)?.code.body, RUN);
    grown = uses.size > before;
  }
  for (const name of others) use(functions.get(name)?.code.body, CALLED);
  return uses;
}

/** What a name says that is given to a model. */
const MODEL_NAME = /model|net(work)?$|backbone|encoder|decoder|generator|discriminator|classifier|detector/i;

/** `model = resnet18(num_classes=10)` at the file's own level, where the builder is imported. */
function fromLibraries(program: Program): ModelCandidate[] {
  const imported = new Set<string>();
  const candidates: ModelCandidate[] = [];
  for (const statement of topLevelStatements(program.body)) {
    if (statement.kind === 'import' || statement.kind === 'from') {
      for (const name of boundNames(statement)) imported.add(name);
    }
    const target = statement.kind === 'assign' ? statement.targets[0] : undefined;
    if (statement.kind !== 'assign' || target?.kind !== 'name' || !MODEL_NAME.test(target.name)) continue;
    if (statement.value.kind !== 'call' || !imported.has(rootName(statement.value.callee) ?? '')) continue;
    const range = { file: program.file, ...statement.span };
    candidates.push({ name: target.name, expression: target.name, range, score: 10 });
  }
  return candidates;
}

/** `a` of `a.b.c`. */
function rootName(expr: Expr): string | undefined {
  if (expr.kind === 'attribute') return rootName(expr.object);
  return expr.kind === 'name' ? expr.name : undefined;
}

/** `nn.Sequential(…)`: a class of this file would be a candidate itself. */
function isSequential(expr: Expr): boolean {
  return expr.kind === 'call' && lastName(expr.callee) === 'Sequential';
}

function isRequired(parameter: FunctionCode['parameters'][number]): boolean {
  return parameter.default === undefined && parameter.kind !== 'varargs' && parameter.kind !== 'varkeywords';
}

/** Statements of the file's own level, inside `if` and `try` too. */
function* topLevelStatements(body: readonly Stmt[]): Generator<Stmt> {
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

/** `nn.Module` and its relatives; else a class of this file that is one; else a class with `forward` and some base. */
function isModel(cls: ClassStatement, classes: ReadonlyMap<string, ClassStatement>, seen: Set<string>): boolean {
  if (seen.has(cls.name)) return false;
  seen.add(cls.name);
  return cls.args.some(({ value, form }) => {
    if (form !== 'plain') return false;
    const name = lastName(value);
    if (!name) return false;
    const local = value.kind === 'name' ? classes.get(name) : undefined;
    if (local) return isModel(local, classes, seen);
    if (/^(Module|Sequential|ModuleList|ModuleDict|LightningModule)$/.test(name)) return true;
    if (/^(object|ABC|Enum|Exception|Function|Dataset|NamedTuple|Protocol|Generic)$/.test(name)) return false;
    return hasMethod(cls, 'forward', classes);
  });
}

function lastName(expr: Expr): string | undefined {
  if (expr.kind === 'name' || expr.kind === 'attribute') return expr.name;
  return undefined;
}

function hasMethod(cls: ClassStatement, name: string, classes: ReadonlyMap<string, ClassStatement>): boolean {
  if (cls.body.some((statement) => statement.kind === 'function' && statement.code.name === name)) return true;
  return cls.args.some(({ value }) => {
    const base = value.kind === 'name' ? classes.get(value.name) : undefined;
    if (!base || base === cls) return lastName(value) === 'Sequential';
    return hasMethod(base, name, new Map([...classes].filter(([key]) => key !== cls.name)));
  });
}

/** Functions that return a model: one they call, directly or through another builder, on the way to `return`. */
function findBuilders(functions: ReadonlyMap<string, FunctionStatement>, models: ReadonlySet<string>): Set<string> {
  const builders = new Set<string>();
  for (let grown = true; grown; ) {
    grown = false;
    for (const [name, statement] of functions) {
      if (builders.has(name) || !returnsModel(statement.code, models, builders)) continue;
      builders.add(name);
      grown = true;
    }
  }
  // In the file's order.
  return new Set([...functions.keys()].filter((name) => builders.has(name)));
}

function returnsModel(code: FunctionCode, models: ReadonlySet<string>, builders: ReadonlySet<string>): boolean {
  const made = new Set<string>();
  const makes = (expr: Expr | undefined): boolean => {
    if (!expr) return false;
    if (expr.kind === 'name') return made.has(expr.name);
    if (expr.kind !== 'call') return false;
    const name = lastName(expr.callee) ?? '';
    if (models.has(name) || builders.has(name) || name === 'Sequential') return true;
    if (expr.callee.kind === 'attribute' && makes(expr.callee.object)) return true;
    // `_resnet(BasicBlock, …)`: a private helper that is handed a model's class is found as a builder itself.
    return false;
  };
  for (const node of walk(code.body, false)) {
    if (node.kind === 'assign' && makes(node.value)) {
      for (const target of node.targets) if (target.kind === 'name') made.add(target.name);
    }
  }
  for (const node of walk(code.body, false)) if (node.kind === 'return' && makes(node.value)) return true;
  return false;
}

function namesIn(root: unknown): Set<string> {
  const names = new Set<string>();
  for (const node of walk(root)) if (node.kind === 'name') names.add(node.name);
  return names;
}
