import {
  type FromOnnxPanel,
  type OnnxRequests,
  onnxRequests,
  type ToOnnxPanel,
  toOnnxPanel,
} from '../../src/protocol/onnx';
import { RequestError, Requests } from '../../src/protocol/requests';
import { connect, listen } from '../ui/api';
import { button, textField } from '../ui/controls';
import { append, element, onFrame, replaceChildren, setText } from '../ui/dom';
import { numbersFor } from '../ui/numbers';
import { pageLanguage, textsFor } from '../ui/texts';
import { siteList } from './sites';
import { choiceIn, fromSaved, type OnnxState, toSaved } from './state';
import { summarySection } from './summary';
import '../ui/base.css';
import './onnx.css';

const language = pageLanguage();
const texts = await textsFor(language);
const words = texts.onnx;
const api = connect<FromOnnxPanel>();
const questions = new Requests<OnnxRequests>(onnxRequests, api.post);
let state: OnnxState = fromSaved(api.restore());

const heading = element('h1');
const status = element('p', { className: 'status', attributes: { role: 'status' } });
const banner = element('div', { className: 'banners', attributes: { 'aria-live': 'polite' } });
const compare = button({ label: texts.onnx.compare, onClick: compareChosen, title: words.compareHint, key: 'compare' });
const write = button({
  label: words.write,
  appearance: 'secondary',
  title: words.writeHint,
  onClick: writeChosen,
  key: 'write',
});
const again = button({
  label: words.again,
  appearance: 'secondary',
  onClick: () => api.post({ type: 'again' }),
  key: 'again',
});
const sizes = textField({
  label: words.sizes,
  value: '',
  placeholder: words.sizesExample,
  description: words.sizesHint,
  size: 40,
  onCommit: readWithSizes,
});
const readSizes = button({ label: words.readSizes, onClick: () => readWithSizes(sizes.value), key: 'sizes' });
const asking = element('div', { className: 'sizes' }, sizes.node, readSizes.node);
const sites = siteList(texts, {
  choose: (chosen) => change({ chosen }),
  filter: (filter) => change({ filter }),
  compare: (site) => api.post({ type: 'compare', sites: [site] }),
  explain: (activation) => api.post({ type: 'explain', activation }),
});
const summary = summarySection(texts, numbersFor(language));
const root = document.getElementById('root') ?? document.body.appendChild(element('main'));
append(
  root,
  element('header', { className: 'panel-header' }, heading, status),
  banner,
  asking,
  element('div', { className: 'buttons' }, compare.node, write.node, again.node),
  element('div', { className: 'columns' }, sites.node, summary.node),
);

let told: readonly unknown[] = [];
const draw = onFrame(() => {
  const { label, isReading, isWriting, model, problem, notice } = state;
  setText(heading, label);
  setText(status, isReading ? words.reading : '');
  status.hidden = !isReading;
  const canAct = model !== undefined && !isReading && model.sites.length > 0;
  const hasChosen = (state.chosen?.size ?? 0) > 0;
  compare.enable(canAct);
  write.enable(canAct && hasChosen && !isWriting);
  again.enable(!isReading);
  // Said again only where it is another message.
  if (told[0] !== problem || told[1] !== notice) {
    told = [problem, notice];
    replaceChildren(
      banner,
      problem !== undefined &&
        element(
          'div',
          { className: 'banner error' },
          element('strong', {}, state.sizes === undefined ? words.unreadable : words.unreadableYet),
          element('p', { className: 'message' }, problem),
        ),
      notice &&
        element('div', { className: `banner ${notice.kind}` }, element('p', { className: 'message' }, notice.message)),
    );
  }
  asking.hidden = state.sizes === undefined;
  sites.update(state);
  summary.update(state);
  api.save(toSaved(state));
});

function change(part: Partial<OnnxState>): void {
  state = { ...state, ...part };
  draw();
}

function compareChosen(): void {
  const chosen = [...(state.chosen ?? [])];
  api.post(chosen.length > 0 ? { type: 'compare', sites: chosen } : { type: 'compare' });
}

async function writeChosen(): Promise<void> {
  change({ isWriting: true, notice: undefined });
  try {
    const written = await questions.ask('write', { sites: [...(state.chosen ?? [])] });
    change({
      isWriting: false,
      ...(written.message !== null && { notice: { kind: 'information', message: written.message } }),
    });
  } catch (error) {
    const isTold = error instanceof RequestError && error.reason === 'refused';
    change({ isWriting: false, notice: { kind: 'error', message: isTold ? error.message : words.noAnswer } });
  }
}

function readWithSizes(text: string): void {
  if (!state.isReading) api.post({ type: 'again', sizes: text });
}

function onMessage(message: ToOnnxPanel): void {
  switch (message.type) {
    case 'reading':
      change({ label: message.label, isReading: true });
      break;
    case 'file':
      change({ file: message, model: undefined, problem: undefined });
      break;
    case 'model':
      change({
        model: message,
        isReading: false,
        problem: undefined,
        chosen: choiceIn(state, message),
      });
      break;
    case 'unreadable':
      showProblem(message);
      break;
    case 'reply':
      questions.receive(message);
      break;
    default:
      message satisfies never;
  }
}

function showProblem({ message, sizes: asked }: Extract<ToOnnxPanel, { type: 'unreadable' }>): void {
  if (asked !== undefined) sizes.value = asked;
  change({
    // A file that says nothing of itself any more is not described by what it said before.
    ...(state.model && { file: undefined, model: undefined }),
    problem: message,
    isReading: false,
    notice: undefined,
    ...(asked !== undefined && { sizes: asked }),
  });
}

listen(toOnnxPanel, onMessage);
draw();
api.post({ type: 'ready' });
