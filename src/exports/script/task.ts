/** What a model is trained for, as a script needs it: its inputs, its target, and the part that makes samples up. */
import { type Task, taskOf } from '../../data/task';
import { itemAt, sizeAt } from '../../graph/access';
import type { Graph, NamedValue, ValueId } from '../../graph/types';
import { say } from '../../language/say';
import { ExportError } from '../exportError';
import { literalLines, literalOf, type PythonValue } from './literal';
import binary from './parts/binary.py';
import classes from './parts/classes.py';
import numbers from './parts/numbers.py';
import places from './parts/places.py';
import reconstruction from './parts/reconstruction.py';
import tokens from './parts/tokens.py';

const parts: Readonly<Record<Task['kind'], string>> = { binary, classes, numbers, places, reconstruction, tokens };

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

/** Of the model's inputs: names, types, shapes without the batch where they have one. */
function inputsOf(graph: Graph, batched: Graph | undefined): { readonly [name: string]: PythonValue }[] {
  const batch = graph.inputs[0] && shapeOf(graph, graph.inputs[0])[0];
  return graph.inputs.map((input, i) => {
    const { dtype, shape } = itemAt(graph.values, input.value).type;
    const larger = batched?.inputs[i] && shapeOf(batched, batched.inputs[i])[0];
    const grows = batched && batched !== graph ? larger !== shape[0] : shape[0] === batch;
    const isBatched = shape.length > 0 && grows;
    return {
      name: input.name,
      dtype,
      shape: isBatched ? shape.slice(1) : shape,
      batched: isBatched,
      ...(!dtype.includes('float') && { values: dtype === 'bool' ? 2 : valuesOf(graph, input.value) }),
    };
  });
}

/** How the model is called with its inputs: by name, by place, or in the structures that it takes them from. */
function callLines(names: readonly string[]): string[] {
  if (names.every((name) => /^input\d+$/.test(name))) return ['    return inputs, {}'];
  const groups = new Map<string, [key: string | undefined, text: string][]>();
  names.forEach((name, i) => {
    const [top = '', ...rest] = name.split('.');
    const group = groups.get(top) ?? [];
    group.push([rest.length > 0 ? rest.join('.') : undefined, `inputs[${i}]`]);
    groups.set(top, group);
  });
  const value = (items: readonly (readonly [string | undefined, string])[]) => {
    const [[key, text] = [undefined, '']] = items;
    if (key === undefined) return text;
    if (items.every(([each]) => /^\d+$/.test(each ?? ''))) return `(${items.map(([, each]) => each).join(', ')},)`;
    return `{${items.map(([each, term]) => `${literalOf(each ?? '')}: ${term}`).join(', ')}}`;
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
 * @throws ExportError where no input, or the output, has samples along its first dimension
 */
export function scriptTask(graph: Graph, batched: Graph | undefined): ScriptTask {
  const task = taskOf(graph);
  const inputs = inputsOf(graph, batched);
  const output = shapeOf(graph, itemAt(graph.outputs, 0));
  const batch = graph.inputs[0] && shapeOf(graph, graph.inputs[0])[0];
  if (!inputs.some((input) => input.batched === true) || output.length === 0 || output[0] !== batch) {
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
  const count = task.kind === 'tokens' ? task.vocabulary : classCount;
  const [open, ...rest] = literalLines(inputs);
  return {
    lines: [
      '# What the model takes; `values`: whole numbers from 0 up to this one.',
      `INPUTS = ${open}`,
      ...rest,
      `OUTPUT_SHAPE = ${literalOf(output.slice(1))}`,
      ...(count === undefined ? [] : [`CLASSES = ${count}`]),
      ...(task.kind === 'binary' ? [`PROBABILITIES = ${literalOf(task.probabilities)}`] : []),
      '',
      '',
      'def arguments_of(inputs):',
      '    """How the model is called: arguments by place and by name. Change it if yours is called otherwise."""',
      ...callLines(graph.inputs.map(({ name }) => name)),
    ],
    part: parts[task.kind],
  };
}
