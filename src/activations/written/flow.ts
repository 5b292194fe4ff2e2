/** A graph seen from its values: what makes each, what reads it, and which are the same number everywhere. */
import { isGiven, itemAt } from '../../graph/access';
import type { Graph, Initialiser, Node, Op, TensorData, ValueId } from '../../graph/types';
import { catalogue } from '../catalogue';

/** What a value depends on where it depends on no input: numbers that the code writes, or parameters. */
export type Dependence = 'constant' | 'parameter';

export interface Maker {
  readonly node: Node;
  readonly index: number;
}

/** Operators that hand every element on as it is. */
const carriers = new Set<Op['kind']>(['reshape', 'expand', 'permute']);

export class ValueFlow {
  private readonly makers = new Map<ValueId, Maker>();
  private readonly readers = new Map<ValueId, number[]>();
  private readonly ends: ReadonlySet<ValueId>;
  private readonly numbers = new Map<ValueId, number>();
  private readonly dependences = new Map<ValueId, Dependence>();

  /** Looks through the graph once. */
  constructor(readonly graph: Pick<Graph, 'nodes' | 'values' | 'storages' | 'outputs' | 'updates'>) {
    this.ends = new Set([...graph.outputs, ...graph.updates].map(({ value }) => value));
    for (const { value, trainable, redrawn, initialiser } of graph.storages) {
      const number = uniformValue(initialiser);
      if (redrawn) continue;
      if (number !== undefined) this.numbers.set(value, number);
      if (trainable) this.dependences.set(value, 'parameter');
      else if (number !== undefined) this.dependences.set(value, 'constant');
    }
    for (const [index, node] of graph.nodes.entries()) this.add(node, index);
  }

  maker(value: ValueId): Maker | undefined {
    return this.makers.get(value);
  }

  outputsAt(index: number): readonly ValueId[] {
    return itemAt(this.graph.nodes, index).outputs;
  }

  /** What reads a value: indices of nodes, and −1 where it is an output of the model. */
  readersOf(value: ValueId): readonly number[] {
    const inside = this.readers.get(value) ?? [];
    return this.ends.has(value) ? [...inside, -1] : inside;
  }

  /** Undefined for what depends on the model's inputs, or differs from element to element. */
  dependenceOf(value: ValueId): Dependence | undefined {
    return this.dependences.get(value);
  }

  /** The number that a constant, or a parameter at its start, is everywhere. */
  numberOf(value: ValueId): number | undefined {
    return this.numbers.get(value);
  }

  shapeOf(value: ValueId): string {
    return String(this.graph.values[value]?.type.shape);
  }

  isFloating(value: ValueId): boolean {
    return this.graph.values[value]?.type.dtype.includes('float') ?? false;
  }

  /** Whether a node works on each element alone, and its elements are of the kind that it was given. */
  isElementwise({ op, inputs }: Node): boolean {
    switch (op.kind) {
      case 'unary':
      case 'binary':
      case 'compare':
      case 'where':
        return true;
      case 'cast':
        return op.dtype.includes('float');
      case 'activation':
        return inputs.length === 1 && catalogue.get(op.activation)?.value !== undefined;
      default:
        return false;
    }
  }

  private add(node: Node, index: number): void {
    const { op, inputs, outputs } = node;
    for (const input of new Set(inputs)) {
      if (!isGiven(input)) continue;
      const known = this.readers.get(input);
      if (known) known.push(index);
      else this.readers.set(input, [index]);
    }
    for (const output of outputs) this.makers.set(output, { node, index });
    const [output] = outputs;
    if (output === undefined || outputs.length > 1) return;
    if (op.kind === 'constant') {
      const number = uniformElement(op.data);
      if (number === undefined) return;
      this.numbers.set(output, number);
      this.dependences.set(output, 'constant');
    } else if (inputs.length > 0 && (carriers.has(op.kind) || this.isElementwise(node))) {
      const dependences = inputs.map((input) => (isGiven(input) ? this.dependences.get(input) : undefined));
      if (dependences.some((dependence) => dependence === undefined)) return;
      this.dependences.set(output, dependences.includes('parameter') ? 'parameter' : 'constant');
    }
  }

  /** Whether a node only gives its elements another arrangement. */
  isCarrier({ op }: Node): boolean {
    return carriers.has(op.kind);
  }
}

function uniformElement(data: TensorData): number | undefined {
  const [first] = data;
  if (first === undefined) return undefined;
  for (let i = 1; i < data.length; i++) if (data[i] !== first) return undefined;
  return first;
}

function uniformValue(initialiser: Initialiser): number | undefined {
  if (initialiser.kind === 'constant') return initialiser.value;
  return initialiser.kind === 'data' ? uniformElement(initialiser.data) : undefined;
}
