/** One model's reading, had in one way. */
import type { ArgumentOrigin } from '../extract/caller';
import type { InputSpec } from '../extract/extract';
import { itemAt } from '../graph/access';
import type { Fault } from '../graph/fault';
import { largerBatchOf } from '../graph/memory';
import { changedShape, findOtherSizes, type SizeChange, type SizeVariation } from '../graph/otherSizes';
import type { TensorTrace } from '../graph/trace';
import type { Graph, Node } from '../graph/types';
import { say } from '../language/say';
import { shortName } from '../source/path';
import { checkedOutcome } from './check';
import { batchesFor, faultOf, isSameError, suspectIn } from './faults';
import { shapeOfFeed } from './forward';
import { graphOf } from './graph';
import { type GuestQuestion, GuestSession } from './guestSession';
import type { TfjsHost, TfjsRequest } from './host';
import { givenInputs, guessedShapes } from './inputs';
import type { Tape } from './outcome';
import { openShapesProblem, type ProblemContext, problemOf, undecidedProblem } from './problems';
import type { TfjsProgram } from './program';
import type { Programs } from './programs';
import { TapeRefusal } from './refusal';
import type { GuestAnswer, GuestInput } from './request';
import { withSavedWeights } from './saved';
import { type Sealed, SealedError } from './sealed';
import { withSites, withWritten } from './sites';
import { stripExpression } from './strip';
import { traceOf } from './trace';
import { translateRefusal, Unreadable } from './unreadable';
import type { Way } from './ways';
import { WorkspaceFiles } from './workspaceFiles';

/** What was read: what an extraction tells, and the model's other readings. */
export interface WayResult {
  readonly graph: Graph;
  readonly expression: string;
  readonly inputs: readonly InputSpec[];
  readonly inputOrigin: 'given' | 'file' | 'solved';
  readonly argumentOrigin?: ArgumentOrigin;
  readonly batched?: Graph;
  readonly training?: Graph;
  /** What was seen of its tensors, where that was asked for. */
  readonly trace?: TensorTrace;
  readonly variation?: SizeVariation;
}

/** What a reading is done with. */
export interface ReadingTools {
  readonly sealed: Sealed;
  readonly programs: Programs;
  readonly request: TfjsRequest;
  readonly host: TfjsHost;
}

/** Milliseconds in which a model is read with other sizes, or batches. */
const LONGEST = 3000;

/** Reads the model that a way gives. @throws Unreadable */
export async function readWay(way: Way, tools: ReadingTools): Promise<WayResult> {
  const { request, programs } = tools;
  const program = await programs.of(way.entry);
  const entry = program?.nameOf(request.file);
  const text = entry === undefined ? undefined : way.code((file) => program?.nameOf(file));
  if (!program || entry === undefined || text === undefined)
    throw new Unreadable({ kind: 'no-model', message: say('{0} cannot be read', shortName(way.entry)) });
  return new WayReading(way, program, tools).read(entry, text);
}

class WayReading {
  private readonly session: GuestSession;
  private readonly files: WorkspaceFiles;
  private readonly context: ProblemContext;
  private readonly request: TfjsRequest;
  private readonly host: TfjsHost;

  constructor(
    private readonly way: Way,
    private readonly program: TfjsProgram,
    { sealed, request, host }: ReadingTools,
  ) {
    this.request = request;
    this.host = host;
    this.files = new WorkspaceFiles(host.source, request.file);
    this.session = new GuestSession(
      sealed,
      program.sealed,
      async (path) => (await this.files.read(path))?.text,
      () => this.breathe(),
    );
    this.context = {
      file: request.file,
      expression: way.expression,
      draft: way.draft,
      needed: way.needed ?? [],
      placeOf: (at) => program.places.callAt(at),
      placeOfFault: (fault) => program.places.callAt(fault.at) ?? program.statement(fault),
    };
  }

