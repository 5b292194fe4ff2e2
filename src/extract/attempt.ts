import { activationsOf } from '../graph/activations';
import type { Fault } from '../graph/fault';
import type { TensorType } from '../graph/types';
import { ExtractionError } from '../python/natives/errors';
import { drive } from '../python/run/driver';
import type { Program } from '../python/syntax/ast';
import { PythonError } from '../python/values/values';
import { commandLine, openOptions } from '../stdlib/argparse';
import { python } from '../syntax/identifiers';
import type { ArgumentOrigin } from './caller';
import type { FedInput } from './calls';
import { type Choose, Evaluation, type Manner, type ReadingTask } from './evaluation';
import { type Suspect, suspectIn } from './faults';
import type { InputGuess } from './guess';
import { ObstacleList, type ReadablePart } from './obstacles';
import { describe, isShapeProblem } from './problems';
import { InputSearch, type TracedModel, type Trial } from './search';
import { tensorsOf } from './spec';
import type { PartName, Sighting } from './within';

/** The tries that one request takes: a fresh evaluation for each way to feed the model. */
export class Attempt {
  private readonly search: InputSearch;
  private manner: Manner = { eager: false, used: new Set(), anyShape: false };
  /** The evaluation that was begun last. */
  private last: Evaluation | undefined;
  /** The try that failed for good. */
  private failed: { readonly manner: Manner; readonly index: number } | undefined;
  private found: ObstacleList | undefined;
  /** What the model feeds the part with, where that is known. */
  private fed: readonly TensorType[] | undefined;

  constructor(private readonly task: ReadingTask) {
    this.search = new InputSearch(
      (deadline, index, change) => this.trial(deadline, index, change),
      task.within?.place.part.name ?? task.entry.text,
      task.request.file,
      task.request.signal,
    );
  }

  /** Where the arguments are from with which the model was built last. */
  get origin(): ArgumentOrigin | undefined {
    return this.last?.origin;
  }

  /** The class or the builder that its own defaults can't make, by its name. */
  get refused(): string | undefined {
    return this.last?.refused;
  }

  /** Whether the model was built: what failed then is how it runs. */
  get isBuilt(): boolean {
    return this.last?.isBuilt === true;
  }

  /** Whether the part was found in the larger model: what failed then is the part's own. */
  get hasPart(): boolean {
    return this.last?.hasPart === true;
  }

  /** What its command line must give and nobody does, with what it offers. */
  get openOptions(): ReadonlyMap<string, readonly string[]> {
    return this.last ? openOptions(this.last.ctx) : new Map();
  }

  /** Whether a command line took what was set for one of its options. */
  takesOption(name: string): boolean {
    return this.last !== undefined && commandLine(this.last.ctx).get(name)?.used === true;
  }

  /** The files of the project that were run. */
  get programs(): Program[] {
    const run = [...(this.last?.ctx.sources.values() ?? [])].flatMap((each) => each ?? []);
    const own = run.filter(({ file }) => !/[\\/](?:site|dist)-packages[\\/]/.test(file));
    return [...new Set([this.task.program, ...own])];
  }

  /** What the model surely ends in, where its arguments are no guess. */
  get fault(): Fault | undefined {
    return this.origin?.isGuess ? undefined : this.search.fault;
  }

  /** What the first way to feed it ends in. */
  async firstSuspect(deadline: number): Promise<Suspect | undefined> {
    return (await this.trial(deadline, 0)).suspect;
  }

  /** Modules that the code expected to be missing, and that were. */
  get absent(): ReadonlySet<string> {
    return this.last?.ctx.absent ?? new Set();
  }

  /** The guess on which the model failed, where the input was one. */
  get failedGuess(): InputGuess | undefined {
    return this.search.failedGuess;
  }

