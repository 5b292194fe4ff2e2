import type { Environment, Report } from '../../src/compare/report';
import { action, textField } from '../ui/controls';
import { element, replaceChildren, setText } from '../ui/dom';
import type { Texts } from '../ui/texts';
import type { CompareState, ModelMessage, UnreadableMessage } from './state';
import { drawOnChange, type Section, type View } from './view';

/** What is compared and where it ran. The model and its input can be changed here. */
export function header(view: View): Section {
  const words = view.texts.compare;
  const heading = element('h1', {}, words.untitled);
  const model = textField({
    label: words.model,
    value: '',
    placeholder: 'ResNet',
    description: words.modelHint,
    size: 24,
    onCommit: (expression) => view.ask('read', { ...(expression && { expression }) }),
  });
  let expression = '';
  const input = textField({
    label: words.input,
    value: '',
    placeholder: '1x3x32x32',
    description: words.inputHint,
    size: 16,
    onCommit: (value) => view.ask('read', { ...(expression && { expression }), ...(value && { input: value }) }),
  });
  const guess = element('span', { className: 'faint' });
  const origin = element('span', { className: 'faint' });
  const others = element('span', { className: 'faint others' });
  const facts = element('dl', { className: 'facts-inline' });
  const runsOn = element('div', { className: 'runs-on' });
  const node = element(
    'header',
    { className: 'panel-header' },
    heading,
    element(
      'div',
      { className: 'fields' },
      element('div', { className: 'field' }, model.node, guess, others),
      element('div', { className: 'field' }, input.node, origin),
    ),
    facts,
    runsOn,
  );

  const showModel = drawOnChange((message: ModelMessage | undefined, unreadable: UnreadableMessage | undefined) => {
    const names = (unreadable ?? message)?.models ?? [];
    expression = message?.expression ?? expression;
    if (message) {
      model.value = message.expression;
      input.value = message.input;
    }
    setText(guess, message?.guessesArguments ? words.guessedArguments : '');
    setText(origin, message ? words.origin[message.inputOrigin] : '');
    replaceChildren(others, ...otherModels(names.filter((name) => name !== message?.expression)));
  });

  function otherModels(names: readonly string[]): (Node | string)[] {
    if (names.length === 0) return [];
    const links = names.flatMap((name, index) => [
      ...(index > 0 ? [' · '] : []),
      action(name, () => view.ask('read', { expression: name }), { key: `model-${name}` }),
    ]);
    return [`${words.otherModels}: `, ...links];
  }

  const showFacts = drawOnChange((message: ModelMessage | undefined, report: Report | undefined) => {
    const read = message?.part ? `${message.expression}.${message.part}` : message?.expression;
    const name = read ?? report?.model.name;
    setText(heading, name === undefined ? words.untitled : words.title(name));
    const file = message?.file ?? report?.model.file;
    const rows: [string, Node | string][] = [];
    if (file !== undefined) rows.push([words.file, fileLink(file, message?.label ?? lastPart(file))]);
    const [all, trained] = message ? countParameters(message) : [report?.model.parameters, report?.model.trainable];
    if (all !== undefined) rows.push([words.parameters, parametersText(all, trained ?? all)]);
    if (message?.part) rows.push([words.part, partRow(message.part)]);
    if (message?.forInput) rows.push([words.values, valuesRow()]);
    if (message) rows.push([words.weights, weightsRow(message)]);
    else if (report) rows.push([words.weights, report.model.weights ?? words.initialWeights()]);
    replaceChildren(
      facts,
      ...rows.map(([term, value]) => element('div', {}, element('dt', {}, term), element('dd', {}, value))),
    );
  });

  function parametersText(all: number, trained: number): string {
    const { integer } = view.numbers;
    return trained < all ? words.partlyTrained(integer(all), integer(trained)) : integer(all);
  }

  function partRow(part: string): Node {
    const whole = action(words.wholeModel, () => view.ask('read', { part: '' }), { key: 'whole-model' });
    return element('span', {}, `${part} · `, whole);
  }

  function valuesRow(): Node {
    const any = action(words.readForAny, () => view.ask('read', { forInput: false }), { key: 'for-any' });
    return element('span', {}, `${words.ofOneInput} · `, any);
  }

  function weightsRow({ weights, graph }: ModelMessage): Node {
    const choose = action(weights ? words.otherWeights : words.chooseWeights, () => choice(true), { key: 'weights' });
    if (!weights)
      return element('span', {}, `${graph.weightsFile ?? words.initialWeights(graph.conventions)} · `, choose);
    const name = weights.uri
      ? words.givenWeights(weights.label, weights.matched, weights.total)
      : words.noWeights(weights.label);
    const clear = action(words.clearWeights, () => choice(false), { key: 'clear-weights' });
    const row = element('span', {}, `${name} · `, choose, ' · ', clear);
    if (weights.problems.length === 0) return row;
    const problems = element(
      'ul',
      { className: 'problems' },
      ...weights.problems.map((each) => element('li', {}, each)),
    );
    return element(
      'div',
      {},
      row,
      element('p', { className: 'caution' }, words.weightsProblems(graph.conventions)),
      problems,
    );
  }

  const choice = (choose: boolean) => view.ask('weights', { choose });

  function fileLink(file: string, label: string): Node {
    const start = { file, line: 0, column: 0, endLine: 0, endColumn: 0 };
    return action(label, () => view.post({ type: 'reveal', source: start }), { title: file, key: 'file' });
  }

  const showEnvironment = drawOnChange((environment: Environment | undefined) => {
    if (!environment) return replaceChildren(runsOn);
    const where = backendText(environment, view.texts);
    const lines = [
      element(
        'p',
        {},
        element('span', { className: 'label' }, `${words.runsOn} `),
        `${where} · ${environment.runtime}${environment.clock ? ` · ${words.clock[environment.clock]}` : ''}`,
      ),
    ];
    if (environment.fallback) lines.push(element('p', { className: 'caution' }, words.fallback(environment.fallback)));
    if (environment.software) lines.push(element('p', { className: 'caution' }, words.software));
    else lines.push(element('p', { className: 'faint' }, words.whose));
    replaceChildren(runsOn, ...lines);
  });

  return {
    node,
    update: (state: CompareState) => {
      showModel(state.model, state.unreadable);
      showFacts(state.model, state.report);
      showEnvironment(state.report?.environment);
    },
  };
}

/** The backend in words, with its adapter or threads. */
export function backendText({ backend, adapter, threads }: Environment, { compare: words }: Texts): string {
  if (backend === 'wasm') return words.wasm(threads);
  return adapter ? words.webgpu(adapter) : words.webgpuUnknown;
}

/** Elements of parameters, tied ones once, and of those that are not frozen. */
function countParameters({ graph }: ModelMessage): readonly [all: number, trained: number] {
  const counted = new Set(graph.state.flatMap(({ kind, storage }) => (kind === 'parameter' ? [storage] : [])));
  const storages = graph.storages.filter((_, id) => counted.has(id));
  const sum = (of: typeof storages) =>
    of.reduce((total, { type }) => total + type.shape.reduce((product, size) => product * size, 1), 0);
  return [sum(storages), sum(storages.filter(({ trainable }) => trainable))];
}

function lastPart(file: string): string {
  return file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
}
