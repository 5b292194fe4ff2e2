import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
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
  const root = (await git(folder, ['rev-parse', '--show-toplevel'])).trim();
  const verify = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
  const commit = (await git(root, verify, { whyNot: `${revision} is no revision of the repository` })).trim();
  const path = relative(root, join(await realpath(folder), basename(file))).replaceAll('\\', '/');
  const listed = (await git(root, ['ls-tree', '-r', '-l', '-z', '--full-tree', commit])).split('\0').flatMap((line) => {
    const [, mode, size, name] = /^(\d+) \w+ \w+ +(\d+)\t(.+)$/s.exec(line) ?? [];
    return mode !== undefined && plain.test(mode) && name !== undefined && read.test(name)
      ? [{ name, size: Number(size) }]
      : [];
  });
  if (!listed.some(({ name }) => name === path)) throw new CliError(`${revision} has no file ${path}`);
  const room = await mkdtemp(join(tmpdir(), 'activation-lens-'));
  const dispose = () => rm(room, { recursive: true, force: true });
  try {
    const files = join(room, 'files');
    // An index of its own: the repository's is not touched. An empty folder of Git's name ends the search for modules.
    const env = { ...process.env, GIT_INDEX_FILE: join(room, 'index') };
    await mkdir(join(files, '.git'), { recursive: true });
    await git(root, ['read-tree', commit], { env });
    const chosen = listed.filter(({ name, size }) => name === path || size <= MAX_SOURCE_LENGTH);
    const input = chosen.map(({ name }) => `${name}\0`).join('');
    await git(root, ['checkout-index', '-z', '--stdin', `--prefix=${files.replaceAll('\\', '/')}/`], { env, input });
    return { file: join(files, path), dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

interface GitOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Said where Git itself would say less. */
  readonly whyNot?: string;
}

function git(folder: string, parameters: readonly string[], { env, input, whyNot }: GitOptions = {}): Promise<string> {
  return new Promise((done, fail) => {
    const options = { cwd: folder, env: env ?? process.env, maxBuffer: 2 ** 28 };
    const child = execFile('git', [...parameters], options, (error, output, said) => {
      if (!error) done(output);
      else if ((error as NodeJS.ErrnoException).code === 'ENOENT') fail(new CliError('Git is not installed'));
      else fail(new CliError(whyNot ?? `git ${parameters[0]}: ${said.trim().split('\n').at(-1) || error.message}`));
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
  });
}
