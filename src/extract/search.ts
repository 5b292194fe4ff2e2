/** The search for an input on which a model runs: one guess after the other, each mended as the errors say. */

import type { Fault } from '../graph/fault';
import type { TensorTrace } from '../graph/trace';
import type { Graph, Note } from '../graph/types';
import { say, sentence } from '../language/say';
import { ExtractionError } from '../python/natives/errors';
import { PythonError } from '../python/values/values';
import { shortName } from '../source/path';
import { isOfRank, isPinned } from './decisive';
import { doubtsOf } from './doubts';
import { faultFrom, isSameFault, type Suspect } from './faults';
import type { InputGuess } from './guess';
import type { NamedNumber } from './namedNumbers';
import { isShapeProblem } from './problems';
import { complaintOf, type Repair, repairsFor } from './repairs';
import { BATCH } from './settings';
import { type FeatureMismatch, mismatchIn, rectanglesFor, SizeSolver, usualSizesNear } from './solve';
import { formatInputSpecs, type InputSpec } from './spec';
import { type Variation, variationsOf } from './variations';

export interface TracedModel {
  readonly graph: Graph;
  readonly guess: InputGuess;
  readonly trace?: TensorTrace | undefined;
  /** What the model was built with, by name. */
  readonly numbers: readonly NamedNumber[];
}

/** What came of feeding the model one way. */
export interface Trial {
  readonly found?: TracedModel | undefined;
  readonly error?: unknown;
  /** The fault that the error may be. */
  readonly suspect?: Suspect | undefined;
  /** Whether the model was built: what failed then is how it runs. */
  readonly isBuilt?: boolean;
  /** How many operations the graph had when it ended. */
  readonly progress?: number;
  readonly guess: InputGuess | undefined;
  /** Ways to feed it. */
  readonly count: number;
  /** The next way that gives more inputs. */
  readonly more?: number | undefined;
}

/** Feeds the model the `index`th way, changed where a change is given. */
export type TryInput = (deadline: number, index: number, change?: Repair) => Promise<Trial>;

/** Milliseconds for trying further inputs, once one was tried. */
const TRYING = 8000;
/** Milliseconds for seeing whether a model fails with every input. */
const JUDGING = 3000;
/** Further inputs that are tried where one runs that is doubtful. */
const MOST_DOUBTED = 3;
/** Lengths that are taken from errors, one after the other. */
const MOST_REPAIRS = 10;
export class InputSearch {
  /** The guess on which the model failed, where the input was one. */
  failedGuess: InputGuess | undefined;
  /** Which of the guesses was tried last. */
  tried = 0;
  /** What the model surely ends in: when it is built, in a call of its file, or with every input. */
  fault: Fault | undefined;
  /** What failed first. */
  private failed: { readonly index: number; readonly trial: Trial } | undefined;
  /** Calls of the file that the model can't be run with, and why. */
  private readonly misfits = new Map<string, Pick<Note, 'message' | 'source'>>();

