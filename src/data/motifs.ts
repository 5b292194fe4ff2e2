/** Sequences of tokens in which each class has pairs of its own. */
import { Random } from '../compare/random';

/** More would each be seen too seldom to be learnt in a short run. */
const mostTokens = 64;
const pairsOfClass = 4;
/** How often one of the class's pairs is taken: so seldom that a few steps don't tell the classes apart. */
const share = 0.1;

/**
 * Draws sequences: now and then a pair that the class favours, else any token.
 * @param rows of the table that is indexed; where there are more than two, the first is left to padding
 */
export function motifs(length: number, rows: number, classes: number, seed: number) {
  const first = rows > 2 ? 1 : 0;
  const tokens = Math.max(1, Math.min(mostTokens, rows - first));
  const source = new Random(seed * 13 + 7);
  const pairs = Array.from({ length: classes }, (_, label) =>
    // One pair's beginning is told from all others' where there are enough tokens: bags of tokens learn something, too.
    Array.from({ length: pairsOfClass }, (_pair, i) => [
      first + (i === 0 ? label % tokens : source.integerBelow(tokens)),
      first + source.integerBelow(tokens),
    ]),
  );
  return (label: number, random: Random, into: Float32Array | Int32Array, at: number): void => {
    const own = pairs[label % pairs.length] ?? [];
    for (let i = 0; i < length; ) {
      const pair = random.uniform() < share ? own[random.integerBelow(own.length)] : undefined;
      into[at + i] = pair?.[0] ?? first + random.integerBelow(tokens);
      i++;
      if (!pair || i >= length) continue;
      into[at + i] = pair[1] ?? first;
      i++;
    }
  };
}