  /**
   * @param entry the module in whose scope `text` stands
   * @throws Unreadable
   */
  async read(entry: string, text: string): Promise<WayResult> {
    const { request, way } = this;
    // An evaluated text can't await by itself.
    const awaited = /\bawait\b/.test(text) ? `(async () => (${text}\n))()` : text;
    const expression = await stripExpression(this.host.syntax, request.file, awaited);
    const base = { entry, expression, batch: 1, training: false, traced: request.traced === true, decided: {} };
    const fed = request.inputs ? givenInputs(request.inputs) : await this.feed(base);
    const { tape, asked, isGuess } = await this.tapeOf(fed ? { ...base, inputs: fed } : base);
    const graph = await this.finish(tape);
    const inputOrigin = request.inputs ? 'given' : isGuess ? 'solved' : 'file';
    const trace = this.traceOf(tape, graph.nodes);
    const variation = trace && (await this.vary(asked, tape));
    const others = request.compared ? await this.readOthers(asked, tape, graph) : {};
    return {
      graph,
      expression: way.expression,
      inputs: specsOf(graph),
      inputOrigin,
      ...(way.origin && { argumentOrigin: way.origin }),
      ...(trace && { trace }),
      ...(variation && { variation }),
      ...others,
    };
  }

  private traceOf(tape: Tape, nodes: readonly Node[]): TensorTrace | undefined {
    return traceOf(tape, nodes, this.program.places, this.request.file);
  }

  /** The model again with other lengths of what its input leaves open; undefined where that can't be told. */
  private async vary(asked: GuestQuestion, { inputs, tensors, seen }: Tape): Promise<SizeVariation | undefined> {
    const own = inputs.map(({ name, tensor }) => ({ name, ...itemAt(tensors, tensor) }));
    if (this.request.inputs) return { open: [], readings: [], tensors: own };
    const isOpen = (tensor: number, axis: number) => seen?.declared[tensor]?.[axis] === null;
    const read = async (changes: readonly SizeChange[]): Promise<TensorTrace | 'refused' | undefined> => {
      const changed = own.map((input, index) => ({ ...input, shape: changedShape(input.shape, index, changes) }));
      const answer = await this.tryRun({ ...asked, inputs: changed });
      if (answer?.problem?.kind === 'raised') return 'refused';
      const again = answer && !answer.problem && this.readTape(answer);
      return again ? this.traceOf(again, []) : undefined;
    };
    return findOtherSizes(own, isOpen, { read, milliseconds: LONGEST, signal: this.host.signal });
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
    const { measured = [] } = await this.session.run({ ...base, measure: texts });
    const told = new Map(all.map((feed, index) => [feed, measured[index] ?? undefined]));
    const shapes = forward.feeds.map((feeds) =>
      feeds.map((feed) => shapeOfFeed(feed, told.get(feed))).find((shape) => shape !== undefined),
    );
    return shapes.every((shape) => shape !== undefined) ? shapes : undefined;
  }

  /** The tape of a model that is what it is whatever is not known. */
  private async tapeOf(asked: GuestQuestion): Promise<{ tape: Tape; asked: GuestQuestion; isGuess: boolean }> {
    const { session, context } = this;
    const answer = await session.run(asked);
    const making = answer.problem?.kind === 'no-model' ? await session.making(asked, answer) : undefined;
    if (making) return this.tapeOf(making);
    const undecided = await session.decisive(asked, answer);
    const decision = undecided && this.program.decision(undecided.id);
    if (decision) throw new Unreadable(undecidedProblem({ ...decision, why: undecided.why }, context));
    if (answer.problem)
      throw new Unreadable(problemOf(answer.problem, answer, context), await this.faultIn(asked, answer));
    const outcome = translateRefusal(() => checkedOutcome(answer.outcome), context);
    if (outcome.kind === 'tape') return { tape: outcome, asked, isGuess: false };
    for (const inputs of this.request.inputs ? [] : guessedShapes(outcome)) {
      const again = await session.run({ ...asked, inputs });
      const made = again.problem ? undefined : translateRefusal(() => checkedOutcome(again.outcome), context);
      if (made?.kind === 'tape') return { tape: made, asked: { ...asked, inputs }, isGuess: true };
    }
    throw new Unreadable(openShapesProblem(outcome, this.way.expression));
  }

