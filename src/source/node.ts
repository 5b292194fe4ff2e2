import { readFileSync, type Stats, statSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { say } from '../language/say';
import { MAX_BINARY_LENGTH, MAX_SOURCE_LENGTH, type Source, type SourceText } from './source';

/** What stands in a project's root folder. */
const MARKERS = ['.git', 'pyproject.toml', 'setup.py', 'setup.cfg', 'requirements.txt'];
/** And what does where it was downloaded, not cloned. */
const PAPERS = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', '.github', 'package.json'];

/**
 * Files of the terminal's disk. Python modules are looked for beside the importing file and in the folders above, and
 * in `src` of each, up to the project's root: nothing outside the project is read by chance.
 */
export class NodeSource implements Source {
  constructor(private readonly roots: readonly string[] = []) {}

  async read(file: string): Promise<SourceText | undefined> {
    const found = look(file);
    if (!found?.isFile()) return undefined;
    // A UTF-16 unit takes three bytes of UTF-8 at most.
    if (found.size > 3 * MAX_SOURCE_LENGTH) throw lengthError(file, found.size);
    const text = readFileSync(file, 'utf8');
    if (text.length > MAX_SOURCE_LENGTH) throw lengthError(file, text.length);
    return text.includes('\0') ? undefined : { file, text: text.replace(/^\uFEFF/, ''), version: found.mtimeMs };
  }

  async bytes(file: string): Promise<Uint8Array | undefined> {
    const found = look(file);
    if (!found?.isFile()) return undefined;
    if (found.size > MAX_BINARY_LENGTH) {
      throw new Error(say('{0} is too large to read: {1} of at most {2} bytes', file, found.size, MAX_BINARY_LENGTH));
    }
    return readFile(file);
  }

  async resolve(from: string, module: string, level: number): Promise<string | undefined> {
    const inside = module
      .split('.')
      .filter((part) => part !== '')
      .join('/');
    let folder = dirname(from);
    for (let up = 1; up < level; up++) folder = dirname(folder);
    const above = level > 0 ? [] : foldersToSearch(folder);
    // Projects keep their package in `src`, too.
    const folders = level > 0 ? [folder] : [...above.flatMap((each) => [each, join(each, 'src')]), ...this.roots];
    for (const each of folders)
      for (const file of [join(each, inside, '__init__.py'), ...(inside ? [`${join(each, inside)}.py`] : [])])
        if (isFile(file)) return file;
    return undefined;
  }

  async locate(from: string, path: string): Promise<string | undefined> {
    const folders = foldersToSearch(dirname(from));
    const root = folders.at(-1);
    const found = new Set<string>();
    for (const folder of folders) {
      const file = resolve(folder, path);
      const isInside = root !== undefined && !relative(root, file).startsWith('..');
      if (isInside && isFile(file)) found.add(await realpath(file));
    }
    const [only, ...others] = found;
    const isOutside = only === undefined || root === undefined || relative(await realpath(root), only).startsWith('..');
    return others.length > 0 || isOutside ? undefined : only;
  }
}

function lengthError(file: string, size: number): Error {
  return new Error(say('{0} is too long to read: {1} of at most {2} characters', file, size, MAX_SOURCE_LENGTH));
}

/**
 * The folders from the file's own to its project's root: the nearest that holds a marker; else the nearest with a licence;
 * else the working folder, where it is above; else the folder that holds the file's package.
 */
function foldersToSearch(folder: string): string[] {
  const above: string[] = [];
  for (let at = resolve(folder); ; at = dirname(at)) {
    above.push(at);
    // Within a package `setup.py` is a module like any other.
    const isPackage = isFile(join(at, '__init__.py'));
    if (MARKERS.some((marker) => !(isPackage && marker.endsWith('.py')) && look(join(at, marker)))) return above;
    if (at === dirname(at)) break;
  }
  const licensed = above.findIndex((each) => PAPERS.some((paper) => look(join(each, paper))));
  if (licensed >= 0) return above.slice(0, licensed + 1);
  const working = above.indexOf(process.cwd());
  if (working >= 0) return above.slice(0, working + 1);
  let packages = 0;
  for (const each of above.slice(0, -1)) {
    if (!isFile(join(each, '__init__.py'))) break;
    packages++;
  }
  return above.slice(0, packages + 1);
}

/** The folder of the project that a file is of. */
export async function projectFolder(file: string): Promise<string> {
  const folders = foldersToSearch(dirname(resolve(file)));
  return folders.at(-1) ?? dirname(resolve(file));
}

/**
 * What stands at a path; undefined where nothing does, or nothing that may be seen. One import looks at dozens of paths,
 * most of which are not there: to wait for each takes ten times as long as to look, and to wait for a file's text longer
 * than to read it.
 */
function look(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

const isFile = (path: string): boolean => look(path)?.isFile() ?? false;
