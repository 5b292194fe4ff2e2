/**
 * The graph's operators on what the file's names stand for. What is known is computed at once, so that the shapes which
 * exporters compute by chains of operators are numbers here; all else becomes nodes.
 */
import { itemAt, lastOf, sizeAt } from '../graph/access';
import type { GraphBuilder } from '../graph/builder';
import { isSameShape } from '../graph/emit';
import { count, fillElements, type KnownTensor } from '../graph/evaluate/elements';
import { fold, isFoldable } from '../graph/evaluate/index';
import { inferTypes } from '../graph/ops/index';
import { isFloating } from '../graph/ops/rule';
import type {
  BinaryFunction,
  Comparison,
  DType,
  Node,
  Op,
  Reduction,
  TensorData,
  TensorType,
  UnaryFunction,
  ValueId,
} from '../graph/types';
import { say } from '../language/say';
import { OnnxError } from './errors';
import { isKnown, type OnnxOperand } from './operand';
import { MOST_MADE } from './table';
import type { FileWeights } from './weights';

/** Elements of what is computed while the file is read: one tensor, and all of them. */
const MOST_FOLDED = 2 ** 22;
const MOST_FOLDED_IN_ALL = 2 ** 25;
/** Nodes of a graph: loops that are unrolled and functions in functions end there. */
const MOST_NODES = 100_000;
/** Elements of one tensor: beyond, no machine runs the model. */
const MOST_ELEMENTS = 2 ** 33;

export class Trace {
  private folded = 0;
  /** Values that rounding to few bits makes on its way: their bounds are no activations. */
  readonly rounding = new Set<ValueId>();

  constructor(
    readonly builder: GraphBuilder,
    readonly weights: FileWeights,
  ) {}

  // Operands.

  /** @throws OnnxError where a file makes too many numbers in all */
  constant(data: TensorData, shape: readonly number[], dtype: DType = 'int64'): OnnxOperand {
    this.folded += data.length;
    if (this.folded > MOST_FOLDED_IN_ALL) {
      throw new OnnxError(
        'too-large',
        say(
          'More than {0} numbers would be computed while the file is read; export a smaller model.',
          MOST_FOLDED_IN_ALL,
        ),
      );
    }
    return { type: { dtype, shape }, known: data };
  }

  /** One number of the dtype that `like` has. */
  scalar(value: number, like: OnnxOperand): OnnxOperand {
    return this.constant([value], [], like.type.dtype);
  }

  /** The same number everywhere: expanded where that is many times. @throws OnnxError for sizes that can't be */
  full(value: number, shape: readonly number[], dtype: DType): OnnxOperand {
    if (shape.some((size) => !(size >= 0 && Number.isSafeInteger(size))))
      throw new OnnxError('damaged', say('A tensor of the sizes {0} is to be made: the file is damaged.', shape));
    const length = count(shape);
    if (length <= MOST_MADE) return this.constant(fillElements(dtype, length, value), shape, dtype);
    this.checkSize({ dtype, shape });
    const one = this.constant([value], [], dtype);
    return this.ofValue(this.builder.emit1({ kind: 'expand', shape }, this.valueOf(one)));
  }

  ofValue(value: ValueId): OnnxOperand {
    return { type: this.builder.type(value), value };
  }

  /** Elements that are known, those of weights included; undefined for what depends on an input. */
  dataOf(operand: OnnxOperand): TensorData | undefined {
    return operand.known ?? operand.weight?.data();
  }

  /** The value of the graph that an operand is. */
  valueOf(operand: OnnxOperand): ValueId {
    if (operand.value !== undefined) return operand.value;
    if (operand.weight) return this.weights.valueOf(operand.weight);
    if (!isKnown(operand)) throw new RangeError('an operand without a value');
    operand.value = this.builder.emit1({ kind: 'constant', data: operand.known, type: operand.type });
    return operand.value;
  }

  /** The node that makes an operand, where the graph has it already. */
  makerOf(operand: OnnxOperand): Node | undefined {
    return operand.value === undefined ? undefined : this.builder.producerOf(operand.value);
  }

  // Operators.

  /** @throws ShapeError where the operator refuses its inputs, OnnxError where the result is too large */
  emit(op: Op, inputs: readonly (OnnxOperand | null)[]): readonly OnnxOperand[] {
    const folded = this.fold(op, inputs);
    if (folded) return [folded];
    if (this.builder.nodeCount > MOST_NODES) {
      throw new OnnxError(
        'too-large',
        say('Its functions and loops make more than {0} operators; export a smaller model.', MOST_NODES),
      );
    }
    const values = inputs.map((input) => (input === null ? null : this.valueOf(input)));
    const outputs = this.builder.emit(op, values).map((value) => this.ofValue(value));
    for (const { type } of outputs) this.checkSize(type);
    return outputs;
  }

  op(op: Op, ...inputs: readonly (OnnxOperand | null)[]): OnnxOperand {
    return itemAt(this.emit(op, inputs), 0);
  }

  /** @throws OnnxError where no machine has room for it */
  checkSize({ shape }: TensorType): void {
    if (!(count(shape) <= MOST_ELEMENTS))
      throw new OnnxError('too-large', say('A tensor of the sizes {0} fits no memory; give smaller inputs.', shape));
  }

