/** Reads the nodes of a file one after the other: graphs inside of them and functions are read in their place. */
import { itemAt } from '../graph/access';
import type { GraphBuilder } from '../graph/builder';
import { ShapeError, type ValueId } from '../graph/types';
import { excerpt } from '../language/legible';
import { say, sentence } from '../language/say';
import { NodeAttributes } from './attributes';
import { NodeCall, type NodeSurroundings } from './call';
import { elementsOf, tensorType } from './elements';
import { OnnxError } from './errors';
import { externalBytes } from './external';
import { type NodePlace, placesOf } from './names';
import type { FileWeight, OnnxOperand } from './operand';
import { readOf } from './ops/index';
import { neededNodes } from './order';
import type { OnnxAttribute, OnnxFunction, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, OpsetVersions } from './proto';
import { Trace } from './trace';
import { FileWeights, isWeightLike } from './weights';

/** Functions and graphs inside each other. */
const MOST_DEPTH = 32;
/** Nodes that are read, those of loops and functions each time. */
const MOST_READ = 200_000;

/** Names and what they stand for, where nodes are read. */
interface NameFrame {
  readonly values: Map<string, OnnxOperand>;
  readonly opsets: OpsetVersions;
  /** What stands before the names of its nodes. */
  readonly prefix: string;
  readonly call: number;
  readonly depth: number;
  /** Around a graph inside of a node; a function sees nothing of what is around it. */
  readonly parent?: NameFrame;
  /** In a function: the attributes of its call. */
  readonly given?: ReadonlyMap<string, OnnxAttribute>;
}

const keyOf = (domain: string, name: string, overload: string) => `${domain}\n${name}\n${overload}`;

export class FileReading {
  readonly weights: FileWeights;
  readonly t: Trace;
  private readonly functions: ReadonlyMap<string, OnnxFunction>;
  private readonly places = new WeakMap<readonly OnnxNode[], readonly NodePlace[]>();
  private readonly orders = new WeakMap<readonly OnnxNode[], readonly number[]>();
  private readonly opsets: OpsetVersions;
  private readonly producer: string;
  private read = 0;
  private order = 0;

  constructor(
    private readonly builder: GraphBuilder,
    model: OnnxModel,
    private readonly files: ReadonlyMap<string, Uint8Array | undefined>,
  ) {
    this.weights = new FileWeights(builder);
    this.t = new Trace(builder, this.weights);
    this.functions = new Map(model.functions.map((each) => [keyOf(each.domain, each.name, each.overload), each]));
    this.opsets = model.opsets;
    this.producer = model.producer;
  }

  /** The outputs of the model's own graph, of its inputs. @throws OnnxError */
  outputs(graph: OnnxGraph, inputs: ReadonlyMap<string, OnnxOperand>): ValueId[] {
    const frame = { values: new Map(inputs), opsets: this.opsets, prefix: '', call: 0, depth: 0 };
    return this.runGraph(graph, frame).map((operand) => this.t.valueOf(operand));
  }

  private runGraph(graph: OnnxGraph, frame: NameFrame): OnnxOperand[] {
    if (frame.depth > MOST_DEPTH)
      throw new OnnxError('too-large', say('The file nests graphs more than {0} deep.', MOST_DEPTH));
    const [sparse] = graph.sparse;
    if (sparse !== undefined) {
      throw new OnnxError(
        'type',
        say('The initialiser {0} is sparse, which is not read; export it as a dense one.', sparse),
      );
    }
    for (const tensor of graph.initialisers) {
      if (frame.values.has(tensor.name)) {
        // Before version 4 of the format initialisers were inputs, too; otherwise two have one name.
        throw new OnnxError('damaged', say('Two values have the name {0}: the file is damaged.', tensor.name));
      }
      frame.values.set(tensor.name, this.initialiser(tensor));
    }
    this.runNodes(
      graph.nodes,
      graph.outputs.map(({ name }) => name),
      frame,
    );
    return graph.outputs.map(({ name }) => this.find(name, frame, say('The output {0}', name)));
  }

  /** An initialiser as a weight, or as numbers; its bytes are looked at when they are asked for. */
  private initialiser(tensor: OnnxTensor): OnnxOperand {
    const { name } = tensor;
    const order = this.order++;
    let data: ReturnType<typeof elementsOf> | undefined;
    const elements = () => {
      data ??= elementsOf(tensor, externalBytes(tensor, this.files));
      return data;
    };
    // What has an element type that is not read is refused where something reads it.
    const operand = {
      name,
      get type() {
        return tensorType(tensor);
      },
      get weight(): FileWeight | undefined {
        const type = tensorType(tensor);
        weight ??= isWeightLike(type, name) ? { name, type, order, data: elements } : undefined;
        return weight;
      },
      get known() {
        return this.weight ? undefined : elements();
      },
    };
    let weight: FileWeight | undefined;
    return operand as OnnxOperand;
  }

  private find(name: string, frame: NameFrame, reader: string, node?: string): OnnxOperand {
    for (let at: NameFrame | undefined = frame; at; at = at.parent) {
      const found = at.values.get(name);
      if (found) return found;
    }
    throw new OnnxError(
      'damaged',
      say('{0} reads {1}, which nothing makes: the file is damaged.', sentence(reader), name),
      node === undefined ? {} : { node },
    );
  }

