import { keyName } from '../../detect/typescript/bindings';
import type { TypeScriptNames } from '../../detect/typescript/names';
import { callValue, loseArguments } from './calls';
import type { Code } from './code';
import { evaluateExpression } from './expressions';
import { boundMethod, memberOf, methodNamed, methodsOf } from './members';
import { ScriptMemory, type ScriptScope } from './memory';
import type { Completion, Jump, ScriptRun, TfjsLoss } from './run';
import { bindPattern, isStatic } from './scopes';
import { executeStatement } from './statements';
import {
  chooseOf,
  many,
  nothing,
  possibilities,
  type ScriptArgument,
  type ScriptArray,
  type ScriptClass,
  type ScriptFunction,
  type ScriptObject,
  type ScriptValue,
  type TfjsLayer,
  type TfjsResult,
  unknown,
} from './values';

/** Expressions that are looked at in a file; of one that takes more nothing is said. */
const MAX_STEPS = 120_000;
/** Calls inside one another. */
const MAX_DEPTH = 7;
/** Functions inside one another that are looked at for whoever may call them. */
const MAX_LATE = 4;
/** Of one piece of code: functions that wait, and objects whose methods do. */
const MAX_ALIKE = 2;

/** What a file's code does with TensorFlow.js. */
export interface TfjsFlow {
  readonly results: readonly TfjsResult[];
  readonly layers: readonly TfjsLayer[];
  readonly losses: readonly TfjsLoss[];
  /** How many operations, models and callers take a result. */
  usesOf(result: TfjsResult): number;
  /** What a variable or property is called that holds a result. */
  nameOf(result: TfjsResult): string | undefined;
}

/** Follows values through a file: its own lines, then each function and method for whoever may call it. */
export function* followScript(program: Code, names: TypeScriptNames): Generator<void, TfjsFlow> {
  const run = new ScriptEvaluation(names, program);
  yield* run.followAll();
  return run;
}

class ScriptEvaluation implements ScriptRun, TfjsFlow {
  memory = new ScriptMemory();
  readonly results: TfjsResult[] = [];
  readonly layers: TfjsLayer[] = [];
  readonly losses: TfjsLoss[] = [];
  private readonly uses = new Map<TfjsResult, number>();
  private readonly titles = new Map<TfjsResult, string>();
  private readonly trail: { readonly code: Code; readonly returned: ScriptValue[] }[] = [];
  private jumps: { readonly jump: Jump; readonly memory: ScriptMemory }[] = [];
  /** Functions and classes that were met and that nothing has called. */
  private waiting: (ScriptFunction | ScriptClass)[] = [];
  /** Objects of a class whose methods wait, by whether they were made while it is listened to. */
  private readonly objects = { true: new Map<Code, number>(), false: new Map<Code, number>() };
  private readonly called = new Set<Code>();
  private isRecording = true;
  private isMaybe = false;
  private steps = 0;
  private ids = 0;

  constructor(
    readonly names: TypeScriptNames,
    private readonly program: Code,
  ) {}

  *followAll(): Generator<void> {
    const { startIndex: start, endIndex: end } = this.program.node;
    const scope: ScriptScope = { id: 0, start, end, parent: undefined, receiver: undefined, owner: undefined };
    this.execute(this.program, scope);
    yield;
    yield* this.followWaiting(0);
    // What was left out might have changed everything.
    if (this.steps > MAX_STEPS) for (const found of [this.results, this.layers, this.losses]) found.length = 0;
  }

  /**
   * Looks at what nobody has called yet. Any of it may run at any time, so that first all are gone through for what they
   * leave behind, and then each is listened to.
   */
  private *followWaiting(depth: number): Generator<void> {
    const all = this.waiting.filter(({ code }) => !this.called.has(code));
    this.waiting = [];
    if (all.length === 0 || depth > MAX_LATE || this.steps > MAX_STEPS) return;
    const { isRecording } = this;
    const before = this.memory;
    const ends: ScriptMemory[] = [before.fork()];
    this.isRecording = false;
    for (const each of all) {
      this.memory = before.fork();
      yield* this.runLate(each, depth);
      ends.push(this.memory);
    }
    this.isRecording = isRecording;
    this.memory = before.fork();
    this.memory.join(ends, before);
    if (!isRecording) return;
    const joined = this.memory;
    const open = all.filter((each) => !this.called.has(each.code));
    for (const each of open) {
      this.memory = joined.fork();
      yield* this.runLate(each, depth);
    }
    this.memory = joined;
  }

