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

  async bytes(file: string): Promise<Uint8Array | undefined> {
    return this.inner.bytes?.(file);
  }

  async resolve(from: string, module: string, level: number): Promise<string | undefined> {
    if (level > 0) return this.inner.resolve(from, module, level);
    const own = isLibraryFile(from, this.folders) ? undefined : await this.resolveOwn(from, module);
    // What lies in `src` is imported as it is installed.
    if (own !== undefined && !isAside(from, own)) return own;
    for (const folder of this.folders) {
      // A file of the folder itself would import the module relatively.
      const found = await this.inner.resolve(`${stripSlash(folder)}/_.py`, module, 1);
      if (found !== undefined) return found;
    }
    return own;
  }

  /**
   * A module of the project. A package inside another one is not found by its own files under its last name alone:
   * `import triton` in `mamba_ssm/ops/triton/` means the library.
   */
  private async resolveOwn(from: string, module: string): Promise<string | undefined> {
    const found = await this.inner.resolve(from, module, 0);
    const root = module.split('.')[0] ?? module;
    const name = found === undefined ? -1 : toSlashes(found).lastIndexOf(`/${root}/`);
    const around = name < 0 || found === undefined ? undefined : found.slice(0, name + 1);
    const isItself = around !== undefined && toSlashes(from).startsWith(`${toSlashes(around)}${root}/`);
    if (!isItself || (await this.inner.read(`${around}__init__.py`)) === undefined) return found;
    // Above the package that holds it another may be meant.
    const above = around.slice(0, toSlashes(around.slice(0, -1)).lastIndexOf('/') + 1);
    return above.length < around.length && above !== '' ? this.resolveOwn(`${above}_.py`, module) : undefined;
  }

  /** A library's data is what lies below the file that asks for it; the project's is none of its business. */
  async locate(from: string, path: string): Promise<string | undefined> {
    const checkpoint = CHECKPOINT.exec(path)?.[1];
    if (checkpoint !== undefined) return this.configurationOf(checkpoint);
    const found = await this.inner.locate?.(from, path);
    if (found === undefined || !isLibraryFile(from, this.folders)) return found;
    const folder = toSlashes(from).replace(/[^/]*$/, '');
    return toSlashes(found).startsWith(folder) ? found : undefined;
  }

  /** A checkpoint's config.json in the hub's cache, which stands among the folders of libraries. */
  private async configurationOf(checkpoint: string): Promise<string | undefined> {
    for (const each of this.folders) {
      const folder = `${stripSlash(each)}/${checkpoint}`;
      const revision = (await this.inner.read(`${folder}/refs/main`).catch(() => undefined))?.text.trim();
      if (revision && /^[0-9a-f]{40}$/.test(revision)) return `${folder}/snapshots/${revision}/config.json`;
    }
    return undefined;
  }
}

/** What code of transformers asks for in place of a checkpoint's config.json on the hub. */
const CHECKPOINT = /^<hub>\/(models--[\w.-]+)$/;

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

/** Whether a file of the project lies in a `src` that does not hold the file which imports it. */
function isAside(from: string, file: string): boolean {
  const source = /^.*?\/src\//.exec(toSlashes(file))?.[0];
  return source !== undefined && !toSlashes(from).startsWith(source);
}

const toSlashes = (path: string) => path.replaceAll('\\', '/');
const stripSlash = (folder: string) => folder.replace(/[\\/]+$/, '');
