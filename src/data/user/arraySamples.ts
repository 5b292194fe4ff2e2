/** Arrays as samples with their answers. */
import { itemAt, itemOr, sizeAt } from '../../graph/access';
import { elements } from '../../graph/ops/rule';
import type { TensorType } from '../../graph/types';
import { say } from '../../language/say';
import { decode, type NamedTensor } from '../../weights/tensor';
import { isInteger } from '../columns';
import { DataError } from '../dataset';
import type { Task } from '../task';
import { type Arrays, fitArray, pairOf, samplesOf } from './arrays';
import { type Labels, labelsOf } from './labels';
import { answerOf, type Read, type UserSamples } from './samples';

/** What the model takes and is to say; shapes with the batch first. */
export interface Wanted {
  readonly names: readonly string[];
  readonly inputs: readonly TensorType[];
  readonly target: TensorType;
  readonly task: Task;
}

/** @throws DataError naming the file and the array */
export function arraySamples(arrays: Arrays, { names, inputs, target, task }: Wanted): UserSamples {
  const [first = { dtype: 'float32' as const, shape: [1] }] = inputs;
  const alone = task.kind === 'reconstruction';
  const { x, y } = pairOf(arrays, first, !alone);
  const notes: string[] = [];
  const chosen = inputs.map((type, i) => {
    const name = i === 0 ? x : itemOr(names, i, '');
    if (i > 0 && !arrays.names.includes(name))
      throw new DataError(
        say('{0}: the model takes {1}, and there is no array named {2}; save it, too', arrays.where, names, name),
      );
    const found = fitArray(arrays, name, type);
    const { dtype } = arrays.read(name);
    if (isInteger(type) && dtype.includes('float'))
      throw new DataError(
        say('{0}: {1} holds {2} and the model takes {3}; save whole numbers', arrays.where, name, dtype, type.dtype),
      );
    if (found.note) notes.push(found.note);
    return { name, ...found };
  });
  const [leader] = chosen;
  const count = leader?.count ?? 0;
  for (const { name, count: own } of chosen.slice(1)) requireCount(arrays, x, count, name, own);
  const unused = arrays.names.filter((name) => name !== y && !chosen.some((each) => each.name === name));
  if (unused.length > 0) notes.push(say('Left out: {0}.', unused));
  const source = { count, inputs: chosen.map(({ read }) => read), notes };
  if (alone || y === undefined) return source;

  const answers = arrays.read(y);
  requireCount(arrays, x, count, y, itemOr(answers.shape, 0, 0));
  if (isLabelled(task, target)) {
    const outputs = task.kind === 'classes' ? task.classes : 2;
    const labels = classesOf(answers, outputs, `${arrays.where}: ${y}`);
    return { ...source, ...labels, notes: [...notes, ...labels.notes] };
  }
  const [own, wanted] = [answers.shape.slice(1), target.shape.slice(1)];
  const one = task.kind === 'numbers' && elements(own) === 1;
  if (!one && elements(own) !== elements(wanted))
    throw new DataError(
      say(
        '{0}: samples of {1} are [{2}] and the model gives [{3}]; bring the array to that shape',
        arrays.where,
        y,
        own,
        wanted,
      ),
    );
  const read = answerReader(answers, task, `${arrays.where}: ${y}`);
  const answer = answerOf(read, elements(own), elements(wanted));
  return { ...source, ...answer, notes: [...notes, ...(answer.notes ?? [])] };
}

/** Whether each sample has one class. */
const isLabelled = (task: Task, target: TensorType) =>
  (task.kind === 'classes' && target.shape.length === 1) || task.kind === 'binary';

function requireCount({ where }: Arrays, x: string, count: number, name: string, own: number): void {
  if (own !== count)
    throw new DataError(say('{0}: {1} has {2} samples and {3} {4}; save as many of both', where, x, count, name, own));
}

/** Labels as numbers, or a row for each sample whose largest place is the class. */
function classesOf(tensor: NamedTensor, outputs: number, where: string): Labels {
  const width = elements(tensor.shape.slice(1));
  const values = Array.from(decode(tensor));
  const row = (n: number) => say('sample {0}', n);
  if (width === 1) return labelsOf(values, outputs, where, row);
  if (width !== outputs)
    throw new DataError(
      say(
        '{0} has {1} numbers for each sample; give a class for each, or one of {2} places set to 1',
        where,
        width,
        outputs,
      ),
    );
  const labels = Array.from({ length: sizeAt(tensor.shape, 0) }, (_, n) => {
    const own = values.slice(n * width, (n + 1) * width);
    return own.indexOf(own.reduce((most, value) => Math.max(most, value), -Infinity));
  });
  const lost = labels.findIndex((label) => label < 0);
  if (lost >= 0) throw new DataError(say('{0}: {1} holds a value that is no number', where, row(lost)));
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
      const label = itemAt(labels, i);
      if (label !== ignored && !(Number.isInteger(label) && label >= 0 && label < task.classes))
        throw new DataError(
          say(
            '{0}: sample {1} has the class {2}, and the model has outputs for 0 to {3}; {4} leaves a place out',
            where,
            n,
            label,
            task.classes - 1,
            ignored,
          ),
        );
    }
    into.set(labels, at);
  };
}
