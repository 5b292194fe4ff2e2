/** What a file, or another one, gives the model that it builds. */
import type { SourceRange } from '../graph/types';
import { say } from '../language/say';
import type { Eval } from '../python/natives/context';
import { evaluate, evaluateArguments } from '../python/run/expressions';
import { Constructed } from '../python/run/interpreter';
import type { Expr, FunctionCode } from '../python/syntax/ast';
import type { Scope } from '../python/values/scope';
import { type Keywords, PyClass, PyInstance, type PyValue, Unknown } from '../python/values/values';
import { commandLine } from '../stdlib/argparse';
import {
  type Callee,
  codeOf,
  functionOf,
  isCallee,
  isSame,
  keyOf,
  nameOf,
  parametersOf,
  requiredParameters,
} from './callee';
import { type CallParts, holdsUnknown, partsOf } from './callParts';
import { casedSites, type TestCase } from './cases';
import { optionsOfTables } from './chosenCalls';
import { declaredSettings, isTolerable, ONE_OBJECT, ownSettings, settingsFor } from './configs';
import { examplesOf } from './examples';
import { CALLS, DEPTH, Frames, functionsOf } from './frames';
import { pathsTaken } from './settingsTaken';
import {
  type CallExpr,
  type CallSite,
  type ClassStatement,
  callSites,
  conditionsAround,
  lastName,
  namesIn,
  ownName,
} from './slice';

/** The arguments that something is called with, and where they are from. */
export interface CallValues {
  readonly args: readonly PyValue[];
  readonly keywords: Keywords | undefined;
  /** Undefined: its own defaults. */
  readonly origin?: ArgumentOrigin | undefined;
  /** Where the call stands, which may tell what is fed as well. */
  readonly frame?: CallFrame | undefined;
  /** Whether they are settings with their defaults, not what a call gives. */
  readonly isDefault?: boolean;
}

/** A call inside a function, and what its names are there. */
export interface CallFrame {
  readonly call: CallExpr;
  readonly code: FunctionCode;
  readonly scope: Scope;
  /** What the function is run with, where a table of cases tells. */
  readonly given: TestCase | undefined;
}

export interface ArgumentOrigin {
  readonly message: string;
  readonly source?: SourceRange | undefined;
  /** They may be those of something else that has the same names. */
  readonly isGuess?: boolean;
}

/** Cases of a test that are tried. */
const TURNS = 3;

/** Classes of a file that are tried, whether they build another. */
const BUILDERS = 6;

/** Reads what a program's own code would call with, without running more of it than that takes. */
export class Caller extends Frames {
  /** Of what is called with arguments that are not all known: those that are. */
  private readonly parts = new Map<unknown, CallParts>();

  /** What is known of a call of something of which a part is not. */
  partsFor(callee: Callee): CallParts | undefined {
    return this.parts.get(keyOf(callee));
  }

  private keep(callee: Callee, args: readonly PyValue[], keywords: Keywords | undefined, source: SourceRange): void {
    const key = keyOf(callee);
    const file = callee instanceof PyClass ? callee.range?.file : functionOf(callee)?.scope.module.file;
    const parts = this.parts.has(key) ? undefined : partsOf(parametersOf(callee), args, keywords, source, file);
    if (parts) this.parts.set(key, parts);
  }

  /**
   * Arguments for a class or a function that needs some: of a call in the program, of what builds it there, or settings
   * with their defaults.
   * @param missing parameters without a value
   * @param given keywords that are known already
   * @returns the names that nothing gives where there are some
   */
  *fill(
    callee: Callee,
    missing: readonly string[],
    given: Keywords,
    /** Look at calls alone, not at settings with defaults. */
    calls = false,
    name = nameOf(callee),
    /** Which of the calls whose arguments are known. */
    nth = 0,
  ): Eval<CallValues | { readonly missing: readonly string[] }> {
    const key = keyOf(callee);
    if (this.active.has(key) || this.active.size > DEPTH) return { missing };
    this.active.add(key);
    try {
      const called = (yield* this.fromCalls(callee, name, nth)) ?? (yield* this.fromExample(callee, name, nth));
      if (called || calls) return called ?? { missing };
      return yield* this.fromSettings(callee, name, missing, given);
    } finally {
      this.active.delete(key);
    }
  }

  /** Whether a name may be what the program calls where it chooses. */
  choosesAmong(name: string): boolean {
    return callSites(this.program.body, ownName(name)).some(({ chosen }) => chosen);
  }

