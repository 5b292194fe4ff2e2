/** What a model is trained for, as a script needs it: its inputs, its target, and the part that makes samples up. */
import { lossOf, type Task } from '../../data/task';
import { taskOf } from '../../data/taskOf';
import { itemAt, itemOr, sizeAt } from '../../graph/access';
import type { Loss } from '../../graph/losses';
import type { Graph, NamedValue, ValueId } from '../../graph/types';
import { say } from '../../language/say';
import { ExportError } from '../exportError';
import { define, literalLines, literalOf, type PythonValue } from './literal';
import binary from './parts/binary.py';
import classes from './parts/classes.py';
import maskedTokens from './parts/masked_tokens.py';
import nextToken from './parts/next_token.py';
import numbers from './parts/numbers.py';
import places from './parts/places.py';
import reconstruction from './parts/reconstruction.py';
import tokens from './parts/tokens.py';

const parts: Readonly<Record<Task['kind'], string>> = {
  binary,
  classes,
  maskedTokens,
  nextToken,
  numbers,
  places,
  reconstruction,
  tokens,
};

/** Tasks whose loss is one of several, and its function. */
const losses = new Set<Task['kind']>(['binary', 'classes', 'numbers', 'places', 'reconstruction']);
const names: Readonly<Record<Loss['kind'], string>> = {
  bce: 'binary_cross_entropy',
  bce_with_logits: 'binary_cross_entropy_with_logits',
  cross_entropy: 'cross_entropy',
  huber: 'huber_loss',
  l1: 'l1_loss',
  mse: 'mse_loss',
  next_token: 'cross_entropy',
  nll: 'nll_loss',
  smooth_l1: 'smooth_l1_loss',
};

/** What a loss is given beside the output and the target. */
function settingsOf(loss: Loss): { readonly [name: string]: PythonValue } {
  if (loss.kind === 'smooth_l1') return { beta: loss.beta };
  return loss.kind === 'huber' ? { delta: loss.delta } : {};
}

const shapeOf = (graph: Graph, { value }: NamedValue) => itemAt(graph.values, value).type.shape;

/** How many values an input of whole numbers may take: the rows of what looks it up; 2 where nothing does. */
function valuesOf(graph: Graph, input: ValueId): number {
  const same = new Set([input]);
  for (const { op, inputs, outputs } of graph.nodes) {
    const [first, table] = inputs;
    if (typeof first !== 'number' || !same.has(first)) continue;
    if (op.kind === 'embedding' && typeof table === 'number') return sizeAt(itemAt(graph.values, table).type.shape, 0);
    if (op.kind === 'reshape' || op.kind === 'cast' || op.kind === 'slice') for (const each of outputs) same.add(each);
  }
  return 2;
}

/** Which dimension of an input tells samples apart: the one that grows with the batch; undefined where none does. */
function batchDimension(
  shape: readonly number[],
  larger: readonly number[] | undefined,
  batch: number | undefined,
): number | undefined {
  // Of one reading alone it is the first of the batch's size, of a batch of one the first of all.
  const dim = larger
    ? shape.findIndex((size, i) => size !== larger[i])
    : batch === undefined
      ? -1
      : shape.indexOf(batch);
  return dim < 0 || (!larger && batch === 1 && dim > 0) ? undefined : dim;
}

/** Of the model's inputs: names, types, shapes without the batch, and which dimension that is. */
function inputsOf(graph: Graph, batched: Graph | undefined): { readonly [name: string]: PythonValue }[] {
  const batch = graph.inputs[0] && shapeOf(graph, graph.inputs[0])[0];
  return graph.inputs.map((input, i) => {
    const { dtype, shape } = itemAt(graph.values, input.value).type;
    const larger = batched && batched !== graph ? batched.inputs[i] && shapeOf(batched, batched.inputs[i]) : undefined;
    const dim = batchDimension(shape, larger, batch);
    return {
      name: input.name,
      dtype,
      shape: dim === undefined ? shape : shape.toSpliced(dim, 1),
      batch: dim ?? null,
      ...(!dtype.includes('float') && { values: dtype === 'bool' ? 2 : valuesOf(graph, input.value) }),
    };
  });
}

/** How the model is called with its inputs: by name, by place, or in the structures that it takes them from. */
function callLines(names: readonly string[]): string[] {
  if (names.every((name) => /^input\d+$/.test(name))) return ['    return inputs, {}'];
  const groups = new Map<string, { readonly key: string; readonly text: string }[]>();
  names.forEach((name, i) => {
    const [, top, key] = /^([^.]*)\.?(.*)$/s.exec(name) ?? [];
    if (top === undefined || key === undefined) return;
    groups.set(top, [...(groups.get(top) ?? []), { key, text: `inputs[${i}]` }]);
  });
  const value = (items: readonly { readonly key: string; readonly text: string }[]) => {
    const [first] = items;
    if (first?.key === '') return first.text;
    if (items.every(({ key }) => /^\d+$/.test(key))) return `(${items.map(({ text }) => text).join(', ')},)`;
    return `{${items.map(({ key, text }) => `${literalOf(key)}: ${text}`).join(', ')}}`;
  };
  const named = [...groups].map(([name, items]) => `${literalOf(name)}: ${value(items)}`);
  return [`    return (), {${named.join(', ')}}`];
}

export interface ScriptTask {
  /** Definitions that the parts below refer to. */
  readonly lines: readonly string[];
  /** Loss, answers and made-up samples. */
  readonly part: string;
}

/**
 * @param batched the same model read with a larger batch, which tells which inputs have one
 * @throws ExportError where the first input or the output has no samples along its first dimension
 */
export function scriptTask(graph: Graph, batched: Graph | undefined): ScriptTask {
  const task = taskOf(graph);
  const inputs = inputsOf(graph, batched);
  const output = shapeOf(graph, itemAt(graph.outputs, 0));
  const batch = graph.inputs[0] && shapeOf(graph, graph.inputs[0])[0];
  // Rows of tokens are batch and places in one.
  const samples = task.kind === 'tokens' && task.length ? itemOr(output, 0, 0) / task.length : output[0];
  if (inputs[0]?.batch !== 0 || output.length === 0 || samples !== batch) {
    throw new ExportError(
      say(
        'The first dimension of what {0} takes and gives is no batch ({1} → {2}), so a script can draw no batches for it. Give an input with a batch.',
        graph.name,
        graph.inputs.map((input) => `[${shapeOf(graph, input).join(', ')}]`),
        `[${output.join(', ')}]`,
      ),
    );
  }
  const classCount = task.kind === 'classes' || task.kind === 'places' ? task.classes : undefined;
  const count = 'vocabulary' in task ? task.vocabulary : classCount;
  const loss = lossOf(task);
  return {
    lines: [
      '# What the model takes. `shape` is without the batch, `batch` the dimension that it has in the model (None: there is',
      '# none), `values` how many whole numbers there are to draw from.',
      ...define('INPUTS', literalLines(inputs)),
      `OUTPUT_SHAPE = ${literalOf(output.slice(1))}`,
      ...(count === undefined ? [] : [`CLASSES = ${count}`]),
      ...(losses.has(task.kind) ? [`LOSS = ${literalOf(names[loss.kind])}`] : []),
      ...(task.kind === 'numbers' || task.kind === 'reconstruction'
        ? [`LOSS_SETTINGS = ${literalOf(settingsOf(loss))}`]
        : []),
      '',
      '',
      'def arguments_of(inputs):',
      '    """How the model is called: arguments by place and by name. Change it if yours is called otherwise."""',
      ...callLines(graph.inputs.map(({ name }) => name)),
    ],
    part: parts[task.kind],
  };
}
