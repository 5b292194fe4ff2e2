import type { SourceRange } from '../graph/types';
import { say } from '../language/say';
import type { Eval } from '../python/natives/context';
import { ExtractionError } from '../python/natives/errors';
import { evaluate, evaluateArguments } from '../python/run/expressions';
import { loadModule } from '../python/run/imports';
import type { Interpreter } from '../python/run/interpreter';
import type { Expr, Program } from '../python/syntax/ast';
import { boundNames, mainBlock, walk } from '../python/syntax/survey';
import { PyFunction, Scope } from '../python/values/scope';
import {
  type Keywords,
  PyClass,
  type PyInstance,
  PyTuple,
  PythonError,
  type PyValue,
  Unknown,
} from '../python/values/values';
import { shortName } from '../source/path';
import { framework } from '../torch/framework';
import { borrowNames, refuseName } from './borrow';
import { type Callee, codeOf, isCallee, nameOf, parametersOf, requiredParameters } from './callee';
import { type ArgumentOrigin, Caller, type CallFrame, type CallValues } from './caller';
import type { CallParts } from './callParts';
import { configuredArguments, type SettingsText, settingNames } from './configFiles';
import type { OuterSettings } from './frames';
import { GivenSettings } from './given';
import { rememberSettings } from './imageSizes';
import { isForWantOfKeys, keyedParameters } from './keyed';
import { assumedNumbers, type NamedNumber, namedNumbers } from './namedNumbers';
import { assertedParameters, describeParameters, type Needed } from './needed';
import { SettingsMaker } from './settingsMaker';
import { pathsTaken } from './settingsTaken';
import { namesIn } from './slice';
import { takeArguments } from './taken';

/** A class or builder needs an argument that nothing in the file gives. */
export class NeedsArgument extends Error {
  override name = 'NeedsArgument';
  constructor(
    readonly callee: string,
    readonly needed: readonly Needed[],
    readonly range: SourceRange | undefined,
    /** What was asked for: `Net`, `Net(3)`. */
    private readonly text: string,
    /** What the code says of the defaults, where it refuses them. */
    readonly refusal?: string | undefined,
    /** What files that hold its settings mention, some of it. */
    readonly mentions: readonly string[] = [],
    /** All names of parameters that it has. */
    readonly beside: readonly string[] = [],
    /** What is known of a call that gives it something that is not. */
    readonly parts?: CallParts | undefined,
  ) {
    super(`${callee} needs ${needed.map(({ name }) => name).join(', ')}`);
  }

  get parameters(): string[] {
    return this.needed.map(({ name }) => name);
  }

  /** The call with places for what is missing: `Net(3, num_classes=)`. */
  get draft(): string {
    const given = /\((.*?),?\s*\)\s*$/s.exec(this.text)?.[1] ?? '';
    const missing = this.parameters.map((name) => `${name}=`);
    return `${this.callee}(${[given.trim(), ...missing].filter(Boolean).join(', ')})`;
  }
}

/** A model's own name is nowhere in the file, or is no model. */
export class NoModel extends Error {
  override name = 'NoModel';
  constructor(
    message: string,
    /** Whether the message has its own way out. */
    readonly isWhole = false,
  ) {
    super(message);
  }
}

/** What was set from outside is taken by nothing. */
export class UnusedSetting extends Error {
  override name = 'UnusedSetting';
}

/** The file's own scope, and what its `__main__` block sets to plain values. */
export function* enter(ctx: Interpreter, program: Program, name: string): Eval<Scope> {
  const module = yield* loadModule(ctx, program, name);
  const scope = new Scope('function', new Scope('module', undefined, module), module);
  yield* ctx.runInFile(program.file, function* (): Eval<null> {
    for (const statement of mainBlock(program.body)) {
      if (statement.kind !== 'assign' || !isPlain(statement.value)) continue;
      try {
        const value = yield* evaluate(ctx, statement.value, scope);
        for (const target of statement.targets) if (target.kind === 'name') scope.names.set(target.name, value);
      } catch (error) {
        // A value that is not known here is not needed here.
        if (!(error instanceof PythonError) && !(error instanceof ExtractionError && error.kind === 'unsupported'))
          throw error;
      }
    }
    return null;
  });
  return scope;
}

