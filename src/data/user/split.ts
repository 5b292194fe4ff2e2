import { Random } from '../../compare/random';
import { intAt } from '../../graph/access';
import { say } from '../../language/say';
import { DataError } from '../dataset';

/** Samples by their numbers, in random order; whole batches. */
export interface Split {
  readonly train: readonly number[];
  readonly validation: readonly number[];
  readonly held: readonly number[];
}

/**
 * Of every class the same share is held out, and half as much to choose by.
 * @param labels a class for each sample, where there are classes
 * @param most samples of both sets
 * @param share that is held out, 0–1
 * @throws DataError where there are less than three batches
 */
export function split(
  count: number,
  labels: Int32Array | undefined,
  { batch, most, share, seed }: { batch: number; most: number; share: number; seed: number },
): Split {
  const random = new Random(seed);
  const groups = new Map<number, number[]>();
  for (const n of random.shuffle(Array.from({ length: count }, (_, i) => i))) {
    const label = labels ? intAt(labels, n) : 0;
    const group = groups.get(label);
    if (group) group.push(n);
    else groups.set(label, [n]);
  }
  // Every class is spread evenly over the order, so that each stretch of it has about as much of each.
  const order = [...groups.values()]
    .flatMap((group) => group.map((n, rank) => ({ n, at: (rank + 0.5) / group.length })))
    .sort((a, b) => a.at - b.at)
    .map(({ n }) => n);
  const total = Math.min(count, most);
  const held = Math.max(1, Math.round((Math.min(0.5, Math.max(0, share)) * total) / batch)) * batch;
  const validation = Math.max(1, Math.round(held / 2 / batch)) * batch;
  const train = Math.floor((total - held - validation) / batch) * batch;
  if (train < batch)
    throw new DataError(
      say(
        'There are {0} samples; a batch has {1}, and one is needed to train on, one to choose learning rates by and one to hold out: add samples, or compare with a smaller batch',
        total,
        batch,
      ),
    );
  return {
    held: random.shuffle(order.slice(0, held)),
    validation: random.shuffle(order.slice(held, held + validation)),
    train: random.shuffle(order.slice(held + validation, total)).slice(0, train),
  };
}
