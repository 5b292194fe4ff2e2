/** A model whose arguments its own file doesn't give, built as another file builds it. */
import { itemAt } from '../graph/access';
import { say, sentence } from '../language/say';
import { defaultBudget } from '../python/natives/budget';
import { ExtractionError } from '../python/natives/errors';
import type { Files } from '../python/run/files';
import type { Program } from '../python/syntax/ast';
import { PythonError } from '../python/values/values';
import { shortName } from '../source/path';
import { Attempt } from './attempt';
import { isSettingsFile } from './configFiles';
import { type Entry, NeedsArgument, NoModel } from './entry';
import type { ReadingTask } from './evaluation';
import { parseExpression } from './parse';
import { describe } from './problems';
import type { TracedModel } from './search';

/** Files whose calls are looked at, those of settings, and how many of them may be refused. */
const FILES = 24;
/** Those that are looked at before settings are. */
const NEAREST = 6;
const SETTINGS = 8;
const TRIED = 4;
/** Milliseconds for one file that may call it, and for all. */
const ONE = 4000;
const ALL = 10_000;

/** What was read of a model with another file's arguments, or what stood in the way with the first that were known. */
export interface ElsewhereResult {
  readonly attempt: Attempt;
  readonly read?: TracedModel;
  readonly error?: unknown;
}

/** Another file, or a block of a page, and what is to be made of it. */
interface Place {
  readonly file: string;
  readonly program: Program;
  readonly source: string;
  readonly entry: Entry;
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
): Promise<ElsewhereResult | undefined> {
  const { request } = task;
  const end = Math.min(deadline, performance.now() + ALL);
  const refused: { readonly attempt: Attempt; readonly error: unknown; readonly where: string }[] = [];
  for await (const { file, program, source, entry } of placesFor(task, names, mentions)) {
    if (request.signal?.aborted)
      throw new ExtractionError('cancelled', say('Reading the model was cancelled'), undefined);
    const left = end - performance.now();
    if (left <= 0 || refused.length >= TRIED) break;
    const milliseconds = entry.kind === 'import' ? Math.min(left, ONE) : left;
    const budget = { ...defaultBudget, ...request.budget, milliseconds };
    const attempt = new Attempt({ ...task, budget, program, entry, source });
    try {
      const { graph, ...read } = await attempt.run();
      const skipped = refused.map(({ error, where }) => ({
        message: notFitting(itemAt(names, 0), where, error, request.file),
      }));
      return { attempt, read: { ...read, graph: { ...graph, notes: [...graph.notes, ...skipped] } } };
    } catch (error) {
      if (error instanceof NeedsArgument || error instanceof NoModel) continue;
      // Settings of something else that has some of the names.
      const isGuess = entry.kind === 'configured' || entry.kind === 'parsed';
      if (isGuess && error instanceof PythonError && /^(Attribute|Key)Error$/.test(error.type)) continue;
      if (describe(error, file, program) === undefined) throw error;
      const { origin } = attempt;
      // Arguments of which a part is not known ask for it.
      const isUnknown = error instanceof ExtractionError && error.because !== undefined;
      if (!origin || isUnknown) continue;
      const place = origin.source;
      refused.push({ attempt, error, where: place ? `${shortName(place.file)}:${place.line + 1}` : shortName(file) });
    }
  }
  return refused[0];
}

/** Where arguments may be: calls first, then what makes the object of settings, then files of settings. */
async function* placesFor(
  { request, files, program, source }: ReadingTask,
  names: readonly string[],
  mentions: readonly string[],
): AsyncGenerator<Place> {
  const { callers, syntax, file: own } = request;
  if (!callers) return;
  const callee = itemAt(names, 0);
  const expression = await parseExpression(syntax, callee);
  const found: { readonly name: string; readonly file: string }[] = [];
  for (const name of names) for (const file of await callers(name, own)) found.push({ name, file });
  const calls = found.filter(({ file }) => !isSettingsFile(file)).slice(0, FILES);
  const settings = await filesThatMention(callers, mentions, own);
  const call = async function* (
    each: readonly { readonly name: string; readonly file: string }[],
  ): AsyncGenerator<Place> {
    for (const { name, file } of each) {
      const text = (await files.text(file)) ?? '';
      const entry: Entry = { kind: 'import', name, file: own, text: name };
      for (const shown of await files.programsWith(file, name)) yield { file, program: shown, source: text, entry };
    }
  };
  yield* call(calls.slice(0, NEAREST));
  if (expression) {
    const taken = { name: callee, expression, text: callee };
    for (const file of (await settingsMakers(files, settings)).slice(0, SETTINGS)) {
      const maker = await files.program(file).catch(() => null);
      if (maker) yield { file, program, source, entry: { kind: 'parsed', ...taken, maker } };
    }
    const configured = [...found.map(({ file }) => file), ...settings].filter(isSettingsFile);
    for (const file of [...new Set(configured)].slice(0, SETTINGS)) {
      const document = (await files.text(file)) ?? '';
      yield { file, program, source, entry: { kind: 'configured', ...taken, file, document } };
    }
  }
  yield* call(calls.slice(NEAREST));
}

type Callers = NonNullable<ReadingTask['request']['callers']>;

/** Files that mention one of some names. */
export async function filesThatMention(callers: Callers, names: readonly string[], from: string): Promise<string[]> {
  const found = new Set<string>();
  for (const name of names) for (const file of await callers(name, from)) found.add(file);
  return [...found];
}

/** Those of some files that make settings of their command line. */
export async function settingsMakers(files: Files, mentioning: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const file of mentioning) {
    if (file.endsWith('.py') && /\.add_argument\(/.test((await files.text(file)) ?? '')) found.push(file);
  }
  return found;
}

function notFitting(name: string, where: string, error: unknown, file: string): string {
  const why = describe(error, file, null)?.message ?? '';
  return say('With the arguments at {0} {1} can not be read: {2}', where, name, sentence(why));
}
