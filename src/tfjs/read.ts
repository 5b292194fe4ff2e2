/** A TensorFlow.js model's text → its graph, or what stands in the way. */
import { catalogue } from '../activations/catalogue';
import { findWritten } from '../activations/written/find';
import type { ArgumentOrigin } from '../extract/caller';
import type { Extraction, ExtractionProblem, InputSpec } from '../extract/extract';
import { itemAt } from '../graph/access';
import { largerBatchOf } from '../graph/memory';
import type { Graph, Node, SourceRange } from '../graph/types';
import { say, sentence } from '../language/say';
import { shortName } from '../source/path';
import { ParseError } from '../syntax/syntax';
import { WeightsError } from '../weights/tensor';
import { listNamedModels, listTfjsModels, type TfjsBuilder } from './builders';
import { type BuilderCall, callsOf } from './calls';
import { checkedOutcome } from './check';
import { type ForwardCall, forwardCall, shapeOfFeed } from './forward';
import { graphOf } from './graph';
import { type GuestQuestion, GuestSession } from './guestSession';
import type { TfjsHost, TfjsRequest } from './host';
import { givenInputs, guessedShapes } from './inputs';
import { NestingError } from './nodes';
import type { Tape } from './outcome';
import { openShapesProblem, type ProblemContext, problemOf, REMOTE, sealedProblem, undecidedProblem } from './problems';
import { TfjsProgram } from './program';
import { TapeRefusal } from './refusal';
import type { GuestInput } from './request';
import { withSavedWeights } from './saved';
import { Sealed, SealedError } from './sealed';
import { stripExpression } from './strip';

export interface TfjsReading {
  readonly extraction: Extraction;
  readonly batched?: Graph;
  readonly training?: Graph;
}

/** Models of a file that are tried where none is named. */
const MOST_MODELS = 4;

/** Reads models, one after the other, in one interpreter that is started when it is first needed. */
export class TfjsReader {
  private sealed: Promise<Sealed> | undefined;

  /** Never rejects for what the text says. */
  async read(request: TfjsRequest, host: TfjsHost): Promise<TfjsReading> {
    const started = performance.now();
    let models: readonly TfjsBuilder[] = [];
    const failed = (problem: ExtractionProblem): TfjsReading => ({
      extraction: { ok: false, problem, others: [], parts: [], models },
    });
    try {
      const { file } = request;
      const text = await host.source.read(file);
      if (!text) return failed({ kind: 'no-model', message: say('{0} cannot be read', shortName(file)) });
      models = await listTfjsModels(host.syntax, text);
      if (models.length === 0) models = await listNamedModels(host.syntax, text);
      const asked = request.expression?.trim();
      const choices = asked ? [asked] : models.slice(0, MOST_MODELS).map(({ expression }) => expression);
      if (choices.length === 0) return failed(noModel(file));
      const sealed = await this.open(host);
      const found = await this.readFirst(choices, (choice) =>
        firstThatReads(waysTo(choice, models, request, host), (way) =>
          new WayReading(sealed, way, request, host).run(),
        ),
      );
      const milliseconds = performance.now() - started;
      const { batched, training, ...rest } = found;
      return {
        extraction: { ok: true, ...rest, hasModes: training !== undefined, milliseconds, models },
        ...(batched && { batched }),
        ...(training && { training }),
      };
    } catch (error) {
      const problem = problemIn(error, request.file);
      if (!problem) throw error;
      return failed(problem);
    }
  }

  /**
   * The first model that can be read; a note says which likelier one can't. What asks for something ends the search: the
   * user may know it.
   */
  private async readFirst(choices: readonly string[], read: (choice: string) => Promise<Found>): Promise<Found> {
    let first: Unreadable | undefined;
    for (const choice of choices) {
      try {
        const found = await read(choice);
        if (!first) return found;
        const message = say('{0} was not read: {1}', itemAt(choices, 0), sentence(first.problem.message));
        return { ...found, graph: { ...found.graph, notes: [...found.graph.notes, { message }] } };
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        first ??= error;
        if (!['unsupported', 'no-model'].includes(first.problem.kind)) break;
      }
    }
    throw first;
  }

  private async open(host: TfjsHost): Promise<Sealed> {
    if ((await this.sealed)?.isBroken) this.sealed = undefined;
    this.sealed ??= host.parts().then((parts) => Sealed.open(parts));
    // A start that failed is tried again at the next reading.
    this.sealed.catch(() => {
      this.sealed = undefined;
    });
    return this.sealed;
  }
}

