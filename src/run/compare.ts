/** A comparison from beginning to end. */
import { findActivation } from '../activations/catalogue';
import { assemble, modelSummary } from '../compare/assemble';
import { resolvePlan } from '../compare/plan';
import { Random } from '../compare/random';
import { defaultLearning, type MeasureName, quickMeasures, type Report } from '../compare/report';
import { proceduralData } from '../data/procedural';
import { taskOf } from '../data/task';
import { userData } from '../data/user/index';
import { peakBytes } from '../graph/memory';
import type { Graph } from '../graph/types';
import { inHalfPrecision } from '../lower/half';
import { lower } from '../lower/lower';
import { encodeModel } from '../onnx/encode';
import { backwardGraph } from './backward';
import { compressionGraph } from './compression';
import { Draw } from './draw';
import { driftOf } from './drift';
import { baselineEntry, candidateEntry, type Entry, measuredBatch } from './entry';
import { flowGraph, signalGraph } from './flow';
import { randomInputs, randomTarget } from './inputs';
import { type Runner, race } from './latency';
import { learn } from './learning';
import { requireFits, requireMemory } from './memory';
import { Probe } from './probe';
import type { RunEvent, RunRequest, Stage } from './protocol';
import { type Runtime, RuntimeError } from './runtime';
import type { Outputs, Session } from './session';

export type CompareRequest = Pick<RunRequest, 'graph' | 'batched' | 'file' | 'plan' | 'weights' | 'text' | 'data'>;

/** Reports are sent no more often than this, in milliseconds: each carries all samples. */
const reportEvery = 250;

/** How the budget is shared out. Compiling isn't counted. */
const shares = { flow: 0.2, latency: 0.4, step: 0.2, compression: 0.2 } as const;

/** Seeds of signal, gradient, compression and drift, at most. */
const mostSeeds = 16;

/** Size of the data that models learn from, in batches. */
const trainingBatches = 32;
const heldBatches = 8;

/** A candidate with a graph of its own that is run for several seeds. */
interface Watched {
  readonly entry: Entry;
  readonly probe: Probe;
  readonly read: (outputs: Outputs, seed: number) => void;
}

