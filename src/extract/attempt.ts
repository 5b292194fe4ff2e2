import { findWritten } from '../activations/written/find';
import { judgeFunctions } from '../activations/written/functions';
import { activationsOf } from '../graph/activations';
import { GraphBuilder } from '../graph/builder';
import type { NamedValue, TensorType } from '../graph/types';
import { say, sentence } from '../language/say';
import { makeBuiltins } from '../python/builtins/index';
import { type Budget, defaultBudget, Meter } from '../python/natives/budget';
import type { Eval } from '../python/natives/context';
import { ExtractionError } from '../python/natives/errors';
import { drive } from '../python/run/driver';
import type { Files } from '../python/run/files';
import { Interpreter } from '../python/run/interpreter';
import type { Program } from '../python/syntax/ast';
import type { Scope } from '../python/values/scope';
import { type PyInstance, PythonError, type PyValue } from '../python/values/values';
import { shortName } from '../source/path';
import type { Source } from '../source/source';
import { python } from '../syntax/identifiers';
import type { Syntax } from '../syntax/syntax';
import { framework } from '../torch/framework';
import type { ArgumentOrigin } from './caller';
import type { FedInput } from './calls';
import { drawNotes } from './draws';
import { type Entry, enter, ModelBuilder, NoModel } from './entry';
import { feed } from './feed';
import { functionNotes } from './functions';
import { GivenSettings, type ParsedSetting, type Setting } from './given';
import type { InputGuess } from './guess';
import { forwardParameters, guessInputs } from './inputs';
import { libraries } from './libraries';
import { ObstacleList, type ReadablePart } from './obstacles';
import { describe, isShapeProblem } from './problems';
import { prune } from './prune';
import { InputSearch, type TracedModel, type Trial } from './search';
import { type InputSpec, tensorsOf } from './spec';
import { PartCalled, type PartName, PartObserver, type Sighting, type Within } from './within';

export interface ExtractRequest {
  readonly syntax: Syntax;
  readonly source: Source;
  readonly file: string;
  /** `ResNet`, `resnet18()`, `ViT(image_size=32)`; the file's likeliest model where absent. */
  readonly expression?: string | undefined;
  readonly inputs?: readonly InputSpec[] | undefined;
  /** Path of the submodule to read instead of the whole model: `encoder.layers.0`. The state keeps the model's names. */
  readonly part?: string | undefined;
  /** Values for arguments of the model, of its settings and of the command line, by name. */
  readonly settings?: readonly Setting[] | undefined;
  /** Files that may call a name of the file, likeliest first; absent: no other files are looked at. */
  readonly callers?: ((name: string, file: string) => Promise<readonly string[]>) | undefined;
  /** Read the model as it trains (`self.training` is true); in evaluation mode where absent. */
  readonly training?: boolean | undefined;
  /** The larger model in which this one is to be found: as an extraction told it. */
  readonly within?: Within | undefined;
  readonly budget?: Partial<Budget> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A part of a larger model: where it is, what feeds it where that was seen, and the file of its own. */
export interface OwnPart {
  readonly place: Within;
  readonly inputs?: readonly FedInput[] | undefined;
  readonly program: Program;
  readonly source: string;
}

/** The tries that one request takes: a fresh evaluation for each way to feed the model. */
export class Attempt {
  private readonly budget: Budget;
  private readonly search: InputSearch;
  /** Whether imports run where they stand: none, those of a text that fits, all. */
  private eager: boolean | RegExp = false;
  private used: ReadonlySet<string> = new Set();
  private ctx: Interpreter | undefined;
  /** The try that failed for good. */
  private failed:
    | { readonly eager: boolean | RegExp; readonly used: ReadonlySet<string>; readonly index: number }
    | undefined;
  private found: ObstacleList | undefined;
  /** What the model feeds the part with, where that is known. */
  private fed: readonly TensorType[] | undefined;
  /** Where the arguments are from with which the model was built last. */
  origin: ArgumentOrigin | undefined;
  /** Feed a model of which nothing tells a shape with any. */
  anyShape = false;
  /** Whether the part was found in the larger model: what failed then is the part's own. */
  hasPart = false;
  /** The class or the builder that its own defaults can't make, by its name. */
  refused: string | undefined;

