/** Operators that count, order or add up elements along dimensions. */
import { itemAt, sizeAt } from '../../graph/access';
import { isFloating } from '../../graph/ops/rule';
import type { Reduction } from '../../graph/types';
import type { NodeCall, OperatorReader, OperatorTable } from '../call';
import type { OnnxOperand } from '../operand';
import { table } from '../table';
import type { Trace } from '../trace';

/** Dimensions that are reduced; undefined where an empty list says that none is. */
function dimsOf(call: NodeCall): number[] | undefined {
  const rank = call.shape().length;
  const given = call.listOf('axes', 1);
  if (given && given.length > 0) return call.axes(given, rank);
  if (call.attributes.int('noop_with_empty_axes', 0) !== 0) return undefined;
  return Array.from({ length: rank }, (_, i) => i);
}

/** A reduction of integers keeps their type. */
function reduceInType(t: Trace, fn: Reduction, x: OnnxOperand, dims: readonly number[], keepdim: boolean): OnnxOperand {
  if (dims.length === 0) return x;
  const { dtype } = x.type;
  if (fn === 'mean' && !isFloating(dtype)) return t.cast(t.reduce('mean', t.cast(x, 'float64'), dims, keepdim), dtype);
  if (dtype === 'bool') return t.cast(t.reduce(fn, t.cast(x, 'int32'), dims, keepdim), dtype);
  return t.cast(t.reduce(fn, x, dims, keepdim), dtype);
}

type Step = (t: Trace, x: OnnxOperand) => OnnxOperand;

/** A reduction of what `before` makes, and what `after` makes of it. */
const reduction =
  (fn: Reduction, before?: Step, after?: Step): OperatorReader =>
  (call) => {
    const { t } = call;
    const x = call.input(0);
    const dims = dimsOf(call);
    const isKept = call.attributes.int('keepdims', 1) !== 0;
    const given = before ? before(t, x) : x;
    const made = dims ? reduceInType(t, fn, given, dims, isKept) : given;
    return after ? after(t, made) : made;
  };

const square: Step = (t, x) => t.mul(x, x);
const size: Step = (t, x) => t.unary('abs', x);

/** In the type of what is given, though the function makes floats of it. */
const through =
  (fn: 'log' | 'exp' | 'sqrt'): Step =>
  (t, x) =>
    isFloating(x.type.dtype) ? t.unary(fn, x) : t.cast(t.unary(fn, t.cast(x, 'float64')), x.type.dtype);

/** log Σ exp(x − max) + max. */
const logSumExp: OperatorReader = (call) => {
  const { t } = call;
  const x = call.input(0);
  const dims = dimsOf(call);
  if (!dims) return x;
  const isKept = call.attributes.int('keepdims', 1) !== 0;
  if (!isFloating(x.type.dtype) || dims.length === 0) return reduction('sum', through('exp'), through('log'))(call);
  const most = t.reduce('max', x, dims, true);
  // A row of nothing but −∞ has no distances.
  const base = t.where(
    t.compare('eq', t.unary('abs', most), t.scalar(Number.POSITIVE_INFINITY, most)),
    t.scalar(0, most),
    most,
  );
  const sum = t.unary('log', t.reduce('sum', t.unary('exp', t.sub(x, base)), dims, true));
  const made = t.add(sum, base);
  return isKept
    ? made
    : t.reshape(
        made,
        made.type.shape.filter((_, i) => !dims.includes(i)),
      );
};

function flip(t: Trace, x: OnnxOperand, dim: number): OnnxOperand {
  const length = sizeAt(x.type.shape, dim);
  return t.pick(
    x,
    dim,
    table(length, (i) => length - 1 - i),
  );
}

const arg =
  (fn: 'max' | 'min'): OperatorReader =>
  (call) => {
    const { t, attributes } = call;
    const x = call.input(0);
    const dim = call.axis(attributes.int('axis', 0));
    const op = { kind: 'arg', function: fn, dim, keepdim: attributes.int('keepdims', 1) !== 0 } as const;
    if (attributes.int('select_last_index', 0) === 0) return t.op(op, x);
    const last = t.op(op, flip(t, x, dim));
    return t.sub(t.scalar(sizeAt(x.type.shape, dim) - 1, last), last);
  };

const topK: OperatorReader = (call) => {
  const { t, attributes } = call;
  const x = call.input(0);
  const dim = call.axis(attributes.int('axis', -1));
  const k = call.opset < 10 ? attributes.requiredInt('k') : itemAt(call.ints(1), 0);
  const places = t.op({ kind: 'topk', k, dim, largest: attributes.int('largest', 1) !== 0 }, x);
  return [t.op({ kind: 'gather_elements', dim }, x, places), places];
};

const cumulativeSum: OperatorReader = (call) => {
  const { t, attributes } = call;
  const given = call.input(0);
  const dim = call.axis(itemAt(call.ints(1), 0));
  const isBackwards = attributes.int('reverse', 0) !== 0;
  const x = isBackwards ? flip(t, given, dim) : given;
  const sum = t.cast(t.op({ kind: 'cumsum', dim }, x), x.type.dtype);
  const made = attributes.int('exclusive', 0) !== 0 ? t.sub(sum, x) : sum;
  return isBackwards ? flip(t, made, dim) : made;
};

export const reductions: OperatorTable = {
  ReduceSum: reduction('sum'),
  ReduceMean: reduction('mean'),
  ReduceMax: reduction('max'),
  ReduceMin: reduction('min'),
  ReduceProd: reduction('prod'),
  ReduceL1: reduction('sum', size),
  ReduceL2: reduction('sum', square, through('sqrt')),
  ReduceLogSum: reduction('sum', undefined, through('log')),
  ReduceLogSumExp: logSumExp,
  ReduceSumSquare: reduction('sum', square),
  ArgMax: arg('max'),
  ArgMin: arg('min'),
  TopK: topK,
  CumSum: cumulativeSum,
};
