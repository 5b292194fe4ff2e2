import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { CliError } from './host';

interface Level {
  readonly folder: string;
  readonly rules: Ignore;
}

/** A file to read; `named` when the command line names it itself. */
export interface SourceFile {
  readonly file: string;
  readonly named: boolean;
}

/** Far above any repository of models; a disk's root is not walked for an hour. */
const MAX_FILES = 50_000;
const MAX_DEPTH = 64;

/**
 * Source files at the paths, in order and each once; folders are walked without what git ignores, hidden folders,
 * node_modules and links.
 * @param wanted which files of a folder are read, by their names; what is named itself always is
 * @param leftOut is told of each folder that is not walked, and why
 * @throws CliError where a path is not there, or holds more than 50,000 files.
 */
export async function* sourceFiles(
  paths: readonly string[],
  wanted: (name: string) => boolean,
  leftOut: (message: string) => void,
): AsyncGenerator<SourceFile> {
  const seen = new Set<string>();
  for (const path of paths) {
    const entry = await stat(path).catch(() => undefined);
    if (!entry) throw new CliError(`${path}: there is no such file or folder`);
    const found = entry.isDirectory() ? walk(path, await levelsAbove(path), wanted, leftOut, 0) : [path];
    for await (const file of found) {
      if (seen.has(resolve(file))) continue;
      if (seen.size === MAX_FILES)
        throw new CliError(`${path} holds more than ${MAX_FILES} source files; name the folders to read`);
      seen.add(resolve(file));
      yield { file, named: file === path };
    }
  }
}

/** The rules of folders above, up to the repository's. */
async function levelsAbove(folder: string): Promise<Level[]> {
  const levels: Level[] = [];
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (at !== resolve(folder)) levels.unshift(...(await rulesOf(at)));
    if (await stat(join(at, '.git')).catch(() => undefined)) return levels;
    // Outside a repository no folder above has a say.
    if (at === dirname(at)) return [];
  }
}

async function rulesOf(folder: string): Promise<Level[]> {
  const text = await readFile(join(folder, '.gitignore'), 'utf8').catch(() => undefined);
  return text === undefined ? [] : [{ folder: resolve(folder), rules: ignore().add(text) }];
}

async function* walk(
  folder: string,
  above: readonly Level[],
  wanted: (name: string) => boolean,
  leftOut: (message: string) => void,
  depth: number,
): AsyncGenerator<string> {
  if (depth > MAX_DEPTH) return leftOut(`${folder} is more than ${MAX_DEPTH} folders deep`);
  const levels = [...above, ...(await rulesOf(folder))];
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) =>
    error instanceof Error ? error : new Error(String(error)),
  );
  if (entries instanceof Error) return leftOut(`${folder} can't be read: ${entries.message}`);
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    if (isIgnored(path, entry.isDirectory(), levels)) continue;
    if (entry.isDirectory()) yield* walk(path, levels, wanted, leftOut, depth + 1);
    else if (entry.isFile() && wanted(entry.name)) yield path;
  }
}

function isIgnored(path: string, folder: boolean, levels: readonly Level[]): boolean {
  let ignored = false;
  for (const level of levels) {
    const name = relative(level.folder, resolve(path)).split(sep).join('/') + (folder ? '/' : '');
    const result = level.rules.test(name);
    ignored = (ignored || result.ignored) && !result.unignored;
  }
  return ignored;
}