  constructor(
    private readonly request: ExtractRequest,
    private readonly files: Files,
    private readonly program: Program,
    private readonly entry: Entry,
    /** The file's own text. */
    private readonly source: string,
    private readonly settings: readonly ParsedSetting[] = [],
    /** The model is a part of what the entry makes. */
    private readonly within?: OwnPart | undefined,
  ) {
    this.budget = { ...defaultBudget, ...request.budget };
    this.search = new InputSearch(
      (deadline, index, change) => this.trial(deadline, index, change),
      entry.text,
      request.file,
      request.signal,
    );
  }

  /** The guess on which the model failed, where the input was one. */
  get failedGuess(): InputGuess | undefined {
    return this.search.failedGuess;
  }

  /** @param look whether to see what the model feeds the part with. */
  async run(look = true): Promise<TracedModel> {
    const deadline = performance.now() + this.budget.milliseconds;
    const { part, inputs } = this.request;
    if (look && part !== undefined && !inputs?.length) await this.lookAround(part);
    let first: unknown;
    for (;;) {
      try {
        return await this.search.run(deadline);
      } catch (error) {
        // With more imports run, as Python runs them, what fails then is nearer to the cause.
        if (first === undefined || error instanceof PythonError || isObstacle(error)) {
          first = error;
          this.failed = { eager: this.eager, used: this.used, index: this.search.tried };
        }
        // A name may be missing because the import that registers it has no other use: `create_model('resnet50')`.
        const unregistered =
          error instanceof PythonError || (error instanceof ExtractionError && error.kind === 'unsupported');
        if (this.eager === true || !unregistered || !this.ctx?.waiting || performance.now() > deadline) throw first;
        this.eager = this.eager === false ? (definitionOf(error.message) ?? true) : true;
        this.used = new Set(this.ctx.modules.keys());
      }
    }
  }

  /** Feeds the model the `index`th way, changed where a change is given. */
  private async trial(
    deadline: number,
    index: number,
    change: (guess: InputGuess) => InputGuess | undefined = (guess) => guess,
  ): Promise<Trial> {
    let guess: InputGuess | undefined;
    let count = 0;
    const tell = (guesses: readonly InputGuess[]): InputGuess | undefined => {
      count = guesses.length;
      const chosen = guesses[index];
      guess = chosen && change(chosen);
      return guess;
    };
    try {
      const milliseconds = Math.max(1, deadline - performance.now());
      const found = await drive(() => this.evaluate(milliseconds, tell), this.files);
      return { found, guess, count };
    } catch (error) {
      return { error, guess, count };
    }
  }

  /** What the model feeds a part of it with: the model is evaluated past what can't be read. */
  private async lookAround(part: string): Promise<void> {
    const deadline = performance.now() + Math.min(SECOND_LOOK, this.budget.milliseconds);
    for (let index = 0; performance.now() < deadline; index++) {
      let count = 0;
      try {
        await drive(() => {
          this.found = new ObstacleList();
          const choose = (guesses: readonly InputGuess[]) => {
            count = guesses.length;
            return guesses[index];
          };
          return this.evaluate(deadline - performance.now(), choose, this.found);
        }, this.files);
        count = 0;
      } catch (end) {
        if (describe(end, this.request.file, this.program) === undefined) throw end;
        if (!isShapeProblem(end)) count = 0;
      }
      this.fed = this.found?.fed.get(part);
      if (this.fed || index + 1 >= count) return;
    }
  }

