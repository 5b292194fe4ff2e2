/** Making tensors and running operators on them. */

import { itemAt, sizeAt } from '../../graph/access';
import { count, fillElements, storeElements } from '../../graph/evaluate/elements';
import { fold, isFoldable } from '../../graph/evaluate/index';
import { inferTypes } from '../../graph/ops/index';
import { promoteTypes } from '../../graph/ops/rule';
import type { DType, Op, StorageId, TensorData, TensorType, ValueId } from '../../graph/types';
import { ShapeError } from '../../graph/types';
import { say, sentence } from '../../language/say';
import { refuseComplex } from '../../python/natives/arguments';
import type { Context } from '../../python/natives/context';
import { native, nativeClass } from '../../python/natives/native';
import { type Contents, Memory } from '../../python/values/memory';
import {
  PyClass,
  PyComplex,
  PyList,
  PyParameter,
  PyTensor,
  PyTuple,
  type PyValue,
  plainOf,
  typeName,
  Unknown,
} from '../../python/values/values';

/** What the library keeps for one extraction. */
export interface TorchState {
  readonly tensor: PyClass;
  readonly parameter: PyClass;
  /** `torch.autograd.Variable`, which every tensor is since there are no others: calling it gives what it is given. */
  readonly variable: PyClass;
  /** Tensors of complex numbers. */
  readonly complex: PyClass;
  /** Whether the model is built and its `forward` runs. */
  running: boolean;
  /** How many `torch.autocast` stand around. */
  autocast: number;
}

const key = Symbol('torch');

export function torchState(ctx: Context): TorchState {
  return ctx.slot(key, () => {
    const variable = nativeClass(
      'Variable',
      [],
      { __new__: native('cls, data=None, requires_grad=False, volatile=False', (_, args) => args.get('data')) },
      'torch.autograd',
    );
    const tensor = new PyClass('Tensor', [variable], new Map(), true);
    tensor.module = 'torch';
    const complex = new PyClass('Tensor', [tensor], new Map(), true);
    complex.module = 'torch';
    return {
      variable,
      tensor,
      complex,
      parameter: nativeClass('Parameter', [tensor], {}, 'torch.nn.parameter'),
      running: false,
      autocast: 0,
    };
  });
}

/** How many elements a shape has. */
export const elements = count;

/** The size of a dimension; a scalar counts as a vector of one. @throws ShapeError in PyTorch's words */
export function sizeOf({ type }: { readonly type: TensorType }, dim: number): number {
  return sizeAt(type.shape.length === 0 ? [1] : type.shape, dim);
}

/** Refuses a scalar where PyTorch, for once, doesn't take it for a vector. */
export function refuseScalar(ctx: Context, { type }: PyTensor, dim: number): void {
  if (type.shape.length === 0) ctx.raise('IndexError', `Dimension specified as ${dim} but tensor has no dimensions`);
}

const TITLES: Readonly<Partial<Record<DType, string>>> = {
  float16: 'Half',
  bfloat16: 'BFloat16',
  float32: 'Float',
  float64: 'Double',
  int64: 'Long',
  int32: 'Int',
  int16: 'Short',
  int8: 'Char',
  uint8: 'Byte',
  bool: 'Bool',
};

/** A dtype as PyTorch's messages name it. */
export const dtypeTitle = (dtype: DType): string => TITLES[dtype] ?? dtype;

export function isFloating(dtype: DType): boolean {
  return dtype.includes('float');
}

/** A tensor over this memory. */
export function wrapMemory(ctx: Context, memory: Memory): PyTensor {
  memory.asks ??= ctx.askValues;
  return new PyTensor(torchState(ctx).tensor, memory);
}

/** A tensor with memory of its own that holds a value of the graph. */
export function tensorOf(ctx: Context, value: ValueId, data?: TensorData, storage?: StorageId): PyTensor {
  return wrapMemory(ctx, new Memory(ctx.graph.type(value), { value, data, storage }));
}

