/** What is much like a class that nothing calls: its bases, others of its name, and what takes the same beside it. */
import type { Files } from '../python/run/files';
import type { Program, Stmt } from '../python/syntax/ast';
import { isMarkdown } from '../source/markdown';
import { mayMean } from './bindings';
import type { ExtractRequest } from './request';
import { type ClassStatement, callSites, lastName, topLevelStatements } from './slice';

/** Files in which kin are looked for, and those that call one. */
const FILES = 24;
const CALLING = 4;

/** A call of something that is much like a class, whose arguments may be the class's, too. */
export interface KinCall {
  readonly file: string;
  /** What is called there. */
  readonly name: string;
}

/** Calls of the kin of a class of a file, the nearest first. */
export async function* callsOfKin(
  { callers }: Pick<ExtractRequest, 'callers'>,
  files: Files,
  own: string,
  name: string,
  /** What the class needs. */
  needed: readonly string[],
): AsyncGenerator<KinCall> {
  const program = await files.program(own).catch(() => null);
  const cls = program && classesOf(program).find((each) => each.name === name);
  if (!callers || !cls) return;
  const bases = cls.args.flatMap(({ form, value }) => (form === 'plain' ? (lastName(value) ?? []) : []));
  for (const kin of new Set([name, ...bases, ...(await likeIt(callers, files, own, name, needed))])) {
    let left = CALLING;
    const all = (await callers(kin, own)).filter((each) => /\.(py|md|ipynb)$/i.test(each));
    for (const file of all.sort((a, b) => Number(isMarkdown(b)) - Number(isMarkdown(a)))) {
      const other = await files.program(file).catch(() => null);
      if (!other || callSites(other.body, kin).length === 0) continue;
      // What means the class itself was looked at, and a file that has another of its name means that.
      if (
        kin === name &&
        (classesOf(other).some((each) => each.name === name) || (await mayMean(files, other, name, own)))
      )
        continue;
      yield { file, name: kin };
      if (--left <= 0) break;
    }
  }
}

/** Classes of files beside a class's that need the same arguments, by names that end alike: `GaussianDiffusion(model, size)`. */
async function likeIt(
  callers: NonNullable<ExtractRequest['callers']>,
  files: Files,
  own: string,
  name: string,
  needed: readonly string[],
): Promise<string[]> {
  const [longest] = [...needed].sort((a, b) => b.length - a.length);
  if (longest === undefined || needed.length < FEWEST) return [];
  const folder = own.replace(/[^\\/]*$/, '');
  const beside = (await callers(longest, own)).filter((file) => file.replace(/[^\\/]*$/, '') === folder);
  const found: string[] = [];
  for (const file of beside.slice(0, FILES)) {
    const program = await files.program(file).catch(() => null);
    for (const each of program ? classesOf(program) : []) {
      const isAlike = lastWord(each.name) === lastWord(name) && requiredNames(each).join() === needed.join();
      if (isAlike) found.push(each.name);
    }
  }
  return found;
}

/** One argument of a name is had by many things. */
const FEWEST = 2;

const classesOf = ({ body }: Program): ClassStatement[] =>
  [...topLevelStatements(body)].filter((each): each is ClassStatement => each.kind === 'class');

/** Parameters of a class's own constructor that have no default. */
function requiredNames({ body }: ClassStatement): string[] {
  const initialise = body.find(
    (each): each is Extract<Stmt, { kind: 'function' }> => each.kind === 'function' && each.code.name === '__init__',
  );
  return (initialise?.code.parameters.slice(1) ?? [])
    .filter(({ kind, default: value }) => value === undefined && !kind.startsWith('var'))
    .map(({ name }) => name);
}

/** `Diffusion` of `GaussianDiffusion`. */
const lastWord = (name: string): string => /[A-Z]+[a-z\d]*$/.exec(name)?.[0] ?? name;