/** The ways to have what was asked for: a builder's calls, or the expression itself. */
async function* waysTo(
  asked: string,
  models: readonly TfjsBuilder[],
  { file, settings = [] }: TfjsRequest,
  host: TfjsHost,
): AsyncGenerator<Way> {
  const builder =
    models.find(({ expression }) => expression === asked) ??
    models.find(({ path, name }) => path === asked || name === asked);
  if (!builder) yield { expression: asked, code: () => asked, entry: file };
  // What a file makes while it runs is there once nothing is left to do.
  else if (builder.form === 'module') yield { expression: asked, code: () => '$settled()', entry: file };
  else if (builder.form === 'callback') yield { expression: asked, code: () => '$handed()', entry: file };
  else if (builder.makes === 'output') {
    const forward = forwardCall(builder);
    yield { expression: asked, code: () => forward.code, entry: file, forward };
  } else yield* callsOf(builder, settings, file, host);
}

/** A way to have a model, or a function of tensors that stands for one. */
type Way = BuilderCall & { readonly forward?: ForwardCall };

/** What the first way gives that can be read; else the last one's problem, which names what is missing. */
async function firstThatReads(ways: AsyncIterable<Way>, read: (way: Way) => Promise<Found>): Promise<Found> {
  let problem: unknown;
  for await (const way of ways) {
    try {
      return await read(way);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      problem = error;
    }
  }
  throw problem;
}

function noModel(file: string): ExtractionProblem {
  const message = say(
    'There is nothing in {0} that makes a TensorFlow.js model; open the file that builds it, or name what does: createModel()',
    shortName(file),
  );
  return { kind: 'no-model', message };
}

/** A reading that ends with a problem. */
class Unreadable extends Error {
  override name = 'Unreadable';
  constructor(readonly problem: ExtractionProblem) {
    super(problem.message);
  }
}

function problemIn(error: unknown, file: string): ExtractionProblem | undefined {
  if (error instanceof Unreadable) return error.problem;
  if (error instanceof SealedError) return sealedProblem(error, file);
  if (error instanceof ParseError || error instanceof NestingError) return { kind: 'syntax', message: error.message };
  if (error instanceof WeightsError) return { kind: 'unsupported', message: error.message };
  if (error instanceof DOMException && error.name === 'AbortError')
    return { kind: 'cancelled', message: say('Reading the model was cancelled') };
  return undefined;
}

/** What was read: what an extraction tells, and the model's other readings. */
interface Found {
  readonly graph: Graph;
  readonly expression: string;
  readonly inputs: readonly InputSpec[];
  readonly inputOrigin: 'given' | 'file' | 'solved';
  readonly argumentOrigin?: ArgumentOrigin;
  readonly batched?: Graph;
  readonly training?: Graph;
}

/** Folders whose files servers hand out as if they lay at the top. */
const served = ['public', 'src', 'static', 'assets', 'dist', 'www'];

/** One model's reading, had in one way. */
class WayReading {
  private program!: TfjsProgram;
  private attempt!: GuestSession;
  private readonly context: ProblemContext;

  constructor(
    private readonly sealed: Sealed,
    private readonly way: Way,
    private readonly request: TfjsRequest,
    private readonly host: TfjsHost,
  ) {
    const placeOf = (at: string | undefined) => this.program.places.callAt(at);
    this.context = { file: request.file, expression: way.expression, draft: way.draft, placeOf };
  }

  /** @throws Unreadable */
  async run(): Promise<Found> {
    const { request, host, way } = this;
    const program = await TfjsProgram.read(way.entry, host);
    const entry = program?.nameOf(request.file);
    const text = entry === undefined ? undefined : way.code((file) => program?.nameOf(file));
    if (!program || entry === undefined || text === undefined) {
      throw new Unreadable({ kind: 'no-model', message: say('{0} cannot be read', shortName(way.entry)) });
    }
    this.program = program;
    this.attempt = new GuestSession(
      this.sealed,
      program.sealed,
      async (path) => (await this.fileAt(path))?.text,
      () => this.breathe(),
    );
    // An evaluated text can't await by itself.
    const awaited = /\bawait\b/.test(text) ? `(async () => (${text}\n))()` : text;
    const expression = await stripExpression(host.syntax, request.file, awaited);
    const base = { entry, expression, batch: 1, training: false, decided: {} };
    const fed = request.inputs ? givenInputs(request.inputs) : await this.feed(base);
    const { tape, asked, isGuess } = await this.tapeOf(fed ? { ...base, inputs: fed } : base);
    const graph = await this.finish(tape);
    const inputOrigin = request.inputs ? 'given' : isGuess ? 'solved' : 'file';
    const others = request.compared ? await this.readOthers(asked, tape, graph) : {};
    return {
      graph,
      expression: way.expression,
      inputs: specsOf(graph),
      inputOrigin,
      ...(way.origin && { argumentOrigin: way.origin }),
      ...others,
    };
  }

