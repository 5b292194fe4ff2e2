import { addCandidates } from '../../src/compare/addCandidates';
import { learningTime } from '../../src/compare/learning';
import { quickMeasures } from '../../src/compare/measures/index';
import { countMeasured, isSameSubject, keepLearning, mergeReports } from '../../src/compare/merge';
import type { ComparePlan, LearningPlan, Report } from '../../src/compare/report';
import type { RunEvent } from '../../src/run/protocol';
import { WorkerRunner } from '../ui/runner';
import type { Texts } from '../ui/texts';
import { missingOptions, optionsOf } from './candidates';
import { candidateOf, orderOf } from './runOrder';
import { type CompareState, drawsWeights, markIncomplete, type Resources, type RunProgress, standing } from './state';
import type { View } from './view';

/** What runs need of the page. */
interface RunsPage extends Pick<View, 'ask' | 'post' | 'change'> {
  readonly texts: Texts;
  readonly language: ConstructorParameters<typeof WorkerRunner>[1];
  state(): CompareState;
  /** Where the runtime's files are, once the host has told it. */
  resources(): Resources | undefined;
  /** A hidden page draws no frames, so what a run leaves behind is saved by itself. */
  save(): void;
}

/** Begins and ends runs, and puts what they measure together with what was measured before. */
export function runs(page: RunsPage) {
  const { ask, post, change, save } = page;
  const words = page.texts.compare;
  const runner = new WorkerRunner(page.texts, page.language);
  /** A run begins as soon as the host has read the text again. */
  let starting = false;
  /** Whether what is shown is of the run under way: until that has as much to tell, the report before it stays. */
  let reported = false;
  /** Puts what the run under way measures together with what was measured before it. */
  let join: (later: Report) => Report | undefined = (later) => later;
  /** The key of the model that it measures. */
  let runKey: string | undefined;
  /** When it began, and its plan to learn. */
  let runBegan = 0;
  let runLearning: LearningPlan | undefined;

  /** Measures what was chosen since, all that is chosen within a moment together. */
  function measureSoon(): void {
    clearTimeout(soon);
    waits = true;
    soon = setTimeout(() => void measureMissing(), 800);
  }
  let soon: ReturnType<typeof setTimeout> | undefined;
  /** Something was chosen that no run has begun for: what a run leaves out, as the model's own activation, is not tried again. */
  let waits = false;

  /** Measures the chosen candidates that the report lacks, beside the model as written; the report keeps the others. */
  async function measureMissing(): Promise<void> {
    // Afterwards, where a run is under way.
    if (!canAdd()) return;
    await runRefreshed(() => {
      const { report, model } = page.state();
      const missing = missingOptions(page.state());
      if (!report || !model || !canAdd() || missing.length === 0) return;
      waits = false;
      const others = report.candidates.length - 1;
      const share = (missing.length + 1) / (missing.length + others + 1);
      start(
        {
          candidates: missing.map(candidateOf),
          comparisons: missing.length + others,
          budget: Math.round(share * (page.state().budget ?? model.budget)),
        },
        (later) => addCandidates(report, later),
        report.environment.backend,
      );
    });
  }

  /** Whether what stands in the code and what is chosen are still what the report was measured with. */
  function canAdd(): boolean {
    const { report, sites, half, progress } = page.state();
    const now = standing(page.state());
    if (!report || !now || progress || missingOptions(page.state()).length === 0) return false;
    const { plan, candidates } = report;
    return (
      now.inCode === candidates[0]?.id &&
      now.sites.length === sites.size &&
      now.sites.every(({ id }) => sites.has(id)) &&
      (plan.half ?? false) === half &&
      (plan.reinitialised ?? false) === drawsWeights(page.state())
    );
  }

  /** What was measured before stays, where it is of the same model; of another one all is measured. */
  function train(shorter?: Parameters<View['train']>[0]): void {
    void runRefreshed(() => {
      const { report, learning: plan, sites } = page.state();
      const learning = shorter ? { ...plan, seeds: shorter.seeds } : plan;
      const candidates = shorter && {
        candidates: optionsOf(page.state())
          .filter(({ id }) => shorter.candidates.includes(id))
          .map(candidateOf),
      };
      const now = standing(page.state());
      const isSame = now?.sites.length === sites.size && now.sites.every(({ id }) => sites.has(id));
      const adds = report !== undefined && isSame && now?.inCode === report.candidates[0]?.id;
      const measures = adds ? (['learning'] as const) : ([...quickMeasures, 'learning'] as const);
      start({ measures, learning, ...candidates }, adds ? (later) => mergeReports(report, later) : undefined);
    });
  }

  /** Runs on the text as it is now. */
  async function runRefreshed(go: () => void): Promise<void> {
    if (!page.state().model || page.state().reading || page.state().progress || starting) return;
    starting = true;
    change({ progress: { stage: 'loading', done: 0, total: 0 }, notice: undefined });
    const read = await ask('refresh', {});
    // Cancelled meanwhile.
    if (!starting) return;
    starting = false;
    change({ progress: undefined });
    if (read !== undefined && !page.state().unreadable) go();
  }

  function start(
    more: Partial<ComparePlan> = {},
    joined: typeof join = (later) => keepLearning(page.state().report, later),
    device = page.state().device,
  ): void {
    const { model } = page.state();
    if (!model || page.state().reading) return;
    const resources = page.resources();
    if (!resources) {
      change({ notice: { kind: 'error', message: words.noResources } });
      return;
    }
    const order = orderOf(page.state(), model, more, device);
    if (order.plan.sites.length === 0 || order.plan.candidates.length === 0) return;
    join = joined;
    // A whole run has all that is chosen.
    if (more.candidates === undefined) waits = false;
    reported = false;
    runKey = model.key;
    runBegan = performance.now();
    runLearning = more.learning;
    change({ progress: { stage: 'loading', done: 0, total: 0 }, notice: undefined });
    runner.start(resources, order, onRunEvent);
  }

  function onRunEvent(event: RunEvent): void {
    switch (event.type) {
      case 'progress':
        change({ progress: progressOf(event) });
        break;
      case 'checked':
        // The runner remembers, and the host what is right.
        if (event.check.problem === undefined) post({ type: 'checked', key: event.check.key });
        break;
      case 'report': {
        const report = join(event.report);
        if (report) show(report);
        break;
      }
      case 'done': {
        const report = join(event.report);
        if (!report) {
          stop({ kind: 'error', message: words.notBeside });
          break;
        }
        const { report: before, reportKey } = page.state();
        const failed =
          before && reportKey === runKey && !report.complete && isSameSubject(before, report) && !isMore(report);
        if (failed) {
          const why = report.candidates.find(({ error }) => error !== undefined)?.error ?? '';
          stop({ kind: 'error', message: words.failed(why) });
          break;
        }
        change({ report, reportKey: runKey, progress: undefined, notice: undefined });
        keep(report);
        if (waits) measureSoon();
        break;
      }
      case 'error':
        stop({ kind: 'error', message: words.failed(event.message) });
        break;
      default:
        event satisfies never;
    }
  }

  /** A stage as part of the whole run: what learning will take comes on top of what is measured before. */
  function progressOf({
    stage,
    candidate,
    done,
    total,
    remaining: rest,
  }: Extract<RunEvent, { type: 'progress' }>): RunProgress {
    const title = titleOf(candidate);
    const now = { stage, done, total, ...(title !== undefined && { candidate: title }) };
    const { report, candidates, progress } = page.state();
    const comes =
      stage !== 'learning' && runLearning && report ? learningTime(report, runLearning, [...candidates]) : 0;
    if (rest === undefined || comes === undefined) return now;
    const remaining = rest + comes;
    const spent = performance.now() - runBegan;
    // The bar never goes back.
    const share = Math.max(progress?.share ?? 0, spent / (spent + remaining || 1));
    return { ...now, remaining, share };
  }

  function titleOf(candidate: string | undefined): string | undefined {
    if (candidate === undefined) return undefined;
    if (candidate === 'baseline') return words.baseline;
    return optionsOf(page.state()).find(({ id }) => id === candidate)?.title ?? candidate;
  }

  /** Whether a report tells as much as the one that is shown. */
  function isMore(report: Report): boolean {
    const { report: shown } = page.state();
    return !shown || countMeasured(report) >= countMeasured(shown);
  }

  /** The report before stays until a new one has as much to tell. */
  function show(report: Report): void {
    if (!reported && !isMore(report)) return;
    reported = true;
    change({ report, reportKey: runKey });
  }

  function cancel(): void {
    if (!page.state().progress) return;
    starting = false;
    runner.cancel();
    const { cancelled, cancelledKept } = words;
    stop({ kind: 'information', message: reported || !page.state().report ? cancelled : cancelledKept });
  }

  /**
   * The run is over before its end: what was measured stays, marked incomplete, and the host learns of it. Where the report
   * before it told more, that one stays instead.
   */
  function stop(notice: CompareState['notice']): void {
    const { report: shown } = page.state();
    const report = reported && shown ? markIncomplete(shown) : undefined;
    change({ progress: undefined, notice, ...(report && { report }) });
    if (report) keep(report);
    else if (notice?.kind === 'error') post({ type: 'failed', message: notice.message });
  }

  function keep(report: Report): void {
    save();
    post({ type: 'report', report });
  }

  return {
    run: () => void runRefreshed(() => start()),
    start,
    train,
    cancel,
    canAdd,
    measureSoon,
    /** Whether the host is asked to read the text again, before a run. */
    isStarting: () => starting,
    /** Ends a run without a word: its model is another one, or the page is gone. */
    drop: () => runner.cancel(),
  };
}
