/** A comparison from beginning to end. */
import { findActivation } from '../activations/catalogue';
import { assemble, modelSummary, type Progress } from '../compare/assemble';
import { type Candidate, resolvePlan } from '../compare/plan';
import { Random } from '../compare/random';
import type { Report } from '../compare/report';
import { initialise } from '../graph/initialise';
import { countParameters, swap } from '../graph/swap';
import type { Graph, Storage, TensorData } from '../graph/types';
import { lower } from '../lower/lower';
import { encodeModel } from '../onnx/encode';
import { randomInputs } from './inputs';
import { type Runner, race } from './latency';
import { requireMemory } from './memory';
import { cpuFallbacks } from './placement';
import type { RunEvent, RunRequest, Stage } from './protocol';
import { type Feeds, type Runtime, RuntimeError } from './runtime';
import type { Session } from './session';
import { isModelNode, readSignal, signalGraph, signalOutput } from './signal';

export type CompareRequest = Pick<RunRequest, 'graph' | 'file' | 'plan' | 'weights'>;

/** Reports are sent no more often than this, in milliseconds: each carries all samples. */
const reportEvery = 250;

/** A candidate with what it needs to run; the first is the model as written. */
interface Entry {
  readonly graph: Graph;
  readonly weights: readonly TensorData[];
  readonly progress: Progress;
}

/** The graph with its first storages emptied: what they hold is there already, and may be large. */
function onlyFrom(graph: Graph, first: number): Graph {
  const empty = (storage: Storage): Storage => ({
    ...storage,
    type: { ...storage.type, shape: [0] },
    initialiser: { kind: 'constant', value: 0 },
  });
  return { ...graph, storages: graph.storages.map((storage, i) => (i < first ? empty(storage) : storage)) };
}

class Comparison {
  private readonly resolved;
  private readonly inputs: TensorData[];
  private readonly entries: Entry[];
  private readonly model;
  private readonly created = new Date().toISOString();
  private reported = 0;

  constructor(
    private readonly request: CompareRequest,
    private readonly runtime: Runtime,
    private readonly emit: (event: RunEvent) => void,
    private readonly signal: AbortSignal,
  ) {
    const { graph, file, plan } = request;
    this.resolved = resolvePlan(graph, plan);
    requireMemory(graph, this.resolved.candidates.length + 1, runtime);
    this.inputs = randomInputs(graph, plan.seed);
    const weights = initialise(graph, plan.seed, request.weights?.values);
    const titles = this.resolved.sites.map(({ activation }) => findActivation(activation)?.title ?? activation);
    const title = [...new Set(titles)].join(' + ');
    const summary = { id: 'baseline', title, parameters: {}, addedParameters: 0 };
    this.entries = [
      { graph, weights, progress: { summary } },
      ...this.resolved.candidates.map((candidate) => this.entry(candidate, weights)),
    ];
    this.model = modelSummary(graph, file, this.resolved.notes, request.weights?.name);
  }

  private get progress(): Progress[] {
    return this.entries.map(({ progress }) => progress);
  }

  /** The same initial weights as the baseline's; what the swap adds is initialised besides. */
  private entry({ activation, parameters }: Candidate, weights: readonly TensorData[]): Entry {
    const { graph, plan } = this.request;
    const summary = { id: activation.id, title: activation.title, parameters, addedParameters: 0 };
    try {
      const swapped = swap(graph, this.resolved.nodes, activation, parameters);
      const addedParameters = countParameters(swapped) - countParameters(graph);
      const added = initialise(onlyFrom(swapped, weights.length), plan.seed).slice(weights.length);
      return {
        graph: swapped,
        weights: [...weights, ...added],
        progress: { summary: { ...summary, addedParameters } },
      };
    } catch (error) {
      return { graph, weights, progress: { summary, error: this.runtime.explain(error) } };
    }
  }

  private report(complete: boolean): Report {
    const { request, runtime, resolved, model, created } = this;
    const { environment } = runtime;
    return assemble({ created, model, environment, plan: request.plan, resolved, progress: this.progress, complete });
  }