class Comparison {
  private readonly resolved;
  private readonly entries: Entry[];
  private readonly model;
  private readonly measures: ReadonlySet<MeasureName>;
  private readonly notes = new Set<string>();
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
    this.measures = new Set(plan.measures ?? quickMeasures);
    requireMemory(graph, this.resolved.candidates.length + 1, runtime);
    const batched = measuredBatch(graph, request.batched);
    const titles = this.resolved.sites.map(({ activation }) => findActivation(activation)?.title ?? activation);
    const fresh = plan.reinitialise ?? false;
    const title = [...new Set(titles)].join(' + ');
    const baseline = baselineEntry(graph, batched, title, this.resolved.nodes, fresh);
    const explain = (error: unknown) => runtime.explain(error);
    this.entries = [
      baseline,
      ...this.resolved.candidates.map((candidate) =>
        candidateEntry(baseline, candidate, this.resolved.nodes, fresh, explain),
      ),
    ];
    this.model = modelSummary(graph, batched, file, request.weights?.name);
  }

  private get baseline(): Entry {
    const [first] = this.entries;
    if (!first) throw new RangeError('a comparison has a baseline');
    return first;
  }

  private report(complete: boolean): Report {
    const { request, runtime, resolved, created } = this;
    const notes = [...this.model.notes, ...resolved.notes, ...this.notes];
    return assemble({
      created,
      model: { ...this.model, notes },
      environment: runtime.environment,
      plan: request.plan,
      resolved,
      progress: this.entries.map(({ progress }) => progress),
      complete,
    });
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

  /** Does something for every candidate that still runs; what fails is the candidate's own end. */
  private async each(stage: Stage, action: (entry: Entry) => Promise<void>): Promise<void> {
    for (const [index, entry] of this.entries.entries()) {
      this.signal.throwIfAborted();
      if (entry.progress.error !== undefined) continue;
      this.stage(stage, index, this.entries.length, entry.progress.summary.id);
      try {
        await action(entry);
      } catch (error) {
        this.fail(entry, this.runtime.explain(error));
      }
      this.send();
    }
  }

  private fail(entry: Entry, message: string): void {
    entry.progress.error = message;
    // Without the baseline there is nothing to compare with, and without the device nothing runs.
    if (entry === this.baseline || this.runtime.gpu?.lost() !== undefined) throw new RuntimeError(message);
  }

  private draw(seed: number, model: Graph): Draw {
    const inputs = randomInputs(model, seed);
    const data = new Map(model.inputs.map(({ name }, i) => [name, inputs[i] ?? []]));
    const task = taskOf(model);
    const [output] = model.outputs;
    const type = model.values[output?.value ?? -1]?.type;
    if (type) {
      const shape =
        task.kind === 'classes' || task.kind === 'places' ? type.shape.filter((_, i) => i !== 1) : type.shape;
      data.set('target', randomTarget(task, { ...type, shape }, inputs, seed));
    }
    return new Draw(this.runtime, this.baseline.graph, seed, this.request.weights?.values ?? [], data);
  }

  /**
   * Runs a graph made for each candidate with one seed after the other, all candidates with the same draws: each at
   * least once, then while there is time.
   */
  private async seeds(
    stage: 'signal' | 'compression',
    budget: number,
    prepare: (entry: Entry) => { readonly graph: Graph; readonly read: Watched['read'] } | null,
  ): Promise<void> {
    const watched: Watched[] = [];
    let draw = this.draw(this.request.plan.seed, this.baseline.batched);
    try {
      await this.each(stage, async (entry) => {
        const made = prepare(entry);
        if (!made) return;
        const probe = await Probe.compile(this.runtime, made.graph);
        watched.push({ entry, probe, read: made.read });
        entry.progress[stage === 'signal' ? 'stepFallbacks' : 'fallbacks'] = probe.fallbacks;
        made.read(await probe.run(draw), this.request.plan.seed);
      });
      const start = performance.now();
      const spent = () => performance.now() - start;
      const most = this.request.plan.seeds ?? mostSeeds;
      for (let k = 1; k < most && spent() < budget; k++) {
        draw.free();
        const seed = this.request.plan.seed + k;
        draw = this.draw(seed, this.baseline.batched);
        this.stage(stage, Math.min(1, Math.max(k / most, spent() / budget)), 1);
        const round = watched.filter(({ entry }) => entry.progress.error === undefined);
        const outputs: Outputs[] = [];
        for (const { probe } of round) {
          this.signal.throwIfAborted();
          outputs.push(await probe.run(draw));
          await pause();
          // A round that isn't over in time would leave the last candidates with a sample less.
          if (spent() > 2 * budget) break;
        }
        if (outputs.length < round.length) break;
        round.forEach(({ read }, i) => {
          read(outputs[i] ?? {}, seed);
        });
        this.send();
      }
    } finally {
      draw.free();
      for (const { probe } of watched) await probe.release();
    }
  }

  private async measureFlow(budget: number): Promise<void> {
    const task = taskOf(this.baseline.batched);
    const wanted = this.measures.has('gradient');
    // All candidates are measured in one mode: what fails for the model as written is left out for all.
    let training = wanted;
    await this.seeds('signal', budget, (entry) => {
      const make = () => flowGraph(entry.batched, task, this.runtime.device);
      const flow = training ? this.attempt('The gradient', entry, make) : null;
      if (training && !flow && entry === this.baseline) training = false;
      const made = flow ?? this.attempt('The signal', entry, () => signalGraph(entry.batched));
      if (!made) return null;
      return {
        graph: made.graph,
        read: (outputs) => {
          const { signal, gradient } = made.read(outputs);
          const lost = signal.find(({ mean }) => !Number.isFinite(mean));
          if (lost)
            this.notes.add(
              `${entry.progress.summary.title}: ${lost.path || `line ${lost.line ?? '?'}`} gives no finite numbers with these weights; what comes behind it can't be judged.`,
            );
          entry.progress.signals.push(signal);
          if (gradient) entry.progress.gradients.push(gradient);
        },
      };
    });
  }

  /** What can't be made of a model, or is too large to run, is left out with a note. */
  private attempt<T extends Graph | { readonly graph: Graph } | null>(
    what: string,
    entry: Entry,
    make: () => T,
  ): T | null {
    try {
      const made = make();
      if (made) requireFits('graph' in made ? made.graph : made, this.runtime);
      return made;
    } catch (error) {
      const name = entry === this.baseline ? '' : ` of ${entry.progress.summary.title}`;
      this.notes.add(`${what}${name} was not measured: ${this.runtime.explain(error)}`);
      return null;
    }
  }

  private async measureCompression(budget: number): Promise<void> {
    const task = taskOf(this.baseline.batched);
    /** The baseline's outputs, by seed: the others are told by how far they are from it. */
    const written = new Map<number, ArrayLike<number>>();
    await this.seeds('compression', budget, (entry) => {
      const made = this.attempt('The loss in 8 bits', entry, () => compressionGraph(entry.batched));
      if (!made) return null;
      const { graph, read } = made;
      return {
        graph,
        read: (outputs, seed) => {
          const { output, ...reading } = read(outputs);
          if (this.measures.has('compression')) entry.progress.compressions.push(reading);
          if (entry === this.baseline) written.set(seed, output);
          const other = written.get(seed);
          if (entry !== this.baseline && other && this.measures.has('drift'))
            entry.progress.drifts.push(driftOf(output, other, entry.batched, task));
        },
      };
    });
  }

  /** Races sessions, one for each candidate, and keeps what each took. */
  private async race(
    stage: 'latency' | 'step',
    budget: number,
    runners: readonly (Runner & { readonly entry?: Entry })[],
  ): Promise<void> {
    const { plan } = this.request;
    await race(runners, {
      rounds: plan.rounds,
      budget,
      random: new Random(plan.seed),
      signal: this.signal,
      explain: (error) => this.runtime.explain(error),
      onRound: (done) => {
        this.stage(stage, done, 1);
        this.send();
      },
    });
    for (const { entry, error } of runners) if (entry && error !== undefined) this.fail(entry, error);
  }

  private async measureLatency(budget: number): Promise<void> {
    const { graph } = this.baseline;
    const { seed } = this.request.plan;
    const { half = false } = this.request.plan;
    if (half) requireHalf(this.runtime);
    const draw = this.draw(seed, graph);
    const runners: (Runner & { entry?: Entry; session: Session })[] = [];
    const compile = async (of: Graph, samples: number[], entry?: Entry) => {
      const single = lower(of, { mode: 'evaluation', weights: 'constant', device: this.runtime.device });
      const lowered = half ? inHalfPrecision(single) : single;
      const session = await this.runtime.createSession(encodeModel(lowered, draw.constants(of)), 'timed');
      const feeds = draw.feeds(of, { ...lowered, weights: [] });
      runners.push({ session, feeds, samples, ...(entry && { entry }) });
      if (half && entry) entry.progress.halfError = await this.halfError(of, draw);
    };
    try {
      await this.each('session', async (entry) => {
        const samples: number[] = [];
        await compile(entry.graph, samples, entry);
        entry.progress.samples = samples;
        entry.progress.memory = { forward: peakBytes(entry.graph) };
      });
      const bare = this.baseline.without(this.resolved.nodes);
      if (bare) {
        const samples: number[] = [];
        await compile(bare, samples);
        for (const { progress } of this.entries) progress.bare = samples;
      }
      await this.race('latency', budget, runners);
    } finally {
      for (const { session } of runners) await session.release();
      draw.free();
    }
  }

  /** How far half precision's outputs are from single precision's, with the same weights and inputs. */
  private async halfError(graph: Graph, draw: Draw): Promise<number> {
    const single = lower(graph, { mode: 'evaluation', weights: 'constant', device: this.runtime.device });
    const outputs: ArrayLike<number>[] = [];
    for (const lowered of [single, inHalfPrecision(single)]) {
      const session = await this.runtime.createSession(encodeModel(lowered, draw.constants(graph)), 'plain');
      try {
        const made = await session.run(draw.feeds(graph, { ...lowered, weights: [] }));
        outputs.push(made[graph.outputs[0]?.name ?? ''] ?? []);
      } finally {
        await session.release();
      }
    }
    const [exact = [], rounded = []] = outputs;
    return driftOf(rounded, exact, graph, { kind: 'numbers' }).drift;
  }

  private async measureStep(budget: number): Promise<void> {
    const task = taskOf(this.baseline.batched);
    const draw = this.draw(this.request.plan.seed, this.baseline.batched);
    const runners: (Runner & { entry?: Entry; session: Session })[] = [];
    try {
      await this.each('session', async (entry) => {
        const graph = this.attempt('The backward pass', entry, () =>
          backwardGraph(entry.batched, task, this.runtime.device),
        );
        if (!graph || (entry !== this.baseline && runners.length === 0)) return;
        const lowered = lower(graph, { mode: 'evaluation', weights: 'inputs', device: this.runtime.device });
        const session = await this.runtime.createSession(encodeModel(lowered), 'timed');
        const samples: number[] = [];
        entry.progress.stepSamples = samples;
        entry.progress.memory = { forward: peakBytes(entry.graph), step: peakBytes(graph) };
        runners.push({ session, feeds: draw.feeds(graph, lowered), samples, entry });
      });
      if (runners.length > 0) await this.race('step', budget, runners);
    } finally {
      for (const { session } of runners) await session.release();
      draw.free();
    }
  }

  private async measureLearning(): Promise<void> {
    const { batched } = this.baseline;
    const { plan, text, weights, data: own } = this.request;
    const task = taskOf(batched);
    const batch = batched.values[batched.inputs[0]?.value ?? -1]?.type.shape[0] ?? 1;
    const { seed } = plan;
    const data = own
      ? userData(batched, task, own.files, { seed })
      : proceduralData(batched, task, {
          train: trainingBatches * batch,
          held: heldBatches * batch,
          seed,
          ...(text !== undefined && { text }),
        });
    await learn(this.entries, this.runtime, {
      plan: plan.learning ?? defaultLearning,
      task,
      data,
      ...(own && { dataName: own.name }),
      seed,
      given: weights?.values ?? [],
      signal: this.signal,
      explain: (error) => this.runtime.explain(error),
      onProgress: (done, remaining, candidate) =>
        this.emit({
          type: 'progress',
          stage: 'learning',
          done,
          total: 1,
          candidate,
          ...(Number.isFinite(remaining) && { remaining }),
        }),
      onRun: () => this.send(),
      fail: (learner, message) => {
        learner.progress.error = message;
        if (learner === this.baseline) throw new RuntimeError(message);
      },
    });
  }

  async run(): Promise<Report> {
    const { budget } = this.request.plan;
    const has = (...names: MeasureName[]) => names.some((name) => this.measures.has(name));
    this.send(true);
    if (has('signal', 'gradient')) await this.measureFlow(budget * shares.flow);
    this.send(true);
    if (has('cost')) {
      await this.measureLatency(budget * shares.latency);
      await this.measureStep(budget * shares.step);
    }
    this.send(true);
    if (has('compression', 'drift')) await this.measureCompression(budget * shares.compression);
    if (has('learning')) await this.measureLearning();
    return this.report(true);
  }
}

/** @throws RuntimeError where half precision can't be had */
function requireHalf({ gpu }: Runtime): void {
  if (gpu?.device.features.has('shader-f16')) return;
  throw new RuntimeError(
    gpu
      ? `Half precision needs a GPU with shader-f16, which ${gpu.adapter} lacks. Run in single precision.`
      : 'Half precision needs a GPU. Run in single precision.',
  );
}

/** Lets messages and signals in: a run blocks its thread. */
const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

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
