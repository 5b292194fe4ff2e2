/** Names for the sizes of an input that nobody gave. */
import { itemAt, lastOf } from '../graph/access';
import type { Graph } from '../graph/types';
import type { NamedSize } from './types';

type NamesByRank = Readonly<Record<number, readonly string[]>>;

/** By a tensor's rank, what its dimensions are mostly called: NCHW, and sequences of features. */
const NAMES: NamesByRank = {
  1: ['N'],
  2: ['B', 'L'],
  3: ['B', 'L', 'F'],
  4: ['B', 'C', 'H', 'W'],
  5: ['B', 'C', 'D', 'H', 'W'],
};

/** The same where channels are last. */
const CHANNELS_LAST: NamesByRank = { ...NAMES, 4: ['B', 'H', 'W', 'C'], 5: ['B', 'D', 'H', 'W', 'C'] };

/** A size of the input: the tensors and the dimensions that have it. */
export interface SizePlaces {
  readonly places: readonly (readonly [tensor: number, axis: number])[];
}

/**
 * A symbol for each of the sizes, no two alike.
 * @param ranks of the input's tensors
 * @param conventions of the model's images
 */
export function symbolsFor(
  sizes: readonly SizePlaces[],
  ranks: readonly number[],
  conventions?: Graph['conventions'],
): string[] {
  const known = conventions === 'tensorflow' ? CHANNELS_LAST : NAMES;
  const taken = new Set<string>();
  return sizes.map(({ places }) => {
    const names = places.map(([tensor, axis]) => known[itemAt(ranks, tensor)]?.[axis] ?? numberedName(axis));
    // Both sides of a square.
    const isSquare = new Set(places.map(([tensor]) => tensor)).size === 1 && places.length > 1;
    return unlike(isSquare ? 'S' : itemAt(names, 0), taken);
  });
}

/**
 * What the numbers of a model are called in its shapes: by their own names, by whole paths where two are alike.
 * @param taken symbols that are none of them
 */
export function namesFor(numbers: readonly NamedSize[], taken: readonly string[]): string[] {
  const short = numbers.map(({ name }) => lastOf(name.split('.')));
  const known = new Set(taken);
  return numbers.map(({ name }, index) => {
    const own = itemAt(short, index);
    return unlike(short.indexOf(own) === short.lastIndexOf(own) ? own : name, known);
  });
}

/** A name that none has yet, which takes it. */
function unlike(name: string, taken: Set<string>): string {
  let symbol = name;
  for (let number = 2; taken.has(symbol); number++) symbol = `${name}${subscript(number)}`;
  taken.add(symbol);
  return symbol;
}

/** Dimensions of higher ranks have numbers. */
const numberedName = (axis: number): string => (axis === 0 ? 'B' : `N${subscript(axis)}`);

const subscript = (number: number): string =>
  Array.from(String(number), (digit) => String.fromCharCode(0x2080 + Number(digit))).join('');
