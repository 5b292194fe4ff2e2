/** Initial weights against the activation behind them. */
import { defaultParameters, findActivation } from '../activations/catalogue';
import { facts } from '../activations/facts';
import { firstElements, isGiven, itemAt } from '../graph/access';
import { activationsOf, type PlacedActivation } from '../graph/activations';
import { elements } from '../graph/ops/rule';
import type { Graph, Initialiser, Node, Op, StorageId, ValueId } from '../graph/types';
import { makersOf } from '../graph/units';
import { storageBehind } from '../graph/views';

/** A layer whose product an activation bends, with nothing between that sets the size of the signal. */
export interface ScaledLayer {
  readonly activation: PlacedActivation;
  readonly storage: StorageId;
  /** The node that multiplies. */
  readonly layer: Node;
  /** Of its initial weights, times √fan_in. */
  readonly gain: number;
  /** The gain with which the activation keeps the second moment of N(0, 1). */
  readonly keeping: number;
}

/** PyTorch's own weights of linear layers and convolutions, U(±1/√fan_in): what `kaiming_uniform_(a=√5)` comes to. */
export const DEFAULT_GAIN = Math.sqrt(1 / 3);

const products = new Set<Op['kind']>(['linear', 'conv']);
const between = new Set<Op['kind']>(['dropout', 'reshape', 'permute', 'cast', 'max_pool']);

/** The deviation of what is drawn; undefined where it is not drawn around zero. */
function deviationOf(initialiser: Initialiser): number | undefined {
  switch (initialiser.kind) {
    case 'normal':
      return initialiser.mean === 0 ? initialiser.deviation : undefined;
    case 'truncated_normal':
      // Nothing is cut off that matters.
      return initialiser.mean === 0 && initialiser.high >= 2 * initialiser.deviation
        ? initialiser.deviation
        : undefined;
    case 'uniform':
      return initialiser.low === -initialiser.high ? initialiser.high / Math.sqrt(3) : undefined;
    default:
      return undefined;
  }
}

/**
 * Layers of chains: activation, layer, activation, with nothing between that sets or adds to the size of the signal. Those
 * whose weights are not drawn around zero are left out, and so are activations whose output lies on one side of zero by
 * their range, of which no gain keeps the part that tells inputs apart.
 */
export function scaledLayers(graph: Graph, hidden: ReadonlySet<number>): ScaledLayer[] {
  const makers = makersOf(graph);
  const placed = activationsOf(graph);
  const bent = new Set(placed.flatMap(({ output }, index) => (hidden.has(index) ? [output] : [])));
  return placed.flatMap((activation, index) => {
    const entry = findActivation(activation.op.activation);
    const parameters = entry && { ...defaultParameters(entry), ...activation.op.parameters };
    const known = entry && parameters && facts(entry, parameters);
    const layer = makerBefore(makers, activation.input, (node) => products.has(node.op.kind));
    if (!hidden.has(index) || !known || !layer) return [];
    const { low, high } = known.range;
    if (!Number.isFinite(known.preservingGain) || (low === 0 && Number.isFinite(high))) return [];
    const [input, weight] = layer.inputs;
    const before = makerBefore(makers, input, ({ outputs }) => outputs.some((output) => bent.has(output)));
    const storage = isGiven(weight) ? storageBehind(graph, makers, weight) : undefined;
    if (!before || storage === undefined || !isGiven(weight)) return [];
    const [, inputs, ...kernel] = firstElements(itemAt(graph.values, weight).type.shape, 2);
    const deviation = deviationOf(itemAt(graph.storages, storage).initialiser);
    if (deviation === undefined || deviation === 0) return [];
    const gain = deviation * Math.sqrt(inputs * elements(kernel));
    // A steep function through zero lets no signal become small: sin(30 x) makes what is below 1/30 grow.
    const slope = entry.value?.(0, parameters) === 0 ? Math.abs(entry.derivative?.(0, parameters) ?? 0) : 0;
    if (gain < known.preservingGain && gain * slope > 1) return [];
    return [{ activation, storage, layer, gain, keeping: known.preservingGain }];
  });
}

/** The node that something holds for, before a value and behind all that keeps the size of a signal. */
function makerBefore(
  makers: ReadonlyMap<ValueId, Node>,
  value: ValueId | null | undefined,
  holds: (node: Node) => boolean,
): Node | undefined {
  let at = value;
  while (isGiven(at)) {
    const maker = makers.get(at);
    if (!maker) return undefined;
    if (holds(maker)) return maker;
    if (!between.has(maker.op.kind)) return undefined;
    at = maker.inputs[0];
  }
  return undefined;
}