/** Whether an expression only puts values together: no call, so nothing is built or run. */
function isPlain(expr: Expr): boolean {
  for (const node of walk(expr)) {
    if (node.kind === 'call' || node.kind === 'comprehension' || node.kind === 'lambda' || node.kind === 'broken')
      return false;
  }
  return true;
}

/** What is read: an expression of the file, or what it makes of a class or a function of another file. */
export type Entry =
  | { readonly kind: 'expression'; readonly expression: Expr; readonly text: string }
  | {
      readonly kind: 'import';
      readonly name: string;
      /** Undefined: whatever is called by the name there. */
      readonly file: string | undefined;
      /** What is made of the arguments, where it is not what is called. */
      readonly instead?: { readonly name: string; readonly program: Program };
      /** The file that defines it. */
      readonly own?: Program;
      /** Those that hand settings to what the program defines. */
      readonly makers?: readonly Program[];
      readonly text: string;
      /** Which of the calls there: earlier ones are refused. */
      readonly nth?: number;
    }
  /** A class or a builder of the file with what one of some files of settings gives it. */
  | {
      readonly kind: 'configured';
      readonly name: string;
      readonly expression: Expr;
      readonly documents: readonly SettingsText[];
      readonly text: string;
      /** Which of those that fit, where earlier ones are refused. */
      readonly nth?: number | undefined;
    }
  /** A class or a builder of the file with the settings that another file makes: of its command line, its classes. */
  | {
      readonly kind: 'parsed';
      readonly name: string;
      readonly expression: Expr;
      readonly maker: Program;
      readonly text: string;
      /** What files of settings may call it, and those that may change what is made. */
      readonly names: readonly string[];
      readonly documents: readonly SettingsText[];
      readonly nth?: number | undefined;
    };

/** Makes the model that was asked for: a class or a function is called, with arguments that the program gives it. */
export class ModelBuilder {
  private readonly caller: Caller;
  private readonly given: GivenSettings;
  /** Where the arguments are from, where they are neither written out nor defaults: known before anything is built. */
  origin: ArgumentOrigin | undefined;
  /** The call that they are from, where it stands in a function of its own. */
  frame: CallFrame | undefined;
  /** The class or the builder that its own defaults can't make, by its name. */
  refused: string | undefined;
  /** What was called last with what was settled for it: the model is what came of it. */
  private called: { readonly callee: Callee; readonly numbers: readonly NamedNumber[] } | undefined;

  constructor(
    private readonly ctx: Interpreter,
    private readonly program: Program,
    private readonly scope: Scope,
    /** The program's text. */
    text: string,
  ) {
    this.caller = new Caller(ctx, program, scope.module, text);
    this.given = GivenSettings.of(ctx);
  }

  /** The numbers that a model was built with, by name. */
  numbersOf(model: PyInstance): readonly NamedNumber[] {
    const { callee, numbers } = this.called ?? {};
    return callee && numbers ? [...numbers, ...assumedNumbers(callee, model, numbers)] : [];
  }

  *make(entry: Entry): Eval<PyInstance> {
    const { ctx } = this;
    const { text } = entry;
    yield* this.given.evaluate(ctx, this.scope);
    let value =
      entry.kind === 'import'
        ? yield* this.fromImport(entry)
        : entry.kind === 'expression'
          ? yield* this.valueOf(entry.expression, text)
          : yield* this.fromSettings(entry);
    if (value instanceof Unknown) return ctx.refuseUnknown(value, text);
    if (isCallee(value)) value = yield* this.build(value, [], new Map(), text);
    if (value instanceof PyTuple) value = value.items.find((item) => framework.isModule(ctx, item)) ?? value;
    if (value instanceof Unknown) return ctx.refuseUnknown(value, text);
    if (!framework.isModule(ctx, value)) throw new NoModel(say('{0} is not a torch.nn.Module', text));
    const [unused] = this.given.listUnused();
    if (unused !== undefined)
      throw new UnusedSetting(say('Nothing that {0} is built with is called {1}', text, unused));
    return value;
  }

