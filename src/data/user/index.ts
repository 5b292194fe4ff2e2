/** A user's own data, from files: arrays, tables, texts, or images in folders. */
import { intAt, itemOr } from '../../graph/access';
import { elements } from '../../graph/ops/rule';
import type { Graph, TensorData, TensorType } from '../../graph/types';
import { say } from '../../language/say';
import { decode } from '../../weights/tensor';
import { batchOf, column, inputTypes, isInteger, rowsOf, sampleBytes, targetOf } from '../columns';
import { type Column, DataError, type Dataset, mapInPlace, type Samples } from '../dataset';
import { normalise } from '../normalise';
import { toReachableRange } from '../range';
import { isOwnTarget, type Task } from '../task';
import { arraySamples } from './arraySamples';
import { isArrays, openArrays, pairOf, samplesOf } from './arrays';
import { csvSamples } from './csv';
import { limits, type UserFile } from './limits';
import { isPictureFile, pictureSamples } from './pictures';
import type { UserSamples } from './samples';
import { split } from './split';
import { textWindows, type WindowOptions, windowsOf } from './tokens';

export type { UserFile as DataFile } from './limits';

export interface UserDataOptions {
  readonly seed: number;
  /** Share of the samples that is held out, 0–1; a fifth unless it is given. */
  readonly held?: number;
}

/** With what is not given filled in. */
type Options = Required<UserDataOptions>;

/** What a kind of data is read for; a message says it where nothing fits. */
const kinds = {
  tokens: () => say('texts, or an .npy of token ids'),
  others: () => say('.npz with the arrays x and y, .csv, or a folder of PNG or JPEG files for each class'),
};

/**
 * Data from files, by what they hold: `.npz` and `.npy`, `.csv` and `.tsv`, images whose folders name their classes,
 * and texts for models of tokens. Floats are normalised by the training samples' mean and deviation; of every class the
 * same share is held out; at most 20,000 samples and 512 MiB are used.
 * @param graph whose inputs have the batch first
 * @param task what it is to be trained for
 * @throws DataError naming the file, the place in it and the way out
 */
export function userData(graph: Graph, task: Task, files: readonly UserFile[], asked: UserDataOptions): Dataset {
  const options = { held: 0.2, ...asked };
  // Node's Buffers don't copy when they are sliced.
  const plain = files.map(({ path, bytes }) => ({
    path,
    bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  }));
  const [file] = plain;
  if (task.kind === 'nextToken' || task.kind === 'maskedTokens')
    throw new DataError(
      say(
        'Own data can not be read for a model that tells masked tokens, or the token behind the last; the built-in data suits it',
      ),
    );
  const wanted = task.kind === 'tokens' ? kinds.tokens() : kinds.others();
  if (!file) throw new DataError(say('There are no files; this model takes {0}', wanted));
  const empty = plain.find(({ bytes }) => bytes.length === 0);
  if (empty) throw new DataError(say('{0} is empty', empty.path));

  const arrays = plain.filter(isArrays);
  if (arrays.length > 0) {
    const other = plain.find((each) => !isArrays(each));
    if (other) throw new DataError(say('{0} is no NumPy file as the others are; give those only', other.path));
    if (task.kind === 'tokens') return tokenArrays(graph, task.vocabulary, arrays, options);
    const types = { inputs: inputTypes(graph), target: targetOf(graph, task) };
    const names = graph.inputs.map(({ name }) => name);
    return assemble(graph, task, arraySamples(openArrays(arrays), { ...types, names, task }), options, file.path);
  }
  if (graph.inputs.length > 1)
    throw new DataError(
      say(
        'The model takes {0} inputs; give an .npz with the arrays {1} and y',
        graph.inputs.length,
        graph.inputs.map(({ name }) => name),
      ),
    );
  if (task.kind === 'tokens')
    return textWindows(plain, vocabularyOf(graph, task.vocabulary), windowOptions(graph, options));
  const [input = { dtype: 'float32' as const, shape: [1] }] = inputTypes(graph);
  if (plain.some(isPictureFile))
    return assemble(graph, task, pictureSamples(plain, graph, input, task), options, say('The folder'));
  if (/\.[ct]sv$/i.test(file.path)) {
    if (plain.length > 1)
      throw new DataError(say('{0} tables were given, {1} first; give one', plain.length, file.path));
    const widths = { input: input.shape.slice(1), target: targetOf(graph, task).shape.slice(1) };
    return assemble(graph, task, csvSamples(file, widths, task), options, file.path);
  }
  throw new DataError(say('{0} is of no kind that is read for this model; it takes {1}', file.path, wanted));
}

const vocabularyOf = (graph: Graph, vocabulary: number) => Math.min(vocabulary, rowsOf(graph, 0));

function windowOptions(graph: Graph, { seed, held }: Options, notes: readonly string[] = []): WindowOptions {
  const [input = { dtype: 'int64' as const, shape: [1, 1] }] = inputTypes(graph);
  const [batch, length] = [itemOr(input.shape, 0, 1), itemOr(input.shape, 1, 1)];
  return { batch, length, dtype: input.dtype, seed, share: held, notes };
}

