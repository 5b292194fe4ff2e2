/**
 * A graph in operators that a backend has: ONNX's, opset 21, as plain data. `src/onnx/` writes it as bytes.
 * Tensors are named; nodes are in topological order.
 */
import type { DType, StorageId, TensorData, TensorType } from '../graph/types';

/** Kernels of ONNX Runtime's WebGPU backend match exact versions: from 22 on many activations drop to the CPU. */
export const opset = 21;

export type Attribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'type'; readonly value: DType };

export type Attributes = Readonly<Record<string, Attribute>>;

export interface LoweredNode {
  readonly opType: string;
  /** '' for ONNX's own operators, `com.microsoft` for ONNX Runtime's. */
  readonly domain: string;
  /** Unique; begins with the module path that the operator comes from. */
  readonly name: string;
  /** '' where an optional input is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

export interface LoweredValue {
  readonly name: string;
  readonly type: TensorType;
  /** Of inputs and outputs: what the axes are called whose sizes may be others than the type's. */
  readonly openAxes?: readonly (string | undefined)[];
}

/** A constant that the lowering itself made. */
export interface LoweredConstant extends LoweredValue {
  readonly data: TensorData;
}

/** The model's own weights: their bytes are handed over when the graph is written, or as inputs at each run. */
export interface LoweredWeight extends LoweredValue {
  readonly storage: StorageId;
}

export interface LoweredGraph {
  readonly opset: number;
  readonly name: string;
  readonly inputs: readonly LoweredValue[];
  /** The model's outputs, then the taps that are not outputs already. */
  readonly outputs: readonly LoweredValue[];
  /** Names of the outputs that carry the asked taps, in their order. */
  readonly taps: readonly string[];
  readonly nodes: readonly LoweredNode[];
  readonly constants: readonly LoweredConstant[];
  /** Weights that the nodes read. */
  readonly weights: readonly LoweredWeight[];
  /** Whether `weights` are written into the model or fed at each run. */
  readonly weightsAs: 'constant' | 'inputs';
}

/** Where a lowered graph is to run. `wasm` also stands for any other ONNX runtime: only ONNX's own operators. */
export type Device = 'webgpu' | 'wasm';

/**
 * The type a value has on a device. Half precisions are computed in float32; WebGPU has neither 64-bit numbers nor
 * small integers in its kernels.
 */
export function deviceType(dtype: DType, device: Device): DType {
  if (dtype === 'float16' || dtype === 'bfloat16') return 'float32';
  if (device === 'wasm') return dtype;
  if (dtype === 'float64') return 'float32';
  if (dtype === 'int64' || dtype === 'int16' || dtype === 'int8' || dtype === 'uint8') return 'int32';
  return dtype;
}
