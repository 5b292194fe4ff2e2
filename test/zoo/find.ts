import { readFile } from 'node:fs/promises';
import type { Expr, Program, Stmt } from '../../src/python/syntax/ast';
import { parseProgram } from '../../src/python/syntax/parse';
import { mainBlock, walk } from '../../src/python/syntax/survey';
import type { Syntax } from '../../src/syntax/syntax';

/** A model of a checkout, as its text says: what the product makes of it is no part of this. */
export interface ZooModel {
  readonly file: string;
  /** A class or a function at the file's own level. */
  readonly name: string;
  readonly kind: 'class' | 'builder';
}

/** What looks like a model, and why it isn't counted. */
export interface Exclusion {
  readonly file: string;
  readonly name: string;
  readonly reason: string;
}

export interface Census {
  readonly models: readonly ZooModel[];
  readonly exclusions: readonly Exclusion[];
}

type ClassStatement = Extract<Stmt, { kind: 'class' }>;
type FunctionStatement = Extract<Stmt, { kind: 'function' }>;

interface PythonFile {
  readonly file: string;
  readonly program: Program;
  readonly classes: ReadonlyMap<string, ClassStatement>;
  readonly functions: ReadonlyMap<string, FunctionStatement>;
  /** What the file imports by name, and under which name it is defined. */
  readonly imports: ReadonlyMap<string, string>;
}

/** Where code stands that is about models, and is none. */
const TESTS =
  /(^|[\\/])(tests?|testing|unit_tests|tests_\w+)[\\/]|(^|[\\/])(test_[^\\/]*|[^\\/]*_test|conftest|setup)\.py$/;

/** Imports of frameworks whose modules look like PyTorch's. */
const OTHERS = /^\s*(?:import|from)\s+(?:paddle|mindspore|jittor|oneflow|megengine|mxnet)\b/m;
const TORCH = /^\s*(?:import|from)\s+torch\b/m;

/**
 * Every `nn.Module` with a `forward` that no other class of its file builds, and every public function that returns such
 * a module. Classes and functions are joined by their names over the whole checkout.
 */
export async function findModels(syntax: Syntax, root: string, paths: readonly string[]): Promise<Census> {
  const files: PythonFile[] = [];
  const exclusions: Exclusion[] = [];
  for (const path of paths) {
    const text = await readFile(path, 'utf8');
    // Most files of a checkout hold no model, and parsing takes most of the time.
    if (!/\bclass\b|\bdef\b/.test(text)) continue;
    const program = await parseProgram(syntax, text, path);
    if (OTHERS.test(text) && !TORCH.test(text)) {
      exclusions.push({ file: path, name: '', reason: 'of another framework' });
      continue;
    }
    const speaksOfModules = /\bModule\b|\bdef forward\b/.test(text);
    if (program.errors.length > 0 && speaksOfModules) {
      exclusions.push({ file: path, name: '', reason: 'the file is not Python 3' });
    } else files.push(index(path, program));
  }
  const known = new Checkout(files);
  const models: ZooModel[] = [];
  for (const file of files) {
    const isTest = TESTS.test(file.file.slice(root.length + 1));
    const add = (name: string, kind: ZooModel['kind'], reason: string | undefined): void => {
      const why = isTest ? 'a test' : reason;
      if (why === undefined) models.push({ file: file.file, name, kind });
      else exclusions.push({ file: file.file, name, reason: why });
    };
    const used = usesByClasses(file);
    for (const cls of file.classes.values()) {
      if (!known.isModule(cls, file)) continue;
      const forward = known.methodOf(cls, 'forward', file);
      if (!forward) add(cls.name, 'class', 'it has no forward');
      else if (isAbstract(forward)) add(cls.name, 'class', 'its forward is abstract');
      else if (used.has(cls.name)) add(cls.name, 'class', 'another class of its file builds it');
      else add(cls.name, 'class', undefined);
    }
    for (const name of file.functions.keys()) {
      if (known.builds(name, file)) add(name, 'builder', name.startsWith('_') ? 'a private builder' : undefined);
    }
  }
  return { models, exclusions };
}

function index(file: string, program: Program): PythonFile {
  const classes = new Map<string, ClassStatement>();
  const functions = new Map<string, FunctionStatement>();
  const imports = new Map<string, string>();
  for (const statement of ownStatements(program.body)) {
    if (statement.kind === 'class') classes.set(statement.name, statement);
    else if (statement.kind === 'function') functions.set(statement.code.name, statement);
    else if (statement.kind === 'from') for (const { name, alias } of statement.names) imports.set(alias ?? name, name);
  }
  return { file, program, classes, functions, imports };
}

/** Statements of the file's own level, inside `if` and `try` too. */
function* ownStatements(body: readonly Stmt[]): Generator<Stmt> {
  for (const statement of body) {
    yield statement;
    // What stands under `__main__` is there for that run alone.
    if (statement.kind === 'if' && mainBlock([statement]).length === 0) {
      yield* ownStatements(statement.consequence);
      yield* ownStatements(statement.otherwise);
    } else if (statement.kind === 'try') {
      yield* ownStatements(statement.body);
      for (const { body: handler } of statement.handlers) yield* ownStatements(handler);
    }
  }
}

