/** Which files may use a name: by their text alone, and in which order they are worth reading. */
import { python } from '../syntax/identifiers';

/** Files that are looked at unasked, and their characters in all. */
export const NEAR_FILES = 50;
export const NEAR_CHARACTERS = 2_000_000;

/** Characters of all files of a project that are searched. */
export const MOST_CHARACTERS = 100_000_000;

/** Whether a file is code or settings by its length: longer ones are data. */
export function isSearched(file: string, characters: number): boolean {
  return characters <= (/\.(ya?ml|json)$/i.test(file) ? 100_000 : 1_000_000);
}

/** Characters before a name that are looked at: what stands on its line, where that is not endless. */
const BEFORE = 400;

/**
 * Whether a file's text uses the name: calls it, or hands it on. A line that imports or defines it alone is no use of it,
 * but under another name (`as`) it is used out of sight. Looks at each place once, whatever the text is.
 */
export function mayUse(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) {
    const end = at + name.length;
    const before = text.slice(Math.max(0, at - BEFORE), at);
    if (PART_BEFORE.test(before.slice(-2)) || PART_AFTER.test(text.slice(end, end + 2))) continue;
    if (/^\s{1,8}as\s/.test(text.slice(end, end + 12))) return true;
    const line = before.slice(before.lastIndexOf('\n') + 1).trimStart();
    if (!/^(?:from|import)\b/.test(line) && !/\b(?:class|def|function)\s+$/.test(line.slice(-20))) return true;
  }
  return false;
}

const PART_BEFORE = new RegExp(`[${python.part}]$`, 'u');
const PART_AFTER = new RegExp(`^[${python.part}]`, 'u');

/**
 * Files in the order in which they are read: the nearest first, tests and notebooks last. What is a test is told from the
 * folders that are not the file's own: one that lies among tests is used there.
 */
export function rankByDistance(files: readonly string[], from: string): string[] {
  const here = foldersOf(from);
  const stem = stemOf(from);
  const rank = (file: string) => {
    const parts = file.split(/[\\/]/);
    let common = 0;
    while (common < here.length && common < parts.length - 1 && here[common] === parts[common]) common++;
    const isTest = TEST.test(parts.slice(common).join('/'));
    const late = (/\.(ipynb|md)$/i.test(file) ? 2 : 0) + (/\.(ya?ml|json)$/i.test(file) ? 3 : 0) + (isTest ? 1 : 0);
    // `test_unet.py` is about `unet.py`.
    const other = late === 1 && stemOf(file).includes(stem) ? 0 : 1;
    return { file, late, other, distance: here.length + parts.length - 1 - 2 * common };
  };
  return files
    .filter((file) => file !== from)
    .map(rank)
    .sort((a, b) => a.late - b.late || a.other - b.other || a.distance - b.distance || (a.file < b.file ? -1 : 1))
    .map(({ file }) => file);
}

const TEST =
  /(^|[\\/])((__)?tests?(__)?[\\/]|(test|conftest)[^\\/]*\.py$|[^\\/]*_test\.py$|[^\\/]*\.(test|spec)\.[cm]?[jt]sx?$)/i;

/** `unet` of `models/unet.py`. */
const stemOf = (file: string): string => file.replace(/^.*[\\/]/, '').replace(/\.[^.]*$/, '');

function foldersOf(file: string): string[] {
  return file.split(/[\\/]/).slice(0, -1);
}
