/** The task that suits a model: told from what its file trains it by, and from the shapes of what it takes and gives. */
import { outputRange } from '../activations/facts';
import { itemAt, itemOr, sizeAt } from '../graph/access';
import { initialValues } from '../graph/initialise';
import { elements } from '../graph/ops/rule';
import { rowsFor } from '../graph/rows';
import type { Graph, NamedLoss, StorageId, TensorData, TensorType, ValueId } from '../graph/types';
import { lastActivation, type Task } from './task';

const integers = new Set(['int64', 'int32', 'int16', 'int8', 'uint8']);
const isSameShape = (a: readonly number[], b: readonly number[]) => String(a) === String(b);

function typeAt(graph: Graph, at: { readonly value: number } | undefined): TensorType {
  return graph.values[at?.value ?? -1]?.type ?? { dtype: 'float32', shape: [] };
}

/** What a task is told from. */
interface TaskForm {
  readonly graph: Graph;
  readonly input: TensorType;
  readonly output: readonly number[];
  /** The input is whole numbers. */
  readonly isWhole: boolean;
  /** The last activation keeps to 0…1. */
  readonly isShare: boolean;
  readonly isTensorFlow: boolean;
}

function formOf(graph: Graph): TaskForm {
  const input = typeAt(graph, graph.inputs[0]);
  const last = lastActivation(graph);
  const range = last && outputRange(last);
  return {
    graph,
    input,
    output: typeAt(graph, graph.outputs[0]).shape,
    isWhole: integers.has(input.dtype),
    isShare: range?.low === 0 && range.high === 1,
    isTensorFlow: graph.conventions === 'tensorflow',
  };
}

/** The task that suits the first output and the first input, by the first loss of its file that fits them. */
export function taskOf(graph: Graph): Task {
  const form = formOf(graph);
  const named = lossFor(graph);
  return (named && taskBy(named, form)) ?? taskByForm(form);
}

/** The first loss of the model's file that fits what it gives. */
export function lossFor(graph: Graph): NamedLoss | undefined {
  const form = formOf(graph);
  return graph.losses?.find((loss) => taskBy(loss, form) !== undefined);
}

/** The task of a loss; undefined where the model gives nothing that it could take. */
function taskBy({ kind, bend = 1 }: NamedLoss, form: TaskForm): Task | undefined {
  const { output, isShare, isTensorFlow } = form;
  const numbers = isEcho(form) ? ('reconstruction' as const) : ('numbers' as const);
  switch (kind) {
    case 'cross_entropy':
    case 'nll': {
      const found = classesTask(form);
      const isLogarithm = kind === 'nll' && found && (found.kind === 'classes' || found.kind === 'places');
      return isLogarithm ? { ...found, logarithms: true } : found;
    }
    case 'bce':
    case 'bce_with_logits':
      if (output.length === 0 || output[0] !== form.input.shape[0]) return undefined;
      if (isEcho(form)) return { kind: 'reconstruction', entropy: kind === 'bce' ? 'probabilities' : 'logits' };
      return {
        kind: 'binary',
        probabilities: kind === 'bce' || isShare,
        ...((kind === 'bce' || isTensorFlow) && { entropy: true }),
      };
    case 'mse':
      return { kind: numbers };
    case 'l1':
      return { kind: numbers, distance: { kind } };
    case 'smooth_l1':
      return { kind: numbers, distance: { kind, beta: bend } };
    case 'huber':
      return { kind: numbers, distance: { kind, delta: bend } };
  }
}

/** The task that shapes alone tell. */
function taskByForm(form: TaskForm): Task {
  const { input, output, isWhole, isShare, isTensorFlow } = form;
  const [batch, second] = [itemOr(output, 0, 1), itemOr(output, 1, 1)];
  if (!isWhole && isSameShape(output, input.shape) && output.length > 1) return { kind: 'reconstruction' };
  if (isEcho(form)) return { kind: 'reconstruction' };
  if (output.length === 1 || (output.length === 2 && second === 1)) {
    if (batch !== input.shape[0]) return { kind: 'numbers' };
    return { kind: 'binary', probabilities: isShare, ...(isTensorFlow && { entropy: true }) };
  }
  const found = classesTask(form);
  const isNamed = found && (found.kind !== 'places' || output.length > 3);
  return isNamed ? found : { kind: 'numbers' };
}

