import { GraphBuilder } from '../graph/builder';
import type { Graph, SourceRange } from '../graph/types';
import { ShapeError } from '../graph/types';
import type { Source } from '../source/source';
import type { Syntax } from '../syntax/syntax';
import type { Expr, Program } from './ast';
import { type Budget, defaultBudget, Meter } from './budget';
import { drive } from './driver';
import { enter, makeModel, NeedsArgument, NoModel } from './entry';
import { Files, parseProgram } from './files';
import { BATCH, guessInputs, type InputGuess, type InputOrigin } from './inputs';
import { Interpreter, shortName } from './interpreter';
import { type ModelCandidate, rankModels } from './models';
import { type Eval, ExtractionError, type ProblemKind } from './native';
import { prune } from './prune';
import { type Mismatch, mismatchIn, SizeSolver, usualNear } from './solve';
import type { InputSpec } from './spec';
import { torchLibrary } from './torch/index';
import { PythonError } from './values';

export { listModels, type ModelCandidate } from './models';
export { type InputSpec, parseInputSpec } from './spec';

export interface ExtractionProblem {
  /** Names the thing, the place and the way out. */
  readonly message: string;
  readonly source?: SourceRange;
  readonly kind: ProblemKind | 'no-model' | 'needs-argument';
}

export type Extraction =
  | {
      readonly ok: true;
      readonly graph: Graph;
      /** What was read: `resnet18()`. */
      readonly expression: string;
      /** How the input's shape was found. */
      readonly inputOrigin: InputOrigin;
      readonly milliseconds: number;
      readonly models: readonly ModelCandidate[];
    }
  | { readonly ok: false; readonly problem: ExtractionProblem; readonly models: readonly ModelCandidate[] };

export interface ExtractRequest {
  readonly syntax: Syntax;
  readonly source: Source;
  readonly file: string;
  /** `ResNet`, `resnet18()`, `ViT(image_size=32)`; the file's likeliest model where absent. */
  readonly expression?: string | undefined;
  readonly inputs?: readonly InputSpec[] | undefined;
  /** Read the model as it trains (`self.training` is true); in evaluation mode where absent. */
  readonly training?: boolean | undefined;
  readonly budget?: Partial<Budget> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Reads a model from its source text as a graph, without running it. Never rejects for what the text says. */
export async function extractModel(request: ExtractRequest): Promise<Extraction> {
  const started = performance.now();
  const files = new Files(request.syntax, request.source);
  let models: readonly ModelCandidate[] = [];
  let program: Program | null = null;
  try {
    program = await files.program(request.file);
    if (!program) return failure('no-model', `${shortName(request.file)} cannot be read`, undefined, models);
    models = rankModels(program);
    const text = request.expression?.trim() || models[0]?.expression;
    if (!text) return noModel(request.file, program);
    const parsed = await parseExpression(request.syntax, text);
    if (!parsed) {
      const message = `"${text}" is not an expression; write a class, a builder or a call, such as ${models[0]?.name ?? 'Net'}(num_classes=10)`;
      return failure('syntax', message, undefined, models);
    }
    const attempt = new Attempt(request, files, program, parsed, text);
    const { graph, guess } = await attempt.run();
    const milliseconds = performance.now() - started;
    return { ok: true, graph, expression: text, inputOrigin: guess.origin, milliseconds, models };
  } catch (error) {
    const problem = describe(error, request.file, program);
    if (!problem) throw error;
    return { ok: false, problem, models };
  }
}

async function parseExpression(syntax: Syntax, text: string): Promise<Expr | undefined> {
  const { body, errors } = await parseProgram(syntax, text, '<expression>');
  const [only] = body;
  return body.length === 1 && errors.length === 0 && only?.kind === 'expression' ? only.value : undefined;
}

interface Found {
  readonly graph: Graph;
  readonly guess: InputGuess;
}

/** The tries that one request takes: a fresh evaluation for each way to feed the model. */
class Attempt {
  private readonly budget: Budget;
  /** Whether imports run where they stand: none, those of a text that fits, all. */
  private eager: boolean | RegExp = false;
  private used: ReadonlySet<string> = new Set();
  private ctx: Interpreter | undefined;

  constructor(
    private readonly request: ExtractRequest,
    private readonly files: Files,
    private readonly program: Program,
    private readonly expression: Expr,
    private readonly text: string,
  ) {
    this.budget = { ...defaultBudget, ...request.budget };
  }

  async run(): Promise<Found> {
    const deadline = performance.now() + this.budget.milliseconds;
    let first: unknown;
    for (;;) {
      try {
        return await this.tries(deadline);
      } catch (error) {
        first ??= error;
        // A name may be missing because the import that registers it has no other use: `create_model('resnet50')`.
        const unregistered =
          error instanceof PythonError || (error instanceof ExtractionError && error.kind === 'unsupported');
        if (this.eager === true || !unregistered || !this.ctx?.waiting || performance.now() > deadline) throw first;
        this.eager = this.eager === false ? (definitionOf(error.message) ?? true) : true;
        this.used = new Set(this.ctx.modules.keys());
      }
    }
  }

