/** A model as the rules look at it: its layers with their numbers, and what stands behind them. */
import { isGiven, itemAt } from '../graph/access';
import { activationsOf, type PlacedActivation } from '../graph/activations';
import type { Graph, Node, StorageValues, ValueId } from '../graph/types';
import type { FindingPlace, HealthLayer, HealthMeasures } from './report';
import { ALL } from './thresholds';
import { type ZeroWeight, zeroWeights } from './zeros';

export class HealthView {
  /** Hidden activations, as far as numbers are finite: what comes behind others can't be judged. */
  readonly layers: readonly HealthLayer[];
  /** The first hidden activation whose numbers are not. */
  readonly lost: HealthLayer | undefined;
  readonly zeros: readonly ZeroWeight[];
  readonly activations: readonly PlacedActivation[];

  /**
   * @param graph the reading that the layers are of
   * @param given weights instead of the initial ones
   */
  constructor(
    readonly measures: HealthMeasures,
    readonly graph: Graph,
    given: readonly StorageValues[] = [],
  ) {
    const lost = measures.layers.findIndex(({ deviation }) => deviation === null);
    this.lost = measures.layers[lost];
    this.layers = (lost < 0 ? measures.layers : measures.layers.slice(0, lost)).filter(({ apart }) => !apart);
    this.zeros = zeroWeights(graph, given);
    this.activations = activationsOf(graph);
  }

  get isAtStart(): boolean {
    return this.measures.weights === undefined;
  }

  /** Layers that pass something on, before the first that passes nothing. */
  get live(): readonly HealthLayer[] {
    const dead = this.layers.findIndex((layer) => this.isAllOff(layer));
    return dead < 0 ? this.layers : this.layers.slice(0, dead);
  }

  isAllOff = ({ dead }: HealthLayer): boolean => typeof dead === 'number' && dead >= ALL;

  placeOf({ index, title, path, source }: HealthLayer): FindingPlace {
    return { layer: index + 1, title, path, ...(source && { source }) };
  }

  /** The place of a weight: where its module is constructed, else where it is used. */
  placeOfWeight({ name, node }: ZeroWeight): FindingPlace {
    return this.placeOfNode(itemAt(this.graph.nodes, node), name);
  }

  /** @param title absent: its module's class, or what it does */
  placeOfNode({ path, source, op }: Node, title?: string): FindingPlace {
    const module = this.graph.modules?.find((each) => each.path === path);
    const at = (path === '' ? undefined : module?.site) ?? source;
    return { title: title ?? module?.name ?? op.kind, path, ...(at && { source: at }) };
  }

  /** Whether a layer's output goes through something that lets no gradient back: weights of zero, or a layer that is off. */
  isBlocked(layer: HealthLayer): boolean {
    const start = this.activations[layer.index]?.output;
    if (start === undefined) return false;
    const zero = new Set(this.zeros.map(({ node }) => node));
    const off = new Set(
      this.layers.filter((each) => this.isAllOff(each)).flatMap(({ index }) => this.activations[index]?.node ?? []),
    );
    return this.findBehind(start).some((node) => zero.has(node) || off.has(node));
  }

  /** Whether what a layer is given is the same for every input, because weights before it are zero. */
  isConstant(layer: HealthLayer): boolean {
    const node = this.activations[layer.index]?.node;
    return this.zeros.some(({ becomes, node: zero }) => {
      const [output] = itemAt(this.graph.nodes, zero).outputs;
      return becomes === 'inside' && output !== undefined && this.findBehind(output).some((each) => each === node);
    });
  }

  /** Indices of the nodes that depend on a value. */
  private findBehind(value: ValueId): number[] {
    const reached = new Set([value]);
    return this.graph.nodes.flatMap((node, index) => {
      if (!node.inputs.some((input) => isGiven(input) && reached.has(input))) return [];
      for (const output of node.outputs) reached.add(output);
      return [index];
    });
  }
}
