import { addCandidates } from '../../src/compare/addCandidates';
import { learningTime } from '../../src/compare/learning';
import { quickMeasures } from '../../src/compare/measures/index';
import { countMeasured, isSameSubject, keepLearning, mergeReports } from '../../src/compare/merge';
import { type ComparePlan, type LearningPlan, mostRounds, type Report } from '../../src/compare/report';
import { activationOf, withPlacesOf } from '../../src/compare/standing';
import type { ActivationParameters } from '../../src/graph/types';
import { speakIn } from '../../src/language/speakIn';
import {
  type CandidateOption,
  type CompareRequests,
  type DeviceChoice,
  type FromComparePanel,
  largestPicture,
  type ToComparePanel,
  toComparePanel,
} from '../../src/protocol/compare';
import type { RunEvent } from '../../src/run/protocol';
import { offerPictures, pictureEvent, type SavedPicture } from '../charts/picture';
import { connect, listen } from '../ui/api';
import { append, element, onFrame } from '../ui/dom';
import { numbersFor } from '../ui/numbers';
import { WorkerRunner } from '../ui/runner';
import { pageLanguage, textsFor } from '../ui/texts';
import { asking } from './asking';
import { banners } from './banners';
import { bar } from './bar';
import { chosenOptions, missingOptions, optionsOf, settingsIn, shownReport } from './candidates';
import { layers } from './layers';
import { learning } from './learning';
import { measures } from './measures';
import { pictures } from './pictures';
import { pointing } from './pointing';
import { results } from './results';
import {
  type CompareState,
  choicesFor,
  covers,
  drawsWeights,
  fromSaved,
  type ModelMessage,
  markIncomplete,
  originalOf,
  type Resources,
  type RunProgress,
  seed,
  sitesLater,
  standing,
  toSaved,
} from './state';
import { verdict } from './verdict';
import type { Section, ShownState, View } from './view';
import '../ui/base.css';
import '../charts/charts.css';
import './compare.css';

const language = pageLanguage();
speakIn(language);
const texts = textsFor(language);
const api = connect<FromComparePanel>();
const questions = asking(api.post, fail);
const runner = new WorkerRunner(texts, language);

let state: CompareState = fromSaved(api.restore());
let resources: Resources | undefined;
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

const view: View = {
  texts,
  numbers: numbersFor(language),
  post: api.post,
  ask: questions.ask,
  change,
  run,
  use,
  preview,
  undo,
  runOn,
  choose,
  addSetting,
  train,
  cancel,
};
const parts = {
  bar: bar(view),
  banners: banners(view),
  verdict: verdict(view),
  results: results(view),
  pictures: pictures(view),
  learning: learning(view),
  layers: layers(view),
  measures: measures(view),
} satisfies Record<string, Section>;
const root = document.getElementById('root') ?? document.body.appendChild(element('main'));
append(root, ...Object.values(parts).map(({ node }) => node));
pointing(root);
offerPictures();
root.addEventListener(pictureEvent, ({ detail }: CustomEventInit<SavedPicture>) => {
  if (!detail) return;
  if (detail.data.length > largestPicture)
    change({ notice: { kind: 'error', message: texts.compare.pictureTooLarge } });
  else void questions.ask('picture', detail);
});

const draw = onFrame(() => {
  const shown = shownState(state);
  for (const section of Object.values(parts)) section.update(shown);
  api.save(toSaved(state));
});

let seen:
  | { readonly of: readonly unknown[]; readonly report: Report; readonly places: ReadonlyMap<string, number> }
  | undefined;

/** The same report as long as nothing that it is made of changes, so that it is not drawn again. */
function shownState(from: CompareState): ShownState {
  const { report, model, settings, candidates } = from;
  if (!report) return { ...from, places: new Map() };
  const of = [report, model, settings, candidates];
  if (!seen || of.some((each, i) => each !== seen?.of[i]))
    seen = { of, report: shownReport(report, from), places: new Map(report.candidates.map(({ id }, i) => [id, i])) };
  return { ...from, report: seen.report, places: seen.places };
}

function change(part: Partial<CompareState>): void {
  state = { ...state, ...part };
  draw();
}

/** Says why the host did not do what it was asked for. */
function fail(type: keyof CompareRequests, reason = texts.compare.noAnswer): void {
  change({ notice: { kind: 'error', message: reason }, ...(type === 'read' && { reading: false }) });
}