/** Names that the classes of a file use of each other: called or handed on, but for bases and annotations. */
function usesByClasses({ classes }: PythonFile): Set<string> {
  const used = new Set<string>();
  for (const cls of classes.values()) {
    for (const node of walk(cls.body)) if (node.kind === 'name' && node.name !== cls.name) used.add(node.name);
  }
  return used;
}

function isAbstract({ code, decorators }: FunctionStatement): boolean {
  if (decorators.some((each) => lastName(each) === 'abstractmethod')) return true;
  const rest = code.body.filter(({ kind, ...statement }) => !(kind === 'expression' && isConstant(statement)));
  const [only] = rest;
  if (rest.length > 1) return false;
  return only === undefined || only.kind === 'pass' || only.kind === 'raise';
}

const isConstant = (statement: object) => (statement as { value?: Expr }).value?.kind === 'constant';

function lastName(expr: Expr | undefined): string | undefined {
  if (expr?.kind === 'subscript') return lastName(expr.object);
  return expr?.kind === 'name' || expr?.kind === 'attribute' ? expr.name : undefined;
}

/** The definitions of all files by name: the file's own first, then any that has the name. */
class Checkout {
  private readonly classes = new Map<string, { cls: ClassStatement; file: PythonFile }>();
  private readonly functions = new Map<string, { code: FunctionStatement; file: PythonFile }>();
  private readonly modules = new Map<ClassStatement, boolean>();
  private readonly builders = new Map<FunctionStatement, boolean>();

  constructor(files: readonly PythonFile[]) {
    for (const file of files) {
      for (const [name, cls] of file.classes) if (!this.classes.has(name)) this.classes.set(name, { cls, file });
      for (const [name, code] of file.functions)
        if (!this.functions.has(name)) this.functions.set(name, { code, file });
    }
  }

  private classOf(expr: Expr | undefined, file: PythonFile) {
    const name = lastName(expr);
    if (name === undefined) return undefined;
    const own = expr?.kind === 'name' ? file.classes.get(name) : undefined;
    if (own) return { cls: own, file };
    return this.classes.get(file.imports.get(name) ?? name);
  }

  isModule(cls: ClassStatement, file: PythonFile): boolean {
    const before = this.modules.get(cls);
    if (before !== undefined) return before;
    // A class among its own bases ends the search.
    this.modules.set(cls, false);
    const found = cls.args.some(({ value, form }) => {
      if (form !== 'plain') return false;
      const base = this.classOf(value, file);
      if (base && base.cls !== cls) return this.isModule(base.cls, base.file);
      const name = lastName(value) ?? '';
      // `nn.Conv2d` with a forward of one's own is a module as well.
      const isLayer = value.kind === 'attribute' && lastName(value.object) === 'nn' && name !== 'Parameter';
      return isLayer || /^(Module|Sequential|LightningModule)$/.test(name);
    });
    this.modules.set(cls, found);
    return found;
  }

  methodOf(
    cls: ClassStatement,
    name: string,
    file: PythonFile,
    seen = new Set<ClassStatement>(),
  ): FunctionStatement | undefined {
    seen.add(cls);
    for (const each of cls.body) if (each.kind === 'function' && each.code.name === name) return each;
    for (const { value } of cls.args) {
      const base = this.classOf(value, file);
      if (!base || seen.has(base.cls)) continue;
      const method = this.methodOf(base.cls, name, base.file, seen);
      if (method) return method;
    }
    return undefined;
  }

  /** Whether a function returns a module that it makes, itself or by another builder. */
  builds(name: string, file: PythonFile): boolean {
    const found = file.functions.get(name);
    return found !== undefined && this.returnsModel(found, file);
  }

  private returnsModel(found: FunctionStatement, file: PythonFile): boolean {
    const before = this.builders.get(found);
    if (before !== undefined) return before;
    this.builders.set(found, false);
    const variables = new Set<string>();
    const makes = (expr: Expr | undefined): boolean => {
      if (expr?.kind === 'name') return variables.has(expr.name);
      if (expr?.kind === 'conditional') return makes(expr.consequence) || makes(expr.otherwise);
      if (expr?.kind !== 'call') return false;
      if (expr.callee.kind === 'attribute' && makes(expr.callee.object)) return true;
      const name = lastName(expr.callee) ?? '';
      const cls = this.classOf(expr.callee, file);
      if (cls) return this.isModule(cls.cls, cls.file) && this.methodOf(cls.cls, 'forward', cls.file) !== undefined;
      if (name === 'Sequential') return true;
      if (expr.callee.kind !== 'name') return false;
      const own = file.functions.get(name);
      if (own) return this.returnsModel(own, file);
      const foreign = this.functions.get(file.imports.get(name) ?? '');
      return foreign !== undefined && this.returnsModel(foreign.code, foreign.file);
    };
    for (const node of walk(found.code.body, false)) {
      if (node.kind !== 'assign' || !makes(node.value)) continue;
      for (const target of node.targets) if (target.kind === 'name') variables.add(target.name);
    }
    let result = false;
    for (const node of walk(found.code.body, false)) if (node.kind === 'return' && makes(node.value)) result = true;
    this.builders.set(found, result);
    return result;
  }
}
