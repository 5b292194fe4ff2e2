import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { itemAt } from '../graph/access';
import { isWithin } from '../source/links';
import { MAX_SOURCE_LENGTH } from '../source/source';
import { CliError } from './host';

/** Files that a model is read from: code and settings. */
const read = /\.(?:pyi?|ipynb|onnx|[cm]?[jt]sx?|json|ya?ml|toml|cfg|ini|md|txt)$/i;
/** Git's mode of a file that is no link and no module. */
const plain = /^100/;

/** A file as an earlier revision has it, beside the files of that revision that it may import. */
export interface CheckedOut {
  readonly file: string;
  /** Removes them. */
  dispose(): Promise<void>;
}

/** Splits `REVISION:FILE`; undefined where no revision is named, as in `model.py:Net` or `C:\model.py`. */
export function parseRevision(target: string): { readonly revision: string; readonly rest: string } | undefined {
  const [, revision, rest] = /^([^:]{2,}|@):(.+)$/.exec(target) ?? [];
  return revision === undefined || rest === undefined || read.test(revision) ? undefined : { revision, rest };
}

/**
 * Takes the code of a revision out of the file's repository into a folder of its own. The repository, its index and its
 * working tree stay as they are; nothing of it is run but Git itself.
 * @throws CliError where there is no repository, no such revision, or no such file in it
 */
export async function checkOut(revision: string, file: string): Promise<CheckedOut> {
  const folder = dirname(resolve(file));
  const root = text(await git(folder, ['rev-parse', '--show-toplevel'])).trim();
  const verify = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
  const commit = text(await git(root, verify, { whyNot: `${revision} is no revision of the repository` })).trim();
  const path = relative(root, join(await realpath(folder), basename(file))).replaceAll('\\', '/');
  const listed = text(await git(root, ['ls-tree', '-r', '-l', '-z', '--full-tree', commit]))
    .split('\0')
    .flatMap((line) => {
      const [, mode, id, size, name] = /^(\d+) \w+ (\w+) +(\d+)\t(.+)$/s.exec(line) ?? [];
      if (mode === undefined || !plain.test(mode) || id === undefined || name === undefined || !read.test(name))
        return [];
      return name === path || Number(size) <= MAX_SOURCE_LENGTH ? [{ name, id }] : [];
    });
  if (!listed.some(({ name }) => name === path)) throw new CliError(`${revision} has no file ${path}`);
  const room = await mkdtemp(join(tmpdir(), 'activation-lens-'));
  const dispose = () => rm(room, { recursive: true, force: true });
  try {
    // Not as Git checks files out: that runs the filters which a repository's own settings name.
    const input = listed.map(({ id }) => `${id}\n`).join('');
    const blobs = blobsIn(await git(root, ['cat-file', '--batch'], { input }));
    for (const [index, { name }] of listed.entries()) await put(room, name, itemAt(blobs, index));
    // An empty folder of Git's name ends the search for modules.
    await mkdir(join(room, '.git'), { recursive: true });
    return { file: join(room, path), dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** The contents of what `cat-file --batch` prints: a line that ends in the size, the bytes, and a line's end. */
function blobsIn(output: Buffer): Buffer[] {
  const blobs: Buffer[] = [];
  for (let at = 0; at < output.length; ) {
    const start = output.indexOf('\n', at) + 1;
    const size = Number(/ blob (\d+)$/.exec(text(output.subarray(at, start - 1)))?.[1]);
    if (start === 0 || !Number.isInteger(size)) throw new CliError('git cat-file: the repository is damaged');
    blobs.push(output.subarray(start, start + size));
    at = start + size + 1;
  }
  return blobs;
}

/** Writes a file; one whose name leads out of the folder is left out. */
async function put(folder: string, name: string, content: Buffer): Promise<void> {
  const file = resolve(folder, name);
  if (!isWithin(folder, file)) return;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

const text = (output: Buffer) => output.toString('utf8');

interface GitOptions {
  readonly input?: string;
  /** Said where Git itself would say less. */
  readonly whyNot?: string;
}

function git(folder: string, parameters: readonly string[], { input, whyNot }: GitOptions = {}): Promise<Buffer> {
  return new Promise((done, fail) => {
    const options = { cwd: folder, encoding: 'buffer', maxBuffer: 2 ** 28 } as const;
    const child = execFile('git', [...parameters], options, (error, output, said) => {
      if (!error) done(output);
      else if ((error as NodeJS.ErrnoException).code === 'ENOENT') fail(new CliError('Git is not installed'));
      else
        fail(new CliError(whyNot ?? `git ${parameters[0]}: ${text(said).trim().split('\n').at(-1) || error.message}`));
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
  });
}
