/** What all measures of a comparison share: its candidates, their progress, and the report that grows. */
import { findActivation } from '../activations/catalogue';
import { assemble, modelSummary } from '../compare/assemble';
import { resolvePlan } from '../compare/plan';
import { Random } from '../compare/random';
import { type MeasureName, quickMeasures, type Report } from '../compare/report';
import { targetType, taskOf } from '../data/task';
import type { Graph } from '../graph/types';
import { say, sentence } from '../language/say';
import { Draw } from './draw';
import { baselineEntry, candidateEntry, type Entry, measuredBatch } from './entry';
import { randomInputs, randomTarget } from './inputs';
import { type Runner, race } from './latency';
import { requireFits, requireMemory } from './memory';
import { Probe } from './probe';
import type { RunEvent, RunRequest, Stage } from './protocol';
import { type Runtime, RuntimeError } from './runtime';
import type { Outputs, Session } from './session';

export type CompareRequest = Pick<RunRequest, 'graph' | 'batched' | 'file' | 'plan' | 'weights' | 'text' | 'data'>;

/** A session in a race; without an entry, one that only serves as a measure. */
export interface Racer extends Runner {
  readonly session: Session;
  readonly entry?: Entry;
}

/** Reports are sent no more often than this, in milliseconds: each carries all samples. */
const reportEvery = 250;

/** Seeds of signal, gradient, compression and drift, at most. */
const mostSeeds = 16;

/** A candidate with a graph of its own that is run for several seeds. */
interface Watched {
  readonly entry: Entry;
  readonly probe: Probe;
  readonly read: (outputs: Outputs, seed: number) => void;
}

/** Lets messages and signals in: a run blocks its thread. */
const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

export class Comparison {
  readonly resolved;
  readonly entries: Entry[];
  private readonly model;
  readonly measures: ReadonlySet<MeasureName>;
  readonly notes = new Set<string>();
  private readonly created = new Date().toISOString();
  private reported = 0;

  constructor(
    readonly request: CompareRequest,
    readonly runtime: Runtime,
    readonly emit: (event: RunEvent) => void,
    readonly signal: AbortSignal,
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
    const sizes = batched.inputs.map(({ value }) => batched.values[value]?.type.shape ?? []);
    if (sizes[0]?.[0] === 1)
      this.notes.add(
        say(
          'The model could not be read with more than one sample, so what is said of a batch (dead units, units without gradient) is said of one. Give an input with a larger batch.',
        ),
      );
  }

  get baseline(): Entry {
    const [first] = this.entries;
    if (!first) throw new RangeError('a comparison has a baseline');
    return first;
  }

  report(complete: boolean): Report {
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

  send(now = false): void {
    const time = performance.now();
    if (!now && time - this.reported < reportEvery) return;
    this.reported = time;
    this.emit({ type: 'report', report: this.report(false) });
  }

  stage(stage: Stage, done: number, total: number, candidate?: string): void {
    this.emit({ type: 'progress', stage, done, total, ...(candidate === undefined ? {} : { candidate }) });
  }

  /** Does something for every candidate that still runs; what fails is the candidate's own end. */
  async each(stage: Stage, action: (entry: Entry) => Promise<void>): Promise<void> {
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

  fail(entry: Pick<Entry, 'progress'>, message: string): void {
    entry.progress.error = message;
    // Without the baseline there is nothing to compare with, and without the device nothing runs.
    if (entry === this.baseline || this.runtime.gpu?.lost() !== undefined) throw new RuntimeError(message);
  }

  draw(seed: number, model: Graph): Draw {
    const inputs = randomInputs(model, seed);
    const typeAt = (at: { value: number } | undefined) => model.values[at?.value ?? -1]?.type;
    const [input, output] = [typeAt(model.inputs[0]), typeAt(model.outputs[0])];
    const task = taskOf(model);
    const target = input && output ? [randomTarget(task, targetType(task, input, output), inputs, seed)] : [];
    return new Draw(this.runtime, this.baseline.graph, seed, this.request.weights?.values ?? [], [
      ...inputs,
      ...target,
    ]);
  }

  /**
   * Runs a graph made for each candidate with one seed after the other, all candidates with the same draws: each at
   * least once, then while there is time.
   */
  async seeds(
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
        const made: (() => void)[] = [];
        for (const { entry, probe, read } of round) {
          this.signal.throwIfAborted();
          try {
            const outputs = await probe.run(draw);
            made.push(() => read(outputs, seed));
          } catch (error) {
            this.fail(entry, this.runtime.explain(error));
            made.push(() => {});
          }
          await pause();
          // A round that isn't over in time would leave the last candidates with a sample less.
          if (spent() > 2 * budget) break;
        }
        if (made.length < round.length) break;
        for (const read of made) read();
        this.send();
      }
    } finally {
      draw.free();
      for (const { probe } of watched) await probe.release();
    }
  }

  /** What can't be made of a model, or is too large to run, is left out with a note. */
  attempt<T extends Graph | { readonly graph: Graph } | null>(what: string, entry: Entry, make: () => T): T | null {
    try {
      const made = make();
      if (made) requireFits('graph' in made ? made.graph : made, this.runtime);
      return made;
    } catch (error) {
      const why = this.runtime.explain(error);
      const { title } = entry.progress.summary;
      this.notes.add(
        entry === this.baseline
          ? say('{0} was not measured: {1}', what, sentence(why))
          : say('{0} of {1} was not measured: {2}', what, title, sentence(why)),
      );
      return null;
    }
  }

  /** Races sessions, one for each candidate, and keeps what each took. */
  async race(stage: 'latency' | 'step', budget: number, racers: readonly Racer[]): Promise<void> {
    const { plan } = this.request;
    await race(racers, {
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
    for (const { entry, error } of racers) if (entry && error !== undefined) this.fail(entry, error);
  }
}