/** Where it runs from now on, here and in other panels. */
function runOn(device: DeviceChoice): void {
  change({ device });
  api.post({ type: 'device', device });
}

function choose(candidates: ReadonlySet<string>): void {
  const more = [...candidates].some((id) => !state.candidates.has(id));
  change({ candidates });
  if (more) measureSoon();
}

async function addSetting(activation: string, parameters: ActivationParameters): Promise<void> {
  const option = await questions.ask('setting', { activation, parameters });
  if (!option) return;
  if (!optionsOf(state).some(({ id }) => id === option.id)) change({ settings: [...state.settings, option] });
  choose(new Set([...state.candidates, option.id]));
}

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
    const { report, model } = state;
    const missing = missingOptions(state);
    if (!report || !model || !canAdd() || missing.length === 0) return;
    waits = false;
    const others = report.candidates.length - 1;
    const share = (missing.length + 1) / (missing.length + others + 1);
    start(
      {
        candidates: missing.map(candidateOf),
        comparisons: missing.length + others,
        budget: Math.round(share * (state.budget ?? model.budget)),
      },
      (later) => addCandidates(report, later),
      report.environment.backend,
    );
  });
}

/** Whether what stands in the code and what is chosen are still what the report was measured with. */
function canAdd(): boolean {
  const { report, sites, half, progress } = state;
  const now = standing(state);
  if (!report || !now || progress || missingOptions(state).length === 0) return false;
  const { plan, candidates } = report;
  return (
    now.inCode === candidates[0]?.id &&
    now.sites.length === sites.size &&
    now.sites.every(({ id }) => sites.has(id)) &&
    (plan.half ?? false) === half &&
    (plan.reinitialised ?? false) === drawsWeights(state)
  );
}

const candidateOf = ({ activation, parameters }: CandidateOption) => ({ activation, parameters });

function run(): void {
  void runRefreshed(() => start());
}

/** A candidate at the places where it was measured; the first row stands for what was there then. */
function orderFor(id: string) {
  const { report } = state;
  const now = standing(state);
  const candidate = report?.candidates.find((each) => each.id === id);
  if (!report || !candidate || !now) return undefined;
  const { parameters } = candidate;
  const chosen =
    candidate === report.candidates[0] ? originalOf(report) : { activation: activationOf(candidate), parameters };
  return chosen && { ...chosen, sites: now.sites.map((site) => site.id) };
}

async function use(id: string): Promise<void> {
  const order = orderFor(id);
  if (!order) return;
  if (state.model?.writes) {
    const written = await questions.ask('write', order);
    if (written && written.message !== null) change({ notice: { kind: 'information', message: written.message } });
    return;
  }
  const done = await questions.ask('apply', order);
  if (done) change({ applied: id, notice: { kind: 'information', message: texts.compare.applied(done.edits) } });
}

function preview(id: string): void {
  const order = orderFor(id);
  if (order) void questions.ask('preview', order);
}

/** Takes back what was written last. */
async function undo(): Promise<void> {
  if ((await questions.ask('undo', {})) === null)
    change({ applied: undefined, notice: { kind: 'information', message: texts.compare.undone } });
}

/** What was measured before stays, where it is of the same model; of another one all is measured. */
function train(shorter?: Parameters<View['train']>[0]): void {
  void runRefreshed(() => {
    const { report, learning: plan, sites } = state;
    const learning = shorter ? { ...plan, seeds: shorter.seeds } : plan;
    const candidates = shorter && {
      candidates: optionsOf(state)
        .filter(({ id }) => shorter.candidates.includes(id))
        .map(candidateOf),
    };
    const now = standing(state);
    const isSame = now?.sites.length === sites.size && now.sites.every(({ id }) => sites.has(id));
    const adds = report !== undefined && isSame && now?.inCode === report.candidates[0]?.id;
    const measures = adds ? (['learning'] as const) : ([...quickMeasures, 'learning'] as const);
    start({ measures, learning, ...candidates }, adds ? (later) => mergeReports(report, later) : undefined);
  });
}

