/** What all measures of a comparison share: the variants of the model, what is known of them, the report that grows. */
import { findActivation } from '../activations/catalogue';
import { assemble, modelSummary } from '../compare/assemble';
import { addReading, type SeedReading } from '../compare/measurements';
import { type MeasureName, quickMeasures } from '../compare/measures/index';
import { placesIn, resolvePlan } from '../compare/plan';
import { Random } from '../compare/random';
import type { Report, SkippedPart } from '../compare/report';
import { targetType } from '../data/task';
import { taskOf } from '../data/taskOf';
import { isSameCall, measuredBatch } from '../graph/readings';
import type { Graph } from '../graph/types';
import { say, sentence } from '../language/say';
import { Draw } from './draw';
import { randomInputs, randomTarget } from './inputs';
import { leastTicks, type Runner, race } from './latency';
import { requireFits, requireMemory } from './memory';
import { Probe } from './probe';
import type { RunEvent, RunRequest, Stage } from './protocol';
import { type Runtime, RuntimeError } from './runtime';
import type { Outputs, Session } from './session';
import { type TimePart, TimePlan } from './timePlan';
import { baselineVariant, candidateVariant, type TrainedModel, type Variant } from './variant';

/** What an experiment is made of. */
export type ExperimentRequest = Pick<
  RunRequest,
  'graph' | 'batched' | 'training' | 'file' | 'plan' | 'weights' | 'text' | 'data'
>;

/** A session in a race; without a variant, one that others are only held against. */
export interface Racer extends Runner {
  readonly session: Session;
  readonly variant?: Variant;
}

/** Reports are sent no more often than this, in milliseconds: each carries all samples. */
const reportEvery = 250;

/** Seeds of a watched graph, at most. */
const mostSeeds = 16;

/** A graph made for one variant, which is run for several seeds. */
export interface Watch {
  readonly graph: Graph;
  /** Which pass of the model it holds: operators of it that fall back to the CPU are reported with that pass's time. */
  readonly pass: 'forward' | 'step';
  /** Within a seed the baseline is read first. */
  readonly read: (outputs: Outputs) => SeedReading;
}

interface Watched extends Pick<Watch, 'pass' | 'read'> {
  readonly variant: Variant;
  readonly probe: Probe;
}

/** Lets messages and signals in: a run blocks its thread. */
const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

export class Experiment {
  readonly resolved;
  readonly variants: readonly Variant[];
  private readonly model;
  private readonly training: TrainedModel | undefined;
  readonly measures: ReadonlySet<MeasureName>;
  readonly notes = new Set<string>();
  readonly time: TimePlan;
  private readonly created = new Date().toISOString();
  private reported = 0;
  /** The fastest forward and backward pass of the model as written so far, with all that was read in it. */
  private roughStep: number | undefined;

  constructor(
    readonly request: ExperimentRequest,
    readonly runtime: Runtime,
    readonly emit: (event: RunEvent) => void,
    readonly signal: AbortSignal,
    readonly now: () => number = () => performance.now(),
  ) {
    const { graph, file, plan } = request;
    this.resolved = resolvePlan(graph, plan);
    this.time = new TimePlan(plan.budget, now, this.resolved.candidates.length === 0);
    this.measures = new Set(plan.measures ?? quickMeasures);
    requireMemory(graph, this.resolved.candidates.length + 1, runtime);
    const batched = measuredBatch(graph, request.batched);
    this.training = this.trainingReading(batched);
    const titles = this.resolved.sites.map(({ activation }) => findActivation(activation)?.title ?? activation);
    const fresh = plan.reinitialise ?? false;
    const title = [...new Set(titles)].join(' + ');
    const baseline = baselineVariant(graph, batched, this.training, title, this.resolved.nodes, fresh);
    const explain = (error: unknown) => runtime.explain(error);
    this.variants = [
      baseline,
      ...this.resolved.candidates.map((candidate) =>
        candidateVariant(baseline, candidate, this.resolved.nodes, this.training, fresh, explain),
      ),
    ];
    this.model = modelSummary(graph, batched, file, request.weights?.name);
    if (fresh && request.weights) {
      this.notes.add(
        say(
          'The weights that {0} gives stay as they are: only others were drawn with the gain that suits each activation.',
          request.weights.name,
        ),
      );
    }
    const sizes = batched.inputs.map(({ value }) => batched.values[value]?.type.shape ?? []);
    if (sizes[0]?.[0] === 1)
      this.notes.add(
        say(
          'The model could not be read with more than one sample, so what is said of a batch (dead units, units without gradient) is said of one. Give an input with a larger batch.',
        ),
      );
  }