  private *valueOf(expression: Expr, text: string): Eval<PyValue> {
    const { ctx, scope, caller } = this;
    const named = expression.kind === 'call' ? expression.callee : expression;
    const isBelow = (name: string) => mainBlock(this.program.body).some((each) => boundNames(each).has(name));
    if (expression.kind === 'name' && ((scope.lookup(expression.name) ?? null) === null || isBelow(expression.name))) {
      const local = yield* caller.local(expression.name);
      if (local !== undefined) return local;
    }
    yield* caller.fillOuter(namesIn(expression), scope);
    const absent = expression.kind === 'name' ? undefined : yield* borrowNames(ctx, expression, scope);
    const isKnown = (name: string): boolean => scope.lookup(name) !== undefined || ctx.builtins.has(name);
    // `from models import *` may have it.
    if (named.kind === 'name' && !isKnown(named.name) && scope.module.stars.length === 0) {
      throw new NoModel(say('There is no {0} in this file', named.name));
    }
    if (absent !== undefined) throw new NoModel(refuseName(absent), true);
    if (expression.kind !== 'call') return yield* evaluate(ctx, expression, scope);
    const callee = yield* evaluate(ctx, expression.callee, scope);
    const { args, keywords } = yield* evaluateArguments(ctx, expression.args, scope);
    if (!isCallee(callee)) return yield* ctx.run(callee, args, keywords);
    return yield* this.build(callee, args, keywords ?? new Map(), text);
  }

  /** What the program makes of a class or a function of another file. */
  private *fromImport(entry: Extract<Entry, { kind: 'import' }>): Eval<PyValue> {
    const { name, file, instead, text, nth } = entry;
    this.caller.choose(name);
    if (entry.makers?.length) this.caller.outer = this.settingsOf(entry.makers);
    const callee = (yield* this.caller.findImport(name, file)) ?? (yield* this.ownChoice(entry));
    if (!callee) throw new NoModel(say('There is no {0} in this file', name));
    const filled = yield* this.caller.fill(callee, requiredParameters(callee), new Map(), true, name, nth);
    if ('missing' in filled) {
      const parts = this.caller.partsFor(callee);
      const needed = describeParameters(callee, filled.missing);
      throw new NeedsArgument(name, needed, undefined, text, undefined, [], [], parts);
    }
    if (instead) return yield* this.insteadOf(callee, filled, instead.name, instead.program);
    this.tell(filled.origin);
    this.frame = filled.frame;
    const keywords = new Map(filled.keywords);
    return yield* this.ctx.run(callee, this.override(callee, filled.args, keywords), keywords);
  }

  /** What its own file defines, where the program calls it by way of a choice. */
  private *ownChoice({ name, own }: Extract<Entry, { kind: 'import' }>): Eval<Callee | undefined> {
    if (!own || !this.caller.choosesAmong(name)) return undefined;
    const module = yield* loadModule(this.ctx, own, shortName(own.file).replace(/\.py$/, ''));
    const found = module.members.get(name);
    return isCallee(found) ? found : undefined;
  }

  /** What a class makes of the arguments that another is called with, by their names. */
  private *insteadOf(called: Callee, values: CallValues, name: string, program: Program): Eval<PyValue> {
    const { ctx } = this;
    const module = yield* loadModule(ctx, program, shortName(program.file).replace(/\.py$/, ''));
    const callee = module.members.get(name);
    // A layer of PyTorch is called everywhere.
    if (!(callee instanceof PyClass && called instanceof PyClass) || called.native)
      throw new NoModel(say('There is no {0} in this file', name));
    const taken = takeArguments(ctx, callee, called, values);
    if ('missing' in taken) throw new NeedsArgument(name, describeParameters(callee, taken.missing), undefined, name);
    const message = say('{0} is built with the arguments of a call of {1}', name, nameOf(called));
    this.tell({ message, source: values.origin?.source, isGuess: true });
    this.frame = values.frame;
    return yield* ctx.run(callee, this.override(callee, [], taken.keywords), taken.keywords);
  }

