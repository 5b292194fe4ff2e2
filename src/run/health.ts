/** The health of a model as it stands: the measures of a comparison without candidates, and what follows from them. */

import { hiddenSites } from '../compare/sites';
import { skippedWords } from '../compare/skippedWords';
import { median } from '../compare/statistics';
import { evenChance } from '../data/chance';
import { batchOf } from '../data/columns';
import { taskOf } from '../data/taskOf';
import { itemAt, itemOr } from '../graph/access';
import { elements } from '../graph/ops/rule';
import { withInitialisersOf } from '../graph/readings';
import { storedWeights } from '../graph/storedWeights';
import type { Graph, StorageId } from '../graph/types';
import { findingsOf } from '../health/findings';
import { finite, healthLayers } from '../health/measures';
import type { HealthMeasures, HealthReport } from '../health/report';
import { zeroWeights } from '../health/zeros';
import { say } from '../language/say';
import { Experiment, type ExperimentRequest } from './experiment';
import { passMeasures, stepMeasures } from './measures/index';
import type { StepMeasure } from './measures/measure';
import type { RunEvent } from './protocol';
import type { Runtime } from './runtime';
import { measureStep } from './trainingPass';

/** Draws of weights and inputs: medians of five bear two that are out of the way. */
const SEEDS = 5;
/** Milliseconds after which nothing more is begun, unless given: small models take a second. */
const BUDGET = 30_000;
/** Of that, for more draws of the first step of training; the rest is for 8 bits, which run the model three times. */
const STEP_SHARE = 0.4;

export interface HealthRequest extends Pick<ExperimentRequest, 'graph' | 'batched' | 'training' | 'file' | 'weights'> {
  /** Milliseconds. */
  readonly budget?: number;
}

/** Counts the draws, and keeps the loss of each where there is one. */
class LossMeasure implements StepMeasure {
  readonly needsGradient = false;
  draws = 0;
  readonly losses: number[] = [];
  readonly prepare: StepMeasure['prepare'] = ({ readout, loss }) => {
    const place = loss === undefined ? undefined : readout.add(loss);
    return (numbers) => {
      this.draws++;
      if (place) this.losses.push(numbers.numberAt(place));
      return { samples: {} };
    };
  };
}

/**
 * @throws RuntimeError with messages for the user; the signal's reason when it is aborted. Sessions are released in every
 * case; the runtime remains the caller's.
 */
export async function runHealth(
  asked: HealthRequest,
  runtime: Runtime,
  emit: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<HealthReport> {
  const weights = asked.weights ?? storedWeights(asked.graph);
  const zeroOutputs = weights
    ? []
    : zeroWeights(asked.graph).flatMap(({ becomes, storage }) => (becomes === 'output' ? [storage] : []));
  const graph = withDrawn(asked.graph, zeroOutputs);
  const request: ExperimentRequest = {
    ...asked,
    graph,
    ...(weights && { weights }),
    plan: {
      sites: hiddenSites(graph),
      candidates: [],
      seed: 0,
      seeds: SEEDS,
      budget: asked.budget ?? BUDGET,
      rounds: 0,
    },
  };
  const experiment = new Experiment(request, runtime, emit, signal);
  const loss = new LossMeasure();
  await measureStep(
    experiment,
    ['signal', 'similarity', 'gradient'],
    [...Object.values(stepMeasures), loss],
    STEP_SHARE,
  );
  if (weights || !readsStatistics(graph)) await passMeasures.compression.run(experiment, 1 - STEP_SHARE);
  else
    experiment.notes.add(
      say(
        '8 bits are not measured with random weights: batch norms have no statistics yet, so that what they give is of another size than after training. Give weights.',
      ),
    );
  const whole = experiment.report(true);
  const { created, model, environment, candidates } = whole;
  const baseline = itemAt(candidates, 0);
  const { trained, batched } = experiment.baseline;
  const { snrTensor, snrChannel } = baseline.scores ?? {};
  const chance = evenChance(taskOf(batched));
  const measures: HealthMeasures = {
    layers: healthLayers(baseline, trained, batched),
    batch: batchOf(batched),
    seeds: loss.draws,
    ...(weights && { weights: weights.name }),
    ...(loss.losses.length > 0 && { loss: finite(median(loss.losses)) }),
    ...(chance !== undefined && { chance }),
    ...(snrTensor &&
      snrChannel && { eightBits: { snrTensor: finite(snrTensor.median), snrChannel: finite(snrChannel.median) } }),
    ...(zeroOutputs.length > 0 && { drawnOutput: true }),
  };
  const report = { version: 1, created, model: { ...model, notes: [...model.notes, ...skippedWords(whole)] } } as const;
  // What the weights begin with is told of the model as it is.
  const written = withInitialisersOf(trained, asked.graph);
  return { ...report, environment, ...measures, findings: findingsOf(measures, written, weights?.values) };
}

/** Whether a model computes with statistics that only training gives. */
const readsStatistics = ({ nodes }: Graph) => nodes.some(({ op }) => op.kind === 'batch_norm' && !op.frozen);

/** The same graph, some of whose storages begin with small random weights: N(0, 1/n) for rows of n. */
function withDrawn(graph: Graph, drawn: readonly StorageId[]): Graph {
  if (drawn.length === 0) return graph;
  const storages = [...graph.storages];
  for (const id of drawn) {
    const storage = itemAt(storages, id);
    const { shape } = storage.type;
    const rows = itemOr(shape, 0, 1);
    storages[id] = {
      ...storage,
      initialiser: { kind: 'normal', mean: 0, deviation: Math.sqrt(rows / elements(shape)) },
    };
  }
  return { ...graph, storages };
}