/** A tensor of known values, flat and row-major, in the dtype's precision. */
export function knownTensor(ctx: Context, type: TensorType, data: ArrayLike<number>): PyTensor {
  const length = count(type.shape);
  ctx.meter.elements(length);
  return fromData(
    ctx,
    type,
    storeElements(type.dtype, length, (i) => itemAt(data, i)),
  );
}

/** As many numbers as a tensor has that code asks for, after asking the budget. */
export function numbers(ctx: Context, length: number, at: (index: number) => number): number[] {
  ctx.meter.elements(length);
  return Array.from({ length }, (_, i) => at(i));
}

/** `knownTensor` where all elements are alike. */
export function full(ctx: Context, type: TensorType, value: number): PyTensor {
  ctx.meter.elements(count(type.shape));
  return fromData(ctx, type, fillElements(type.dtype, count(type.shape), value));
}

/** `knownTensor` for values that have the dtype's precision already. */
export function fromData(ctx: Context, type: TensorType, data: TensorData): PyTensor {
  return wrapMemory(ctx, new Memory(type, constant(ctx, type, data)));
}

/**
 * Known elements become a value of the graph when something that is not known is computed from them: most never do, and a
 * graph that held them all would take gigabytes for tables of indices.
 */
function constant(ctx: Context, type: TensorType, data: TensorData): Operand {
  ctx.spend(data.length >> 8);
  let value: ValueId | undefined;
  return {
    type,
    data,
    get value() {
      value ??= ctx.emit1({ kind: 'constant', data, type }, []);
      return value;
    },
  };
}

/** What an operator reads: tensors, and memories while they are looked at. */
export type Operand = Contents & { readonly type: TensorType };

/** Contents as an operator reads them; nothing of them is looked at before. */
export const operandOf = (type: TensorType, contents: Contents): Operand => ({
  type,
  get value() {
    return contents.value;
  },
  get data() {
    return contents.data;
  },
  storage: contents.storage,
});

/** Operators whose input and weight PyTorch wants of one floating dtype, with what it says otherwise. */
const ALIKE: Readonly<Partial<Record<Op['kind'], (x: string, weight: string) => string>>> = {
  linear: (x, weight) => `mat1 and mat2 must have the same dtype, but got ${x} and ${weight}`,
  matmul: (x, weight) => `expected m1 and m2 to have the same dtype, but got: ${x} != ${weight}`,
  conv: (x, weight) => `Input type (${x}) and weight type (${weight}) should be the same`,
  conv_transpose: (x, weight) => `Input type (${x}) and weight type (${weight}) should be the same`,
  layer_norm: (x, weight) => `expected scalar type ${x} but found ${weight}`,
};

/** Refuses what PyTorch refuses: it casts no operand of a product. Under autocast, which is passed over, anything goes. */
function checkDtypes(ctx: Context, op: Op, inputs: readonly (Operand | null)[]): void {
  const [x, weight] = inputs;
  const message = ALIKE[op.kind];
  if (!message || !x || !weight || x.type.dtype === weight.type.dtype || torchState(ctx).autocast > 0) return;
  // Half precision takes a norm's parameters in float32, too.
  if (op.kind === 'layer_norm' && x.type.dtype !== 'float64' && weight.type.dtype === 'float32') return;
  ctx.error('shape', message(dtypeTitle(x.type.dtype), dtypeTitle(weight.type.dtype)));
}

/** Runs an operator; shape errors become Python's RuntimeError, known inputs give known outputs. */
export function compute(ctx: Context, op: Op, inputs: readonly (Operand | null)[]): Operand {
  checkDtypes(ctx, op, inputs);
  const known = inputs.flatMap((input) => (input?.data ? [{ type: input.type, data: input.data }] : []));
  if (isFoldable(op) && known.length === inputs.length) {
    const made = guard(ctx, () => {
      const [type] = inferTypes(
        op,
        known.map((each) => each.type),
      );
      const data = type && fold(op, known, type);
      return data && { type, data };
    });
    // What is known is a constant: it needs none of the nodes that led to it.
    if (made) return constant(ctx, made.type, made.data);
  }
  const value = guard(ctx, () =>
    ctx.emit1(
      op,
      inputs.map((input) => input?.value ?? null),
    ),
  );
  return { type: ctx.graph.type(value), value };
}

