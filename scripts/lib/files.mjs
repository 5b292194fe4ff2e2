// Finding files.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Every file under a folder whose name passes, sorted; nothing where the folder is missing.
 * @param {string} folder
 * @param {(name: string) => boolean} [passes]
 */
export function filesUnder(folder, passes = () => true) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && passes(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
