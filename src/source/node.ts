import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MAX_SOURCE_LENGTH, type Source, type SourceText } from './source';

/** Files of the terminal's disk; Python modules are looked for beside the importing file and in its parents. */
export class NodeSource implements Source {
  constructor(private readonly roots: readonly string[] = []) {}

  async read(file: string): Promise<SourceText | undefined> {
    const found = await stat(file).catch(() => undefined);
    if (!found?.isFile()) return undefined;
    // A UTF-16 unit takes three bytes of UTF-8 at most.
    if (found.size > 3 * MAX_SOURCE_LENGTH) throw tooLong(file, found.size);
    const text = await readFile(file, 'utf8');
    if (text.length > MAX_SOURCE_LENGTH) throw tooLong(file, text.length);
    return text.includes('\0') ? undefined : { file, text: text.replace(/^\uFEFF/, ''), version: found.mtimeMs };
  }

  async resolve(from: string, module: string, level: number): Promise<string | undefined> {
    const parts = module.split('.').filter((part) => part !== '');
    let folder = dirname(from);
    for (let up = 1; up < level; up++) folder = dirname(folder);
    const folders = level > 0 ? [folder] : [...parents(folder), ...this.roots];
    for (const each of folders)
      for (const file of [join(each, ...parts, '__init__.py'), ...(parts.length ? [`${join(each, ...parts)}.py`] : [])])
        if (await isFile(file)) return file;
    return undefined;
  }
}

function tooLong(file: string, size: number): Error {
  return new Error(`${file} is too long to read: ${size} of at most ${MAX_SOURCE_LENGTH} characters`);
}

function* parents(folder: string): Generator<string> {
  for (let at = folder; ; at = dirname(at)) {
    yield at;
    if (at === dirname(at)) return;
  }
}

const isFile = async (file: string) => (await stat(file).catch(() => undefined))?.isFile() ?? false;