  private *runLate(each: ScriptFunction | ScriptClass, depth: number): Generator<void> {
    if (this.called.has(each.code) && this.isRecording) return;
    const known = new Set(this.called);
    if (each.kind === 'function') this.use(this.inline(each, undefined));
    else this.instantiate(each, undefined, each.code);
    if (!known.has(each.code)) this.called.delete(each.code);
    yield;
    yield* this.followWaiting(depth + 1);
  }

  newId(): number {
    return ++this.ids;
  }

  usesOf(result: TfjsResult): number {
    return this.uses.get(result) ?? 0;
  }

  nameOf(result: TfjsResult): string | undefined {
    return this.titles.get(result);
  }

  nameResult(result: TfjsResult, name: string): void {
    if (!this.titles.has(result)) this.titles.set(result, name);
  }

  use(value: ScriptValue, depth = 0): void {
    for (const each of possibilities(value)) {
      if (each.kind === 'result') this.uses.set(each, this.usesOf(each) + 1);
      if (depth < 3 && (each.kind === 'array' || each.kind === 'object')) {
        const { items, properties } = this.memory.contents(each.id);
        for (const item of items) this.use(item, depth + 1);
        for (const property of properties.values()) this.use(property.value, depth + 1);
      }
    }
  }

  record(result: Omit<TfjsResult, 'kind' | 'isMaybe'>): TfjsResult {
    const found: TfjsResult = { kind: 'result', ...result, isMaybe: this.isMaybe };
    for (const each of found.inputs) this.use(each);
    if (this.isRecording) this.results.push(found);
    return found;
  }

  choosing<T>(among: readonly ScriptValue[], body: () => T): T {
    const { isMaybe } = this;
    this.isMaybe = isMaybe || among.length > 1;
    const found = body();
    this.isMaybe = isMaybe;
    return found;
  }

  noteLayer(layer: TfjsLayer): void {
    if (this.isRecording) this.layers.push(layer);
  }

  noteLoss(loss: TfjsLoss): void {
    if (this.isRecording) this.losses.push(loss);
  }

  noteFunction(callee: ScriptFunction): void {
    if (this.waiting.filter(({ code }) => code === callee.code).length < MAX_ALIKE) this.waiting.push(callee);
  }

  noteClass(cls: ScriptClass): void {
    if (!this.waiting.some(({ code }) => code === cls.code)) this.waiting.push(cls);
  }

  noteReturn(value: ScriptValue): void {
    this.trail.at(-1)?.returned.push(value);
  }

  evaluate(code: Code, scope: ScriptScope): ScriptValue {
    return ++this.steps > MAX_STEPS ? unknown : evaluateExpression(this, code, scope);
  }

  execute(code: Code, scope: ScriptScope): Completion {
    return ++this.steps > MAX_STEPS ? 'left' : executeStatement(this, code, scope);
  }

  call(callee: ScriptValue, args: readonly ScriptArgument[], at: Code): ScriptValue {
    return callValue(this, callee, args, at);
  }

  construct(callee: ScriptValue, args: readonly ScriptArgument[], at: Code): ScriptValue {
    if (callee.kind === 'class') return this.instantiate(callee, args, at);
    return callee.kind === 'library' ? callValue(this, callee, args, at) : loseArguments(this, args, at);
  }

  newArray(items: readonly ScriptValue[]): ScriptArray {
    const id = this.newId();
    this.memory.fill(id, { items });
    return { kind: 'array', id };
  }

  member(object: ScriptValue, name: string): ScriptValue {
    return memberOf(this, object, name);
  }

  elements(value: ScriptValue): readonly ScriptValue[] | undefined {
    const items = value.kind === 'array' ? this.memory.contents(value.id).items : undefined;
    return items?.every((each) => each.kind !== 'unknown' || !each.isMany) && items.length <= 24 ? items : undefined;
  }

  inline(callee: ScriptFunction, args: readonly ScriptArgument[] | undefined): ScriptValue {
    const { code } = callee;
    this.called.add(code);
    const isRunning = this.trail.some((each) => each.code === code);
    const isGenerator = /^generator/.test(code.type) || code.tokens.has('*');
    if (isRunning || this.trail.length >= MAX_DEPTH || isGenerator) return loseArguments(this, args ?? [], code);
    const returned: ScriptValue[] = [];
    this.trail.push({ code, returned });
    const scope = this.scopeFor(callee);
    const count = this.waiting.length;
    const completion = this.runUntil(['return'], () => {
      this.bindParameters(callee, args, scope);
      const body = code.field('body');
      if (!body) return 'normal';
      if (body.type === 'statement_block') return this.execute(body, scope);
      returned.push(this.evaluate(body, scope));
      return this.leave('return');
    });
    this.trail.pop();
    // Nothing closes over the names of the call.
    if (this.waiting.length === count) this.memory.forget(scope.id);
    if (completion === 'left') return unknown;
    return returned.length > 0 ? chooseOf(returned) : nothing;
  }

