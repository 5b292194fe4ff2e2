/** ONNX's own backend tests: a model with inputs and the outputs that it should have. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue, defaultParameters } from '../../src/activations/catalogue';
import { elementsOf, tensorType } from '../../src/fromOnnx/elements';
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
export function differenceOf(found: TensorData, wanted: TensorData, absolute: number, relative: number): string | undefined {
  if (found.length !== wanted.length) return `${found.length} elements for ${wanted.length}`;
  for (let i = 0; i < wanted.length; i++) {
    const [a, b] = [itemAt(found, i), itemAt(wanted, i)];
    if (Object.is(a, b) || a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
    if (!(Math.abs(a - b) <= absolute + relative * Math.abs(b))) return `element ${i} is ${a}, not ${b}`;
  }
  return undefined;
}

/**
 * Reads the model of a folder and computes its outputs.
 * @throws OnnxError where the model is refused
 * @returns what is wrong; undefined where nothing is
 */
export async function judgeCase(folder: string): Promise<string | undefined> {
  const graph = await readOnnx(new Uint8Array(readFileSync(join(folder, 'model.onnx'))));
  const sets = readdirSync(folder).filter((name) => name.startsWith('test_data_set_'));
  assert.ok(sets.length > 0);
  for (const set of sets) {
    const at = (name: string) => join(folder, set, name);
    const inputs = graph.inputs.map((_, i) => readTensor(at(`input_${i}.pb`)).data);
    const made = computeGraph(graph, inputs, graph.outputs.map(({ value }) => value));
    for (const [i, { name, value }] of graph.outputs.entries()) {
      if (!existsSync(at(`output_${i}.pb`))) return `no output ${i}`;
      const wanted = readTensor(at(`output_${i}.pb`));
      const { type } = itemAt(graph.values, value);
      if (`${type.shape}` !== `${wanted.type.shape}` || type.dtype !== wanted.type.dtype)
        return `${name} is ${type.dtype}[${type.shape}], not ${wanted.type.dtype}[${wanted.type.shape}]`;
      const isHalf = type.dtype === 'float16' || type.dtype === 'bfloat16';
      const found = differenceOf(itemAt(made, i), wanted.data, isHalf ? 1e-3 : 1e-5, isHalf ? 1e-2 : 1e-4);
      if (found) return `${name}: ${found}`;
    }
  }
  return undefined;
}
