/** A variant of the model: the model as written, or with a candidate in the place of its activations. */
import { defaultParameters, entryOf, findActivation } from '../activations/catalogue';
import { facts } from '../activations/facts';
import { candidateId, candidateTitle } from '../compare/candidate';
import { type Measurements, newMeasurements } from '../compare/measurements';
import type { Candidate, SitePlaces } from '../compare/plan';
import { activationsAt } from '../graph/activations';
import { withStoragesOf } from '../graph/align';
import { withGain } from '../graph/gain';
import { nodesIn, withInitialisersOf } from '../graph/readings';
import { countParameters, swap } from '../graph/swap';
import type { ActivationParameters, Graph } from '../graph/types';

export interface Variant {
  /** At the model's own batch. */
  readonly graph: Graph;
  /** At the batch that all but the latency is measured at. */
  readonly batched: Graph;
  /** What is trained, at that batch: another graph where the model takes other branches in training. */
  readonly trained: Graph;
  readonly measurements: Measurements;
  /** The model with nothing in the place of its activations; null where something must stand there. */
  removeActivations(nodes: readonly number[]): Graph | null;
}

/** A reading of the model in training mode, with the places of the plan's sites in it. */
export interface TrainedModel extends SitePlaces {
  readonly graph: Graph;
}

function removeActivations(graph: Graph, nodes: readonly number[]): Graph | null {
  try {
    return swap(graph, nodes, entryOf('identity'), {});
  } catch {
    return null;
  }
}

/** The gain that keeps the signal's second moment; undefined for what has no value of one element. */
function gainOf({
  activation,
  parameters,
}: {
  activation: string;
  parameters: ActivationParameters;
}): number | undefined {
  const entry = findActivation(activation);
  const found = entry && facts(entry, { ...defaultParameters(entry), ...parameters })?.preservingGain;
  return found !== undefined && Number.isFinite(found) ? found : undefined;
}

const outputsAt = (graph: Graph, nodes: readonly number[]) => activationsAt(graph, nodes).map(({ output }) => output);

/** The model as written; with `reinitialise`, its weights too are drawn with the gain of its own activations. */
export function baselineVariant(
  model: Graph,
  more: Graph,
  training: TrainedModel | undefined,
  title: string,
  nodes: readonly number[],
  reinitialise: boolean,
): Variant {
  const graph = reinitialise ? withGain(model, outputsAt(model, nodes), gainOf) : model;
  const batched = more === model ? graph : withInitialisersOf(more, graph);
  const trained = training ? withStoragesOf(training.graph, batched) : batched;
  const summary = { id: 'baseline', title, parameters: {}, addedParameters: 0 };
  return {
    graph,
    batched,
    trained,
    measurements: newMeasurements(summary),
    removeActivations: (nodes) => removeActivations(graph, nodes),
  };
}

/** A candidate in the place of the model's own; where it can't stand there, its measurements tell why. */
export function candidateVariant(
  baseline: Variant,
  { activation, parameters }: Candidate,
  nodes: readonly number[],
  training: TrainedModel | undefined,
  reinitialise: boolean,
  explain: (error: unknown) => string,
): Variant {
  const id = candidateId(activation, parameters);
  const summary = {
    id,
    ...(id !== activation.id && { activation: activation.id }),
    title: candidateTitle(activation, parameters),
    parameters,
    addedParameters: 0,
  };
  try {
    const swapTarget = (graph: Graph, at: readonly number[]) => {
      const made = swap(graph, at, activation, parameters);
      return reinitialise ? withGain(made, outputsAt(graph, at), gainOf) : made;
    };
    const graph = swapTarget(baseline.graph, nodes);
    const batched =
      baseline.batched === baseline.graph
        ? graph
        : swapTarget(baseline.batched, nodesIn(nodes, baseline.graph, baseline.batched));
    // What the candidate learns has the same names in both, by which it is told to be the same.
    const trained = training
      ? withStoragesOf(swap(training.graph, training.nodes, activation, parameters), batched)
      : batched;
    const addedParameters = countParameters(graph).all - countParameters(baseline.graph).all;
    return { ...baseline, graph, batched, trained, measurements: newMeasurements({ ...summary, addedParameters }) };
  } catch (error) {
    return { ...baseline, measurements: { ...newMeasurements(summary), error: explain(error) } };
  }
}
