/** Initialisers that become storages: parameters where PyTorch has parameters, else buffers. */
import { doubleAt, itemAt, sizeAt } from '../graph/access';
import type { GraphBuilder } from '../graph/builder';
import { isSameShape } from '../graph/emit';
import { count, storeElements } from '../graph/evaluate/elements';
import type { DType, StateEntry, StorageId, TensorData, TensorType, ValueId } from '../graph/types';
import type { FileWeight, OnnxOperand } from './operand';

export type WeightRole = 'parameter' | 'buffer';

interface Placed {
  readonly storage: StorageId;
  readonly value: ValueId;
  /** How its storage differs from the file. */
  readonly form: 'plain' | 'transposed' | 'reshaped';
}

interface WeightEntry {
  readonly weight: FileWeight;
  readonly storage: StorageId;
  readonly kind: WeightRole;
  readonly name: string;
}

export class FileWeights {
  private readonly placed = new Map<FileWeight, Placed>();
  private readonly recasts = new Map<FileWeight, Map<DType, FileWeight>>();
  private readonly ofConstants = new WeakMap<TensorData, FileWeight>();
  private readonly entries: WeightEntry[] = [];

  constructor(private readonly builder: GraphBuilder) {}

  /** The weight that a constant of the file is where a layer reads it: the same one however many read it. */
  ofConstant({ type, known, name = 'constant' }: OnnxOperand & { readonly known: TensorData }): FileWeight {
    const found = this.ofConstants.get(known) ?? { name, type, order: Number.POSITIVE_INFINITY, data: () => known };
    this.ofConstants.set(known, found);
    return found;
  }

  /** The storage of a weight, in the file's shape. */
  valueOf(weight: FileWeight, role: WeightRole = 'parameter'): ValueId {
    const known = this.placed.get(weight);
    if (!known) return this.place(weight, role, weight.type, weight.data(), 'plain').value;
    return this.asInFile(weight, known);
  }

  private asInFile(weight: FileWeight, { value, form }: Placed): ValueId {
    if (form === 'plain') return value;
    if (form === 'transposed') return this.transpose(value);
    return this.builder.emit1({ kind: 'reshape', shape: weight.type.shape }, value);
  }

  /** In another shape; where a layer is the first to read it, its storage has that shape. */
  asReshaped(weight: FileWeight, shape: readonly number[]): ValueId {
    const known = this.placed.get(weight);
    const type: TensorType = { dtype: weight.type.dtype, shape };
    if (!known) return this.place(weight, 'parameter', type, weight.data(), 'reshaped').value;
    if (isSameShape(this.builder.type(known.value).shape, shape)) return known.value;
    return this.builder.emit1({ kind: 'reshape', shape }, this.asInFile(weight, known));
  }

  /**
   * A matrix with its dimensions swapped, as layers hold theirs. Where a layer is the first to read it, its storage is
   * made so, because drawing weights anew and rounding them look for the storage itself.
   */
  asTransposed(weight: FileWeight): ValueId {
    const known = this.placed.get(weight);
    if (known) return known.form === 'transposed' ? known.value : this.transpose(this.asInFile(weight, known));
    const { dtype, shape } = weight.type;
    const [rows, columns] = [sizeAt(shape, 0), sizeAt(shape, 1)];
    const type: TensorType = { dtype, shape: [columns, rows] };
    return this.place(weight, 'parameter', type, transposeData(weight.data(), rows, columns), 'transposed').value;
  }

  /** The same weight in another precision; `recast` of the same one is the same storage. */
  recast(weight: FileWeight, dtype: DType): OnnxOperand {
    const all = this.recasts.get(weight) ?? new Map<DType, FileWeight>();
    this.recasts.set(weight, all);
    const type: TensorType = { dtype, shape: weight.type.shape };
    const found = all.get(dtype) ?? {
      ...weight,
      type,
      data: () => {
        const data = weight.data();
        return storeElements(dtype, data.length, (i) => itemAt(data, i));
      },
    };
    all.set(dtype, found);
    return { type, weight: found };
  }

