/** Why a model can't be read, in the terminal's words. */
import { relative } from 'node:path';
import type { Extraction, ExtractionProblem } from '../extract/extract';
import { excerpt, MESSAGE } from '../language/legible';
import { list } from '../language/say';
import { CliError } from './host';

/** A path as one would type it here. */
export function displayPath(path: string): string {
  const near = relative('.', path);
  return near.startsWith('..') ? path : near;
}

/** How to give what is missing, in the terminal's words: messages are the editor's, too. */
function waysOf({ kind, parameters, sizes, draft, goesByValues, guessed }: ExtractionProblem, file: string): string[] {
  if (goesByValues) return ['or read it for one input, by the values that it has then: --for-input'];
  if (sizes?.length)
    return [`sizes are given with ${sizes.map(({ name, text }) => `--set '${name}=${text}'`).join(' ')}`];
  if (kind === 'needs-input' || guessed !== undefined) return [`the input is given with --input ${guessed ?? 'SHAPE'}`];
  if (!parameters?.length) return [];
  const call = draft?.replaceAll(/=(?=[,)])/g, '=…');
  const written = call === undefined ? [] : [`the call is written after the file: ${file}:${call}`];
  return [...written, `or give ${list(parameters.map((name) => `--set ${name}=VALUE`))}`];
}

function problemLine({ message, source }: ExtractionProblem, file: string): string {
  const where = source ? `${displayPath(source.file)}:${source.line + 1}:${source.column + 1}` : file;
  return `${where}: ${excerpt(message, MESSAGE)}`;
}

/** The place of each problem, and the ways out. @param file as the command line names it */
export function readingError(
  { problem, others, parts, models }: Extract<Extraction, { ok: false }>,
  file: string,
): CliError {
  const names = models.map(({ name }) => name);
  return new CliError(
    ...[problem, ...others].map((each) => problemLine(each, file)),
    ...waysOf(problem, file),
    ...parts.map(({ path, name }) => `can be read by itself: --part ${path} (${name})`),
    ...(names.length > 0 ? [`models in the file: ${list(names)}`] : []),
  );
}