  /** What the tensors of a function are, where its file says something of each. */
  private async feed(base: GuestQuestion): Promise<readonly GuestInput[] | undefined> {
    const { forward } = this.way;
    if (!forward) return undefined;
    const all = forward.feeds.flat();
    const texts = await Promise.all(
      all.map(({ kind, text }) =>
        kind === 'rank' ? 'undefined' : stripExpression(this.host.syntax, this.request.file, text),
      ),
    );
    const { measured = [] } = await this.attempt.run({ ...base, measure: texts });
    const told = new Map(all.map((feed, index) => [feed, measured[index] ?? undefined]));
    const shapes = forward.feeds.map((feeds) =>
      feeds.map((feed) => shapeOfFeed(feed, told.get(feed))).find((shape) => shape !== undefined),
    );
    return shapes.every((shape) => shape !== undefined) ? shapes : undefined;
  }

  /** The tape of a model that is what it is whatever is not known. */
  private async tapeOf(asked: GuestQuestion): Promise<{ tape: Tape; asked: GuestQuestion; isGuess: boolean }> {
    const answer = await this.attempt.run(asked);
    const making = answer.problem?.kind === 'no-model' ? await this.attempt.making(asked, answer) : undefined;
    if (making) return this.tapeOf(making);
    const undecided = await this.attempt.decisive(asked, answer);
    if (undecided) {
      const decision = this.program.decision(undecided.id);
      if (decision) {
        const { text, range } = decision;
        throw new Unreadable(undecidedProblem({ text, range, why: undecided.why }, this.context));
      }
    }
    if (answer.problem) throw new Unreadable(problemOf(answer.problem, answer, this.context));
    const outcome = this.rethrow(() => checkedOutcome(answer.outcome));
    if (outcome.kind === 'tape') return { tape: outcome, asked, isGuess: false };
    for (const inputs of this.request.inputs ? [] : guessedShapes(outcome)) {
      const again = await this.attempt.run({ ...asked, inputs });
      const made = again.problem ? undefined : this.rethrow(() => checkedOutcome(again.outcome));
      if (made?.kind === 'tape') return { tape: made, asked: { ...asked, inputs }, isGuess: true };
    }
    throw new Unreadable(openShapesProblem(outcome, this.way.expression));
  }

  /** The graph of a tape, with the weights that were saved with its models. */
  private async finish(tape: Tape): Promise<Graph> {
    const place = (at: string): SourceRange | undefined => this.program.places.callAt(at);
    const made = this.rethrow(() => graphOf(tape, { place }));
    const graph: Graph = { ...withWritten(this.withSites(made)), conventions: 'tensorflow' };
    if (this.attempt.files.size === 0) return graph;
    const saved = await withSavedWeights(graph, this.attempt.files, (model, path) => this.bytesBeside(model, path));
    const message =
      saved.found < graph.state.length
        ? say('{0} of {1} weights are those of the saved model; the others are drawn', saved.found, graph.state.length)
        : say('The weights are those of the saved model');
    const [path = ''] = this.attempt.files.keys();
    const whole = saved.found === graph.state.length && saved.found > 0;
    return {
      ...saved.graph,
      notes: [...graph.notes, { message }],
      ...(whole && { weightsFile: shortName(path) }),
    };
  }

  /** The graph whose activations stand where they were chosen: in a layer's settings, in a call of their op. */
  private withSites(graph: Graph): Graph {
    const { places } = this.program;
    const chosen = ({ op, site, source }: Pick<Node, 'op' | 'site' | 'source'>): SourceRange | undefined => {
      if (op.kind !== 'activation' || !site) return undefined;
      // What a layer of the user's own runs is chosen there.
      const isOwn = source !== undefined && source !== site && places.isOp(source);
      return isOwn ? source : places.activationIn(site, spellingsOf(op.activation));
    };
    const placed = <T extends Pick<Node, 'op' | 'site' | 'source'>>(one: T): T => {
      const site = chosen(one);
      return site ? { ...one, site } : one;
    };
    return { ...graph, nodes: graph.nodes.map(placed), ...(graph.written && { written: graph.written.map(placed) }) };
  }