  /** A storage with the weight's elements in another arrangement, which nothing else of the file reads. */
  derive(weight: FileWeight, suffix: string, shape: readonly number[], places: Int32Array): ValueId {
    const from = weight.data();
    const { dtype } = weight.type;
    const data = storeElements(dtype, places.length, (i) => itemAt(from, itemAt(places, i)));
    return this.add(weight, 'parameter', { dtype, shape }, data, `${weight.name}${suffix}`).value;
  }

  /** The state in the order of the file; names that occur twice are numbered. */
  state(): StateEntry[] {
    const taken = new Set<string>();
    return this.entries
      .map((entry, index) => ({ entry, index }))
      .sort((a, b) => a.entry.weight.order - b.entry.weight.order || a.index - b.index)
      .map(({ entry: { storage, kind, name: wanted } }) => {
        let name = wanted;
        for (let again = 1; taken.has(name); again++) name = `${wanted}_${again}`;
        taken.add(name);
        return { name, storage, kind, persistent: true };
      });
  }

  private place(
    weight: FileWeight,
    role: WeightRole,
    type: TensorType,
    data: TensorData,
    form: Placed['form'],
  ): Placed {
    const made = { ...this.add(weight, role, type, data, weight.name), form };
    this.placed.set(weight, made);
    return made;
  }

  private add(weight: FileWeight, role: WeightRole, type: TensorType, data: TensorData, name: string) {
    // A mask of −∞ is nothing that training moves.
    const kind = role === 'buffer' || !hasOnlyNumbers(data) ? 'buffer' : 'parameter';
    const storage = this.builder.storage(type, kind === 'parameter', { kind: 'data', data });
    this.entries.push({ weight, storage, kind, name });
    return { storage, value: this.builder.storageAt(storage).value };
  }

  private transpose(value: ValueId): ValueId {
    return this.builder.emit1({ kind: 'permute', dims: [1, 0] }, value);
  }
}

function hasOnlyNumbers(data: TensorData): boolean {
  if (!(data instanceof Float32Array)) return Array.from(data).every(Number.isFinite);
  // Zero times a number is zero, and no number otherwise.
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += (data[i] as number) * 0;
  return sum === 0;
}

/** Blocks of rows and columns that fit a cache together. */
const BLOCK = 32;

function transposeData(data: TensorData, rows: number, columns: number): TensorData {
  if (data instanceof Float32Array) return transposeFloats(data, new Float32Array(data.length), rows, columns);
  const places = Array.from(data, (_, i) => (i % rows) * columns + Math.floor(i / rows));
  return places.map((place) => itemAt(data, place));
}

function transposeFloats(data: Float32Array, result: Float32Array, rows: number, columns: number): Float32Array {
  for (let top = 0; top < rows; top += BLOCK) {
    for (let left = 0; left < columns; left += BLOCK) {
      for (let row = top; row < Math.min(top + BLOCK, rows); row++) {
        for (let column = left; column < Math.min(left + BLOCK, columns); column++)
          result[column * rows + row] = data[row * columns + column] as number;
      }
    }
  }
  return result;
}

/** Whether an initialiser is of a kind that layers learn: not a lone number that a formula is written with. */
export function isWeightLike(type: TensorType, name: string): boolean {
  if (!type.dtype.includes('float')) return false;
  if (count(type.shape) > 1) return true;
  // PyTorch's parameters keep their dotted names; numbers of a formula are called `onnx::Mul_12`, `val_3`.
  return /^[A-Za-z_]\w*(?:\.\w+)+$/.test(name);
}

/** The elements of a small list of numbers. */
export const numbersOf = (data: TensorData): number[] =>
  data instanceof Float64Array ? Array.from({ length: data.length }, (_, i) => doubleAt(data, i)) : Array.from(data);
