/** Initial weights as they would be for the activation that follows. */
import { torchGain } from '../activations/catalogue';
import { firstElements } from '../graph/access';
import { activationsOf, type PlacedActivation } from '../graph/activations';
import { storageBefore } from '../graph/gain';
import { elements } from '../graph/ops/rule';
import type { Graph, Initialiser } from '../graph/types';
import { makersOf } from '../graph/units';

/** The gain that the rules ask for before an activation: those without one of their own are taken for a ReLU. */
function wantedGain({ op }: PlacedActivation): number {
  // SELU normalises itself only from weights of variance 1/fan_in, whatever `calculate_gain` says.
  return op.activation === 'selu' ? 1 : (torchGain(op.activation, op.parameters) ?? Math.SQRT2);
}

/** PyTorch's own default for layers that nobody initialises. */
const DEFAULT = Math.sqrt(1 / 3);
const known = [
  ...['sigmoid', 'tanh', 'selu'].map((id) => torchGain(id)),
  ...[0, 0.01, 0.05, 0.1, 0.2, 0.25, 0.3].map((slope) => torchGain('leaky_relu', { negative_slope: slope })),
].filter((each) => each !== undefined);
const isNear = (a: number, b: number) => Math.abs(a / b - 1) < 1e-3;

function deviationOf(initialiser: Initialiser): number | undefined {
  if (initialiser.kind === 'normal' && initialiser.mean === 0) return initialiser.deviation;
  if (initialiser.kind === 'uniform' && initialiser.low === -initialiser.high) return initialiser.high / Math.sqrt(3);
  return undefined;
}

/**
 * The gain that weights were drawn with: over fan_in as Kaiming's, over the mean of both as Xavier's, over fan_out; the
 * first of them that gives a gain that somebody would ask for. Undefined for what nobody initialised.
 */
function writtenGain(deviation: number, shape: readonly number[]): number | undefined {
  const [out, input, ...kernel] = firstElements(shape, 2);
  const field = elements(kernel);
  const [fanIn, fanOut] = [input * field, out * field];
  if (isNear(deviation * Math.sqrt(fanIn), DEFAULT)) return undefined;
  const gains = [fanIn, (fanIn + fanOut) / 2, fanOut].map((fan) => deviation * Math.sqrt(fan));
  return gains.find((gain) => known.some((each) => isNear(gain, each))) ?? gains[0];
}

function rescale(initialiser: Initialiser, factor: number): Initialiser {
  if (initialiser.kind === 'normal') return { ...initialiser, deviation: initialiser.deviation * factor };
  if (initialiser.kind === 'uniform')
    return { ...initialiser, low: initialiser.low * factor, high: initialiser.high * factor };
  return initialiser;
}

/**
 * The same graph whose layers before some activations begin with the gain that suits those; layers that have it already,
 * or that nobody initialised, stay as they are.
 * @returns undefined where nothing changes
 */
export function withWantedGain(graph: Graph, activations: readonly PlacedActivation[]): Graph | undefined {
  const makers = makersOf(graph);
  const outputs = new Set(activations.map(({ output }) => output));
  const storages = [...graph.storages];
  let isChanged = false;
  for (const one of activationsOf(graph)) {
    const id = outputs.has(one.output) ? storageBefore(graph, makers, one.input) : undefined;
    const storage = graph.storages[id ?? -1];
    if (id === undefined || !storage || storages[id] !== storage) continue;
    const deviation = deviationOf(storage.initialiser);
    const gain = deviation === undefined ? undefined : writtenGain(deviation, storage.type.shape);
    const wanted = wantedGain(one);
    if (gain === undefined || isNear(gain, wanted)) continue;
    storages[id] = { ...storage, initialiser: rescale(storage.initialiser, wanted / gain) };
    isChanged = true;
  }
  return isChanged ? { ...graph, storages } : undefined;
}
