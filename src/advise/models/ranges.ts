/** Between which numbers a value of a model surely lies, and what sees to it. */
import { outputRange } from '../../activations/facts';
import { isGiven } from '../../graph/access';
import type { Node, SourceRange, ValueId } from '../../graph/types';
import type { ModelGraph } from './modelGraph';

export interface ValueRange {
  readonly low: number;
  readonly high: number;
  /** What bounds it: `sigmoid`, `exp`. */
  readonly by: string;
  /** The path of the module that runs it. */
  readonly path: string;
  readonly at: SourceRange | undefined;
}

const MAX_STEPS = 32;
const bounds: Readonly<Record<string, readonly [number, number]>> = {
  exp: [0, Number.POSITIVE_INFINITY],
  abs: [0, Number.POSITIVE_INFINITY],
  sqrt: [0, Number.POSITIVE_INFINITY],
  sigmoid: [0, 1],
  tanh: [-1, 1],
};
/** What scales the values that it keeps. */
const dropping: ReadonlySet<string> = new Set(['element', 'channel', 'path']);

const passing = /^(?:reshape|permute|slice|expand|cast|max_pool|avg_pool|adaptive_pool)$/;

/** The bounds that one operation gives, through what only moves, pools or drops numbers; none where several take part. */
export function rangeOf(model: ModelGraph, value: ValueId): ValueRange | undefined {
  let at = value;
  let isDropped = false;
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    const maker = model.makerOf(at);
    if (!maker) return undefined;
    if (maker.kind === 'activation') {
      const { op } = maker.placed;
      const range = op.halves ? undefined : outputRange(op);
      return (
        range &&
        widenRange(
          { ...range, by: op.activation, path: maker.placed.path, at: model.placeBeside(maker.placed) },
          isDropped,
        )
      );
    }
    const { node } = maker;
    const [input] = node.inputs;
    if (!isGiven(input)) return undefined;
    if (node.op.kind === 'dropout' && dropping.has(node.op.variant)) isDropped ||= node.op.p > 0;
    else if (!passing.test(node.op.kind)) return ofNode(model, node, isDropped);
    at = input;
  }
  return undefined;
}

function ofNode(model: ModelGraph, node: Node, isDropped: boolean): ValueRange | undefined {
  const { op, inputs, path } = node;
  const at = model.placeBeside(node);
  if (op.kind === 'unary') {
    const found = bounds[op.function];
    return found && widenRange({ low: found[0], high: found[1], by: op.function, path, at }, isDropped);
  }
  const isSquare = op.kind === 'binary' && op.function === 'mul' && inputs[0] === inputs[1];
  return isSquare ? { low: 0, high: Number.POSITIVE_INFINITY, by: 'square', path, at } : undefined;
}

/** Dropout sets numbers to 0 and makes the others larger. */
function widenRange(range: ValueRange, isDropped: boolean): ValueRange {
  if (!isDropped) return range;
  return { ...range, low: range.low < 0 ? Number.NEGATIVE_INFINITY : 0, high: Number.POSITIVE_INFINITY };
}
