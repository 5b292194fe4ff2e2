/** Arrays as samples with their answers. */
import { elements } from '../../graph/ops/rule';
import type { TensorType } from '../../graph/types';
import { decode, type NamedTensor } from '../../weights/tensor';
import { isInteger } from '../columns';
import { DataError } from '../dataset';
import type { Task } from '../task';
import { type Arrays, fitted, pairOf, samplesOf } from './arrays';
import { type Labels, labelsOf } from './labels';
import { answerOf, type Read, type Source } from './source';

/** What the model takes and is to say; shapes with the batch first. */
export interface Wanted {
  readonly names: readonly string[];
  readonly inputs: readonly TensorType[];
  readonly target: TensorType;
  readonly task: Task;
}

/** @throws DataError naming the file and the array */
export function arraySource(arrays: Arrays, { names, inputs, target, task }: Wanted): Source {
  const [first = { dtype: 'float32' as const, shape: [1] }] = inputs;
  const alone = task.kind === 'reconstruction';
  const { x, y } = pairOf(arrays, first, !alone);
  const notes: string[] = [];
  const chosen = inputs.map((type, i) => {
    const name = i === 0 ? x : (names[i] ?? '');
    if (i > 0 && !arrays.names.includes(name))
      throw new DataError(
        `${arrays.where}: the model takes ${names.join(', ')}, and there is no array named ${name}; save it, too`,
      );
    const found = fitted(arrays, name, type);
    const { dtype } = arrays.read(name);
    if (isInteger(type) && dtype.includes('float'))
      throw new DataError(
        `${arrays.where}: ${name} holds ${dtype} and the model takes ${type.dtype}; save whole numbers`,
      );
    if (found.note) notes.push(found.note);
    return { name, ...found };
  });
  const count = chosen[0]?.count ?? 0;
  for (const { name, count: own } of chosen.slice(1)) sameCount(arrays, x, count, name, own);
  const unused = arrays.names.filter((name) => name !== y && !chosen.some((each) => each.name === name));
  if (unused.length > 0) notes.push(`Left out: ${unused.slice(0, 8).join(', ')}.`);
  const source = { count, inputs: chosen.map(({ read }) => read), notes };
  if (alone || y === undefined) return source;

  const answers = arrays.read(y);
  sameCount(arrays, x, count, y, answers.shape[0] ?? 0);
  if (isLabelled(task, target)) {
    const outputs = task.kind === 'classes' ? task.classes : 2;
    const labels = classesOf(answers, outputs, `${arrays.where}: ${y}`);
    return { ...source, ...labels, notes: [...notes, ...labels.notes] };
  }
  const [own, wanted] = [answers.shape.slice(1), target.shape.slice(1)];
  const one = task.kind === 'numbers' && elements(own) === 1;
  if (!one && elements(own) !== elements(wanted))
    throw new DataError(
      `${arrays.where}: samples of ${y} are [${own.join(', ')}] and the model gives [${wanted.join(', ')}]; bring the array to that shape`,
    );
  const read = answerReader(answers, task, `${arrays.where}: ${y}`);
  const answer = answerOf(read, elements(own), elements(wanted));
  return { ...source, ...answer, notes: [...notes, ...(answer.notes ?? [])] };
}

/** Whether each sample has one class. */
export const isLabelled = (task: Task, target: TensorType) =>
  (task.kind === 'classes' && target.shape.length === 1) || task.kind === 'binary';

function sameCount({ where }: Arrays, x: string, count: number, name: string, own: number): void {
  if (own !== count)
    throw new DataError(`${where}: ${x} has ${count} samples and ${name} ${own}; save as many of both`);
}

/** Labels as numbers, or a row for each sample whose largest place is the class. */
function classesOf(tensor: NamedTensor, outputs: number, where: string): Labels {
  const width = elements(tensor.shape.slice(1));
  const values = Array.from(decode(tensor));
  const row = (n: number) => `sample ${n}`;
  if (width === 1) return labelsOf(values, outputs, where, row);
  if (width !== outputs)
    throw new DataError(
      `${where} has ${width} numbers for each sample; give a class for each, or one of ${outputs} places set to 1`,
    );
  const labels = Array.from({ length: tensor.shape[0] ?? 0 }, (_, n) => {
    const own = values.slice(n * width, (n + 1) * width);
    return own.indexOf(Math.max(...own));
  });
  const lost = labels.findIndex((label) => label < 0);
  if (lost >= 0) throw new DataError(`${where}: ${row(lost)} holds a value that is no number`);
  return labelsOf(labels, outputs, where, row);
}

/** What PyTorch's cross entropy leaves out. */
const ignored = -100;

function answerReader(tensor: NamedTensor, task: Task, where: string): Read {
  const sample = samplesOf(tensor);
  if (task.kind !== 'classes' && task.kind !== 'places') return (n, into, at) => into.set(sample(n), at);
  return (n, into, at) => {
    const labels = sample(n);
    for (let i = 0; i < labels.length; i++) {
      const label = labels[i] ?? Number.NaN;
      if (label !== ignored && !(Number.isInteger(label) && label >= 0 && label < task.classes))
        throw new DataError(
          `${where}: sample ${n} has the class ${label}, and the model has outputs for 0 to ${task.classes - 1}; ${ignored} leaves a place out`,
        );
    }
    into.set(labels, at);
  };
}