  /** What stands in the way of reading the model, where `error` is what did first: it is evaluated past that. */
  async obstacles(error: unknown): Promise<readonly ExtractionError[]> {
    const { failed, request } = this;
    if (!failed || request.part !== undefined || request.signal?.aborted || !isObstacle(error)) return [];
    this.eager = failed.eager;
    this.used = failed.used;
    try {
      await drive(() => {
        this.found = new ObstacleList();
        return this.evaluate(SECOND_LOOK, (guesses) => guesses[failed.index], this.found);
      }, this.files);
    } catch (end) {
      // Past an obstacle anything may fail. What was found until then stands.
      if (describe(end, request.file, this.program) === undefined) throw end;
    }
    return this.found?.found ?? [];
  }

  /** Submodules that can be read by themselves, as the second look found them. */
  async parts(): Promise<readonly ReadablePart[]> {
    const { found, request } = this;
    if (!found) return [];
    const parts = found.parts();
    const deadline = performance.now() + SECOND_LOOK;
    for (const { path, name } of found.untriedParts().slice(0, MOST_TRIED)) {
      if (request.signal?.aborted || performance.now() > deadline) break;
      const milliseconds = deadline - performance.now();
      const alone = new Attempt(
        { ...request, part: path, inputs: undefined, budget: { ...request.budget, milliseconds } },
        this.files,
        this.program,
        this.entry,
        this.source,
        this.settings,
        this.within,
      );
      const read = await alone.run(false).catch((error: unknown) => {
        if (describe(error, request.file, this.program) === undefined) throw error;
      });
      const compares = read && activationsOf(read.graph).length > 0;
      if (compares) parts.push({ path, name });
    }
    return parts;
  }

  /**
   * Makes the model, and runs it until it calls a part, the first way to feed it first.
   * @param runs whether to run it
   */
  async observe(part: PartName, deadline: number, runs: boolean): Promise<Sighting> {
    let sighting: Sighting = { count: 0 };
    for (let index = 0; ; index++) {
      let ways: readonly InputGuess[] = [];
      const watch = (choose: (guesses: readonly InputGuess[]) => InputGuess | undefined) =>
        drive(
          () =>
            this.watch(part, Math.max(1, deadline - performance.now()), choose, (count) => {
              sighting = { ...sighting, count };
            }),
          this.files,
        );
      try {
        const fed = await watch((guesses) => {
          ways = guesses;
          return runs ? guesses[index] : undefined;
        });
        sighting = { ...sighting, fed };
        // Of an image that was guessed small a single value may be left where the part takes it.
        const larger = fed && isWornDown(fed.inputs) ? ways[index]?.scale?.at(USUAL_SIZE) : undefined;
        if (larger) sighting = { ...sighting, fed: (await watch(() => larger)) ?? fed };
      } catch (error) {
        if (sighting.count === 0) throw error;
        if (describe(error, this.request.file, this.program) === undefined) throw error;
      }
      const isLast = index + 1 >= Math.min(ways.length, MOST_FED) || performance.now() > deadline;
      if (sighting.count === 0 || sighting.fed || isLast) return sighting;
    }
  }

  /** One evaluation of a larger model until it calls a part of it. */
  private *watch(
    part: PartName,
    milliseconds: number,
    choose: (guesses: readonly InputGuess[]) => InputGuess | undefined,
    tell: (count: number) => void,
  ): Eval<Sighting['fed']> {
    const ctx = this.begin(milliseconds);
    const around = new ObstacleList();
    ctx.obstacles = around;
    const observer = new PartObserver(ctx, part);
    ctx.observer = observer;
    const { model, scope } = yield* this.make(ctx);
    if (around.skipped) throw around.skipped;
    const modules = observer.modulesIn(model);
    tell(modules.length);
    if (modules.length === 0) return undefined;
    const guesses = yield* this.guesses(ctx, model, scope);
    const guess = choose(guesses);
    if (!guess) return undefined;
    ctx.obstacles = new ObstacleList();
    observer.whole = model;
    try {
      yield* this.call(ctx, model, model, guess);
    } catch (error) {
      if (!(error instanceof PartCalled)) throw error;
      const index = modules.indexOf(error.module);
      return index < 0 ? undefined : { index, inputs: error.inputs };
    }
    return undefined;
  }

