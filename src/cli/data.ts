import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import type { DataFile } from '../data/user/index';
import { isPicture } from '../data/user/pictures';
import { CliError } from './host';

/** Images that are read of a folder, at most, and bytes of everything. */
const mostFiles = 20_000;
const mostBytes = 2 ** 30;

/**
 * A file, or the images of a folder with the folders that they are in.
 * @throws CliError that names the path
 */
export async function dataFrom(path: string): Promise<{ name: string; files: DataFile[] }> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new CliError(`${path}: there is no such file or folder`);
  if (!found.isDirectory()) {
    if (found.size > mostBytes) throw new CliError(`${path} has more than ${mostBytes / 2 ** 20} MB`);
    return { name: basename(path), files: [{ path: basename(path), bytes: await readFile(path) }] };
  }
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const pictures = entries.filter((entry) => entry.isFile() && isPicture(entry.name)).slice(0, mostFiles);
  if (pictures.length === 0) throw new CliError(`${path}: there is no .png or .jpg in it`);
  const files: DataFile[] = [];
  let bytes = 0;
  for (const { name, parentPath } of pictures.sort((a, b) =>
    join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1,
  )) {
    const file = join(parentPath, name);
    const data = await readFile(file);
    bytes += data.length;
    if (bytes > mostBytes) throw new CliError(`${path}: its images have more than ${mostBytes / 2 ** 20} MB`);
    files.push({ path: relative(path, file).split(sep).join('/'), bytes: data });
  }
  return { name: basename(path), files };
}
