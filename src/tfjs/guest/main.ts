/**
 * What the interpreter runs: the library, the user's modules, a request, and one text as the answer. The host holds the
 * four functions that this file gives back; the user's code sees none of them, and what it does to the globals that it
 * finds does not reach what was kept here before.
 */
import type { GuestAnswer, GuestDecision, GuestDependency, GuestFault, GuestProblem, GuestRequest } from '../request';
import { tf as library } from './library';
import { constructionOf, surroundings as places, registerConstruction } from './places';
import { giveUpWaiting, WatchedPromise } from './promises';
import { record } from './record';
import { makeLens } from './runtime';
import { chooseModel, isModel, lastOf } from './targets';
import { isCompiled, lastMet, NeedsFile, NotKnown, quietenModels, viewOf } from './tensorflow';
import { handOver, type Loose, reasonIn, takeHanded, touchedRoots, unknown } from './unknown';

// Kept before any code of the user's could replace them.
const { parse, stringify } = JSON;
const OwnError = Error;

/** The code gives no model, and nothing says why. */
class NoModelMade extends OwnError {}

/** A module's body (`strip.ts`), made for the scope in which its free names are looked up. */
type Body = (scope: object) => (lens: object, exports: Loose, module: Loose, require: Loose) => Loose;

/** How often the guest may be asked to go on without what it waits for. */
const MOST_RESTS = 200;

/** Functions that are called for what they may make, where nothing else makes a model. */
const MOST_HANDED = 60;

/** A function of the user's, the models that are made while it runs. */
interface Watched {
  readonly module: string;
  readonly name: string;
  readonly made: Loose[];
}

/** Bodies, or why a text is none. */
const bodies = new Map<string, Body | string>();
const exported = new Map<string, Loose>();
const probes = new Map<string, (text: string) => Loose>();
const running: Loose[] = [];
const models: Loose[] = [];
const faults: GuestFault[] = [];
const decisions = new Map<string, GuestDecision>();
const timers: (() => unknown)[] = [];
let request: GuestRequest;
let answered: string | undefined;
let rests = 0;
let settle: (() => void) | undefined;
let watched: Watched | undefined;
let handedRuns = 0;
/** Whether no function need be called that the code handed to others. */
let isEnough = (): boolean => true;

/** Where the user's code is: the innermost frame in a module of theirs. */
const placeHere = () => placeIn(new OwnError().stack);

/** Where an object is being made: the innermost frame that is no constructor of its class or of one that it derives from. */
function placeOf(made: object): string | undefined {
  const names = new Set<unknown>();
  for (let at: Loose = made; typeof at === 'function'; at = Object.getPrototypeOf(at)) names.add(at.name);
  const frames = String(new OwnError().stack).split('\n');
  return placeIn(frames.filter((frame) => !names.has(/^\s*at (\S+) /.exec(frame)?.[1])).join('\n'));
}

function placeIn(stack: unknown): string | undefined {
  return typeof stack === 'string' ? /\((lens:\d+:\d+:\d+)\)/.exec(stack)?.[1] : undefined;
}
places.placeHere = placeHere;

/** Whether a function of the user's is running. */
function isInside({ module, name }: Watched): boolean {
  const frames = String(new OwnError().stack).split('\n');
  return frames.some((frame) => {
    const [, own, at] = /^\s*at (\S+) \((lens:\d+):\d+:\d+\)/.exec(frame) ?? [];
    return at === module && own?.split('.').at(-1) === name;
  });
}

quietenModels(library, placeHere);
const tf = viewOf(library, {
  placeHere,
  placeOf,
  placeLayer: registerConstruction,
  placeWith: (layer, other) => registerConstruction(layer, constructionOf(other)),
  fileOf: (path) => request.files[path],
  see(model) {
    if (models.includes(model)) return;
    models.push(model);
    if (watched && isInside(watched)) watched.made.push(model);
  },
});

/** Nobody reads what code tells a console; the library itself does, where a shape is not what a layer says. */
const quiet: object = new Proxy({}, { get: () => () => undefined });
(globalThis as Loose).console = quiet;

