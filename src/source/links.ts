import { readlink } from 'node:fs/promises';
import { dirname, join, parse, relative, resolve, sep } from 'node:path';

/** As many as a system follows. */
const MOST_LINKS = 40;

/**
 * Where a path leads, every link on its way resolved, also where nothing is there: `realpath` would say only of files
 * that are, and so tell them from those that are not.
 * @returns undefined where links lead in a circle
 */
export async function resolveLinks(path: string, most = MOST_LINKS): Promise<string | undefined> {
  const { root } = parse(resolve(path));
  let at = root;
  let left = most;
  const open = relative(root, resolve(path)).split(sep).filter(Boolean).reverse();
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    const next = join(at, part);
    const target = await readlink(next).catch(() => undefined);
    if (target === undefined) {
      at = next;
      continue;
    }
    if (left-- === 0) return undefined;
    const aim = resolve(dirname(next), target);
    at = parse(aim).root;
    for (const each of relative(at, aim).split(sep).filter(Boolean).reverse()) open.push(each);
  }
  return at;
}

/** Whether a path is a folder or below it; by their texts alone. */
export const isWithin = (folder: string, path: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
