import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Extraction, extractModel } from '../../src/extract/extract';
import type { Graph } from '../../src/graph/types';
import { NodeSource } from '../../src/source/node';
import { inRoot } from './paths';
import type { RuledInput } from './rule';
import { testSyntax } from './syntax';

/** A line of test/fixtures/models.json: a model as PyTorch sees it. */
export interface ModelCase {
  readonly file: string;
  readonly expression: string;
  readonly inputs: readonly RuledInput[];
  readonly parameters: number;
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** Path and class of each activation module, in the order in which they ran. */
  readonly activations: readonly (readonly [path: string, name: string])[];
  /** Every `step`th value of each output. */
  readonly outputs: readonly {
    readonly shape: readonly number[];
    readonly step: number;
    readonly data: readonly number[];
  }[];
}

export function modelCases(file = inRoot('test', 'fixtures', 'models.json')): ModelCase[] {
  return JSON.parse(readFileSync(file, 'utf8')) as ModelCase[];
}

export function extractCase(
  { file, expression, inputs }: Pick<ModelCase, 'file' | 'expression' | 'inputs'>,
  training = false,
): Promise<Extraction> {
  return extractModel({
    syntax: testSyntax(),
    source: new NodeSource(),
    file: resolve(inRoot(), file),
    expression,
    training,
    inputs: inputs.map(({ shape, dtype }) => ({ shape: [...shape], dtype })),
  });
}

/** The persistent part of the state dict, in order. */
export function stateOf(graph: Graph): ModelCase['tensors'] {
  return graph.state
    .filter(({ persistent }) => persistent)
    .map(({ name, storage }) => ({ name, shape: graph.storages[storage]?.type.shape ?? [] }));
}

/** Elements of trainable tensors, shared ones once. */
export function parameterCount(graph: Graph): number {
  const trainable = new Set(graph.state.filter(({ kind }) => kind === 'parameter').map(({ storage }) => storage));
  return [...trainable].reduce(
    (sum, id) => sum + (graph.storages[id]?.type.shape.reduce((product, size) => product * size, 1) ?? 0),
    0,
  );
}