/** The task of a model that tells classes or tokens apart; undefined where its output is none of that. */
function classesTask(form: TaskForm): Task | undefined {
  const { graph, input, output, isWhole, isShare, isTensorFlow } = form;
  const [batch, second] = [itemOr(output, 0, 1), itemOr(output, 1, 1)];
  if (isWhole && input.shape.length === 2) {
    const [n, length] = [sizeAt(input.shape, 0), sizeAt(input.shape, 1)];
    const vocabulary = sizeAt(output, -1);
    const isToken = vocabulary > 2 && vocabulary === rowsFor(graph, itemAt(graph.inputs, 0).value);
    if (output.length === 3 && isSameShape(output.slice(0, 2), input.shape) && length > 1)
      return { kind: readsBothWays(graph, length) ? 'maskedTokens' : 'tokens', vocabulary };
    if (output.length === 2 && length > 1 && batch === n * length) return { kind: 'tokens', vocabulary, length };
    if (isToken && batch === n && (output.length === 2 || (output.length === 3 && second === 1)))
      return { kind: 'nextToken', vocabulary, ...(output.length === 3 && { channelsLast: true }) };
  }
  // PyTorch's losses of classes take logits, whatever the model gives.
  const chances = isTensorFlow && isShare ? ({ probabilities: true } as const) : {};
  if (output.length === 2 && second > 1) return { kind: 'classes', classes: second, ...chances };
  const channels = isTensorFlow ? sizeAt(output, -1) : second;
  if (output.length > 2 && channels > 1)
    return { kind: 'places', classes: channels, ...chances, ...(isTensorFlow && { channelsLast: true }) };
  return undefined;
}

/** Whether a model gives its input back through something narrower: an autoencoder, flat or not, and no U-Net. */
function isEcho({ graph, input, output, isWhole }: TaskForm): boolean {
  const size = elements(input.shape.slice(1));
  if (isWhole || size < 4 || output[0] !== input.shape[0] || elements(output.slice(1)) !== size) return false;
  return narrowest(graph) < elements(input.shape);
}

/** The fewest elements that everything the output depends on goes through at once, on the way from the input to it. */
function narrowest(graph: Graph): number {
  const source = graph.inputs[0]?.value;
  const goal = graph.outputs[0]?.value;
  const lastRead = new Map<ValueId, number>();
  graph.nodes.forEach(({ inputs }, at) => {
    for (const value of inputs) if (value !== null) lastRead.set(value, at);
  });
  const sizeOf = (value: ValueId) => elements(itemAt(graph.values, value).type.shape);
  const alive = new Set<ValueId>(source === undefined ? [] : [source]);
  let least = Number.POSITIVE_INFINITY;
  for (const [at, { inputs, outputs }] of graph.nodes.entries()) {
    if (inputs.some((value) => value !== null && alive.has(value))) for (const value of outputs) alive.add(value);
    for (const value of alive) if ((lastRead.get(value) ?? -1) <= at && value !== goal) alive.delete(value);
    if (goal !== undefined && outputs.includes(goal)) break;
    const width = [...alive].reduce((sum, value) => sum + sizeOf(value), 0);
    if (width > 0) least = Math.min(least, width);
  }
  return least;
}

/** Whether each place of a sequence sees those behind it: attention without a causal mask, or a recurrent layer both ways. */
function readsBothWays(graph: Graph, length: number): boolean {
  const attends = graph.nodes.some(({ op, outputs }) => {
    if (op.kind === 'recurrent') return op.reverse;
    if (op.kind === 'attention') return !op.causal;
    if (op.kind !== 'activation' || !('dim' in op.parameters) || op.halves) return false;
    const shape = outputs[0] === undefined ? [] : itemAt(graph.values, outputs[0]).type.shape;
    return shape.length > 2 && sizeAt(shape, -1) === length && sizeAt(shape, -2) === length;
  });
  return attends && !tablesOf(graph, length).some((data) => isTriangular(data, length));
}

/** What the model knows from the start as tables with a row and a column for each place. */
function tablesOf(graph: Graph, length: number): TensorData[] {
  const isTable = ({ shape }: TensorType) =>
    shape.length > 1 && sizeAt(shape, -1) >= length && sizeAt(shape, -1) === sizeAt(shape, -2);
  const constants = graph.nodes.flatMap(({ op }) => (op.kind === 'constant' && isTable(op.type) ? [op.data] : []));
  const buffers = graph.storages.flatMap((storage, id: StorageId) => {
    const { type, trainable, initialiser } = storage;
    const isKnown = initialiser.kind === 'data' || initialiser.kind === 'computed' || initialiser.kind === 'patched';
    return !trainable && isKnown && isTable(type) ? [initialValues(storage, id, 0)] : [];
  });
  return [...constants, ...buffers];
}

/** Whether the first table of these says one thing above its diagonal and another below. */
function isTriangular(data: TensorData, length: number): boolean {
  const side = Math.sqrt(data.length);
  const width = Number.isInteger(side) ? side : length;
  const at = (row: number, column: number) => data[row * width + column];
  const [above, below] = [at(0, 1), at(1, 0)];
  if (above === below) return false;
  for (let row = 0; row < length; row++)
    for (let column = 0; column < length; column++)
      if (row !== column && at(row, column) !== (row < column ? above : below)) return false;
  return true;
}
