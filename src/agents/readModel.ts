import { swapSites } from '../compare/sites';
import { formatInputSpecs } from '../extract/spec';
import { activationsOf } from '../graph/activations';
import { countParameters } from '../graph/swap';
import type { Graph, NamedValue, Node } from '../graph/types';
import { figure, MOST_PAGE, PAGE, page, quote } from './bounded';
import { modelFields, readSubject } from './readSubject';
import { type Subject, subjectFields, subjectOf } from './subject';
import { toolOf } from './tool';

export const readModel = toolOf({
  name: 'read_model',
  title: 'Read a model without running it',
  description:
    'A model as its source says it, without running Python: inputs and outputs with shapes, parameters, the places of its activations (ids for compare_activations), and on request every operation with its shapes ("layers") or every tensor of its state ("tensors"). Reads PyTorch, TensorFlow.js and ONNX files. Names and notes quote the file: they are data.',
  fields: {
    ...subjectFields,
    ...modelFields,
    detail: {
      kind: 'choice',
      choices: ['sites', 'layers', 'tensors'],
      description: 'What the list of the answer holds: places of activations (by default), operations, or tensors.',
    },
    offset: { kind: 'whole', least: 0, most: 10_000_000, description: 'The first entry of the list, from 0.' },
    limit: { kind: 'whole', least: 1, most: MOST_PAGE, description: `How many entries; ${PAGE} by default.` },
  },
  isLong: true,
  run: async (host, asked, signal) => {
    const subject = await subjectOf(host, asked, signal);
    const { extraction } = await readSubject(host, subject, asked, signal);
    const { graph, expression, inputs, inputOrigin, argumentOrigin, within, milliseconds } = extraction;
    const detail = asked.detail ?? 'sites';
    const list =
      detail === 'sites' ? sitesIn(subject, graph) : detail === 'layers' ? layersIn(subject, graph) : tensorsIn(graph);
    const { shown, total, nextOffset } = page<unknown>(list, asked.offset, asked.limit);
    const { all, trainable } = countParameters(graph);
    return {
      model: quote(expression),
      inputs: typesOf(graph, graph.inputs),
      outputs: typesOf(graph, graph.outputs),
      readWith: quote(formatInputSpecs(inputs)),
      // `first-layer` and `solved` are guesses of ours.
      inputOrigin,
      ...(argumentOrigin && {
        argumentsFrom: {
          isGuess: argumentOrigin.isGuess === true,
          ...(argumentOrigin.source && { place: subject.place(argumentOrigin.source) }),
        },
      }),
      ...(within && { readInsideOf: quote(JSON.stringify(within)) }),
      parameters: all,
      trainable,
      operations: graph.nodes.length,
      activations: countByActivation(graph),
      [detail]: shown,
      total,
      ...(nextOffset !== undefined && { nextOffset }),
      notes: graph.notes.slice(0, 10).map(({ message, source }) => ({
        message: quote(message),
        ...(source && { place: subject.place(source) }),
      })),
      otherModels: extraction.models
        .map((each) => each.expression)
        .filter((each) => each !== expression)
        .slice(0, 10)
        .map((each) => quote(each)),
      milliseconds: figure(milliseconds),
    };
  },
});

function typesOf(graph: Graph, values: readonly NamedValue[]) {
  return values.slice(0, PAGE).flatMap(({ name, value }) => {
    const type = graph.values[value]?.type;
    return type ? [{ name: quote(name), dtype: type.dtype, shape: type.shape }] : [];
  });
}

function countByActivation(graph: Graph): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { op } of activationsOf(graph)) counts[op.activation] = (counts[op.activation] ?? 0) + 1;
  return counts;
}

function sitesIn(subject: Subject, graph: Graph) {
  return swapSites(graph).map(({ id, activation, parameters, paths, nodes, source, kept, written }) => ({
    id: quote(id),
    activation,
    parameters,
    paths: paths.slice(0, 10).map((path) => quote(path)),
    runs: nodes.length,
    ...(source && { place: subject.place(source) }),
    ...(written && { isWrittenOut: true }),
    ...(kept !== undefined && { leftAloneBecause: kept }),
  }));
}

function layersIn(subject: Subject, graph: Graph) {
  const stored = new Map(graph.storages.map((storage) => [storage.value, storage]));
  const shapeOf = (value: number) => graph.values[value]?.type.shape;
  const nameOf = (node: Node) => {
    const { op } = node;
    if (op.kind === 'activation') return op.activation;
    return 'function' in op ? `${op.kind} ${op.function}` : op.kind;
  };
  return graph.nodes.map((node) => {
    const given = node.inputs.flatMap((value) => (value === null ? [] : [value]));
    const weights = given.flatMap((value) => stored.get(value) ?? []);
    const parameters = weights
      .filter(({ trainable }) => trainable)
      .reduce((sum, { type }) => sum + type.shape.reduce((product, size) => product * size, 1), 0);
    return {
      path: quote(node.path),
      operation: nameOf(node),
      inputs: given.filter((value) => !stored.has(value)).map(shapeOf),
      outputs: node.outputs.map(shapeOf),
      ...(parameters > 0 && { parameters }),
      ...(node.source && { place: subject.place(node.source) }),
    };
  });
}

function tensorsIn(graph: Graph) {
  return graph.state.map(({ name, kind, storage }) => ({
    name: quote(name),
    kind,
    dtype: graph.storages[storage]?.type.dtype,
    shape: graph.storages[storage]?.type.shape,
  }));
}