  /** One more run; undefined where a limit ended it. */
  private async tryRun(asked: GuestQuestion): Promise<GuestAnswer | undefined> {
    try {
      return await this.session.run(asked);
    } catch (error) {
      if (error instanceof SealedError) return undefined;
      throw error;
    }
  }

  /** The tape of an answer; undefined where it is none. */
  private readTape({ outcome }: GuestAnswer): Tape | undefined {
    try {
      const found = checkedOutcome(outcome);
      return found.kind === 'tape' ? found : undefined;
    } catch (error) {
      if (error instanceof TapeRefusal) return undefined;
      throw error;
    }
  }

  /** What the library surely refuses: the code gives all that the model is made with, and it fails so whatever the batch is. */
  private async faultIn(asked: GuestQuestion, answer: GuestAnswer): Promise<Fault | undefined> {
    const { isWhole, origin } = this.way;
    const isSure = isWhole || (origin !== undefined && !origin.isGuess);
    const found = isSure && !asked.inputs ? suspectIn(answer) : undefined;
    const source = this.program.places.callAt(found?.at);
    if (!found || source?.file !== this.request.file) return undefined;
    const deadline = performance.now() + LONGEST;
    let isOfAll = true;
    for (const batch of batchesFor(found)) {
      const answer = performance.now() < deadline ? await this.tryRun({ ...asked, batch }) : undefined;
      const again = answer && suspectIn(answer);
      if (!isSameError(found, again)) return undefined;
      isOfAll &&= again?.message === found.message;
    }
    return faultOf(found, source, isOfAll);
  }

  /** The graph of a tape, with the places where its activations were chosen and the weights that were saved. */
  private async finish(tape: Tape): Promise<Graph> {
    const { places } = this.program;
    const made = translateRefusal(() => graphOf(tape, { place: (at) => places.callAt(at) }), this.context);
    const graph: Graph = { ...withWritten(withSites(made, places)), conventions: 'tensorflow' };
    return withSavedWeights(graph, this.session.files, (model, path) => this.files.bytesBeside(model, path));
  }

  /** The model with a larger batch, and as it trains where it does something else then. */
  private async readOthers(
    asked: GuestQuestion,
    tape: Tape,
    graph: Graph,
  ): Promise<Pick<WayResult, 'batched' | 'training'>> {
    const larger = largerBatch(graph);
    const batched = larger === undefined ? undefined : await this.again({ ...asked, batch: larger });
    const wide = batched ?? { tape, graph };
    const trained = tape.mayDependOnTraining
      ? await this.again({ ...asked, batch: larger ?? 1, training: true })
      : undefined;
    const differs = trained && stepsOf(trained.tape) !== stepsOf(wide.tape);
    return { ...(batched && { batched: batched.graph }), ...(differs && { training: trained.graph }) };
  }

  /** Another reading of the same model; undefined where it can't be had. */
  private async again(asked: GuestQuestion): Promise<{ tape: Tape; graph: Graph } | undefined> {
    try {
      const { problem, outcome } = await this.session.run(asked);
      const tape = problem ? undefined : translateRefusal(() => checkedOutcome(outcome), this.context);
      return tape?.kind === 'tape' ? { tape, graph: await this.finish(tape) } : undefined;
    } catch (error) {
      if (error instanceof Unreadable) return undefined;
      throw error;
    }
  }

  /** Lets the thread hear what its host says. @throws AbortError */
  private async breathe(): Promise<void> {
    this.host.alive?.();
    await new Promise<void>((resume) => setTimeout(resume, 0));
    this.host.signal?.throwIfAborted();
  }
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