  private async tries(deadline: number): Promise<Found> {
    let first: unknown;
    for (let index = 0; ; index++) {
      if (this.request.signal?.aborted) {
        throw new ExtractionError('cancelled', 'Reading the model was cancelled', undefined);
      }
      const trial = await this.trial(deadline, index);
      if (trial.found && !manyRows(trial.found)) return trial.found;
      // From another size the same search would end at the same.
      const solved = first === undefined ? await this.solve(deadline, index, trial) : undefined;
      const best = solved ?? trial.found;
      if (best) return best;
      if (trial.error !== undefined && (trial.count === 0 || !isShapeProblem(trial.error))) throw trial.error;
      first ??= trial.error;
      if (index + 1 >= trial.count) throw first ?? needsInput(this.text, this.request.file);
    }
  }

  /** Feeds the model the `index`th way, at another size where one is given. */
  private async trial(deadline: number, index: number, size?: number): Promise<Trial> {
    let guess: InputGuess | undefined;
    let count = 0;
    const tell = (guesses: readonly InputGuess[]): InputGuess | undefined => {
      count = guesses.length;
      guess = size === undefined ? guesses[index] : guesses[index]?.scale?.at(size);
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

  /** Where the features of an image of a guessed size don't fit the layer after them: the size at which they do. */
  private async solve(deadline: number, index: number, begin: Trial): Promise<Found | undefined> {
    const scale = begin.guess?.scale;
    if (!scale) return undefined;
    const solver = new SizeSolver(scale.dimensions);
    let trial = begin;
    for (let size: number | undefined = scale.size; size !== undefined; ) {
      const mismatch = trial.found ? manyRows(trial.found) : mismatchIn(messageOf(trial.error));
      if (!mismatch) break;
      size = solver.next(size, mismatch);
      if (size === undefined || performance.now() > deadline) return undefined;
      trial = await this.trial(deadline, index, size);
    }
    const { found } = trial;
    if (!found || trial === begin) return undefined;
    for (const size of usualNear(found.guess.scale?.size ?? 0).slice(0, 2)) {
      const usual = await this.trial(deadline, index, size);
      if (usual.found && !manyRows(usual.found)) return usual.found;
    }
    return found;
  }

  /** One evaluation, fed as `choose` says; undefined where it takes none of the ways. */
  private *evaluate(
    milliseconds: number,
    choose: (guesses: readonly InputGuess[]) => InputGuess | undefined,
  ): Eval<Found | undefined> {
    const graph = new GraphBuilder();
    const meter = new Meter({ ...this.budget, milliseconds }, () => performance.now(), this.request.signal);
    const ctx = new Interpreter(graph, meter, torchLibrary, this.program.file);
    ctx.sources = this.files.programs;
    ctx.texts = this.files.texts;
    ctx.eager = this.eager;
    ctx.training = this.request.training ?? false;
    ctx.used = this.used;
    this.ctx = ctx;
    const name = shortName(this.program.file).replace(/\.py$/, '');
    const scope = yield* enter(ctx, this.program, name);
    ctx.span = undefined;
    const model = yield* makeModel(ctx, this.program, this.expression, this.text, scope);
    const guesses = yield* guessInputs(ctx, this.program, model, this.request.inputs, scope);
    const guess = choose(guesses);
    if (!guess) return undefined;
    ctx.library.adopt(ctx, model);
    if (guess.detail) ctx.graph.note({ message: guess.detail });
    const inputs = guess.inputs.map(({ name: parameter, type }) => {
      const value = ctx.library.input(ctx, type);
      // Before `forward`, which may overwrite its input in place.
      return { name: parameter, value, graphValue: ctx.library.valueOf(ctx, value) };
    });
    const given = this.request.inputs ?? [];
    const positional = inputs.filter((_, i) => given[i]?.name === undefined);
    const named = new Map(inputs.filter((_, i) => given[i]?.name !== undefined).map((i) => [i.name, i.value]));
    ctx.span = undefined;
    const result = yield* ctx.run(
      model,
      positional.map(({ value }) => value),
      named,
    );
    const finished = graph.finish({
      name: model.cls.name,
      inputs: inputs.map((input) => ({ name: input.name, value: input.graphValue })),
      outputs: ctx.library.outputs(ctx, result),
      state: ctx.library.state(ctx, model),
      updates: ctx.library.updates(ctx, model),
    });
    return { graph: prune(finished), guess };
  }
}

/** What came of feeding the model one way. */
interface Trial {
  readonly found?: Found | undefined;
  readonly error?: unknown;
  readonly guess: InputGuess | undefined;
  /** Ways to feed it. */
  readonly count: number;
}

/**
 * Features of several rows where one example went in: `x.view(-1, 400)` makes rows of whatever comes, so that a wrong
 * size is no error.
 */
function manyRows({ graph, guess }: Found): Mismatch | undefined {
  if (!guess.scale) return undefined;
  const [first] = graph.outputs;
  const [rows = BATCH, ...rest] = (first && graph.values[first.value]?.type.shape) ?? [];
  const isView = graph.nodes.some(({ op }) => op.kind === 'reshape');
  return rows > BATCH && rest.length === 1 && isView ? { found: rows, wanted: BATCH } : undefined;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : '');

/** What the text of a file has that defines a name of the message. */
function definitionOf(message: string): RegExp | undefined {
  const words = message.match(/[A-Za-z_]\w{3,}/g) ?? [];
  const names = [...new Set(words.filter((word) => /[\d_A-Z]/.test(word.slice(1))))].slice(0, 20);
  return names.length > 0 ? new RegExp(`\\b(?:def|class) (?:${names.join('|')})\\b`) : undefined;
}

/** Whether another input might do better. */
function isShapeProblem(error: unknown): boolean {
  if (error instanceof ExtractionError) return error.kind === 'shape';
  if (error instanceof PythonError) {
    return ['RuntimeError', 'ValueError', 'AssertionError', 'IndexError'].includes(error.type);
  }
  return error instanceof ShapeError;
}

function needsInput(text: string, file: string): ExtractionError {
  return new ExtractionError(
    'needs-input',
    `The input of ${text} cannot be told from ${shortName(file)}; give its shape, such as --input 1x3x32x32`,
    undefined,
  );
}

function failure(
  kind: ExtractionProblem['kind'],
  message: string,
  source: SourceRange | undefined,
  models: readonly ModelCandidate[],
): Extraction {
  return { ok: false, problem: source ? { kind, message, source } : { kind, message }, models };
}

function noModel(file: string, program: Program): Extraction {
  const [error] = program.errors;
  if (error) {
    const message = `No model was found in ${shortName(file)}, and the text at line ${error.line + 1} is not valid Python; complete it and try again`;
    return failure('syntax', message, { file, ...error }, []);
  }
  const message = `There is no class derived from nn.Module and no function that returns one in ${shortName(file)}; open the file that defines the model, or name it: compare ${shortName(file)}:Net()`;
  return failure('no-model', message, undefined, []);
}

/** The problem that an error is, or undefined where it is a mistake of this program. */
function describe(error: unknown, file: string, program: Program | null): ExtractionProblem | undefined {
  const placed = (
    kind: ExtractionProblem['kind'],
    message: string,
    range: SourceRange | undefined,
  ): ExtractionProblem => {
    const where = range ? ` (${shortName(range.file)}:${range.line + 1})` : '';
    const full = `${message}${where}`;
    return range ? { kind, message: full, source: range } : { kind, message: full };
  };
  if (error instanceof NeedsArgument) {
    const list = error.parameters.join(', ');
    const example = error.parameters.map((name) => `${name}=…`).join(', ');
    const message = `${error.callee} needs ${error.parameters.length > 1 ? 'the arguments' : 'the argument'} ${list}, which nothing in ${shortName(file)} gives; write ${error.parameters.length > 1 ? 'them' : 'it'}: compare ${shortName(file)}:${error.callee}(${example})`;
    return placed('needs-argument', message, error.range);
  }
  if (error instanceof NoModel) {
    const [broken] = program?.errors ?? [];
    if (broken) {
      const message = `${error.message}; the text at line ${broken.line + 1} is not valid Python`;
      return placed('syntax', message, { file, ...broken });
    }
    return placed('no-model', `${error.message}; name a class or a builder of the file`, undefined);
  }
  const [broken] = program?.errors ?? [];
  const uncertain = (error instanceof ExtractionError && error.kind === 'unsupported') || error instanceof PythonError;
  if (broken && uncertain) {
    // Half-typed code is the likelier cause.
    const message = `The text at ${shortName(file)}:${broken.line + 1} is not valid Python; complete it (${error.message})`;
    return { kind: 'syntax', message, source: { file, ...broken } };
  }
  if (error instanceof ExtractionError) return placed(error.kind, error.message, error.range);
  if (error instanceof PythonError) {
    const kind = isShapeProblem(error) ? 'shape' : 'unsupported';
    return placed(kind, `${error.type}: ${error.message}`, error.range);
  }
  if (error instanceof ShapeError) return placed('shape', error.message, undefined);
  if (error instanceof RangeError && /call stack/i.test(error.message)) {
    return placed('budget', 'The code is nested too deeply to be read', undefined);
  }
  return undefined;
}
