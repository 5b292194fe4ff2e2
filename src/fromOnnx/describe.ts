/** What an ONNX file says of itself, without reading its operators. */
import { count } from '../graph/evaluate/elements';
import { hasOpenBatch } from './axes';
import { typeName } from './elements';
import { decodeModel, type OnnxValue } from './proto';
import { inputsOf } from './read';

export interface OnnxValueSummary {
  readonly name: string;
  /** ONNX's element type, or what else it is: `sequence`. */
  readonly type: string;
  /** A size, the name of an open one, or null where it has none; absent: of any rank. */
  readonly axes?: readonly (number | string | null)[];
}

export interface OnnxSummary {
  readonly producer: string;
  readonly producerVersion: string;
  readonly irVersion: number;
  /** By domain; ONNX's own is ''. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly name: string;
  readonly inputs: readonly OnnxValueSummary[];
  readonly outputs: readonly OnnxValueSummary[];
  /** Nodes by operator, the most frequent first; those of functions among them. */
  readonly operators: readonly { readonly operator: string; readonly count: number }[];
  readonly nodes: number;
  readonly initialisers: number;
  /** Elements of all initialisers. */
  readonly elements: number;
  /** Whether the number of examples is open: a reading may have a larger batch. */
  readonly hasOpenBatch: boolean;
  readonly isQuantised: boolean;
  readonly functions: readonly string[];
  /** Files beside the model that hold weights. */
  readonly external: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** @throws OnnxError where it is no ONNX file, or damaged */
export function describeOnnx(bytes: Uint8Array): OnnxSummary {
  const model = decodeModel(bytes);
  const { graph, functions } = model;
  const counts = new Map<string, number>();
  for (const { domain, operator } of [graph, ...functions].flatMap(({ nodes }) => nodes)) {
    const name = domain === '' ? operator : `${domain}.${operator}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const inputs = inputsOf(model);
  const external = graph.initialisers.flatMap((tensor) => tensor.external?.get('location') ?? []);
  return {
    producer: model.producer,
    producerVersion: model.producerVersion,
    irVersion: model.irVersion,
    opsets: Object.fromEntries(model.opsets),
    name: graph.name,
    inputs: inputs.map(summaryOf),
    outputs: graph.outputs.map(summaryOf),
    operators: [...counts].map(([operator, each]) => ({ operator, count: each })).sort((a, b) => b.count - a.count),
    nodes: graph.nodes.length,
    initialisers: graph.initialisers.length,
    elements: graph.initialisers.reduce((sum, { dims }) => sum + count(dims), 0),
    hasOpenBatch: inputs.some(hasOpenBatch),
    isQuantised: [...counts.keys()].some((name) => /Quantize|QLinear|Integer$/.test(name)),
    functions: functions.map(({ domain, name }) => `${domain}.${name}`),
    external: [...new Set(external)],
    metadata: Object.fromEntries(model.metadata),
  };
}

function summaryOf({ name, kind, dataType, axes }: OnnxValue): OnnxValueSummary {
  return {
    name,
    type: kind === 'tensor' ? typeName(dataType) : kind,
    ...(axes && { axes: axes.map(({ size, name: own }) => size ?? own ?? null) }),
  };
}
