import type { Expr, ParameterNode, Program, Span, Stmt } from '../python/syntax/ast';
import { makeOf } from './alike';
import { attributeValue } from './attributes';
import { callValue } from './calls';
import { evaluateExpression, makeSequence } from './expressions';
import { initialise } from './objects';
import { argumentOf, elementsOf } from './queries';
import { type Activity, type FlowRun, goesAway, type RecordedResult, runBranch } from './run';
import { bindName, classAttribute, keepLater, libraryBases, lineOf, runsAsSequential } from './scopes';
import { executeBlock } from './statements';
import { type Frame, Store } from './store';
import {
  type BuiltLayer,
  chooseOf,
  constantOf,
  type FlowArgument,
  type FlowPlace,
  type FlowResult,
  type FlowSequence,
  type FlowStep,
  type FlowValue,
  type LayerBuild,
  possibilities,
  type UserClass,
  type UserFunction,
  type UserInstance,
  unknown,
} from './values';

/** Expressions that are looked at for one function or module; code that is longer stays unknown behind them. */
const STEPS_A_ROOT = 60_000;
/** Containers that nobody runs feed no loss; what their first layers do, those behind them mostly repeat. */
const STEPS_A_CONTAINER = 5_000;
const STEPS_OF_CONTAINERS = 30_000;
/** Calls inside one another. */
const MAX_DEPTH = 14;
/** Containers that differ, of those that one place in the code builds. */
const MAX_MAKES = 3;
const none: readonly FlowValue[] = [];
/** Models of a file that are run because nobody does, and what that may take in all. */
const MAX_MODELS = 24;
const STEPS_OF_MODELS = 20_000;
const nowhere: ReadonlySet<string> = new Set();

/** A file of the workspace that an import means. */
export type FindModule = (from: string, module: string, level: number) => Program | undefined;

/** What the operations of a file's code are, and what goes into each. */
export interface FileFlow {
  /** Each operation as often as it was met, in the order in which it runs. */
  readonly results: readonly FlowResult[];
  /** Each layer as often as it is built. */
  readonly built: readonly LayerBuild[];
  /** How many operations, containers and callers take a result. */
  usesOf(result: FlowResult): number;
  /** The attribute or variable that holds a layer or a list of them. */
  nameOf(id: number): string | undefined;
  /** Whether somebody gives a layer another weight than its own: a tied one. */
  isReweighted(layer: BuiltLayer): boolean;
  /** What variables, attributes and containers hold in the end. */
  readonly store: Store;
}

/** What a model gives, by its class's name, where its graph was read. */
export type ModelAnswers = (name: string) => FlowValue | undefined;

/** Follows values through a file: its own lines, then each function and method for whoever may call it. */
export function* followFlow(
  program: Program,
  findModule: FindModule = () => undefined,
  answers: ModelAnswers = () => undefined,
): Generator<void, FileFlow> {
  let run = new FlowEvaluation(findModule, answers);
  let module = run.runModule(program);
  yield;
  if (run.keepMissed(program, module)) {
    run = new FlowEvaluation(findModule, answers, run);
    module = run.runModule(program);
    yield;
  }
  yield* run.lookAt(program.body, module);
  yield* run.lookAtModels(program.file);
  yield* run.lookAtContainers(program.file);
  return run;
}

class FlowEvaluation implements FlowRun, FileFlow {
  store = new Store();
  readonly results: FlowResult[] = [];
  readonly built: LayerBuild[] = [];
  readonly trail: Activity[] = [];
  /** The functions of the trail; a new list for each call, which many results share. */
  private callees: readonly UserFunction[] = [];
  path: readonly FlowStep[] = [];
  isLate = false;
  private readonly uses = new Map<FlowResult, number>();
  private readonly names = new Map<number, string>();
  private readonly modules = new Map<string, Frame>();
  private readonly reweighted = new Set<number>();
  private readonly ranContainers = new Set<number>();
  /** Containers that were built, each with what holds where its builder ends, and those whose builder still runs. */
  private readonly containers: (readonly [FlowSequence, Store])[] = [];
  private newContainers: FlowSequence[] = [];
  /** Models that were built, each with what holds where its builder ends, and those whose builder still runs. */
  private readonly models: (readonly [UserInstance, Store])[] = [];
  private newModels: UserInstance[] = [];
  private readonly missed = new Map<string, Span[]>();
  private ids = 0;
  private steps = 0;

