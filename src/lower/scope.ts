import { isGiven } from '../graph/access';
import type { DType, Graph, Node, OpAttributes, OpKind, TensorType, ValueId } from '../graph/types';
import type { LoweringSink } from './sink';
import { elementType, int } from './sink';

/** The values of one graph while it is lowered: which tensor carries which value. */
export class LoweringScope {
  private readonly names = new Map<ValueId, string>();
  private readonly held = new Map<ValueId, DType>();
  private inSingle: LoweringScope | undefined;
  private transposes: ReadonlyMap<ValueId, ValueId> | undefined;

  constructor(
    readonly graph: Graph,
    readonly sink: LoweringSink,
    private readonly lowerNode: (scope: LoweringScope, node: Node) => void,
    /** Names what no node of this scope makes, the first time a node reads it. */
    private readonly weightOf: (value: ValueId) => string | undefined = () => undefined,
  ) {}

  /** The matrix that a value is the transpose of: who can read it so needs no transpose. */
  sourceOfTranspose(value: ValueId | null | undefined): ValueId | undefined {
    this.transposes ??= transposesIn(this.graph);
    return value === null || value === undefined ? undefined : this.transposes.get(value);
  }

  bind(value: ValueId, name: string): void {
    this.names.set(value, name);
  }

  /** The tensor that carries a value; '' for a missing optional input. */
  name(value: ValueId | null | undefined): string {
    if (value === null || value === undefined) return '';
    const known = this.names.get(value) ?? this.weightOf(value);
    if (known === undefined) throw new RangeError(`value ${value} is read before it is made`);
    this.names.set(value, known);
    return known;
  }

  type(value: ValueId | null | undefined): TensorType {
    const found = value === null || value === undefined ? undefined : this.graph.values[value];
    if (!found) throw new RangeError(`value ${value} is not in this graph`);
    return found.type;
  }

  shape(value: ValueId | null | undefined): readonly number[] {
    return this.type(value).shape;
  }

  /** The type of the value on the device. */
  dtype(value: ValueId | null | undefined): DType {
    const held = value === null || value === undefined ? undefined : this.held.get(value);
    return held ?? this.sink.dtype(this.type(value).dtype);
  }

  /** A value that its operator gives in a type of its own: a cast would leave the device. */
  hold(value: ValueId | undefined, dtype: DType): void {
    if (value !== undefined) this.held.set(value, dtype);
  }

  /** The tensor of a value in another element type; no node where it has that type already. */
  as(value: ValueId | null | undefined, dtype: DType): string {
    return this.cast(this.name(value), this.dtype(value), this.sink.dtype(dtype));
  }

  cast(name: string, from: DType, to: DType): string {
    return from === to ? name : this.sink.emit('Cast', [name], { to: elementType(to) });
  }

  /**
   * This scope with float32 in the place of float64: many operators have kernels of the former alone. What it makes is
   * float32; what it reads is cast.
   */
  get single(): LoweringScope {
    this.inSingle ??= new LoweringScope(
      { ...this.graph, values: this.graph.values.map((value) => ({ ...value, type: singleType(value.type) })) },
      this.sink,
      this.lowerNode,
      (value) => this.as(value, singleType(this.type(value)).dtype),
    );
    return this.inSingle;
  }

  /** A half precision is held in float32: rounds to its own numbers. WebGPU computes on, unrounded. */
  round(name: string, dtype: DType): string {
    if (this.sink.device !== 'wasm' || (dtype !== 'float16' && dtype !== 'bfloat16')) return name;
    const rounded = this.sink.emit('Cast', [name], { to: elementType(dtype) });
    return this.sink.emit('Cast', [rounded], { to: elementType('float32') });
  }

  /**
   * Moves elements about without changing them. WebGPU has no kernels that move bools: they travel as float32 there.
   */
  move(value: ValueId | null | undefined, by: (name: string) => string): string {
    if (this.dtype(value) !== 'bool' || this.sink.device === 'wasm') return by(this.name(value));
    return this.cast(by(this.as(value, 'float32')), 'float32', 'bool');
  }

  /** Emits this scope's nodes, or only those that are needed. */
  lowerNodes(needed?: ReadonlySet<Node>): void {
    for (const node of this.graph.nodes) {
      if (needed && !needed.has(node)) continue;
      if (node.path) this.sink.label = node.path;
      this.lowerNode(this, node);
    }
  }

  /** A scope for nodes that were added behind this one's graph: it reads what this one has. */
  innerScope(graph: Graph): LoweringScope {
    const isOwn = (value: ValueId) => value < this.graph.values.length;
    const inner = new LoweringScope(graph, this.sink, this.lowerNode, (value) =>
      isOwn(value) ? this.name(value) : undefined,
    );
    for (const [value, dtype] of this.held) inner.hold(value, dtype);
    return inner;
  }

  reshape(name: string, shape: readonly number[]): string {
    // Of itself, a 0 stands for the input's own size.
    const attributes = shape.includes(0) ? { allowzero: int(1) } : undefined;
    return this.sink.emit('Reshape', [name, this.sink.sizes(shape)], attributes);
  }
}

/** Matrices that are the transpose of another, by what they are of; that of a row is the same elements as a column. */
export function transposesIn({ nodes, values }: Pick<Graph, 'nodes' | 'values'>): ReadonlyMap<ValueId, ValueId> {
  const shapeOf = (value: ValueId) => values[value]?.type.shape ?? [];
  const isTurned = (a: readonly number[], b: readonly number[]) =>
    a.length === 2 && b.length === 2 && a.includes(1) && a[0] === b[1] && a[1] === b[0];
  return new Map(
    nodes.flatMap(({ op, inputs: [of], outputs: [value] }) => {
      if (!isGiven(of) || value === undefined) return [];
      const isTranspose =
        (op.kind === 'permute' && op.dims.length === 2 && op.dims[0] === 1) ||
        (op.kind === 'reshape' && isTurned(shapeOf(of), shapeOf(value)));
      return isTranspose ? [[value, of] as const] : [];
    }),
  );
}

const singleType = (type: TensorType): TensorType => (type.dtype === 'float64' ? { ...type, dtype: 'float32' } : type);

/** Lowers a node of one kind and returns the tensor, or the tensors, that carry its outputs. */
export type Lowerer<K extends OpKind> = (
  scope: LoweringScope,
  op: { readonly kind: K } & OpAttributes[K],
  node: Node,
) => string | readonly string[];

export type Lowerers<K extends OpKind> = { readonly [P in K]: Lowerer<P> };

/** An operator that can't be expressed: says which, where, and what to do instead. */
export class LoweringError extends Error {
  override name = 'LoweringError';

  constructor(node: Node, reason: string) {
    const where = node.source ? ` at ${node.source.file}:${node.source.line + 1}` : '';
    super(`${node.op.kind}${node.path ? ` in ${node.path}` : ''}${where}: ${reason}`);
  }
}
