/**
 * A path from a folder to a file, both with slashes from a root; undefined where they are on different drives.
 * `pathFrom('/work/out', '/work/models/net.py')` is `../models/net.py`.
 */
export function pathFrom(folder: string, file: string): string | undefined {
  const segments = (path: string) => path.split('/').filter((name) => name !== '');
  const [from, to] = [segments(folder), segments(file)];
  const isDrive = to[0]?.endsWith(':');
  if (isDrive && to[0]?.toLowerCase() !== from[0]?.toLowerCase()) return undefined;
  const differing = to.findIndex((name, i) => name !== from[i] && !(isDrive && i === 0));
  const common = differing < 0 ? to.length : differing;
  return [...from.slice(common).map(() => '..'), ...to.slice(common)].join('/');
}
