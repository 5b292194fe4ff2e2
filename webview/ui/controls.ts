import type { Button, Checkbox, Dropdown, Link, Option, TextField } from '@vscode/webview-ui-toolkit';
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeLink,
  vsCodeOption,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { customElement, element, uniqueId } from './dom';

/**
 * The controls of both panels. The toolkit behind them is no longer developed: nothing outside this file knows it, so
 * replacing it means rewriting these functions only.
 */
provideVSCodeDesignSystem().register(
  vsCodeButton(),
  vsCodeCheckbox(),
  vsCodeDropdown(),
  vsCodeLink(),
  vsCodeOption(),
  vsCodeTextField(),
);

interface ButtonOptions {
  readonly label: string;
  readonly appearance?: 'primary' | 'secondary';
  /** Said by screen readers where the visible label needs its row or section. */
  readonly description?: string;
  readonly title?: string;
  readonly disabled?: boolean;
  /** Keeps the focus when the surroundings are drawn again. */
  readonly key?: string;
  readonly onClick: () => void;
}

export interface Control {
  readonly node: HTMLElement;
  enable(enabled: boolean): void;
}

export function button(options: ButtonOptions): Control {
  const node = customElement<Button>(
    'vscode-button',
    {
      attributes: {
        appearance: options.appearance ?? 'primary',
        'aria-label': options.description,
        title: options.title,
        'data-key': options.key,
      },
      onClick: () => {
        if (!node.disabled) options.onClick();
      },
    },
    options.label,
  );
  node.disabled = options.disabled ?? false;
  return {
    node,
    enable: (enabled) => {
      node.disabled = !enabled;
    },
  };
}

export interface CheckboxControl extends Control {
  checked: boolean;
}

export function checkbox(options: {
  readonly label: string;
  readonly checked: boolean;
  readonly title?: string;
  readonly onChange: (checked: boolean) => void;
}): CheckboxControl {
  const node = customElement<Checkbox>('vscode-checkbox', { attributes: { title: options.title } }, options.label);
  node.checked = options.checked;
  let known = options.checked;
  node.addEventListener('change', () => {
    // The toolkit also reports changes made from code.
    if (node.checked === known) return;
    known = node.checked;
    options.onChange(known);
  });
  return {
    node,
    get checked() {
      return known;
    },
    set checked(value: boolean) {
      known = value;
      node.checked = value;
    },
    enable: (enabled) => {
      node.disabled = !enabled;
    },
  };
}

export interface TextFieldControl extends Control {
  value: string;
}

/** A text field that reports on Enter and when it is left. */
export function textField(options: {
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly description?: string;
  readonly size?: number;
  readonly key?: string;
  readonly onCommit: (value: string) => void;
}): TextFieldControl {
  // The toolkit names the field by its content, which it also shows as the label.
  const node = customElement<TextField>(
    'vscode-text-field',
    {
      attributes: {
        placeholder: options.placeholder,
        title: options.description,
        size: options.size,
        spellcheck: 'false',
        'data-key': options.key,
      },
    },
    options.label,
  );
  node.value = options.value;
  let committed = options.value;
  const commit = () => {
    const value = node.value.trim();
    if (value === committed) return;
    committed = value;
    options.onCommit(value);
  };
  node.addEventListener('keydown', (event: KeyboardEvent) => {
    if (event.key === 'Enter') commit();
    if (event.key === 'Escape') node.value = committed;
  });
  return {
    node,
    get value() {
      return node.value.trim();
    },
    set value(value: string) {
      committed = value;
      node.value = value;
    },
    enable: (enabled) => {
      node.disabled = !enabled;
    },
  };
}

/** A text field that reports at every key. */
export function searchField(options: {
  readonly label: string;
  readonly key: string;
  readonly onInput: (text: string) => void;
}): HTMLElement {
  const node = customElement<TextField>(
    'vscode-text-field',
    { attributes: { 'data-key': options.key, size: 24 } },
    options.label,
  );
  node.addEventListener('input', () => options.onInput(node.value));
  return node;
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

export interface DropdownControl extends Control {
  value: string;
}

/** A labelled list of choices, one of which is taken. */
export function dropdown(options: {
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly value: string;
  readonly key?: string;
  readonly onChange: (value: string) => void;
}): DropdownControl {
  const id = uniqueId('dropdown');
  const list = customElement<Dropdown>(
    'vscode-dropdown',
    { id, attributes: { 'aria-label': options.label, 'data-key': options.key } },
    ...options.choices.map(({ value, label }) =>
      // The toolkit looks for the attribute when the list joins the page.
      customElement<Option>('vscode-option', { attributes: { value, selected: value === options.value } }, label),
    ),
  );
  let known = options.value;
  list.addEventListener('change', () => {
    if (list.value === known) return;
    known = list.value;
    options.onChange(known);
  });
  const node = element('span', { className: 'labelled' }, element('span', { className: 'label' }, options.label), list);
  return {
    node,
    get value() {
      return known;
    },
    set value(value: string) {
      known = value;
      list.value = value;
    },
    enable: (enabled) => {
      list.disabled = !enabled;
    },
  };
}

/** A link to a page outside the editor. */
export function externalLink(label: string, url: string): HTMLElement {
  return customElement<Link>('vscode-link', { attributes: { href: url } }, label);
}

/** A link that does something in the editor: a button in a link's clothes. */
export function action(
  label: string,
  onClick: () => void,
  options: { title?: string; key?: string } = {},
): HTMLElement {
  return element(
    'button',
    {
      className: 'action',
      attributes: { type: 'button', title: options.title, 'data-key': options.key },
      onClick,
    },
    label,
  );
}
