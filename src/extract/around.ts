/** Reads a model as its own file has it, and where that says too little, as other files do. */

import type { Fault } from '../graph/fault';
import { say } from '../language/say';
import { ExtractionError } from '../python/natives/errors';
import type { Expr } from '../python/syntax/ast';
import { PythonError } from '../python/values/values';
import { Attempt } from './attempt';
import { mayBeBuilt } from './builders';
import type { ArgumentOrigin } from './caller';
import type { CallParts } from './callParts';
import { readWithUsualSizes } from './chosen';
import { asSettings, choicesFor, noteOf, OpenOptions } from './chosenOptions';
import { certainFault } from './defaults';
import { readAsKin, readElsewhere } from './elsewhere';
import { type Entry, NeedsArgument, NoModel } from './entry';
import type { ReadingTask } from './evaluation';
import { parseExpression } from './parse';
import { describe, isShapeProblem } from './problems';
import type { TracedModel } from './search';
import { aliasesIn } from './slice';
import { type PartReading, readAsBefore, WholeSearch } from './wholes';
import type { Within } from './within';

interface Found extends TracedModel {
  readonly origin: ArgumentOrigin | undefined;
  readonly within?: Within | undefined;
  /** The call that was read, where it is not what was asked for. */
  readonly expression?: string;
}

export class AroundReader {
  /** What was tried last: what is told of a failure is told of it. */
  attempt: Attempt;
  /** What the model surely ends in, as its own file has it. */
  fault: Fault | undefined;
  /** Whether something was left out that may tell arguments. */
  private isCut = false;
  /** What is known of a call in another file, where a part of it is not. */
  private parts: CallParts | undefined;

  /** What command lines must give, of the scripts that were tried. */
  private readonly open = new OpenOptions();

  constructor(
    private readonly task: ReadingTask & { readonly entry: Extract<Entry, { kind: 'expression' }> },
    /** The class or the builder that makes what the expression's variable holds. */
    private readonly of: string | undefined,
    private readonly deadline: number,
  ) {
    this.attempt = new Attempt(task);
  }

  /** @throws what stands in the way */
  async run(): Promise<Found> {
    try {
      return await this.readAsBuilt();
    } catch (error) {
      const { request, files, entry } = this.task;
      const told = request.choosesSizes ? await this.readWithOptions(error) : undefined;
      if (told) return told;
      const name = nameAlone(entry.expression);
      if (!(error instanceof NeedsArgument && request.choosesSizes) || name === undefined) throw error;
      const chosen = await readWithUsualSizes(this.task, name, error, this.deadline, {
        parts: error.parts ?? this.parts,
        mayBeBuilt: async () => this.isCut || (await mayBeBuilt(request, files, name, request.file)),
      });
      if (!chosen) throw error;
      return chosen;
    }
  }

  /** Where it is the command line that must give something: with what the script itself tells apart. */
  private async readWithOptions(error: unknown): Promise<Found | undefined> {
    const { task, of, deadline } = this;
    this.open.add(this.attempt);
    const isUnknown =
      error instanceof NeedsArgument || (error instanceof ExtractionError && error.kind === 'unsupported');
    const ways = isUnknown ? choicesFor(this.open.names, this.open.programs) : [];
    for (const chosen of ways) {
      if (performance.now() > deadline || task.request.signal?.aborted) return undefined;
      const settings = [...task.settings, ...asSettings(chosen)];
      const reader = new AroundReader({ ...task, settings }, of, deadline);
      try {
        const found = await reader.readAsBuilt();
        const taken = chosen.filter(({ name }) => reader.attempt.takesOption(name));
        const notes = [...taken.map((each) => ({ message: noteOf(each) })), ...found.graph.notes];
        return { ...found, graph: { ...found.graph, notes } };
      } catch (reason) {
        if (describe(reason, task.request.file, null) === undefined) throw reason;
      }
    }
    return undefined;
  }

