/** Operators of the graph on tensors and numbers, in PyTorch's result types: what all the tables are written in. */
import type { BinaryFunction, Comparison, DType, Reduction, UnaryFunction } from '../../graph/types';
import { namedTupleClass } from '../../python/builtins/namedtuple';
import type { Context } from '../../python/natives/context';
import { PyTensor, PyTuple, type PyValue } from '../../python/values/values';
import { apply, bothOf, cast, clone, isFloating, operand } from '../tensor/tensor';

/** Functions that leave integers as they are. */
const ROUNDING: ReadonlySet<UnaryFunction> = new Set(['floor', 'ceil', 'round']);

export function unary(ctx: Context, fn: UnaryFunction, x: PyTensor): PyTensor {
  if (fn === 'neg' && x.type.dtype === 'bool')
    ctx.raise(
      'RuntimeError',
      'Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.',
    );
  if (ROUNDING.has(fn) && !isFloating(x.type.dtype)) return clone(ctx, x);
  return apply(ctx, { kind: 'unary', function: fn }, x);
}

const PLAIN: ReadonlySet<BinaryFunction> = new Set(['add', 'sub', 'mul', 'div']);

/** The half precision of a tensor beside a number: the number is not rounded to it before they are computed with. */
function halfBesideNumber(tensor: PyValue, number: PyValue): DType | undefined {
  if (!(tensor instanceof PyTensor)) return undefined;
  const { dtype, shape } = tensor.type;
  if (dtype !== 'float16' && dtype !== 'bfloat16') return undefined;
  const isNumber = number instanceof PyTensor ? shape.length > 0 && number.type.shape.length === 0 : true;
  return isNumber ? dtype : undefined;
}

/** `a op b` with numbers on either side. */
export function arithmetic(ctx: Context, fn: BinaryFunction, a: PyValue, b: PyValue): PyTensor {
  const isBool = (each: PyValue) => (each instanceof PyTensor ? each.type.dtype === 'bool' : typeof each === 'boolean');
  if (fn === 'sub' && (isBool(a) || isBool(b)))
    ctx.raise(
      'RuntimeError',
      'Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.',
    );
  const half = PLAIN.has(fn) ? (halfBesideNumber(a, b) ?? halfBesideNumber(b, a)) : undefined;
  if (half) {
    const inSingle = (each: PyValue) => (each instanceof PyTensor ? cast(ctx, each, 'float32') : each);
    return cast(ctx, arithmetic(ctx, fn, inSingle(a), inSingle(b)), half);
  }
  const [x, y] = bothOf(ctx, a, b, fn === 'div');
  const divides = fn === 'mod' || fn === 'floordiv';
  if (divides && !isFloating(x.type.dtype) && y.data && Array.from(y.data).includes(0))
    ctx.raise('RuntimeError', 'ZeroDivisionError');
  return apply(ctx, { kind: 'binary', function: fn }, x, y);
}

export function comparison(ctx: Context, fn: Comparison, a: PyValue, b: PyValue): PyTensor {
  const [x, y] = bothOf(ctx, a, b, false);
  return apply(ctx, { kind: 'compare', function: fn }, x, y);
}

/** `condition ? a : b`, element by element. */
export function choose(ctx: Context, condition: PyTensor, a: PyValue, b: PyValue): PyTensor {
  const [x, y] = bothOf(ctx, a, b, false);
  return apply(ctx, { kind: 'where' }, cast(ctx, condition, 'bool'), x, y);
}

/** `dims` empty means all. */
export function reduce(
  ctx: Context,
  fn: Reduction,
  x: PyTensor,
  dims: readonly number[] = [],
  keepdim = false,
): PyTensor {
  if (x.type.shape.length === 0) return fn === 'sum' || fn === 'prod' ? sumScalar(ctx, x) : clone(ctx, x);
  return apply(ctx, { kind: 'reduce', function: fn, dims, keepdim }, x);
}

function sumScalar(ctx: Context, x: PyTensor): PyTensor {
  return isFloating(x.type.dtype) || x.type.dtype === 'int64' ? clone(ctx, x) : cast(ctx, x, 'int64');
}

/** The tensor that Python passed, in floating point as functions such as `log` compute. */
export function toFloating(ctx: Context, value: PyValue): PyTensor {
  const x = operand(ctx, value);
  return isFloating(x.type.dtype) ? x : cast(ctx, x, 'float32');
}

/** `torch.return_types.max` and the like: a tuple whose items have names too. */
export function returnTuple(
  ctx: Context,
  name: string,
  fields: readonly string[],
  values: readonly PyValue[],
): PyTuple {
  const cls = ctx.slot(Symbol.for(`torch.return_types.${name}`), () => namedTupleClass(ctx, name, fields, new Map()));
  return new PyTuple(values, cls);
}

/** Whether a value is a tensor of more than one number, where a number is wanted. */
export function isTensor(value: PyValue): value is PyTensor {
  return value instanceof PyTensor;
}
