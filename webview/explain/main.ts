import { catalogue, defaultParameters } from '../../src/activations/catalogue';
import { formulaOf, variantOf } from '../../src/activations/formula';
import { longSections, parseProse, sectionTitles } from '../../src/activations/prose';
import type { Activation } from '../../src/activations/types';
import { type FromExplainPanel, type ToExplainPanel, toExplainPanel } from '../../src/protocol/explain';
import { connect, listen } from '../ui/api';
import { action, button } from '../ui/controls';
import { append, element, onFrame, replaceChildren, setText } from '../ui/dom';
import { markdown } from '../ui/markdown';
import { numbersFor } from '../ui/numbers';
import { pageLanguage, textsFor } from '../ui/texts';
import { type CurveChoices, CurveSection, type Overlay } from './curveSection';
import { evidence, sources } from './evidence';
import { factTable } from './factTable';
import { formulaImage } from './formulaImage';
import { nameTable } from './names';
import { parameterControls } from './parameters';
import { siblingList } from './siblings';
import { type ExplainState, fromSaved, initialState, toSaved } from './state';
import '../ui/base.css';
import '../charts/charts.css';
import './explain.css';

const language = pageLanguage();
const texts = textsFor(language);
const words = texts.explain;
const numbers = numbersFor(language);
const api = connect<FromExplainPanel>();

const state: ExplainState = initialState();
/** What the panel showed before it was hidden, until the host's first message. */
let saved = fromSaved(api.restore());

const heading = element('h1', {}, words.untitled);
const opened = element('span', { className: 'faint' });
const compare = button({
  label: words.compare,
  onClick: () => state.message && api.post({ type: 'compare', activation: state.message.activation }),
});
const formulas = element('div', { className: 'formulas' });
const curve = new CurveSection(texts, numbers, chooseCurve);
const controls = parameterControls(texts, setParameter, resetParameters);
const facts = factTable(texts, numbers);
const summary = element('div', { className: 'prose' });
const tradeoffs = element('div', { className: 'prose' });
/** What is told at length, a section under another. */
const long = element('div', { className: 'prose' });
const titles = sectionTitles[language];
const siblings = siblingList(texts, (activation) => api.post({ type: 'explain', activation }));
const proof = evidence(texts, numbers, language);
const names = nameTable(texts);
const papers = sources(texts);
const waiting = element('p', { className: 'faint' }, words.waiting);
const section = (id: string, title: string, ...content: HTMLElement[]) =>
  element('section', { attributes: { 'aria-labelledby': id } }, element('h2', { id }, title), ...content);
const content = element(
  'div',
  { className: 'content' },
  element(
    'div',
    { className: 'first' },
    section('formula-heading', words.formula, formulas),
    curve.node,
    section('parameters-heading', words.parameters, controls.node),
  ),
  element(
    'div',
    { className: 'second' },
    summary,
    section('tradeoffs-heading', titles.tradeoffs, tradeoffs),
    facts.node,
  ),
  element('div', { className: 'last' }, long, siblings.node, proof.node, names.node, papers.node),
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
  drawFormulas(state.message, now.main.activation);
  curve.show(now.main, now.neighbours, state.choices);
  facts.show(now.main.activation, now.main.parameters);
  save();
});

/** What depends on x alone. */
const point = onFrame(() => {
  curve.point(state.choices.x);
  save();
});

function save(): void {
  const kept = toSaved(state);
  if (kept) api.save(kept);
}

function chooseCurve(choices: Partial<CurveChoices>): void {
  state.choices = { ...state.choices, ...choices };
  const [only, ...others] = Object.keys(choices);
  if (only === 'x' && others.length === 0) point();
  else redraw();
}

function setParameter(name: string, value: number | boolean | string): void {
  state.parameters = { ...state.parameters, [name]: value };
  redraw();
}

function resetParameters(): void {
  const now = shownOverlays();
  if (!now) return;
  state.parameters = defaultParameters(now.main.activation);
  controls.show(now.main.activation, state.parameters);
  redraw();
}

function show(message: ToExplainPanel): void {
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
  state.parameters = again?.parameters ?? { ...defaultParameters(activation), ...message.parameters };
  state.choices = again?.choices ?? { ...state.choices, overlays: [] };
  setText(heading, activation.title);
  const { source } = message;
  replaceChildren(
    opened,
    source && action(words.openedFrom(source.line + 1), () => api.post({ type: 'reveal', source }), { key: 'opened' }),
  );
  controls.show(activation, state.parameters);
  const neighbours = neighboursOf(activation);
  curve.offer(neighbours, state.choices.overlays);
  const prose = parseProse(activation.prose[language]);
  replaceChildren(summary, ...markdown(prose.summary, 3));
  replaceChildren(tradeoffs, ...markdown(prose.tradeoffs, 3));
  replaceChildren(
    long,
    ...longSections.flatMap((name) => [element('h2', {}, titles[name]), ...markdown(prose[name], 3)]),
  );
  siblings.show(neighbours);
  proof.show(activation);
  names.show(activation);
  papers.show(activation);
  redraw();
}

/** The formula that the parameters choose. */
function drawFormulas(message: ToExplainPanel, activation: Activation): void {
  const variant = variantOf(activation, state.parameters);
  if (formulas.dataset.of === `${activation.id} ${variant}`) return;
  formulas.dataset.of = `${activation.id} ${variant}`;
  const markup = (variant && message.formula.variants?.[variant]) || message.formula;
  const tex = formulaOf(activation, state.parameters);
  const rows = [
    [words.value, markup.value, tex.value],
    [words.slope, markup.derivative, tex.derivative],
  ] as const;
  replaceChildren(
    formulas,
    ...rows.map(([label, svg, text]) =>
      element(
        'div',
        { className: 'formula' },
        element('span', { className: 'label' }, label),
        element('div', { className: 'scroll' }, formulaNode(svg, text)),
      ),
    ),
  );
}

function formulaNode(markup: string, tex: string): HTMLElement {
  const node = element('span');
  append(node, formulaImage(markup, tex));
  return node;
}

listen(toExplainPanel, show);
api.post({ type: 'ready' });
