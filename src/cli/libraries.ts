import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Disk, environmentIn, hubFolder, libraryFolders } from '../source/environments';
import { CliError } from './host';

const disk: Disk = {
  list: (folder) => readdir(folder).catch(() => []),
  text: (file) => readFile(file, 'utf8').catch(() => undefined),
  at: (path) => path,
};

/**
 * Folders with the libraries that a file imports, in order: as named, then those of the active environment
 * (`VIRTUAL_ENV`, `CONDA_PREFIX`), else of a `.venv` beside the file or above it. No Python is run.
 * @throws CliError where a folder that was named is not there.
 */
export async function librariesFor(
  file: string,
  named: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string[]> {
  for (const folder of named)
    if (!existsSync(folder)) throw new CliError(`--library ${folder}: there is no such folder`);
  const prefix =
    environment.VIRTUAL_ENV || environment.CONDA_PREFIX || (await nearestEnvironment(dirname(resolve(file))));
  const hub = hubFolder(environment);
  return [
    ...named.map((folder) => resolve(folder)),
    ...(prefix ? await libraryFolders(disk, prefix) : []),
    ...(hub ? [hub] : []),
  ];
}

async function nearestEnvironment(folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    const found = await environmentIn(disk, at);
    if (found !== undefined || at === dirname(at)) return found;
  }
}
