/** Which files may use a name: by their text alone, and in which order they are worth reading. */
import { python } from '../syntax/identifiers';

/** Files that are looked at unasked, and their characters in all. */
export const NEAR_FILES = 50;
export const NEAR_CHARACTERS = 2_000_000;

/** Whether a file's text uses the name: calls it, or hands it on. */
export function mayUse(text: string, name: string): boolean {
  if (!text.includes(name)) return false;
  const { part } = python;
  const quoted = quote(name);
  // A line that imports it alone is no use of it, but under another name it is used out of sight.
  if (new RegExp(`(?<![${part}])${quoted}\\s+as\\s`, 'u').test(text)) return true;
  const at = new RegExp(
    `^(?!\\s*(?:from|import)\\b).*(?<![${part}])(?<!(?:class|def)\\s+)${quoted}(?![${part}])`,
    'mu',
  );
  return at.test(text);
}

const quote = (name: string) => name.replace(/[^\p{L}\p{N}_]/gu, '\\$&');

/** Files in the order in which they are read: the nearest first, tests and notebooks last. */
export function rankByDistance(files: readonly string[], from: string): string[] {
  const here = foldersOf(from);
  const distance = (file: string): number => {
    const there = foldersOf(file);
    let common = 0;
    while (common < here.length && here[common] === there[common]) common++;
    return here.length + there.length - 2 * common;
  };
  const late = (file: string): number =>
    (/\.(ipynb|md)$/i.test(file) ? 2 : 0) +
    (/\.(ya?ml|json)$/i.test(file) ? 3 : 0) +
    (/(^|[\\/])(tests?[\\/]|(test|conftest)[^\\/]*\.py$|[^\\/]*_test\.py$)/i.test(file) ? 1 : 0);
  return files
    .filter((file) => file !== from)
    .map((file) => ({ file, late: late(file), distance: distance(file) }))
    .sort((a, b) => a.late - b.late || a.distance - b.distance || (a.file < b.file ? -1 : 1))
    .map(({ file }) => file);
}

function foldersOf(file: string): string[] {
  return file.split(/[\\/]/).slice(0, -1);
}