  /** @param earlier a run whose definitions are known beforehand */
  constructor(
    private readonly findModule: FindModule,
    private readonly answers: ModelAnswers,
    earlier?: FlowEvaluation,
  ) {
    if (!earlier) return;
    this.store = earlier.store.fork();
    this.ids = earlier.ids;
    for (const [id, name] of earlier.names) this.names.set(id, name);
  }

  miss({ file }: Frame, { name, span }: Extract<Expr, { kind: 'name' }>): void {
    const key = `${file}:${name}`;
    const spans = this.missed.get(key);
    if (spans) spans.push(span);
    else this.missed.set(key, [span]);
  }

  /** Keeps what a module defines behind the lines that read it; says whether there is any. */
  keepMissed({ body, file }: Program, module: Frame): boolean {
    let isAny = false;
    for (const [name, statement] of bindingsIn(body)) {
      const reads = this.missed.get(`${file}:${name}`) ?? [];
      // What is made of its own former value is no definition of that.
      if (reads.length === 0 || reads.some(({ line }) => line >= statement.line && line <= statement.endLine)) continue;
      keepLater(this.store, module, name);
      isAny = true;
    }
    return isAny;
  }

  newId(): number {
    return ++this.ids;
  }

  usesOf(result: FlowResult): number {
    return this.uses.get(result) ?? 0;
  }

  nameOf(id: number): string | undefined {
    return this.names.get(id);
  }

  nameLayer(id: number, name: string): void {
    if (!this.names.has(id)) this.names.set(id, name);
  }

  isReweighted({ id }: BuiltLayer): boolean {
    return this.reweighted.has(id);
  }

  reweight({ id }: BuiltLayer): void {
    this.reweighted.add(id);
  }

  keepContainer(container: FlowSequence): void {
    this.newContainers.push(container);
  }

  keepInstance(instance: UserInstance): UserInstance {
    const isOfAny = this.callees.some(({ receiver }) => receiver?.isAny);
    if (!isOfAny && libraryBases(instance.cls).some((name) => name.endsWith('Module'))) this.newModels.push(instance);
    return instance;
  }

  noteRun({ id }: Pick<FlowSequence, 'id'>): void {
    this.ranContainers.add(id);
  }

  bind(frame: Frame, name: string, value: FlowValue): void {
    bindName(this.store, frame, name, value);
  }

  use(value: FlowValue): void {
    if (value.kind === 'result') this.uses.set(value, this.usesOf(value) + 1);
    else if (value.kind === 'choice') for (const each of value.of) this.use(each);
  }

  record({ op, inputs, args, layer, form, at, isMaybe, isAssumed }: RecordedResult): FlowResult {
    const { callees: trail, path } = this;
    const elements = this.elementsIn(inputs);
    const kind = 'result';
    const found: FlowResult = { kind, op, inputs, args, layer, form, at, isMaybe, isAssumed, trail, elements, path };
    for (const each of inputs) this.use(each);
    this.results.push(found);
    return found;
  }

  private elementsIn(inputs: readonly FlowValue[]): readonly FlowValue[] {
    if (!inputs.some(({ kind }) => kind === 'sequence')) return none;
    return inputs.flatMap((each) => elementsOf(each, this.store) ?? none);
  }

  build(layer: BuiltLayer): BuiltLayer {
    this.built.push({ layer, trail: this.callees, path: this.path });
    return layer;
  }

  evaluate(expression: Expr, frame: Frame): FlowValue {
    if (++this.steps > STEPS_A_ROOT) return unknown;
    return evaluateExpression(this, expression, frame);
  }