  /** The model as it trains, where it takes other branches then. */
  private trainingReading(batched: Graph): TrainedModel | undefined {
    const { training, plan } = this.request;
    if (!training) return undefined;
    if (!isSameCall(training, batched)) {
      this.notes.add(
        say(
          'In training the model gives something else than in evaluation, for which there is no loss here: all measures are of the branches that it takes in evaluation.',
        ),
      );
      return undefined;
    }
    for (const { message } of training.notes) this.notes.add(message);
    return { graph: training, ...placesIn(training, plan.sites) };
  }

  /** Hidden activations of what is trained, by their order among all. */
  get hiddenInTraining(): ReadonlySet<number> {
    return (this.training ?? this.resolved).hidden;
  }

  get baseline(): Variant {
    const [first] = this.variants;
    if (!first) throw new RangeError('a comparison has a baseline');
    return first;
  }

  report(complete: boolean): Report {
    const { request, runtime, resolved, created } = this;
    const notes = [...new Set([...this.model.notes, ...resolved.notes, ...this.notes])];
    return assemble({
      created,
      model: { ...this.model, notes },
      environment: runtime.environment,
      plan: request.plan,
      resolved,
      measurements: this.variants.map(({ measurements }) => measurements),
      complete,
      skipped: this.time.listSkipped(),
      ...(this.roughStep !== undefined &&
        !this.baseline.measurements.times.step?.length && { roughStep: this.roughStep }),
    });
  }

  send(now = false): void {
    const time = this.now();
    if (!now && time - this.reported < reportEvery) return;
    this.reported = time;
    this.emit({ type: 'report', report: this.report(false) });
  }

  stage(stage: Stage, done: number, total: number, candidate?: string): void {
    const remaining = this.time.left;
    this.emit({ type: 'progress', stage, done, total, remaining, ...(candidate === undefined ? {} : { candidate }) });
  }

  /** Does something for every variant that still runs; what fails is the variant's own end. */
  async forEachVariant(stage: Stage, action: (variant: Variant) => Promise<void>): Promise<void> {
    for (const [index, variant] of this.variants.entries()) {
      this.signal.throwIfAborted();
      const { error: failed, summary } = variant.measurements;
      if (failed !== undefined) continue;
      this.stage(stage, index, this.variants.length, summary.id);
      try {
        await action(variant);
      } catch (error) {
        this.fail(variant, this.runtime.explain(error));
      }
      this.send();
    }
  }

  /** Whether a session's first pass takes longer than those that follow: a GPU's shaders are compiled in it, many times as long. */
  get compilesInPass(): boolean {
    return this.runtime.device === 'webgpu';
  }

