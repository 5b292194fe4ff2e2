/** The scopes around the calls of a file, with no more of it run than their names need. */
import type { Eval } from '../python/natives/context';
import { nativeClass } from '../python/natives/native';
import { evaluate, evaluateArguments } from '../python/run/expressions';
import type { Interpreter } from '../python/run/interpreter';
import { settle } from '../python/run/late';
import { executeOne, Return } from '../python/run/statements';
import type { CallArgument, Expr, FunctionCode, ParameterNode, Program, Stmt } from '../python/syntax/ast';
import { boundNames, mainBlock, walk } from '../python/syntax/survey';
import { PyFunction, Scope } from '../python/values/scope';
import {
  type Keywords,
  PyClass,
  PyDict,
  PyInstance,
  PyLate,
  type PyModule,
  PyTuple,
  type PyValue,
  Unknown,
} from '../python/values/values';
import { framework } from '../torch/framework';
import { composeConfig } from '../yaml/hydra';
import { type Callee, isCallee } from './callee';
import { casesOf, hasCases, type TestCase } from './cases';
import { isTolerable, ONE_OBJECT, settingsFor, unknownArgument } from './configs';
import { optionFor, promptDefault } from './options';
import {
  type CallExpr,
  type CallSite,
  type ClassStatement,
  callSites,
  type Enclosing,
  type FunctionStatement,
  lastName,
  namesIn,
  rootName,
  sliceFor,
  statementsBefore,
  statementsWith,
} from './slice';

/** Functions around functions, and classes around classes, that are followed. */
export const DEPTH = 6;
/** Calls of one name that are tried. */
export const CALLS = 12;

/** Methods that give an object its fields before others run. */
const INITIALISES = /^(__init__|setUp|setUpClass|setup_method|setup_class|setup)$/;

/** Settings that another file makes, for what takes them by a name. */
export type OuterSettings = (taker: Callee, name: string) => Eval<PyValue | undefined>;

/** A program's scopes, as its own code would find them. */
export class Frames {
  /** Asked where nothing of the file itself gives an object of settings. */
  outer: OuterSettings | undefined;
  /** What is being followed, so that nothing is followed in a circle. */
  protected readonly active = new Set<unknown>();
  protected readonly top: Scope;
  /** Which of its cases a test is run with. */
  protected turn = 0;
  private readonly cases = new Map<FunctionCode, readonly TestCase[]>();

  constructor(
    protected readonly ctx: Interpreter,
    protected readonly program: Program,
    protected readonly module: PyModule,
    /** The program's text. */
    protected readonly text: string,
  ) {
    this.top = new Scope('module', undefined, module);
  }