  /** The model with a larger batch, and as it trains where it does something else then. */
  private async readOthers(
    asked: GuestQuestion,
    tape: Tape,
    graph: Graph,
  ): Promise<Pick<Found, 'batched' | 'training'>> {
    const larger = largerBatch(graph);
    const batched = larger === undefined ? undefined : await this.again({ ...asked, batch: larger });
    const wide = batched ?? { tape, graph };
    const trained = await this.again({ ...asked, batch: larger ?? 1, training: true });
    const differs = trained && stepsOf(trained.tape) !== stepsOf(wide.tape);
    return { ...(batched && { batched: batched.graph }), ...(differs && { training: trained.graph }) };
  }

  /** Another reading of the same model; undefined where it can't be had. */
  private async again(asked: GuestQuestion): Promise<{ tape: Tape; graph: Graph } | undefined> {
    const { problem, outcome } = await this.attempt.run(asked);
    if (problem) return undefined;
    try {
      const tape = checkedOutcome(outcome);
      return tape.kind === 'tape' ? { tape, graph: await this.finish(tape) } : undefined;
    } catch (error) {
      if (error instanceof TapeRefusal) return undefined;
      throw error;
    }
  }

  private rethrow<T>(make: () => T): T {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof TapeRefusal)) throw error;
      const source = this.context.placeOf(error.at);
      throw new Unreadable({ kind: 'unsupported', message: error.message, ...(source && { source }) });
    }
  }

  private async fileAt(path: string) {
    const plain = path.replace(/^file:\/\/(?:\.\/)?/, '');
    // What a server hands out from its top lies in a folder of the project.
    const inside = plain.replace(/^[./]*\//, '');
    for (const each of new Set([plain, inside, ...served.map((folder) => `${folder}/${inside}`)])) {
      const file = REMOTE.test(each) ? undefined : await this.host.source.locate?.(this.request.file, each);
      if (file !== undefined) return this.host.source.read(file);
    }
    return undefined;
  }

  private async bytesBeside(model: string, path: string): Promise<Uint8Array | undefined> {
    const file = (await this.fileAt(model))?.file;
    return file === undefined ? undefined : this.host.source.bytes?.(file.replace(/[^/\\]*$/, path));
  }

  /** Lets the thread hear what its host says. @throws AbortError */
  private async breathe(): Promise<void> {
    this.host.alive?.();
    await new Promise<void>((resume) => setTimeout(resume, 0));
    this.host.signal?.throwIfAborted();
  }
}

/** The graph with the activations that the code writes out, beside those that its layers are known to write. */
function withWritten(graph: Graph): Graph {
  const modules = new Map(graph.modules?.map(({ path, name, site }) => [path, { name, place: site }]));
  const known = graph.written ?? [];
  const taken = new Set(known.flatMap(({ values }) => values));
  const found = findWritten(graph, { functions: [], modules });
  const written = [...known, ...found.filter(({ values }) => !values.some((value) => taken.has(value)))];
  return written.length > 0 ? { ...graph, written } : graph;
}

/** How an activation is spelled in a layer's settings; undefined where it has no name there. */
function spellingsOf(activation: string): ReadonlySet<string> | undefined {
  const names = catalogue.get(activation)?.spellings.tfjs?.identifiers;
  return names && names.length > 0 ? new Set(names) : undefined;
}

/** The steps alone: what a model does. */
function stepsOf({ steps }: Tape): string {
  return JSON.stringify(steps.map(({ kind, name, attributes }) => [kind, name, attributes]));
}

/** What a model was read with. */
function specsOf(graph: Graph): InputSpec[] {
  return graph.inputs.map(({ value }) => {
    const { shape, dtype } = itemAt(graph.values, value).type;
    return { shape, dtype };
  });
}

/** How many samples a second reading is to have; undefined where the model has a batch of its own. */
function largerBatch(graph: Graph): number | undefined {
  const [input] = graph.inputs;
  if (!input || itemAt(graph.values, input.value).type.shape[0] !== 1) return undefined;
  return largerBatchOf(graph);
}
