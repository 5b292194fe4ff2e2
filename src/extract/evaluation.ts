/** One evaluation of a file: the model that was asked for is made, and run. */
import { findWritten } from '../activations/written/find';
import { judgeFunctions } from '../activations/written/functions';
import { GraphBuilder } from '../graph/builder';
import { prune } from '../graph/prune';
import type { TensorType } from '../graph/types';
import { say, sentence } from '../language/say';
import { makeBuiltins } from '../python/builtins/index';
import { type Budget, Meter } from '../python/natives/budget';
import type { Eval } from '../python/natives/context';
import { ExtractionError } from '../python/natives/errors';
import type { Files } from '../python/run/files';
import { Interpreter } from '../python/run/interpreter';
import type { Program } from '../python/syntax/ast';
import type { Scope } from '../python/values/scope';
import { type PyInstance, PythonError, type PyValue } from '../python/values/values';
import { shortName } from '../source/path';
import { framework } from '../torch/framework';
import type { ArgumentOrigin, CallFrame } from './caller';
import type { FedInput } from './calls';
import { drawNotes } from './draws';
import { type Entry, enter, ModelBuilder, NoModel } from './entry';
import { feed, type Leaf, loadClasses } from './feed';
import { InputRun, withGiven } from './forInput';
import { functionNotes } from './functions';
import { GivenSettings, type ParsedSetting } from './given';
import type { InputGuess } from './guess';
import { forwardParameters, guessInputs } from './inputs';
import { libraries } from './libraries';
import type { NamedNumber } from './namedNumbers';
import { ObstacleList } from './obstacles';
import type { ExtractRequest } from './request';
import type { TracedModel } from './search';
import { FileTracer } from './tracer';
import { PartCalled, type PartName, PartObserver, type Sighting, type Within } from './within';

/** A part of a larger model: where it is, what feeds it where that was seen, and the file of its own. */
export interface OwnPart {
  readonly place: Within;
  readonly inputs?: readonly FedInput[] | undefined;
  readonly program: Program;
  readonly source: string;
}

/** What is read. */
export interface ReadingTask {
  readonly request: ExtractRequest;
  readonly budget: Budget;
  readonly files: Files;
  readonly program: Program;
  readonly entry: Entry;
  /** The program's own text. */
  readonly source: string;
  readonly settings: readonly ParsedSetting[];
  /** The model is a part of what the entry makes. */
  readonly within?: OwnPart | undefined;
}

/** How it is read. */
export interface Manner {
  /** Whether imports run where they stand: none, those of a text that fits, all. */
  readonly eager: boolean | RegExp;
  /** Files that imports which nothing used would have run. */
  readonly used: ReadonlySet<string>;
  /** Feed a model of which nothing tells a shape with any. */
  readonly anyShape: boolean;
}

/** Takes one of the ways to feed a model. */
export type Choose = (guesses: readonly InputGuess[]) => InputGuess | undefined;

export class Evaluation {
  readonly ctx: Interpreter;
  /** Where the arguments are from with which the model was built. */
  origin: ArgumentOrigin | undefined;
  /** The call that they are from. */
  private frame: CallFrame | undefined;
  /** The class or the builder that its own defaults can't make, by its name. */
  refused: string | undefined;
  /** Whether the part was found in the larger model: what failed then is the part's own. */
  hasPart = false;
  /** Whether the model was made: what failed then failed as it ran. */
  isBuilt = false;
  /** The numbers that it was made with, by name. */
  private numbers: readonly NamedNumber[] = [];
  /** The model, once it was made. */
  model: PyInstance | undefined;
  /** Sees the tensors of the file's code, where they are wanted. */
  private tracer: FileTracer | undefined;
  /** The input that the model is read for, where it is for one. */
  private inputRun: InputRun | undefined;

  constructor(
    private readonly task: ReadingTask,
    private readonly manner: Manner,
    milliseconds: number,
  ) {
    const { request, budget, files, program, settings } = task;
    const meter = new Meter({ ...budget, milliseconds }, () => performance.now(), request.signal);
    const ctx = new Interpreter(new GraphBuilder(), meter, libraries, makeBuiltins(), program.file);
    ctx.sources = files.programs;
    ctx.texts = files.texts;
    ctx.eager = manner.eager;
    ctx.training = request.training ?? false;
    ctx.used = manner.used;
    GivenSettings.set(ctx, settings);
    this.ctx = ctx;
  }

