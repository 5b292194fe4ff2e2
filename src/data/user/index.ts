/** The user's own data, shaped for a model. Nothing in it is trusted. */
import { Random } from '../../compare/random';
import { elements } from '../../graph/ops/rule';
import { rowsFor } from '../../graph/rows';
import type { Graph, TensorType } from '../../graph/types';
import { type Column, DataError, type Dataset, type Samples } from '../dataset';
import { type Task, targetType } from '../task';
import { splitTokens, tokensOf } from '../text';
import { readArrays } from './arrays';
import { readCsv } from './csv';
import { type DataFile, isPicture, readPictures } from './pictures';
import type { Table } from './table';

export type { DataFile } from './pictures';
/** What a file dialog offers; a folder of images is chosen as a folder. */
export const dataExtensions = ['npz', 'npy', 'csv', 'txt', 'py', 'md', 'json'] as const;

export interface UserDataOptions {
  readonly seed: number;
  /** Share that is held out. */
  readonly held?: number;
}

const isInteger = ({ dtype }: TensorType) => dtype.includes('int');

function readTable(files: readonly DataFile[], shape: readonly number[]): Table {
  const [file] = files;
  if (!file) throw new DataError('there is no file');
  if (files.length > 1 || isPicture(file.path)) return readPictures(files, shape);
  if (/\.np[yz]$/i.test(file.path)) return readArrays(file.bytes, file.path);
  if (/\.(csv|tsv)$/i.test(file.path)) return readCsv(new TextDecoder().decode(file.bytes), file.path);
  throw new DataError(`${file.path} is no .npz, .npy or .csv file, nor a folder of images`);
}

/** Samples in the shape of the model's input: channels may come last, one channel may be left out. */
function fitted({ shape, count, values }: Table, wanted: readonly number[]): Float32Array {
  const size = elements(wanted);
  if (String(shape) === String(wanted)) return values;
  const [channels = 1, ...rest] = wanted;
  if (String(shape) === String([...rest, channels])) {
    const inner = elements(rest);
    return Float32Array.from({ length: count * size }, (_, i) => {
      const [n, c, at] = [Math.floor(i / size), Math.floor((i % size) / inner), i % inner];
      return values[(n * inner + at) * channels + c] ?? 0;
    });
  }
  if (elements(shape) === size && (shape.length === 1 || String(shape) === String(rest))) return values;
  throw new DataError(
    `a sample has the shape [${shape.join(', ')}], and the model takes [${wanted.join(', ')}]; change the input shape above, or the data`,
  );
}

/** Mean 0 and deviation 1 over the samples to train on: for each channel of images, each feature of rows. */
function standardise(values: Float32Array, shape: readonly number[], train: readonly number[]): void {
  const size = elements(shape);
  const groups = shape[0] ?? 1;
  const inner = size / groups;
  for (let g = 0; g < groups; g++) {
    let [sum, square] = [0, 0];
    for (const n of train)
      for (let i = 0; i < inner; i++) {
        const value = values[n * size + g * inner + i] ?? 0;
        sum += value;
        square += value * value;
      }
    const count = Math.max(1, train.length * inner);
    const mean = sum / count;
    const deviation = Math.sqrt(Math.max(square / count - mean * mean, 0)) || 1;
    for (let n = 0; n * size < values.length; n++)
      for (let i = 0; i < inner; i++) {
        const at = n * size + g * inner + i;
        values[at] = ((values[at] ?? 0) - mean) / deviation;
      }
  }
}

/** Which samples are held out: of each class the same share. */
function split(labels: readonly string[], share: number, seed: number): { train: number[]; held: number[] } {
  const random = new Random(seed);
  const classes = new Map<string, number[]>();
  for (const [n, label] of labels.entries()) {
    const members = classes.get(label);
    if (members) members.push(n);
    else classes.set(label, [n]);
  }
  const [train, held]: [number[], number[]] = [[], []];
  for (const members of classes.values()) {
    const order = random.shuffled(members);
    const out = Math.max(1, Math.round(order.length * share));
    held.push(...order.slice(0, out));
    train.push(...order.slice(out));
  }
  return { train: random.shuffled(train), held: random.shuffled(held) };
}