  /** Has command lines choose something where the program looks it up by an option: `MODELS[args.model](…)`. */
  choose(name: string): void {
    const line = commandLine(this.ctx);
    for (const [option, text] of optionsOfTables(this.program.body, ownName(name)))
      if (!line.has(option)) line.set(option, { value: text, used: false });
  }

  /** A class or a function of another file, by the name under which this program calls it. */
  *findImport(name: string, file: string | undefined): Eval<Callee | undefined> {
    const isIts = (value: PyValue | undefined): value is Callee =>
      isCallee(value) &&
      (file === undefined ||
        (value instanceof PyClass ? value.range?.file : functionOf(value)?.scope.module.file) === file);
    for (const site of callSites(this.program.body, ownName(name)).slice(0, CALLS)) {
      // What is chosen may be another.
      const value = site.chosen ? undefined : yield* this.calleeOf(site);
      if (isIts(value)) return value;
    }
    // Tests are given it by a table.
    const member = yield* this.member(name);
    return isIts(member) ? member : undefined;
  }

  /** The arguments of one call, where all of them are known. */
  private *at(site: CallSite, callee: Callee, name: string): Eval<CallValues | undefined> {
    const { call } = site;
    const scope = yield* this.scopeAt(site, call.args);
    if (!(yield* this.isReached(site))) return undefined;
    const { args, keywords } = yield* this.runHere(() => evaluateArguments(this.ctx, call.args, scope));
    if (call.args.some(({ value }) => this.isUnset(value, scope))) return undefined;
    const source = { file: this.program.file, ...call.span };
    if ([...args, ...(keywords?.values() ?? [])].some((value) => holdsUnknown(value))) {
      this.keep(callee, args, keywords, source);
      return undefined;
    }
    const message = say('{0} is built with the arguments of this call', name);
    const origin = { message, source, ...(site.chosen && { isGuess: true }) };
    const around = site.around.at(-1);
    const given = around && (yield* this.caseOf(around));
    return { args, keywords, origin, frame: around && { call, code: around.code, scope, given } };
  }

  /** Whether a test comes to a call with the case that it is run with. */
  private *isReached(site: CallSite): Eval<boolean> {
    const around = site.around.at(-1);
    if (!around || (yield* this.casesOf(around)).length === 0) return true;
    for (const [condition, holds] of conditionsAround(around.code.body, site.call)) {
      try {
        const scope = yield* this.scopeAt(site, [condition]);
        const value = yield* this.runHere(() => evaluate(this.ctx, condition, scope));
        if (!(value instanceof Unknown) && this.ctx.truth(value) !== holds) return false;
      } catch (error) {
        if (!isTolerable(error)) throw error;
      }
    }
    return true;
  }

  /** Calls of something, and with which of its cases the test around each is run: by its name, then by such a table. */
  private *sitesOf(callee: Callee, name: string): Eval<readonly [CallSite, number][]> {
    const found: [CallSite, number][] = [];
    for (const site of callSites(this.program.body, ownName(name)).slice(0, CALLS)) {
      const around = site.around.at(-1);
      const count = around ? (yield* this.casesOf(around)).length : 0;
      for (let turn = 0; turn < Math.max(1, count); turn++) found.push([site, turn]);
    }
    for (const site of casedSites(this.program.body)) {
      const around = site.around.at(-1);
      const parameter = lastName(site.call.callee) ?? '';
      for (const [turn, each] of (around ? yield* this.casesOf(around) : []).entries())
        if (isSame(each.get(parameter), callee)) found.push([site, turn]);
    }
    return found;
  }

  /** Whether a name is one that functions of the file set, and that nothing has set so far. */
  private isUnset(expr: Expr, scope: Scope): boolean {
    if (expr.kind !== 'name' || scope.lookup(expr.name) !== null) return false;
    return functionsOf(this.program.body, []).some(({ code }) => code.globals.has(expr.name));
  }

  /** What is called at a place. */
  private *calleeOf(site: CallSite): Eval<PyValue | undefined> {
    try {
      const scope = yield* this.scopeAt(site, [site.call.callee]);
      return yield* this.runHere(() => evaluate(this.ctx, site.call.callee, scope));
    } catch (error) {
      if (!isTolerable(error)) throw error;
      return undefined;
    }
  }