  execute(body: readonly Stmt[], frame: Frame): boolean {
    return executeBlock(this, body, frame);
  }

  call(callee: FlowValue, args: readonly FlowArgument[], at: FlowPlace, isMaybe = false): FlowValue {
    return callValue(this, callee, args, at, isMaybe);
  }

  attribute(object: FlowValue, name: string, at: FlowPlace): FlowValue {
    return attributeValue(this, object, name, at);
  }

  inline(callee: UserFunction, args: readonly FlowArgument[]): FlowValue {
    const { code } = callee;
    const isRunning = this.trail.some((each) => each.callee.code === code && each.callee.receiver === callee.receiver);
    if (isRunning || this.trail.length >= MAX_DEPTH || this.steps > STEPS_A_ROOT || code.generator)
      return goesAway(this, args);
    return this.enter(callee, (frame) => this.bindArguments(callee, args, frame));
  }

  initialise(instance: UserInstance): void {
    initialise(this, instance);
  }

  answer({ cls }: UserInstance): FlowValue | undefined {
    return this.answers(cls.name);
  }

  moduleFrame(from: string, module: string, level: number): Frame | undefined {
    const program = this.findModule(from, module, level);
    return program && (this.modules.get(program.file) ?? this.runModule(program));
  }

  runModule(program: Program): Frame {
    const frame: Frame = {
      id: this.newId(),
      kind: 'module',
      parent: undefined,
      file: program.file,
      elsewhere: nowhere,
    };
    this.modules.set(program.file, frame);
    // A module that is imported inside of a branch is there for all.
    const { store, steps } = this;
    const trail = this.trail.splice(0);
    const { callees } = this;
    this.callees = [];
    const { path } = this;
    this.path = [];
    const { isLate } = this;
    this.isLate = false;
    this.steps = 0;
    this.execute(program.body, frame);
    this.steps = steps;
    this.isLate = isLate;
    this.trail.push(...trail);
    this.callees = callees;
    this.path = path;
    this.store = store;
    return frame;
  }

  /** What holds now is what the containers that were built meanwhile hold. */
  private settle(): void {
    for (const each of this.newContainers) this.containers.push([each, this.store]);
    this.newContainers = [];
    for (const each of this.newModels) this.models.push([each, this.store]);
    this.newModels = [];
  }

  /** Runs the models that a file builds for somebody out of sight: with what they are built with, once for each place. */
  *lookAtModels(file: string): Generator<void> {
    this.settle();
    const before = this.store;
    const seen = new Set<string>();
    let left = STEPS_OF_MODELS;
    for (const [model, store] of this.models.slice(0, MAX_MODELS)) {
      const forward = classAttribute(store, lineOf(model.cls), 'forward');
      if (forward?.kind !== 'function' || forward.at.file !== file || this.ranContainers.has(model.id)) continue;
      const key = `${model.cls.id} ${model.args.map(({ at: { span } }) => `${span.line}:${span.column}`).join()}`;
      if (seen.has(key)) continue;
      seen.add(key);
      this.store = store.fork();
      initialise(this, model);
      this.noteRun(model);
      this.lookAtFunction(forward, model);
      left -= this.steps;
      if (left <= 0) break;
      yield;
    }
    this.store = before;
  }

  /** Runs the containers of a file that nobody runs, as a whole or layer by layer: the outer ones first. */
  *lookAtContainers(file: string): Generator<void> {
    this.settle();
    const before = this.store;
    let left = STEPS_OF_CONTAINERS;
    const ran = new Set(this.results.map(({ layer }) => layer?.id));
    const makes = new Map<Span, Set<string>>();
    for (const [container, store] of this.containers.toReversed()) {
      const isRun = this.ranContainers.has(container.id) || holdsLayerOf(container, ran, store);
      if (container.at.file !== file || isRun) continue;
      // Builders of models of several sizes build the same again and again.
      const known = makes.get(container.at.span) ?? new Set();
      makes.set(container.at.span, known);
      if (known.size >= MAX_MAKES || known.size === known.add(makeOf(container, store)).size) continue;
      this.store = store.fork();
      if (left <= 0) break;
      const from = STEPS_A_ROOT - Math.min(left, STEPS_A_CONTAINER);
      this.steps = from;
      this.use(
        this.call(container, [{ value: openInput, at: placeless, name: undefined, isSpread: false }], placeless),
      );
      left -= this.steps - from;
      yield;
    }
    this.store = before;
  }