  private send(now = false): void {
    const time = performance.now();
    if (!now && time - this.reported < reportEvery) return;
    this.reported = time;
    this.emit({ type: 'report', report: this.report(false) });
  }

  private stage(stage: Stage, done: number, total: number, candidate?: string): void {
    this.emit({ type: 'progress', stage, done, total, ...(candidate === undefined ? {} : { candidate }) });
  }

  private async compile(
    entry: Entry,
    graph: Graph,
    purpose: 'timed' | 'watched',
  ): Promise<{ session: Session; feeds: Feeds; names: string[] }> {
    const lowered = lower(graph, { mode: 'evaluation', weights: 'constant', device: this.runtime.device });
    const session = await this.runtime.createSession(encodeModel(lowered, entry.weights), purpose);
    const inputs = lowered.inputs.map((value, i) => ({ value, data: this.inputs[i] ?? [] }));
    return { session, feeds: this.runtime.feeds(inputs), names: lowered.outputs.map(({ name }) => name) };
  }

  /** Does something for every candidate that still runs; what fails is the candidate's own end. */
  private async each(stage: Stage, action: (entry: Entry) => Promise<void>): Promise<void> {
    for (const [index, entry] of this.entries.entries()) {
      this.signal.throwIfAborted();
      if (entry.progress.error !== undefined) continue;
      this.stage(stage, index, this.entries.length, entry.progress.summary.id);
      try {
        await action(entry);
      } catch (error) {
        entry.progress.error = this.runtime.explain(error);
        // Without the baseline there is nothing to compare with, and without the device nothing runs.
        if (index === 0 || this.runtime.gpu?.lost() !== undefined) throw new RuntimeError(entry.progress.error);
      }
      this.send();
    }
  }

  private async measureSignal(entry: Entry): Promise<void> {
    const tapped = signalGraph(entry.graph);
    if (!tapped) return;
    const { session, feeds } = await this.compile(entry, tapped.graph, 'watched');
    try {
      entry.progress.fallbacks = cpuFallbacks(session.placements, isModelNode);
      const outputs = await session.run(feeds);
      entry.progress.signal = readSignal(tapped.layers, outputs[signalOutput] ?? []);
    } finally {
      await session.release();
    }
  }

  private async measureLatency(): Promise<void> {
    const runners: Runner[] = [];
    const racing: Entry[] = [];
    const { plan } = this.request;
    try {
      await this.each('session', async (entry) => {
        const { session, feeds } = await this.compile(entry, entry.graph, 'timed');
        const samples: number[] = [];
        entry.progress.samples = samples;
        runners.push({ session, feeds, samples });
        racing.push(entry);
      });
      await race(runners, {
        rounds: plan.rounds,
        budget: plan.budget,
        random: new Random(plan.seed),
        signal: this.signal,
        explain: (error) => this.runtime.explain(error),
        onRound: (done) => {
          this.stage('latency', done, 1);
          this.send();
        },
      });
    } finally {
      for (const { session } of runners) await session.release();
    }
    racing.forEach((entry, i) => {
      const error = runners[i]?.error;
      if (error !== undefined) entry.progress.error = error;
    });
    const baseline = runners[0]?.error;
    if (baseline !== undefined) throw new RuntimeError(baseline);
  }

  async run(): Promise<Report> {
    this.send(true);
    await this.each('signal', (entry) => this.measureSignal(entry));
    this.send(true);
    await this.measureLatency();
    return this.report(true);
  }
}

/**
 * Swaps, compiles and measures; emits reports as they grow and the last one as `done`.
 * @throws PlanError, RuntimeError with messages for the user; the signal's reason when it is aborted. Sessions are
 * released in every case; the runtime remains the caller's.
 */
export async function runComparison(
  request: CompareRequest,
  runtime: Runtime,
  emit: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<Report> {
  const report = await new Comparison(request, runtime, emit, signal).run();
  emit({ type: 'done', report });
  return report;
}
