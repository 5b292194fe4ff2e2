import type { Scalar } from '../../src/graph/types';
import { type CandidateFamily, type CandidateOption, candidateFamily } from '../../src/protocol/compare';
import { action, button, type CheckboxControl, checkbox, dropdown, searchField, textField } from '../ui/controls';
import { element, replaceChildren } from '../ui/dom';
import { popover } from '../ui/popover';
import { optionsOf } from './candidates';
import type { BarSetting } from './settings';
import { type CompareState, toggle } from './state';
import { drawOnChange, type View } from './view';

/** Which activations are put there: chips by the kind of function, any of them with several settings. */
export function candidatesSetting(view: View): BarSetting {
  const words = view.texts.compare;
  const groups = element('div', { className: 'chip-groups' });
  const editor = element('div', { className: 'setting-editor' });
  const nothing = element('p', { className: 'faint' }, words.noSuchCandidate);
  let query = '';
  const search = searchField({
    label: words.searchCandidates,
    key: 'search-candidates',
    onInput: (text) => {
      query = text.trim().toLowerCase();
      filter();
    },
  });
  const made = popover(words.candidates, 'candidates', search, groups, nothing, editor);
  // Dozens of controls that most never look at.
  made.onOpen(() => show());
  let state: CompareState | undefined;
  let options: readonly CandidateOption[] = [];
  let chips = new Map<string, { readonly box: CheckboxControl; readonly node: HTMLElement }>();

  const choose = (id: string, on: boolean) => view.choose(toggle(state?.candidates ?? new Set(), id, on));

  function chip(option: CandidateOption): HTMLElement {
    const { id, title, parameters, adjusts } = option;
    const isOwn = state?.settings.some((each) => each.id === id);
    const written = adjusts.map(({ name }) => `${name}=${parameters[name]}`);
    const box = checkbox({
      label: title,
      checked: state?.candidates.has(id) ?? false,
      title: written.length > 0 ? `${title} (${written.join(', ')})` : title,
      onChange: (checked) => choose(id, checked),
    });
    const more =
      adjusts.length > 0 &&
      action('…', () => edit(option), {
        title: (isOwn ? words.changeSettingOf : words.otherSetting)(title),
        key: `setting-${id}`,
      });
    const node = element('span', { className: 'chip' }, box.node, more);
    chips.set(id, { box, node });
    return node;
  }

  /** Asks for other settings of an activation, beside the one that is there or, of the user's own, in its place. */
  function edit({ id, activation, title, parameters, adjusts }: CandidateOption): void {
    const isOwn = state?.settings.some((each) => each.id === id) ?? false;
    const fields = adjusts.map(({ name, choices }) => {
      const value = String(parameters[name]);
      const control = choices
        ? dropdown({
            label: name,
            value,
            choices: choices.map((each) => ({ value: each, label: each })),
            onChange: () => {},
          })
        : textField({ label: name, value, size: 8, key: `parameter-${name}`, onCommit: () => {} });
      return { name, control, isWord: choices !== undefined };
    });
    const values = (): Record<string, Scalar> =>
      Object.fromEntries(
        fields.map(({ name, control, isWord }) => {
          // What is no number is refused by the host, in words.
          const number = Number(control.value.replace(',', '.'));
          return [name, isWord || control.value === '' || Number.isNaN(number) ? control.value : number];
        }),
      );
    const close = () => replaceChildren(editor);
    const add = button({
      label: isOwn ? words.changeSetting : words.addSetting,
      key: 'add-setting',
      onClick: () => {
        view.addSetting(activation, { ...parameters, ...values() }, isOwn ? id : undefined);
        close();
      },
    });
    const cancel = button({ label: words.cancel, appearance: 'secondary', key: 'cancel-setting', onClick: close });
    replaceChildren(
      editor,
      element('p', {}, (isOwn ? words.changeSettingOf : words.otherSetting)(title)),
      element('div', { className: 'fields' }, ...fields.map(({ control }) => control.node)),
      element('div', { className: 'buttons' }, add.node, cancel.node),
    );
    editor.querySelector<HTMLElement>('vscode-text-field, vscode-dropdown')?.focus();
  }

  const isFound = ({ title, activation }: CandidateOption) => `${title} ${activation}`.toLowerCase().includes(query);

  function filter(): void {
    for (const option of options) {
      const node = chips.get(option.id)?.node;
      if (node) node.hidden = !isFound(option);
    }
    for (const group of groups.querySelectorAll<HTMLElement>('.chip-group'))
      group.hidden = [...group.querySelectorAll<HTMLElement>('.chip')].every((each) => each.hidden);
    nothing.hidden = options.some(isFound);
  }

  const group = (family: CandidateFamily): HTMLElement | undefined => {
    const of = options.filter((option) => option.family === family);
    if (of.length === 0) return undefined;
    const label = words.family[family];
    return element(
      'div',
      { className: 'chip-group', attributes: { role: 'group', 'aria-label': label } },
      element('span', { className: 'faint small' }, label),
      element('div', { className: 'chips' }, ...of.map(chip)),
    );
  };

  const build = drawOnChange((model: CompareState['model'], settings: CompareState['settings']) => {
    options = optionsOf({ ...(model && { model }), settings });
    chips = new Map();
    replaceChildren(groups, ...candidateFamily.options.map(group));
    filter();
  });

  const tick = drawOnChange((candidates: ReadonlySet<string>, _options: typeof options) => {
    for (const [id, { box }] of chips) box.checked = candidates.has(id);
  });

  function show(): void {
    if (!state) return;
    build(state.model, state.settings);
    tick(state.candidates, options);
  }

  return {
    popover: made,
    update: (next) => {
      state = next;
      made.say(words.candidatesChosen(next.candidates.size));
      if (made.isOpen) show();
    },
  };
}
