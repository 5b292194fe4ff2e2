import { catalogue, defaultParameters } from '../../src/activations/catalogue';
import { proseFor, sectionTitles } from '../../src/activations/prose';
import type { Activation } from '../../src/activations/types';
import { type FromExplainPanel, type InFile, type ShownActivation, toExplainPanel } from '../../src/protocol/explain';
import { inputBins } from '../charts/inputBins';
import { connect, listen } from '../ui/api';
import { action, button } from '../ui/controls';
import { append, element, onFrame, replaceChildren, setText } from '../ui/dom';
import { markdown } from '../ui/markdown';
import { numbersFor } from '../ui/numbers';
import { pageLanguage, textsFor } from '../ui/texts';
import { belongsSection } from './belongs';
import { type CurveChoices, domain, type StackChoices } from './choices';
import { CurveSection, type Overlay } from './curveSection';
import { evidence, sources } from './evidence';
import { factTable } from './factTable';
import { fileSection } from './fileSection';
import { formulaSection } from './formulaSection';
import { measuredInputs } from './inputs';
import { mistakeSection } from './mistakes';
import { nameTable } from './names';
import { parameterControls } from './parameters';
import { siblingList } from './siblings';
import { StackSection } from './stackSection';
import { type ExplainState, fromSaved, initialState, toSaved } from './state';
import '../ui/base.css';
import '../charts/charts.css';
import './explain.css';

const language = pageLanguage();
const texts = await textsFor(language);
const words = texts.explain;
const numbers = numbersFor(language);
const api = connect<FromExplainPanel>();

const state: ExplainState = initialState();
/** What the panel showed before it was hidden, until the host's first message. */
let saved = fromSaved(api.restore());

/** Milliseconds after the last change of a parameter until prose and stack follow it. */
const settled = 80;
/** What is told at length at the end. */
const atLength = ['forward', 'gradient', 'centring', 'sparsity', 'deployment', 'tryInstead'] as const;

const heading = element('h1', {}, words.untitled);
const opened = element('span', { className: 'faint' });
const compare = button({
  label: words.compare,
  onClick: () => state.message && api.post({ type: 'compare', activation: state.message.activation }),
});
const purpose = element('p', { className: 'purpose' });
const file = fileSection(texts, numbers, (message) => api.post(message));
const curve = new CurveSection(texts, numbers, chooseCurve);
const controls = parameterControls(texts, setParameter, resetParameters);
const stack = new StackSection(texts, numbers, chooseStack);
const formulas = formulaSection(texts);
const facts = factTable(texts, numbers);
const summary = element('div', { className: 'prose' });
const tradeoffs = element('div', { className: 'prose' });
const long = element('div', { className: 'prose' });
const titles = sectionTitles[language];
const siblings = siblingList(texts, (activation) => api.post({ type: 'explain', activation }));
const proof = evidence(texts, numbers, language);
const belongs = belongsSection(texts, language, titles.belongs, (task) => proof.reveal(task));
const mistakes = mistakeSection(texts, language, titles.mistakes, (code) => api.post({ type: 'rule', code }));
const names = nameTable(texts);
const papers = sources(texts);
const waiting = element('p', { className: 'faint' }, words.waiting);
const section = (id: string, title: string, ...content: HTMLElement[]) =>
  element('section', { attributes: { 'aria-labelledby': id } }, element('h2', { id }, title), ...content);
const content = element(
  'div',
  { className: 'content' },
  element('div', { className: 'wide' }, purpose, file.node),
  element('div', {}, curve.node, section('parameters-heading', words.parameters, controls.node)),
  element('div', {}, stack.node),
  element('div', {}, summary, section('tradeoffs-heading', titles.tradeoffs, tradeoffs), siblings.node),
  element('div', {}, formulas.node, facts.node),
  element('div', { className: 'wide' }, belongs.node, proof.node, mistakes.node, long, names.node, papers.node),
);
const root = document.getElementById('root') ?? document.body.appendChild(element('main'));
append(root, element('header', { className: 'panel-header' }, heading, opened, compare.node), waiting, content);
content.hidden = true;
compare.node.hidden = true;

/** The entry of a message and its neighbours, with the parameters they are drawn with. */
function shownOverlays(): { readonly main: Overlay; readonly neighbours: readonly Overlay[] } | undefined {
  const activation = state.message && catalogue.get(state.message.activation);
  if (!activation) return undefined;
  return { main: { activation, parameters: state.parameters }, neighbours: neighboursOf(activation) };
}

function neighboursOf(activation: Activation): Overlay[] {
  return activation.siblings.flatMap((id) => {
    const sibling = catalogue.get(id);
    return sibling ? [{ activation: sibling, parameters: defaultParameters(sibling) }] : [];
  });
}

/** What depends on the parameters: at most once per frame, however fast a slider moves. */
const redraw = onFrame(() => {
  const now = shownOverlays();
  if (!now || !state.message) return;
  formulas.show(state.message.formula, now.main.activation, now.main.parameters);
  curve.show(now.main, now.neighbours, state.choices, modelInputs(now.main.activation.id));
  facts.show(now.main.activation, now.main.parameters);
  save();
});

