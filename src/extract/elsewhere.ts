/** A model whose arguments its own file doesn't give, built as another file builds it. */
import { itemAt } from '../graph/access';
import { say, sentence } from '../language/say';
import { defaultBudget } from '../python/natives/budget';
import { ExtractionError } from '../python/natives/errors';
import type { Files } from '../python/run/files';
import { PythonError } from '../python/values/values';
import { shortName } from '../source/path';
import { Attempt } from './attempt';
import type { ArgumentOrigin } from './caller';
import { isSettingsFile } from './configFiles';
import { type Entry, NeedsArgument, NoModel } from './entry';
import type { ParsedSetting } from './given';
import { parseExpression } from './parse';
import { describe } from './problems';
import type { ExtractRequest } from './request';
import type { TracedModel } from './search';

/** Files whose calls are looked at, and those of them whose arguments are tried. */
const FILES = 24;
const SETTINGS = 8;
const TRIED = 4;

/**
 * Reads a model with the arguments of a call in another file: of the first that can be read.
 * @param names of what the model's own file does not give the arguments of: its own first
 * @returns undefined where no file calls it with arguments that are known
 * @throws what stands in the way where files do, but with none of their arguments it can be read
 */
export async function readElsewhere(
  request: ExtractRequest,
  files: Files,
  names: readonly string[],
  /** What files that hold its settings mention, where it takes them as one object. */
  mention: string | undefined,
  settings: readonly ParsedSetting[],
  deadline: number,
): Promise<(TracedModel & { readonly origin: ArgumentOrigin | undefined }) | undefined> {
  const { callers, signal } = request;
  if (!callers) return undefined;
  const refused: { readonly error: unknown; readonly where: string }[] = [];
  const callee = itemAt(names, 0);
  const own = (await files.text(request.file)) ?? '';
  const places: { readonly name: string; readonly file: string }[] = [];
  for (const name of names) for (const file of await callers(name, request.file)) places.push({ name, file });
  if (mention !== undefined)
    for (const file of await callers(mention, request.file))
      if (isSettingsFile(file)) places.push({ name: callee, file });
  const isOther = ({ file }: { readonly file: string }) => !isSettingsFile(file);
  const configured = places.filter(({ file }) => isSettingsFile(file));
  for (const { name, file } of [...places.filter(isOther).slice(0, FILES), ...configured.slice(0, SETTINGS)]) {
    if (signal?.aborted) throw new ExtractionError('cancelled', say('Reading the model was cancelled'), undefined);
    const milliseconds = deadline - performance.now();
    if (milliseconds <= 0 || refused.length >= TRIED) break;
    const program = await files.program(isSettingsFile(file) ? request.file : file).catch(() => null);
    if (!program) continue;
    const text = (await files.text(file)) ?? '';
    const isSettings = isSettingsFile(file);
    const expression = isSettings ? await parseExpression(request.syntax, name) : undefined;
    const entry: Entry = expression
      ? { kind: 'configured', name, expression, file, document: text, text: name }
      : { kind: 'import', name, file: request.file, text: name };
    const source = isSettings ? own : text;
    const budget = { ...defaultBudget, ...request.budget, milliseconds };
    const attempt = new Attempt({ request, budget, files, program, entry, source, settings });
    try {
      const { graph, ...read } = await attempt.run();
      const skipped = refused.map(({ error, where }) => ({
        message: notFitting(callee, where, error, request.file),
      }));
      return { ...read, origin: attempt.origin, graph: { ...graph, notes: [...graph.notes, ...skipped] } };
    } catch (error) {
      if (error instanceof NeedsArgument || error instanceof NoModel) continue;
      // Settings of something else that has some of the names.
      if (isSettings && error instanceof PythonError && /^(Attribute|Key)Error$/.test(error.type)) continue;
      if (describe(error, file, program) === undefined) throw error;
      const { origin } = attempt;
      // Arguments of which a part is not known ask for it.
      const isUnknown = error instanceof ExtractionError && error.because !== undefined;
      if (!origin || isUnknown) continue;
      const place = origin.source;
      refused.push({ error, where: place ? `${shortName(place.file)}:${place.line + 1}` : shortName(file) });
    }
  }
  const [first] = refused;
  if (first) throw first.error;
  return undefined;
}

function notFitting(name: string, where: string, error: unknown, file: string): string {
  const why = describe(error, file, null)?.message ?? '';
  return say('With the arguments at {0} {1} can not be read: {2}', where, name, sentence(why));
}
