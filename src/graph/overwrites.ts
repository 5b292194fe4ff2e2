/** What PyTorch refuses to train: a tensor that the backward pass needs is written over in place. */
import { fileName } from '../language/legible';
import { say } from '../language/say';
import { itemAt } from './access';
import { type Graph, type Node, type Op, ShapeError, type SourceRange, type ValueId } from './types';

/** What a node keeps for its backward pass: inputs, by their place, and its own output. */
interface Kept {
  readonly inputs: readonly number[];
  readonly output?: boolean;
}

const nothing: Kept = { inputs: [] };
const input: Kept = { inputs: [0] };
const output: Kept = { inputs: [], output: true };

/** Activations whose slope PyTorch computes from what they gave, and from what they were given. Others: by none known here. */
const BY_OUTPUT = new Set(['relu', 'sigmoid', 'tanh', 'softmax', 'softmin', 'log_softmax']);
const BY_INPUT = new Set(
  'celu elu gelu glu hardshrink hardsigmoid hardswish hardtanh leaky_relu logsigmoid mish prelu relu6 selu silu softplus softshrink softsign threshold'.split(
    ' ',
  ),
);
const UNARY_BY_OUTPUT = new Set(['exp', 'sqrt', 'rsqrt', 'reciprocal', 'sigmoid', 'tanh']);
const UNARY_BY_INPUT = new Set('abs log erf erfinv sin cos tan asin acos atan sinh cosh'.split(' '));

/** What PyTorch's autograd saves for an operator, as its table of derivatives says. */
function savedFor(op: Op): Kept {
  switch (op.kind) {
    case 'activation':
      return BY_OUTPUT.has(op.activation) ? output : BY_INPUT.has(op.activation) ? input : nothing;
    case 'unary':
      return UNARY_BY_OUTPUT.has(op.function) ? output : UNARY_BY_INPUT.has(op.function) ? input : nothing;
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

/**
 * Refuses a model whose backward pass PyTorch refuses.
 * @throws ShapeError with both places
 */
export function refuseOverwrites(graph: Graph): void {
  const { overwrites = [] } = graph;
  if (overwrites.length === 0) return;
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((value) => [value, node] as const)));
  const trained = reachOf(graph);
  for (const { value, role, source } of overwrites) {
    const node = makers.get(value);
    if (node && isKept(node, role, trained)) throw new ShapeError(messageOf(node, source));
  }
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

function isKept(node: Node, role: number, trained: ReadonlySet<ValueId>): boolean {
  if (!trained.has(itemAt(node.outputs, 0))) return false;
  const kept = savedFor(node.op);
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