/** What a browser or Node would have, as far as models are made with it. */
const surroundings: Record<string, Loose> = {
  tf,
  console: quiet,
  Promise: WatchedPromise,
  setTimeout: (run: Loose, _delay: Loose, ...given: Loose[]) => timers.push(() => run(...given)),
  setImmediate: (run: Loose, ...given: Loose[]) => timers.push(() => run(...given)),
  requestAnimationFrame: (run: Loose) => timers.push(() => run(0)),
  queueMicrotask: (run: Loose) => void Promise.resolve().then(run),
  setInterval: () => 0,
  clearTimeout: () => undefined,
  clearInterval: () => undefined,
  cancelAnimationFrame: () => undefined,
  performance: { now: () => 0 },
  structuredClone: (value: Loose) => parse(stringify(value)),
  /** For expressions of the host's: a value that nobody gave. */
  $unknown: (why: string) => unknown(why),
  /** For expressions of the host's: waits until nothing is left to do, functions that a page would call among it. */
  $settled: () => settleUntil(() => models.length > 0),
  /** For expressions of the host's: the model that functions make which the code hands to a page, a server, an event. */
  async $handed() {
    const before = models.length;
    await settleUntil(() => models.length > before);
    return lastOf(models.slice(before));
  },
  /** For expressions of the host's: the model that a function makes while another runs, which calls it. */
  async $through(module: string, name: string, run: () => Loose) {
    const own: Watched = { module, name, made: [] };
    watched = own;
    try {
      await run();
      await settleUntil(() => own.made.length > 0);
    } catch (error) {
      // What goes wrong after the model was made is no part of it.
      if (own.made.length === 0) throw error;
    }
    return lastOf(own.made);
  },
  /** For expressions of the host's: what a text is in the scope of another module. */
  $in: (module: string, text: string) => evaluateIn(module, text),
};

/** Waits until nothing is left to do. @param enough as in `isEnough` */
function settleUntil(enough: () => boolean): Promise<void> {
  isEnough = enough;
  return new Promise<void>((resolve) => {
    settle = resolve;
  });
}

/** Names that the user's code reads and that neither it nor JavaScript has are not known. */
const scope: object = new Proxy(surroundings, {
  has: (own, key) => typeof key === 'string' && (Object.hasOwn(own, key) || !(key in globalThis)),
  get(own, key) {
    if (typeof key === 'symbol') return undefined;
    if (!Object.hasOwn(own, key)) own[key] = unknown(key);
    return own[key];
  },
  set(own, key, value) {
    own[key as string] = value;
    // `self.onmessage = …`: the page calls it.
    if (typeof key === 'string' && /^on[a-z]+$/.test(key)) handOver(value, key, 0);
    return true;
  },
});
surroundings.globalThis = scope;
surroundings.self = scope;
surroundings.window = scope;

// The same model in every reading.
let seed = 1;
Math.random = () => {
  seed = (seed * 48271) % 2147483647;
  return seed / 2147483647;
};

/** How often a loop goes on whose condition is not known, where it is to go on. */
const ROUNDS = 3;
const rounds = new Map<string, number>();

/** An answer to a question on a value that is not known: the one that the host gives, else the usual one. */
function decide(module: string, id: number, value: unknown): boolean {
  const key = `${module}:${id}`;
  const usual = request.usual[module]?.[id];
  const taken = request.decided[key] ?? usual === 'y';
  if (usual === 'l' && taken) {
    const round = (rounds.get(key) ?? 0) + 1;
    rounds.set(key, round);
    if (round > ROUNDS) return false;
  }
  if (!decisions.has(key)) decisions.set(key, { id: key, why: reasonIn(value) ?? '', taken });
  return taken;
}

function importFrom(module: string, specifier: string): Loose {
  const dependency: GuestDependency = request.dependencies[module]?.[specifier] ?? {
    kind: 'unknown',
    why: `import ${specifier}`,
  };
  switch (dependency.kind) {
    case 'tensorflow':
      return tf;
    case 'unknown':
      return unknown(dependency.why);
    case 'module':
      return loadModule(dependency.name);
  }
}

/** Runs a module once; others that it imports in a circle see what it has exported so far. */
function loadModule(name: string): Loose {
  const known = exported.get(name);
  if (known !== undefined) return known;
  const module = { exports: {} as Loose };
  exported.set(name, module.exports);
  const fault = (error: unknown, statement?: number) =>
    faults.push({ module: name, ...describe(error), ...(statement !== undefined && { statement }) });
  const body = bodies.get(name);
  if (typeof body !== 'function') {
    fault(new OwnError(body ?? `there is no module ${name}`));
    return module.exports;
  }
  const require = (specifier: string) => importFrom(name, specifier);
  const lens = makeLens({
    // What was made of something unknown decides as little as that.
    isUnknown: (value) => reasonIn(value, 0) !== undefined,
    decide: (id, value) => decide(name, id, value),
    unknown,
    shown: (handler) => handOver(handler, 'the page', 0),
    require,
    meta: { url: '', env: unknown('import.meta.env') },
    scope: (evaluate) => probes.set(name, evaluate),
    failed: (statement, error) => fault(error, statement),
  });
  try {
    const ended = body(scope)(lens, module.exports, module, require);
    if (ended instanceof Promise) running.push(ended.catch(fault));
  } catch (error) {
    fault(error);
  }
  exported.set(name, module.exports);
  return module.exports;
}

function evaluateIn(module: string, text: string): Loose {
  loadModule(module);
  const probe = probes.get(module);
  if (!probe) throw new OwnError(faults.find((fault) => fault.module === module)?.message ?? `${module} did not run`);
  return probe(text);
}

