/** What PyTorch refuses to train: a tensor that the backward pass needs is written over in place. */
import { fileName } from '../language/legible';
import { say } from '../language/say';
import { isGiven, itemAt } from './access';
import type { DifferentiationRules } from './differentiate/index';
import {
  type Graph,
  type Node,
  type Op,
  ShapeError,
  type SourceRange,
  type UnaryFunction,
  type ValueId,
} from './types';

/** What a node keeps for its backward pass: inputs, by their place, and its own output. */
interface Needs {
  readonly inputs: readonly number[];
  readonly output?: boolean;
}

const nothing: Needs = { inputs: [] };
const input: Needs = { inputs: [0] };
const output: Needs = { inputs: [], output: true };

const NEEDS = { nothing, input, output };
type Saves = NonNullable<DifferentiationRules['saves']>;

const UNARY: Readonly<Partial<Record<UnaryFunction, Needs>>> = {
  exp: output,
  sqrt: output,
  rsqrt: output,
  reciprocal: output,
  sigmoid: output,
  tanh: output,
  abs: input,
  log: input,
  erf: input,
  erfinv: input,
  sin: input,
  cos: input,
  tan: input,
  asin: input,
  acos: input,
  atan: input,
  sinh: input,
  cosh: input,
};

/** What PyTorch's autograd saves for an operator, as its table of derivatives says. */
function needsOf(op: Op, saves: Saves): Needs {
  switch (op.kind) {
    case 'activation':
      return NEEDS[saves(op.activation) ?? 'nothing'];
    case 'unary':
      return UNARY[op.function] ?? nothing;
    case 'binary':
      return ['mul', 'div', 'pow', 'max', 'min'].includes(op.function) ? { inputs: [0, 1] } : nothing;
    case 'linear':
    case 'matmul':
    case 'conv':
    case 'conv_transpose':
      return { inputs: [0, 1] };
    case 'batch_norm':
    case 'layer_norm':
    case 'group_norm':
    case 'max_pool':
    case 'avg_pool':
    case 'recurrent':
      return input;
    case 'adaptive_pool':
      // To one element for each channel it is a mean, which needs nothing.
      return op.function === 'avg' && op.output.every((size) => size === 1) ? nothing : input;
    case 'attention':
      return { inputs: [0, 1, 2], output: true };
    default:
      return nothing;
  }
}

/** The other factor: its gradient is what an input is kept for. */
const PRODUCTS = new Set<Op['kind']>(['linear', 'matmul', 'conv', 'conv_transpose']);

/** An operation that keeps a tensor for its backward pass, and where the code writes that over. */
export interface KeptOverwrite {
  readonly node: Node;
  /** The tensor, as it was. */
  readonly value: ValueId;
  readonly source?: SourceRange;
}

type Saving = Pick<DifferentiationRules, 'saves'>;

/** The tensors that a backward pass needs and that the code writes over in place: PyTorch refuses to train the model. */
export function* keptOverwrites(graph: Graph, { saves = () => undefined }: Saving): Generator<KeptOverwrite> {
  const { overwrites = [] } = graph;
  if (overwrites.length === 0) return;
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((value) => [value, node] as const)));
  const trained = reachOf(graph);
  const learned = sourcesOf(graph);
  for (const { value, role, source } of overwrites) {
    const node = makers.get(value);
    const isPassed = node?.outputs.some((each) => learned.has(each)) ?? false;
    if (!node || !isPassed || !isKept(node, role, trained, saves)) continue;
    const tensor = role < 0 ? value : node.inputs[role];
    if (isGiven(tensor)) yield { node, value: tensor, ...(source && { source }) };
  }
}

/**
 * Refuses a model whose backward pass PyTorch refuses.
 * @throws ShapeError with both places
 */
export function refuseOverwrites(graph: Graph, rules: Saving): void {
  for (const { node, source } of keptOverwrites(graph, rules)) throw new ShapeError(messageOf(node, source));
}

/** Values that depend on something that is trained, so that a gradient passes through what makes them. */
function reachOf({ storages, nodes }: Graph): ReadonlySet<ValueId> {
  const reached = new Set(storages.filter(({ trainable }) => trainable).map(({ value }) => value));
  for (const { inputs, outputs, stops } of nodes) {
    if (stops || !inputs.some((each) => each !== null && reached.has(each))) continue;
    for (const each of outputs) reached.add(each);
  }
  return reached;
}

/** Values that a gradient of the model's outputs reaches: what only a `detach()` hands on has no backward pass. */
function sourcesOf({ outputs, nodes }: Graph): ReadonlySet<ValueId> {
  const reached = new Set(outputs.map(({ value }) => value));
  for (const { inputs, outputs: made, stops } of [...nodes].reverse()) {
    if (stops || !made.some((each) => reached.has(each))) continue;
    for (const each of inputs) if (each !== null) reached.add(each);
  }
  return reached;
}

function isKept(node: Node, role: number, trained: ReadonlySet<ValueId>, saves: Saves): boolean {
  if (!trained.has(itemAt(node.outputs, 0))) return false;
  const kept = needsOf(node.op, saves);
  if (role < 0) return kept.output ?? false;
  if (!kept.inputs.includes(role)) return false;
  const isTrained = (place: number) => trained.has(node.inputs[place] ?? -1);
  const { op } = node;
  // A factor is kept for the gradient of the other one.
  if (PRODUCTS.has(op.kind) || (op.kind === 'binary' && op.function === 'mul')) return isTrained(1 - role);
  if (op.kind === 'binary' && op.function === 'div' && role === 0) return isTrained(1);
  return true;
}

function messageOf(node: Node, source: SourceRange | undefined): string {
  const place = (range: SourceRange | undefined) =>
    range ? `${fileName(range.file)}:${range.line + 1}` : say('the model');
  return say(
    'PyTorch refuses to train this model: {0} writes in place over a tensor that the gradient of {1} needs; make it a new tensor there',
    place(source),
    place(node.source),
  );
}
