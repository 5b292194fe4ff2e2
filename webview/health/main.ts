import type { SourceRange } from '../../src/graph/types';
import type { HealthReport } from '../../src/health/report';
import { type FromHealthPanel, type ToHealthPanel, toHealthPanel } from '../../src/protocol/health';
import type { HealthEvent } from '../../src/run/protocol';
import { connect, listen } from '../ui/api';
import { action, button } from '../ui/controls';
import { append, element, replaceChildren, setText } from '../ui/dom';
import { numbersFor } from '../ui/numbers';
import { type RunnerResources, WorkerRunner } from '../ui/runner';
import { pageLanguage, speakAs, textsFor } from '../ui/texts';
import { results } from './results';
import '../ui/base.css';
import './health.css';

const language = pageLanguage();
const [texts] = await Promise.all([textsFor(language), speakAs(language)]);
const words = texts.health;
const weightsWords = texts.compare;
const numbers = numbersFor(language);
const api = connect<FromHealthPanel>();
const runner = new WorkerRunner(texts, language);
const reveal = (source: SourceRange) => api.post({ type: 'reveal', source });

type HealthModelMessage = Extract<ToHealthPanel, { type: 'model' }>;

let resources: RunnerResources | undefined;
let isToldStale = false;

const heading = element('h1', {}, words.title);
const about = element('p', { className: 'faint' });
const weightsLine = element('p', { className: 'weights' });
const caution = element('p', { className: 'caution' });
const again = button({ label: words.again, appearance: 'secondary', onClick: checkAgain, key: 'again' });
const cancel = button({ label: words.cancel, appearance: 'secondary', onClick: stop, key: 'cancel' });
const bar = element('progress', { attributes: { 'aria-label': words.reading, max: 1 } });
const doing = element('span', {}, words.reading);
const spoken = element('span', { className: 'visually-hidden', attributes: { role: 'status' } }, words.reading);
const status = element('div', { className: 'status' }, bar, doing);
const banner = element('div', { className: 'banners', attributes: { 'aria-live': 'polite' } });
const shown = element('div', { className: 'results' });
const root = document.getElementById('root') ?? document.body.appendChild(element('main'));
append(
  root,
  element('header', { className: 'panel-header' }, heading, about, weightsLine, caution),
  banner,
  element('div', { className: 'buttons' }, again.node, cancel.node),
  status,
  spoken,
  shown,
);
caution.hidden = true;
weightsLine.hidden = true;
show('reading', words.reading);

/** What the page is doing: only what can be done then is offered. */
function show(now: 'reading' | 'measuring' | 'idle', what = ''): void {
  status.hidden = now === 'idle';
  cancel.node.hidden = now !== 'measuring';
  again.node.hidden = now !== 'idle';
  bar.removeAttribute('value');
  setText(doing, what);
  // Said politely, and only when another step begins.
  setText(spoken, what);
  if (what !== '') bar.setAttribute('aria-label', what);
}

function tell(kind: 'error' | 'warning' | 'information', title: string, ...more: HTMLElement[]): void {
  replaceChildren(banner, element('div', { className: `banner ${kind}` }, element('strong', {}, title), ...more));
}

function checkAgain(): void {
  begin();
  api.post({ type: 'again' });
}

function begin(): void {
  runner.cancel();
  isToldStale = false;
  replaceChildren(banner);
  show('reading', words.reading);
}

/** Whose weights are checked, and how to take others. */
function tellWeights({ weights, graph }: HealthModelMessage): void {
  const { chooseWeights, otherWeights, clearWeights, givenWeights, noWeights, initialWeights } = weightsWords;
  const take = (choose: boolean) => () => {
    api.post({ type: 'weights', choose });
  };
  const choose = action(weights ? otherWeights : chooseWeights, take(true), { key: 'weights' });
  const clear = weights && action(clearWeights, take(false), { key: 'clear-weights' });
  const own = graph.weightsFile ?? initialWeights(graph.conventions);
  const given =
    weights?.uri === undefined
      ? weights && noWeights(weights.label)
      : givenWeights(weights.label, weights.matched, weights.total);
  replaceChildren(weightsLine, `${weightsWords.weights}: ${given ?? own} · `, choose, clear && ' · ', clear);
  weightsLine.hidden = false;
}

function stop(): void {
  runner.cancel();
  show('idle');
  tell('information', words.cancelled);
  again.node.focus({ preventScroll: true });
}

function measure({ graph, batched, training, label, weights, part, backend }: HealthModelMessage): void {
  if (!resources) {
    show('idle');
    tell('error', words.failed, element('p', { className: 'message' }, words.noResources));
    return;
  }
  show('measuring', words.preparing);
  const order = {
    type: 'health',
    ...{ graph, batched, training, backend },
    file: label,
    ...(weights?.uri !== undefined && {
      checkpoint: { uri: weights.uri, name: weights.label, beside: weights.beside, part },
    }),
  } as const;
  runner.start(resources, order, onRunEvent);
}

function onRunEvent(event: HealthEvent): void {
  switch (event.type) {
    case 'progress': {
      const { stage, done, total } = event;
      if (stage !== 'signal' && stage !== 'compression') break;
      const what = stage === 'signal' ? words.passes : words.bits;
      if (doing.textContent !== what) show('measuring', what);
      const share = Math.min(1, done / Math.max(total, 1));
      bar.value = (stage === 'signal' ? share : 1 + share) / 2;
      break;
    }
    case 'checked':
      break;
    case 'diagnosed':
      api.post({ type: 'report', report: event.report });
      draw(event.report);
      break;
    case 'error':
      show('idle');
      tell('error', words.failed, element('p', { className: 'message' }, event.message));
      break;
    default:
      event satisfies never;
  }
}

function draw(report: HealthReport): void {
  show('idle');
  setText(spoken, words.checked);
  replaceChildren(shown, ...results(report, { words, numbers, reveal }));
}

function onMessage(message: ToHealthPanel): void {
  switch (message.type) {
    case 'reading':
      begin();
      setText(heading, words.title);
      setText(about, message.label);
      caution.hidden = true;
      weightsLine.hidden = true;
      replaceChildren(shown);
      break;
    case 'model': {
      const { expression, label, weights, report } = message;
      setText(heading, `${words.title}: ${expression}`);
      setText(about, label);
      tellWeights(message);
      caution.hidden = !weights?.problems.length;
      setText(caution, weights?.problems.join(' ') ?? '');
      if (report) draw(report);
      else measure(message);
      break;
    }
    case 'unreadable': {
      const { source } = message;
      show('idle');
      tell(
        'error',
        words.unreadable,
        element('p', { className: 'message' }, message.message),
        ...(source ? [action(words.line(source.line + 1), () => reveal(source), { key: 'obstacle' })] : []),
      );
      break;
    }
    case 'stale':
      isToldStale = message.isStale;
      if (isToldStale) tell('warning', words.stale);
      else replaceChildren(banner);
      break;
    case 'resources':
      resources = message;
      break;
    default:
      message satisfies never;
  }
}

listen(toHealthPanel, onMessage);
window.addEventListener('pagehide', () => runner.cancel());
api.post({ type: 'ready' });
