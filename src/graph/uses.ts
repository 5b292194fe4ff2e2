/** What becomes of a value in a model, and where it comes from: by that an activation is told from a gate or a bound. */
import { isGiven } from './access';
import type { Graph, Node, Op, UnaryFunction, ValueId } from './types';

/** `product` with another value of the model, `function` such as a logarithm or a root. */
export type ValueUse = 'layer' | 'product' | 'sum' | 'function' | 'activation' | 'output' | 'other';

const carriers = new Set<Op['kind']>([
  ...(['reshape', 'permute', 'expand', 'slice', 'cast', 'dropout', 'cat', 'pad'] as const),
]);
const layers = new Set<Op['kind']>([
  ...([
    'linear',
    'conv',
    'conv_transpose',
    'batch_norm',
    'layer_norm',
    'group_norm',
    'recurrent',
    'attention',
  ] as const),
  ...(['max_pool', 'avg_pool', 'adaptive_pool', 'resize'] as const),
]);

/** How many values are looked at before the rest is taken for `other`: a scan reads its gates step by step. */
const MOST_USES = 2000;
/** How many values a formula has, and what stands before and behind it, at most. */
const MOST = 60;

export class Uses {
  private readonly readers = new Map<ValueId, Node[]>();
  private readonly makers = new Map<ValueId, Node>();
  /** Values that depend on what the model is given, or draws. */
  private readonly moving: Set<ValueId>;
  private readonly outputs: ReadonlySet<ValueId>;
  private readonly written: ReadonlySet<ValueId>;

  /** Looks through the graph once. */
  constructor(graph: Graph) {
    this.outputs = new Set(graph.outputs.map(({ value }) => value));
    this.written = new Set(graph.written?.flatMap(({ values }) => values));
    const drawn = graph.storages.filter(({ redrawn }) => redrawn);
    this.moving = new Set([...graph.inputs, ...drawn].map(({ value }) => value));
    for (const node of graph.nodes) {
      for (const output of node.outputs) {
        this.makers.set(output, node);
        if (node.inputs.some((input) => isGiven(input) && this.moving.has(input))) this.moving.add(output);
      }
      for (const input of new Set(node.inputs)) {
        if (!isGiven(input)) continue;
        const known = this.readers.get(input);
        if (known) known.push(node);
        else this.readers.set(input, [node]);
      }
    }
  }