/** Ids that were saved: one stream, or sequences that are cut to the model's length. */
function tokenArrays(graph: Graph, vocabulary: number, files: readonly UserFile[], options: Options): Dataset {
  const arrays = openArrays(files);
  const [type = { dtype: 'int64' as const, shape: [1, 1] }] = inputTypes(graph);
  const { x } = pairOf(arrays, type, false);
  const tensor = arrays.read(x);
  const where = `${arrays.where}: ${x}`;
  if (!tensor.dtype.includes('int'))
    throw new DataError(say('{0} holds {1}; token ids are whole numbers: save them as int32', where, tensor.dtype));
  const known = vocabularyOf(graph, vocabulary);
  const check = (ids: TensorData, place: (i: number) => string) => {
    ids.forEach((id: number, i: number) => {
      if (id < 0 || id >= known)
        throw new DataError(
          say('{0}, {1}: the token {2}; the model has tokens 0 to {3}', where, place(i), id, known - 1),
        );
    });
  };
  const settings = windowOptions(graph, options);
  if (tensor.shape.length === 1) {
    const ids = decode(tensor);
    check(ids, (i) => say('element {0}', i));
    return windowsOf(ids, where, settings);
  }
  const { length } = settings;
  const [count, width] = [itemOr(tensor.shape, 0, 0), itemOr(tensor.shape, 1, 0)];
  if (tensor.shape.length !== 2 || width < length)
    throw new DataError(
      say(
        '{0} is [{1}]; the model takes sequences of {2}: give [N, {3}] or one stream, [N]',
        where,
        tensor.shape,
        length,
        length,
      ),
    );
  const sample = samplesOf(tensor);
  const read: UserSamples['inputs'][number] = (n, into, at) => {
    const ids = Array.from(sample(n)).slice(0, length);
    check(ids, (i) => say('sample {0}, element {1}', n, i));
    into.set(ids, at);
  };
  const notes = width > length ? [say('Of each sequence the first {0} tokens are used.', length)] : [];
  return assemble(graph, { kind: 'tokens', vocabulary }, { count, inputs: [read], notes }, options, where);
}

/** Splits, reads and normalises. */
function assemble(graph: Graph, task: Task, source: UserSamples, options: Options, where: string): Dataset {
  const types = inputTypes(graph);
  const answer = targetOf(graph, task);
  const batch = batchOf(graph);
  const notes = [...source.notes];
  const most = Math.min(limits.samples, Math.floor(limits.decoded / Math.max(1, sampleBytes(graph, task))));
  if (source.count > most) notes.push(say('{0} of {1} samples are used.', most, source.count));
  const chosen = split(source.count, source.labels, { batch, most, share: options.held, seed: options.seed });

  const take = (samples: readonly number[]): Samples => {
    const inputs = types.map((type, i) => {
      const made = column(type, samples.length);
      const size = elements(type.shape.slice(1));
      samples.forEach((n, k) => {
        source.inputs[i]?.(n, made.data, k * size);
      });
      checkInput(made, samples, rowsOf(graph, i), `${where}${types.length > 1 ? `: ${graph.inputs[i]?.name}` : ''}`);
      return made;
    });
    const [first] = inputs;
    if (isOwnTarget(task) && first) {
      const type = { dtype: first.type.dtype, shape: [samples.length, ...answer.shape.slice(1)] };
      const isSame = String(type.shape) === String(first.type.shape);
      return { count: samples.length, inputs, target: isSame ? first : { type, data: first.data } };
    }
    const target = column(answer, samples.length);
    const size = elements(answer.shape.slice(1));
    samples.forEach((n, k) => {
      if (source.labels) target.data.fill(intAt(source.labels, n), k * size, (k + 1) * size);
      else source.target?.(n, target.data, k * size);
    });
    checkInput(target, samples, Number.POSITIVE_INFINITY, say('The target in {0}', where));
    return { count: samples.length, inputs, target };
  };
  const sets = { train: take(chosen.train), validation: take(chosen.validation), held: take(chosen.held) };
  normaliseAll(graph, task, sets, notes);
  return { name: 'user', ...sets, ...(source.classes !== undefined && { classes: source.classes }), notes };
}

/** @throws DataError naming the sample that holds what no model takes */
function checkInput({ type, data }: Column, samples: readonly number[], rows: number, where: string): void {
  const size = data.length / Math.max(1, samples.length);
  const indexed = isInteger(type) && Number.isFinite(rows);
  data.forEach((value: number, i: number) => {
    const sample = () => say('sample {0}', samples[Math.floor(i / size)]);
    if (!Number.isFinite(value))
      throw new DataError(say('{0}, {1} holds {2}; leave the sample out, or fill in a number', where, sample(), value));
    if (indexed && (value < 0 || value >= rows))
      throw new DataError(
        say("{0}, {1} holds the index {2}, and the model's table has {3} rows", where, sample(), value, rows),
      );
  });
}

const isFloat = (type: TensorType) => !isInteger(type);

function normaliseAll(
  graph: Graph,
  task: Task,
  { train, validation, held }: Pick<Dataset, 'train' | 'validation' | 'held'>,
  notes: string[],
): void {
  const columns = train.inputs.flatMap((own, i) => {
    const others = [validation, held].flatMap(({ inputs }) => inputs[i] ?? []);
    return isFloat(own.type) ? [[own, ...others] as const] : [];
  });
  for (const [own, ...others] of columns) normalise(own, others);
  if (columns.length > 0) notes.push(say('Inputs are normalised by the mean and deviation of each channel.'));
  const reach = toReachableRange(graph);
  if (task.kind === 'reconstruction' && reach && columns[0]) for (const each of columns[0]) mapInPlace(each, reach);
  // Where the last activation has a range, the answers are in it already.
  if (task.kind === 'numbers' && !reach) {
    normalise(train.target, [validation.target, held.target]);
    notes.push(say('Targets are normalised, too.'));
  }
}
