import type { Environment } from '../../src/compare/report';
import { type DeviceChoice, deviceChoice } from '../../src/protocol/compare';
import { action, checkbox, dropdown, textField } from '../ui/controls';
import { element, replaceChildren, setText } from '../ui/dom';
import { type Popover, popover } from '../ui/popover';
import type { Texts } from '../ui/texts';
import type { CompareState, ModelMessage, UnreadableMessage } from './state';
import { drawOnChange, type View } from './view';

/** A setting of the bar, and how it shows a state. */
export interface BarSetting {
  readonly popover: Popover;
  update(state: CompareState): void;
}

/** Which model of the file is read. */
export function modelSetting(view: View): BarSetting {
  const words = view.texts.compare;
  const field = textField({
    label: words.model,
    value: '',
    placeholder: 'ResNet',
    description: words.modelHint,
    size: 32,
    onCommit: (expression) => view.ask('read', { ...(expression && { expression }) }),
  });
  const guess = element('p', { className: 'caution' });
  const others = element('p', { className: 'others' });
  const made = popover(
    words.model,
    'model',
    field.node,
    guess,
    element('p', { className: 'faint' }, words.modelHint),
    others,
  );
  const show = drawOnChange((message: ModelMessage | undefined, unreadable: UnreadableMessage | undefined) => {
    const written = unreadable?.draft ?? message?.expression;
    if (written !== undefined) field.value = written;
    setText(guess, message?.guessesArguments ? words.guessedArguments : '');
    guess.hidden = !message?.guessesArguments;
    const names = (unreadable ?? message)?.models ?? [];
    const links = names
      .filter((name) => name !== message?.expression)
      .flatMap((name, index) => [
        ...(index > 0 ? [' · '] : []),
        action(name, () => view.ask('read', { expression: name }), { key: `model-${name}` }),
      ]);
    others.hidden = links.length === 0;
    replaceChildren(others, `${words.otherModels}: `, ...links);
  });
  return { popover: made, update: ({ model, unreadable }) => show(model, unreadable) };
}

/** The shape of what goes in. */
export function inputSetting(view: View): BarSetting {
  const words = view.texts.compare;
  let expression = '';
  const field = textField({
    label: words.input,
    value: '',
    placeholder: '1x3x32x32',
    description: words.inputHint,
    size: 32,
    onCommit: (value) => view.ask('read', { ...(expression && { expression }), ...(value && { input: value }) }),
  });
  const origin = element('p', {});
  const made = popover(
    words.shortInput,
    'input',
    field.node,
    origin,
    element('p', { className: 'faint' }, words.inputHint),
  );
  const show = drawOnChange((message: ModelMessage | undefined) => {
    if (!message) return;
    expression = message.expression;
    field.value = message.input;
    made.say(message.input);
    setText(origin, words.origin[message.inputOrigin]);
  });
  return { popover: made, update: ({ model }) => show(model) };
}

/** Initial weights, or those of a checkpoint. */
export function weightsSetting(view: View): BarSetting {
  const words = view.texts.compare;
  const row = element('div', {});
  const made = popover(words.weights, 'weights', row);
  const choice = (choose: boolean) => view.ask('weights', { choose });
  const show = drawOnChange((message: ModelMessage | undefined, measured: string | undefined) => {
    if (!message) {
      made.say(measured ?? words.initial);
      replaceChildren(row, measured ?? words.initialWeights());
      return;
    }
    const { weights, graph } = message;
    made.say((weights?.uri ? weights.label : graph.weightsFile) ?? words.initial);
    const choose = action(weights ? words.otherWeights : words.chooseWeights, () => choice(true), { key: 'weights' });
    if (!weights)
      return replaceChildren(row, `${graph.weightsFile ?? words.initialWeights(graph.conventions)} · `, choose);
    const name = weights.uri
      ? words.givenWeights(weights.label, weights.matched, weights.total)
      : words.noWeights(weights.label);
    const clear = action(words.clearWeights, () => choice(false), { key: 'clear-weights' });
    const problems = weights.problems.map((each) => element('li', {}, each));
    replaceChildren(
      row,
      `${name} · `,
      choose,
      ' · ',
      clear,
      problems.length > 0 && element('p', { className: 'caution' }, words.weightsProblems(graph.conventions)),
      problems.length > 0 && element('ul', { className: 'problems' }, ...problems),
    );
  });
  return { popover: made, update: ({ model, report }) => show(model, report?.model.weights) };
}

/** Where it runs. */
export function deviceSetting(view: View): BarSetting {
  const words = view.texts.compare;
  const where = dropdown({
    label: words.runOn,
    choices: deviceChoice.options.map((value) => ({ value, label: words.deviceChoice[value] })),
    value: 'auto',
    key: 'device',
    onChange: (device) => view.runOn(device as DeviceChoice),
  });
  const half = checkbox({
    label: words.half,
    checked: false,
    title: words.halfHint,
    onChange: (on) => view.change({ half: on }),
  });
  const ran = element('div', { className: 'runs-on' });
  const made = popover(words.device, 'device', where.node, half.node, ran);
  const show = drawOnChange((environment: Environment | undefined, device: DeviceChoice) => {
    const isCpu = device === 'wasm' || environment?.backend === 'wasm';
    made.say(isCpu && device !== 'webgpu' ? words.cpu : environment?.software ? words.softwareGpu : words.gpu);
    if (!environment) return replaceChildren(ran);
    const clock = environment.clock ? ` · ${words.clock[environment.clock]}` : '';
    replaceChildren(
      ran,
      element('p', {}, `${words.runsOn} ${backendText(environment, view.texts)} · ${environment.runtime}${clock}`),
      environment.fallback && element('p', {}, words.fallback(environment.fallback)),
      environment.software
        ? element('p', { className: 'caution' }, words.software)
        : element('p', { className: 'faint' }, words.whose),
    );
  });
  return {
    popover: made,
    update: (state) => {
      where.value = state.device;
      half.checked = state.half;
      show(state.report?.environment, state.device);
    },
  };
}

/** The backend in words, with its adapter or threads. */
export function backendText({ backend, adapter, threads }: Environment, { compare: words }: Texts): string {
  if (backend === 'wasm') return words.wasm(threads);
  return adapter ? words.webgpu(adapter) : words.webgpuUnknown;
}