  /** What a class or a builder makes of the settings of a file. */
  private *fromSettings(entry: Extract<Entry, { kind: 'configured' | 'parsed' }>): Eval<PyValue> {
    const { ctx } = this;
    const { name, text } = entry;
    const callee = yield* evaluate(ctx, entry.expression, this.scope);
    if (!(callee instanceof PyClass || callee instanceof PyFunction))
      throw new NoModel(say('There is no {0} in this file', name));
    const found =
      entry.kind === 'configured'
        ? yield* configuredArguments(ctx, callee, entry.documents, entry.nth)
        : yield* this.fromMaker(callee, entry);
    if (!found) throw new NeedsArgument(name, describeParameters(callee, requiredParameters(callee)), undefined, text);
    this.tell(found.origin);
    const keywords = new Map(found.keywords);
    return yield* ctx.run(callee, this.override(callee, found.args, keywords), keywords);
  }

  /** The one object of settings that a callee takes, as another file makes it. */
  private *fromMaker(callee: Callee, entry: Extract<Entry, { kind: 'parsed' }>): Eval<CallValues | undefined> {
    const { ctx } = this;
    const { maker, names, documents, nth = 0 } = entry;
    const module = yield* loadModule(ctx, maker, shortName(maker.file).replace(/\.py$/, ''));
    return yield* new SettingsMaker(ctx, maker, module, '').make(callee, names, documents, nth);
  }

  /** What other files make for what takes settings by a name, once each. */
  private settingsOf(makers: readonly Program[]): OuterSettings {
    const { ctx } = this;
    const known = new Map<string, PyValue | undefined>();
    return function* (taker, name): Eval<PyValue | undefined> {
      const key = `${nameOf(taker)} ${name}`;
      if (known.has(key)) return known.get(key);
      known.set(key, undefined);
      const paths = yield* pathsTaken(ctx, taker, name);
      for (const maker of makers) {
        const module = yield* loadModule(ctx, maker, shortName(maker.file).replace(/\.py$/, ''));
        const made = yield* new SettingsMaker(ctx, maker, module, '').covering(paths);
        if (!made) continue;
        const from = `${shortName(maker.file)}:${made.from}`;
        ctx.graph.note({ message: say('{0} is built with {1} as its {2}', nameOf(taker), from, name) });
        known.set(key, made.value);
        return made.value;
      }
      return undefined;
    };
  }

  /** Calls a class or a builder with what is given and its defaults, else with what the file gives it. */
  private *build(callee: Callee, args: readonly PyValue[], keywords: Keywords, text: string): Eval<PyValue> {
    const { ctx } = this;
    const given = new Map(keywords);
    const own = this.override(callee, args, given, false);
    let missing = requiredParameters(callee)
      .slice(args.length)
      .filter((name) => !given.has(name));
    if (missing.length === 0) {
      try {
        return yield* ctx.run(callee, this.override(callee, own, given), given);
      } catch (error) {
        missing = missingBehind(callee, error);
        if (missing.length === 0 && args.length === 0 && given.size === 0 && isForWantOfKeys(error))
          missing = keyedParameters(callee);
        if (missing.length === 0) {
          const called = yield* this.calledInstead(callee, args, given, error);
          if (!called) throw error;
          const all = new Map(called.keywords);
          return yield* ctx.run(callee, this.override(callee, called.args, all), all);
        }
      }
    }
    const name = this.nameIn(callee, text);
    const asserted = assertedParameters(callee).filter((each) => !given.has(each) && !this.given.hasPart(each));
    const mentions = yield* settingNames(ctx, callee);
    const needs = (names: readonly string[], refusal?: string) =>
      new NeedsArgument(
        name,
        describeParameters(callee, [...new Set([...names, ...asserted])]),
        placeOf(callee, this.program, name),
        text,
        refusal,
        mentions,
        takenNames(callee),
        this.caller.partsFor(callee),
      );
    // What is written out is meant so: a call of the file would give all of it anew.
    if (args.length > 0 || keywords.size > 0) throw needs(missing);
    const filled = yield* this.caller.fill(callee, missing, given, false, name);
    if ('missing' in filled) {
      const left = filled.missing.filter((each) => !this.given.hasPart(each));
      if (left.length > 0) throw needs(left);
      return yield* ctx.run(callee, this.override(callee, own, given), given);
    }
    this.tell(filled.origin);
    const all = new Map(filled.keywords);
    try {
      const made = yield* ctx.run(callee, this.override(callee, filled.args, all), all);
      // Defaults under which nothing is left of it, a mixture of no experts say, are not meant for it.
      if (filled.isDefault && framework.hasEmptyWeight(ctx, made)) throw needs(missing);
      return made;
    } catch (error) {
      // A call that is refused may be an old one: others say more.
      if (!filled.isDefault && error instanceof PythonError) this.refused = name;
      // Defaults that the code itself refuses leave something to be given.
      if (!filled.isDefault || !(error instanceof PythonError)) throw error;
      throw needs(missing, `${error.type}: ${error.message}`.replace(/: $/, ''));
    }
  }

