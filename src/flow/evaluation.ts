import type { Expr, Program, Span, Stmt } from '../python/syntax/ast';
import { attributeValue } from './attributes';
import { bindArguments } from './binding';
import { callValue } from './calls';
import { evaluateExpression } from './expressions';
import type { FileFlow, FindModule, ModelAnswers } from './fileFlow';
import { initialise } from './objects';
import { elementsOf } from './queries';
import type { RootRun } from './roots';
import { type Activity, goesAway, MAX_DEPTH, type RecordedResult, runBranch, STEPS_A_ROOT } from './run';
import { bindName, keepLater, libraryBases } from './scopes';
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
  type UserFunction,
  type UserInstance,
  unknown,
} from './values';

const none: readonly FlowValue[] = [];
const nowhere: ReadonlySet<string> = new Set();

/** Evaluates code with values of which little is known, and keeps every operation that it meets. */
export class FlowEvaluation implements RootRun, FileFlow {
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
  readonly containers: (readonly [FlowSequence, Store])[] = [];
  private newContainers: FlowSequence[] = [];
  /** Models that were built, each with what holds where its builder ends, and those whose builder still runs. */
  readonly models: (readonly [UserInstance, Store])[] = [];
  private newModels: UserInstance[] = [];
  private readonly missed = new Map<string, Span[]>();
  private ids = 0;
  steps = 0;

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

  hasRun(id: number): boolean {
    return this.ranContainers.has(id);
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
    return this.enter(callee, args);
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
  settle(): void {
    for (const each of this.newContainers) this.containers.push([each, this.store]);
    this.newContainers = [];
    for (const each of this.newModels) this.models.push([each, this.store]);
    this.newModels = [];
  }

  enter(callee: UserFunction, args: readonly FlowArgument[]): FlowValue {
    const { code, frame: parent, at } = callee;
    const elsewhere =
      code.globals.size + code.nonlocals.size > 0 ? new Set([...code.globals, ...code.nonlocals]) : nowhere;
    const frame: Frame = { id: this.newId(), kind: 'function', parent, file: at.file, elsewhere };
    const activity: Activity = { callee, returned: [] };
    bindArguments(this, callee, args, frame);
    const { callees } = this;
    this.trail.push(activity);
    this.callees = [...callees, callee];
    runBranch(this, { branch: undefined, isSure: true, isEnded: false }, () => this.execute(code.body, frame));
    this.trail.pop();
    this.callees = callees;
    return activity.returned.length > 0 ? chooseOf(activity.returned) : constantOf(null);
  }
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
