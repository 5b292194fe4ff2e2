/** A model's graph as rules look at it: what makes a value, who reads it, and where in the source that stands. */
import { isGiven, itemAt } from '../../graph/access';
import { activationsOf, type PlacedActivation } from '../../graph/activations';
import type { Graph, Node, Op, PlacedModule, SourceRange, ValueId } from '../../graph/types';
import type { CodeTexts } from '../texts';

/** What makes a value: an activation, named or written out, or a node. */
export type ValueMaker =
  | { readonly kind: 'activation'; readonly input: ValueId; readonly placed: PlacedActivation }
  | { readonly kind: 'node'; readonly index: number; readonly node: Node };

/** A layer of `torch.nn` that mixes features by weights that are its own and are trained. */
export interface MixingLayer {
  readonly index: number;
  readonly node: Node;
  readonly module: PlacedModule;
  readonly input: ValueId;
  readonly output: ValueId;
  /** Sizes of its weight: [out, in/groups, …kernel]; of a transposed convolution [in, out/groups, …kernel]. */
  readonly weight: readonly number[];
}

/** Operations that hand all numbers on in their places, dropout's zeros aside. */
const keeping: ReadonlySet<Op['kind']> = new Set(['dropout', 'cast']);
/** Those that hand numbers on in other places. */
const moving: ReadonlySet<Op['kind']> = new Set(['dropout', 'cast', 'reshape', 'permute', 'slice', 'expand']);

const isNorm = ({ op }: Node): boolean => /^(?:batch|layer|group)_norm$/.test(op.kind);

export class ModelGraph {
  readonly activations: readonly PlacedActivation[];
  private readonly makers = new Map<ValueId, ValueMaker>();
  /** Who reads a value: a node's index, or that of the activation which it writes out with others; −1 the caller. */
  private readonly readers = new Map<ValueId, Set<number>>();
  private readonly modules: ReadonlyMap<string, PlacedModule>;
  private readonly storages: ReadonlyMap<ValueId, number>;
  /** Of each place that calls, the paths of the modules that run there. */
  private readonly pathsAt = new Map<string, Set<string>>();

  constructor(
    readonly graph: Graph,
    /** Whether a file is the user's. */
    private readonly isOwn: (file: string) => boolean,
    private readonly texts: CodeTexts,
  ) {
    this.activations = activationsOf(graph);
    this.modules = new Map(graph.modules?.map((module) => [module.path, module]));
    this.storages = new Map(graph.storages.map(({ value }, id) => [value, id]));
    const owner = new Map<number, number>();
    for (const { node, written = [] } of this.activations) for (const each of written) owner.set(each, node);
    graph.nodes.forEach((node, index) => {
      for (const output of node.outputs) this.makers.set(output, { kind: 'node', index, node });
      for (const input of node.inputs) if (isGiven(input)) this.addReader(input, owner.get(index) ?? index);
      if (node.source) {
        const key = keyOf(node.source);
        const paths = this.pathsAt.get(key) ?? new Set();
        this.pathsAt.set(key, paths.add(node.path));
      }
    });
    for (const { value } of graph.outputs) this.addReader(value, -1);
    for (const placed of this.activations)
      this.makers.set(placed.output, { kind: 'activation', input: placed.input, placed });
  }

  private addReader(value: ValueId, reader: number): void {
    this.readers.set(value, (this.readers.get(value) ?? new Set()).add(reader));
  }

  makerOf(value: ValueId): ValueMaker | undefined {
    return this.makers.get(value);
  }

  shapeOf(value: ValueId): readonly number[] {
    return itemAt(this.graph.values, value).type.shape;
  }

  /** How many read a value; the model's caller is one. */
  countReaders(value: ValueId): number {
    return this.readers.get(value)?.size ?? 0;
  }

  /** Nodes that read a value, those of written-out activations by what makes their output; −1 the caller. */
  readersOf(value: ValueId): readonly number[] {
    return [...(this.readers.get(value) ?? [])];
  }

