import type { Source, SourceText } from './source';

/**
 * A source that also looks in library folders (`site-packages`) for what the project does not have. Libraries are read
 * as text like everything else. A library's own imports never lead into the project.
 */
export class LibrarySource implements Source {
  /** @param folders paths or URIs as the inner source names files, in Python's order */
  constructor(
    private readonly inner: Source,
    private readonly folders: readonly string[],
  ) {}

  read(file: string): Promise<SourceText | undefined> {
    return this.inner.read(file);
  }

  async resolve(from: string, module: string, level: number): Promise<string | undefined> {
    if (level > 0) return this.inner.resolve(from, module, level);
    const own = isLibraryFile(from, this.folders) ? undefined : await this.inner.resolve(from, module, 0);
    if (own !== undefined) return own;
    for (const folder of this.folders) {
      // A file of the folder itself would import the module relatively.
      const found = await this.inner.resolve(`${stripSlash(folder)}/_.py`, module, 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** A library's own data is not the project's. */
  async locate(from: string, path: string): Promise<string | undefined> {
    return isLibraryFile(from, this.folders) ? undefined : this.inner.locate?.(from, path);
  }
}

/** The folder of texts that are installed nowhere: they stand for libraries. */
export const PRELUDE = '<prelude>/site-packages/';

/**
 * Whether a file stands for a few names of a library that is absent nevertheless: code that asks whether it is there
 * (`try: import tensorflow`) is to find that it is not.
 */
export const isStandIn = (file: string): boolean => file.startsWith(`${PRELUDE}tensorflow/`);

/** Whether a file is a library's, so that it is read but never edited. */
export function isLibraryFile(file: string, folders: readonly string[]): boolean {
  // What no file holds: our own texts, and code that stands in a string.
  if (file.startsWith('<')) return true;
  const path = toSlashes(file);
  return folders.some((folder) => path.startsWith(`${toSlashes(stripSlash(folder))}/`));
}

const toSlashes = (path: string) => path.replaceAll('\\', '/');
const stripSlash = (folder: string) => folder.replace(/[\\/]+$/, '');
