/** Sequences of made-up words: each keeps to a topic, whose words it repeats in random order. */
import { Random } from '../compare/random';
import { itemAt } from '../graph/access';

/** More tokens would each be seen too seldom to be learnt in a short run. */
const mostTokens = 30;
const tokensOfTopic = 6;
const wordsOfTopic = 3;
const wordLength = 4;

/**
 * Draws sequences in which a token is told by the company it keeps (the topic), by its neighbour, and by its place in a word:
 * something is learnt in a few steps, and more in many.
 * @param tokens how many there are; the first are used
 */
export function phrases(tokens: number, seed: number) {
  const known = Math.min(mostTokens, tokens);
  const size = Math.min(tokensOfTopic, known);
  const source = new Random(seed * 19 + 11);
  const topics = Array.from({ length: Math.max(1, Math.floor(known / size)) }, (_, topic) =>
    Array.from({ length: wordsOfTopic }, () =>
      Array.from({ length: wordLength }, () => topic * size + source.integerBelow(size)),
    ),
  );
  return (length: number, random: Random, into: Int32Array): void => {
    const words = itemAt(topics, random.integerBelow(topics.length));
    // A sequence begins anywhere in a word.
    let at = -random.integerBelow(wordLength);
    while (at < length) {
      for (const token of itemAt(words, random.integerBelow(words.length))) {
        if (at >= 0 && at < length) into[at] = token;
        at++;
      }
    }
  };
}
