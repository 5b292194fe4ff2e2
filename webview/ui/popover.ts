import { append, element, setText } from './dom';

export interface Popover {
  readonly node: HTMLElement;
  readonly isOpen: boolean;
  /** What is chosen, beside the name. */
  say(value: string): void;
  /** Calls back as it is opened, before any further key; maybe twice. */
  onOpen(show: () => void): void;
  close(): void;
}

/**
 * A setting as a button that tells what is chosen, with its controls in a panel below. One is open at a time; Escape and
 * a click elsewhere close it.
 */
export function popover(label: string, key: string, ...content: readonly (Node | string)[]): Popover {
  const value = element('span', { className: 'popover-value' });
  const button = element(
    'summary',
    { attributes: { 'data-key': `popover-${key}` } },
    element('span', { className: 'faint' }, label),
    ' ',
    value,
  );
  const panel = element('div', { className: 'popover-panel', attributes: { role: 'group', 'aria-label': label } });
  const node = element('details', { className: 'popover' }, button, panel);
  node.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !node.open) return;
    node.open = false;
    button.focus();
    event.stopPropagation();
  });
  const callbacks: (() => void)[] = [];
  const fill = () => {
    // The toolkit makes a control's inside when it joins the page: nothing that a first paint should wait for.
    if (!panel.hasChildNodes()) append(panel, ...content);
    for (const show of callbacks) show();
  };
  // The next key may come before the event that follows the opening.
  button.addEventListener('click', () => node.open || fill());
  node.addEventListener('toggle', () => {
    if (!node.open) return;
    fill();
    for (const other of document.querySelectorAll<HTMLDetailsElement>('details.popover[open]'))
      if (other !== node) other.open = false;
  });
  document.addEventListener('pointerdown', ({ target }) => {
    if (node.open && target instanceof Node && !node.contains(target)) node.open = false;
  });
  return {
    node,
    get isOpen() {
      return node.open;
    },
    say: (text) => setText(value, text),
    onOpen: (show) => callbacks.push(show),
    close: () => {
      node.open = false;
    },
  };
}

/** Settings in a row: one stop for the Tab key, arrow keys go from one to the next. */
export function toolbar(label: string, ...settings: readonly Popover[]): HTMLElement {
  const buttons = settings.map(({ node }) => node.querySelector('summary') as HTMLElement);
  const choose = (chosen: HTMLElement) => {
    for (const each of buttons) each.tabIndex = each === chosen ? 0 : -1;
  };
  const [first] = buttons;
  if (first) choose(first);
  for (const [i, button] of buttons.entries()) {
    button.addEventListener('focus', () => choose(button));
    button.addEventListener('keydown', (event) => {
      const shown = buttons.filter((each) => each.offsetParent !== null);
      const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
      const next = shown[(shown.indexOf(buttons[i] as HTMLElement) + step + shown.length) % shown.length];
      if (step === 0 || !next) return;
      event.preventDefault();
      next.focus();
    });
  }
  return element(
    'div',
    { className: 'toolbar', attributes: { role: 'toolbar', 'aria-label': label } },
    ...settings.map(({ node }) => node),
  );
}
