/** A lowered graph in half precision: every float32 becomes float16, weights and inputs too. */
import type { DType, TensorType } from '../graph/types';
import type { Attribute, LoweredGraph } from './lowered';

const half = (dtype: DType): DType => (dtype === 'float32' ? 'float16' : dtype);
const retype = <T extends { readonly type: TensorType }>(value: T): T => ({
  ...value,
  type: { ...value.type, dtype: half(value.type.dtype) },
});

function attribute(value: Attribute): Attribute {
  return value.kind === 'type' ? { ...value, value: half(value.value) } : value;
}

/** Sizes stay as they are; `Resize`'s scales, which ONNX wants in float32, too. */
export function toHalfPrecision(graph: LoweredGraph): LoweredGraph {
  const scales = new Set(graph.nodes.flatMap(({ opType, inputs }) => (opType === 'Resize' ? inputs.slice(1) : [])));
  return {
    ...graph,
    inputs: graph.inputs.map(retype),
    outputs: graph.outputs.map(retype),
    constants: graph.constants.map((constant) => (scales.has(constant.name) ? constant : retype(constant))),
    weights: graph.weights.map(retype),
    nodes: graph.nodes.map((node) => ({
      ...node,
      attributes: Object.fromEntries(Object.entries(node.attributes).map(([name, value]) => [name, attribute(value)])),
    })),
  };
}
