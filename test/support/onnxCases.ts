/** ONNX's own backend tests: a model with inputs and the outputs that it should have. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onnx } from 'onnx-proto';
import { catalogue, defaultParameters } from '../../src/activations/catalogue';
import { elementsOf, tensorType } from '../../src/fromOnnx/elements';
import { OnnxError } from '../../src/fromOnnx/errors';
import { decodeTensor } from '../../src/fromOnnx/proto';
import { readOnnx } from '../../src/fromOnnx/read';
import { itemAt } from '../../src/graph/access';
import { GraphBuilder } from '../../src/graph/builder';
import { ModelValues } from '../../src/graph/evaluate/model';
import { initialValues } from '../../src/graph/initialise';
import type { Graph, TensorData, TensorType, ValueId } from '../../src/graph/types';

export interface OnnxTensorFile {
  readonly name: string;
  readonly type: TensorType;
  readonly data: TensorData;
}

/** A tensor as ONNX's test data have it. @throws OnnxError for a type that is not read */
export function readTensor(file: string): OnnxTensorFile {
  const tensor = decodeTensor(new Uint8Array(readFileSync(file)));
  return { name: tensor.name, type: tensorType(tensor), data: elementsOf(tensor, undefined) };
}

/** The elements of some values of a graph, for inputs in order, by what the reader itself knows of each operator. */
export function computeGraph(graph: Graph, inputs: readonly TensorData[], wanted: readonly ValueId[]): TensorData[] {
  const builder = GraphBuilder.from(graph);
  const known = new Map<ValueId, TensorData>();
  for (const [i, { value }] of graph.inputs.entries()) known.set(value, itemAt(inputs, i));
  for (const [id, storage] of graph.storages.entries()) known.set(storage.value, initialValues(storage, id, 0));
  const values = new ModelValues(builder, {
    elements: (value) => {
      const found = known.get(value);
      assert.ok(found, `value ${value} is not given`);
      return found;
    },
    activation: (inner, { activation, parameters }, [x, ...weights]) => {
      const entry = catalogue.get(activation);
      assert.ok(entry && x !== undefined);
      return entry.forward(inner, x, { ...defaultParameters(entry), ...parameters }, weights);
    },
    valueOf: ({ activation, parameters }) => {
      const entry = catalogue.get(activation);
      const { value } = entry ?? {};
      return value && entry && ((x) => value(x, { ...defaultParameters(entry), ...parameters }));
    },
    spend: () => {},
    training: false,
  });
  return wanted.map((value) => values.of(value));
}

/** What differs between two lists of numbers, or undefined. */
export function differenceOf(
  found: TensorData,
  wanted: TensorData,
  absolute: number,
  relative: number,
): string | undefined {
  if (found.length !== wanted.length) return `${found.length} elements for ${wanted.length}`;
  for (let i = 0; i < wanted.length; i++) {
    const [a, b] = [itemAt(found, i), itemAt(wanted, i)];
    if (Object.is(a, b) || a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
    if (!(Math.abs(a - b) <= absolute + relative * Math.abs(b))) return `element ${i} is ${a}, not ${b}`;
  }
  return undefined;
}

/** The model with some of its inputs as initialisers, in opset 7 where it is older: operators of that are the same. */
function settled(model: onnx.ModelProto, inputs: readonly onnx.TensorProto[], from: number): Uint8Array {
  const { graph } = model;
  assert.ok(graph);
  const settledNames = inputs.slice(from).map(({ name }) => name);
  return onnx.ModelProto.encode({
    ...model,
    opsetImport: model.opsetImport.map((each) =>
      (each.domain ?? '') === '' && Number(each.version) < 7 ? { ...each, version: 7 } : each,
    ),
    graph: {
      ...graph,
      input: graph.input?.filter(({ name }) => !settledNames.includes(name ?? '')) ?? [],
      initializer: [...(graph.initializer ?? []), ...inputs.slice(from)],
    },
  }).finish();
}

/**
 * Reads the model of a folder and computes its outputs. Where a shape goes by what an input holds, the inputs behind the
 * first are part of the model, and where that is not enough all of them.
 * @throws OnnxError where the model is refused
 * @returns what is wrong; undefined where nothing is
 */
export async function judgeCase(folder: string): Promise<string | undefined> {
  const model = onnx.ModelProto.decode(readFileSync(join(folder, 'model.onnx')));
  const sets = readdirSync(folder).filter((name) => name.startsWith('test_data_set_'));
  assert.ok(sets.length > 0);
  const names = model.graph?.input?.map(({ name }) => name ?? '') ?? [];
  for (const set of sets) {
    const at = (name: string) => join(folder, set, name);
    const inputs = names.map((name, i) => {
      const tensor = onnx.TensorProto.decode(readFileSync(at(`input_${i}.pb`)));
      tensor.name = name;
      return tensor;
    });
    const wrong = await judgeSet(model, inputs, at);
    if (wrong) return wrong;
  }
  return undefined;
}

async function judgeSet(
  model: onnx.ModelProto,
  inputs: readonly onnx.TensorProto[],
  at: (name: string) => string,
): Promise<string | undefined> {
  const graph = await readSettled(model, inputs);
  const given = graph.inputs.map(({ name }) => {
    const index = inputs.findIndex((each) => each.name === name);
    return readTensor(at(`input_${index}.pb`)).data;
  });
  const made = computeGraph(
    graph,
    given,
    graph.outputs.map(({ value }) => value),
  );
  for (const [i, { name, value }] of graph.outputs.entries()) {
    if (!existsSync(at(`output_${i}.pb`))) return `no output ${i}`;
    const wanted = readTensor(at(`output_${i}.pb`));
    const { type } = itemAt(graph.values, value);
    if (`${type.shape}` !== `${wanted.type.shape}` || type.dtype !== wanted.type.dtype)
      return `${name} is ${type.dtype}[${type.shape}], not ${wanted.type.dtype}[${wanted.type.shape}]`;
    // ONNX's own runner allows 1e-3; halves are as exact as they are.
    const relative = type.dtype === 'bfloat16' ? 2e-2 : type.dtype === 'float16' ? 1e-2 : 1e-3;
    const found = differenceOf(itemAt(made, i), wanted.data, relative / 100, relative);
    if (found) return `${name}: ${found}`;
  }
  return undefined;
}

async function readSettled(model: onnx.ModelProto, inputs: readonly onnx.TensorProto[]): Promise<Graph> {
  // Sizes that the case leaves open are those of its inputs.
  const axes: Record<string, number> = {};
  model.graph?.input?.forEach(({ name, type }, i) => {
    type?.tensorType?.shape?.dim?.forEach(({ dimParam }, dim) => {
      const size = Number(inputs[i]?.dims?.[dim] ?? 1);
      axes[dimParam || `${name}[${dim}]`] = size;
      axes[`${name}[${dim}]`] = size;
    });
  });
  const last = inputs.length;
  for (const from of [last, Math.min(1, last)]) {
    try {
      return await readOnnx(settled(model, inputs, from), { axes });
    } catch (error) {
      if (!(error instanceof OnnxError && error.kind === 'by-values')) throw error;
    }
  }
  return readOnnx(settled(model, inputs, 0), { axes });
}
