/** The operators of the graph as functions, for all that is written in them: definitions, losses, backward passes. */
import { sizeAt } from './access';
import type { GraphBuilder } from './builder';
import { elements, isFloating } from './ops/rule';
import type {
  ActivationParameters,
  BinaryFunction,
  Comparison,
  DType,
  Op,
  Reduction,
  TensorData,
  TensorType,
  UnaryFunction,
  ValueId,
} from './types';

export class Emit {
  constructor(readonly builder: GraphBuilder) {}

  type(x: ValueId): TensorType {
    return this.builder.type(x);
  }

  shape(x: ValueId): readonly number[] {
    return this.builder.type(x).shape;
  }

  op(op: Op, ...inputs: readonly (ValueId | null)[]): ValueId {
    return this.builder.emit1(op, ...inputs);
  }

  /** Any number of tensors, one behind the other: more than a call may have arguments. */
  cat(parts: readonly ValueId[], dim: number): ValueId {
    const [joined] = this.builder.emit({ kind: 'cat', dim }, parts);
    if (joined === undefined) throw new RangeError('cat has no output');
    return joined;
  }

  constant(data: TensorData, shape: readonly number[], dtype: DType = 'float32'): ValueId {
    return this.op({ kind: 'constant', data, type: { dtype, shape } });
  }

  /** One number of the dtype that `like` has. */
  scalar(value: number, like: ValueId): ValueId {
    return this.constant([value], [], this.type(like).dtype);
  }

  /** The same number everywhere. */
  full(value: number, { dtype, shape }: TensorType): ValueId {
    return this.expand(this.constant([value], [], dtype), shape);
  }

  unary(fn: UnaryFunction, x: ValueId): ValueId {
    return this.op({ kind: 'unary', function: fn }, x);
  }

  binary(fn: BinaryFunction, a: ValueId, b: ValueId): ValueId {
    return this.op({ kind: 'binary', function: fn }, a, b);
  }

  /** `binary` with a number. */
  binaryScalar(fn: BinaryFunction, a: ValueId, value: number): ValueId {
    return this.binary(fn, a, this.scalar(value, a));
  }

  compare(fn: Comparison, a: ValueId, b: ValueId): ValueId {
    return this.op({ kind: 'compare', function: fn }, a, b);
  }

  /** 1 where the comparison holds, else 0, in the dtype of `a`. */
  indicator(fn: Comparison, a: ValueId, b: ValueId): ValueId {
    return this.cast(this.compare(fn, a, b), this.type(a).dtype);
  }

  where(condition: ValueId, a: ValueId, b: ValueId): ValueId {
    return this.op({ kind: 'where' }, condition, a, b);
  }

  cast(x: ValueId, dtype: DType): ValueId {
    return this.type(x).dtype === dtype ? x : this.op({ kind: 'cast', dtype }, x);
  }

  reduce(fn: Reduction, x: ValueId, dims: readonly number[], keepdim = false): ValueId {
    return dims.length === 0 ? x : this.op({ kind: 'reduce', function: fn, dims, keepdim }, x);
  }

  reshape(x: ValueId, shape: readonly number[]): ValueId {
    return isSameShape(this.shape(x), shape) ? x : this.op({ kind: 'reshape', shape }, x);
  }

  permute(x: ValueId, dims: readonly number[]): ValueId {
    return dims.every((dim, i) => dim === i) ? x : this.op({ kind: 'permute', dims }, x);
  }

  /** The last two dimensions swapped. */
  transposeLast(x: ValueId): ValueId {
    const dims = this.shape(x).map((_, i) => i);
    return this.permute(x, [...dims.slice(0, -2), dims.length - 1, dims.length - 2]);
  }

  expand(x: ValueId, shape: readonly number[]): ValueId {
    return isSameShape(this.shape(x), shape) ? x : this.op({ kind: 'expand', shape }, x);
  }

  slice(x: ValueId, dim: number, start: number, end: number, step = 1): ValueId {
    const whole = start === 0 && end >= sizeAt(this.shape(x), dim) && step === 1;
    return whole ? x : this.op({ kind: 'slice', dim, start, end, step }, x);
  }

  /** Zeros around x: `before` and `after` a dimension. */
  pad(x: ValueId, before: readonly number[], after: readonly number[]): ValueId {
    const padding = [...before, ...after];
    return padding.every((each) => each === 0) ? x : this.op({ kind: 'pad', mode: 'constant', padding, value: 0 }, x);
  }

  matmul(a: ValueId, b: ValueId): ValueId {
    return this.op({ kind: 'matmul' }, a, b);
  }

  add(a: ValueId, b: ValueId): ValueId {
    return this.binary('add', a, b);
  }

  sub(a: ValueId, b: ValueId): ValueId {
    return this.binary('sub', a, b);
  }

  mul(a: ValueId, b: ValueId): ValueId {
    return this.binary('mul', a, b);
  }

  div(a: ValueId, b: ValueId): ValueId {
    return this.binary('div', a, b);
  }

  neg(x: ValueId): ValueId {
    return this.unary('neg', x);
  }

  /** An activation of the catalogue, by its id. */
  activation(id: string, x: ValueId, parameters: ActivationParameters = {}): ValueId {
    return this.op({ kind: 'activation', activation: id, parameters }, x);
  }

  /** Along the last dimension. */
  softmax(x: ValueId): ValueId {
    return this.activation('softmax', x, { dim: -1 });
  }

  /** The adjoint of broadcasting: sums over what was repeated. */
  unbroadcast(gradient: ValueId, shape: readonly number[]): ValueId {
    const from = this.shape(gradient);
    if (isSameShape(from, shape)) return gradient;
    const lead = from.length - shape.length;
    const dims = from.flatMap((size, i) => (i < lead || (shape[i - lead] === 1 && size !== 1) ? [i] : []));
    return this.reshape(this.reduce('sum', gradient, dims, true), shape);
  }

  /** What no gradient passes through. */
  stopGradient(make: () => ValueId): ValueId {
    const before = this.builder.stops;
    this.builder.stops = true;
    const made = make();
    this.builder.stops = before;
    return made;
  }

  /** The elements of a value that is a constant. */
  constantOf(x: ValueId): ArrayLike<number> | undefined {
    const op = this.builder.producerOf(x)?.op;
    return op?.kind === 'constant' ? op.data : undefined;
  }

  isFloating(x: ValueId): boolean {
    return isFloating(this.type(x).dtype);
  }

  count(x: ValueId): number {
    return elements(this.shape(x));
  }
}

export function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}
