import { onnx } from 'onnx-proto';
import type { DType, TensorData, TensorType } from '../graph/types';
import type { Attribute, LoweredGraph, LoweredNode, LoweredValue } from '../lower/lowered';
import { rawBytes } from './raw';

const { DataType } = onnx.TensorProto;
const { AttributeType } = onnx.AttributeProto;

const elementTypes: Readonly<Record<DType, number>> = {
  float32: DataType.FLOAT,
  float64: DataType.DOUBLE,
  float16: DataType.FLOAT16,
  bfloat16: DataType.BFLOAT16,
  int8: DataType.INT8,
  uint8: DataType.UINT8,
  int16: DataType.INT16,
  int32: DataType.INT32,
  int64: DataType.INT64,
  bool: DataType.BOOL,
};

function attribute(name: string, value: Attribute): onnx.IAttributeProto {
  switch (value.kind) {
    case 'int':
      return { name, type: AttributeType.INT, i: value.value };
    case 'ints':
      return { name, type: AttributeType.INTS, ints: [...value.value] };
    case 'float':
      return { name, type: AttributeType.FLOAT, f: value.value };
    case 'floats':
      return { name, type: AttributeType.FLOATS, floats: [...value.value] };
    case 'string':
      return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value.value) };
    case 'strings':
      return { name, type: AttributeType.STRINGS, strings: value.value.map((each) => new TextEncoder().encode(each)) };
    case 'type':
      return { name, type: AttributeType.INT, i: elementTypes[value.value] };
  }
}

function node(lowered: LoweredNode): onnx.INodeProto {
  return {
    opType: lowered.opType,
    domain: lowered.domain,
    name: lowered.name,
    input: [...lowered.inputs],
    output: [...lowered.outputs],
    attribute: Object.entries(lowered.attributes).map(([name, value]) => attribute(name, value)),
  };
}

function valueInfo({ name, type, openAxes }: LoweredValue): onnx.IValueInfoProto {
  const dim = type.shape.map((size, axis) => {
    const dimParam = openAxes?.[axis];
    return dimParam === undefined ? { dimValue: size } : { dimParam };
  });
  return { name, type: { tensorType: { elemType: elementTypes[type.dtype], shape: { dim } } } };
}

function tensor(name: string, type: TensorType, data: TensorData): onnx.ITensorProto {
  const elements = type.shape.reduce((product, size) => product * size, 1);
  if (data.length !== elements) {
    throw new RangeError(`${name} has ${data.length} elements, its shape [${type.shape}] asks for ${elements}`);
  }
  return { name, dims: [...type.shape], dataType: elementTypes[type.dtype], rawData: rawBytes(data, type.dtype) };
}

/** Protocol buffers end there. */
const largest = 2 ** 31 - 1;

/**
 * Writes a lowered graph as an ONNX model (IR version 10, opset 21). Weights in float32 are copied once, into the
 * result.
 * @param weights by `StorageId`; not read where weights are inputs
 * @throws RangeError where a weight is missing, has another size, or the model passes 2 GiB.
 */
export function encodeModel(graph: LoweredGraph, weights: readonly (TensorData | undefined)[] = []): Uint8Array {
  const constant = graph.weightsAs === 'constant';
  const initializer = graph.constants.map(({ name, type, data }) => tensor(name, type, data));
  for (const { name, storage, type } of constant ? graph.weights : []) {
    const data = weights[storage];
    if (!data) throw new RangeError(`the weight ${name} has no data`);
    initializer.push(tensor(name, type, data));
  }
  const bytes = initializer.reduce((sum, { rawData }) => sum + (rawData?.length ?? 0), 0);
  if (bytes > largest)
    throw new RangeError(`the model's constants take ${bytes} bytes; an ONNX file holds less than 2 GiB`);

  const inputs = constant ? graph.inputs : [...graph.inputs, ...graph.weights];
  const domains = new Set(graph.nodes.map(({ domain }) => domain).filter((domain) => domain !== ''));
  return onnx.ModelProto.encode({
    irVersion: 10,
    producerName: 'activation-lens',
    opsetImport: [{ domain: '', version: graph.opset }, ...[...domains].map((domain) => ({ domain, version: 1 }))],
    graph: {
      name: graph.name || 'model',
      node: graph.nodes.map(node),
      initializer,
      input: inputs.map(valueInfo),
      output: graph.outputs.map(valueInfo),
    },
  }).finish();
}
