import type { Report } from '../../src/compare/report';
import { action } from '../ui/controls';
import { element, replaceChildren, setText } from '../ui/dom';
import { toolbar } from '../ui/popover';
import { candidatesSetting } from './chips';
import { placesSetting } from './choices';
import { progress } from './progress';
import { deviceSetting, inputSetting, modelSetting, weightsSetting } from './settings';
import type { ModelMessage } from './state';
import { timeSetting } from './time';
import { drawOnChange, type Section, type View } from './view';

/** What is compared, Run, every setting with what is chosen, and what is being done: always in sight. */
export function bar(view: View): Section {
  const words = view.texts.compare;
  const heading = element('h1', {}, words.untitled);
  const facts = element('p', { className: 'facts-line' });
  const run = progress(view);
  const settings = [
    modelSetting,
    inputSetting,
    weightsSetting,
    placesSetting,
    candidatesSetting,
    deviceSetting,
    timeSetting,
  ].map((make) => make(view));
  const tools = toolbar(words.settings, ...settings.map(({ popover }) => popover));
  const node = element(
    'header',
    { className: 'bar' },
    element('div', { className: 'bar-head' }, element('div', { className: 'bar-title' }, heading, facts), run.node),
    tools,
    run.status,
  );

  const show = drawOnChange((message: ModelMessage | undefined, report: Report | undefined) => {
    const read = message?.part ? `${message.expression}.${message.part}` : message?.expression;
    const name = read ?? report?.model.name;
    setText(heading, name === undefined ? words.untitled : words.title(name));
    const file = message?.file ?? report?.model.file;
    const [all, trained] = message ? countParameters(message) : [report?.model.parameters, report?.model.trainable];
    const parts: (Node | string)[][] = [];
    if (file !== undefined) parts.push([fileLink(file, message?.label ?? lastPart(file))]);
    if (all !== undefined) parts.push([words.parametersOf(parametersText(all, trained ?? all), all)]);
    if (message?.part)
      parts.push([
        `${words.part} ${message.part} `,
        action(words.wholeModel, () => view.ask('read', { part: '' }), { key: 'whole-model' }),
      ]);
    if (message?.forInput)
      parts.push([
        `${words.ofOneInput} `,
        action(words.readForAny, () => view.ask('read', { forInput: false }), { key: 'for-any' }),
      ]);
    replaceChildren(facts, ...parts.flatMap((part, i) => [...(i > 0 ? [' · '] : []), ...part]));
  });

  function parametersText(all: number, trained: number): string {
    const { integer } = view.numbers;
    return trained < all ? words.partlyTrained(integer(all), integer(trained)) : integer(all);
  }

  function fileLink(file: string, label: string): Node {
    const start = { file, line: 0, column: 0, endLine: 0, endColumn: 0 };
    return action(label, () => view.post({ type: 'reveal', source: start }), { title: words.openFile, key: 'file' });
  }

  return {
    node,
    update: (state) => {
      show(state.model, state.report);
      tools.hidden = state.model === undefined && state.report === undefined && state.unreadable === undefined;
      for (const setting of settings) setting.update(state);
      run.update(state);
    },
  };
}

/** Elements of parameters, tied ones once, and of those that are not frozen, as the model's library counts them. */
function countParameters({ graph }: ModelMessage): readonly [all: number, trained: number] {
  const isCounted = (kind: string) => kind === 'parameter' || graph.conventions === 'tensorflow';
  const counted = new Set(graph.state.flatMap(({ kind, storage }) => (isCounted(kind) ? [storage] : [])));
  const storages = graph.storages.filter((_, id) => counted.has(id));
  const sum = (of: typeof storages) =>
    of.reduce((total, { type }) => total + type.shape.reduce((product, size) => product * size, 1), 0);
  return [sum(storages), sum(storages.filter(({ trainable }) => trainable))];
}

function lastPart(file: string): string {
  return file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
}
