/** A model whose arguments its own file doesn't give, built as another file builds it. */
import { itemAt } from '../graph/access';
import { say, sentence } from '../language/say';
import { defaultBudget } from '../python/natives/budget';
import { ExtractionError } from '../python/natives/errors';
import { PythonError } from '../python/values/values';
import { shortName } from '../source/path';
import { Attempt } from './attempt';
import { mayMean } from './bindings';
import type { CallParts } from './callParts';
import { isCalled } from './cases';
import { isSettingsFile, MOST_SETTINGS } from './configFiles';
import { NeedsArgument, NoModel } from './entry';
import type { ReadingTask } from './evaluation';
import { callsOfKin } from './kin';
import { overlayFiles } from './overlays';
import { filesThatMention, type MakingPlace, type OpenPlace, openPlace, outerMakers, settingsMakers } from './places';
import { describe, isShapeProblem } from './problems';
import type { TracedModel } from './search';

/** Files whose calls are looked at, those of settings, and how many of them may be refused. */
const FILES = 24;
/** Those that are looked at before settings are. */
const NEAREST = 6;
const SETTINGS = 8;
const TRIED = 6;
/** Calls of one file that are tried, where the first are refused. */
const CALLS_OF_ONE = 4;
/** Milliseconds for one file that may call it, and for all. */
const ONE = 4000;
const ALL = 8000;

/** What is told while files are looked through. */
interface CallWatch {
  /** Something that may have arguments was not looked at to its end. */
  cut(): void;
  /** A call gives some that are known, and some that are not. */
  know(parts: CallParts): void;
  /** An attempt that failed, whose command line may have been left open. */
  fail(attempt: Attempt): void;
}

/** What was read of a model with another file's arguments, or what stood in the way with the first that were known. */
export interface ElsewhereResult {
  readonly attempt: Attempt;
  readonly read?: TracedModel;
  readonly error?: unknown;
}

/**
 * Reads a model with the arguments of a call in another file, or of a file of settings: of the first that can be read.
 * @param names of what the model's own file does not give the arguments of: its own first
 * @param mentions what files that hold its settings mention, some of it, where it takes them as one object
 * @returns undefined where no file has arguments that are known
 */
export async function readElsewhere(
  task: ReadingTask,
  names: readonly string[],
  mentions: readonly string[],
  deadline: number,
  watch: CallWatch,
): Promise<ElsewhereResult | undefined> {
  return readFirst(task, names, placesFor(task, names, mentions), deadline, watch);
}

/** Reads a model with what its kin are called with. */
export async function readAsKin(
  task: ReadingTask,
  name: string,
  needed: readonly string[],
  deadline: number,
): Promise<ElsewhereResult | undefined> {
  return readFirst(task, [name], placesOfKin(task, name, needed), deadline, {
    cut: () => undefined,
    know: () => undefined,
    fail: () => undefined,
  });
}

async function readFirst(
  task: ReadingTask,
  names: readonly string[],
  places: AsyncIterable<PlaceIn>,
  deadline: number,
  watch: CallWatch,
): Promise<ElsewhereResult | undefined> {
  const { request } = task;
  const end = Math.min(deadline, performance.now() + ALL);
  const refused: Refused[] = [];
  for await (const { file, ...place } of places) {
    // A call whose arguments are refused is not the last word where the file has others.
    for (let nth = 0; nth < CALLS_OF_ONE; nth++) {
      if (request.signal?.aborted)
        throw new ExtractionError('cancelled', say('Reading the model was cancelled'), undefined);
      const left = end - performance.now();
      if (left <= 0 || refused.length >= TRIED) {
        watch.cut();
        return refused[0];
      }
      const { program, source } = place;
      const hasOthers =
        place.entry.kind === 'import' || place.entry.kind === 'configured' || place.entry.kind === 'parsed';
      const entry = hasOthers ? { ...place.entry, nth } : place.entry;
      const milliseconds = entry.kind === 'import' ? Math.min(left, ONE) : deadline - performance.now();
      const budget = { ...defaultBudget, ...request.budget, milliseconds };
      const attempt = new Attempt({ ...task, budget, program, entry, source });
      try {
        const { graph, ...read } = await attempt.run();
        const skipped = refused.map(({ error, where }) => ({
          message: notFitting(itemAt(names, 0), where, error, request.file),
        }));
        return { attempt, read: { ...read, graph: { ...graph, notes: [...graph.notes, ...skipped] } } };
      } catch (error) {
        watch.fail(attempt);
        const isOwn = entry.kind === 'import' && entry.instead === undefined;
        if (error instanceof NeedsArgument && error.parts && isOwn) watch.know(error.parts);
        if (error instanceof NeedsArgument || error instanceof NoModel) break;
        if (describe(error, file, program) === undefined) throw error;
        // What its kin are called with need not fit.
        const isKin = entry.kind === 'import' && entry.instead !== undefined;
        if (!isKin && isRefusal(error, attempt)) refused.push({ attempt, error, where: whereOf(attempt, file) });
        else if (!isKin) watch.cut();
        if (!hasOthers || !(error instanceof PythonError || isShapeProblem(error))) break;
      }
    }
  }
  return refused[0];
}