  private fold(op: Op, inputs: readonly (OnnxOperand | null)[]): OnnxOperand | undefined {
    if (inputs.length === 0 || !isFoldable(op)) return undefined;
    const known: KnownTensor[] = [];
    for (const input of inputs) {
      if (input === null || !isKnown(input)) return undefined;
      known.push({ type: input.type, data: input.known });
    }
    const [type] = inferTypes(
      op,
      known.map((each) => each.type),
    );
    if (!type) return undefined;
    this.checkSize(type);
    const work = known.reduce((sum, { data }) => sum + data.length, count(type.shape));
    if (work > MOST_FOLDED || this.folded + work > MOST_FOLDED_IN_ALL) return undefined;
    this.folded += work;
    const data = fold(op, known, type);
    return data && { type, known: data };
  }

  unary(fn: UnaryFunction, x: OnnxOperand): OnnxOperand {
    return this.op({ kind: 'unary', function: fn }, x);
  }

  binary(fn: BinaryFunction, a: OnnxOperand, b: OnnxOperand): OnnxOperand {
    return this.op({ kind: 'binary', function: fn }, a, b);
  }

  /** `binary` with a number. */
  with(fn: BinaryFunction, a: OnnxOperand, value: number): OnnxOperand {
    return this.binary(fn, a, this.scalar(value, a));
  }

  add(a: OnnxOperand, b: OnnxOperand): OnnxOperand {
    return this.binary('add', a, b);
  }

  sub(a: OnnxOperand, b: OnnxOperand): OnnxOperand {
    return this.binary('sub', a, b);
  }

  mul(a: OnnxOperand, b: OnnxOperand): OnnxOperand {
    return this.binary('mul', a, b);
  }

  div(a: OnnxOperand, b: OnnxOperand): OnnxOperand {
    return this.binary('div', a, b);
  }

  compare(fn: Comparison, a: OnnxOperand, b: OnnxOperand): OnnxOperand {
    return this.op({ kind: 'compare', function: fn }, a, b);
  }

  where(condition: OnnxOperand, a: OnnxOperand, b: OnnxOperand): OnnxOperand {
    return this.op({ kind: 'where' }, condition, a, b);
  }

  cast(x: OnnxOperand, dtype: DType): OnnxOperand {
    if (x.type.dtype === dtype) return x;
    const weight = x.value === undefined && isFloating(dtype) ? x.weight : undefined;
    if (weight && isFloating(weight.type.dtype)) return this.weights.recast(weight, dtype);
    return this.op({ kind: 'cast', dtype }, x);
  }

  reduce(fn: Reduction, x: OnnxOperand, dims: readonly number[], keepdim = false): OnnxOperand {
    return dims.length === 0 ? x : this.op({ kind: 'reduce', function: fn, dims, keepdim }, x);
  }

  reshape(x: OnnxOperand, shape: readonly number[]): OnnxOperand {
    return isSameShape(x.type.shape, shape) ? x : this.op({ kind: 'reshape', shape }, x);
  }

  permute(x: OnnxOperand, dims: readonly number[]): OnnxOperand {
    return dims.every((dim, i) => dim === i) ? x : this.op({ kind: 'permute', dims }, x);
  }

  /** The last two dimensions swapped. */
  transpose(x: OnnxOperand): OnnxOperand {
    const dims = x.type.shape.map((_, i) => i);
    return this.permute(x, [...dims.slice(0, -2), dims.length - 1, dims.length - 2]);
  }

  expand(x: OnnxOperand, shape: readonly number[]): OnnxOperand {
    return isSameShape(x.type.shape, shape) ? x : this.op({ kind: 'expand', shape }, x);
  }

  slice(x: OnnxOperand, dim: number, start: number, end: number, step = 1): OnnxOperand {
    const isWhole = start === 0 && end >= sizeAt(x.type.shape, dim) && step === 1;
    return isWhole ? x : this.op({ kind: 'slice', dim, start, end, step }, x);
  }

  cat(parts: readonly OnnxOperand[], dim: number): OnnxOperand {
    if (parts.length === 1) return itemAt(parts, 0);
    return itemAt(this.emit({ kind: 'cat', dim }, parts), 0);
  }

  pad(x: OnnxOperand, padding: readonly number[], value = 0): OnnxOperand {
    return padding.every((each) => each === 0) ? x : this.op({ kind: 'pad', mode: 'constant', padding, value }, x);
  }

  gather(x: OnnxOperand, indices: OnnxOperand, dim: number): OnnxOperand {
    return this.op({ kind: 'gather', dim }, x, indices);
  }

  /** The elements of a dimension in another order, or some of them. */
  pick(x: OnnxOperand, dim: number, places: readonly number[]): OnnxOperand {
    return this.gather(x, this.constant(places, [places.length]), dim);
  }

  matmul(a: OnnxOperand, b: OnnxOperand): OnnxOperand {
    return this.op({ kind: 'matmul' }, a, b);
  }

  /** The mean square of what is given, and the like: over some dimensions, which stay. */
  mean(x: OnnxOperand, dims: readonly number[]): OnnxOperand {
    return this.reduce('mean', x, dims, true);
  }

  /** x over its last dimensions joined to one, in `rows` of those before `axis`. */
  flatten(x: OnnxOperand, axis: number): OnnxOperand {
    const { shape } = x.type;
    return this.reshape(x, [count(shape.slice(0, axis)), count(shape.slice(axis))]);
  }

  lastSize(x: OnnxOperand): number {
    return lastOf(x.type.shape);
  }
}
