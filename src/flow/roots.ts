/** Code that nobody in sight runs: functions and methods for whoever may call them, models and containers that are only built. */
import type { Span, Stmt } from '../python/syntax/ast';
import { makeOf } from './alike';
import { openArguments, placeless } from './binding';
import { initialise } from './objects';
import { type FlowRun, MAX_DEPTH, STEPS_A_ROOT } from './run';
import { classAttribute, lineOf, runsAsSequential } from './scopes';
import type { Frame, Store } from './store';
import {
  type FlowArgument,
  type FlowResult,
  type FlowSequence,
  type FlowValue,
  possibilities,
  type UserClass,
  type UserFunction,
  type UserInstance,
} from './values';

/** Containers that nobody runs feed no loss; what their first layers do, those behind them mostly repeat. */
const STEPS_A_CONTAINER = 5_000;
const STEPS_OF_CONTAINERS = 30_000;
/** Containers that differ, of those that one place in the code builds. */
const MAX_MAKES = 3;
/** Models of a file that are run because nobody does, and what that may take in all. */
const MAX_MODELS = 24;
const STEPS_OF_MODELS = 20_000;

/** What the evaluation lends to those who look at code by itself. */
export interface RootRun extends FlowRun {
  isLate: boolean;
  /** Expressions that were looked at since this was set. */
  steps: number;
  readonly results: readonly FlowResult[];
  /** Containers and models that were built, each with what holds where its builder ends. */
  readonly containers: readonly (readonly [FlowSequence, Store])[];
  readonly models: readonly (readonly [UserInstance, Store])[];
  /** What was built until now holds what holds now. */
  settle(): void;
  /** Whether a container or model was run by somebody. */
  hasRun(id: number): boolean;
  /** Runs the body of a function; what it gives back. */
  enter(callee: UserFunction, args: readonly FlowArgument[]): FlowValue;
}

/** Runs the models that a file builds for somebody out of sight: with what they are built with, once for each place. */
export function* lookAtModels(run: RootRun, file: string): Generator<void> {
  run.settle();
  const before = run.store;
  const seen = new Set<string>();
  let left = STEPS_OF_MODELS;
  for (const [model, store] of run.models.slice(0, MAX_MODELS)) {
    const forward = classAttribute(store, lineOf(model.cls), 'forward');
    if (forward?.kind !== 'function' || forward.at.file !== file || run.hasRun(model.id)) continue;
    const key = `${model.cls.id} ${model.args.map(({ at: { span } }) => `${span.line}:${span.column}`).join()}`;
    if (seen.has(key)) continue;
    seen.add(key);
    run.store = store.fork();
    initialise(run, model);
    run.noteRun(model);
    lookAtFunction(run, forward, model);
    left -= run.steps;
    if (left <= 0) break;
    yield;
  }
  run.store = before;
}

/** Runs the containers of a file that nobody runs, as a whole or layer by layer: the outer ones first. */
export function* lookAtContainers(run: RootRun, file: string): Generator<void> {
  run.settle();
  const before = run.store;
  let left = STEPS_OF_CONTAINERS;
  const ran = new Set(run.results.map(({ layer }) => layer?.id));
  const makes = new Map<Span, Set<string>>();
  for (const [container, store] of run.containers.toReversed()) {
    const isRun = run.hasRun(container.id) || holdsLayerOf(container, ran, store);
    if (container.at.file !== file || isRun) continue;
    // Builders of models of several sizes build the same again and again.
    const known = makes.get(container.at.span) ?? new Set();
    makes.set(container.at.span, known);
    if (known.size >= MAX_MAKES || known.size === known.add(makeOf(container, store)).size) continue;
    run.store = store.fork();
    if (left <= 0) break;
    const from = STEPS_A_ROOT - Math.min(left, STEPS_A_CONTAINER);
    run.steps = from;
    run.use(run.call(container, [{ value: openInput, at: placeless, name: undefined, isSpread: false }], placeless));
    left -= run.steps - from;
    yield;
  }
  run.store = before;
}

/** Runs the functions and methods that a block defines for whoever may call them. */
export function* lookAtDefinitions(run: RootRun, body: readonly Stmt[], frame: Frame): Generator<void> {
  run.isLate = true;
  for (const statement of definitionsIn(body)) {
    const value = run.store.read(`${frame.id}:${statement.kind === 'class' ? statement.name : statement.code.name}`);
    for (const each of value ? possibilities(value) : []) {
      if (each.kind === 'function') lookAtFunction(run, each);
      else if (each.kind === 'class' && each.at.file === frame.file) yield* lookAtClass(run, each, statement);
      yield;
    }
  }
}

function* lookAtClass(run: RootRun, cls: UserClass, statement: Stmt): Generator<void> {
  if (statement.kind !== 'class') return;
  const before = run.store;
  run.store = before.fork();
  run.steps = 0;
  const initialiser = run.store.read(`${cls.id}:__init__`);
  const args = initialiser?.kind === 'function' ? openArguments(run, initialiser, true) : [];
  const instance: UserInstance = { kind: 'instance', id: run.newId(), cls, args, isAny: true };
  initialise(run, instance);
  const built = run.store;
  run.settle();
  // A kind of `nn.Sequential` has no method that runs it.
  if (runsAsSequential(run.store, instance))
    run.use(run.call(instance, [{ value: openInput, at: placeless, name: undefined, isSpread: false }], placeless));
  for (const { code, kind } of definitionsIn(statement.body).filter((each) => each.kind === 'function')) {
    if (kind !== 'function' || code.name === '__init__') continue;
    const method = built.read(`${cls.id}:${code.name}`);
    if (method?.kind !== 'function') continue;
    run.store = built.fork();
    lookAtFunction(run, method, method.decorators.includes('staticmethod') ? undefined : instance);
    yield;
  }
  run.store = before;
}

function lookAtFunction(run: RootRun, callee: UserFunction, receiver?: UserInstance): void {
  const before = run.store;
  run.store = before.fork();
  run.steps = 0;
  const bound = { ...callee, receiver };
  run.use(run.enter(bound, openArguments(run, bound, receiver !== undefined)));
  run.settle();
  run.store = before;
}

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