/** A place, and the file that it is in. */
type PlaceIn = OpenPlace & { readonly file: string };

interface Refused {
  readonly attempt: Attempt;
  readonly error: unknown;
  readonly where: string;
}

/** Whether an error is that the arguments which were found do not fit. */
function isRefusal(error: unknown, { origin, isBuilt }: Attempt): boolean {
  // Settings of something else that has some of the names.
  if (origin?.isGuess && error instanceof PythonError && /^(Attribute|Key)Error$/.test(error.type)) return false;
  // Arguments of which a part is not known ask for it.
  return origin !== undefined && !(error instanceof ExtractionError && error.because !== undefined && !isBuilt);
}

function whereOf({ origin }: Attempt, file: string): string {
  const place = origin?.source;
  return place ? `${shortName(place.file)}:${place.line + 1}` : shortName(file);
}

/** Where arguments may be: calls first, then what makes the object of settings, then files of settings. */
async function* placesFor(
  { request, files }: ReadingTask,
  names: readonly string[],
  mentions: readonly string[],
): AsyncGenerator<PlaceIn> {
  const { callers, syntax, file: own } = request;
  if (!callers) return;
  const callee = itemAt(names, 0);
  const open = async function* (place: Omit<MakingPlace, 'definedIn'>): AsyncGenerator<PlaceIn> {
    for (const each of await openPlace(syntax, files, { ...place, definedIn: own }))
      yield { ...each, file: place.file };
  };
  const found: { readonly name: string; readonly file: string }[] = [];
  for (const name of names) for (const file of await callers(name, own)) found.push({ name, file });
  const calls = found.filter(({ file }) => !isSettingsFile(file) && file !== own);
  const settings = await filesThatMention(callers, mentions, own);
  const configured = [...found.map(({ file }) => file), ...settings].filter(isSettingsFile);
  let left = FILES;
  const call = async function* (count: number): AsyncGenerator<PlaceIn> {
    for (let more = count; more > 0 && left > 0; left--) {
      const each = calls.shift();
      if (!each) return;
      const { file, name } = each;
      const program = await files.program(file).catch(() => null);
      // Many files name it and do not call it; others have something else of that name.
      if (!program || !(isCalled(program, name) && (await mayMean(files, program, name, own)))) continue;
      more -= 1;
      yield* open({ ...each, outer: await outerMakers(callers, files, program, name) });
    }
  };
  yield* call(NEAREST);
  const makers = (await settingsMakers(files, settings)).slice(0, SETTINGS);
  const changes = makers.length > 0 ? await overlayFiles(callers, files, callee, own) : [];
  for (const file of makers) yield* open({ file, name: callee, makesSettings: true, alike: changes });
  const [file, ...alike] = [...new Set(configured)].slice(0, MOST_SETTINGS);
  if (file !== undefined) yield* open({ file, name: callee, alike });
  yield* call(FILES);
}

async function* placesOfKin(
  { request, files }: ReadingTask,
  name: string,
  needed: readonly string[],
): AsyncGenerator<PlaceIn> {
  const { syntax, file: own } = request;
  for await (const { file, name: kin } of callsOfKin(request, files, own, name, needed))
    for (const each of await openPlace(syntax, files, { file, name, definedIn: own, kin })) yield { ...each, file };
}

function notFitting(name: string, where: string, error: unknown, file: string): string {
  const why = describe(error, file, null)?.message ?? '';
  return say('With the arguments at {0} {1} can not be read: {2}', where, name, sentence(why));
}
