/** Texts, and streams of tokens, from which windows are taken. */
import { Random } from '../../compare/random';
import type { DType, TensorData } from '../../graph/types';
import { say } from '../../language/say';
import { DataError, type Dataset, type Samples } from '../dataset';
import { partsOf, shortest, tokensOf } from '../text';
import { limits, textOf, type UserFile } from './limits';

export interface WindowOptions {
  /** Samples in a batch, and tokens in a sample. */
  readonly batch: number;
  readonly length: number;
  readonly dtype: DType;
  readonly seed: number;
  /** Share that is held out, and that of what is chosen by, 0–1. */
  readonly share: number;
  readonly notes: readonly string[];
}

/** Times that a token is in a window, on average. */
const coverage = 4;

/**
 * Windows at random places; those that are held out share no token with the others.
 * @throws DataError naming `where` when it is too short
 */
export function windowsOf(ids: TensorData, where: string, options: WindowOptions): Dataset {
  const { batch, length, dtype, seed, share, notes } = options;
  if (ids.length < 3 * length)
    throw new DataError(
      say(
        '{0} has {1} tokens; windows of {2} are learnt, so {3} are needed at least: give more text, or compare with shorter inputs',
        where,
        ids.length,
        length,
        3 * length,
      ),
    );
  const most = Math.floor(Math.min(limits.samples, limits.decoded / 4 / length) / 3);
  const parts = partsOf(ids.length, length, share);
  const draw = ({ from, to }: { readonly from: number; readonly to: number }, stream: number): Samples => {
    const random = new Random(3 * seed + stream + 1000);
    const wanted = Math.min(most, Math.ceil((coverage * (to - from)) / length));
    const count = Math.max(2, Math.floor(wanted / batch)) * batch;
    const data = new Int32Array(count * length);
    for (let n = 0; n < count; n++) {
      const start = from + random.integerBelow(to - from - length + 1);
      data.set(ids.slice(start, start + length), n * length);
    }
    const column = { type: { dtype, shape: [count, length] }, data };
    return { count, inputs: [column], target: column };
  };
  return {
    name: 'user',
    train: draw(parts.train, 0),
    validation: draw(parts.validation, 2),
    held: draw(parts.held, 1),
    notes,
  };
}

/**
 * The characters of texts, one after the other, as tokens.
 * @param vocabulary how many tokens the model tells apart
 * @throws DataError naming a file that is no text, or saying that there is too little
 */
export function textWindows(files: readonly UserFile[], vocabulary: number, options: WindowOptions): Dataset {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const total = sorted.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (total > limits.text)
    throw new DataError(
      say(
        'The texts have {0} bytes; up to {1} are read, {2} being the first: leave some out',
        total,
        limits.text,
        sorted[0]?.path ?? say('the first file'),
      ),
    );
  const text = sorted.map(textOf).join('\n');
  const { ids, characters, different, own } = tokensOf(text, vocabulary);
  const [only, ...others] = sorted;
  const where = only && others.length === 0 ? only.path : say('The {0} texts', sorted.length);
  if (!own) throw new DataError(say('{0} is too short to learn from: {1} characters at least', where, shortest));
  const notes = [...options.notes];
  notes.push(say('Each character is a token; {0} are told apart.', characters));
  if (different > characters)
    notes.push(
      say('The text has {0} different characters, the model {1} tokens: the rarest share one.', different, vocabulary),
    );
  return windowsOf(ids, where, { ...options, notes });
}