  fail(variant: Pick<Variant, 'measurements'>, message: string): void {
    variant.measurements.error = message;
    // Without the baseline there is nothing to compare with, and without the device nothing runs.
    if (variant === this.baseline || this.runtime.gpu?.lossReason() !== undefined) throw new RuntimeError(message);
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
   * Runs a graph made for each variant with one seed after the other, all variants with the same draws: once where there
   * is time, then while there is time in their share.
   * @param measures that are read; the first names the stage
   * @param share of the whole time
   * @param prepare gives null for a variant that is left out
   */
  async watch(
    measures: readonly [SkippedPart, ...SkippedPart[]],
    share: number,
    prepare: (variant: Variant) => Watch | null,
  ): Promise<void> {
    const part = this.time.begin(measures, share);
    const [stage] = measures;
    const watched: Watched[] = [];
    const { seed: first, seeds: most = mostSeeds } = this.request.plan;
    let draw = this.draw(first, this.baseline.batched);
    try {
      await this.forEachVariant(stage, async (variant) => {
        const start = this.now();
        const made = prepare(variant);
        if (!made || !part.admits(variant.measurements.summary.id, made.graph.nodes.length)) return;
        const probe = await Probe.compile(this.runtime, made.graph);
        watched.push({ variant, probe, pass: made.pass, read: made.read });
        variant.measurements.fallbacks[made.pass] = probe.fallbacks;
        const compiled = this.now();
        this.keep(variant, made.read(await probe.run(draw)));
        const ran = this.now() - compiled;
        if (this.compilesInPass) part.note(made.graph.nodes.length, compiled - start + ran);
        else part.note(made.graph.nodes.length, compiled - start, ran);
        if (variant === this.baseline && made.pass !== 'forward') this.roughStep = ran;
      });
      let took = 0;
      for (let k = 1; k < most && watched.length > 0 && part.left > took; k++) {
        const began = this.now();
        draw.free();
        draw = this.draw(first + k, this.baseline.batched);
        this.stage(stage, k / most, 1);
        const round = watched.filter(({ variant }) => variant.measurements.error === undefined);
        const readings: (readonly [Variant, SeedReading])[] = [];
        let done = 0;
        for (const { variant, probe, pass, read } of round) {
          this.signal.throwIfAborted();
          try {
            const from = this.now();
            readings.push([variant, read(await probe.run(draw))]);
            if (variant === this.baseline && pass !== 'forward')
              this.roughStep = Math.min(this.roughStep ?? Number.POSITIVE_INFINITY, this.now() - from);
          } catch (error) {
            this.fail(variant, this.runtime.explain(error));
          }
          done++;
          await pause();
          // A round that isn't over in time would leave the last candidates with a sample less.
          if (this.time.left === 0) break;
        }
        if (done < round.length) break;
        took = this.now() - began;
        for (const [variant, reading] of readings) this.keep(variant, reading);
        this.send();
      }
    } finally {
      draw.free();
      for (const { probe } of watched) await probe.release();
    }
  }

  private keep({ measurements }: Variant, reading: SeedReading): void {
    addReading(measurements, reading);
    for (const note of reading.notes ?? []) this.notes.add(note);
  }

  /** What can't be made of a model, or is too large to run, is left out with a note. */
  attempt<T extends Graph | { readonly graph: Graph } | null>(what: string, variant: Variant, make: () => T): T | null {
    try {
      const made = make();
      if (made) requireFits('graph' in made ? made.graph : made, this.runtime);
      return made;
    } catch (error) {
      const why = this.runtime.explain(error);
      const { title } = variant.measurements.summary;
      this.notes.add(
        variant === this.baseline
          ? say('{0} was not measured: {1}', what, sentence(why))
          : say('{0} of {1} was not measured: {2}', what, title, sentence(why)),
      );
      return null;
    }
  }

  /**
   * Races sessions, one for each variant; their samples grow.
   * @param part whose time it has
   * @param onRound after every round that all have run
   */
  async race(
    stage: 'latency' | 'step',
    part: TimePart,
    racers: readonly Racer[],
    onRound: () => void = () => {},
  ): Promise<void> {
    const { plan } = this.request;
    const tick = await this.runtime.clockResolution();
    const { coarse } = await race(racers, {
      rounds: plan.rounds,
      // One alone is raced against nothing.
      budget: racers.length > 1 ? part.left : 0,
      now: this.now,
      tick,
      random: new Random(plan.seed),
      signal: this.signal,
      explain: (error) => this.runtime.explain(error),
      onRound: (done) => {
        onRound();
        this.stage(stage, done, 1);
        this.send();
      },
    });
    if (coarse)
      this.notes.add(
        say(
          'The clock tells times in steps of {0} ms, and the time budget left no room for samples of {1} steps: what differs by less may be rounding. A longer budget takes longer samples.',
          Number(tick.toPrecision(2)),
          leastTicks,
        ),
      );
    for (const { variant, error } of racers) if (variant && error !== undefined) this.fail(variant, error);
  }
}