  /** Runs the functions and methods that a block defines for whoever may call them. */
  *lookAt(body: readonly Stmt[], frame: Frame): Generator<void> {
    this.isLate = true;
    for (const statement of definitionsIn(body)) {
      const value = this.store.read(`${frame.id}:${statement.kind === 'class' ? statement.name : statement.code.name}`);
      for (const each of value ? possibilities(value) : []) {
        if (each.kind === 'function') this.lookAtFunction(each);
        else if (each.kind === 'class' && each.at.file === frame.file) yield* this.lookAtClass(each, statement);
        yield;
      }
    }
  }

  private *lookAtClass(cls: UserClass, statement: Stmt): Generator<void> {
    if (statement.kind !== 'class') return;
    const before = this.store;
    this.store = before.fork();
    this.steps = 0;
    const initialiser = this.store.read(`${cls.id}:__init__`);
    const args = initialiser?.kind === 'function' ? openArguments(this, initialiser, true) : [];
    const instance: UserInstance = { kind: 'instance', id: this.newId(), cls, args, isAny: true };
    initialise(this, instance);
    const built = this.store;
    this.settle();
    // A kind of `nn.Sequential` has no method that runs it.
    if (runsAsSequential(this.store, instance))
      this.use(this.call(instance, [{ value: openInput, at: placeless, name: undefined, isSpread: false }], placeless));
    for (const { code, kind } of definitionsIn(statement.body).filter((each) => each.kind === 'function')) {
      if (kind !== 'function' || code.name === '__init__') continue;
      const method = built.read(`${cls.id}:${code.name}`);
      if (method?.kind !== 'function') continue;
      this.store = built.fork();
      this.lookAtFunction(method, method.decorators.includes('staticmethod') ? undefined : instance);
      yield;
    }
    this.store = before;
  }

  private lookAtFunction(callee: UserFunction, receiver?: UserInstance): void {
    const before = this.store;
    this.store = before.fork();
    this.steps = 0;
    const bound = { ...callee, receiver };
    const returned = this.enter(bound, (frame) =>
      this.bindArguments(bound, openArguments(this, bound, receiver !== undefined), frame),
    );
    this.use(returned);
    this.settle();
    this.store = before;
  }

  private enter(callee: UserFunction, bindAll: (frame: Frame) => void): FlowValue {
    const { code, frame: parent, at } = callee;
    const elsewhere =
      code.globals.size + code.nonlocals.size > 0 ? new Set([...code.globals, ...code.nonlocals]) : nowhere;
    const frame: Frame = { id: this.newId(), kind: 'function', parent, file: at.file, elsewhere };
    const activity: Activity = { callee, returned: [] };
    bindAll(frame);
    const { callees } = this;
    this.trail.push(activity);
    this.callees = [...callees, callee];
    runBranch(this, { branch: undefined, isSure: true, isEnded: false }, () => this.execute(code.body, frame));
    this.trail.pop();
    this.callees = callees;
    return activity.returned.length > 0 ? chooseOf(activity.returned) : constantOf(null);
  }

