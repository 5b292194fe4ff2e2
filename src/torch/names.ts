/** Names that PyTorch has, and what a name that it lacks was meant to be. */
import { itemAt } from '../graph/access';
import table from './names.json';

const lists: Readonly<Record<string, string>> = table.names;
const besides: Readonly<Record<string, string>> = table.besides;

/** Functions of torch that take `out`. */
export const writers = (): ReadonlySet<string> => new Set(split(table.out));

/** Names by namespace: taken apart when one is first asked for. */
const known = new Map<string, ReadonlySet<string>>();

/** The public names that a namespace has for code to use; undefined where the table lacks the namespace. */
export function namesOf(namespace: string): ReadonlySet<string> | undefined {
  const found = known.get(namespace) ?? (lists[namespace] === undefined ? undefined : new Set(split(lists[namespace])));
  if (found) known.set(namespace, found);
  return found;
}

const split = (list: string | undefined) => (list ? list.split(' ') : []);

/** Whether PyTorch surely has no such name: a public one, in a namespace that the table lists. */
export function lacks(namespace: string, name: string): boolean {
  const names = namesOf(namespace);
  return names !== undefined && !name.startsWith('_') && !names.has(name) && !split(besides[namespace]).includes(name);
}

/** Other names by which papers and libraries know what PyTorch has. */
const OTHERWISE: Readonly<Record<string, string>> = { swish: 'silu', hswish: 'hardswish', hsigmoid: 'hardsigmoid' };

/** Where else a name may stand, by the namespace in which it was looked for. */
const RELATED = [
  'torch',
  'torch.nn.functional',
  'torch.Tensor',
  'torch.nn',
  'torch.special',
  'torch.linalg',
  'torch.fft',
];

/**
 * The name of PyTorch that was probably meant, with its namespace where that is another one; undefined where nothing
 * is near. Capitals and underscores count for nothing; other letters may differ in a third of the name.
 */
export function suggest(namespace: string, name: string): string | undefined {
  const wanted = letters(name);
  const own = [...(namesOf(namespace) ?? [])];
  const same = own.find((each) => letters(each) === wanted || letters(each) === OTHERWISE[wanted]);
  if (same !== undefined) return same;
  const elsewhere = RELATED.find((each) => each !== namespace && namesOf(each)?.has(name));
  if (elsewhere !== undefined) return `${elsewhere}.${name}`;
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const each of own) {
    const distance = editDistance(wanted, letters(each), limit);
    if (distance > limit || distance > (best?.distance ?? limit)) continue;
    const nearer = best && distance === best.distance ? spelling(name, each) < spelling(name, best.name) : true;
    if (nearer) best = { name: each, distance };
  }
  return best?.name;
}

/** The one of these names that was meant by another: misspelt by a letter in four, or not written to its end. */
export function suggestAmong(names: Iterable<string>, written: string): string | undefined {
  const wanted = letters(written);
  const digits = (name: string) => name.replace(/\D/g, '');
  const open = [...new Set(names)].filter((each) => !each.startsWith('_') && each !== written);
  const limit = Math.max(1, Math.floor(wanted.length / 4));
  const apart = open
    .filter((each) => digits(each) === digits(written))
    .map((name) => ({ name, distance: editDistance(wanted, letters(name), limit) }))
    .filter(({ distance }) => distance <= limit);
  const least = apart.reduce((nearest, { distance }) => Math.min(nearest, distance), limit);
  const [near, ...others] = apart.filter(({ distance }) => distance === least);
  if (near) return others.length === 0 && wanted.length > 1 ? near.name : undefined;
  const longer = open.filter((each) => wanted.length > 2 && letters(each).startsWith(wanted));
  const [shortest] = longer.sort((a, b) => a.length - b.length);
  return shortest !== undefined && longer.every((each) => each.startsWith(shortest)) ? shortest : undefined;
}

const spelling = (a: string, b: string) => editDistance(a, b, a.length + b.length);

const letters = (name: string) => name.toLowerCase().replaceAll('_', '');

/** How many letters must be put in, taken out, exchanged or swapped with their neighbour; above `limit` any more is as good. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const step = a[i - 1] === b[j - 1] ? 0 : 1;
      const least = Math.min(itemAt(above, j) + 1, itemAt(row, j - 1) + 1, itemAt(above, j - 1) + step);
      const swaps = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(swaps ? Math.min(least, itemAt(before, j - 2) + 1) : least);
    }
    [before, above] = [above, row];
  }
  return itemAt(above, b.length);
}