function answers(
  task: Task,
  { labels, count }: Table,
  notes: string[],
): { of: (n: number) => number; names: string[]; classes?: number } {
  if (task.kind === 'reconstruction') return { of: () => 0, names: Array.from({ length: count }, () => '') };
  if (!labels)
    throw new DataError(
      'the data says nothing of what is asked of a sample; add labels (y, a last column, a folder a class)',
    );
  const names = Array.from(labels, String);
  if (task.kind === 'numbers') {
    const numbers = Array.from(labels, Number);
    if (!numbers.every(Number.isFinite))
      throw new DataError('the model gives numbers, and the labels are words; number them');
    return { of: (n) => numbers[n] ?? 0, names: names.map(() => '') };
  }
  if (labels instanceof Float32Array && new Set(labels).size > 1000)
    throw new DataError('the labels are measurements, and the model tells classes apart; number the classes');
  const all = [...new Set(names)].sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1));
  const most = task.kind === 'binary' ? 2 : task.kind === 'classes' ? task.classes : 0;
  if (all.length > most)
    throw new DataError(
      `the data has ${all.length} classes, and the model tells ${most} apart; change its number of outputs`,
    );
  if (all.length < 2)
    throw new DataError('all samples are of one class; put those of each class into a folder of its own');
  if (all.length < most) notes.push(`The data has ${all.length} classes, the model could tell ${most} apart.`);
  const index = new Map(all.map((name, i) => [name, i]));
  return { of: (n) => index.get(names[n] ?? '') ?? 0, names, classes: all.length };
}

/**
 * Data of the user's for a model.
 * @param files one file, or the images of a folder
 * @throws DataError that names the file, the place and the way out
 */
export function userData(
  graph: Graph,
  task: Task,
  files: readonly DataFile[],
  { seed, held: share = 0.2 }: UserDataOptions,
): Dataset {
  const types = graph.inputs.map(({ value }) => graph.values[value]?.type ?? { dtype: 'float32' as const, shape: [1] });
  const [first] = types;
  const output = graph.values[graph.outputs[0]?.value ?? -1]?.type;
  if (!first || !output) throw new DataError('the model has no input or no output');
  if (types.length > 1)
    throw new DataError(`the model takes ${types.length} inputs; data of your own is read for models with one`);
  const batch = first.shape[0] ?? 1;
  if (task.kind === 'tokens') {
    const [file] = files;
    const text = new TextDecoder().decode(file?.bytes ?? new Uint8Array());
    const rows = rowsFor(graph, graph.inputs[0]?.value ?? -1);
    const tokens = tokensOf(text, Math.min(task.vocabulary, Number.isFinite(rows) ? rows : task.vocabulary));
    if (!tokens.own)
      throw new DataError(`${file?.path ?? 'the file'} is too short to learn from: 400 characters at least`);
    const random = new Random(seed);
    const make = (count: number, held: boolean) => splitTokens(tokens.ids, first, count, held, random);
    return { name: 'user', train: make(32 * batch, false), held: make(8 * batch, true), notes: [] };
  }
  if (task.kind === 'places')
    throw new DataError('the model tells a class for each place; data of your own is read for one class a sample');
  if (isInteger(first))
    throw new DataError('the model takes tokens and gives classes; data of your own is not read for that yet');

  const shape = first.shape.slice(1);
  const table = readTable(files, shape);
  const notes: string[] = [];
  const { of, names, classes } = answers(task, table, notes);
  const values = Float32Array.from(fitted(table, shape));
  const parts = split(names, share, seed);
  for (const [part, of] of Object.entries(parts))
    if (of.length < batch)
      throw new DataError(
        `${of.length} samples are left to be ${part === 'held' ? 'held out' : 'trained on'}, and a batch has ${batch}; add samples, or choose a smaller batch`,
      );
  standardise(values, shape, parts.train);

  const size = elements(shape);
  const wanted = targetType(task, first, output);
  const answer = elements(wanted.shape.slice(1));
  const make = (chosen: readonly number[]): Samples => {
    const count = Math.floor(chosen.length / batch) * batch;
    const input: Column = {
      type: { dtype: first.dtype, shape: [count, ...shape] },
      data: new Float32Array(count * size),
    };
    for (let n = 0; n < count; n++) {
      const from = (chosen[n] ?? 0) * size;
      input.data.set(values.subarray(from, from + size), n * size);
    }
    if (task.kind === 'reconstruction') return { count, inputs: [input], target: input };
    const data = isInteger(wanted) ? new Int32Array(count * answer) : new Float32Array(count * answer);
    for (let n = 0; n < count; n++) data.fill(of(chosen[n] ?? 0), n * answer, (n + 1) * answer);
    return {
      count,
      inputs: [input],
      target: { type: { dtype: wanted.dtype, shape: [count, ...wanted.shape.slice(1)] }, data },
    };
  };
  return { name: 'user', train: make(parts.train), held: make(parts.held), ...(classes && { classes }), notes };
}
