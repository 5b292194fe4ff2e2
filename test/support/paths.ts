import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The repository's folder: the first one upwards from where the tests run that holds our `package.json`. */
export const root = findRoot([process.cwd(), __dirname]);

function findRoot(starts: readonly string[]): string {
  for (const start of starts)
    for (let folder = start; folder !== dirname(folder); folder = dirname(folder))
      if (existsSync(join(folder, 'esbuild.mjs')) && existsSync(join(folder, 'package.json'))) return folder;
  throw new Error(`the repository was not found above ${starts.join(' or ')}; run the tests from inside it`);
}

/** A path inside the repository. */
export const inRoot = (...parts: string[]): string => join(root, ...parts);
