/** Holds what is read of a file against what the real library makes of it. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import * as layers from '@tensorflow/tfjs-layers';
import { projectCallers } from '../../../src/cli/callers';
import { detect } from '../../../src/detect/detect';
import type { ActivationSite } from '../../../src/detect/site';
import type { Extraction } from '../../../src/extract/extract';
import { itemAt } from '../../../src/graph/access';
import { activationsOf } from '../../../src/graph/activations';
import { initialise } from '../../../src/graph/initialise';
import type { Graph, SourceRange } from '../../../src/graph/types';
import { resolveSites } from '../../../src/resolve/join';
import { NodeSource } from '../../../src/source/node';
import { testReader } from '../reader';
import { testSyntax } from '../syntax';
import { holdToTruth } from './judge';
import { fixture, makeInLibrary, type SourceCase } from './sources';
import { type Truth, truthWhenMade } from './truth';

const callers = projectCallers();

/** What the product reads of a file, in the thread that hosts use. */
export async function readSource(
  file: string,
  asked?: string,
): Promise<{ readonly extraction: Extraction; readonly training?: Graph; readonly batched?: Graph }> {
  const request = { file, compared: true, ...(asked !== undefined && { expression: asked }) };
  return testReader().read(request, { source: new NodeSource(), callers });
}

/** @throws AssertionError where layers, weights, outputs, gradients or places are not the library's */
export async function holdSource(one: SourceCase): Promise<void> {
  const file = fixture(one.file);
  const { extraction } = await readSource(file, one.asked);
  assert.ok(extraction.ok, extraction.ok ? '' : extraction.problem.message);
  const { graph, expression } = extraction;
  const inputs = graph.inputs.map(({ value }, index) => {
    const { shape } = itemAt(graph.values, value).type;
    const below = one.below?.[index];
    return { shape, ...(below !== undefined && { below }) };
  });
  let target: unknown;
  const loaded = one.loaded ?? 0;
  const truth = await truthWhenMade(async () => {
    const made = await makeInLibrary(file, one.written ?? expression, one.page && fixture(one.page));
    target = made;
    if (loaded > 0) holdSaved(graph, made, loaded);
    return { target: made, inputs };
  }, 1);
  holdLayers(graph, target, truth, loaded);
  holdToTruth({ graph, truth });
  await holdPlaces(graph, one.unnamed ?? 0);
}

/** The weights of layers that were loaded are those that were saved. */
function holdSaved(graph: Graph, target: unknown, loaded: number): void {
  assert.ok(target instanceof layers.LayersModel);
  const saved = target.layers.filter((layer) => layer.getClassName() !== 'InputLayer').slice(0, loaded);
  const weights = new Set(saved.flatMap((layer) => layer.weights));
  assert.ok(weights.size > 0);
  const values = initialise(graph, 0);
  target.weights.forEach((weight, index) => {
    const storage = graph.state[index]?.storage ?? -1;
    if (weights.has(weight)) assert.deepEqual([...(values[storage] ?? [])], [...weight.read().dataSync()], weight.name);
  });
}

/** Layers by class, in the order of the model, and their weights by shape. */
function holdLayers(graph: Graph, target: unknown, truth: Truth, loaded: number): void {
  const shapes = graph.state.map(({ storage }) => graph.storages[storage]?.type.shape);
  const elements = shapes.map((shape) => (shape ?? []).reduce((a, b) => a * b, 1));
  assert.deepEqual(
    elements,
    truth.weights.map(({ values }) => values.length),
    'sizes of the weights',
  );
  assert.equal(
    elements.reduce((a, b) => a + b, 0),
    truth.parameters,
    'parameters',
  );
  if (!(target instanceof layers.LayersModel)) return;
  const found = (graph.modules ?? []).filter(({ path }) => !path.includes('/')).map(({ name }) => name);
  const wanted = target.layers.map((layer) => layer.getClassName()).filter((name) => name !== 'InputLayer');
  assert.deepEqual(found, wanted.slice(loaded), 'layers');
}

const textAt = (text: string, { line, column, endLine, endColumn }: SourceRange): string => {
  const lines = text.split('\n').slice(line, endLine + 1);
  const last = lines.length - 1;
  return lines
    .map((each, index) => each.slice(index === 0 ? column : 0, index === last ? endColumn : undefined))
    .join('\n');
};

/** Every activation that the code names is joined with a site that detection has. */
async function holdPlaces(graph: Graph, unnamed: number): Promise<void> {
  const files = new Set(graph.nodes.flatMap(({ site, source }) => [site?.file, source?.file]));
  const sites: ActivationSite[] = [];
  const texts = new Map<string, string>();
  for (const file of files) {
    if (file === undefined) continue;
    const text = await readFile(file, 'utf8');
    texts.set(file, text);
    sites.push(...(await detect(testSyntax(), { file, text, version: 1 })));
  }
  const resolved = resolveSites(graph, sites);
  const all = activationsOf(graph);
  const told = all
    .filter(({ node }) => resolved.unnamed.includes(node))
    .map(({ op, path, site, source }) => {
      const place = site ?? source;
      const text = place && textAt(texts.get(place.file) ?? '', place);
      return `${op.activation} of ${path} at ${place && place.line + 1}: ${text}`;
    });
  assert.equal(told.length, unnamed, `without a site: ${told.join('; ')}`);
}