  /**
   * Reads the model, fed as `choose` says.
   * @param obstacles where set, what can't be read is collected, and evaluation goes on
   * @param fed what the model feeds the part with, where that is known
   * @returns undefined where none of the ways was chosen
   */
  *run(choose: Choose, obstacles?: ObstacleList, fed?: readonly TensorType[]): Eval<TracedModel | undefined> {
    const { ctx, task } = this;
    const { request, within } = task;
    const { graph } = ctx;
    // Looking past obstacles is looking at the whole.
    const part = obstacles ? undefined : request.part;
    // What a part doesn't use may be unreadable.
    const around = part === undefined && !within ? undefined : new ObstacleList();
    ctx.obstacles = obstacles ?? around;
    const { model, scope } = yield* within ? this.takePart(within.place) : this.make();
    this.isBuilt = true;
    this.model = model;
    if (around?.skipped) throw around.skipped;
    for (const { message, range } of part === undefined ? [] : (around?.found ?? [])) {
      ctx.graph.note({ message: say('Outside of this part: {0}', sentence(message)), ...(range && { source: range }) });
    }
    ctx.obstacles = obstacles;
    const run = part === undefined ? model : partOf(ctx, model, part);
    const seen = part === undefined && !request.inputs?.length ? within?.inputs : undefined;
    const guesses = yield* this.guesses(run, scope, part !== undefined, seen);
    if (part !== undefined && fed) guesses.unshift(guessAsFed(ctx, run, part, fed));
    const guess = choose(guesses);
    if (!guess) return undefined;
    const { result, leaves } = yield* this.call(model, run, guess, scope);
    const finished = graph.finish({
      name: part === undefined ? model.cls.name : `${model.cls.name}.${part}`,
      inputs: leaves,
      outputs: framework.outputs(ctx, result),
      state: framework.state(ctx, model).filter(({ name: each }) => !part || each.startsWith(`${part}.`)),
      updates: framework.updates(ctx, model),
    });
    const functions = judgeFunctions(finished, graph.applied);
    const whole = prune(finished);
    const pruned = withGiven(this.inputRun?.finish(whole) ?? whole, leaves, guess.origin === 'given');
    const places = framework.places(ctx, model);
    const trace = this.tracer?.finish(finished.nodes, pruned.nodes);
    const modules = [...places].map(([path, { place, name }]) => ({ path, name, site: place }));
    const written = findWritten(pruned, { functions, modules: places });
    const notes = [...pruned.notes, ...drawNotes(pruned), ...functionNotes(pruned, functions)];
    const read = { ...pruned, notes, modules, ...(written.length > 0 && { written }) };
    return { graph: read, guess, trace, numbers: this.numbers };
  }

  /**
   * Runs a larger model until it calls a part of it.
   * @param tell how many of the part's modules it holds
   * @returns undefined where it calls none
   */
  *watch(part: PartName, choose: Choose, tell: (count: number, isWhole: boolean) => void): Eval<Sighting['fed']> {
    const { ctx } = this;
    const around = new ObstacleList();
    ctx.obstacles = around;
    const observer = new PartObserver(ctx, part);
    ctx.observer = observer;
    ctx.baseInstead = framework.moduleClass(ctx);
    const { model, scope } = yield* this.make();
    if (around.skipped) throw around.skipped;
    const modules = yield* observer.takeFrom(model);
    const isWhole = modules[0] === model;
    tell(modules.length, isWhole);
    if (modules.length === 0 || isWhole) return undefined;
    const guesses = yield* this.guesses(model, scope);
    const guess = choose(guesses);
    if (!guess) return undefined;
    ctx.obstacles = new ObstacleList();
    observer.whole = model;
    try {
      yield* this.call(model, model, guess, scope);
    } catch (error) {
      if (!(error instanceof PartCalled)) throw error;
      const index = modules.indexOf(error.module);
      return index < 0 ? undefined : { index, inputs: error.inputs };
    }
    return undefined;
  }

  /** Makes the model that was asked for. */
  private *make(): Eval<{ model: PyInstance; scope: Scope }> {
    const { ctx, task } = this;
    const name = shortName(task.program.file).replace(/\.py$/, '');
    const scope = yield* enter(ctx, task.program, name);
    ctx.span = undefined;
    const maker = new ModelBuilder(ctx, task.program, scope, task.source);
    try {
      const model = yield* maker.make(task.entry);
      this.numbers = maker.numbersOf(model);
      return { model, scope };
    } finally {
      this.origin = maker.origin;
      this.frame = maker.frame;
      this.refused = maker.refused;
    }
  }

  /** The module of a larger model that is meant. */
  private *takePart({ part, index, text }: Within): Eval<{ model: PyInstance; scope: Scope }> {
    const { ctx } = this;
    const observer = new PartObserver(ctx, part);
    ctx.observer = observer;
    // What the larger model's own code gives the part is asked for, not what its bases do.
    ctx.baseInstead = framework.moduleClass(ctx);
    const { model: whole, scope } = yield* this.make();
    ctx.baseInstead = undefined;
    ctx.observer = undefined;
    if (ctx.obstacles?.skipped) throw ctx.obstacles.skipped;
    const model = (yield* observer.takeFrom(whole))[index];
    if (!model) throw new NoModel(say('{0} holds no {1}', whole.cls.name, part.name));
    this.hasPart = true;
    const message =
      model === whole && text !== whole.cls.name
        ? say('{0} is read as {1} makes it', part.name, text)
        : say('{0} is read as {1} builds it', part.name, whole.cls.name);
    const source = model.site;
    this.origin = { message, source };
    ctx.graph.note({ message, ...(source && { source }) });
    return { model, scope };
  }

