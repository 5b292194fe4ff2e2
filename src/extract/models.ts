import type { SourceRange } from '../graph/types';
import type { Expr, FunctionCode, Program, Stmt } from '../python/syntax/ast';
import { parseProgram } from '../python/syntax/parse';
import { cachedProgram } from '../python/syntax/programs';
import { boundNames, mainBlock, walk } from '../python/syntax/survey';
import { shortName } from '../source/path';
import type { SourceText } from '../source/source';
import type { Syntax } from '../syntax/syntax';
import { type ClassStatement, type FunctionStatement, lastName, namesIn, rootName, topLevelStatements } from './slice';
import { findVariables, LOSS_NAME, MODEL_NAME } from './variables';

/** A class or function of a file that makes a model, or a name that holds one. */
export interface ModelCandidate {
  readonly name: string;
  /** What `extractModel` takes: `ResNet`, `resnet18()`. */
  readonly expression: string;
  /** Covers the `class`, `def` or assignment. */
  readonly range: SourceRange;
  /** The class or the builder of the file that makes what a variable holds. */
  readonly of?: string;
  /** Higher is likelier to be what the reader means. */
  readonly score: number;
}

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
  const globals = globalsOf(program.body, functions);
  const usedByClass = new Set(models.flatMap((cls) => [...reachOf(cls, globals)]));
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
      (PART_NAME.test(cls.name) ? 1.5 : 0) +
      (isNamedAfter(cls.name, program.file) ? 1 : 0) -
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
  for (const each of findVariables(program, modelNames, new Set(classes.keys()), builders)) candidates.push(each);
  if (candidates.length === 0) candidates = fromLibraries(program);
  if (candidates.length === 0) {
    for (const cls of models) candidates.push({ name: cls.name, expression: cls.name, range: range(cls), score: 1 });
  }
  return candidates.sort((a, b) => b.score - a.score);
}

/** What being used adds to a score: by what runs when the file does, by a function of which that isn't known. */
const RUN = 15;
const CALLED = 6;

/** What is a part of models, or stands around one. */
const PART_NAME =
  /(Block|Layer|Layers|Head|Norm|Norm\dd|Embed|Embedding|Embeddings|Upsample|Upsampling|Downsample|Downsampling|PostProcess\w*|Matcher|Attention|Attn|Pool|Pooler|Pooling|Mlp|MLP|FFN|Conv|Linear|Padding|Activation|Bottleneck)$/;

/** Whether a file is called as its class: `resnet.py`, `ResNet`. */
function isNamedAfter(name: string, file: string): boolean {
  const plain = (text: string) => text.toLowerCase().replaceAll('_', '');
  return plain(shortName(file).replace(/\.\w+$/, '')).startsWith(plain(name));
}

/** What functions and plain values of a file's own level name, by their own names. */
function globalsOf(
  body: readonly Stmt[],
  functions: ReadonlyMap<string, FunctionStatement>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const globals = new Map<string, Set<string>>();
  for (const [name, statement] of functions) globals.set(name, namesIn(statement));
  for (const statement of topLevelStatements(body)) {
    if (statement.kind !== 'assign') continue;
    for (const name of boundNames(statement)) globals.set(name, namesIn(statement.value));
  }
  return globals;
}

/** Names that a class uses, and what those that are functions and values of the file use. */
function reachOf(cls: ClassStatement, globals: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const found = new Set(namesIn(cls));
  for (const name of found) for (const next of globals.get(name) ?? []) found.add(next);
  found.delete(cls.name);
  return found;
}

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
  for (const statement of topLevelStatements(body)) {
    if (statement.kind !== 'assign' && statement.kind !== 'expression') continue;
    // A table of classes builds none of them; a builder that is named again is meant to be used.
    for (const name of namesIn(statement))
      if (builders.has(name)) use({ kind: 'name', span: statement.span, name }, RUN);
    for (const node of walk(statement, false)) if (node.kind === 'call') use(node.callee, RUN);
  }
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

/** `model = resnet18(num_classes=10)` at the file's own level, where the builder is imported. */
function fromLibraries(program: Program): ModelCandidate[] {
  const imported = new Set<string>();
  const candidates: ModelCandidate[] = [];
  for (const statement of topLevelStatements(program.body)) {
    if (statement.kind === 'import' || statement.kind === 'from') {
      for (const name of boundNames(statement)) imported.add(name);
    }
    const target = statement.kind === 'assign' ? statement.targets[0] : undefined;
    if (statement.kind !== 'assign' || target?.kind !== 'name' || !/^[a-z_].*[^s]$/.test(target.name)) continue;
    if (!MODEL_NAME.test(target.name)) continue;
    if (statement.value.kind !== 'call' || !imported.has(rootName(statement.value.callee) ?? '')) continue;
    const range = { file: program.file, ...statement.span };
    candidates.push({ name: target.name, expression: target.name, range, score: 10 });
  }
  return candidates;
}

/** `nn.Sequential(…)`: a class of this file would be a candidate itself. */
function isSequential(expr: Expr): boolean {
  return expr.kind === 'call' && lastName(expr.callee) === 'Sequential';
}

function isRequired(parameter: FunctionCode['parameters'][number]): boolean {
  return parameter.default === undefined && parameter.kind !== 'varargs' && parameter.kind !== 'varkeywords';
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