  /** What a value is for, through what only rearranges, shifts or scales it. */
  of(value: ValueId): ReadonlySet<ValueUse> {
    const found = new Set<ValueUse>();
    const seen = new Set<ValueId>();
    const open = [value];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      if (seen.size > MOST_USES) return found.add('other');
      if (this.outputs.has(at)) found.add('output');
      for (const node of this.readers.get(at) ?? []) {
        if (this.carries(node)) for (const each of node.outputs) open.push(each);
        else found.add(this.useIn(node, at));
      }
    }
    return found;
  }

  /** Whether a value stands between layers: one makes it, and another, or an activation, takes it. */
  standsBetween(input: ValueId, output: ValueId): boolean {
    const uses = this.of(output);
    return (uses.has('layer') || uses.has('activation')) && this.comesFromLayer(input);
  }

  /**
   * Whether an activation opens the gate of a gated unit: what it makes is multiplied by the other half of the value that
   * it was given a half of, or by another layer's output of the same value.
   */
  isGateOfUnit(input: ValueId, output: ValueId): boolean {
    const readers = this.outputs.has(output) ? [] : (this.readers.get(output) ?? []);
    const [product, more] = readers;
    if (!product || more || product.op.kind !== 'binary' || product.op.function !== 'mul') return false;
    const [other] = this.movingInputs(product).filter((each) => each !== output);
    if (other === undefined) return false;
    const [gate, value] = [this.makers.get(input), this.makers.get(other)];
    if (!gate || !value || gate === value || gate.inputs[0] !== value.inputs[0]) return false;
    if (gate.op.kind === 'slice' && value.op.kind === 'slice') return gate.op.dim === value.op.dim;
    return gate.op.kind === value.op.kind && (gate.op.kind === 'linear' || gate.op.kind === 'conv');
  }

  /** Whether a unary function of a value is taken, beside what else reads it. */
  hasFunction(value: ValueId, name: UnaryFunction): boolean {
    return this.readers.get(value)?.some(({ op }) => op.kind === 'unary' && op.function === name) ?? false;
  }

  /** Whether a layer makes a value, elementwise steps after it. */
  comesFromLayer(value: ValueId): boolean {
    const seen = new Set<ValueId>();
    const open = [value];
    for (let at = open.pop(); at !== undefined && seen.size <= MOST; at = open.pop()) {
      const maker = this.makers.get(at);
      if (seen.has(at) || !maker) continue;
      seen.add(at);
      if (layers.has(maker.op.kind) || maker.op.kind === 'matmul') return true;
      if (carriers.has(maker.op.kind) || maker.op.kind === 'binary' || maker.op.kind === 'activation')
        for (const each of this.movingInputs(maker)) open.push(each);
    }
    return false;
  }

  /**
   * Whether an activation is part of a longer formula: what it makes of a value meets the same value again, in a product
   * or a choice, or another curve of it in a sum, before any layer.
   */
  isPart(input: ValueId, output: ValueId): boolean {
    const before = this.sourcesOf(input);
    const seen = new Set<ValueId>();
    const open = [output];
    for (let at = open.pop(); at !== undefined && seen.size <= MOST; at = open.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      for (const node of this.readers.get(at) ?? []) {
        const others = this.movingInputs(node).filter((each) => each !== at);
        // The sum of a value and what is made of it is a residual; a sum of two bent ones is one curve.
        const isSum = node.op.kind === 'binary' && !joins(node);
        if ((joins(node) || isSum) && others.some((each) => this.meets(each, before, output, isSum))) return true;
        if (others.length === 0 && this.isPlain(node)) for (const each of node.outputs) open.push(each);
      }
    }
    return false;
  }

  /** A value and what it was made of, each element alone. */
  private sourcesOf(value: ValueId): ReadonlySet<ValueId> {
    const found = new Set<ValueId>();
    for (let at: ValueId | undefined = value; at !== undefined && !found.has(at); ) {
      found.add(at);
      const maker: Node | undefined = this.makers.get(at);
      const inputs: readonly ValueId[] = maker && this.isPlain(maker) ? this.movingInputs(maker) : [];
      at = inputs.length === 1 ? inputs[0] : undefined;
    }
    return found;
  }

  /**
   * Whether a value is made of others, each element alone, on a way around `past`.
   * @param bends whether something on that way must bend a line
   */
  private meets(value: ValueId, before: ReadonlySet<ValueId>, past: ValueId, bends: boolean): boolean {
    const seen = new Set<ValueId>();
    const open = [value];
    const bent = new Set<ValueId>();
    for (let at = open.pop(); at !== undefined && seen.size <= MOST; at = open.pop()) {
      if (before.has(at) && (!bends || bent.has(at))) return true;
      const maker = this.makers.get(at);
      if (at === past || seen.has(at) || !maker || !(this.isPlain(maker) || joins(maker))) continue;
      seen.add(at);
      for (const each of this.movingInputs(maker)) {
        if (bent.has(at) || !this.carries(maker)) bent.add(each);
        open.push(each);
      }
    }
    return false;
  }

  /** Whether a node works on single elements. */
  private isPlain({ op, inputs }: Node): boolean {
    const kinds: readonly Op['kind'][] = ['unary', 'binary', 'compare', 'cast', 'where'];
    return kinds.includes(op.kind) || (op.kind === 'activation' && inputs.length === 1 && !('dim' in op.parameters));
  }

  private movingInputs({ inputs }: Node): ValueId[] {
    return [...new Set(inputs)].filter((input) => isGiven(input) && this.moving.has(input)) as ValueId[];
  }

  /** Whether a node hands a value on: rearranged, negated, or with a number or a parameter beside it. */
  private carries(node: Node): boolean {
    const { op } = node;
    if (carriers.has(op.kind) || (op.kind === 'unary' && op.function === 'neg')) return true;
    const isLinear = op.kind === 'binary' && ['add', 'sub', 'mul', 'div'].includes(op.function);
    return isLinear && this.movingInputs(node).length === 1 && new Set(node.inputs).size === node.inputs.length;
  }

  private useIn(node: Node, value: ValueId): ValueUse {
    const { op, inputs, outputs } = node;
    if (outputs.some((output) => this.written.has(output)) || op.kind === 'activation') return 'activation';
    if (layers.has(op.kind)) return inputs[0] === value || op.kind === 'attention' ? 'layer' : 'other';
    if (op.kind === 'matmul') return this.movingInputs(node).length === 1 ? 'layer' : 'product';
    if (op.kind === 'binary') {
      if (op.function === 'mul' || op.function === 'div') return 'product';
      return op.function === 'add' || op.function === 'sub' ? 'sum' : 'function';
    }
    return op.kind === 'unary' ? 'function' : 'other';
  }
}

/** Whether a node makes something of several values that is no mere sum. */
const joins = ({ op }: Node): boolean =>
  op.kind === 'where' || (op.kind === 'binary' && op.function !== 'add' && op.function !== 'sub');