  /** Ways to feed it: as the larger model was seen to do it, then what its own code says, where that doesn't fit. */
  private *guesses(
    run: PyInstance,
    scope: Scope,
    isPart = false,
    seen?: readonly FedInput[] | undefined,
  ): Eval<InputGuess[]> {
    const first = seen ? [guessAsSeen(run, seen, this.task.within?.place.text ?? '')] : [];
    try {
      return [...first, ...(yield* this.ownGuesses(run, scope, isPart))];
    } catch (error) {
      if (seen && (error instanceof ExtractionError || error instanceof PythonError)) return first;
      throw error;
    }
  }

  private *ownGuesses(run: PyInstance, scope: Scope, isPart: boolean): Eval<InputGuess[]> {
    const { ctx, task } = this;
    const model = unwrap(ctx, run);
    const name = isPart || task.within ? undefined : nameOf(task.entry);
    const given = task.request.inputs;
    // The part's own file says most of it.
    const { program, source: text } = task.within ?? task;
    const { frame } = this;
    const builtAt = this.origin?.source;
    const guessing = { ctx, model, name, given, scope, frame, builtAt, anyShape: this.manner.anyShape };
    const guesses = yield* guessInputs({ ...guessing, program, text });
    if (guesses.length > 0 || program === task.program) return guesses;
    return yield* guessInputs({ ...guessing, program: task.program, text: task.source });
  }

  /** Runs a model, or a part of it, on inputs of the graph. */
  private *call(
    model: PyInstance,
    run: PyInstance,
    guess: InputGuess,
    scope: Scope,
  ): Eval<{ result: PyValue; leaves: Leaf[] }> {
    const { ctx } = this;
    yield* framework.setMode(ctx, model);
    framework.adopt(ctx, model);
    if (guess.detail) ctx.graph.note({ message: guess.detail });
    for (const { value } of guess.inputs) yield* loadClasses(ctx, value, scope);
    const adapt = (type: TensorType) => (guess.origin === 'given' ? type : framework.fitPrecision(ctx, run, type));
    const inputs = guess.inputs.map((input) => ({ ...input, ...feed(ctx, input.name, input.value, adapt) }));
    ctx.span = undefined;
    const leaves = inputs.flatMap((input) => input.leaves);
    const { forInput, alive, weights = [] } = this.task.request;
    if (forInput) {
      const storages = new Map(framework.state(ctx, model).map(({ name, storage }) => [name, storage]));
      const given = new Map(
        weights.flatMap(({ name, data }) => {
          const storage = storages.get(name);
          return storage === undefined ? [] : [[storage, data] as const];
        }),
      );
      this.inputRun = new InputRun(ctx, leaves, alive, given);
      ctx.values = this.inputRun;
    }
    if (this.task.request.traced) this.tracer = new FileTracer(ctx, this.task.request.file);
    ctx.tracer = this.tracer;
    const result = yield* ctx.run(
      run,
      inputs.filter(({ keyword }) => !keyword).map(({ value }) => value),
      new Map(inputs.filter(({ keyword }) => keyword).map(({ name, value }) => [name, value])),
    );
    ctx.tracer = undefined;
    return { result, leaves };
  }
}

/** The class, builder or variable that an expression is about. */
function nameOf(entry: Entry): string | undefined {
  if (entry.kind !== 'expression') return entry.name;
  const { expression } = entry;
  const named = expression.kind === 'call' ? expression.callee : expression;
  return named.kind === 'name' || named.kind === 'attribute' ? named.name : undefined;
}

/** The model that a wrapper hands all of its inputs to: `DistributedDataParallel(model)` says nothing of them itself. */
function unwrap(ctx: Interpreter, model: PyInstance): PyInstance {
  const inner = model.fields.get('module') ?? null;
  return model.cls.native && framework.isModule(ctx, inner) ? unwrap(ctx, inner) : model;
}

/** The submodule at a path. */
function partOf(ctx: Interpreter, model: PyInstance, path: string): PyInstance {
  let at = model;
  for (const name of path.split('.')) {
    const below = at.fields.get(name);
    if (!framework.isModule(ctx, below ?? null)) {
      const names = [...at.fields].flatMap(([field, value]) => (framework.isModule(ctx, value) ? [field] : []));
      const has = names.length > 0 ? say('it has {0}', names) : say('it has none');
      throw new NoModel(say('{0} has no submodule {1} ({2})', at.cls.name, name, sentence(has)));
    }
    at = below as PyInstance;
  }
  return at;
}

/** A part fed as the model does it. */
function guessAsFed(ctx: Interpreter, run: PyInstance, part: string, types: readonly TensorType[]): InputGuess {
  const names = forwardParameters(ctx, run);
  const inputs = types.map((type, index) => ({
    name: names[index] ?? (index === 0 ? 'input' : `input${index}`),
    value: type,
  }));
  return { inputs, origin: 'model', detail: say('The input is what the model feeds {0} with', part) };
}

/** A part of a larger model fed as that was seen to do it. */
function guessAsSeen(model: PyInstance, inputs: readonly FedInput[], whole: string): InputGuess {
  return { inputs, origin: 'model', detail: say('The input is what {0} feeds {1} with', whole, model.cls.name) };
}
