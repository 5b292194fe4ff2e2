/** Where a class or a builder is made, and what is read for that: by its own file, or with what another file gives it. */
import type { Files } from '../python/run/files';
import type { Program } from '../python/syntax/ast';
import type { Syntax } from '../syntax/syntax';
import { isSettingsFile, type SettingsText } from './configFiles';
import type { Entry } from './entry';
import { registeredNames } from './overlays';
import { parseExpression } from './parse';
import { callSites, ownName } from './slice';

export interface MakingPlace {
  /** The file that gives the arguments. */
  readonly file: string;
  /** A class, a builder or a variable of `definedIn`. */
  readonly name: string;
  readonly definedIn: string;
  /** The file makes the settings that it takes, of its command line say. */
  readonly makesSettings?: boolean | undefined;
  /** Which of a page's programs it is. */
  readonly block?: number | undefined;
  /** What the file calls in its place, whose arguments are taken. */
  readonly kin?: string | undefined;
  /** Further files of settings, where the file is one; those that may change the settings that it makes. */
  readonly alike?: readonly string[] | undefined;
  /** Files that hand settings to what the file defines. */
  readonly outer?: readonly string[] | undefined;
  /** Which of the settings that fit it. */
  readonly nth?: number | undefined;
}

/** What an attempt at a place reads. */
export interface OpenPlace {
  readonly program: Program;
  readonly source: string;
  readonly entry: Entry;
}

/** A page has several: a block each, and all of them together. None where something is gone. */
export async function openPlace(
  syntax: Syntax,
  files: Files,
  { file, name, definedIn, makesSettings, kin, alike = [], outer = [], nth }: MakingPlace,
): Promise<readonly OpenPlace[]> {
  // What takes settings is made in its own file.
  const takes = makesSettings === true || isSettingsFile(file);
  const [expression, own] = [await parseExpression(syntax, name), await files.program(definedIn).catch(() => null)];
  if (!expression || !own) return [];
  const text = (await files.text(file)) ?? '';
  const taken = { name, expression, text: name };
  if (takes) {
    const source = (await files.text(definedIn)) ?? '';
    if (!makesSettings) {
      const documents = [{ file, text }];
      for (const each of alike) documents.push({ file: each, text: (await files.text(each)) ?? '' });
      return [{ program: own, source, entry: { kind: 'configured', ...taken, documents, nth } }];
    }
    const maker = await files.program(file).catch(() => null);
    const documents: SettingsText[] = [];
    for (const each of alike) documents.push({ file: each, text: (await files.text(each)) ?? '' });
    const names = registeredNames(own, name);
    return maker ? [{ program: own, source, entry: { kind: 'parsed', ...taken, maker, names, documents, nth } }] : [];
  }
  if (kin !== undefined) {
    const programs = await files.programsWith(file, kin);
    const entry: Entry = { kind: 'import', name: kin, file: undefined, instead: { name, program: own }, text: name };
    return programs.map((program) => ({ program, source: text, entry }));
  }
  if (file === definedIn)
    return [{ program: own, source: text, entry: { kind: 'expression', expression, text: name } }];
  const programs = await files.programsWith(file, name);
  const makers: Program[] = [];
  for (const each of outer) {
    const maker = await files.program(each).catch(() => null);
    if (maker) makers.push(maker);
  }
  const entry: Entry = { kind: 'import', name, file: definedIn, own, makers, text: name };
  return programs.map((program) => ({ program, source: text, entry }));
}

type Callers = (name: string, file: string) => Promise<readonly string[]>;

/** Files that mention one of some names. */
export async function filesThatMention(callers: Callers, names: readonly string[], from: string): Promise<string[]> {
  const found = new Set<string>();
  for (const name of names) for (const file of await callers(name, from)) found.add(file);
  return [...found];
}

/** Files that may hand settings to what stands around the calls of a name in a program: `Trainer(args)`. */
export async function outerMakers(
  callers: Callers,
  files: Files,
  { body, file }: Program,
  name: string,
): Promise<string[]> {
  const around = callSites(body, ownName(name)).flatMap((site) => site.around.slice(0, 1));
  const takers = new Set(around.map(({ cls, code }) => cls?.name ?? code.name));
  takers.delete(name);
  const found = await filesThatMention(callers, [...takers].slice(0, MOST_TAKERS), file);
  return (
    await settingsMakers(
      files,
      found.filter((each) => each !== file),
    )
  ).slice(0, MOST_OUTER);
}

/** What may take settings, and files that may make them, that are looked at for one file. */
const MOST_TAKERS = 3;
const MOST_OUTER = 3;

/** How files make settings: of their command line, as a tree of defaults, by classes, functions and tables that are called so. */
const MAKES =
  /\.add_argument\(|\b(?:Cfg|Config)\w*\(|\b(?:CfgNode|ConfigDict|addict|[Ee]asy[Dd]ict|edict|Munch|AttrDict|SimpleNamespace|Namespace|HParams|OmegaConf)\b|@(?:\w+\.)?dataclass|^\s*(?:class|def) \w*(?:config|cfg|options|hparams|params|settings|args)|^\w*(?:config|cfg|options|hparams|params|settings|args)\w* = (?:\{|dict\()/im;

/** Those of some files that make settings. */
export async function settingsMakers(files: Files, mentioning: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const file of mentioning) {
    if (file.endsWith('.py') && MAKES.test((await files.text(file)) ?? '')) found.push(file);
  }
  return found;
}