/** The stack beside two siblings: those that are drawn beside the curve, else the nearest and the one that differs most. */
function drawStack(): void {
  const now = shownOverlays();
  if (!now) return;
  const comparable = now.neighbours.filter(({ activation }) => activation.value && activation.derivative);
  const chosen = comparable.filter(({ activation }) => state.choices.overlays.includes(activation.id));
  const [nearest, ...others] = comparable.filter((each) => !chosen.includes(each));
  const differing = others.sort((a, b) => distance(now.main, b) - distance(now.main, a));
  stack.show(now.main, [...chosen, ...(nearest ? [nearest] : []), ...differing], state.stack, state.inFile?.depth);
}

/** How far two functions lie apart where inputs are usual. */
function distance(a: Overlay, b: Overlay): number {
  const at = (x: number) =>
    Math.abs((a.activation.value?.(x, a.parameters) ?? 0) - (b.activation.value?.(x, b.parameters) ?? 0));
  return Math.max(...[-3, -2, -1, -0.5, 0.5, 1, 2, 3].map(at));
}

const redrawStack = onFrame(() => {
  drawStack();
  save();
});

/** What depends on x alone. */
const point = onFrame(() => {
  curve.point(state.choices.x);
  save();
});

function modelInputs(activation: string) {
  const measured = state.inFile?.measured;
  const found = measured ? measuredInputs(measured, activation) : [];
  return found.length > 0 ? inputBins(found, domain.from, domain.to) : undefined;
}

function save(): void {
  const kept = toSaved(state);
  if (kept) api.save(kept);
}

function chooseCurve(choices: Partial<CurveChoices>): void {
  state.choices = { ...state.choices, ...choices };
  const [only, ...others] = Object.keys(choices);
  if (only === 'x' && others.length === 0) {
    point();
    return;
  }
  redraw();
  redrawStack();
}

function chooseStack(choices: Partial<StackChoices>): void {
  state.stack = { ...state.stack, ...choices };
  redrawStack();
}

let pending: ReturnType<typeof setTimeout> | undefined;

function setParameter(name: string, value: number | boolean | string): void {
  state.parameters = { ...state.parameters, [name]: value };
  redraw();
  clearTimeout(pending);
  pending = setTimeout(settle, settled);
}

function resetParameters(): void {
  const now = shownOverlays();
  if (!now) return;
  state.parameters = defaultParameters(now.main.activation);
  controls.show(now.main.activation, state.parameters);
  redraw();
  settle();
}

/** What takes longer than a frame follows a slider once it rests. */
function settle(): void {
  clearTimeout(pending);
  redrawStack();
  drawProse();
}

function showActivation(message: ShownActivation): void {
  const activation = catalogue.get(message.activation);
  waiting.hidden = activation !== undefined;
  content.hidden = activation === undefined;
  compare.node.hidden = activation === undefined;
  if (!activation) {
    setText(heading, words.untitled);
    setText(waiting, words.unknown(message.activation));
    return;
  }
  const again = saved?.activation === message.activation ? saved : undefined;
  saved = undefined;
  state.message = message;
  if (state.inFile?.activation !== message.activation) delete state.inFile;
  state.parameters = again?.parameters ?? { ...defaultParameters(activation), ...message.parameters };
  state.choices = again?.choices ?? { ...state.choices, overlays: [] };
  state.stack = again?.stack ?? state.stack;
  setText(heading, activation.title);
  const { source } = message;
  replaceChildren(
    opened,
    source && action(words.openedFrom(source.line + 1), () => api.post({ type: 'reveal', source }), { key: 'opened' }),
  );
  controls.show(activation, state.parameters);
  const neighbours = neighboursOf(activation);
  curve.offer(neighbours, state.choices.overlays);
  siblings.show(neighbours);
  names.show(activation);
  papers.show(activation);
  drawFile(activation);
  redraw();
  settle();
}

/** What the file at hand and the last comparison of it say. */
function drawFile(activation: Activation): void {
  file.show(activation.title, state.inFile);
  proof.show(activation, state.inFile?.measured);
}

function showFile(message: InFile): void {
  if (message.activation !== state.message?.activation) return;
  state.inFile = message;
  const activation = catalogue.get(message.activation);
  if (!activation) return;
  drawFile(activation);
  redraw();
  redrawStack();
}

/** The words, for the parameters as they are set. */
function drawProse(): void {
  const now = shownOverlays();
  if (!now) return;
  const { activation, parameters } = now.main;
  const prose = proseFor(activation, language, parameters);
  setText(purpose, prose.purpose.replaceAll('`', ''));
  replaceChildren(summary, ...markdown(prose.summary, 3));
  replaceChildren(tradeoffs, ...markdown(prose.tradeoffs, 3));
  belongs.show(activation, prose.belongs);
  mistakes.show(activation.id, prose.mistakes);
  replaceChildren(long, ...atLength.flatMap((name) => [element('h2', {}, titles[name]), ...markdown(prose[name], 3)]));
}

listen(toExplainPanel, (message) => {
  if (message.type === 'show') showActivation(message);
  else showFile(message);
});
api.post({ type: 'ready' });
