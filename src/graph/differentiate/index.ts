/** Reverse-mode differentiation: a graph that computes gradients of a number that the graph computes. */
import { inputAt, itemAt } from '../access';
import { GraphBuilder } from '../builder';
import { type Composite, composites, type Definition } from '../compose/index';
import { Emit } from '../emit';
import type { ActivationParameters, Graph, Node, Op, OpKind, ValueId } from '../types';
import { algebraRules } from './algebra';
import { convolutionRules } from './convolution';
import { elementwiseRules } from './elementwise';
import { layoutRules } from './layout';
import { poolingRules } from './pooling';
import type { Backward, GradientRules, Gradients } from './rule';

/** An activation in primitives; the catalogue's own definition, handed in because the graph knows no catalogue. */
export type ActivationForward = (
  builder: GraphBuilder,
  op: Extract<Op, { readonly kind: 'activation' }>,
  x: ValueId,
  weights: readonly ValueId[],
) => ValueId;

type Plain = Exclude<OpKind, Composite | 'activation'>;

const rules: GradientRules<Plain> = {
  ...elementwiseRules,
  ...layoutRules,
  ...algebraRules,
  ...convolutionRules,
  ...poolingRules,
};

/** The gradient of an activation's input, where its slope is known in another form than its definition gives. */
export type ActivationBackward = (e: Emit, parameters: ActivationParameters, at: Backward) => ValueId;

/** What differentiation is told: of activations, and of the device. */
export interface DifferentiationRules {
  readonly forward: ActivationForward;
  /** The gradient of the input; undefined: by the definition in primitives. */
  readonly backward?: (e: Emit, op: Extract<Op, { kind: 'activation' }>, at: Backward) => ValueId | undefined;
  /** What PyTorch keeps of an activation for its backward pass, where that is known. */
  readonly saves?: (activation: string) => 'input' | 'output' | undefined;
  /** Gradients are made of what GPUs are best at, not CPUs. */
  readonly onGpu?: boolean;
}

export interface Differentiated {
  /** The builder, which holds the graph and its backward pass; more may be added to it. */
  readonly builder: GraphBuilder;
  /** By value: the gradient of the loss, of the value's shape. A value on which the loss doesn't depend has none. */
  readonly gradients: ReadonlyMap<ValueId, ValueId>;
}

/**
 * Adds the backward pass of `loss` to a graph.
 * @param loss a floating-point scalar of the graph
 * @param values whose gradients are wanted: inputs, the storages' values, or anything between
 */
export function differentiate(
  graph: Graph,
  loss: ValueId,
  values: readonly ValueId[],
  activations: DifferentiationRules,
): Differentiated {
  const builder = GraphBuilder.from(graph);
  const pass = new Pass(builder, activations, new Set(values));
  pass.seed(loss);
  pass.run(graph.nodes);
  return { builder, gradients: pass.gradients };
}

/**
 * Adds the slope of an elementwise activation at each element of its input.
 * @param weights that the activation learns, where it has any
 */
export function slopeOf(
  builder: GraphBuilder,
  op: Extract<Op, { kind: 'activation' }>,
  x: ValueId,
  weights: readonly ValueId[],
  activations: DifferentiationRules,
): ValueId {
  const pass = new Pass(builder, activations, new Set([x]));
  const before = builder.nodeCount;
  // The sum of all outputs: its gradient is each element's own slope.
  pass.seed(builder.emit1(op, x, ...weights));
  pass.run([...builder.nodesSince(before)]);
  return pass.gradients.get(x) ?? new Emit(builder).full(0, builder.type(x));
}

/** The slope at each element of what nodes of the graph make of one of its values, each element alone. */
export function slopeThrough(
  builder: GraphBuilder,
  nodes: readonly Node[],
  x: ValueId,
  y: ValueId,
  activations: DifferentiationRules,
): ValueId {
  const pass = new Pass(builder, activations, new Set([x]));
  pass.seed(y);
  pass.run(nodes);
  return pass.gradients.get(x) ?? new Emit(builder).full(0, builder.type(x));
}

class Pass {
  readonly gradients = new Map<ValueId, ValueId>();
  private readonly e: Emit;

  constructor(
    private readonly builder: GraphBuilder,
    private readonly activations: DifferentiationRules,
    /** Values on which something depends whose gradient is wanted. */
    private readonly needed: Set<ValueId>,
  ) {
    this.e = new Emit(builder);
  }

  seed(loss: ValueId): void {
    this.gradients.set(loss, this.e.full(1, this.e.type(loss)));
  }

  /** Gradients through nodes, last to first. */
  run(nodes: readonly Node[]): void {
    const onTheWay = nodes.filter(({ inputs, outputs, stops }) => {
      if (stops || !inputs.some((input) => input !== null && this.needed.has(input))) return false;
      for (const output of outputs) if (this.e.isFloating(output)) this.needed.add(output);
      return true;
    });
    for (const node of onTheWay.toReversed()) {
      if (!node.outputs.some((output) => this.gradients.has(output))) continue;
      const { path, call, source, site } = node;
      this.builder.origin = { path, call, ...(source ? { source } : {}), ...(site ? { site } : {}) };
      this.passBack(node);
    }
  }

  private passBack(node: Node): void {
    const { op } = node;
    if (op.kind === 'activation') {
      this.activation(op, node);
      return;
    }
    if (Object.hasOwn(composites, op.kind)) {
      const define = composites[op.kind as Composite] as Definition<OpKind>;
      this.differentiateComposite(node, () => define(this.e, op, node.inputs));
      return;
    }
    const rule = rules[op.kind as Plain] as (op: Op, at: Backward) => Gradients;
    rule(op, this.at(node)).forEach((gradient, i) => {
      const input = node.inputs[i];
      if (gradient && typeof input === 'number' && this.needed.has(input)) this.add(input, gradient());
    });
  }

  private at(node: Node): Backward {
    const y = itemAt(node.outputs, 0);
    const g = this.gradients.get(y);
    if (g === undefined) throw new RangeError(`the first output of ${node.op.kind} has no gradient`);
    const input = (index: number): ValueId => inputAt(node.op.kind, node.inputs, index);
    const { e } = this;
    return { e, node, x: input(0), y, g, onGpu: this.activations.onGpu ?? false, input };
  }

  private activation(op: Extract<Op, { kind: 'activation' }>, node: Node): void {
    const [x, ...weights] = node.inputs.filter((input) => input !== null);
    if (x === undefined) throw new RangeError('an activation lacks its input');
    const learns = weights.some((weight) => this.needed.has(weight));
    const gradient = learns ? undefined : this.activations.backward?.(this.e, op, this.at(node));
    if (gradient !== undefined) this.add(x, gradient);
    else this.differentiateComposite(node, () => [this.activations.forward(this.builder, op, x, weights)]);
  }

  /** Through a composite operator: its definition is added, and differentiated in its place. */
  private differentiateComposite(node: Node, expand: () => readonly ValueId[]): void {
    const before = this.builder.nodeCount;
    const made = expand();
    const nodes = [...this.builder.nodesSince(before)];
    node.outputs.forEach((output, i) => {
      const [g, stand] = [this.gradients.get(output), made[i]];
      if (g !== undefined && stand !== undefined) this.add(stand, g);
    });
    this.run(nodes);
  }

  private add(value: ValueId, gradient: ValueId): void {
    const before = this.gradients.get(value);
    this.gradients.set(value, before === undefined ? gradient : this.e.add(before, gradient));
  }
}
