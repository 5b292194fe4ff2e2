/** Text as tokens: one for each character. */

import type { Random } from '../compare/random';
import { intAt, itemAt } from '../graph/access';
import type { Column } from './dataset';

/** Shorter texts repeat so soon that nothing is learnt but their order. */
export const shortest = 400;

const paragraph = `An activation function bends a straight line. Without one, a stack of linear layers is a single linear
layer, however deep it is built. With one, each layer can carve up what the last has made. Some let every
positive number pass and stop the rest; some bend gently, so that a little of what is negative comes through; some
squash whatever arrives into a narrow band, where large numbers look alike and hardly any slope is left to learn from.
Which of them suits a model depends on its depth, on how its weights begin, on what normalises its layers, and on
where it is to run. A question like that is best answered by trying: the same weights, the same data, another
function, and a careful look at what changes and what is only noise.
`;

export interface Tokens {
  readonly ids: Int32Array;
  /** Different characters that were told apart. */
  readonly characters: number;
  /** Different characters of the text. */
  readonly different: number;
  /** Whether the given text was used. */
  readonly own: boolean;
}

/** Characters as numbers below `vocabulary`, the most frequent first; the rarest share the last where there are more. */
export function tokensOf(text: string | undefined, vocabulary: number): Tokens {
  const own = text !== undefined && text.length >= shortest;
  const characters = [...(own ? text : paragraph)];
  const counts = new Map<string, number>();
  for (const character of characters) counts.set(character, (counts.get(character) ?? 0) + 1);
  const order = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([character]) => character);
  const ids = new Map(order.map((character, i) => [character, Math.min(i, vocabulary - 1)]));
  return {
    ids: Int32Array.from(characters, (character) => ids.get(character) ?? 0),
    characters: Math.min(order.length, vocabulary),
    different: order.length,
    own,
  };
}

/** Where windows of one set may lie. */
interface Part {
  readonly from: number;
  readonly to: number;
}

/**
 * The beginning for training, then a part to choose by, and the rest to be held out; more of them, up to a third each,
 * where a window needs more. The parts have no character in common.
 * @param share that is held out, and that of what is chosen by, 0–1
 */
export function partsOf(
  characters: number,
  window: number,
  share = 0.1,
): { readonly train: Part; readonly validation: Part; readonly held: Part } {
  const part = Math.min(Math.floor(characters / 3), Math.max(Math.ceil(characters * share), window));
  const [first, second] = [characters - 2 * part, characters - part];
  return {
    train: { from: 0, to: first },
    validation: { from: first, to: second },
    held: { from: second, to: characters },
  };
}

/** Fills a window that begins at random; a part that is shorter than it goes round. */
export function drawWindow(
  ids: Int32Array,
  { from, to }: Part,
  length: number,
  random: Random,
  into: Float32Array | Int32Array,
  at: number,
): void {
  const size = Math.max(1, to - from);
  const start = random.integerBelow(size < length ? size : size - length + 1);
  for (let i = 0; i < length; i++) into[at + i] = intAt(ids, from + ((start + i) % size));
}

/** Share of a sequence's tokens that is masked. */
const MASKED = 0.15;

/** Hides some tokens of a sequence, one at least, behind the mask's; the target has them, and −100 elsewhere. */
export function maskTokens(
  input: Column['data'],
  target: Column['data'],
  at: number,
  length: number,
  mask: number,
  random: Random,
): void {
  const one = random.integerBelow(length);
  for (let i = 0; i < length; i++) {
    const isMasked = i === one || random.uniform() < MASKED;
    target[at + i] = isMasked ? itemAt(input, at + i) : -100;
    if (isMasked) input[at + i] = mask;
  }
}