  /**
   * @param look whether to see what the model feeds the part with
   * @param anyShape whether to feed a model of which nothing tells a shape with any
   */
  async run(look = true, anyShape = false): Promise<TracedModel> {
    this.manner = { ...this.manner, anyShape };
    const deadline = performance.now() + this.task.budget.milliseconds;
    const { part, inputs } = this.task.request;
    if (look && part !== undefined && !inputs?.length) await this.lookAround(part);
    let first: unknown;
    let reached = false;
    for (;;) {
      try {
        return await this.search.run(deadline);
      } catch (error) {
        const { isBuilt } = this;
        // With more imports run, as Python runs them, what fails then is nearer to the cause: unless less of the model was read.
        const isNearer = isBuilt !== reached ? isBuilt : error instanceof PythonError || isObstacle(error);
        if (first === undefined || isNearer) {
          first = error;
          reached = isBuilt;
          this.failed = { manner: this.manner, index: this.search.tried };
        }
        // No import tells what only the run knows.
        if (error instanceof ExtractionError && error.goesByValues) throw first;
        // A name may be missing because the import that registers it has no other use: `create_model('resnet50')`.
        const unregistered =
          (error instanceof PythonError && !isBuilt) ||
          (error instanceof ExtractionError && error.kind === 'unsupported');
        const { eager } = this.manner;
        const { ctx } = this.last ?? {};
        if (eager === true || !unregistered || !ctx?.waiting || performance.now() > deadline) throw first;
        this.manner = {
          ...this.manner,
          eager: eager === false ? (definitionOf(error.message) ?? true) : true,
          used: new Set(ctx.modules.keys()),
        };
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
    let more: number | undefined;
    const tell = (guesses: readonly InputGuess[]): InputGuess | undefined => {
      count = guesses.length;
      const chosen = guesses[index];
      const fed = chosen?.inputs.length ?? 0;
      const next = guesses.findIndex((each, at) => at > index && each.inputs.length > fed);
      more = next < 0 ? undefined : next;
      guess = chosen && change(chosen);
      return guess;
    };
    try {
      const milliseconds = Math.max(1, deadline - performance.now());
      const found = await this.evaluate(milliseconds, tell);
      return { found, guess, count };
    } catch (error) {
      return {
        error,
        guess,
        count,
        more,
        suspect: this.suspectIn(error),
        isBuilt: this.isBuilt,
        progress: this.last?.ctx.graph.nodeCount ?? 0,
      };
    }
  }

  private suspectIn(error: unknown): Suspect | undefined {
    const { last, task } = this;
    return last && suspectIn(error, task.request.file, last.ctx, last.model);
  }

  /** One evaluation, fed as `choose` says; undefined where it takes none of the ways. */
  private evaluate(milliseconds: number, choose: Choose, look?: () => ObstacleList): Promise<TracedModel | undefined> {
    // A file that was missing begins it anew.
    return drive(() => this.begin(milliseconds).run(choose, look?.(), this.fed), this.task.files);
  }

  private begin(milliseconds: number): Evaluation {
    this.last = new Evaluation(this.task, this.manner, milliseconds);
    return this.last;
  }

  /** What the model feeds a part of it with: the model is evaluated past what can't be read. */
  private async lookAround(part: string): Promise<void> {
    const deadline = performance.now() + Math.min(SECOND_LOOK, this.task.budget.milliseconds);
    for (let index = 0; performance.now() < deadline; index++) {
      let count = 0;
      try {
        const choose: Choose = (guesses) => {
          count = guesses.length;
          return guesses[index];
        };
        await this.evaluate(deadline - performance.now(), choose, () => this.beginLook());
        count = 0;
      } catch (end) {
        if (describe(end, this.task.request.file, this.task.program) === undefined) throw end;
        if (!isShapeProblem(end)) count = 0;
      }
      this.fed = this.found?.fed.get(part);
      if (this.fed || index + 1 >= count) return;
    }
  }

  private beginLook(): ObstacleList {
    this.found = new ObstacleList();
    return this.found;
  }

  /** What stands in the way of reading the model, where `error` is what did first: it is evaluated past that. */
  async obstacles(error: unknown): Promise<readonly ExtractionError[]> {
    const { failed } = this;
    const { request } = this.task;
    if (!failed || request.part !== undefined || request.signal?.aborted || !isObstacle(error)) return [];
    this.manner = failed.manner;
    try {
      await this.evaluate(
        SECOND_LOOK,
        (guesses) => guesses[failed.index],
        () => this.beginLook(),
      );
    } catch (end) {
      // Past an obstacle anything may fail. What was found until then stands.
      if (describe(end, request.file, this.task.program) === undefined) throw end;
    }
    return this.found?.found ?? [];
  }

  /** Submodules that can be read by themselves, as the second look found them. */
  async parts(): Promise<readonly ReadablePart[]> {
    const { found } = this;
    const { request, program } = this.task;
    if (!found) return [];
    const parts = found.parts();
    const deadline = performance.now() + SECOND_LOOK;
    for (const { path, name } of found.untriedParts().slice(0, MOST_TRIED)) {
      if (request.signal?.aborted || performance.now() > deadline) break;
      const milliseconds = deadline - performance.now();
      const alone = new Attempt({
        ...this.task,
        request: { ...request, part: path, inputs: undefined },
        budget: { ...this.task.budget, milliseconds },
      });
      const read = await alone.run(false).catch((error: unknown) => {
        if (describe(error, request.file, program) === undefined) throw error;
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
      const tell = (count: number, isWhole: boolean): void => {
        sighting = { ...sighting, count, isWhole };
      };
      const watch = (choose: Choose) =>
        drive(() => this.begin(Math.max(1, deadline - performance.now())).watch(part, choose, tell), this.task.files);
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
        if (describe(error, this.task.request.file, this.task.program) === undefined) throw error;
      }
      const isLast = index + 1 >= Math.min(ways.length, MOST_FED) || performance.now() > deadline;
      if (sighting.count === 0 || sighting.isWhole || sighting.fed || isLast) return sighting;
    }
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