  private *fromCalls(callee: Callee, name: string, nth: number): Eval<CallValues | undefined> {
    const { ctx } = this;
    let left = nth;
    let turns = 0;
    let last: CallSite | undefined;
    for (const [site, turn] of yield* this.sitesOf(callee, name)) {
      if (site !== last) turns = 0;
      last = site;
      if (turns >= TURNS) continue;
      this.turn = turn;
      const holder = site.around.find(({ cls }) => cls);
      if (holder?.cls?.name === name) continue;
      try {
        const made = holder?.cls && callee instanceof PyClass ? yield* this.fromBuilder(holder.cls, callee) : undefined;
        if (made && left-- === 0) return made;
        if (made || !(site.chosen || isSame(yield* this.calleeOf(site), callee))) continue;
        const called = yield* this.at(site, callee, name);
        if (called) turns += 1;
        if (called && left-- === 0) return called;
      } catch (error) {
        // Another call may say more.
        if (!isTolerable(error)) throw error;
      }
    }
    if (!(callee instanceof PyClass)) return undefined;
    const builders = this.program.body.filter(
      (statement): statement is ClassStatement =>
        statement.kind === 'class' && statement.name !== name && namesIn(statement.body).has(name),
    );
    for (const builder of builders.slice(0, BUILDERS)) {
      const made = yield* this.fromBuilder(builder, callee);
      if (made && left-- === 0) return made;
    }
    ctx.watched = undefined;
    return undefined;
  }

  /** With what its docstring makes it. */
  private *fromExample(callee: Callee, name: string, nth: number): Eval<CallValues | undefined> {
    const examples = yield* examplesOf(this.ctx, this.program, this.text, name);
    return examples && (yield* new Caller(this.ctx, examples, this.module, '').fromCalls(callee, name, nth));
  }

  /** With what another class of the file makes its first instance of this one. */
  private *fromBuilder(builder: ClassStatement, callee: PyClass): Eval<CallValues | undefined> {
    const { ctx } = this;
    const cls = yield* this.member(builder.name);
    if (!(cls instanceof PyClass) || cls.canonical === callee.canonical || this.active.has(cls.canonical))
      return undefined;
    const before = ctx.watched;
    try {
      ctx.watched = undefined;
      const required = requiredParameters(cls);
      const filled = required.length > 0 ? yield* this.fill(cls, required, new Map()) : undefined;
      if (filled && 'missing' in filled) return undefined;
      ctx.watched = callee;
      yield* ctx.run(cls, filled?.args ?? [], filled?.keywords);
    } catch (error) {
      if (error instanceof Constructed) {
        if ([...error.args, ...(error.keywords?.values() ?? [])].some((value) => holdsUnknown(value))) return undefined;
        const message = say('{0} is built with the arguments that {1} gives it', callee.name, cls.name);
        return { args: error.args, keywords: error.keywords, origin: { message, source: error.range } };
      }
      if (!isTolerable(error)) throw error;
    } finally {
      ctx.watched = before;
    }
    return undefined;
  }

  private *fromSettings(
    callee: Callee,
    name: string,
    missing: readonly string[],
    given: Keywords,
  ): Eval<CallValues | { readonly missing: readonly string[] }> {
    const keywords = new Map(given);
    const code = codeOf(callee);
    const left: string[] = [];
    let origin: ArgumentOrigin | undefined;
    for (const parameter of missing) {
      const node = code?.parameters.find((each) => each.name === parameter);
      const paths = ONE_OBJECT.test(parameter) ? yield* pathsTaken(this.ctx, callee, parameter) : new Set<string>();
      const wanted = code && { name: parameter, annotation: node?.annotation, code, taker: name, paths };
      const module = functionOf(callee)?.scope.module;
      const cls = callee instanceof PyClass ? callee : undefined;
      const own =
        wanted &&
        ((cls && (yield* declaredSettings(this.ctx, cls, wanted))) ??
          (yield* settingsFor(this.ctx, module ?? this.module, wanted)) ??
          (cls && (yield* ownSettings(this.ctx, cls, wanted))));
      if (own) {
        keywords.set(parameter, own.value);
        const source = own.value instanceof PyInstance ? own.value.cls.range : undefined;
        origin ??= { message: say('{0} is built with {1} as its {2}', name, own.from, parameter), source };
      } else left.push(parameter);
    }
    return left.length > 0 ? { missing: left } : { args: [], keywords, origin, isDefault: true };
  }
}