/** Runs on the text as it is now. */
async function runRefreshed(go: () => void): Promise<void> {
  if (!state.model || state.reading || state.progress || starting) return;
  starting = true;
  change({ progress: { stage: 'loading', done: 0, total: 0 }, notice: undefined });
  const read = await questions.ask('refresh', {});
  // Cancelled meanwhile.
  if (!starting) return;
  starting = false;
  change({ progress: undefined });
  if (read !== undefined && !state.unreadable) go();
}

function start(
  more: Partial<ComparePlan> = {},
  joined: typeof join = (later) => keepLearning(state.report, later),
  device = state.device,
): void {
  const { model } = state;
  if (!model || state.reading) return;
  if (!resources) {
    change({ notice: { kind: 'error', message: texts.compare.noResources } });
    return;
  }
  const candidates = chosenOptions(state).map(candidateOf);
  const drawn = { ...(drawsWeights(state) && { reinitialise: true }), ...(state.half && { half: true }) };
  const plan = {
    sites: [...state.sites],
    candidates,
    seed,
    budget: state.budget ?? model.budget,
    rounds: mostRounds,
    ...drawn,
    ...more,
  };
  if (plan.sites.length === 0 || plan.candidates.length === 0) return;
  join = joined;
  // A whole run has all that is chosen.
  if (more.candidates === undefined) waits = false;
  reported = false;
  runKey = model.key;
  runBegan = performance.now();
  runLearning = more.learning;
  change({ progress: { stage: 'loading', done: 0, total: 0 }, notice: undefined });
  const { weights } = model;
  const order = {
    type: 'compare' as const,
    graph: model.graph,
    ...(model.batched && { batched: model.batched }),
    ...(model.training && { training: model.training }),
    file: model.file,
    plan,
    ...(weights?.uri && {
      checkpoint: {
        uri: weights.uri,
        name: weights.label,
        ...(weights.beside && { beside: weights.beside }),
        ...(model.part && { part: model.part }),
      },
    }),
    ...(model.text !== undefined && { text: model.text }),
    ...(more.learning && state.data && { data: state.data }),
    ...(device !== 'auto' && { backend: device }),
  };
  runner.start(resources, order, onRunEvent);
}