  private begin(milliseconds: number): Interpreter {
    const meter = new Meter({ ...this.budget, milliseconds }, () => performance.now(), this.request.signal);
    const ctx = new Interpreter(new GraphBuilder(), meter, libraries, makeBuiltins(), this.program.file);
    ctx.sources = this.files.programs;
    ctx.texts = this.files.texts;
    ctx.eager = this.eager;
    ctx.training = this.request.training ?? false;
    ctx.used = this.used;
    this.ctx = ctx;
    GivenSettings.set(ctx, this.settings);
    return ctx;
  }

  /** Makes the model that was asked for. */
  private *make(ctx: Interpreter): Eval<{ model: PyInstance; scope: Scope }> {
    const name = shortName(this.program.file).replace(/\.py$/, '');
    const scope = yield* enter(ctx, this.program, name);
    ctx.span = undefined;
    const maker = new ModelBuilder(ctx, this.program, scope, this.source);
    try {
      return { model: yield* maker.make(this.entry), scope };
    } finally {
      this.origin = maker.origin;
      this.refused = maker.refused;
    }
  }

  /** The module of a larger model that is meant. */
  private *takePart(ctx: Interpreter, { part, index }: Within): Eval<{ model: PyInstance; scope: Scope }> {
    const observer = new PartObserver(ctx, part);
    ctx.observer = observer;
    const { model: whole, scope } = yield* this.make(ctx);
    ctx.observer = undefined;
    if (ctx.obstacles?.skipped) throw ctx.obstacles.skipped;
    const model = observer.modulesIn(whole)[index];
    if (!model) throw new NoModel(say('{0} holds no {1}', whole.cls.name, part.name));
    this.hasPart = true;
    const message = say('{0} is read as {1} builds it', part.name, whole.cls.name);
    const source = model.site;
    this.origin = { message, source };
    ctx.graph.note({ message, ...(source && { source }) });
    return { model, scope };
  }

  /** One evaluation, fed as `choose` says; undefined where it takes none of the ways. */
  private *evaluate(
    milliseconds: number,
    choose: (guesses: readonly InputGuess[]) => InputGuess | undefined,
    obstacles?: ObstacleList,
  ): Eval<TracedModel | undefined> {
    const ctx = this.begin(milliseconds);
    const { graph } = ctx;
    // Looking past obstacles is looking at the whole.
    const part = obstacles ? undefined : this.request.part;
    // What a part doesn't use may be unreadable.
    const { within } = this;
    const around = part === undefined && !within ? undefined : new ObstacleList();
    ctx.obstacles = obstacles ?? around;
    const { model, scope } = yield* within ? this.takePart(ctx, within.place) : this.make(ctx);
    if (around?.skipped) throw around.skipped;
    for (const { message, range } of part === undefined ? [] : (around?.found ?? [])) {
      ctx.graph.note({ message: say('Outside of this part: {0}', sentence(message)), ...(range && { source: range }) });
    }
    ctx.obstacles = obstacles;
    const run = part === undefined ? model : partOf(ctx, model, part);
    const seen = part === undefined && !this.request.inputs?.length ? within?.inputs : undefined;
    const guesses = seen
      ? [guessAsSeen(model, seen, within?.place.text ?? '')]
      : yield* this.guesses(ctx, run, scope, part !== undefined);
    if (part !== undefined && this.fed) guesses.unshift(guessAsFed(ctx, run, part, this.fed));
    const guess = choose(guesses);
    if (!guess) return undefined;
    const { result, leaves } = yield* this.call(ctx, model, run, guess);
    const finished = graph.finish({
      name: part === undefined ? model.cls.name : `${model.cls.name}.${part}`,
      inputs: leaves,
      outputs: framework.outputs(ctx, result),
      state: framework.state(ctx, model).filter(({ name: each }) => !part || each.startsWith(`${part}.`)),
      updates: framework.updates(ctx, model),
    });
    const functions = judgeFunctions(finished, graph.applied);
    const pruned = prune(finished);
    const written = findWritten(pruned, { functions, modules: framework.places(ctx, model) });
    const notes = [...pruned.notes, ...drawNotes(pruned), ...functionNotes(pruned, functions)];
    return { graph: { ...pruned, notes, ...(written.length > 0 && { written }) }, guess };
  }