  /**
   * @param text what was asked for
   * @param file in which it stands
   */
  constructor(
    private readonly trial: TryInput,
    private readonly text: string,
    private readonly file: string,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** @throws what the first guess failed by, where none fits */
  async run(deadline: number): Promise<TracedModel> {
    this.fault = undefined;
    this.failed = undefined;
    try {
      const found = await this.find(deadline);
      // One of its calls runs: the other may be there to be refused.
      if (found.guess.call !== undefined) this.fault = undefined;
      return found;
    } catch (error) {
      if (!this.signal?.aborted) this.fault ??= await this.faultOfAll(deadline);
      throw error;
    }
  }

  private async find(deadline: number): Promise<TracedModel> {
    const patience = Math.min(deadline, performance.now() + TRYING);
    let first: unknown;
    let doubtful: TracedModel | undefined;
    let left = MOST_DOUBTED;
    for (let index = 0; ; index++) {
      if (this.signal?.aborted) {
        throw new ExtractionError('cancelled', say('Reading the model was cancelled'), undefined);
      }
      const trial = await this.trial(deadline, index);
      this.tried = index;
      const fits = trial.found && !rowMismatch(trial.found);
      // From another size the same search would end at the same.
      const better = fits
        ? undefined
        : ((await this.repair(patience, index, trial)) ??
          (first === undefined ? await this.solve(patience, index, trial) : undefined));
      const found = better ?? trial.found;
      if (found) {
        if (isTold(found.guess) || doubtsOf(found.graph).length === 0) return this.withNotes(found);
        doubtful ??= found;
      } else if (trial.error !== undefined) {
        this.failed ??= { index, trial };
        const { call, written } = trial.guess ?? {};
        if (trial.guess && written && trial.suspect) {
          const input = formatInputSpecs(specsOf(trial.guess));
          this.fault ??= faultFrom(trial.suspect, 'call', { ...written, input });
        }
        if (call !== undefined) {
          const source = trial.error instanceof ExtractionError ? trial.error.range : undefined;
          this.misfits.set(call, { message: messageOf(trial.error), ...(source && { source }) });
        }
        if (!doubtful && (trial.count === 0 || !(isInputProblem(trial.error) || call !== undefined)))
          throw this.fail(trial.error, trial.guess);
        if (first === undefined) this.fail(trial.error, trial.guess);
        first ??= trial.error;
      }
      // What is None where it is not given is None at every size.
      if (isForWantOf(trial.error) && trial.more !== undefined) index = trial.more - 1;
      const isLast = index + 1 >= trial.count || performance.now() > patience;
      if (doubtful && (isLast || left-- <= 0)) return this.withNotes(doubtful);
      if (isLast) throw first ?? inputError(this.text, this.file);
    }
  }

  /** The fault that ends every run, where all that was tried failed: no size, rank or kind of input changes it. */
  private async faultOfAll(deadline: number): Promise<Fault | undefined> {
    const { index, trial } = this.failed ?? {};
    const { suspect, guess } = trial ?? {};
    if (index === undefined || !trial || !suspect) return undefined;
    if (!trial.isBuilt) return faultFrom(suspect, 'construction');
    const isGuess = guess !== undefined && guess.origin !== 'given' && guess.origin !== 'model';
    const variations = isGuess && !suspect.isOpen && !suspect.isOfInput ? variationsOf(guess) : undefined;
    if (!variations || (guess && guess.inputs.length > 1 && suspect.mixesInputs)) return undefined;
    const end = Math.min(deadline, performance.now() + JUDGING);
    for (const variation of variations) {
      if (performance.now() > end || this.signal?.aborted) return undefined;
      const other = await this.trial(deadline, index, variation.change);
      if (other.found || !failsAlike(trial, suspect, other, variation)) return undefined;
    }
    return faultFrom(suspect, 'every-input');
  }

  /** Keeps what the model was fed with where that may be why it failed. */
  private fail(error: unknown, guess: InputGuess | undefined): unknown {
    this.failedGuess = guess?.origin === 'given' || guess?.origin === 'model' ? undefined : guess;
    return error;
  }

  /** The model with what is to be known of its input: a call that does not fit it, and what makes a guess doubtful. */
  private withNotes(found: TracedModel): TracedModel {
    const { graph, guess } = found;
    const notes: Note[] = [];
    if (guess.call === undefined) {
      for (const [call, { message: reason, source }] of this.misfits) {
        const message = say(
          'The model does not run as in {0}: {1}. The input is a guess instead',
          call,
          sentence(reason),
        );
        notes.push({ message, ...(source && { source }), misfit: true });
      }
    }
    const doubts = isTold(guess) ? [] : doubtsOf(graph);
    if (doubts.length > 0) {
      const input = formatInputSpecs(specsOf(guess));
      const message = say('The input is a guess that may be wrong: {0}. Give yours in place of {1}', doubts, input);
      notes.push({ message });
    }
    if (notes.length === 0) return found;
    return { ...found, graph: { ...graph, notes: [...graph.notes, ...notes] } };
  }

  /** Where a length or a width that nothing told is not the one that an error asks for: the model with that one. */
  private async repair(
    deadline: number,
    index: number,
    begin: Trial,
    resize: Repair = (guess) => guess,
  ): Promise<TracedModel | undefined> {
    // What is given, and what a call of the file gives, stays as it is.
    const { origin, call } = begin.guess ?? {};
    if (!origin || origin === 'given' || origin === 'model' || call !== undefined) return undefined;
    const seen = new Set<string>();
    let changes: readonly Repair[] = [resize];
    let left = MOST_REPAIRS;
    for (let { guess, error } = begin; guess && error !== undefined; ) {
      const message = messageOf(error);
      seen.add(complaintOf(message));
      const before: InputGuess = guess;
      let next: Trial | undefined;
      for (const change of repairsFor(before, message)) {
        if (change(before) === undefined) continue;
        if (left-- <= 0 || performance.now() > deadline) return undefined;
        const tried = [...changes, change];
        const trial = await this.trial(deadline, index, (chosen) =>
          tried.reduce<InputGuess | undefined>((at, each) => at && each(at), chosen),
        );
        if (trial.found) return trial.found;
        // A change after which the code complains as before was of another tensor than the one that is meant.
        if (seen.has(complaintOf(messageOf(trial.error)))) continue;
        [next, changes] = [trial, tried];
        break;
      }
      if (!next) return undefined;
      ({ guess, error } = next);
    }
    return undefined;
  }

  /** Where the features of an image of a guessed size don't fit the layer after them: the size at which they do. */
  private async solve(deadline: number, index: number, begin: Trial): Promise<TracedModel | undefined> {
    const scale = begin.guess?.scale;
    if (!scale) return undefined;
    const solver = new SizeSolver(scale.dimensions);
    let trial = begin;
    for (let size = scale.size; ; ) {
      const mismatch = trial.found ? rowMismatch(trial.found) : mismatchIn(messageOf(trial.error));
      const at = size;
      // At a size that fits something else may not.
      if (!mismatch && !trial.found && trial !== begin)
        return await this.repair(deadline, index, trial, (guess) => guess.scale?.at(at));
      if (!mismatch) break;
      const next = solver.nextSize(size, mismatch);
      if (performance.now() > deadline) return undefined;
      if (next === undefined) return await this.solveOblong(deadline, index, size, mismatch);
      size = next;
      trial = await this.trial(deadline, index, (guess) => guess.scale?.at(next));
    }
    const { found } = trial;
    if (!found || trial === begin) return undefined;
    for (const size of usualSizesNear(found.guess.scale?.size ?? 0).slice(0, 2)) {
      const usual = await this.trial(deadline, index, (guess) => guess.scale?.at(size));
      if (usual.found && !rowMismatch(usual.found)) return usual.found;
    }
    return found;
  }

  /** Where no square fits: an image of another usual form. */
  private async solveOblong(
    deadline: number,
    index: number,
    size: number,
    mismatch: FeatureMismatch,
  ): Promise<TracedModel | undefined> {
    for (const [height, width] of rectanglesFor(size, mismatch)) {
      if (performance.now() > deadline) return undefined;
      const resize: Repair = ({ scale }) => (scale?.dimensions === 2 ? scale.at(height, width) : undefined);
      const trial = await this.trial(deadline, index, resize);
      const isFitting = !mismatchIn(messageOf(trial.error));
      const found = trial.found ?? (isFitting ? await this.repair(deadline, index, trial, resize) : undefined);
      if (found && !rowMismatch(found)) return found;
    }
    return undefined;
  }
}

/**
 * Features of several rows where one example went in: `x.view(-1, 400)` makes rows of whatever comes, so that a wrong
 * size is no error.
 */
function rowMismatch({ graph, guess }: TracedModel): FeatureMismatch | undefined {
  if (!guess.scale) return undefined;
  const [first] = graph.outputs;
  const [rows = BATCH, ...rest] = (first && graph.values[first.value]?.type.shape) ?? [];
  const isView = graph.nodes.some(({ op }) => op.kind === 'reshape');
  return rows > BATCH && rest.length === 1 && isView ? { found: rows, wanted: BATCH } : undefined;
}

/** Whether another input is no way past a fault: it ends in the same one, or can't even come so far. */
function failsAlike(
  { progress = 0 }: Trial,
  suspect: Suspect,
  { error, suspect: other, progress: reached = 0 }: Trial,
  { size, isUnlikely }: Variation,
): boolean {
  if (isUnlikely || isSameFault(suspect, other)) return true;
  const message = messageOf(error);
  return size ? isPinned(message, size.base, size.tried) : reached < progress || isOfRank(message);
}

/** Whether nothing of what comes out makes an input doubtful. */
const isTold = ({ origin, isGraph }: InputGuess): boolean =>
  origin === 'given' || origin === 'model' || isGraph === true;

/** Whether another input might do better: other sizes, or what is None where it is not given. */
const isInputProblem = (error: unknown) => isShapeProblem(error) || isForWantOf(error);

/** Whether the code stumbled over what is None. */
const isForWantOf = (error: unknown) => error instanceof PythonError && /\bNoneType\b/.test(error.message);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : '');

function inputError(text: string, file: string): ExtractionError {
  return new ExtractionError(
    'needs-input',
    say('The input of {0} cannot be told from {1}; give its shape, such as 1x3x32x32', text, shortName(file)),
    undefined,
  );
}

/** Inputs as a caller gives them. */
export const specsOf = ({ inputs }: InputGuess): InputSpec[] =>
  inputs.map(({ name, value, keyword }) => (keyword ? { ...value, name } : value));