  private bindArguments(
    { code, receiver, frame: outer, decorators }: UserFunction,
    args: readonly FlowArgument[],
    frame: Frame,
  ): void {
    const isMethod = receiver !== undefined && !decorators.includes('staticmethod');
    const all: readonly FlowArgument[] = isMethod
      ? [{ value: receiver, at: placeless, name: undefined, isSpread: false }, ...args]
      : args;
    let position = 0;
    for (const parameter of code.parameters) {
      const { name, kind } = parameter;
      const isPositional = kind === 'positional' || kind === 'positional-only';
      const given = isPositional
        ? argumentOf(all, position, name)
        : kind === 'keyword'
          ? all.find((each) => each.name === name)
          : undefined;
      if (isPositional) position++;
      if (kind === 'varargs') {
        const loose = all.filter((each) => each.name === undefined);
        const rest = loose.slice(position).filter(({ isSpread }) => !isSpread);
        const items = { items: rest.map(({ value }) => value), isOpen: loose.some(({ isSpread }) => isSpread) };
        this.bind(frame, name, makeSequence(this, 'tuple', items, placeless));
      } else if (kind === 'varkeywords') this.bind(frame, name, unknown);
      else
        this.bind(
          frame,
          name,
          given?.value ??
            this.usualValue(
              parameter,
              outer,
              all.some(({ isSpread }) => isSpread),
            ),
        );
    }
  }

  private usualValue({ name, default: usual }: ParameterNode, frame: Frame, isOpen: boolean): FlowValue {
    const value = usual ? this.evaluate(usual, frame) : undefined;
    return isOpen ? { kind: 'parameter', name, default: value } : (value ?? unknown);
  }
}

const placeless: FlowPlace = { file: '', span: { line: 0, column: 0, endLine: 0, endColumn: 0 } };

/** What a container gets that is looked at by itself. */
const openInput: FlowValue = { kind: 'parameter', name: 'input', default: undefined };

/** Whether one of the layers in a container, at any depth, is among some. */
function holdsLayerOf(container: FlowSequence, ids: ReadonlySet<number | undefined>, store: Store, depth = 0): boolean {
  if (depth > MAX_DEPTH) return true;
  return store.contents(container.id).items.some((item) =>
    possibilities(item).some((each) => {
      if (each.kind === 'layer') return ids.has(each.id);
      return each.kind === 'sequence' && holdsLayerOf(each, ids, store, depth + 1);
    }),
  );
}

/** What a function gets that is looked at by itself. */
function openArguments(run: FlowRun, { code, frame }: UserFunction, isMethod: boolean): FlowArgument[] {
  const named = code.parameters
    .filter(({ kind }, index) => kind !== 'varargs' && kind !== 'varkeywords' && !(isMethod && index === 0))
    .map(({ name, default: usual }): FlowArgument => {
      const value = { kind: 'parameter', name, default: usual && run.evaluate(usual, frame) } as const;
      return { value, at: placeless, name, isSpread: false };
    });
  // Nobody knows how many there are of `*args`.
  const hasMore = code.parameters.some(({ kind }) => kind === 'varargs');
  return hasMore ? [...named, { value: unknown, at: placeless, name: undefined, isSpread: true }] : named;
}

/** The names that a module's own lines bind, and where. */
function bindingsIn(body: readonly Stmt[]): (readonly [string, Span])[] {
  return body.flatMap((statement): (readonly [string, Span])[] => {
    if (statement.kind === 'function') return [[statement.code.name, statement.span]];
    if (statement.kind === 'class') return [[statement.name, statement.span]];
    if (statement.kind !== 'assign') return [];
    return statement.targets.flatMap((each) => (each.kind === 'name' ? [[each.name, statement.span] as const] : []));
  });
}

type FlowDefinition = Extract<Stmt, { kind: 'function' | 'class' }>;

/** The functions and classes of a block, those inside of branches included. */
function definitionsIn(body: readonly Stmt[]): FlowDefinition[] {
  return body.flatMap((statement): FlowDefinition[] => {
    switch (statement.kind) {
      case 'function':
      case 'class':
        return [statement];
      case 'if':
        return [...definitionsIn(statement.consequence), ...definitionsIn(statement.otherwise)];
      case 'try':
        return [...definitionsIn(statement.body), ...statement.handlers.flatMap((each) => definitionsIn(each.body))];
      case 'with':
        return definitionsIn(statement.body);
      default:
        return [];
    }
  });
}