function describe(error: unknown): { message: string; at?: string } {
  const { message, stack } = (error ?? {}) as Partial<Error>;
  const at = placeIn(stack);
  return { message: typeof message === 'string' ? message : String(error), ...(at !== undefined && { at }) };
}

/** What an error means for the host. */
function problemOf(error: unknown): GuestProblem {
  const told = describe(error);
  if (error instanceof NotKnown)
    return { kind: 'not-known', ...told, at: error.at ?? told.at, what: error.what, why: error.why };
  if (error instanceof NoModelMade) return { kind: 'no-model', message: '' };
  if (error instanceof NeedsFile) return { kind: 'needs-file', ...told, at: error.at, what: error.path };
  const why = reasonIn(told.message);
  const name = (error as Partial<Error> | undefined)?.name;
  const kind =
    name === 'KernelNotRead' || name === 'TapeTooLong' ? 'unsupported' : name === 'ValueNotKnown' ? 'value' : 'raised';
  return { kind, ...told, ...(why !== undefined && { why }) };
}

async function read(): Promise<Pick<GuestAnswer, 'problem' | 'outcome' | 'measured'>> {
  try {
    const { entry, expression, measure, inputs, batch, training } = request;
    loadModule(entry);
    // Top-level awaits; more may come while one is waited for.
    for (let index = 0; index < running.length; index++) await running[index];
    if (measure) return { measured: measure.map((text) => shapeIn(entry, text)) };
    const value = await evaluateTarget(expression);
    let target = await chooseModel(value, models);
    if (!target) {
      // A component, a hook: what it gives and hands on is called by others.
      if (reasonIn(value, 0) === undefined) handOver(value, 'the caller');
      await settleUntil(() => models.length > 0);
      target = lastOf(models);
    }
    if (!target) {
      const why = reasonIn(value);
      if (why !== undefined) return { problem: { kind: 'not-known', message: '', why } };
      // What the code caught, or nobody waited for, is why there is none.
      return { problem: problemOf(lastMet() ?? new NoModelMade()) };
    }
    if (!inputs && !isModel(target)) return { problem: { kind: 'needs-input', message: '' } };
    return { outcome: record(target, { batch, training, ...(inputs && { inputs }) }) };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

/** What an expression gives; what was made of a whole model before it threw is that model. */
async function evaluateTarget(expression: string): Promise<Loose> {
  try {
    return await evaluateIn(request.entry, expression);
  } catch (error) {
    if (!models.some(isCompiled)) throw error;
    faults.push({ module: request.entry, ...describe(error) });
    return undefined;
  }
}

/** Calls the next function that the code handed to others. @returns whether there was one */
function runHanded(): boolean {
  const next = handedRuns++ < MOST_HANDED ? takeHanded() : undefined;
  if (!next) return false;
  const fault = (error: unknown) => void faults.push({ module: request.entry, ...describe(error) });
  try {
    const ended = next.run();
    if (ended instanceof Promise) ended.catch(fault);
  } catch (error) {
    fault(error);
  }
  return true;
}

/** A shape that an expression gives: a list of whole numbers, or one. */
function shapeIn(module: string, text: string): readonly number[] | null {
  try {
    const value = evaluateIn(module, text);
    const sizes: unknown[] = Array.isArray(value) ? value : [value];
    return sizes.every((size) => Number.isInteger(size)) ? (sizes as number[]) : null;
  } catch {
    return null;
  }
}

/** What the host calls, by name. */
const entries = {
  /** Keeps a module's body, or why its text is none. */
  define(name: string, body: Body | string): void {
    bodies.set(name, body);
  },

  start(text: string): void {
    request = parse(text) as GuestRequest;
    void read().then((end) => {
      answered = stringify({
        ...end,
        decisions: [...decisions.values()],
        touched: touchedRoots(),
        faults,
      } satisfies GuestAnswer);
    });
  },

  /** Called where all jobs are done: `more` where there is something to go on with. */
  rest(): string {
    if (answered !== undefined || rests++ > MOST_RESTS) return '';
    const due = timers.splice(0);
    for (const run of due) {
      try {
        run();
      } catch (error) {
        faults.push({ module: request.entry, ...describe(error) });
      }
    }
    if (due.length > 0 || giveUpWaiting() > 0) return 'more';
    if (!settle) return '';
    if (!isEnough() && runHanded()) return 'more';
    settle();
    settle = undefined;
    return 'more';
  },

  /** JSON of a `GuestAnswer`. */
  answer(): string {
    return (
      answered ??
      stringify({
        problem: { kind: 'raised', message: 'the code waits for something that never comes' },
        decisions: [],
        touched: touchedRoots(),
        faults,
      } satisfies GuestAnswer)
    );
  },
};

export default entries;
