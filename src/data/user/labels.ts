/** Classes of a user's samples as numbers below the model's outputs. */
import { say } from '../../language/say';
import { DataError } from '../dataset';

export interface Labels {
  readonly labels: Int32Array;
  /** Classes that occur. */
  readonly classes: number;
  readonly notes: readonly string[];
}

/**
 * Whole numbers below `outputs` stay as they are, so that classes keep their places in the model; anything else is
 * numbered in order.
 * @param where whose labels they are, for messages
 * @param row names a sample of them
 * @throws DataError where there are more classes than outputs, or a label is missing
 */
export function labelsOf(
  values: readonly (string | number)[],
  outputs: number,
  where: string,
  row: (n: number) => string,
): Labels {
  const missing = values.findIndex((value) => value === '' || Number.isNaN(value));
  if (missing >= 0)
    throw new DataError(say('{0}: {1} has no label; fill it in or leave the sample out', where, row(missing)));
  const numbers = values.map((value) =>
    typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value),
  );
  const numeric = numbers.every(Number.isFinite);
  const kept = numeric ? numbers : values;
  const different = [...new Set<string | number>(kept)];
  if (different.length > outputs)
    throw new DataError(
      say(
        '{0} has {1} classes, and the model tells {2} apart; change its number of outputs, or leave classes out',
        where,
        different.length,
        outputs,
      ),
    );
  different.sort((a, b) => (numeric ? Number(a) - Number(b) : String(a) < String(b) ? -1 : 1));
  const notes: string[] = [];
  if (different.length < 2) throw new DataError(say('{0} has one class only; there is nothing to tell apart', where));
  if (different.length < outputs)
    notes.push(say('The data has {0} classes, the model could tell {1} apart.', different.length, outputs));
  if (numbers.every((value) => Number.isInteger(value) && value >= 0 && value < outputs))
    return { labels: Int32Array.from(numbers), classes: different.length, notes };
  notes.push(say("Classes in the order of the model's outputs: {0}.", different));
  const place = new Map(different.map((value, i) => [value, i]));
  return { labels: Int32Array.from(kept, (value) => place.get(value) ?? 0), classes: different.length, notes };
}