  private async readAsBuilt(): Promise<Found> {
    const { attempt, task } = this;
    const { request, program, entry } = task;
    if (request.within) return await this.runAgain(request.within);
    try {
      const read = await attempt.run();
      this.fault = attempt.fault;
      return { ...read, origin: attempt.origin };
    } catch (error) {
      this.fault = await certainFault(task, attempt, this.deadline);
      const needs = error instanceof NeedsArgument ? error : await this.unknownArguments(error);
      const name = nameAlone(entry.expression);
      const wanted = needs?.callee ?? attempt.refused ?? (this.isInputProblem(error) ? name : undefined);
      const refusal: unknown = needs ?? error;
      if (wanted === undefined) throw refusal;
      const names = [...aliasesIn(program.body, wanted)];
      const found = await readElsewhere(task, names, needs?.mentions ?? [], this.deadline, {
        cut: () => {
          this.isCut = true;
        },
        know: (parts) => {
          this.parts ??= parts;
        },
        fail: (each) => {
          this.open.add(each);
        },
      });
      if (found) this.attempt = found.attempt;
      if (found?.read) return await this.fedBetter(name, found.attempt, found.read);
      const reason = found?.error ?? refusal;
      if (name === undefined) throw reason;
      return await this.readWithin(name, reason, needs);
    }
  }

  /** Where the arguments are another file's and the input is a guess: as a larger model feeds it, if there is one. */
  private async fedBetter(name: string | undefined, attempt: Attempt, read: TracedModel): Promise<Found> {
    const guessed = read.guess.origin === 'first-layer' || read.guess.origin === 'solved';
    const result = name !== undefined && guessed ? await this.search(name) : undefined;
    if (result?.read?.guess.origin !== 'model') return { ...read, origin: attempt.origin };
    return { ...result.read, origin: result.attempt.origin, within: result.place };
  }

  private async search(name: string): Promise<PartReading | undefined> {
    const { request, files, settings } = this.task;
    const search = new WholeSearch(request, files, { name, file: request.file }, settings, this.deadline);
    const found = await search.run();
    this.isCut ||= search.isCut || search.finder.isCut;
    return found;
  }

  /** As a larger model builds and feeds it; without one, as its kin are built, and with any input where it takes that. */
  private async readWithin(name: string, refusal: unknown, needs: NeedsArgument | undefined): Promise<Found> {
    const result = await this.search(name);
    if (result?.read) return { ...result.read, origin: result.attempt.origin, within: result.place };
    const kin = needs && (await readAsKin(this.task, name, needs.parameters, this.deadline));
    if (kin?.read) return { ...kin.read, origin: kin.attempt.origin };
    const attempt = result?.attempt ?? this.attempt;
    this.attempt = attempt;
    const reason = result?.error ?? refusal;
    if (!needsInput(reason)) throw reason;
    const read = await attempt.run(false, true).catch((error: unknown) => {
      // What is no refusal of the text is a mistake of this program. What goes by values does so whatever the shape.
      const isOwn = describe(error, this.task.request.file, null) === undefined;
      throw isOwn || (error instanceof ExtractionError && error.goesByValues) ? error : reason;
    });
    return { ...read, origin: attempt.origin, within: result?.place };
  }

  /** As an earlier extraction found it in a larger model. */
  private async runAgain(within: Within): Promise<Found> {
    const { request, files, settings } = this.task;
    const result = await readAsBefore(request, files, within, settings, this.deadline);
    if (!result?.read) throw new NoModel(say('There is no {0} in this file', within.part.name));
    return { ...result.read, origin: result.attempt.origin, within };
  }

  /** Where a variable's model is made with what is not known: what its class needs. */
  private async unknownArguments(error: unknown): Promise<NeedsArgument | undefined> {
    const { of, task } = this;
    const isUnknown = error instanceof ExtractionError && error.because !== undefined;
    const expression = of !== undefined && isUnknown ? await parseExpression(task.request.syntax, of) : undefined;
    if (!expression || of === undefined) return undefined;
    const alone = new Attempt({
      ...task,
      entry: { kind: 'expression', expression, text: of },
      source: '',
      settings: [],
    });
    const refusal: unknown = await alone.run().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return refusal instanceof NeedsArgument ? refusal : undefined;
  }

  /** Whether the model failed by what it was fed with, which nobody gave. */
  private isInputProblem(error: unknown): boolean {
    const { inputs, part } = this.task.request;
    if (inputs?.length || part !== undefined) return false;
    if (needsInput(error)) return true;
    return this.attempt.failedGuess !== undefined && (isShapeProblem(error) || error instanceof PythonError);
  }
}

/** The class or builder that an expression names, without arguments. */
function nameAlone(expression: Expr): string | undefined {
  const named = expression.kind === 'call' && expression.args.length === 0 ? expression.callee : expression;
  return named.kind === 'name' ? named.name : undefined;
}

const needsInput = (error: unknown) => error instanceof ExtractionError && error.kind === 'needs-input';