  private scopeFor({ code, scope, receiver, owner }: ScriptFunction): ScriptScope {
    const parameters = code.field('parameters') ?? code.field('parameter') ?? code.field('body') ?? code;
    return {
      id: this.newId(),
      start: code.type === 'arrow_function' ? code.node.startIndex : parameters.node.startIndex,
      end: code.node.endIndex,
      parent: scope,
      receiver,
      owner: owner ?? (code.type === 'arrow_function' ? scope.owner : undefined),
    };
  }

  private bindParameters(
    { code, receiver }: ScriptFunction,
    args: readonly ScriptArgument[] | undefined,
    scope: ScriptScope,
  ): void {
    const single = code.field('parameter');
    const parameters = single ? [single] : (code.field('parameters')?.children ?? []);
    const isOpen = args?.some(({ value }) => value.kind === 'unknown' && value.isMany) ?? true;
    for (const [index, parameter] of parameters.entries()) {
      const name = parameter.field('pattern') ?? parameter;
      const isRest = name.type === 'rest_pattern';
      const given = isRest
        ? this.newArray(isOpen ? [many] : (args ?? []).slice(index).map((each) => each.value))
        : undefined;
      const value = isOpen ? unknown : (args?.[index]?.value ?? nothing);
      bindPattern(this, parameter, given ?? value, scope);
      // `constructor(private readonly units: number)`
      const isField = parameter.tokens.has('accessibility_modifier') || parameter.tokens.has('readonly');
      if (isField && receiver?.kind === 'object')
        this.memory.setProperty(receiver.id, name.text, this.evaluate(name, scope), name);
    }
  }

  instantiate(cls: ScriptClass, args: readonly ScriptArgument[] | undefined, at: Code): ScriptObject {
    const object: ScriptObject = { kind: 'object', id: this.newId(), cls, at };
    this.memory.fill(object.id, {});
    this.called.add(cls.code);
    this.initialise(cls, object, args);
    const known = this.objects[`${this.isRecording}`];
    const count = known.get(cls.code) ?? 0;
    known.set(cls.code, count + 1);
    if (count > MAX_ALIKE) return object;
    for (let own: ScriptClass | undefined = cls; own; own = own.base?.kind === 'class' ? own.base : undefined)
      for (const method of methodsOf(own))
        if (method !== methodNamed(own, 'constructor')) this.noteFunction(boundMethod(method, own, object));
    return object;
  }

  initialise(cls: ScriptClass, object: ScriptObject, args: readonly ScriptArgument[] | undefined): void {
    const made = methodNamed(cls, 'constructor');
    const { base } = cls;
    if (!made && base?.kind === 'class') this.initialise(base, object, args);
    const scope = { ...cls.scope, receiver: object, owner: cls };
    for (const member of cls.code.field('body')?.children ?? []) {
      const value = /field_definition$/.test(member.type) && !isStatic(member) ? member.field('value') : undefined;
      const name = keyName((member.field('name') ?? member.field('property'))?.node ?? null);
      if (value && name !== undefined) this.memory.setProperty(object.id, name, this.evaluate(value, scope), value);
    }
    if (made) this.inline(boundMethod(made, cls, object), args);
  }

  leave(jump: Jump): Completion {
    this.jumps.push({ jump, memory: this.memory });
    return 'left';
  }

  branch(ways: readonly (() => Completion)[]): Completion {
    const before = this.memory;
    const count = this.jumps.length;
    const going: ScriptMemory[] = [];
    for (const way of ways) {
      this.memory = before.fork();
      if (way() === 'normal') going.push(this.memory);
    }
    // What a jump has left still reads of what was before.
    this.memory = this.jumps.length > count ? before.fork() : before;
    this.memory.join(going, before);
    return going.length > 0 || ways.length === 0 ? 'normal' : 'left';
  }

  runUntil(jumps: readonly Jump[], body: () => Completion): Completion {
    const before = this.memory;
    const first = this.jumps.length;
    const completion = body();
    const caught = this.jumps.slice(first);
    const further = caught.filter(({ jump }) => !jumps.includes(jump));
    this.jumps = [...this.jumps.slice(0, first), ...further];
    const ends = caught.filter(({ jump }) => jumps.includes(jump)).map(({ memory }) => memory);
    if (completion === 'normal') ends.push(this.memory);
    this.memory = further.length > 0 ? before.fork() : before;
    this.memory.join(ends, before);
    return ends.length > 0 ? 'normal' : 'left';
  }
}
