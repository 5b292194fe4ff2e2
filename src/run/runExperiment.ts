/** A comparison from beginning to end. */
import type { MeasureName } from '../compare/measures/index';
import type { Report } from '../compare/report';
import { storedWeights } from '../graph/storedWeights';
import { Experiment, type ExperimentRequest } from './experiment';
import { forwardPass, passMeasures, stepMeasures, stepShare } from './measures/index';
import type { RunEvent } from './protocol';
import type { Runtime } from './runtime';
import { measureStep } from './trainingPass';

interface ExperimentOptions {
  /** A clock, in milliseconds. */
  readonly now?: () => number;
  /** What has to be over before anything but the forward pass is measured; no time is counted for it. */
  readonly beforeTraining?: () => Promise<void>;
}

/**
 * Swaps, compiles and measures; emits reports as they grow and the last one as `done`.
 * @throws PlanError, RuntimeError with messages for the user; the signal's reason when it is aborted. Sessions are
 * released in every case; the runtime remains the caller's.
 */
export async function runExperiment(
  asked: ExperimentRequest,
  runtime: Runtime,
  emit: (event: RunEvent) => void,
  signal: AbortSignal,
  { now = () => performance.now(), beforeTraining }: ExperimentOptions = {},
): Promise<Report> {
  const weights = asked.weights ?? storedWeights(asked.graph);
  const request = weights ? { ...asked, weights } : asked;
  // What is waited for is none of the user's time.
  let waited = 0;
  const experiment = new Experiment(request, runtime, emit, signal, () => now() - waited);
  const namesAsked = <N extends MeasureName>(of: Readonly<Record<N, unknown>>) =>
    (Object.keys(of) as N[]).filter((name) => experiment.measures.has(name));
  experiment.send(true);
  if (experiment.measures.has('cost')) await forwardPass.run(experiment, forwardPass.share);
  const since = now();
  await beforeTraining?.();
  waited += now() - since;
  const steps = namesAsked(stepMeasures);
  const taken = steps.map((name) => stepMeasures[name]);
  const [first, ...more] = steps;
  if (first) await measureStep(experiment, [first, ...more], taken, stepShare);
  for (const name of namesAsked(passMeasures)) {
    experiment.send(true);
    await passMeasures[name].run(experiment, passMeasures[name].share);
  }
  const report = experiment.report(true);
  emit({ type: 'done', report });
  return report;
}