  /** What the file calls a class: one that a decorator made of it has a name of its own. */
  private nameIn(callee: Callee, text: string): string {
    const name = nameOf(callee);
    const asked = /^[\p{L}_][\p{L}\p{N}_]*/u.exec(text)?.[0] ?? name;
    if (asked === name || !(callee instanceof PyClass) || this.scope.module.members.has(name)) return name;
    const found = this.scope.lookup(asked);
    const isClass = this.program.body.some((each) => each.kind === 'class' && each.name === asked);
    return isClass && found instanceof PyClass && found.canonical === callee.canonical ? asked : name;
  }

  /** Where a class refuses its defaults: the arguments of a call of the program. */
  private *calledInstead(
    callee: Callee,
    args: readonly PyValue[],
    keywords: Keywords,
    error: unknown,
  ): Eval<CallValues | undefined> {
    if (args.length > 0 || keywords.size > 0 || !(error instanceof PythonError)) return undefined;
    this.refused = nameOf(callee);
    const filled = yield* this.caller.fill(callee, [], keywords, true);
    if ('missing' in filled) return undefined;
    this.tell(filled.origin);
    return filled;
  }

  /** Puts what was set from outside in the place of arguments. @returns the positional ones */
  private override(
    callee: Callee,
    args: readonly PyValue[],
    keywords: Map<string, PyValue>,
    parts = true,
  ): readonly PyValue[] {
    const given = this.given.override(this.ctx, parametersOf(callee), args, keywords, parts);
    rememberSettings(this.ctx, [...given, ...keywords.values()]);
    this.called = { callee, numbers: namedNumbers(this.ctx, callee, given, keywords) };
    return given;
  }

  private tell(origin: ArgumentOrigin | undefined): void {
    if (!origin) return;
    this.origin = origin;
    this.ctx.graph.note({ message: origin.message, ...(origin.source && { source: origin.source }) });
  }
}

/** Parameters that a class hands on as `**kwargs` to one that requires them, where that is why a call failed. */
function missingBehind(callee: Callee, error: unknown): string[] {
  const passesOn = codeOf(callee)?.parameters.some(({ kind }) => kind === 'varkeywords');
  if (!passesOn || !(error instanceof PythonError) || error.type !== 'TypeError') return [];
  const told = /missing \d+ required (?:positional|keyword-only) arguments?: (.*)$/.exec(error.message)?.[1] ?? '';
  return Array.from(told.matchAll(/'([^']+)'/g), ([, name = '']) => name);
}

/** All names of parameters, of what a class hands them on to as well. */
function takenNames(callee: Callee): string[] {
  const takers = callee instanceof PyClass ? callee.mro : [callee];
  return takers.flatMap((taker) => parametersOf(taker).map(({ name }) => name));
}

function placeOf(callee: PyValue, program: Program, name: string): SourceRange | undefined {
  if (callee instanceof PyClass) {
    const { range } = callee;
    const written = program.body.find((each) => each.kind === 'class' && each.name === name)?.span;
    const isOwn =
      range?.file === program.file && written && written.line <= range.line && range.line <= written.endLine;
    return written && !isOwn ? { file: program.file, ...written } : range;
  }
  if (!(callee instanceof PyFunction)) return undefined;
  for (const node of walk(program.body)) {
    if (node.kind === 'function' && node.code === callee.code) return { file: program.file, ...node.span };
  }
  return undefined;
}