function onRunEvent(event: RunEvent): void {
  switch (event.type) {
    case 'progress':
      change({ progress: progressOf(event) });
      break;
    case 'checked':
      // The runner remembers.
      break;
    case 'report': {
      const report = join(event.report);
      if (report) show(report);
      break;
    }
    case 'done': {
      const report = join(event.report);
      if (!report) {
        stop({ kind: 'error', message: texts.compare.notBeside });
        break;
      }
      const { report: before, reportKey } = state;
      const failed =
        before && reportKey === runKey && !report.complete && isSameSubject(before, report) && !isMore(report);
      if (failed) {
        const why = report.candidates.find(({ error }) => error !== undefined)?.error ?? '';
        stop({ kind: 'error', message: texts.compare.failed(why) });
        break;
      }
      change({ report, reportKey: runKey, progress: undefined, notice: undefined });
      keep(report);
      if (waits) measureSoon();
      break;
    }
    case 'error':
      stop({ kind: 'error', message: texts.compare.failed(event.message) });
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
  const comes =
    stage !== 'learning' && runLearning && state.report
      ? learningTime(state.report, runLearning, [...state.candidates])
      : 0;
  if (rest === undefined || comes === undefined) return now;
  const remaining = rest + comes;
  const spent = performance.now() - runBegan;
  // The bar never goes back.
  const share = Math.max(state.progress?.share ?? 0, spent / (spent + remaining || 1));
  return { ...now, remaining, share };
}

function titleOf(candidate: string | undefined): string | undefined {
  if (candidate === undefined) return undefined;
  if (candidate === 'baseline') return texts.compare.baseline;
  return optionsOf(state).find(({ id }) => id === candidate)?.title ?? candidate;
}

/** Whether a report tells as much as the one that is shown. */
const isMore = (report: Report) => !state.report || countMeasured(report) >= countMeasured(state.report);

/** The report before stays until a new one has as much to tell. */
function show(report: Report): void {
  if (!reported && !isMore(report)) return;
  reported = true;
  change({ report, reportKey: runKey });
}

function cancel(): void {
  if (!state.progress) return;
  starting = false;
  runner.cancel();
  const { cancelled, cancelledKept } = texts.compare;
  stop({ kind: 'information', message: reported || !state.report ? cancelled : cancelledKept });
}

/**
 * The run is over before its end: what was measured stays, marked incomplete, and the host learns of it. Where the report
 * before it told more, that one stays instead.
 */
function stop(notice: CompareState['notice']): void {
  const report = reported && state.report ? markIncomplete(state.report) : undefined;
  change({ progress: undefined, notice, ...(report && { report }) });
  if (report) keep(report);
}

/** A hidden page draws no frames, so what a run leaves behind is saved by itself. */
function keep(report: Report): void {
  api.save(toSaved(state));
  api.post({ type: 'report', report });
}

/**
 * The model as it is read now. Under the same key the report, a run under way and what was chosen stay; under another one the
 * report of an earlier text stays, too, until there is a new one.
 */
function onModel(model: ModelMessage): void {
  const { model: before, subject, report, reportKey } = state;
  const old = before ?? subject;
  const sameModel =
    old?.file === model.file &&
    old.expression === model.expression &&
    (old.part || undefined) === model.part &&
    weightsOf(old) === weightsOf(model);
  const isSame = before?.key === model.key;
  const isOfThis = report && reportKey === model.key;
  const stays = isOfThis || (report?.model.file === model.file && report.model.name === model.graph.name);
  if (!isSame) runner.cancel();
  const chosen = before && isSame ? { ...state, sites: sitesLater(state.sites, before, model) } : state;
  change({
    model,
    subject: {
      file: model.file,
      expression: model.expression,
      part: model.part,
      ...(model.inputOrigin === 'given' && { input: model.input }),
      weights: model.weights?.file,
    },
    unreadable: undefined,
    reading: false,
    stale: false,
    ...(isSame ? {} : { notice: undefined, progress: starting ? state.progress : undefined, applied: undefined }),
    ...(isOfThis && { report: withPlacesOf(report, model.graph) }),
    ...(stays ? {} : { report: undefined, reportKey: undefined, layersOf: undefined }),
    ...choicesFor(chosen, model, (sameModel || isSame) && !model.pointed),
  });
  if (isOfThis && !isSame) seeMeasured(report, model);
  const now = standing(state);
  const shows = now && state.report && (!model.pointed || covers(state.report, now, model));
  if (!model.autostart || shows || state.progress) return;
  if (canAdd()) measureSoon();
  else start();
}

/** Chooses what a report has, and what the panel was opened for. */
function seeMeasured(report: Report, model: ModelMessage): void {
  const settings = [...state.settings, ...settingsIn(report, state)];
  const offered = new Set(optionsOf({ model, settings }).map(({ id }) => id));
  const measured = report.candidates.map(({ id }) => id).filter((id) => offered.has(id));
  const pointed = model.pointed ? model.candidates.flatMap(({ id, selected }) => (selected ? [id] : [])) : [];
  if (measured.length > 0) change({ settings, candidates: new Set([...measured, ...pointed]) });
}

const weightsOf = ({ weights }: NonNullable<CompareState['subject']> | ModelMessage): string | undefined =>
  typeof weights === 'object' ? weights.file : weights || undefined;

/** What was measured earlier; the page may have it already, or a later one. */
function onStored({ report, key }: Extract<ToComparePanel, { type: 'stored' }>): void {
  if (state.reportKey === key && state.report && state.report.created >= report.created) return;
  change({ report, reportKey: key, layersOf: undefined });
}

function onMessage(message: ToComparePanel): void {
  switch (message.type) {
    case 'model':
      onModel(message);
      break;
    case 'unreadable':
      change({ unreadable: message, reading: false, notice: undefined });
      break;
    case 'data':
      change({ data: message.data });
      break;
    case 'stored':
      onStored(message);
      break;
    case 'stale':
      change({ stale: true });
      break;
    case 'reading':
      change({ reading: true, unreadable: undefined });
      break;
    case 'device':
      change({ device: message.device });
      break;
    case 'reply':
      questions.receive(message);
      break;
    case 'resources':
      resources = message;
      break;
    default:
      message satisfies never;
  }
}

listen(toComparePanel, onMessage, (type) => {
  // Nothing else will come of this reading.
  if (type === 'model' || type === 'unreadable') fail('read', texts.compare.unshowable);
});
window.addEventListener('pagehide', () => runner.cancel());
draw();
api.post({ type: 'ready' });