  /** What a name stands for that is bound below `if __name__ == '__main__':` or in a function, `main` first. */
  *local(name: string): Eval<PyValue | undefined> {
    const main = mainBlock(this.program.body);
    if (main.some((statement) => boundNames(statement).has(name))) {
      yield* this.runSlice(statementsWith(main, name), new Set([name]), this.top);
      return this.top.lookup(name);
    }
    for (const statement of functionsOf(this.program.body, main)) {
      if (!statement.code.body.some((each) => boundNames(each).has(name))) continue;
      const enclosing = { code: statement.code, statement, cls: undefined };
      const scope = new Scope('function', this.top, this.module, statement.code);
      const names = new Set([name]);
      const needed = sliceFor(statementsWith(statement.code.body, name), names);
      yield* this.bindParameters(enclosing, scope, names);
      yield* this.fillOuter(names, scope);
      yield* this.runTolerant(needed, scope, names);
      const value = scope.names.get(name);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** Brings names that only `if __name__ == '__main__':` binds into the file's own scope. */
  *fillOuter(names: Iterable<string>, scope: Scope = this.top): Eval<void> {
    const main = mainBlock(this.program.body);
    const missing = [...names].filter(
      (name) => scope.lookup(name) === undefined && main.some((statement) => boundNames(statement).has(name)),
    );
    if (missing.length > 0 && !this.active.has(main)) {
      this.active.add(main);
      yield* this.runSlice(main, new Set(missing), this.top);
      this.active.delete(main);
    }
  }

  /** The names around a call, as far as the given code needs them. */
  protected *scopeAt({ around, call }: CallSite, needed: readonly (Expr | CallArgument)[]): Eval<Scope> {
    if (around.length === 0) return yield* this.topAt(call, namesIn(needed));
    let scope = this.top;
    for (const [index, enclosing] of around.entries()) {
      const { code } = enclosing;
      const inner = around[index + 1];
      const target = inner?.statement ?? call;
      const names = namesIn(inner ? inner.code : needed);
      const before = sliceFor(statementsBefore(code.body, target), names);
      const own = new Scope('function', scope, this.module, code);
      yield* this.bindParameters(enclosing, own, names);
      yield* this.fillOuter(names, own);
      yield* this.runTolerant(before, own, names);
      scope = own;
    }
    return scope;
  }

  private *topAt(call: Expr, names: Set<string>): Eval<Scope> {
    const main = mainBlock(this.program.body);
    const before = statementsBefore(main, call);
    if (before.length > 0) yield* this.runSlice(before, names, this.top);
    else {
      for (const statement of this.program.body) {
        const inside = statementsBefore([statement], call);
        if (inside.length > 0) yield* this.runSlice(inside, names, this.top);
      }
    }
    return this.top;
  }

  private *runSlice(statements: readonly Stmt[], names: Set<string>, scope: Scope): Eval<void> {
    const needed = sliceFor(statements, names);
    yield* this.runTolerant(needed, scope, names);
  }

  /** Runs statements past what can't be read: what that binds, or may have changed, is Unknown. */
  private *runTolerant(statements: readonly Stmt[], scope: Scope, names: ReadonlySet<string>): Eval<void> {
    const { ctx } = this;
    yield* this.runHere(function* (): Eval<null> {
      for (const statement of statements) {
        if (ctx.meter.step()) yield* ctx.pause();
        ctx.span = statement.span;
        try {
          if ((yield* executeOne(ctx, statement, scope)) instanceof Return) break;
        } catch (error) {
          if (!isTolerable(error)) throw error;
          const unknown = new Unknown(error.message, error.range ?? { file: ctx.file, ...statement.span });
          const fields = fieldsSet(statement, scope).filter(({ object }) => !framework.isModule(ctx, object));
          for (const { object, name } of fields) object.fields.set(name, unknown);
          // Of an object of which one field is not known, the others are.
          const isKept = (name: string) => fields.some(({ root }) => root === name);
          for (const name of changesOf(statement)) if (names.has(name) && !isKept(name)) scope.assign(name, unknown);
        }
      }
      return null;
    });
  }

  private *bindParameters(enclosing: Enclosing, scope: Scope, names: ReadonlySet<string>): Eval<void> {
    const { code, cls, statement } = enclosing;
    const wanted = code.parameters.filter(({ name }) => names.has(name));
    const [self] = code.parameters;
    const isOther = statement.decorators.some((each) => /^(static|class)method$/.test(lastName(each) ?? ''));
    if (cls && self && wanted.includes(self) && !isOther) {
      scope.names.set(self.name, yield* this.instanceOf(cls, code));
      wanted.splice(wanted.indexOf(self), 1);
    }
    const [first] = wanted;
    const config = first === code.parameters[0] ? yield* this.composeFor(statement) : undefined;
    if (first && config !== undefined) scope.names.set(wanted.shift()?.name ?? '', config);
    if (wanted.length === 0) return;
    const values = (yield* this.caseOf(enclosing)) ?? (yield* this.fromCallers(enclosing, wanted));
    for (const parameter of wanted) {
      let value = values.get(parameter.name);
      if (value === undefined || value instanceof Unknown)
        value =
          (yield* this.runHere(() => optionFor(this.ctx, statement.decorators, parameter.name, this.top))) ?? value;
      if (value === undefined || value instanceof Unknown) {
        const { name, annotation } = parameter;
        const found = yield* settingsFor(this.ctx, this.module, { name, annotation, code, taker: code.name });
        const outer = found ? undefined : yield* this.outerFor(enclosing, name);
        value = found?.value ?? outer ?? value ?? unknownArgument(this.ctx, name, code.name);
      }
      scope.names.set(parameter.name, value);
    }
  }

  /** The settings that another file hands to a function, or to what initialises a class. */
  private *outerFor({ code, cls }: Enclosing, name: string): Eval<PyValue | undefined> {
    if (!this.outer || !ONE_OBJECT.test(name) || (cls && code.name !== '__init__')) return undefined;
    const taker = yield* this.member(cls ? cls.name : code.name);
    return isCallee(taker) ? yield* this.outer(taker, name) : undefined;
  }

  /** What a test is run with, where a table of cases tells. */
  protected *caseOf(enclosing: Enclosing): Eval<TestCase | undefined> {
    const cases = yield* this.casesOf(enclosing);
    return cases[Math.min(this.turn, cases.length - 1)];
  }

  protected *casesOf({ code, cls, statement }: Enclosing): Eval<readonly TestCase[]> {
    if (!hasCases(statement)) return [];
    let found = this.cases.get(code);
    if (!found) {
      found = yield* this.runHere(() => casesOf(this.ctx, statement, cls !== undefined, this.top));
      this.cases.set(code, found);
    }
    return found;
  }

  /** The configuration that `@hydra.main(config_path='conf', config_name='config')`, or what wraps it, hands to a function. */
  private *composeFor({ decorators }: FunctionStatement): Eval<PyValue | undefined> {
    for (const decorator of decorators) {
      if (decorator.kind !== 'call') continue;
      const text = (name: string, index: number): string | undefined => {
        const plain = decorator.args.filter(({ form }) => form === 'plain');
        const argument = decorator.args.find((each) => each.name === name) ?? plain[index];
        const value = argument?.value;
        return value?.kind === 'constant' && typeof value.value === 'string' ? value.value : undefined;
      };
      const name = text('config_name', 1);
      if (!/hydra/i.test(`${rootName(decorator.callee)} ${lastName(decorator.callee)}`) || name === undefined) continue;
      return yield* this.runHere(() => composeConfig(this.ctx, text('config_path', 0) ?? '.', name));
    }
    return undefined;
  }

  /** What a function's parameters get in the first call that tells all of them; else in the first; else their defaults. */
  private *fromCallers({ code, cls }: Enclosing, wanted: readonly ParameterNode[]): Eval<Map<string, PyValue>> {
    let first: Map<string, PyValue> | undefined;
    const name = cls && code.name === '__init__' ? cls.name : code.name;
    if (!this.active.has(code) && this.active.size <= DEPTH) {
      this.active.add(code);
      try {
        for (const site of callSites(this.program.body, name).slice(0, CALLS)) {
          if (site.around.some((each) => each.code === code)) continue;
          const values = yield* this.passed(site, code.parameters.slice(cls ? 1 : 0), wanted);
          if (![...values.values()].some((value) => value instanceof Unknown)) return values;
          first ??= values;
        }
      } finally {
        this.active.delete(code);
      }
    }
    if (first) return first;
    const values = new Map<string, PyValue>();
    for (const parameter of wanted) {
      const value = yield* this.defaultOf(parameter);
      if (value !== undefined) values.set(parameter.name, value);
    }
    return values;
  }

  /** What a call passes for some of a function's parameters. */
  private *passed(
    site: CallSite,
    parameters: readonly ParameterNode[],
    wanted: readonly ParameterNode[],
  ): Eval<Map<string, PyValue>> {
    const values = new Map<string, PyValue>();
    const { args } = site.call;
    const positional = parameters.filter(({ kind }) => kind === 'positional' || kind === 'positional-only');
    const plain = args.filter(({ form }) => form === 'plain');
    const isSpread = args.some(({ form }) => form === 'star');
    for (const parameter of wanted) {
      const { name, kind } = parameter;
      const named = args.find((each) => each.form === 'keyword' && each.name === name);
      const argument = named ?? (isSpread ? undefined : plain[positional.indexOf(parameter)]);
      let value: PyValue | undefined;
      if (kind === 'varkeywords') {
        const known = new Set(parameters.map((each) => each.name));
        const extra = args.filter(
          (each) => each.form === 'doublestar' || (each.form === 'keyword' && !known.has(each.name)),
        );
        const keywords = (yield* this.valuesAt(site, extra))?.keywords;
        value = keywords ? PyDict.from(keywords) : extra.length > 0 ? undefined : new PyDict();
      } else if (kind === 'varargs') value = isSpread ? undefined : new PyTuple([]);
      else if (argument) value = (yield* this.valuesAt(site, [{ ...argument, form: 'plain' }]))?.args[0];
      else if (!isSpread) {
        const spread = args.filter(({ form }) => form === 'doublestar');
        value =
          (spread.length > 0 ? (yield* this.valuesAt(site, spread))?.keywords?.get(name) : undefined) ??
          (yield* this.defaultOf(parameter));
      }
      values.set(name, value ?? unknownArgument(this.ctx, name, lastName(site.call.callee) ?? ''));
    }
    return values;
  }

  private *valuesAt(
    site: CallSite,
    args: readonly CallArgument[],
  ): Eval<{ readonly args: readonly PyValue[]; readonly keywords: Keywords | undefined } | undefined> {
    try {
      const scope = yield* this.scopeAt(site, args);
      return yield* this.runHere(() => evaluateArguments(this.ctx, args, scope));
    } catch (error) {
      if (!isTolerable(error)) throw error;
      return undefined;
    }
  }

  private *defaultOf({ kind, default: written }: ParameterNode): Eval<PyValue | undefined> {
    if (kind === 'varkeywords') return new PyDict();
    if (kind === 'varargs') return new PyTuple([]);
    const value = written && promptDefault(written);
    if (!value) return undefined;
    try {
      return yield* this.runHere(() => evaluate(this.ctx, value, this.top));
    } catch (error) {
      if (!isTolerable(error)) throw error;
      return undefined;
    }
  }

  /**
   * An object of a class that is no model, as far as what initialises it can be read.
   * @param within the method that it is for: what that gives it is not there yet
   */
  private *instanceOf(cls: ClassStatement, within: FunctionCode): Eval<PyValue> {
    const found = yield* this.member(cls.name);
    // Of a class whose bases are not known, what its own code sets is.
    const known =
      found instanceof PyClass ? found : nativeClass(cls.name, [this.ctx.classes.object], {}, this.module.name);
    const object = new PyInstance(known.canonical);
    yield* this.setUpAbove(object, cls);
    const own = cls.body.filter((each): each is FunctionStatement => each.kind === 'function');
    for (const each of own) if (INITIALISES.test(each.code.name)) yield* this.initialise(object, cls, each, within);
    if (!own.some(({ code }) => code.name === '__init__')) yield* this.initialiseBase(object, known.canonical, within);
    return object;
  }

  /** What the bases of a class of tests set up, where it does not itself. */
  private *setUpAbove(object: PyInstance, cls: ClassStatement): Eval<void> {
    const above = object.cls.lookup('setUp');
    if (!(above instanceof PyFunction) || cls.body.some((each) => each.kind === 'function' && each.code === above.code))
      return;
    try {
      yield* this.ctx.run(above, [object]);
    } catch (error) {
      if (!isTolerable(error)) throw error;
    }
  }

  private *initialise(
    object: PyInstance,
    cls: ClassStatement,
    initialise: FunctionStatement,
    within: FunctionCode,
  ): Eval<void> {
    const { code } = initialise;
    const self = code.parameters[0]?.name;
    if (!self) return;
    const scope = new Scope('function', this.top, this.module, code);
    scope.names.set(self, object);
    const above = code.name === '__init__' ? callAbove(code) : undefined;
    const names = namesOfFields(code, self, within);
    for (const name of above ? namesIn(above.args) : []) names.add(name);
    const needed = fieldsOf(code, names, self, within);
    names.delete(self);
    yield* this.bindParameters({ code, statement: initialise, cls }, scope, names);
    yield* this.fillOuter(names, scope);
    if (above) {
      const given = yield* this.runHere(() => evaluateTolerant(this.ctx, above.args, scope));
      if (given) yield* this.initialiseBase(object, object.cls, within, given);
    }
    yield* this.runTolerant(needed, scope, names);
  }

  /** What the next class above that has a constructor sets, with what that is handed. */
  private *initialiseBase(
    object: PyInstance,
    below: PyClass,
    within: FunctionCode,
    given?: { readonly args: readonly PyValue[]; readonly keywords: Keywords | undefined },
  ): Eval<void> {
    const { ctx } = this;
    const { mro } = object.cls;
    const holder = mro
      .slice(mro.indexOf(below) + 1)
      .find(({ members }) => members.get('__init__') instanceof PyFunction);
    const initialise = holder?.members.get('__init__');
    if (!holder || !(initialise instanceof PyFunction)) return;
    const { code, parameters } = initialise;
    const [self, ...others] = parameters;
    if (!self) return;
    const scope = new Scope('function', initialise.scope, initialise.scope.module, code);
    scope.names.set(self.name, object);
    for (const [index, { name, default: standard }] of others.entries()) {
      const value = given?.args[index] ?? given?.keywords?.get(name) ?? standard;
      const ask = value === undefined && ONE_OBJECT.test(name) ? this.outer : undefined;
      const outer = ask ? yield* ask(object.cls, name) : value;
      scope.names.set(name, outer ?? unknownArgument(ctx, name, holder.name));
    }
    const above = callAbove(code);
    const handed = above && (yield* this.runHere(() => evaluateTolerant(ctx, above.args, scope)));
    if (handed) yield* this.initialiseBase(object, holder, within, handed);
    const names = namesOfFields(code, self.name, within);
    yield* this.runTolerant(fieldsOf(code, names, self.name, within), scope, names);
  }

  protected *member(name: string): Eval<PyValue | undefined> {
    const found = this.module.members.get(name);
    return found instanceof PyLate ? yield* settle(this.ctx, found) : found;
  }

  protected runHere<T>(body: () => Eval<T>): Eval<T> {
    return this.ctx.runInFile(this.program.file, body);
  }
}

/** `super().__init__(args)` of a constructor. */
function callAbove({ body }: FunctionCode): CallExpr | undefined {
  for (const node of walk(body, false)) {
    if (node.kind !== 'call' || node.callee.kind !== 'attribute' || node.callee.name !== '__init__') continue;
    const { object } = node.callee;
    if (object.kind === 'call' && lastName(object.callee) === 'super') return node;
  }
  return undefined;
}

/** Statements of a constructor that set fields, but for those that a method gives it. */
function storesOf({ body }: FunctionCode, self: string, within: FunctionCode): Stmt[] {
  const calls = (statement: Stmt): boolean => {
    for (const node of walk(statement))
      if (node.kind === 'attribute' && node.name === within.name && rootName(node) === self) return true;
    return false;
  };
  return body.filter(
    (each) => each.kind === 'assign' && each.targets.some((target) => rootName(target) === self) && !calls(each),
  );
}

function namesOfFields(code: FunctionCode, self: string, within: FunctionCode): Set<string> {
  return new Set([self, ...namesIn(storesOf(code, self, within))]);
}

/** What sets the fields of an object, and what that depends on; the names that it needs are added. */
function fieldsOf(code: FunctionCode, names: Set<string>, self: string, within: FunctionCode): Stmt[] {
  const kept = new Set(storesOf(code, self, within));
  const isLeftOut = (each: Stmt) =>
    each.kind === 'assign' && each.targets.some((target) => rootName(target) === self) && !kept.has(each);
  return sliceFor(
    code.body.filter((each) => !isLeftOut(each)),
    names,
  ).filter(({ kind }) => kind !== 'expression');
}

function* evaluateTolerant(
  ctx: Interpreter,
  args: readonly CallArgument[],
  scope: Scope,
): Eval<{ readonly args: readonly PyValue[]; readonly keywords: Keywords | undefined } | undefined> {
  try {
    return yield* evaluateArguments(ctx, args, scope);
  } catch (error) {
    if (!isTolerable(error)) throw error;
    return undefined;
  }
}

/** Functions at a file's own level: `main`, those that the `__main__` block names, the others. */
export function functionsOf(body: readonly Stmt[], main: readonly Stmt[]): FunctionStatement[] {
  const functions = body.filter((statement): statement is FunctionStatement => statement.kind === 'function');
  const named = namesIn(main);
  const rank = ({ code }: FunctionStatement): number => (code.name === 'main' ? 0 : named.has(code.name) ? 1 : 2);
  return functions.sort((a, b) => rank(a) - rank(b));
}

/** Fields of objects that a statement sets, blocks included: `args.width = …`. */
function fieldsSet(statement: Stmt, scope: Scope): { root: string; object: PyInstance; name: string }[] {
  const bound = boundNames(statement);
  const found: { root: string; object: PyInstance; name: string }[] = [];
  for (const node of walk(statement, false)) {
    const targets = node.kind === 'assign' ? node.targets : node.kind === 'augmented' ? [node.target] : [];
    for (const target of targets) {
      if (target.kind !== 'attribute' || target.object.kind !== 'name') continue;
      const root = target.object.name;
      const object = scope.lookup(root);
      if (object instanceof PyInstance && !bound.has(root)) found.push({ root, object, name: target.name });
    }
  }
  return found;
}

/** Names that a statement binds, or whose object it changes. */
function changesOf(statement: Stmt): Set<string> {
  const names = boundNames(statement);
  const targets =
    statement.kind === 'assign'
      ? statement.targets
      : statement.kind === 'augmented' || statement.kind === 'annotation'
        ? [statement.target]
        : statement.kind === 'expression' &&
            statement.value.kind === 'call' &&
            statement.value.callee.kind === 'attribute'
          ? [statement.value.callee]
          : [];
  for (const target of targets) {
    const name = rootName(target);
    if (name !== undefined) names.add(name);
  }
  return names;
}