  private *guesses(ctx: Interpreter, run: PyInstance, scope: Scope, isPart = false): Eval<InputGuess[]> {
    const model = unwrap(ctx, run);
    const name = isPart || this.within ? undefined : nameOf(this.entry);
    const given = this.request.inputs;
    // The part's own file says most of it.
    const { program = this.program, source: text = this.source } = this.within ?? {};
    const guessing = { ctx, model, name, given, scope, anyShape: this.anyShape };
    const guesses = yield* guessInputs({ ...guessing, program, text });
    if (guesses.length > 0 || program === this.program) return guesses;
    return yield* guessInputs({ ...guessing, program: this.program, text: this.source });
  }

  /** Runs a model, or a part of it, on inputs of the graph. */
  private *call(
    ctx: Interpreter,
    model: PyInstance,
    run: PyInstance,
    guess: InputGuess,
  ): Eval<{ result: PyValue; leaves: NamedValue[] }> {
    yield* framework.setMode(ctx, model);
    framework.adopt(ctx, model);
    if (guess.detail) ctx.graph.note({ message: guess.detail });
    const adapt = (type: TensorType) => (guess.origin === 'given' ? type : framework.fitPrecision(ctx, run, type));
    const inputs = guess.inputs.map((input) => ({ ...input, ...feed(ctx, input.name, input.value, adapt) }));
    ctx.span = undefined;
    const result = yield* ctx.run(
      run,
      inputs.filter(({ keyword }) => !keyword).map(({ value }) => value),
      new Map(inputs.filter(({ keyword }) => keyword).map(({ name, value }) => [name, value])),
    );
    return { result, leaves: inputs.flatMap(({ leaves }) => leaves) };
  }
}

/** The size of images that most models are made for. */
const USUAL_SIZE = 224;

/** Whether images or signals have come down to one value a channel. */
const isWornDown = (inputs: readonly FedInput[]): boolean =>
  inputs.flatMap(({ value }) => tensorsOf(value)).some(({ shape }) => shape.length >= 3 && shape.at(-1) === 1);

/** Ways to feed a larger model that are tried, until it calls a part. */
const MOST_FED = 3;
/** Milliseconds for looking at what else can't be read, and for trying what can. */
const SECOND_LOOK = 2000;
/** Submodules that are tried by themselves. */
const MOST_TRIED = 6;

/** Whether there may be more of the kind. */
function isObstacle(error: unknown): boolean {
  return error instanceof ExtractionError && error.kind === 'unsupported';
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

/** What the text of a file has that defines a name of the message. */
function definitionOf(message: string): RegExp | undefined {
  // In a sentence without spaces a name of ASCII stands between other letters.
  const words = [...(message.match(/[A-Za-z_]\w{3,}/g) ?? []), ...Array.from(python.in(message), ([word]) => word)];
  const names = [...new Set(words.filter((word) => /[\d_A-Z]|[^\0-\x7f]/.test(word.slice(1))))].slice(0, 20);
  const { part } = python;
  return names.length > 0
    ? new RegExp(`(?<![${part}])(?:def|class) (?:${names.join('|')})(?![${part}])`, 'u')
    : undefined;
}
