import { mergeReports } from '../../src/compare/merge';
import { type ComparePlan, mostRounds, type Report } from '../../src/compare/report';
import { speakIn } from '../../src/language/speakIn';
import {
  type CompareRequests,
  type FromComparePanel,
  type ToComparePanel,
  toComparePanel,
} from '../../src/protocol/compare';
import type { RunEvent } from '../../src/run/protocol';
import { connect, listen } from '../ui/api';
import { append, element, onFrame } from '../ui/dom';
import { numbersFor } from '../ui/numbers';
import { WorkerRunner } from '../ui/runner';
import { pageLanguage, textsFor } from '../ui/texts';
import { asking } from './asking';
import { banners } from './banners';
import { bar } from './bar';
import { layers } from './layers';
import { learning } from './learning';
import { measures } from './measures';
import { pictures } from './pictures';
import { pointing } from './pointing';
import { results } from './results';
import {
  type CompareState,
  choicesFor,
  drawsWeights,
  fromSaved,
  type ModelMessage,
  markIncomplete,
  type Resources,
  seed,
  toSaved,
} from './state';
import { verdict } from './verdict';
import type { Section, View } from './view';
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
/** A panel that comes back with a report shows it, rather than running again. */
let restored = state.report !== undefined;
let resources: Resources | undefined;
/** Whether the run under way has sent a report: until then the one before stays on show. */
let reported = false;
/** What the run under way adds to. */
let earlier: Report | undefined;

const view: View = {
  texts,
  numbers: numbersFor(language),
  post: api.post,
  ask: questions.ask,
  change,
  run,
  use,
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

const draw = onFrame(() => {
  for (const section of Object.values(parts)) section.update(state);
  api.save(toSaved(state));
});

function change(part: Partial<CompareState>): void {
  state = { ...state, ...part };
  draw();
}

/** Says why the host did not do what it was asked for. */
function fail(type: keyof CompareRequests, reason = texts.compare.noAnswer): void {
  change({ notice: { kind: 'error', message: reason }, ...(type === 'read' && { reading: false }) });
}

function run(): void {
  start();
}

/** Where it was measured. */
async function use(id: string): Promise<void> {
  const { report, model } = state;
  const candidate = report?.candidates.find((each) => each.id === id);
  if (!report || !candidate) return;
  const sites = report.plan.sites.map((site) => site.id);
  const chosen = { activation: id, parameters: candidate.parameters, sites };
  if (model?.writes) {
    const written = await questions.ask('write', chosen);
    if (written && written.message !== null) change({ notice: { kind: 'information', message: written.message } });
    return;
  }
  const applied = await questions.ask('apply', chosen);
  if (applied) change({ notice: { kind: 'information', message: texts.compare.applied(applied.edits) } });
}

/** What was measured before stays, where it is of the same model. */
function train(): void {
  earlier = state.report;
  start({ measures: ['learning'], learning: state.learning });
}

function start(more: Partial<ComparePlan> = {}): void {
  const { model } = state;
  if (!model || state.reading) return;
  if (!resources) {
    change({ notice: { kind: 'error', message: texts.compare.noResources } });
    return;
  }
  const candidates = model.candidates
    .filter((candidate) => state.candidates.has(candidate.activation))
    .map(({ activation, parameters }) => ({ activation, parameters }));
  const drawn = { ...(drawsWeights(state) && { reinitialise: true }), ...(state.half && { half: true }) };
  const plan = {
    sites: [...state.sites],
    candidates,
    seed,
    budget: model.budget,
    rounds: mostRounds,
    ...drawn,
    ...more,
  };
  if (plan.sites.length === 0 || candidates.length === 0) return;
  if (!more.measures) earlier = undefined;
  reported = false;
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
    ...(more.measures && state.data && { data: state.data }),
    ...(state.onCpu && { backend: 'wasm' as const }),
  };
  runner.start(resources, order, onRunEvent);
}

function onRunEvent(event: RunEvent): void {
  switch (event.type) {
    case 'progress': {
      const title = titleOf(event.candidate);
      const { stage, done, total, remaining } = event;
      const rest = remaining === undefined ? {} : { remaining };
      change({ progress: { stage, done, total, ...rest, ...(title !== undefined && { candidate: title }) } });
      break;
    }
    case 'checked':
      // The runner remembers.
      break;
    case 'report':
      reported = true;
      change({ report: mergeReports(earlier, event.report) });
      break;
    case 'done': {
      const report = mergeReports(earlier, event.report);
      change({ report, progress: undefined, notice: undefined });
      keep(report);
      break;
    }
    case 'error':
      stop({ kind: 'error', message: texts.compare.failed(event.message) });
      break;
    default:
      event satisfies never;
  }
}

function titleOf(candidate: string | undefined): string | undefined {
  if (candidate === undefined) return undefined;
  if (candidate === 'baseline') return texts.compare.baseline;
  return state.model?.candidates.find(({ activation }) => activation === candidate)?.title ?? candidate;
}

function cancel(): void {
  if (!state.progress) return;
  runner.cancel();
  stop({ kind: 'information', message: texts.compare.cancelled });
}

/** The run is over before its end: what was measured stays, marked incomplete, and the host learns of it. */
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

function onModel(model: ModelMessage): void {
  const before = state.model ?? state.subject;
  const sameModel =
    before?.file === model.file &&
    before.expression === model.expression &&
    (before.part || undefined) === model.part &&
    weightsOf(before) === weightsOf(model);
  const showsReport = restored && sameModel;
  restored = false;
  runner.cancel();
  change({
    model,
    subject: {
      file: model.file,
      expression: model.expression,
      part: model.part,
      input: model.input,
      weights: model.weights?.file,
    },
    unreadable: undefined,
    reading: false,
    stale: false,
    notice: undefined,
    progress: undefined,
    ...(sameModel ? {} : { report: undefined, layersOf: undefined }),
    ...choicesFor(state, model, sameModel && !model.pointed),
  });
  if (model.autostart && !showsReport) run();
}

const weightsOf = ({ weights }: NonNullable<CompareState['subject']> | ModelMessage): string | undefined =>
  typeof weights === 'object' ? weights.file : weights || undefined;

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
    case 'stale':
      change({ stale: true });
      break;
    case 'reading':
      change({ reading: true, unreadable: undefined });
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
