/** What a name of the file stands for while it is read. */
import type { TensorData, TensorType, ValueId } from '../graph/types';

/** An initialiser of floats that may be a weight: its bytes become a storage when a layer reads it. */
export interface FileWeight {
  readonly name: string;
  readonly type: TensorType;
  /** Where it stands among the file's initialisers. */
  readonly order: number;
  /** @throws OnnxError where the file has too few bytes for it */
  readonly data: () => TensorData;
}

/** A tensor: known numbers, a weight, or a value of the graph; `value` is set once the graph has it. */
export interface OnnxOperand {
  readonly type: TensorType;
  readonly known?: TensorData;
  readonly weight?: FileWeight;
  /** The name in the file, for weights that stand in constants. */
  readonly name?: string;
  value?: ValueId;
}

/** Whether its elements are known while the file is read, and are no weights. */
export const isKnown = (operand: OnnxOperand): operand is OnnxOperand & { readonly known: TensorData } =>
  operand.known !== undefined;
