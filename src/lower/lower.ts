import { itemAt } from '../graph/access';
import type { Graph, Node, StorageId, ValueId } from '../graph/types';
import type { Device, LoweredGraph, LoweredNode, LoweredValue, LoweredWeight } from './lowered';
import { opset } from './lowered';
import { lowerNode } from './node';
import { LoweringScope, transposesIn } from './scope';
import { LoweringSink } from './sink';

export interface LowerOptions {
  /** Dropout is off and normalisations use running statistics. */
  readonly mode: 'evaluation';
  /** Values wanted as outputs besides the model's own. */
  readonly taps?: readonly ValueId[];
  readonly weights: 'constant' | 'inputs';
  /** Default `wasm`: ONNX's own operators and PyTorch's own types. */
  readonly device?: Device;
}

/** The names of storages: PyTorch's, where the state has them. */
function storageNames(graph: Graph): Map<StorageId, string> {
  const names = new Map<StorageId, string>();
  for (const { name, storage } of graph.state) if (!names.has(storage)) names.set(storage, name);
  return names;
}

/** The nodes that outputs or taps depend on. */
function neededNodes(graph: Graph, taps: readonly ValueId[]): Set<Node> {
  const wanted = new Set<ValueId | null>([...graph.outputs.map(({ value }) => value), ...taps]);
  const nodes = new Set<Node>();
  const transposes = transposesIn(graph);
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => wanted.has(output))) continue;
    nodes.add(node);
    node.inputs.forEach((input, role) => {
      // A layer reads the transpose of its weight from the weight itself.
      const turned = node.op.kind === 'linear' && role === 1 ? transposes.get(input ?? -1) : undefined;
      wanted.add(turned ?? input);
    });
  }
  return nodes;
}

/**
 * Turns a graph into operators that the device runs on its own: those that would fall back to the CPU there are
 * expressed through others.
 * @throws LoweringError for an operator that can't be expressed, naming its place.
 */
export function lower(graph: Graph, options: LowerOptions): LoweredGraph {
  const sink = new LoweringSink(options.device ?? 'wasm');
  // Inputs and outputs keep their own names before anything else may take them.
  const inputNames = graph.inputs.map(({ name }) => sink.uniqueName(name));
  const outputNames = graph.outputs.map(({ name }) => sink.uniqueName(name));

  const weights: LoweredWeight[] = [];
  const names = storageNames(graph);
  const storageOf = new Map(graph.storages.map(({ value }, storage) => [value, storage]));
  const scope = new LoweringScope(graph, sink, lowerNode, (value) => {
    const storage = storageOf.get(value);
    if (storage === undefined) return undefined;
    const { dtype, shape } = scope.type(value);
    const name = sink.uniqueName(names.get(storage) ?? `storage_${storage}`);
    weights.push({ name, storage, type: { dtype: sink.dtype(dtype), shape } });
    return scope.round(name, dtype);
  });

  const inputs = graph.inputs.map(({ value }, i): LoweredValue => {
    const name = itemAt(inputNames, i);
    scope.bind(value, name);
    return { name, type: { dtype: scope.dtype(value), shape: scope.shape(value) } };
  });
  sink.label = graph.name;
  scope.lowerNodes(neededNodes(graph, options.taps ?? []));

  sink.label = graph.name;
  const ends = new Ends(scope);
  for (const [i, { value }] of graph.outputs.entries()) ends.add(value, itemAt(outputNames, i));
  const taps = (options.taps ?? []).map((value) => ends.tap(value));
  return {
    opset,
    name: graph.name,
    inputs,
    outputs: ends.outputs,
    taps,
    nodes: ends.rename(sink.nodes),
    constants: sink.constants,
    weights,
    weightsAs: options.weights,
  };
}

/** Gives outputs their names without a copy, where a node makes them and nothing else claims them. */
class Ends {
  readonly outputs: LoweredValue[] = [];
  private readonly renamed = new Map<string, string>();
  private readonly made: Set<string>;

  constructor(private readonly scope: LoweringScope) {
    this.made = new Set(scope.sink.nodes.flatMap((node) => node.outputs));
  }

  add(value: ValueId, name: string): void {
    const tensor = this.scope.name(value);
    const type = { dtype: this.scope.dtype(value), shape: this.scope.shape(value) };
    this.outputs.push({ name, type });
    // An input or a weight that is returned as it is, or a tensor returned twice, needs a node of its own.
    const free = this.made.has(tensor) && !this.renamed.has(tensor);
    this.renamed.set(free ? tensor : this.scope.sink.emit('Identity', [tensor]), name);
  }

  /** The output that carries a value: the model's own where it is one. */
  tap(value: ValueId): string {
    const known = this.renamed.get(this.scope.name(value));
    if (known !== undefined) return known;
    const name = this.scope.sink.uniqueName(`tap_${value}`);
    this.add(value, name);
    return name;
  }

  rename(nodes: readonly LoweredNode[]): LoweredNode[] {
    const newName = (name: string) => this.renamed.get(name) ?? name;
    return nodes.map((node) => ({ ...node, inputs: node.inputs.map(newName), outputs: node.outputs.map(newName) }));
  }
}