/** `compute` on tensors: a result with memory of its own. */
export function apply(ctx: Context, op: Op, ...inputs: readonly (PyTensor | null)[]): PyTensor {
  const computed = compute(ctx, op, inputs);
  const made = wrapMemory(ctx, new Memory(computed.type, computed));
  if (!computed.data) noteUses(made, inputs);
  return made;
}

/** Remembers what an operator was given and what it made, for the time when that is written over. */
export function noteUses(made: PyTensor, inputs: readonly (PyTensor | null)[]): void {
  const { value } = made;
  made.memory.uses.push({ value, role: -1 });
  inputs.forEach((input, role) => {
    if (input && isFloating(input.type.dtype)) input.memory.root.uses.push({ value, role });
  });
}

/** `torch.cat` of any number of tensors: more than a call may have arguments. */
export function concatenate(ctx: Context, parts: readonly PyTensor[], dim: number): PyTensor {
  const computed = compute(ctx, { kind: 'cat', dim }, parts);
  return wrapMemory(ctx, new Memory(computed.type, computed));
}

function guard<T>(ctx: Context, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof ShapeError) return ctx.error('shape', error.message);
    throw error;
  }
}

/** The tensor that Python passed, or a number as a scalar tensor of the dtype that PyTorch would compute in. */
export function operand(ctx: Context, given: PyValue, beside?: PyTensor): PyTensor {
  const value = plainOf(given);
  if (value instanceof PyComplex || (value instanceof PyParameter && value.complex)) refuseComplex(ctx, say('This'));
  if (value instanceof PyTensor) return value;
  if (value instanceof Unknown) {
    return ctx.error('unsupported', say('This value cannot be read, because {0}', sentence(value.reason)), value);
  }
  const number = scalar(value);
  if (number === undefined) {
    return ctx.raise('TypeError', `expected Tensor or number, but got ${typeName(value)}`);
  }
  const own = scalarType(value);
  const other = beside?.type.dtype;
  const keep =
    other !== undefined && (isFloating(other) || (own !== 'float32' && (other !== 'bool' || own === 'bool')));
  return knownTensor(ctx, { dtype: keep ? other : own, shape: [] }, [number]);
}

/** The dtype of a tensor made from a Python number. */
export function scalarType(given: PyValue): DType {
  const value = plainOf(given);
  return typeof value === 'number' ? 'float32' : typeof value === 'boolean' ? 'bool' : 'int64';
}

/** Two operands in the dtype that PyTorch computes in; `floating` for division and the like. */
export function bothOf(ctx: Context, a: PyValue, b: PyValue, floating: boolean): [PyTensor, PyTensor] {
  const x = operand(ctx, a, b instanceof PyTensor ? b : undefined);
  const y = operand(ctx, b, x);
  const common = promoteTypes(x.type, y.type);
  const dtype = floating && !isFloating(common) ? 'float32' : common;
  return [cast(ctx, x, dtype), cast(ctx, y, dtype)];
}

function scalar(value: PyValue): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'boolean' ? Number(value) : undefined;
}

export function cast(ctx: Context, tensor: PyTensor, dtype: DType): PyTensor {
  return tensor.type.dtype === dtype ? tensor : apply(ctx, { kind: 'cast', dtype }, tensor);
}

/** Contents that are no storage's first version. */
export const ownContents = (contents: Contents): Contents =>
  contents.storage === undefined ? contents : { value: contents.value, data: contents.data };

/** The same values in memory of their own. */
export function clone(ctx: Context, tensor: PyTensor): PyTensor {
  return wrapMemory(ctx, new Memory(tensor.type, ownContents(tensor.memory.contents)));
}

/** The tensors in a returned or passed structure, in order. */
export function* tensorsIn(value: PyValue): Generator<PyTensor> {
  if (value instanceof PyTensor) yield value;
  else if (value instanceof PyTuple || value instanceof PyList) for (const item of value.items) yield* tensorsIn(item);
}
