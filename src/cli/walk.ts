import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { CliError } from './host';

interface Level {
  readonly folder: string;
  readonly rules: Ignore;
}

/** Python files at the paths, in order; folders are walked without what git ignores, hidden folders and node_modules. */
export async function pythonFiles(paths: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const path of paths) {
    const entry = await stat(path).catch(() => undefined);
    if (!entry) throw new CliError(`${path}: there is no such file or folder`);
    if (entry.isDirectory()) for await (const file of walk(path, await outer(path))) found.add(file);
    else found.add(path);
  }
  return [...found];
}

/** The rules of folders above, up to the repository's. */
async function outer(folder: string): Promise<Level[]> {
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

async function* walk(folder: string, above: readonly Level[]): AsyncGenerator<string> {
  const levels = [...above, ...(await rulesOf(folder))];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    if (isIgnored(path, entry.isDirectory(), levels)) continue;
    if (entry.isDirectory()) yield* walk(path, levels);
    else if (entry.isFile() && /\.pyi?$/.test(entry.name)) yield path;
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
