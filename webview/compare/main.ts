import type { Report } from '../../src/compare/report';
import { withPlacesOf } from '../../src/compare/standing';
import type { ActivationParameters } from '../../src/graph/types';
import {
  type CompareRequests,
  type DeviceChoice,
  type FromComparePanel,
  largestPicture,
  type ToComparePanel,
  toComparePanel,
} from '../../src/protocol/compare';
import { sitesLater } from '../../src/protocol/sitesLater';
import { offerPictures, pictureEvent, type SavedPicture } from '../charts/picture';
import { connect, listen } from '../ui/api';
import { append, element, onFrame } from '../ui/dom';
import { numbersFor } from '../ui/numbers';
import { pageLanguage, speakAs, textsFor } from '../ui/texts';
import { applying } from './applying';
import { asking } from './asking';
import { banners } from './banners';
import { bar } from './bar';
import { optionsOf, settingsIn, shownReport } from './candidates';
import { pointing } from './pointing';
import { results } from './results';
import { runs } from './runs';
import {
  type CompareState,
  choicesFor,
  covers,
  fromSaved,
  keptParts,
  type ModelMessage,
  type Resources,
  standing,
  toSaved,
} from './state';
import { verdict } from './verdict';
import { drawOnChange, type Section, type ShownState, type View } from './view';
import '../ui/base.css';
import '../charts/charts.css';
import './compare.css';

/** Milliseconds after which the charts are loaded though no model has come. */
const DRAWN_AT_LAST = 2000;

const language = pageLanguage();
const [texts] = await Promise.all([textsFor(language), speakAs(language)]);
const api = connect<FromComparePanel>();
const questions = asking(api.post, fail);

const save = drawOnChange((..._kept: readonly unknown[]) => api.save(toSaved(state)));

let state: CompareState = fromSaved(api.restore());
let resources: Resources | undefined;

const page = {
  texts,
  language,
  state: () => state,
  resources: () => resources,
  save: () => save(...keptParts(state)),
  ask: questions.ask,
  post: api.post,
  change,
};
const running = runs(page);
const { use, preview, undo } = applying(page);
const view: View = {
  texts,
  numbers: numbersFor(language),
  post: api.post,
  ask: questions.ask,
  change,
  run: running.run,
  use,
  preview,
  undo,
  runOn,
  choose,
  addSetting,
  train: running.train,
  cancel: running.cancel,
};
const table = results(view);
const sections: Section[] = [bar(view), banners(view), verdict(view), table];
const root = document.getElementById('root') ?? document.body.appendChild(element('main'));
append(root, ...sections.map(({ node }) => node));
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
  for (const section of sections) section.update(shown);
  page.save();
});

let isDrawing = false;

/** Adds the sections with charts, which take a while to load: the thread that measures is started first. */
async function addDrawn(): Promise<void> {
  if (isDrawing) return;
  isDrawing = true;
  const { drawnSections } = await import('./drawn');
  const [pictures, ...closed] = drawnSections(view);
  append(root, pictures.node, table.notes, ...closed.map(({ node }) => node));
  sections.push(pictures, ...closed);
  draw();
}

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
  if (more) running.measureSoon();
}

async function addSetting(activation: string, parameters: ActivationParameters, instead?: string): Promise<void> {
  const option = await questions.ask('setting', { activation, parameters });
  if (!option || option.id === instead) return;
  // What was measured stays on offer.
  const isMeasured = state.report?.candidates.some(({ id }) => id === instead);
  const settings = state.settings.filter(({ id }) => isMeasured || id !== instead);
  const isNew = !optionsOf({ ...state, settings }).some(({ id }) => id === option.id);
  change({ settings: isNew ? [...settings, option] : settings });
  choose(new Set([...state.candidates, option.id].filter((id) => id !== instead)));
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
  if (!isSame) running.drop();
  const chosen =
    before && isSame ? { ...state, sites: new Set(sitesLater(state.sites, before.sites, model.sites)) } : state;
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
    ...(isSame
      ? {}
      : { notice: undefined, progress: running.isStarting() ? state.progress : undefined, applied: undefined }),
    ...(isOfThis && { report: withPlacesOf(report, model.graph) }),
    ...(stays ? {} : { report: undefined, reportKey: undefined, layersOf: undefined }),
    ...choicesFor(chosen, model, (sameModel || isSame) && !model.pointed),
  });
  if (isOfThis && !isSame) seeMeasured(report, model);
  const now = standing(state);
  const shows = now && state.report && (!model.pointed || covers(state.report, now, model));
  if (!model.autostart || shows || state.progress) return;
  if (running.canAdd()) running.measureSoon();
  else running.start();
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
      void addDrawn();
      break;
    case 'unreadable':
      change({ unreadable: message, reading: false, notice: undefined });
      void addDrawn();
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
window.addEventListener('pagehide', () => running.drop());
draw();
// What was there before is shown after the first paint.
if (state.report) requestAnimationFrame(() => setTimeout(() => void addDrawn()));
setTimeout(() => void addDrawn(), DRAWN_AT_LAST);
api.post({ type: 'ready' });