  private runNodes(nodes: readonly OnnxNode[], wanted: readonly string[], frame: NameFrame): void {
    const places = this.places.get(nodes) ?? placesOf(nodes);
    this.places.set(nodes, places);
    const order = this.orders.get(nodes) ?? neededNodes(nodes, wanted);
    this.orders.set(nodes, order);
    for (const index of order) {
      const node = itemAt(nodes, index);
      if (++this.read > MOST_READ) {
        throw new OnnxError(
          'too-large',
          say('Its functions and loops make more than {0} operators; export a smaller model.', MOST_READ),
        );
      }
      const { path: own, call } = itemAt(places, index);
      const path = `${frame.prefix}${own}`;
      this.builder.origin = { path, call: frame.call + call };
      const outputs = this.readNode(node, path, frame);
      node.outputs.forEach((name, i) => {
        const found = outputs[i];
        if (name === '' || !found) return;
        if (frame.values.has(name))
          throw new OnnxError('damaged', say('Two values have the name {0}: the file is damaged.', name), {
            node: path,
          });
        frame.values.set(name, found);
      });
    }
  }

  private readNode(node: OnnxNode, path: string, frame: NameFrame): readonly OnnxOperand[] {
    const given = resolveReferences(node.attributes, frame.given);
    const what = `${node.operator} (${path})`;
    const inputs = node.inputs.map((name) => (name === '' ? undefined : this.find(name, frame, what, path)));
    const own = this.functions.get(keyOf(node.domain, node.operator, node.overload));
    const opset = frame.opsets.get(node.domain);
    const read = readOf(node.domain, node.operator);
    try {
      if (own) return this.runFunction(own, given, inputs, path, frame);
      if (!read) throw unreadProblem(node, path);
      const attributes = new NodeAttributes(given, what, path);
      const around = this.surroundings(path, frame);
      const made = read(new NodeCall(this.t, node, path, opset ?? 1, inputs, attributes, around));
      return Array.isArray(made) ? made : [made as OnnxOperand];
    } catch (error) {
      throw placeError(error, what, path);
    }
  }

  private surroundings(path: string, frame: NameFrame): NodeSurroundings {
    return {
      run: (graph, inputs, call = 0) => {
        const { opsets, given } = frame;
        const inner: NameFrame = {
          values: new Map(),
          opsets,
          prefix: `${path}/`,
          call: frame.call + call,
          depth: frame.depth + 1,
          parent: frame,
          ...(given && { given }),
        };
        graph.inputs.forEach(({ name }, i) => {
          const operand = inputs[i];
          if (operand) inner.values.set(name, operand);
        });
        const made = this.runGraph(graph, inner);
        this.builder.origin = { path, call: frame.call };
        return made;
      },
      tensor: (tensor, name) => {
        const known = elementsOf(tensor, externalBytes(tensor, this.files));
        return { type: tensorType(tensor, path), known, name };
      },
      note: (message) => this.builder.note({ message }),
      producer: this.producer,
    };
  }

  private runFunction(
    own: OnnxFunction,
    attributes: readonly OnnxAttribute[],
    inputs: readonly (OnnxOperand | undefined)[],
    path: string,
    frame: NameFrame,
  ): OnnxOperand[] {
    if (frame.depth > MOST_DEPTH)
      throw new OnnxError('too-large', say('The file nests graphs more than {0} deep.', MOST_DEPTH), { node: path });
    const given = new Map([...own.defaults, ...attributes].map((each) => [each.name, each]));
    const values = new Map<string, OnnxOperand>();
    own.inputs.forEach((name, i) => {
      const operand = inputs[i];
      if (operand) values.set(name, operand);
    });
    const { call, depth } = frame;
    const opsets = new Map([...frame.opsets, ...own.opsets]);
    const inner: NameFrame = { values, opsets, prefix: `${path}/`, call, depth: depth + 1, given };
    this.runNodes(own.nodes, own.outputs, inner);
    this.builder.origin = { path, call };
    return own.outputs.map((name) => this.find(name, inner, say('The output {0}', name), path));
  }
}

/** Attributes with what the call of their function gives for them; those that it leaves out are left out. */
function resolveReferences(
  attributes: readonly OnnxAttribute[],
  given: ReadonlyMap<string, OnnxAttribute> | undefined,
): readonly OnnxAttribute[] {
  if (!attributes.some(({ reference }) => reference !== undefined)) return attributes;
  return attributes.flatMap((each) => {
    if (each.reference === undefined) return [each];
    const found = given?.get(each.reference);
    return found ? [{ ...found, name: each.name }] : [];
  });
}

/** An operator that nothing reads. */
function unreadProblem({ domain, operator }: OnnxNode, path: string): OnnxError {
  const name = domain === '' ? operator : `${domain}.${operator}`;
  return new OnnxError(
    'operator',
    say('The operator {0} ({1}) is not read. Export the model without it, or compare it in its source.', name, path),
    { node: path },
  );
}

/** What went wrong in a node, with its name. */
function placeError(error: unknown, what: string, path: string): unknown {
  if (error instanceof OnnxError) return error;
  if (error instanceof ShapeError)
    return new OnnxError('shape', say('{0} refuses its inputs: {1}', what, sentence(excerpt(error.message))), {
      node: path,
    });
  // Sizes that no array has, places that a list lacks: the file says what can't be.
  if (error instanceof RangeError)
    return new OnnxError('damaged', say('{0} does not fit its inputs: {1}', what, sentence(excerpt(error.message))), {
      node: path,
    });
  return error;
}
