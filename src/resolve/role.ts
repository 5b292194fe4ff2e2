import { activationsOf, type PlacedActivation } from '../graph/activations';
import type { Graph, Node, ValueId } from '../graph/types';

/** What stands beside an activation in a model's graph. */
export type Neighbour =
  | 'convolution'
  | 'linear'
  | 'matmul'
  | 'normalisation'
  | 'pooling'
  | 'attention'
  | 'recurrent'
  | 'activation'
  | 'residual'
  | 'sum'
  | 'product'
  | 'concatenation'
  | 'reduction'
  | 'input'
  | 'output'
  | 'other';

export interface NeighbourCount {
  readonly what: Neighbour;
  /** Of how many of the site's activations. */
  readonly count: number;
}

/** What a site means in a model: how many of its activations it makes, and what they stand between. */
export interface SiteRole {
  /** The model as it was read: `resnet18()`. */
  readonly model: string;
  /** Activations of this kind that the site makes. */
  readonly made: number;
  /** Activations of this kind in the model. */
  readonly total: number;
  /** Most frequent first; one activation may feed several. */
  readonly after: readonly NeighbourCount[];
  readonly before: readonly NeighbourCount[];
}

/** The roles of a model's activations; the graph is looked through once for all of them. */
export class Roles {
  private readonly surroundings: Surroundings;
  private readonly placed: ReadonlyMap<number, PlacedActivation>;
  private readonly totals = new Map<string | undefined, number>();

  constructor(
    graph: Graph,
    private readonly model: string,
  ) {
    this.surroundings = new Surroundings(graph);
    this.placed = new Map(activationsOf(graph).map((one) => [one.node, one]));
    for (const { op } of this.placed.values())
      this.totals.set(op.activation, (this.totals.get(op.activation) ?? 0) + 1);
  }

  /** The role of these nodes, at least one activation, all of one kind. */
  of(nodes: readonly number[]): SiteRole {
    const made = nodes.flatMap((index) => this.placed.get(index) ?? []);
    return {
      model: this.model,
      made: made.length,
      total: this.totals.get(made[0]?.op.activation) ?? 0,
      after: countNeighbours(made.map(({ input }) => this.surroundings.sourcesOf(input))),
      before: countNeighbours(made.map(({ output }) => this.surroundings.targetsOf(output))),
    };
  }
}

function countNeighbours(groups: readonly ReadonlySet<Neighbour>[]): NeighbourCount[] {
  const counts = new Map<Neighbour, number>();
  for (const group of groups) for (const what of group) counts.set(what, (counts.get(what) ?? 0) + 1);
  return [...counts].map(([what, count]) => ({ what, count })).sort((a, b) => b.count - a.count);
}

/** Operators that hand their values on as they are, for whoever asks what comes before or after. */
const TRANSPARENT = new Set<Node['op']['kind']>(['reshape', 'permute', 'dropout', 'cast', 'expand', 'slice', 'pad']);

/** Values that are looked at on the way back from one side of a sum. */
const BRANCH = 40;

class Surroundings {
  private readonly makers = new Map<ValueId, Node>();
  private readonly users = new Map<ValueId, Node[]>();
  /** What the nodes of written-out activations make. */
  private readonly written: ReadonlySet<ValueId>;
  private readonly inputs: ReadonlySet<ValueId>;
  private readonly outputs: ReadonlySet<ValueId>;

  constructor(graph: Graph) {
    this.written = new Set(graph.written?.flatMap(({ values }) => values));
    this.inputs = new Set(graph.inputs.map(({ value }) => value));
    this.outputs = new Set(graph.outputs.map(({ value }) => value));
    for (const node of graph.nodes) {
      for (const value of node.outputs) this.makers.set(value, node);
      for (const value of new Set(node.inputs)) {
        if (value === null) continue;
        const users = this.users.get(value);
        if (users) users.push(node);
        else this.users.set(value, [node]);
      }
    }
  }

  sourcesOf(input: ValueId): ReadonlySet<Neighbour> {
    let value = input;
    for (;;) {
      if (this.inputs.has(value)) return new Set(['input']);
      const maker = this.makers.get(value);
      if (!maker) return new Set(['other']);
      const through = this.passedValue(maker);
      if (through === undefined) return new Set([this.neighbourOf(maker)]);
      value = through;
    }
  }

  targetsOf(output: ValueId): ReadonlySet<Neighbour> {
    const found = new Set<Neighbour>();
    const seen = new Set<ValueId>();
    const open = [output];
    for (let value = open.pop(); value !== undefined; value = open.pop()) {
      if (seen.has(value)) continue;
      seen.add(value);
      if (this.outputs.has(value)) found.add('output');
      for (const user of this.users.get(value) ?? []) {
        if (this.passedValue(user) === value) open.push(...user.outputs);
        else found.add(this.neighbourOf(user));
      }
    }
    return found;
  }

  /** The value that a node only hands on: through a reshape, or with a weight or a number added. */
  private passedValue({ op, inputs }: Node): ValueId | undefined {
    if (TRANSPARENT.has(op.kind)) return inputs[0] ?? undefined;
    if (op.kind !== 'binary') return undefined;
    const computed = inputs.flatMap((value) => (value !== null && this.isComputed(value) ? [value] : []));
    return computed.length === 1 ? computed[0] : undefined;
  }

  /**
   * What a node is to its neighbours. A product with a weight is a linear layer, however it is written; a sum is
   * residual where both of its sides begin at the same value, not far back.
   */
  private neighbourOf(node: Node): Neighbour {
    if (node.outputs.some((output) => this.written.has(output))) return 'activation';
    const what = neighbourOfOp(node);
    if (what === 'matmul' && !node.inputs.every((value) => value !== null && this.isComputed(value))) return 'linear';
    if (what !== 'sum') return what;
    const [a, b] = node.inputs.map((value) => this.ancestors(value));
    return a && b && [...a].some((value) => b.has(value)) ? 'residual' : 'sum';
  }

  private ancestors(value: ValueId | null): ReadonlySet<ValueId> {
    const found = new Set<ValueId>();
    const open = value === null ? [] : [value];
    for (let next = open.shift(); next !== undefined && found.size < BRANCH; next = open.shift()) {
      if (found.has(next) || !this.isComputed(next)) continue;
      found.add(next);
      for (const input of this.makers.get(next)?.inputs ?? []) if (input !== null) open.push(input);
    }
    return found;
  }

  private isComputed(value: ValueId): boolean {
    const maker = this.makers.get(value);
    return this.inputs.has(value) || (maker !== undefined && maker.op.kind !== 'constant');
  }
}

function neighbourOfOp({ op }: Node): Neighbour {
  switch (op.kind) {
    case 'conv':
    case 'conv_transpose':
      return 'convolution';
    case 'batch_norm':
    case 'layer_norm':
    case 'group_norm':
      return 'normalisation';
    case 'max_pool':
    case 'avg_pool':
    case 'adaptive_pool':
      return 'pooling';
    case 'linear':
    case 'matmul':
    case 'attention':
    case 'recurrent':
    case 'activation':
      return op.kind;
    case 'binary':
      if (op.function === 'add' || op.function === 'sub') return 'sum';
      return op.function === 'mul' || op.function === 'div' ? 'product' : 'other';
    case 'cat':
      return 'concatenation';
    case 'reduce':
      return 'reduction';
    default:
      return 'other';
  }
}
