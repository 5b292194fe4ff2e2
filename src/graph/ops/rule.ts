import { itemOr } from '../access';
import { type DType, type OpAttributes, type OpKind, ShapeError, type TensorType } from '../types';

export type InputTypes = readonly (TensorType | null)[];

/** Types of an operator's outputs from its inputs' types and its attributes; throws ShapeError. */
export type TypeRule<K extends OpKind> = (attributes: OpAttributes[K], inputs: InputTypes) => TensorType[];
export type TypeRules<K extends OpKind> = { readonly [P in K]: TypeRule<P> };

/** The input at `index`, which must be there. */
export function requiredInput(inputs: InputTypes, index: number): TensorType {
  const found = inputs[index];
  if (!found) throw new ShapeError(`input ${index} is missing`);
  return found;
}

export { sizeAt as size } from '../access';

export function elements(shape: readonly number[]): number {
  return shape.reduce((product, each) => product * each, 1);
}

/** `[2, 3]`, as PyTorch prints sizes. */
export function sizes(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

/** PyTorch's broadcasting of two shapes. */
export function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  const result = new Array<number>(rank);
  // PyTorch begins with the last dimension, and tells the first that doesn't fit.
  for (let i = rank - 1; i >= 0; i--) {
    const [x, y] = [itemOr(a, a.length - rank + i, 1), itemOr(b, b.length - rank + i, 1)];
    if (x !== y && x !== 1 && y !== 1) {
      throw new ShapeError(
        `The size of tensor a (${x}) must match the size of tensor b (${y}) at non-singleton dimension ${i}`,
      );
    }
    result[i] = x === 1 ? y : x;
  }
  return result;
}

const RANK: readonly DType[] = [
  'bool',
  'uint8',
  'int8',
  'int16',
  'int32',
  'int64',
  'float16',
  'bfloat16',
  'float32',
  'float64',
];

export function isFloating(dtype: DType): boolean {
  return dtype.includes('float');
}

/** PyTorch's type promotion between tensors of at least one dimension. */
export function promote(a: DType, b: DType): DType {
  if (a === b) return a;
  const pair = [a, b];
  if (pair.includes('float16') && pair.includes('bfloat16')) return 'float32';
  if (pair.includes('int8') && pair.includes('uint8')) return 'int16';
  return RANK.indexOf(a) > RANK.indexOf(b) ? a : b;
}

/** Promotion as PyTorch does it: a zero-dimensional tensor only decides across kinds (bool, integer, floating). */
export function promoteTypes(a: TensorType, b: TensorType): DType {
  const kind = (dtype: DType) => (dtype === 'bool' ? 0 : isFloating(dtype) ? 2 : 1);
  if (a.shape.length === 0 && b.shape.length > 0 && kind(a.dtype) <= kind(b.dtype)) return b.dtype;
  if (b.shape.length === 0 && a.shape.length > 0 && kind(b.dtype) <= kind(a.dtype)) return a.dtype;
  return promote(a.dtype, b.dtype);
}