  moduleAt(path: string): PlacedModule | undefined {
    return this.modules.get(path);
  }

  /** The node as a layer that mixes features, if it is one whose weights nothing else reads. */
  mixingLayer(index: number): MixingLayer | undefined {
    const node = itemAt(this.graph.nodes, index);
    const [input, weight] = node.inputs;
    const [output] = node.outputs;
    const module = this.modules.get(node.path);
    if (!/^(?:linear|conv|conv_transpose)$/.test(node.op.kind) || !module || !isGiven(input) || !isGiven(weight))
      return undefined;
    if (output === undefined || !/^(?:Lazy)?(?:Linear|Conv(?:Transpose)?[123]d)$/.test(module.name)) return undefined;
    const storage = this.storages.get(weight);
    const isFree = storage !== undefined && itemAt(this.graph.storages, storage).trainable;
    if (!isFree || this.countReaders(weight) !== 1 || node.call > 0) return undefined;
    return { index, node, module, input, output, weight: this.shapeOf(weight) };
  }

  /**
   * What surely makes a value, with what stands between looked through.
   * @param isBetween further operations to look through, by their first input
   * @returns undefined where an input of the model or a weight does
   */
  originOf(value: ValueId, isBetween: (node: Node) => boolean, passed: ValueId[] = []): ValueMaker | undefined {
    for (let at = value; ; ) {
      passed.push(at);
      const maker = this.makers.get(at);
      if (maker?.kind !== 'node' || !isBetween(maker.node)) return maker;
      const [next] = maker.node.inputs;
      if (!isGiven(next)) return maker;
      at = next;
    }
  }

  /** Whether the numbers of its input come out in their places, or all in one. */
  readonly isKeeping = (node: Node): boolean => keeping.has(node.op.kind) || this.isFlattening(node);
  readonly isMoving = (node: Node): boolean => moving.has(node.op.kind);
  readonly isKeepingOrNorm = (node: Node): boolean => this.isKeeping(node) || isNorm(node);

  /** Whether a value is made of another one's memory, shown otherwise. */
  isViewOf(value: ValueId, of: ValueId): boolean {
    const isView = ({ op, outputs }: Node) =>
      !outputs.includes(of) && /^(?:reshape|permute|slice|expand)$/.test(op.kind);
    const passed: ValueId[] = [];
    this.originOf(value, isView, passed);
    return passed.includes(of);
  }

  /** A reshape that leaves the last dimension as it is. */
  private isFlattening({ op, inputs: [input] }: Node): boolean {
    return op.kind === 'reshape' && isGiven(input) && this.shapeOf(input).at(-1) === op.shape.at(-1);
  }

  /**
   * Where a node stands in a file of the user's: where it alone is called, else where its layer is constructed. What a
   * table of classes or a loop over many layers runs stands nowhere.
   */
  placeOf(node: Placed): SourceRange | undefined {
    const { source, site, path } = node;
    const built = site ?? this.modules.get(path)?.site;
    if (source && this.isOwn(source.file) && this.pathsAt.get(keyOf(source))?.size === 1) return source;
    return built && this.isOwn(built.file) && this.constructs(built) ? built : undefined;
  }

  /** Whether a class is called where it is named. */
  private constructs(place: SourceRange): boolean {
    return this.texts.at(place).endsWith(')') || this.texts.around(place).behind.startsWith('(');
  }

  /** The same for what a finding mentions besides: a place that others have as well is better than none. */
  placeBeside(node: Placed): SourceRange | undefined {
    const { source, site, path } = node;
    const other = [source, site ?? this.modules.get(path)?.site].find((each) => each && this.isOwn(each.file));
    return this.placeOf(node) ?? other;
  }
}

type Placed = Pick<Node, 'source' | 'site' | 'path'>;

export const keyOf = ({ file, line, column, endLine, endColumn }: SourceRange): string =>
  `${file}:${line}:${column}:${endLine}:${endColumn}`;
