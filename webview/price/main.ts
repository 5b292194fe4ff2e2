import type { PriceReport } from '../../src/price/report';
import {
  type FromPricePanel,
  type PriceRequests,
  priceRequests,
  type ToPricePanel,
  toPricePanel,
} from '../../src/protocol/price';
import { RequestError, Requests } from '../../src/protocol/requests';
import type { PriceEvent } from '../../src/run/protocol';
import { connect, listen } from '../ui/api';
import { action, button } from '../ui/controls';
import { append, element, replaceChildren, setText } from '../ui/dom';
import { type RunnerResources, WorkerRunner } from '../ui/runner';
import { pageLanguage, speakAs, textsFor } from '../ui/texts';
import { results } from './results';
import '../ui/base.css';
import './price.css';

const language = pageLanguage();
const [texts] = await Promise.all([textsFor(language), speakAs(language)]);
const words = texts.price;
const api = connect<FromPricePanel>();
const questions = new Requests<PriceRequests>(priceRequests, api.post);
const runner = new WorkerRunner(texts, language);

type PriceModelMessage = Extract<ToPricePanel, { type: 'model' }>;

let resources: RunnerResources | undefined;
let model: PriceModelMessage | undefined;
/** The banner says that the numbers are of earlier code. */
let isToldStale = false;
/** The finding was mended from here, which is said instead. */
let isApplied = false;

const heading = element('h1', {}, words.title);
const finding = element('p', { className: 'message' });
const place = element('p', { className: 'faint' });
const again = button({ label: words.again, appearance: 'secondary', onClick: measureAgain, key: 'again' });
const cancel = button({ label: words.cancel, appearance: 'secondary', onClick: stop, key: 'cancel' });
const fix = button({ label: '', onClick: applyFix, key: 'fix' });
const bar = element('progress', { attributes: { 'aria-label': words.reading, max: 1 } });
// Said politely: the number of the seed would interrupt, so that only each new step is said.
const doing = element('span', {}, words.reading);
const spoken = element('span', { className: 'visually-hidden', attributes: { role: 'status' } }, words.reading);
const status = element('div', { className: 'status' }, bar, doing);
const banner = element('div', { className: 'banners', attributes: { 'aria-live': 'polite' } });
const shown = element('div', { className: 'results' });
const root = document.getElementById('root') ?? document.body.appendChild(element('main'));
append(
  root,
  element('header', { className: 'panel-header' }, heading, finding, place),
  banner,
  element('div', { className: 'buttons' }, fix.node, again.node, cancel.node),
  status,
  spoken,
  shown,
);
fix.node.hidden = true;
show('reading');

/** What the page is doing: only what can be done then is offered. */
function show(now: 'reading' | 'measuring' | 'idle', what = words.reading): void {
  status.hidden = now === 'idle';
  cancel.node.hidden = now !== 'measuring';
  again.node.hidden = now !== 'idle';
  setText(doing, what);
  bar.setAttribute('aria-label', what);
  if (now !== 'measuring') bar.removeAttribute('value');
}

function say(kind: 'error' | 'warning' | 'information', title: string, message?: string): void {
  const parts =
    message === undefined ? [title] : [element('strong', {}, title), element('p', { className: 'message' }, message)];
  replaceChildren(banner, element('div', { className: `banner ${kind}` }, ...parts));
}

function measureAgain(): void {
  runner.cancel();
  replaceChildren(banner);
  show('reading');
  setText(spoken, words.reading);
  api.post({ type: 'again' });
}

function stop(): void {
  runner.cancel();
  show('idle');
  say('information', words.cancelled);
  again.node.focus({ preventScroll: true });
}

async function applyFix(): Promise<void> {
  fix.enable(false);
  try {
    await questions.ask('fix', {});
    isApplied = true;
    isToldStale = false;
    fix.node.hidden = true;
    say('information', words.applied);
  } catch (error) {
    fix.enable(true);
    const isTold = error instanceof RequestError && error.reason === 'refused';
    say('error', isTold ? error.message : words.noAnswer);
  }
}

function measure(): void {
  if (!model) return;
  if (!resources) {
    show('idle');
    say('error', words.failed, words.noResources);
    return;
  }
  show('measuring', words.preparing);
  setText(spoken, words.preparing);
  const { finding: about, graph, batched, training, guessesArguments } = model;
  const order = { type: 'price', finding: about, model: { graph, batched, training, guessesArguments } } as const;
  runner.start(resources, order, onRunEvent);
}

function onRunEvent(event: PriceEvent): void {
  switch (event.type) {
    case 'progress':
      if (event.stage !== 'gradient') break;
      bar.value = event.done / event.total;
      setText(doing, words.measuring(event.done + 1, event.total));
      break;
    case 'checked':
      break;
    case 'priced':
      api.post({ type: 'report', report: event.report });
      draw(event.report);
      break;
    case 'error':
      show('idle');
      setText(spoken, '');
      say('error', words.failed, event.message);
      break;
    default:
      event satisfies never;
  }
}

function draw(report: PriceReport): void {
  show('idle');
  setText(spoken, words.measured);
  replaceChildren(shown, ...results(report, words));
}

function showPlace(where: string): void {
  replaceChildren(
    place,
    action(where, () => api.post({ type: 'reveal' }), { title: words.show(where), key: 'place' }),
  );
}

function onMessage(message: ToPricePanel): void {
  switch (message.type) {
    case 'finding': {
      runner.cancel();
      model = undefined;
      replaceChildren(banner);
      replaceChildren(shown);
      setText(heading, `${words.title}: ${message.code}`);
      setText(finding, message.message);
      isToldStale = false;
      isApplied = false;
      showPlace(message.place);
      fix.node.hidden = message.fix === undefined;
      fix.enable(true);
      setText(fix.node, message.fix ?? '');
      show('reading');
      setText(spoken, words.reading);
      break;
    }
    case 'model':
      model = message;
      if (message.report) draw(message.report);
      else measure();
      break;
    case 'unreadable':
      show('idle');
      setText(spoken, '');
      say('error', words.unreadable, message.message);
      break;
    case 'stale':
      isToldStale = !isApplied;
      if (isToldStale) say('warning', words.stale);
      break;
    case 'fresh':
      if (isToldStale) replaceChildren(banner);
      isToldStale = false;
      showPlace(message.place);
      break;
    case 'resources':
      resources = message;
      break;
    case 'reply':
      questions.receive(message);
      break;
    default:
      message satisfies never;
  }
}

listen(toPricePanel, onMessage);
window.addEventListener('pagehide', () => runner.cancel());
api.post({ type: 'ready' });
